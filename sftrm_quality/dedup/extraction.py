"""The shingle sets of the rows that are in any pair, written to one file per range: the part that reads texts again."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import Ints, as_floats, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.dedup.exchange import Block
from sftrm_quality.dedup.parts import PROMPT_COLUMN, normalised_columns, prompt_part, response_part
from sftrm_quality.dedup.proposals import Proposals
from sftrm_quality.dedup.sets import PROMPT_SETS, SetFiles, Words
from sftrm_quality.dedup.shares import proposed_rows
from sftrm_quality.dedup.shingles import shingle_sets
from sftrm_quality.records import LabelKind
from sftrm_quality.text import normalise

# Rows whose shingles are in memory at once.
_BATCH = 512


class Extraction(NamedTuple):
    """Work for one range of rows: the sets of those that are in a share go to the range's file in ``sets``.

    block: the shards of the range, its number that of the range. with_responses: whether responses have sets too.
    """

    block: Block
    proposals: Proposals
    sets: SetFiles
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
        for begin in range(first, last, _BATCH):
            batch = table.take(pa.array(rows[begin : min(begin + _BATCH, last)] - start))
            yield _batch_sets(shard.label_kind, batch, work.with_responses)


def _columns(kind: LabelKind, with_responses: bool) -> list[str]:
    responses = {LabelKind.SFT: "answer", LabelKind.RM: "responses"}
    return [PROMPT_COLUMN[kind], "history", "system", *([responses[kind]] if with_responses else [])]


def _batch_sets(kind: LabelKind, batch: pa.Table, with_responses: bool) -> tuple[Words, Ints]:
    """The sets of some rows, one row after the other, and how many words each row takes."""
    rows = batch.num_rows
    response_starts = np.zeros(rows + 1, np.int64)
    responses = pa.array([], pa.string())
    ranks = np.zeros(0)
    if with_responses:
        normalised = normalised_columns(kind, batch)
        prompt = prompt_part(batch, normalised[f"{PROMPT_COLUMN[kind]}_normalised"])
        responses, response_starts = response_part(kind, normalised)
        ranks = np.full(len(responses), np.nan)
        if kind is LabelKind.RM:
            ranks = as_floats(pc.struct_field(one_array(batch["responses"]).flatten(), "rank"))
    else:
        prompt = prompt_part(batch, normalise(batch[PROMPT_COLUMN[kind]]))
    row_sets = response_starts + PROMPT_SETS * np.arange(rows + 1)
    places = [row_sets[:-1] + part for part in range(PROMPT_SETS)]
    places.append(np.repeat(row_sets[:-1] + PROMPT_SETS - response_starts[:-1], np.diff(response_starts)))
    places[-1] += np.arange(len(responses))

    starts, lengths = np.zeros(row_sets[-1], np.int64), np.zeros(row_sets[-1], np.int64)
    all_ranks = np.full(row_sets[-1], np.nan)
    all_ranks[places[-1]] = ranks
    parts = [np.zeros(0, np.uint64)]
    written = 0
    for texts, place in zip([*prompt, responses], places, strict=True):
        if texts is not None:
            hashes, bounds = shingle_sets(texts)
            starts[place], lengths[place] = bounds[:-1] + written, np.diff(bounds)
            written += len(hashes)
            parts.append(hashes)
    words, sizes = _pack(np.concatenate(parts), starts, lengths, all_ranks.view(np.uint64), row_sets)
    return words, sizes


@njit(cache=True, nogil=True)
def _pack(values, starts, lengths, rank_bits, row_sets):  # type: ignore[no-untyped-def]
    """Rows as ``SetFiles`` has them: number of sets, lengths of all, ranks of all, shingles of all; and their sizes."""
    words = np.empty(len(row_sets) - 1 + 2 * len(lengths) + lengths.sum(), np.uint64)
    sizes = np.empty(len(row_sets) - 1, np.int64)
    at = 0
    for row in range(len(sizes)):
        first, last = row_sets[row], row_sets[row + 1]
        begin = at
        words[at] = last - first
        at += 1
        for i in range(first, last):
            words[at] = lengths[i]
            words[at + last - first] = rank_bits[i]
            at += 1
        at += last - first
        for i in range(first, last):
            words[at : at + lengths[i]] = values[starts[i] : starts[i] + lengths[i]]
            at += lengths[i]
        sizes[row] = at - begin
    return words, sizes
