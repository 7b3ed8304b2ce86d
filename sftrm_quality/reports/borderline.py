"""Pairs that are nearly the same: near duplicates just above the threshold, and records that were kept apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import DUPLICATE, Collection
from sftrm_quality.personal_data import asterisks, mask_text
from sftrm_quality.records import ApartBy, DuplicateKind, LabelKind
from sftrm_quality.run_record import ApartPair, BorderlinePair, DifferingPart
from sftrm_quality.text import difference, fold_text, negations, normalise_text, numbers

# Ten pairs are read in a minute, and show whether the threshold is too low.
PAIRS = 10
# Of each cause, three show what it means.
APART_PAIRS = 3
_NUMBERS_SHOWN = 5
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


def apart_pairs(collection: Collection) -> tuple[ApartPair, ...]:
    """Records that stay although another one is nearly the same, the first APART_PAIRS of each cause, the largest
    templates first."""
    kept = collection.kept_apart
    stays = collection.outcome[kept.rows] < DUPLICATE
    found: list[ApartPair] = []
    for number, by in enumerate(ApartBy, 1):
        places = np.flatnonzero(stays & (kept.by == number))
        if by is ApartBy.TEMPLATE:
            # One of each size: a template has one, and the second one of it tells nothing new.
            sizes, firsts = np.unique(kept.prompts[places], return_index=True)
            places = places[firsts[np.argsort(-sizes.astype(np.int64), kind="stable")]]
        places = places[:APART_PAIRS]
        names = collection.record_ids(kept.rows[places]), collection.record_ids(kept.others[places])
        for place, record_id, other_id in zip(places.tolist(), *names, strict=True):
            row, other = int(kept.rows[place]), int(kept.others[place])
            one, two = what_differs(by, _parts(collection, row), _parts(collection, other))
            found.append(
                ApartPair(
                    label_kind=list(LabelKind)[int(collection.kinds[row])],
                    record_id=record_id,
                    apart_from=other_id,
                    by=by,
                    similarity=round(float(kept.similarity[place]), 4),
                    prompts=int(kept.prompts[place]),
                    one=one,
                    other=two,
                )
            )
    return tuple(found)


def what_differs(by: ApartBy, ones: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What two records have where they differ, in a few words; personal data masked.

    Args:
        by: What tells them apart.
        ones: Names and texts of the parts of one record.
        others: Of the other, in the same order.
    """
    texts = [(a, b) for (_, a), (_, b) in zip(ones, others, strict=False)]
    both = [(mask_text(a), mask_text(b)) for a, b in texts]
    for a, b in both:
        if by is ApartBy.NUMBERS and (mine := numbers(a)) != (theirs := numbers(b)):
            return _listed(mine, theirs), _listed(theirs, mine)
        if by is ApartBy.NEGATIONS:
            counts = negations(pa.array([normalise_text(a), normalise_text(b)]))
            if counts[0] != counts[1]:
                return difference(a, b)
    if seen := next((difference(a, b) for a, b in both if fold_text(a) != fold_text(b)), None):
        return seen
    # They differ in what is masked.
    one, other = next((difference(a, b) for a, b in texts if fold_text(a) != fold_text(b)), ("", ""))
    return asterisks(one), asterisks(other)


def _listed(found: Sequence[str], others: Sequence[str]) -> str:
    """The numbers that the other text has not, or all where they are the same in another order."""
    left = Counter(others)
    own = [number for number in found if not left[number] or left.subtract([number])]
    shown = own if own or Counter(found) != Counter(others) else [*found]
    return ", ".join(shown[:_NUMBERS_SHOWN]) + ("…" if len(shown) > _NUMBERS_SHOWN else "")


def _parts(collection: Collection, row: int) -> list[tuple[str, str]]:
    """Names and texts of a row."""
    starts = np.array([shard.start for shard in collection.shards])
    # Of shards that begin at the same row all but the last are empty.
    shard = collection.shards[int(np.searchsorted(starts, row, side="right")) - 1]
    return texts_of(read_table(shard.records_path).slice(row - shard.start, 1).to_pylist()[0])


def texts_of(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and texts of a record, responses in the order of their ranks so that counterparts meet."""
    if "question" in record:
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
    masked = mask_text(text[start : first + _CHARACTERS + _LEAD])
    cut = masked[first - start : first - start + _CHARACTERS]
    return ("…" if first else "") + cut + ("…" if first + _CHARACTERS < len(text) else "")
