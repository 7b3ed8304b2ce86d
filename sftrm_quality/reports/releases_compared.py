"""Two releases side by side, from their manifests and the ids of their records."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from sftrm_quality.errors import PermanentStorageError, storage_error_type
from sftrm_quality.ledger import Account
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import STREAMED, Release, damaged_files, hash_of
from sftrm_quality.reports.comparison import steps_by_file
from sftrm_quality.reports.tallies import Tallies
from sftrm_quality.splits import SPLITS

Keys = npt.NDArray[np.void]
# Records of a release compared at a time: 320 MiB beside what is imported, two releases of two million each measured.
_AT_A_TIME = 2_000_000
_BATCH_ROWS = 65_536
_PLACES = tuple(Account().to_json())


def compare_releases(a: Release, b: Release) -> dict[str, Any]:
    """What ``sftrm diff`` says: ``a`` is before, ``b`` is now. Pairs are ``[before, now]``.

    Raises StorageError where data files are missing or damaged.
    """
    for release in (a, b):
        _must_be_whole(release)
    before, now = a.manifest["figures"], b.manifest["figures"]
    return {
        "before": _head(a),
        "now": _head(b),
        "ledger": {kind: _pairs(before["ledger"][kind], now["ledger"][kind], _PLACES) for kind in LabelKind},
        "duplicates": {kind: _pairs(before["duplicates"][kind], now["duplicates"][kind]) for kind in LabelKind},
        "splits": {kind: _pairs(before["splits"][kind], now["splits"][kind]) for kind in LabelKind},
        "reasons": {kind: _pairs(before["reasons"][kind], now["reasons"][kind]) for kind in LabelKind},
        "warnings": {kind: _pairs(before["warnings"][kind], now["warnings"][kind]) for kind in LabelKind},
        "records": {kind: _whole(a, b, kind) for kind in LabelKind},
        "files": _files(before["files"], now["files"]),
        "by_file": steps_by_file(now["files"], Tallies(before["files"])),
        "settings": _changed(_flat(a.manifest["config"]), _flat(b.manifest["config"])),
        "versions": _changed(a.manifest["versions"], b.manifest["versions"]),
    }


def _head(release: Release) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "release_id": release.release_id,
        "created": manifest["created"],
        "run_id": manifest["run_id"],
        "in_force": release.in_force,
        "suites_hash": manifest["suites_hash"],
        "config_hash": hash_of(manifest["config"]),
    }


def _pairs(before: Mapping[str, int], now: Mapping[str, int], names: tuple[str, ...] = ()) -> dict[str, list[int]]:
    return {name: [before.get(name, 0), now.get(name, 0)] for name in names or sorted({*before, *now})}


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {k: v for name, inner in value.items() for k, v in _flat(inner, f"{path}.{name}" if path else name).items()}


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [before.get(name), now.get(name)] for name in sorted({*before, *now}) if before.get(name) != now.get(name)
    }


def _files(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every file of either release with its two accounts, null where it was not there; those that differ first."""
    accounts = [{f["source_file"]: {place: f[place] for place in _PLACES} for f in files} for files in (before, now)]
    rows = [
        {"source_file": name, "before": accounts[0].get(name), "now": accounts[1].get(name)}
        for name in sorted({*accounts[0], *accounts[1]})
    ]
    return sorted(rows, key=lambda row: row["before"] == row["now"])


def _must_be_whole(release: Release) -> None:
    if damaged := damaged_files(release.folder, release.manifest):
        raise PermanentStorageError(
            f"{release.folder}: damaged: {', '.join(damaged[:5])}; the next run rebuilds the release in force, "
            "an older one comes back from a copy or not at all"
        )


def _whole(a: Release, b: Release, kind: LabelKind) -> dict[str, Any]:
    try:
        return _records(a.folder / kind, b.folder / kind)
    except (OSError, pa.ArrowException) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else PermanentStorageError
        raise failed(
            f"{a.folder} or {b.folder}: a data file cannot be read ({error}); `sftrm rollback` names damaged files"
        ) from error


def _records(before: Path, now: Path) -> dict[str, Any]:
    """Records added, removed, kept in their split, and moved from one split to another, by their record_ids."""
    rows = sum(pq.read_metadata(path).num_rows for folder in (before, now) for path in folder.glob("*.parquet"))
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
    return {**counts, "moved": dict(sorted(moved.items()))}


def _slice(folder: Path, number: int, slices: int) -> tuple[Keys, npt.NDArray[np.int8]]:
    """Hashes of the record_ids that belong to a slice, and the position in SPLITS of each."""
    keys, splits = [b""], [np.zeros(0, np.int8)]
    for path in sorted(folder.glob("*.parquet")):
        code = SPLITS.index(next(s for s in SPLITS if s == path.name.split("-")[0]))
        for ids in _id_batches(path):
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
