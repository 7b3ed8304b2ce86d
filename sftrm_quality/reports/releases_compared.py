"""Two releases side by side, from their manifests and the ids of their records."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from sftrm_quality.errors import PermanentStorageError, storage_error_type
from sftrm_quality.findings import Tallies
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import Release, damaged_files
from sftrm_quality.reports.compared_sides import ReleaseSide, RunSide, Side
from sftrm_quality.reports.comparison import steps_by_file
from sftrm_quality.run_record import PLACES, Comparison, FileAccounts, FileEntry, RecordChanges
from sftrm_quality.splits import SPLITS
from sftrm_quality.words import say

Keys = npt.NDArray[np.void]
Name = TypeVar("Name", bound=str)
# Records of a release compared at a time: 320 MiB beside what is imported, two releases of two million each measured.
_AT_A_TIME = 2_000_000


def compare_releases(a: Release | RunSide, b: Release | RunSide) -> Comparison:
    """What ``sftrm diff`` says.

    Args:
        a: The release before.
        b: The release now. Either may be what a run would have published.

    Returns:
        Everything in which they can differ.

    Raises:
        StorageError: Data files are missing or damaged.
    """
    sides = [_side(one) for one in (a, b)]
    before, now = (side.figures for side in sides)
    return Comparison(
        before=sides[0].head,
        now=sides[1].head,
        ledger={kind: _pairs(dict(before.ledger[kind]), dict(now.ledger[kind]), PLACES) for kind in LabelKind},
        duplicates={kind: _pairs(before.duplicates[kind], now.duplicates[kind]) for kind in LabelKind},
        splits={kind: _pairs(before.splits[kind], now.splits[kind]) for kind in LabelKind},
        reasons={kind: _pairs(before.reasons[kind], now.reasons[kind]) for kind in LabelKind},
        warnings={kind: _pairs(before.warnings[kind], now.warnings[kind]) for kind in LabelKind},
        records={kind: _whole(sides[0], sides[1], kind) for kind in LabelKind},
        files=_files(before.files, now.files),
        by_file=steps_by_file(now.files, Tallies(before.files)),
        settings=_settings_changed(*(side.settings for side in sides)),
        versions=_changed(*(side.versions for side in sides)),
    )


def _side(one: Release | RunSide) -> Side:
    if isinstance(one, RunSide):
        return one
    _must_be_whole(one)
    return ReleaseSide(one)


def _settings_changed(before: dict[str, Any] | None, now: dict[str, Any] | None) -> dict[str, tuple[Any, Any]]:
    return {} if before is None or now is None else _changed(_flat(before), _flat(now))


def _pairs(
    before: Mapping[Name, int], now: Mapping[Name, int], names: tuple[str, ...] = ()
) -> dict[str, tuple[int, int]]:
    counts = [{str(name): count for name, count in found.items()} for found in (before, now)]
    return {name: (counts[0].get(name, 0), counts[1].get(name, 0)) for name in names or sorted({*before, *now})}


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {k: v for name, inner in value.items() for k, v in _flat(inner, f"{path}.{name}" if path else name).items()}


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        name: (before.get(name), now.get(name)) for name in sorted({*before, *now}) if before.get(name) != now.get(name)
    }


def _files(before: Sequence[FileEntry], now: Sequence[FileEntry]) -> tuple[FileAccounts, ...]:
    """Every file of either release with its two accounts; those that differ first."""
    then, since = ({file.source_file: file.account for file in files} for files in (before, now))
    rows = [
        FileAccounts(source_file=name, before=then.get(name), now=since.get(name)) for name in sorted({*then, *since})
    ]
    return tuple(sorted(rows, key=lambda row: row.before == row.now))


def _must_be_whole(release: Release) -> None:
    if damaged := damaged_files(release.folder, release.manifest):
        raise PermanentStorageError(
            say(
                "{folder}: damaged: {damaged}; the next run rebuilds the current release, an older one "
                "comes back from a copy or not at all",
                folder=release.folder,
                damaged=", ".join(damaged[:5]),
            )
        )


def _whole(a: Side, b: Side, kind: LabelKind) -> RecordChanges:
    try:
        return _records(a, b, kind)
    except (OSError, pa.ArrowException) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else PermanentStorageError
        raise failed(
            say(
                "{before} or {now}: a data file cannot be read ({error}); `sftrm rollback` names damaged files",
                before=a.head.release_id,
                now=b.head.release_id,
                error=error,
            )
        ) from error


def _records(before: Side, now: Side, kind: LabelKind) -> RecordChanges:
    """Records added, removed, kept in their split, and moved from one split to another, by their record_ids."""
    rows = before.rows(kind) + now.rows(kind)
    slices = max(1, -(-rows // (2 * _AT_A_TIME)))
    counts = {"added": 0, "removed": 0, "kept": 0}
    moved: dict[str, int] = {}
    for number in range(slices):
        old, old_splits = _slice(before, kind, number, slices)
        new, new_splits = _slice(now, kind, number, slices)
        _, of_old, of_new = np.intersect1d(old, new, assume_unique=True, return_indices=True)
        counts["added"] += len(new) - len(of_new)
        counts["removed"] += len(old) - len(of_old)
        pairs, found = np.unique(np.stack([old_splits[of_old], new_splits[of_new]], axis=1), axis=0, return_counts=True)
        for (was, is_now), count in zip(pairs.tolist(), found.tolist(), strict=True):
            if was == is_now:
                counts["kept"] += count
            else:
                name = f"{SPLITS[was]} → {SPLITS[is_now]}"
                moved[name] = moved.get(name, 0) + count
    return RecordChanges(**counts, moved=dict(sorted(moved.items())))


def _slice(side: Side, kind: LabelKind, number: int, slices: int) -> tuple[Keys, npt.NDArray[np.int8]]:
    """Hashes of the record_ids that belong to a slice, and the position in SPLITS of each."""
    keys, splits = [b""], [np.zeros(0, np.int8)]
    for ids, codes in side.records(kind):
        # An id may have a number behind its hash, so that it is hashed again: 128 bits, no two alike.
        digests = np.frombuffer(b"".join(map(xxhash.xxh3_128_digest, ids)), np.uint8).reshape(-1, 16)
        chosen = digests[:, :4].copy().view(np.uint32)[:, 0] % slices == number
        keys.append(digests[chosen].tobytes())
        splits.append(codes[chosen])
    return np.frombuffer(b"".join(keys), "V16"), np.concatenate(splits)
