"""How much of the disk something has, and how much others have too: releases share equal files by hard links."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from sftrm_quality.releases import Release


@dataclass(frozen=True)
class Size:
    """Bytes of something of its own, and those that it shares with what is elsewhere."""

    own: int
    shared: int


def size_of(paths: Iterable[Path]) -> Size:
    """What deleting some files and folders frees, and what it does not, since the same bytes have other names too.

    Args:
        paths: Files and folders.

    Returns:
        Bytes by that: own is what is freed.
    """
    links: Counter[tuple[int, int]] = Counter()
    found: dict[tuple[int, int], os.stat_result] = {}
    for status in _files(paths):
        key = status.st_dev, status.st_ino
        links[key] += 1
        found[key] = status
    own = sum(status.st_size for key, status in found.items() if status.st_nlink <= links[key])
    return Size(own, sum(status.st_size for status in found.values()) - own)


def sizes_of(releases: Sequence[Release]) -> dict[str, Size]:
    """The sizes of releases beside each other, whatever else has their files, as the cache has those of the newest.

    Args:
        releases: All of an output folder.

    Returns:
        By id: bytes that no other of them has, and bytes that others have too.
    """
    files = {
        release.release_id: {(s.st_dev, s.st_ino): s.st_size for s in _files([release.folder])} for release in releases
    }
    owners = Counter(key for of_one in files.values() for key in of_one)
    return {
        release_id: Size(
            sum(size for key, size in of_one.items() if owners[key] == 1),
            sum(size for key, size in of_one.items() if owners[key] > 1),
        )
        for release_id, of_one in files.items()
    }


def _files(paths: Iterable[Path]) -> Iterator[os.stat_result]:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            found = [Path(here) / name for here, _, names in os.walk(path) for name in names]
        else:
            found = [path]
        for file in found:
            status = file.lstat()
            if S_ISREG(status.st_mode):
                yield status
