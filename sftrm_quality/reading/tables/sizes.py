"""How many bytes each row of a table has, before any of it is copied or unpacked."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import as_ints, offsets_of

Sizes = npt.NDArray[np.int64]


def row_sizes(table: pa.Table | pa.RecordBatch) -> Sizes:
    """The bytes of each row.

    Args:
        table: Whose arrays are valid. What its dictionaries stand for counts as often as it is meant.

    Returns:
        One number per row.
    """
    sizes = np.zeros(table.num_rows, np.int64)
    for column in table.columns:
        begin = 0
        for array in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            sizes[begin : begin + len(array)] += _sizes(array)
            begin += len(array)
    return sizes


def _sizes(array: pa.Array) -> Any:
    type_ = array.type
    if isinstance(type_, pa.BaseExtensionType):
        return _sizes(array.storage)
    if pa.types.is_dictionary(type_):
        of_values = _sizes(array.dictionary)
        codes = as_ints(array.indices.cast(pa.int64()), if_null=-1)
        return np.where(codes < 0, 0, of_values[np.maximum(codes, 0)]) if len(of_values) else 0
    if _is_bytes(type_):
        return as_ints(pc.binary_length(_readable(array)))
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_map(type_):
        return _of_lists(array)
    if pa.types.is_fixed_size_list(type_):
        values = array.values.slice(array.offset * type_.list_size, len(array) * type_.list_size)
        return np.broadcast_to(_sizes(values), len(values)).reshape(len(array), type_.list_size).sum(axis=1)
    if pa.types.is_struct(type_):
        return sum((_sizes(array.field(i)) for i in range(type_.num_fields)), np.zeros(len(array), np.int64))
    # All the same, or nearly: numbers, moments; unions and other rare types by their mean.
    return array.nbytes // max(1, len(array))


def _of_lists(array: Any) -> Any:
    offsets = as_ints(array.offsets.cast(pa.int64()))
    if pa.types.is_map(array.type):
        values = pa.StructArray.from_arrays([array.keys, array.items], ["key", "value"])
    else:
        values = array.values.slice(offsets[0], offsets[-1] - offsets[0])
        offsets = offsets - offsets[0]
    return np.diff(offsets_of(np.broadcast_to(_sizes(values), len(values)))[offsets])


def _is_bytes(type_: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(type_)
        or pa.types.is_large_string(type_)
        or pa.types.is_string_view(type_)
        or pa.types.is_binary(type_)
        or pa.types.is_large_binary(type_)
        or pa.types.is_binary_view(type_)
    )


def _readable(array: pa.Array) -> pa.Array:
    """Views have lengths that no function gives; unpacking them costs a copy."""
    if pa.types.is_string_view(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary_view(array.type) else array
