"""How duplicates cluster and prompt groups are cut: figures from the outcome of every row."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality import dedup
from sftrm_quality.collection import DUPLICATE, Collection
from sftrm_quality.records import ApartBy, DuplicateKind, LabelKind
from sftrm_quality.run_record import (
    Bin,
    Cluster,
    DuplicateFigures,
    GroupCount,
    LargestGroup,
    LargestTemplate,
    SharedPrompts,
    SplitFigures,
    WouldStay,
)
from sftrm_quality.splits import SPLITS

# What people try when they find the duplicates too many or too few.
THRESHOLDS = (0.85, 0.9, 0.95)
_SIZES = (1, 2, 3, 4, 5, 10, 20, 50, 100, 1_000, 10_000)


def _by_size(sizes: npt.NDArray[np.int64]) -> tuple[Bin, ...]:
    """How many sizes lie in each range; ``to`` is None for the last. Empty ranges are left out."""
    places, counts = np.unique(np.searchsorted(_SIZES, sizes, side="right") - 1, return_counts=True)
    ends = [*(size - 1 for size in _SIZES[1:]), None]
    return tuple(
        Bin(from_=_SIZES[place], to=ends[place], count=count)
        for place, count in zip(places.tolist(), counts.tolist(), strict=True)
    )


def _counts(rows: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    """How often each row is named, 0 included. (``np.unique`` sorts or hashes, this counts.)"""
    return np.bincount(rows, minlength=total)


def duplicate_figures(collection: Collection, kind: LabelKind, threshold: float) -> DuplicateFigures:
    """Clusters (a record that is kept, with all its duplicates) by size, and near duplicates by similarity.

    ``would_stay``: near duplicates that are less alike than a higher threshold. Those below the threshold of the run
    were never looked for.
    """
    removed = (collection.outcome == DUPLICATE) & (collection.kinds == list(LabelKind).index(kind))
    gone_for = _counts(collection.duplicate_of[removed], len(removed))
    largest = int(gone_for.argmax()) if removed.any() else -1
    similarity = collection.similarity[removed & collection.duplicates(DuplicateKind.NEAR)]
    kept = collection.kept_apart
    stays = collection.outcome[kept.rows] < DUPLICATE
    stays &= collection.kinds[kept.rows] == list(LabelKind).index(kind)
    template = int(np.where(stays, kept.prompts, 0).argmax()) if stays.any() else -1
    return DuplicateFigures(
        clusters=int(np.count_nonzero(gone_for)),
        by_size=_by_size(gone_for[gone_for > 0] + 1),
        largest=Cluster(
            record_id=collection.record_ids(np.array([largest]))[0],
            records=int(gone_for[largest]) + 1,
        )
        if largest >= 0
        else None,
        threshold=threshold,
        would_stay=tuple(
            WouldStay(threshold=higher, records=int(np.count_nonzero(similarity < higher)))
            for higher in THRESHOLDS
            if higher > threshold
        ),
        kept_apart={by: int(np.count_nonzero(kept.by[stays] == n)) for n, by in enumerate(ApartBy, 1)},
        largest_template=LargestTemplate(
            record_id=collection.record_ids(kept.rows[[template]])[0], prompts=int(kept.prompts[template])
        )
        if template >= 0 and kept.prompts[template]
        else None,
    )


def split_figures(collection: Collection, facts: pa.Table) -> SplitFigures:
    """Prompt groups by size and split, and what reading the release back said of prompts in two splits.

    Args:
        collection: All records, with their groups and splits.
        facts: One row per label kind (`checks.RELEASE_FACTS`).

    Returns:
        The figures.
    """
    alive = (collection.outcome < len(SPLITS)) & (collection.group >= 0)
    sizes = _counts(collection.group[alive], len(alive))
    # The rows of a group share its split.
    split_of_group = np.full(len(alive), -1, np.int8)
    split_of_group[collection.group[alive]] = collection.outcome[alive]
    rows = facts.to_pylist()
    largest = int(sizes.argmax()) if alive.any() else -1
    return SplitFigures(
        groups={
            split: GroupCount(
                count=int(np.count_nonzero(split_of_group == code)),
                largest=_largest(sizes[split_of_group == code]),
            )
            for code, split in enumerate(SPLITS)
        },
        by_size=_by_size(sizes[sizes > 0]),
        shared_prompts=SharedPrompts(
            records_read_back=sum(row["records_published"] for row in rows),
            within={LabelKind(row["label_kind"]): row["prompts_in_two_splits"] for row in rows},
            across_kinds=max((row["prompts_in_two_splits_across_kinds"] for row in rows), default=0),
        ),
        key_version=dedup.KEY_VERSION,
        largest=LargestGroup(
            record_id=collection.record_ids(np.array([largest]))[0],
            records=int(sizes[largest]),
            split=SPLITS[split_of_group[largest]],
        )
        if largest >= 0
        else None,
    )


def _largest(sizes: npt.NDArray[np.int64]) -> int:
    return int(sizes.max()) if len(sizes) else 0
