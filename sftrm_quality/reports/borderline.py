"""Near duplicates just above the threshold: the removed record beside the one that was kept."""

import numpy as np

from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import Collection
from sftrm_quality.personal_data import mask_personal_data
from sftrm_quality.records import DuplicateKind, LabelKind
from sftrm_quality.run_record import BorderlinePair, DifferingPart

# Ten pairs are read in a minute, and show whether the threshold is too low.
PAIRS = 10
# Of a record its first parts that differ, and of these what surrounds the first difference.
_PARTS = 2
_CHARACTERS = 300
_LEAD = 80


def borderline_pairs(collection: Collection) -> tuple[BorderlinePair, ...]:
    """The near duplicates least alike to the record that was kept, at most PAIRS, in order of similarity and row."""
    near = np.flatnonzero(collection.duplicates(DuplicateKind.NEAR))
    # Sorting all of them for ten would take longer than everything else here.
    similarity = collection.similarity[near]
    if len(near) > PAIRS:
        bound = np.partition(similarity, PAIRS - 1)[PAIRS - 1]
        near, similarity = near[similarity <= bound], similarity[similarity <= bound]
    chosen = near[np.argsort(similarity, kind="stable")][:PAIRS]
    stayed = collection.duplicate_of[chosen]
    names = collection.record_ids(chosen), collection.record_ids(stayed)
    return tuple(
        BorderlinePair(
            label_kind=list(LabelKind)[int(collection.kinds[row])],
            record_id=record_id,
            duplicate_of=other_id,
            similarity=round(float(collection.similarity[row]), 4),
            parts=_differing(_parts(collection, int(row)), _parts(collection, int(other))),
        )
        for row, other, record_id, other_id in zip(chosen, stayed, *names, strict=True)
    )


def _parts(collection: Collection, row: int) -> list[tuple[str, str]]:
    """Names and texts of a record, responses in the order of their ranks so that counterparts meet."""
    starts = np.array([shard.start for shard in collection.shards])
    # Of shards that begin at the same row all but the last are empty.
    shard = collection.shards[int(np.searchsorted(starts, row, side="right")) - 1]
    record = read_table(shard.records_path).slice(row - shard.start, 1).to_pylist()[0]
    if shard.label_kind is LabelKind.SFT:
        return [(name, record[name] or "") for name in ("question", "answer")]
    ranked = sorted(record["responses"], key=lambda r: (r["rank"] is None, r["rank"] or 0))
    return [
        ("prompt", record["prompt"] or ""),
        *((f"response {n}", response["text"] or "") for n, response in enumerate(ranked, 1)),
    ]


def _differing(gone: list[tuple[str, str]], stayed: list[tuple[str, str]]) -> tuple[DifferingPart, ...]:
    """The first parts that differ, cut around where they begin to."""
    both = [(name, a, b) for (name, a), (_, b) in zip(gone, stayed, strict=False) if a != b]
    return tuple(_cut(name, a, b) for name, a, b in both[:_PARTS])


def _cut(name: str, gone: str, stayed: str) -> DifferingPart:
    first = max(0, _common(gone, stayed) - _LEAD)
    return DifferingPart(name=name, gone=_window(gone, first), stayed=_window(stayed, first))


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    known, beyond = 0, min(len(one), len(other)) + 1
    while beyond - known > 1:
        middle = (known + beyond) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            beyond = middle
    return known


def _window(text: str, first: int) -> str:
    # Masking keeps the length. What begins before the window is found with it.
    start = max(0, first - _LEAD)
    masked = mask_personal_data(text[start : first + _CHARACTERS + _LEAD])
    cut = masked[first - start : first - start + _CHARACTERS]
    return ("…" if first else "") + cut + ("…" if first + _CHARACTERS < len(text) else "")
