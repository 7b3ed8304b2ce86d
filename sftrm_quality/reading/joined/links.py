"""By which fields records refer to each other, and which of them are of one tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash


@dataclass(frozen=True)
class Links:
    """id: dotted name of the field with a record's own id. parent: of that with the id of the record that is above it.
    members: the name of the list in which the records of a tree become one."""

    id: str
    parent: str
    members: str

    def keys_of(self, value: object) -> tuple[int, int]:
        """Hashes of a record's id and of its parent's, 0 where there is none.

        They only propose what belongs together: whoever reads the joined record compares the ids themselves.
        """
        return _key(_at(value, self.id)), _key(_at(value, self.parent))


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def _key(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return 0
    return xxhash.xxh3_64_intdigest(str(value).encode("utf-8", "surrogatepass")) or 1


def roots_of(ids: npt.NDArray[np.uint64], parents: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """The row of the root of each row's tree.

    Args:
        ids: The keys of the rows, 0 for none.
        parents: The keys of their parents, 0 for none: such a row is a root.

    Returns:
        int64, a root's own row for itself; -1 where a row is in no tree: it has no id or an earlier row has the same,
        its parent or one of that one's is not there, or it is below itself.
    """
    rows = np.flatnonzero(ids)
    in_order = rows[np.argsort(ids[rows], kind="stable")]
    is_first = np.diff(ids[in_order], prepend=np.uint64(0)) != 0
    holders = in_order[is_first]
    if not len(holders):
        return np.full(len(ids), -1, np.int64)
    held, wanted = ids[holders], parents[holders]
    place = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    nowhere = len(ids)
    found = np.where(held[place] == wanted, holders[place], nowhere)
    above = np.full(len(ids) + 1, nowhere, np.int64)
    above[holders] = np.where(wanted == 0, holders, found)
    # Each round looks twice as far up; what is in a circle never ends at a root.
    for _ in range(len(ids).bit_length()):
        above = above[above]
    is_root = np.zeros(len(ids) + 1, bool)
    is_root[holders[wanted == 0]] = True
    roots: npt.NDArray[np.int64] = np.where(is_root[above[:-1]], above[:-1], -1)
    return roots
