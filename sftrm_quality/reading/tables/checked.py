"""Rows of a table that was written by others: which of them hold what their types promise.

Nobody checks that before us: neither is the text of a Parquet file ever decoded, nor are places in an Arrow file
compared with its length, and whoever looks at them unchecked reads memory that is not theirs.
"""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from sftrm_quality.reading.tables.pieces import Broken
from sftrm_quality.reading.tables.plain import of_known_zone
from sftrm_quality.reading.tables.values import row_value
from sftrm_quality.words import say

_NO_MOMENT = (OverflowError, ValueError, LookupError)
"""What Arrow raises for moments that Python does not have, and for zones that nobody knows."""


def broken_rows(table: pa.Table | pa.RecordBatch) -> dict[int, Broken]:
    """The rows that hold something else than their types say.

    Args:
        table: As it was read. Nothing in it was looked at yet.

    Returns:
        Each with its reason: texts that are not UTF-8, moments in no calendar, values outside of the file.
    """
    columns = [of_known_zone(_whole(column)) for column in table.columns]
    found: dict[int, Broken] = {}
    not_text: dict[int, str] = {}
    texts = list(columns)
    for i, (name, column) in enumerate(zip(table.schema.names, columns, strict=True)):
        if _is_valid(column):
            continue
        of_bytes = _as_bytes(column)
        damaged = set(_damaged(column if of_bytes is None else of_bytes))
        for row in damaged:
            found.setdefault(row, Broken("page_broken", say("column '{name}' holds no value there", name=name)))
        if of_bytes is None:
            continue
        texts[i] = of_bytes
        for row in range(len(column)):
            value = None if row in damaged else of_bytes[row].as_py()
            if (at := _no_text(value, column.type)) is not None:
                said = say("column '{name}': byte {byte} at {at} of a text is not UTF-8", name=name, **at)
                not_text.setdefault(row, said)
    for row, said in not_text.items():
        if row not in found:
            whole = pa.table([column.slice(row, 1) for column in texts], table.schema.names)
            found[row] = Broken("invalid_encoding", said, _raw(whole.to_pylist()[0], table.schema))
    for name, column in zip(table.schema.names, columns, strict=True):
        if _has_moments(column.type):
            for row in _no_moments(column, found):
                detail = say("column '{name}' holds a moment outside of the years 1 to 9999", name=name)
                found.setdefault(row, Broken("moment_out_of_range", detail))
    return found


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.nulls(0, column.type)])


def _is_valid(array: pa.Array) -> bool:
    try:
        array.validate(full=True)
    except (pa.ArrowException, OSError):
        return False
    return True


def _as_bytes(array: pa.Array) -> pa.Array | None:
    """The same with bytes where texts are; None where the types have no such form."""
    try:
        if pa.types.is_dictionary(array.type):
            # Its numbers are looked up only once they are known to lie in it.
            values = array.dictionary.view(_bytes_type(array.type.value_type))
            numbers = pa.DictionaryArray.from_arrays(array.indices, values)
            numbers.validate(full=True)
            return numbers.cast(values.type)
        return array.view(_bytes_type(array.type))
    except (pa.ArrowException, OSError):
        return None


def _bytes_type(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_string(type_):
        return pa.binary()
    if pa.types.is_large_string(type_):
        return pa.large_binary()
    if pa.types.is_string_view(type_):
        return pa.binary_view()
    if pa.types.is_list(type_):
        return pa.list_(_bytes_type(type_.value_type))
    if pa.types.is_large_list(type_):
        return pa.large_list(_bytes_type(type_.value_type))
    if pa.types.is_fixed_size_list(type_):
        return pa.list_(_bytes_type(type_.value_type), type_.list_size)
    if pa.types.is_struct(type_):
        return pa.struct([(field.name, _bytes_type(field.type)) for field in type_])
    if pa.types.is_map(type_):
        return pa.map_(_bytes_type(type_.key_type), _bytes_type(type_.item_type))
    return type_


def _damaged(array: pa.Array) -> Iterator[int]:
    """The rows that are not valid by themselves, found by halving."""
    halves = [(0, len(array))]
    while halves:
        begin, end = halves.pop()
        if begin < end and not _is_valid(array.slice(begin, end - begin)):
            if end - begin == 1:
                yield begin
            else:
                halves += [(begin, (begin + end) // 2), ((begin + end) // 2, end)]


def _no_text(value: Any, type_: pa.DataType) -> dict[str, str] | None:
    """Where the bytes of a value are no text though its type says so."""
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if isinstance(value, bytes) and _bytes_type(type_) != type_:
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as error:
            return {"byte": f"{value[error.start]:#04x}", "at": str(error.start)}
    return next((at for inside, of in _inside(value, type_) if (at := _no_text(inside, of)) is not None), None)


def _inside(value: Any, type_: pa.DataType) -> Iterator[tuple[Any, pa.DataType]]:
    if isinstance(value, dict):
        yield from ((value[field.name], field.type) for field in type_)
    elif isinstance(value, list) and pa.types.is_map(type_):
        for key, item in value:
            yield from ((key, type_.key_type), (item, type_.item_type))
    elif isinstance(value, list):
        yield from ((one, type_.value_type) for one in value)


def _raw(row: dict[str, Any], schema: pa.Schema) -> bytes:
    """A row as JSON whose texts have the bytes that they have in the file."""
    value = row_value({field.name: _kept(row[field.name], field.type) for field in schema})
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def _kept(value: Any, type_: pa.DataType) -> Any:
    if isinstance(value, bytes):
        inner = type_.value_type if pa.types.is_dictionary(type_) else type_
        return value.decode("utf-8", "surrogateescape") if _bytes_type(inner) != inner else value
    if isinstance(value, dict):
        return {field.name: _kept(value[field.name], field.type) for field in type_}
    if isinstance(value, list) and pa.types.is_map(type_):
        return [(_kept(key, type_.key_type), _kept(item, type_.item_type)) for key, item in value]
    return [_kept(one, type_.value_type) for one in value] if isinstance(value, list) else value


def _has_moments(type_: pa.DataType) -> bool:
    if pa.types.is_dictionary(type_):
        return _has_moments(type_.value_type)
    if pa.types.is_nested(type_):
        return any(_has_moments(type_.field(i).type) for i in range(type_.num_fields))
    return bool(pa.types.is_temporal(type_))


def _no_moments(column: pa.Array, but: dict[int, Broken]) -> Iterator[int]:
    """The rows whose moments Python cannot say, and so nobody later."""
    if not but:
        try:
            column.to_pylist()
        except _NO_MOMENT:
            pass
        else:
            return
    for row in range(len(column)):
        if row not in but:
            try:
                column[row].as_py()
            except _NO_MOMENT:
                yield row
