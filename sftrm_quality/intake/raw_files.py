"""The raw files of a run with the hashes of their bytes: what was read must be what was hashed, up to the end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sftrm_quality.errors import StorageError, TransientStorageError
from sftrm_quality.reading import SourceFile, discover, hash_of, hashed
from sftrm_quality.words import say


def hashed_files(raw: Sequence[Path], threads: int) -> tuple[SourceFile, ...]:
    """The raw files with their hashes, read side by side: hashing waits for the disk, not for Python.

    Args:
        raw: Files and folders.
        threads: How many files are read at the same time.

    Returns:
        The files in the order of their names.

    Raises:
        ConfigError: There is no raw file, or two would have one name.
        StorageError: A file or folder cannot be read.
    """
    with ThreadPoolExecutor(threads) as pool:
        return tuple(pool.map(hashed, discover(raw)))


def unless_changed(files: Sequence[SourceFile]) -> None:
    """Hash the files again.

    Raises:
        TransientStorageError: One is not what it was when it was hashed first.
    """
    with ThreadPoolExecutor() as pool:
        changed = [file.source_file for file, other in zip(files, pool.map(_changed, files), strict=True) if other]
    if changed:
        raise TransientStorageError(
            say(
                "{changed}: changed while it was read, nothing is published; run again when it is whole",
                changed=", ".join(changed[:5]),
            )
        )


def _changed(file: SourceFile) -> bool:
    try:
        return hash_of(file) != file.content_hash
    except (OSError, StorageError):
        return True
