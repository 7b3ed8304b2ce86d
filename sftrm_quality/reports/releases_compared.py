"""Two releases side by side, from their manifests and the ids of their records."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from sftrm_quality.errors import PermanentStorageError, storage_error_type
from sftrm_quality.findings import Tallies
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import STREAMED, PublishedFile, Release, damaged_files, hash_of
from sftrm_quality.reports.comparison import steps_by_file
from sftrm_quality.run_record import PLACES, Comparison, FileAccounts, FileEntry, RecordChanges, ReleaseHead
from sftrm_quality.splits import SPLITS

Keys = npt.NDArray[np.void]
Name = TypeVar("Name", bound=str)
# Records of a release compared at a time: 320 MiB beside what is imported, two releases of two million each measured.
_AT_A_TIME = 2_000_000
_BATCH_ROWS = 65_536


def compare_releases(a: Release, b: Release) -> Comparison:
    """What ``sftrm diff`` says.

    Args:
        a: The release before.
        b: The release now.

    Returns:
        Everything in which they can differ.

    Raises:
        StorageError: Data files are missing or damaged.
    """
    for release in (a, b):
        _must_be_whole(release)
    before, now = a.manifest.figures, b.manifest.figures
    return Comparison(
        before=_head(a),
        now=_head(b),
        ledger={kind: _pairs(dict(before.ledger[kind]), dict(now.ledger[kind]), PLACES) for kind in LabelKind},
        duplicates={kind: _pairs(before.duplicates[kind], now.duplicates[kind]) for kind in LabelKind},
        splits={kind: _pairs(before.splits[kind], now.splits[kind]) for kind in LabelKind},
        reasons={kind: _pairs(before.reasons[kind], now.reasons[kind]) for kind in LabelKind},
        warnings={kind: _pairs(before.warnings[kind], now.warnings[kind]) for kind in LabelKind},
        records={kind: _whole(a, b, kind) for kind in LabelKind},
        files=_files(before.files, now.files),
        by_file=steps_by_file(now.files, Tallies(before.files)),
        settings=_changed(_flat(a.manifest.config), _flat(b.manifest.config)),
        versions=_changed(a.manifest.versions, b.manifest.versions),
    )


def _head(release: Release) -> ReleaseHead:
    manifest = release.manifest
    return ReleaseHead(
        release_id=release.release_id,
        created=manifest.created,
        run_id=manifest.run_id,
        is_current=release.is_current,
        suites_hash=manifest.suites_hash,
        config_hash=hash_of(manifest.config),
    )


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
            f"{release.folder}: damaged: {', '.join(damaged[:5])}; the next run rebuilds the current release, "
            "an older one comes back from a copy or not at all"
        )


def _whole(a: Release, b: Release, kind: LabelKind) -> RecordChanges:
    try:
        return _records(a.files_of(kind), b.files_of(kind))
    except (OSError, pa.ArrowException) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else PermanentStorageError
        raise failed(
            f"{a.folder} or {b.folder}: a data file cannot be read ({error}); `sftrm rollback` names damaged files"
        ) from error


def _records(before: list[PublishedFile], now: list[PublishedFile]) -> RecordChanges:
    """Records added, removed, kept in their split, and moved from one split to another, by their record_ids."""
    rows = sum(pq.read_metadata(file.path).num_rows for file in (*before, *now))
    slices = max(1, -(-rows // (2 * _AT_A_TIME)))
    counts = {"added": 0, "removed": 0, "kept": 0}
    moved: dict[str, int] = {}
    for number in range(slices):
        old, old_splits = _slice(before, number, slices)
        new, new_splits = _slice(now, number, slices)
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


def _slice(files: list[PublishedFile], number: int, slices: int) -> tuple[Keys, npt.NDArray[np.int8]]:
    """Hashes of the record_ids that belong to a slice, and the position in SPLITS of each."""
    keys, splits = [b""], [np.zeros(0, np.int8)]
    for file in files:
        code = SPLITS.index(file.split)
        for ids in _id_batches(file.path):
            # An id may have a number behind its hash, so that it is hashed again: 128 bits, no two alike.
            digests = np.frombuffer(b"".join(map(xxhash.xxh3_128_digest, ids)), np.uint8).reshape(-1, 16)
            chosen = digests[digests[:, :4].copy().view(np.uint32)[:, 0] % slices == number]
            keys.append(chosen.tobytes())
            splits.append(np.full(len(chosen), code, np.int8))
    return np.frombuffer(b"".join(keys), "V16"), np.concatenate(splits)


def _id_batches(path: Path) -> Iterator[list[bytes]]:
    with pq.ParquetFile(path, **STREAMED) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=["record_id"]):
            yield pc.cast(batch["record_id"], "binary").to_pylist()
