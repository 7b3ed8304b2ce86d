"""The published records with warnings that the page of rows lists, as the shards have them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases import Part, Segment
from sftrm_quality.reports.warned_places import ChosenRows, Places


@dataclass(frozen=True)
class WarnedPart:
    """The rows of a part of a release that are listed."""

    label_kind: LabelKind
    split: SplitName
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class WarnedRows:
    """How many published records have warnings, how many of each label kind have which, and those that are listed."""

    rows: int
    reasons: Mapping[LabelKind, Mapping[str, int]]
    parts: tuple[WarnedPart, ...]


def listed_of(parts: Sequence[Part], chosen: ChosenRows) -> WarnedRows:
    """The rows that were chosen, as the shards have them: a record of a shard is found without the others.

    Args:
        parts: Those that they were chosen from.
        chosen: As `chosen_rows` gives them.
    """
    listed = [
        WarnedPart(part.label_kind, part.split, tuple(_segments(part, places)))
        for part, places in zip(parts, chosen.places, strict=True)
        if len(places)
    ]
    return WarnedRows(chosen.rows, chosen.reasons, tuple(listed))


def _segments(part: Part, places: Places) -> Iterator[Segment]:
    first = 0
    for segment in part.segments:
        end = first + len(segment.rows)
        mine = places[np.searchsorted(places, first) : np.searchsorted(places, end)] - first
        if len(mine):
            rows = segment.rows[mine]
            warned = {row: segment.warned[row] for row in rows.tolist() if row in segment.warned}
            yield replace(segment, rows=rows, copy_numbers=segment.copy_numbers[mine], warned=warned)
        first = end
