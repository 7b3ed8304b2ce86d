"""Tables without what saves space: the same values have the same types, in whatever way they were kept."""

import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.reading.tables.fitting import plain_array


def plain_table(table: pa.Table) -> pa.Table:
    """A table whose columns are in one piece, without dictionaries, views, large offsets and notes.

    Args:
        table: Whose values are valid.

    Returns:
        The same values.
    """
    columns = [_said(plain_array(_of_storage(column))) for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _of_storage(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type == pa.uuid():
        return pa.chunked_array([[None if one is None else str(one) for one in column.to_pylist()]], pa.string())
    if isinstance(column.type, pa.BaseExtensionType):
        return pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    return column


def _said(array: pa.Array) -> pa.Array:
    """Values of types that nothing later knows in such that it does."""
    type_ = array.type
    if pa.types.is_float16(type_):
        return array.cast(pa.float32())
    if pa.types.is_run_end_encoded(type_):
        return plain_array(pc.run_end_decode(array))
    if pa.types.is_list_view(type_) or pa.types.is_large_list_view(type_):
        return plain_array(array.cast(pa.list_(type_.value_type)))
    return of_known_zone(array)


def of_known_zone(array: pa.Array) -> pa.Array:
    """Moments of a zone that nobody here knows in UTC, where they are the same; any other values as they are."""
    type_ = array.type
    if pa.types.is_timestamp(type_) and type_.tz and not _is_known_zone(type_):
        return array.cast(pa.timestamp(type_.unit, "UTC"))
    return array


def _is_known_zone(type_: pa.DataType) -> bool:
    try:
        pa.scalar(0, type_).as_py()
    except (LookupError, ValueError):
        return False
    return True
