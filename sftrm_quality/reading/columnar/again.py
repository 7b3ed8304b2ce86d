"""Single rows of columns once more."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.columnar.opening import Columns, open_columns
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.tables.again import is_wanted_among, rows_again
from sftrm_quality.words import say


def columns_again(stream: RawStream, indexes: npt.NDArray[np.int64], spill: Path) -> Iterator[bytes]:
    """Rows of a stream of columns as JSON.

    Args:
        stream: The stream.
        indexes: The rows, ascending; what holds none of them is not decoded.
        spill: An existing folder for a stream that is no file.

    Raises:
        StorageError: They are not there any more.
    """
    columns = open_columns(stream, Limits(), spill)
    if not isinstance(columns, Columns):
        raise TransientStorageError(
            say("{path}: changed after it was read; run again when it is whole", path=stream.path)
        )
    try:
        yield from rows_again(stream.source_file, columns.pieces(is_wanted_among(indexes)), indexes)
    finally:
        columns.close()
