"""The shingle sets of some rows of a shard, written to a file: the part of the verification that runs in parallel."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.dedup.parts import PROMPT_COLUMN, normalised_columns, one_array, prompt_part, response_part
from sftrm_quality.dedup.shingles import shingle_sets
from sftrm_quality.errors import StorageError
from sftrm_quality.records import LabelKind
from sftrm_quality.text import normalise

PROMPT_SETS = 3
"""Sets of a row before its responses: prompt, history, system message."""

# Rows whose shingles are in memory at once.
_BATCH = 2048


class Extraction(NamedTuple):
    """Work for one shard: the shingle sets of ``rows`` (counted within the shard) go to ``path``."""

    records_path: Path
    label_kind: LabelKind
    rows: npt.NDArray[np.int64]
    path: Path
    with_responses: bool


class Extracted(NamedTuple):
    """What is in the file of an extraction: the sets of its rows, one after the other.

    Row i has the sets ``row_sets[i]`` to ``row_sets[i + 1]``: prompt, history, system message, and then its responses.
    ``lengths`` are in shingles; ``ranks`` are NaN but for ranked responses.
    """

    path: Path
    row_sets: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.float64]


def extract(work: Extraction) -> Extracted:
    """Writes the shingle sets of one shard. Runs in any process.

    Raises:
        StorageError: the candidates cannot be read.
    """
    try:
        with pa.memory_map(str(work.records_path)) as source:
            table = pa.ipc.open_file(source).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise StorageError(f"{work.records_path}: cannot read the candidates: {error}. Run again.") from error
    done = []
    with work.path.open("wb") as file:
        for first in range(0, len(work.rows), _BATCH):
            batch = table.take(pa.array(work.rows[first : first + _BATCH]))
            sets, hashes = _batch_sets(work, batch)
            done.append(sets)
            hashes.tofile(file)
    return join_extracted(work.path, done)


def _batch_sets(work: Extraction, batch: pa.Table) -> tuple[Extracted, npt.NDArray[np.uint64]]:
    """The sets of some rows, and their shingles in the order of rows and sets."""
    kind, rows = work.label_kind, batch.num_rows
    response_starts = np.zeros(rows + 1, np.int64)
    responses = pa.array([], pa.string())
    ranks = np.zeros(0)
    if work.with_responses:
        normalised = normalised_columns(kind, batch)
        prompt = prompt_part(batch, normalised[f"{PROMPT_COLUMN[kind]}_normalised"])
        responses, response_starts = response_part(kind, normalised)
        ranks = np.full(len(responses), np.nan)
        if kind is LabelKind.RM:
            delivered = pc.struct_field(one_array(batch["responses"]).flatten(), "rank")
            ranks = delivered.cast(pa.float64()).to_numpy(zero_copy_only=False)
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
    return Extracted(work.path, row_sets, lengths, all_ranks), _gather(np.concatenate(parts), starts, lengths)


@njit(cache=True, nogil=True)
def _gather(values, starts, lengths):  # type: ignore[no-untyped-def]
    """The stretches of values (uint64) from ``starts``, one after the other."""
    gathered = np.empty(lengths.sum(), np.uint64)
    at = 0
    for i in range(len(starts)):
        gathered[at : at + lengths[i]] = values[starts[i] : starts[i] + lengths[i]]
        at += lengths[i]
    return gathered


def join_extracted(path: Path, pieces: Sequence[Extracted]) -> Extracted:
    """Several as one, in order."""
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(piece.row_sets) for piece in pieces)])
    lengths = np.concatenate([np.zeros(0, np.int64), *(piece.lengths for piece in pieces)])
    ranks = np.concatenate([np.zeros(0), *(piece.ranks for piece in pieces)])
    return Extracted(path, np.cumsum(counts), lengths, ranks)
