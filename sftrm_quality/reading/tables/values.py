"""Values of a table as JSON has them: what a row says, in the form in which every record is seen later.

A table has a value for each of its columns in every row, so that nothing tells a field that is absent from one that is
null: both are absent here, and so are not-a-numbers, by which pandas means the same.
"""

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa

_ABSENT: Any = object()


def row_dicts(table: pa.Table, only: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The values of a table by row and column.

    Args:
        table: Whose values are valid.
        only: Columns that are looked at, None for all. Those that the table has not are left out.

    Returns:
        One per row, for `row_value` and `row_json`.
    """
    if only is None:
        return table.to_pylist()  # type: ignore[no-any-return]
    columns = [name for name in only if name in table.column_names]
    return table.select(columns).to_pylist() if columns else [{} for _ in range(table.num_rows)]


def row_value(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as an object.

    Args:
        row: Its values by column, as ``pa.Table.to_pylist`` gives them.

    Returns:
        The object, without what is absent. Moments are texts in ISO 8601, decimal numbers texts of their digits, bytes
        a text where they are UTF-8 and else ``{"base64": …}``; an infinite number is the text ``Infinity``.
    """
    value: dict[str, Any] = _plain(row)
    return value


def row_json(row: Mapping[str, Any]) -> bytes:
    """The same as JSON in UTF-8."""
    return orjson.dumps(row_value(row))


def _plain(value: Any) -> Any:
    # The types that nearly every value has come first.
    if value is None:
        return _ABSENT
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(name): one for name, inside in value.items() if (one := _plain(inside)) is not _ABSENT}
    if isinstance(value, list):
        if value and all(isinstance(one, tuple) and len(one) == 2 for one in value):  # a map, as Arrow gives it
            return _plain(dict(value))
        return [None if (one := _plain(inside)) is _ABSENT else one for inside in value]
    if isinstance(value, bytes):
        return _of_bytes(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _number(value: float) -> Any:
    if math.isnan(value):
        return _ABSENT
    return value if math.isfinite(value) else f"{'-' if value < 0 else ''}Infinity"


def _of_bytes(value: bytes) -> Any:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
