"""Great Expectations on evidence that only the whole collection shows (scopes ``collection`` and ``split``).

Deduplication and splitting bring the evidence: who else holds this id, who contradicts this ranking, in which split
this prompt is held out. What it means is decided by the suites.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask, Rows, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.checks import Scope, Suites, run_suite
from sftrm_quality.checks.results import CheckCount, CheckedRows
from sftrm_quality.collection.shards import Shard
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.splits import SPLITS, Codes
from sftrm_quality.workers import Workers

NameRows = Callable[[Rows], list[str]]

# A check takes 9 ms however few rows it has, and there is a frame for each shard: those of small files have few rows,
# and of a large file 7,000. A row has an id and a few names, some 100 bytes.
_ROWS_TOGETHER = 50_000


@dataclass(frozen=True)
class Failure:
    """Why a record that passed by itself is quarantined when seen beside all others.

    details: of each reason, what was found.
    """

    reasons: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True)
class Failures:
    """Rows that failed a critical expectation, and what every expectation counted.

    of_rows: by global row. warned: by global row, the reasons of the warnings.
    counts: of each expectation, several where there was more than one check.
    """

    of_rows: dict[int, Failure]
    warned: dict[int, tuple[str, ...]]
    counts: tuple[CheckCount, ...]


@dataclass(frozen=True)
class Frame:
    """Evidence on some rows of one label kind.

    rows: global ones, ascending. table: a row for each, in the columns of the scope (`checks.FRAMES`).
    """

    kind: LabelKind
    scope: Scope
    rows: Rows
    table: pa.Table


def _named(rows: Rows, name_rows: NameRows) -> pa.Array:
    """Record ids of rows, null where the row is -1."""
    named = np.full(len(rows), None, dtype=object)
    given = np.flatnonzero(rows >= 0)
    named[given] = name_rows(rows[given])
    return pa.array(named, pa.string())


def collection_frames(
    shards: Sequence[Shard], holders: Rows, contradicted_by: Rows, name_rows: NameRows
) -> Iterator[Frame]:
    """One frame per shard that has rows: its ids, who holds them already, who contradicts the ranking.

    Args:
        shards: In the order of global rows.
        holders: By global row, the row that held its data_id first, -1 for none.
        contradicted_by: By global row, a row that ranks the same responses the other way round, -1 for none.
        name_rows: Gives the record ids of rows.

    Yields:
        Frames of scope ``collection``.

    Raises:
        StorageError: The records of a shard are missing or broken.
    """
    for shard in shards:
        if not shard.rows:
            continue
        rows = np.arange(shard.start, shard.start + shard.rows)
        columns = {
            "data_id": one_array(read_table(shard.records_path, ["data_id"])["data_id"]),
            "first_holder": _named(holders[rows], name_rows),
        }
        if shard.label_kind is LabelKind.RM:
            columns["contradicted_by"] = _named(contradicted_by[rows], name_rows)
        yield Frame(shard.label_kind, Scope.COLLECTION, rows, pa.table(columns))


def split_frames(shards: Sequence[Shard], examined: Mask, held_out_in: Codes) -> Iterator[Frame]:
    """One frame per shard, of the rows that might leak from a held-out split.

    Args:
        shards: In the order of global rows.
        examined: Which global rows these are.
        held_out_in: By global row, the split in which its prompt is held out, `NO_SPLIT` for none.

    Yields:
        Frames of scope ``split``; none of a shard without such rows.
    """
    names = np.array([*SPLITS, None], dtype=object)  # position -1 is the None at the end
    for shard in shards:
        rows = shard.start + np.flatnonzero(examined[shard.start : shard.start + shard.rows])
        if len(rows):
            table = pa.table({"held_out_in": pa.array(names[held_out_in[rows]], pa.string())})
            yield Frame(shard.label_kind, Scope.SPLIT, rows, table)


def _together(frames: Iterable[Frame]) -> Iterator[Frame]:
    """Neighbouring frames of a label kind as one, as long as they have few rows."""
    few: list[Frame] = []
    for frame in frames:
        rows = sum(len(one.rows) for one in [*few, frame])
        if few and (few[0].kind is not frame.kind or rows > _ROWS_TOGETHER):
            yield _joined(few)
            few = []
        few.append(frame)
    if few:
        yield _joined(few)


def _joined(frames: Sequence[Frame]) -> Frame:
    rows = np.concatenate([frame.rows for frame in frames])
    table = pa.concat_tables([frame.table for frame in frames]).combine_chunks()
    return replace(frames[0], rows=rows, table=table)


def _check(suites: Suites, frame: Frame) -> CheckedRows:
    return run_suite(suites.of(frame.kind), frame.scope, frame.table, {})


def check_frames(frames: Iterator[Frame], suites: Suites, workers: Workers) -> Failures:
    """Check frames in the workers.

    Args:
        frames: Of one scope, in the order of their rows. Taken as workers become free, small neighbours together.
        suites: One for each label kind.
        workers: Do the checks.

    Returns:
        Rows that failed a critical expectation, and what every expectation counted.

    Raises:
        ValueError: A frame has not the columns of its scope, a fault of the caller.
        SftrmError: An expectation could not be evaluated.
    """
    of_rows: dict[int, Failure] = {}
    warned: dict[int, tuple[str, ...]] = {}
    counts: list[CheckCount] = []
    submitted: list[Frame] = []

    def submit(frame: Frame) -> Future[CheckedRows]:
        submitted.append(frame)
        return workers.submit(_check, suites, frame)

    for checked_rows in workers.in_order(submit, _together(frames)):
        frame = submitted.pop(0)
        counts.extend(checked_rows.counts)
        failed, reasons, details = checked_rows.grouped(Severity.CRITICAL)
        for row, why, what in zip(failed, reasons.to_pylist(), details.to_pylist(), strict=True):
            of_rows[int(frame.rows[row])] = Failure(tuple(why), tuple(what))
        failed, reasons, _ = checked_rows.grouped(Severity.WARNING)
        for row, why in zip(failed, reasons.to_pylist(), strict=True):
            warned[int(frame.rows[row])] = tuple(why)
    return Failures(of_rows, warned, tuple(counts))
