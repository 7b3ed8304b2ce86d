"""What the release before had as well: what tells new faults from those that were there already."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from sftrm_quality.arrays import Mask
from sftrm_quality.errors import PermanentStorageError, SftrmError, storage_error
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases.manifest import read_manifest
from sftrm_quality.releases.parts import STREAMED
from sftrm_quality.words import say

_BATCH_ROWS = 65_536


@dataclass(frozen=True)
class KnownRecords:
    """Record ids as sorted hashes of 64 bits: eight bytes per record, whatever the ids.

    Among a million known ones, one of a million new ones seems known once in some 18 million nights.
    """

    hashes: npt.NDArray[np.uint64]

    def has(self, record_ids: pa.Array) -> Mask:
        """Which of some records are among them.

        Args:
            record_ids: Their ids.

        Returns:
            True for each that is.
        """
        asked = _hashes(record_ids)
        if not len(self.hashes):
            return np.zeros(len(asked), np.bool_)
        places = np.searchsorted(self.hashes, asked)
        found: Mask = self.hashes[np.minimum(places, len(self.hashes) - 1)] == asked
        return found


def read_known(path: Path) -> KnownRecords:
    """The records of a quarantine or duplicates file.

    Args:
        path: The file.

    Returns:
        Their ids, as hashes.

    Raises:
        StorageError: It cannot be read, or is damaged.
    """
    try:
        with pq.ParquetFile(path, **STREAMED) as file:
            batches = file.iter_batches(_BATCH_ROWS, columns=["record_id"])
            hashes = [_hashes(batch["record_id"]) for batch in batches]
    except OSError as error:
        raise storage_error(error, path) from error
    except pa.ArrowException as error:
        raise PermanentStorageError(
            say("{path}: damaged ({error}); a new run writes one of its own", path=path, error=error)
        ) from error
    return KnownRecords(np.sort(np.concatenate([np.zeros(0, np.uint64), *hashes])))


def excluded_of_release(output: OutputFolder, release_id: str | None) -> tuple[Path, Path] | None:
    """The quarantine and the duplicates file of the run that published a release.

    Args:
        output: The output folder.
        release_id: The release; None for none.

    Returns:
        The two; None where there is no such release, or its run's files are gone.
    """
    if release_id is None:
        return None
    try:
        run_id = read_manifest(output.release(release_id)).run_id
        paths = output.quarantine(run_id) / "quarantine.parquet", output.duplicates(run_id) / "duplicates.parquet"
    except SftrmError:
        return None
    return paths if all(path.is_file() for path in paths) else None


def published_of_release(output: OutputFolder, release_id: str | None) -> tuple[Path, ...] | None:
    """The files that hold the records of a release.

    Args:
        output: The output folder.
        release_id: The release; None for none.

    Returns:
        Their paths; None where there is no such release.
    """
    if release_id is None:
        return None
    folder = output.release(release_id)
    try:
        files = read_manifest(folder).data_files
    except SftrmError:
        return None
    return tuple(folder / name for name, file in sorted(files.items()) if file.split is not None)


def _hashes(record_ids: pa.Array) -> npt.NDArray[np.uint64]:
    digest = xxhash.xxh3_64_intdigest
    return np.fromiter((digest(one.encode()) for one in record_ids.to_pylist()), np.uint64, len(record_ids))
