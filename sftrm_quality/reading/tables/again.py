"""Single rows of a table once more, for instance duplicates that are found long after reading."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.tables.cutting import only
from sftrm_quality.reading.tables.pieces import Pieces
from sftrm_quality.reading.tables.plain import plain_table
from sftrm_quality.reading.tables.values import row_json
from sftrm_quality.words import say

_AT_A_TIME = 512


def is_wanted_among(indexes: npt.NDArray[np.int64]) -> Callable[[int, int], bool]:
    """Whether any of some ascending rows is among those that begin somewhere, by their number."""

    def is_wanted(first: int, rows: int) -> bool:
        begin, end = np.searchsorted(indexes, [first, first + rows])
        return bool(end > begin)

    return is_wanted


def rows_again(source_file: str, pieces: Pieces, indexes: npt.NDArray[np.int64]) -> Iterator[bytes]:
    """Rows that could be read before, as JSON.

    Args:
        source_file: What is said to be read.
        pieces: All of its rows in order; those between may be lost.
        indexes: The rows, ascending.

    Raises:
        TransientStorageError: One is not there any more.
    """
    first = found = 0
    for piece in pieces:
        begin, end = np.searchsorted(indexes, [first, first + piece.rows])
        if piece.table is not None and end > begin:
            for some in range(begin, end, _AT_A_TIME):
                rows = only(piece.table, indexes[some : min(end, some + _AT_A_TIME)] - first)
                yield from map(row_json, plain_table(rows).to_pylist())
            found = int(end)
        first += piece.rows
        if found == len(indexes):
            return
    raise TransientStorageError(
        say(
            "{source_file}: row {index:,} cannot be read. The raw file changed after it was read; run again.",
            source_file=source_file,
            index=int(indexes[found]),
        )
    )
