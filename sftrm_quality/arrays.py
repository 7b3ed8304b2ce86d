"""Arrow columns as numpy arrays: what every step over columns needs, with one answer to nulls, chunks and slices.

A list column is seen as its *flat* values (``column.flatten()``, which leaves out the elements of null lists) and the
offsets into them: elements ``offsets[i]`` to ``offsets[i + 1]`` are those of row i.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = Ints
"""Numbers of rows, from 0."""


def one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column as one array. A single chunk is not copied, as ``combine_chunks`` would."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def as_mask(values: pa.BooleanArray, *, if_null: bool = False) -> Mask:
    """The booleans of an array, as an array of its own; nulls become ``if_null``."""
    mask: Mask = pc.fill_null(values, if_null).to_numpy(zero_copy_only=False)
    return mask


def as_ints(values: pa.Array, *, if_null: int = 0) -> Ints:
    """The whole numbers of an array as int64; nulls become ``if_null``."""
    ints: Ints = pc.fill_null(values, if_null).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    return ints


def as_floats(values: pa.Array) -> Floats:
    """The numbers of an array as float64, to read only; nulls become NaN."""
    return _to_read(values.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _to_read(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, which nobody may write into. Some of Arrow's may be written and others not, and a kernel would be
    compiled for both: some seconds, the first time, for the same code."""
    values.flags.writeable = False
    return values


def offsets_of(lengths: Ints | Sequence[int]) -> Ints:
    """Where pieces of these lengths begin when they follow each other from 0, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def list_offsets(lists: pa.ListArray) -> Ints:
    """Offsets (rows + 1) into the flat values, from 0 for a slice too; a null list has no elements."""
    return offsets_of(as_ints(pc.list_value_length(lists)))


def flat(column: pa.Array) -> pa.Array:
    """The flat values of a list column; any other column as it is."""
    return column.flatten() if pa.types.is_list(column.type) else column


def row_of_each(lists: pa.ListArray) -> Rows:
    """The row of each of the flat values."""
    return np.repeat(np.arange(len(lists)), np.diff(list_offsets(lists)))


def lists_of(offsets: Ints, values: pa.Array, nulls_of: pa.ListArray | None = None) -> pa.ListArray:
    """A list column.

    Args:
        offsets: into the values, rows + 1, from 0.
        values: the flat values of all rows.
        nulls_of: a column whose null rows are null in the result too.
    """
    mask = nulls_of.is_null() if nulls_of is not None and nulls_of.null_count else None
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=mask)


def digest_halves(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """A binary(16) column as two numbers per row (uint64, rows x 2); a null is any number."""
    values = one_array(column)
    if not len(values):
        return np.zeros((0, 2), np.uint64)
    halves = np.frombuffer(values.buffers()[1], np.uint64)[2 * values.offset :]
    return halves[: 2 * len(values)].reshape(-1, 2)


def text_buffers(texts: pa.StringArray | pa.BinaryArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Offsets (length + 1) and bytes of a string array, as views to read only; a null is a text of no bytes.

    The offsets of a slice do not start at 0: they point into the bytes of the whole.
    """
    if len(texts) == 0:
        return _to_read(np.zeros(1, np.int32)), _to_read(np.zeros(0, np.uint8))
    if texts.null_count:
        texts = texts.fill_null("" if texts.type == pa.string() else b"")
    _, offsets, data = texts.buffers()
    positions = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return _to_read(positions), _to_read(np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8))
