"""The shingle sets of the rows that are in any pair, written to one file per range: the part that reads texts again."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Ints, as_floats, one_array, text_buffers
from sftrm_quality.arrow_files import read_table
from sftrm_quality.dedup.exchange import Block, read_array
from sftrm_quality.dedup.kernels import decode
from sftrm_quality.dedup.parts import PROMPT_COLUMN, Prompt, form_columns, prompt_of, prompt_part, response_part
from sftrm_quality.dedup.proposals import Proposals
from sftrm_quality.dedup.sets import COUNTED, PROMPT_SETS, SetFiles, Words
from sftrm_quality.dedup.shares import proposed_rows
from sftrm_quality.dedup.shingles import shingle_sets
from sftrm_quality.dedup.windows import folded_hashes
from sftrm_quality.records import LabelKind
from sftrm_quality.text import Forms, negations, number_keys

# Rows whose shingles are in memory at once.
_BATCH = 512


class Extraction(NamedTuple):
    """Work for one range of rows: the sets of those that are in a share go to the range's file in ``sets``.

    block: the shards of the range, its number that of the range. templated: a file of the templated parts of each
    global row (uint8). with_responses: whether responses have sets too; without them, only what groups prompts is
    written, and neither marks nor characters.
    """

    block: Block
    proposals: Proposals
    sets: SetFiles
    templated: Path
    with_responses: bool


def extract(work: Extraction) -> None:
    """Writes the shingle sets of one range. Runs in any process.

    Raises:
        StorageError: The candidates cannot be read.
    """
    block = work.block
    rows = proposed_rows(work.proposals.read(block.number), block.starts[0], sum(shard.rows for shard in block.shards))
    work.sets.write(block.number, rows, _all_sets(work, block.starts[0] + rows))


def _all_sets(work: Extraction, rows: Ints) -> Iterator[tuple[Words, Ints]]:
    """The sets of some global rows as ``SetFiles.write`` takes them, batch by batch."""
    for shard, start in zip(work.block.shards, work.block.starts, strict=True):
        first, last = np.searchsorted(rows, [start, start + shard.rows])
        if first == last:
            continue
        table = read_table(shard.records_path, _columns(shard.label_kind, work.with_responses))
        templated = read_array(work.templated, np.uint8, start, shard.rows)
        for begin in range(first, last, _BATCH):
            chosen = rows[begin : min(begin + _BATCH, last)] - start
            yield _batch_sets(shard.label_kind, table.take(pa.array(chosen)), templated[chosen], work.with_responses)


def _columns(kind: LabelKind, with_responses: bool) -> list[str]:
    responses = {LabelKind.SFT: "answer", LabelKind.RM: "responses"}
    return [PROMPT_COLUMN[kind], "history", "system", *([responses[kind]] if with_responses else [])]


def _batch_sets(
    kind: LabelKind, batch: pa.Table, templated: npt.NDArray[np.uint8], with_responses: bool
) -> tuple[Words, Ints]:
    """The sets of some rows, one row after the other, and how many words each row takes."""
    rows = batch.num_rows
    response_starts = np.zeros(rows + 1, np.int64)
    responses: Forms | None = None
    ranks = np.zeros(0)
    if with_responses:
        columns = form_columns(kind, batch)
        prompt = prompt_part(kind, batch, columns)
        responses, response_starts = response_part(kind, columns)
        ranks = np.full(response_starts[-1], np.nan)
        if kind is LabelKind.RM:
            ranks = as_floats(pc.struct_field(one_array(batch["responses"]).flatten(), "rank"))
    else:
        prompt = prompt_of(kind, batch)
    row_sets = response_starts + PROMPT_SETS * np.arange(rows + 1)
    places = [row_sets[:-1] + part for part in range(PROMPT_SETS)]
    places.append(np.repeat(row_sets[:-1] + PROMPT_SETS - response_starts[:-1], np.diff(response_starts)))
    places[-1] += np.arange(response_starts[-1])

    starts, lengths = np.zeros(row_sets[-1], np.int64), np.zeros(row_sets[-1], np.int64)
    marks, all_ranks = np.zeros(row_sets[-1], np.uint64), np.full(row_sets[-1], np.nan)
    all_ranks[places[-1]] = ranks
    parts = [np.zeros(0, np.uint64)]
    written = 0
    for forms, place in zip([*prompt, responses], places, strict=True):
        if forms is not None:
            hashes, bounds = shingle_sets(forms.normal)
            starts[place], lengths[place] = bounds[:-1] + written, np.diff(bounds)
            written += len(hashes)
            parts.append(hashes)
            if with_responses:
                marks[place] = _marks(forms)
    hashes, codes, code_starts = _folded(prompt, rows, with_responses)
    sets = (np.concatenate(parts), starts, lengths, all_ranks.view(np.uint64), marks, row_sets)
    words, sizes = _pack(*sets, hashes, codes, code_starts, templated)
    return words, sizes


def _marks(forms: Forms) -> npt.NDArray[np.uint64]:
    """The marks of texts: what of them is compared beside their shingles."""
    numbers = number_keys(forms.strict) & ~np.uint64(COUNTED)
    found: npt.NDArray[np.uint64] = numbers | np.minimum(negations(forms.normal), COUNTED).astype(np.uint64)
    return found


def _folded(prompt: Prompt, rows: int, with_codes: bool) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], Ints]:
    """Of each row and part the hash of its folded text (rows x parts); the code points of all parts of all rows, one
    part after the other, and where each part of each row begins among them (parts x (rows + 1))."""
    hashes = np.zeros((rows, PROMPT_SETS), np.uint64)
    codes = [np.zeros(0, np.uint32)]
    starts = np.zeros((PROMPT_SETS, rows + 1), np.int64)
    for part, forms in enumerate(prompt):
        if forms is not None:
            hashes[:, part] = folded_hashes(forms.folded)
            if with_codes:
                offsets, data = text_buffers(forms.folded)
                own, own_starts = decode(data, offsets)
                starts[part] = sum(map(len, codes)) + own_starts
                codes.append(own)
    return hashes, np.concatenate(codes), starts


@njit(cache=True, nogil=True)
def _pack(values, starts, lengths, rank_bits, marks, row_sets, hashes, codes, code_starts, templated):  # type: ignore[no-untyped-def]
    """Rows as ``sets`` has them, and their sizes."""
    rows, parts = hashes.shape
    room = rows * (2 * parts + 2) + 3 * len(lengths) + lengths.sum() + (len(codes) + rows * parts) // 2 + 1
    words = np.empty(room, np.uint64)
    sizes = np.empty(rows, np.int64)
    at = 0
    for row in range(rows):
        first, last = row_sets[row], row_sets[row + 1]
        begin = at
        count = last - first
        words[at] = count
        for i in range(count):
            words[at + 1 + i] = lengths[first + i]
            words[at + 1 + count + i] = rank_bits[first + i]
            words[at + 1 + 2 * count + i] = marks[first + i]
        at += 1 + 3 * count
        for part in range(parts):
            words[at + part] = hashes[row, part]
            words[at + parts + part] = code_starts[part, row + 1] - code_starts[part, row]
        at += 2 * parts
        words[at] = templated[row]
        at += 1
        for i in range(first, last):
            words[at : at + lengths[i]] = values[starts[i] : starts[i] + lengths[i]]
            at += lengths[i]
        for part in range(parts):
            for i in range(code_starts[part, row], code_starts[part, row + 1]):
                if (i - code_starts[part, row]) % 2 == 0:
                    words[at] = codes[i]
                    at += 1
                else:
                    words[at - 1] |= np.uint64(codes[i]) << np.uint64(32)
        sizes[row] = at - begin
    return words[:at], sizes
