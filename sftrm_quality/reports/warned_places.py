"""Published records that a check warns of: how many there are, and which of them the page of rows lists.

A night can have two hundred thousand. Where they are is read from the parts, of which the columns with reasons, names
and positions take a tenth of a second per million records; only those that are listed have their texts read.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrays import one_array
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases import STREAMED
from sftrm_quality.reports.equal_shares import equal_share
from sftrm_quality.sources import natural_key

# Beside a hundred thousand excluded rows, for which people come first. To cut and mask the texts of these takes most of
# a second; as many of each reason and file are enough to see what a check finds.
MOST_WARNED = 10_000

Places = npt.NDArray[np.int64]
# Of what has an equal share: a label kind, a source file and a reason.
Group = tuple[LabelKind, str, str]
Row = TypeVar("Row")
PartFile = tuple[LabelKind, SplitName, Path]


@dataclass(frozen=True)
class ChosenRows:
    """How many published records have warnings, how many of each label kind have which, and those that are listed.

    places: of each part, the rows in it.
    """

    rows: int
    reasons: Mapping[LabelKind, Mapping[str, int]]
    places: tuple[Places, ...]


class _Found(NamedTuple):
    """Rows of a row group with warnings.

    groups: those that are met; group_of: of each warning its group among them; row_of: the row among ``rows``.
    """

    rows: Places
    positions: Places
    groups: list[Group]
    group_of: Places
    row_of: Places


class _Candidate(NamedTuple):
    source_file: str
    position: int
    part: int
    place: int
    groups: tuple[Group, ...]


def chosen_rows(files: Sequence[PartFile]) -> ChosenRows:
    """Which published records with warnings are listed: all, or of each reason in each file the first ones.

    How records are dealt out to splits, parts and row groups changes nothing.

    Args:
        files: The parts of a release, in their order.
    """
    counts: Counter[Group] = Counter()
    total = 0
    few: list[tuple[int, int, _Found]] = []
    for number, first, found in _warned(files):
        total += len(found.rows)
        counts.update(dict(zip(found.groups, np.bincount(found.group_of).tolist(), strict=True)))
        if total <= MOST_WARNED:
            few.append((number, first, found))
    # With more reasons and files than there is room for, one of each, as far as it goes.
    share = max(1, equal_share(counts, MOST_WARNED)) if total > MOST_WARNED else total
    # Where there are many, they are read again, so that they are never held together.
    warned = few if total <= MOST_WARNED else _warned(files)
    candidates = newest_first(_candidates(files, warned, share), lambda one: (one.source_file, one.position))
    left = dict.fromkeys(counts, share)
    chosen: dict[int, list[int]] = defaultdict(list)
    for one in _first_of_groups(candidates, left):
        chosen[one.part].append(one.place)
    reasons: dict[LabelKind, Counter[str]] = defaultdict(Counter)
    for (kind, _, reason), count in counts.items():
        reasons[kind][reason] += count
    places = tuple(np.array(sorted(chosen[number]), np.int64) for number in range(len(files)))
    return ChosenRows(total, {kind: dict(sorted(reasons[kind].items())) for kind in sorted(reasons)}, places)


def newest_first(rows: Iterable[Row], place: Callable[[Row], tuple[str, int]]) -> list[Row]:
    """Rows in the order of the page: the newest files first, by the natural order of their names, each in its order.

    Args:
        rows: Any.
        place: The source file of one and its position in it.
    """
    placed = [(place(row), row) for row in rows]
    names = sorted(sorted({name for (name, _), _ in placed}), key=natural_key, reverse=True)
    order = {name: number for number, name in enumerate(names)}
    return [row for _, row in sorted(placed, key=lambda one: (order[one[0][0]], one[0][1]))]


def warned_before(files: Sequence[Path], record_ids: Sequence[str]) -> set[str] | None:
    """Which of some records the release before warned of as well.

    Args:
        files: Its parts.
        record_ids: Those of the records.

    Returns:
        Their ids; None where it does not say, as those of older versions, or is damaged.
    """
    asked, known = pa.array(record_ids, pa.string()), set[str]()
    try:
        for path in files:
            with pq.ParquetFile(path, **STREAMED) as file:
                if "warnings" not in file.schema_arrow.names:
                    return None
                for group in range(file.num_row_groups):
                    if len(rows := _rows_with_warnings(_column(file, group, "warnings"))):
                        ids = _column(file, group, "record_id").take(pa.array(rows))
                        known.update(ids.filter(pc.is_in(ids, asked)).to_pylist())
    except (OSError, pa.ArrowException):
        return None
    return known


def _column(file: pq.ParquetFile, group: int, name: str) -> pa.Array:
    return one_array(file.read_row_group(group, columns=[name])[name])


def _rows_with_warnings(warnings: pa.Array) -> Places:
    return np.flatnonzero(pc.fill_null(pc.list_value_length(warnings), 0).to_numpy())


def _warned(files: Sequence[PartFile]) -> Iterator[tuple[int, int, _Found]]:
    """The row groups that have warnings: each behind the number of its part and that of its first row there."""
    for number, (kind, _, path) in enumerate(files):
        first = 0
        # Names as Parquet has them, each once and its number in every row.
        with pq.ParquetFile(path, **STREAMED, read_dictionary=["source_file"]) as file:
            for group in range(file.num_row_groups):
                warnings = _column(file, group, "warnings")
                # Most have none, and nothing else is read of them.
                if len(rows := _rows_with_warnings(warnings)):
                    taken = pa.array(rows)
                    names = _column(file, group, "source_file").take(taken)
                    positions = _column(file, group, "source_index").take(taken).to_numpy()
                    yield number, first, _found(kind, rows, positions, names, warnings.take(taken))
                first += len(warnings)


def _found(kind: LabelKind, rows: Places, positions: Places, names: pa.Array, warnings: pa.Array) -> _Found:
    row_of = np.repeat(np.arange(len(rows)), pc.list_value_length(warnings).to_numpy())
    reasons = warnings.flatten().dictionary_encode()
    codes = names.indices.to_numpy().astype(np.int64)[row_of] * len(reasons.dictionary) + reasons.indices.to_numpy()
    met, group_of = np.unique(codes, return_inverse=True)
    files, said = names.dictionary.to_pylist(), reasons.dictionary.to_pylist()
    groups = [(kind, files[code // len(said)], said[code % len(said)]) for code in met.tolist()]
    return _Found(rows, positions, groups, group_of, row_of)


def _candidates(
    files: Sequence[PartFile], warned: Iterable[tuple[int, int, _Found]], share: int
) -> Iterator[_Candidate]:
    """Of each split the rows that are among the first of a group there: those of all splits are among them."""
    seen: Counter[tuple[SplitName, Group]] = Counter()
    for number, first, found in warned:
        split = files[number][1]
        before = np.array([seen[split, group] for group in found.groups])
        order = np.argsort(found.group_of, kind="stable")
        counts = np.bincount(found.group_of)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
        seen.update({(split, group): int(n) for group, n in zip(found.groups, counts, strict=True)})
        chosen = np.unique(found.row_of[ranks + before[found.group_of] < share])
        begins, ends = (np.searchsorted(found.row_of, chosen, side) for side in ("left", "right"))
        for row, begin, end in zip(chosen.tolist(), begins.tolist(), ends.tolist(), strict=True):
            groups = tuple(found.groups[code] for code in found.group_of[begin:end].tolist())
            place = first + int(found.rows[row])
            yield _Candidate(groups[0][1], int(found.positions[row]), number, place, groups)


def _first_of_groups(candidates: Sequence[_Candidate], left: dict[Group, int]) -> Iterator[_Candidate]:
    room = MOST_WARNED
    for one in candidates:
        if room and any(left[group] > 0 for group in one.groups):
            room -= 1
            for group in one.groups:
                left[group] -= 1
            yield one
