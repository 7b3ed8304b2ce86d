"""A few real rows for every reason and source file, from the quarantine and duplicate files of a run.

Which rows depends only on the rows and their order, so that workers and shard sizes change nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrays import one_array
from sftrm_quality.checks import Entry, Suites
from sftrm_quality.config import RunConfig
from sftrm_quality.formats import Formats
from sftrm_quality.records import NoKind
from sftrm_quality.releases import STREAMED
from sftrm_quality.reports.defects import defects
from sftrm_quality.reports.passages import passage
from sftrm_quality.reports.record_parts import RecordPart, record_parts
from sftrm_quality.run_record import DuplicateSample, FileEntry, Passage, QuarantineSample, SamplePart

# Five of a reason and file show whether it is one mistake or many.
SAMPLES_OF_EACH = 5
# In all. As many as a person looks through, and a page with their texts stays far below 2 MB.
QUARANTINE_SAMPLES = 300
DUPLICATE_SAMPLES = 60
# Parts of one record: a prompt and five responses.
PARTS = 6

# A group is a label kind, a reason (or kind of duplicate) and a source file.
Group = tuple[str, str, str]
# Row group, row, and which of the row's reasons.
Place = tuple[int, int, int]
Sample = TypeVar("Sample", QuarantineSample, DuplicateSample)


def quarantine_samples(
    path: Path, files: Sequence[FileEntry], suites: Suites, config: RunConfig, formats: Formats
) -> tuple[QuarantineSample, ...]:
    """Samples of the quarantine file, at most QUARANTINE_SAMPLES, by label kind, reason and source file.

    Args:
        path: The quarantine file.
        files: Of the run's figures, for the format of each.
        suites: Say which column a reason is about.
        config: Says what is declared about each source.
        formats: The run's formats.

    Returns:
        The samples, groups in the order in which they begin.
    """
    of_files = {file.source_file: file.format for file in files}
    entries = {(suite.name, entry.reason): entry for suite in (suites.sft, suites.rm) for entry in suite.entries}

    def sample(row: dict[str, Any], number: int) -> QuarantineSample:
        reason, detail, name = row["reasons"][number], row["details"][number], row["source_file"]
        entry = entries.get((row["label_kind"], reason)) if row["stage"] == "check" else None
        column = entry.kwargs.get("column") if entry else None
        parts = record_parts(row["payload"], formats, of_files.get(name), config.source_settings(name), column)
        return QuarantineSample(
            reason=reason,
            detail=detail,
            also=tuple(other for other in row["reasons"] if other != reason),
            **{k: row[k] for k in ("label_kind", "record_id", "source_file", "source_index", "source_line", "stage")},
            parts=_marked_parts(parts, row["data_id"], entry, reason, detail, row["payload_bytes"] is None),
            parts_left_out=_left_out(parts),
        )

    chosen = in_turn(_candidates(path, "reasons"), QUARANTINE_SAMPLES)
    return _taken(path, chosen, sample)


def duplicate_samples(
    path: Path, files: Sequence[FileEntry], config: RunConfig, formats: Formats
) -> tuple[DuplicateSample, ...]:
    """Samples of the duplicates file, at most DUPLICATE_SAMPLES, by label kind, kind of duplicate and source file."""
    of_files = {file.source_file: file.format for file in files}
    where = ("source_file", "source_index", "source_line")
    names = ("label_kind", "record_id", "duplicate_of", "kind", "similarity", *where)

    def sample(row: dict[str, Any], number: int) -> DuplicateSample:
        name = row["source_file"]
        parts = record_parts(row["payload"], formats, of_files.get(name), config.source_settings(name), None)
        return DuplicateSample(
            **{name: row[name] for name in names},
            parts=_marked_parts(parts, row["data_id"]),
            parts_left_out=_left_out(parts),
        )

    return _taken(path, in_turn(_candidates(path, "kind"), DUPLICATE_SAMPLES), sample)


def _marked_parts(
    parts: list[RecordPart],
    data_id: str | None,
    entry: Entry | None = None,
    reason: str = "",
    detail: str = "",
    as_read: bool = False,
) -> tuple[SamplePart, ...]:
    """The parts with the defect marked, those with a mark first of all where there are too many."""
    marks = defects(entry, reason, detail, parts, as_read)
    # The texts that are asked about, then what is marked, then the rest in order.
    order = sorted(range(len(parts)), key=lambda n: (parts[n].rank is not None, not marks[n], n))[:PARTS]
    return tuple(
        SamplePart(
            name=parts[n].name,
            rank=parts[n].rank,
            **dict(passage(text, marks[n], data_id) if (text := parts[n].text) is not None else _NULL),
        )
        for n in sorted(order)
    )


def _left_out(parts: list[RecordPart]) -> int:
    return max(0, len(parts) - PARTS)


_NULL = Passage(characters=None, first=0, pieces=())


def _candidates(path: Path, column: str) -> dict[Group, list[Place]]:
    """The first places of every group, groups in the order in which they begin. Texts are not read.

    Files of no known format have no texts to show; they stand with the other files.
    """
    found: dict[Group, list[Place]] = defaultdict(list)
    with pq.ParquetFile(path, **STREAMED) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["label_kind", "source_file", column])
            for key, row, number in _first_of_each(table, column):
                if key[0] != NoKind.UNKNOWN and len(found[key]) < SAMPLES_OF_EACH:
                    found[key].append((group, row, number))
    return found


def _first_of_each(table: pa.Table, column: str) -> list[tuple[Group, int, int]]:
    """The first SAMPLES_OF_EACH rows of every group of a table, with the place of the reason in its list."""
    values = one_array(table[column])
    rows, numbers = np.arange(len(table)), np.zeros(len(table), np.int64)
    if pa.types.is_list(values.type):
        rows = pc.list_parent_indices(values).to_numpy()
        numbers = np.arange(len(rows)) - np.searchsorted(rows, rows)
        values = pc.list_flatten(values)
    names = [one_array(table["label_kind"]).take(pa.array(rows)), values]
    names.append(one_array(table["source_file"]).take(pa.array(rows)))
    codes = np.zeros(len(rows), np.int64)
    for encoded in (name.dictionary_encode() for name in names):
        codes = codes * max(1, len(encoded.dictionary)) + encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    first = np.flatnonzero(np.diff(codes[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    chosen = np.sort(order[place < SAMPLES_OF_EACH])
    groups = zip(*(name.take(pa.array(chosen)).to_pylist() for name in names), strict=True)
    return list(zip(groups, rows[chosen].tolist(), numbers[chosen].tolist(), strict=True))


def in_turn(candidates: dict[Group, list[Place]], most: int) -> list[tuple[Group, Place]]:
    """At most so many places: reasons take turns, and within a reason its files, so that none is left out by others.

    By label kind and reason in the order in which these begin, then by file and row.
    """
    queues: dict[tuple[str, str], list[tuple[int, int, Group, Place]]] = defaultdict(list)
    for number, (group, places) in enumerate(candidates.items()):
        queues[group[:2]] += [(turn, number, group, place) for turn, place in enumerate(places)]
    turns = sorted(
        (turn, reason, number, group, place)
        for reason, queue in enumerate(queues.values())
        for turn, (_, number, group, place) in enumerate(sorted(queue))
    )
    return [(group, place) for _, _, _, group, place in sorted(turns[:most], key=lambda t: (t[1], t[2], t[4]))]


def _taken(
    path: Path, chosen: list[tuple[Group, Place]], sample: Callable[[dict[str, Any], int], Sample]
) -> tuple[Sample, ...]:
    """A sample of each chosen place, in that order. Texts are read only of row groups with a chosen row."""
    by_group: dict[int, list[int]] = defaultdict(list)
    for number, (_, (group, _, _)) in enumerate(chosen):
        by_group[group].append(number)
    samples: dict[int, Sample] = {}
    with pq.ParquetFile(path, **STREAMED) as file:
        for group, numbers in sorted(by_group.items()):
            rows = [chosen[number][1][1] for number in numbers]
            taken = file.read_row_group(group).take(pa.array(rows)).to_pylist()
            for number, row in zip(numbers, taken, strict=True):
                samples[number] = sample(row, chosen[number][1][2])
    return tuple(samples[number] for number in range(len(chosen)))
