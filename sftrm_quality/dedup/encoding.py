"""Rows of Arrow columns as unambiguous bytes, and their digests.

xxh3 is stable by specification; the hashes of polars, duckdb and Python are not, and would rename every record.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from sftrm_quality.arrays import Mask, as_ints, as_mask, list_offsets, text_buffers

DIGEST = pa.binary(16)


def encode_rows(prefix: bytes, columns: dict[str, pa.Array]) -> pa.BinaryArray:
    """One row of bytes for each row of the columns.

    A value is its name, its length (or count) and its bytes; a null is not written at all. So null and "" differ, no
    two different rows have the same bytes, and a column added later changes no row in which it is null.

    Args:
        prefix: What every row begins with.
        columns: By name, at least one, of equal length: string, int64, float64, struct, list of struct.
    """
    rows = len(next(iter(columns.values())))
    pieces = [piece for name, column in columns.items() for piece in _pieces(column, name.encode() + b"\0")]
    return pc.binary_join_element_wise(_fixed(np.tile(np.frombuffer(prefix, np.uint8), (rows, 1))), *pieces, b"")


def digests(rows: pa.BinaryArray | pa.StringArray) -> pa.FixedSizeBinaryArray:
    """xxh3_128 of every row, big end first, as binary(16)."""
    offsets, data = text_buffers(rows)
    view = data.data
    joined = b"".join([xxhash.xxh3_128_digest(view[start:end]) for start, end in pairwise(offsets.tolist())])
    return pa.FixedSizeBinaryArray.from_buffers(DIGEST, len(rows), [None, pa.py_buffer(joined)])


def _pieces(column: pa.Array, tag: bytes) -> list[pa.BinaryArray]:
    """What a column contributes to its rows, as arrays to be joined. A column of nulls contributes nothing."""
    rows = len(column)
    valid = as_mask(column.is_valid())
    if pa.types.is_struct(column.type):
        # Its validity is always written: in a list, [null, x] and [x, null] must differ.
        children = zip(column.type, column.flatten(), strict=True)
        inner = [piece for field, child in children for piece in _pieces(child, field.name.encode() + b"\0")]
        return [_fixed(valid.astype(np.uint8).reshape(rows, 1)), *inner]
    if not valid.any():
        return []
    if pa.types.is_list(column.type):
        offsets = list_offsets(column)
        elements = encode_rows(b"", {"": column.flatten()})
        starts, data = text_buffers(elements)
        ends = starts[offsets]
        body = pa.BinaryArray.from_buffers(pa.binary(), rows, [None, pa.py_buffer(ends), pa.py_buffer(data)])
        return [_headers(tag, valid, np.diff(offsets).astype("<i4")), body]
    if column.type == pa.string():
        lengths = as_ints(pc.binary_length(column))
        return [_headers(tag, valid, lengths.astype("<i4")), column.cast(pa.binary()).fill_null(b"")]
    numbers = column.fill_null(0).to_numpy(zero_copy_only=False)  # of the type that it has
    return [_headers(tag, valid, numbers.astype(numbers.dtype.newbyteorder("<")))]


def _headers(tag: bytes, valid: Mask, numbers: npt.NDArray[np.generic]) -> pa.BinaryArray:
    """The tag and the number of every valid row; no bytes for the others."""
    width = len(tag) + numbers.itemsize
    kept = numbers[valid]
    matrix = np.empty((len(kept), width), np.uint8)
    matrix[:, : len(tag)] = np.frombuffer(tag, np.uint8)
    matrix[:, len(tag) :] = kept.view(np.uint8).reshape(len(kept), numbers.itemsize)
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(valid, dtype=np.int32) * np.int32(width)])
    return pa.BinaryArray.from_buffers(pa.binary(), len(valid), [None, pa.py_buffer(offsets), pa.py_buffer(matrix)])


def _fixed(matrix: npt.NDArray[np.uint8]) -> pa.BinaryArray:
    rows, width = matrix.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.BinaryArray.from_buffers(pa.binary(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(matrix)])
