"""Cells where something else than a text is due: numbers, and JSON texts of lists and objects.

A cell holds what it shows. What is due decides whether that is a text or can be more, and only what certainly is more
is taken for it: digits for a number, strict JSON for a list. All else stays a text, which is then of a wrong type.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, as_mask, text_buffers
from sftrm_quality.reading.json.batch import parse_texts
from sftrm_quality.reading.json.strict import parse_record

# JSON has no other numbers, and a cell that holds something else is a text.
WHOLE = r"^\s*[+-]?[0-9]+(\.0*)?\s*$"
NUMBER = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
LARGEST_WHOLE = 2.0**53
_IS_WHOLE, _IS_NUMBER = re.compile(WHOLE, re.ASCII), re.compile(NUMBER, re.ASCII)
_DEPTH = 128
"""Levels of JSON in a cell, as limits.nesting_depth has them for records; a deeper one stays a text."""


def json_cell(text: object, kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """What a cell holds where a list or an object is due.

    Args:
        text: The cell.
        kind: list or dict.

    Returns:
        Its value if it is strict JSON of one, else None.
    """
    if not isinstance(text, str) or not text.lstrip().startswith("[" if kind is list else "{"):
        return None
    try:
        value, reason, _ = parse_record(text.encode(), _DEPTH)
    except UnicodeEncodeError:
        return None
    return value if reason is None and isinstance(value, kind) else None


class DueCells:
    """Rows by themselves, as `fitting.fit` has them in columns.

    Args:
        schema: What is due.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._due = [(field.name, field.type) for field in schema if not pa.types.is_string(field.type)]

    def of(self, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], Callable[[], bytes]]:
        """A row with what its cells hold.

        Args:
            row: Its cells by column.

        Returns:
            The row, and what gives it as JSON, with lists and objects as they are written in their cells; no bytes
            where it has none.
        """
        cells = [(name, type_, row[name]) for name, type_ in self._due if isinstance(row.get(name), str)]
        held = {name: value for name, type_, cell in cells if (value := _as_due(cell, type_)) is not cell}
        if not held:
            return row, bytes
        written = {name: cell.encode() for name, _, cell in cells if isinstance(held.get(name), list | dict)}
        return {**row, **held}, partial(_with_cells, row, written) if written else bytes


def _with_cells(row: Mapping[str, Any], written: Mapping[str, bytes]) -> bytes:
    members = (orjson.dumps(name) + b":" + (written.get(name) or orjson.dumps(one)) for name, one in row.items())
    return b"{" + b",".join(members) + b"}"


def _as_due(cell: str, type_: pa.DataType) -> Any:
    if pa.types.is_list(type_) or pa.types.is_struct(type_):
        value = json_cell(cell, list if pa.types.is_list(type_) else dict)
        return cell if value is None else value
    if pa.types.is_integer(type_) and _IS_WHOLE.match(cell) and abs(float(cell)) <= LARGEST_WHOLE:
        return int(float(cell))
    return float(cell) if pa.types.is_floating(type_) and _IS_NUMBER.match(cell) else cell


def fit_json(array: pa.Array, type_: pa.DataType) -> tuple[pa.Array, Mask, Mask]:
    """Cells in the type of a list or an object, see `fitting.fit`."""
    opening = r"^\s*\[" if pa.types.is_list(type_) else r"^\s*\{"
    tried = np.flatnonzero(as_mask(pc.match_substring_regex(array, opening)))
    texts = array.take(pa.array(tried))
    offsets, text = text_buffers(pc.binary_join_element_wise('{"c":', texts, "}", ""))
    bounds = offsets.astype(np.int64)
    parsed = parse_texts(text, bounds[:-1], bounds[1:], pa.schema([("c", type_)]), _DEPTH + 1)
    kind: Any = list if pa.types.is_list(type_) else dict
    # What is behind the cell's own value would be another field of the object around it.
    whole = [i for i in parsed.taken.tolist() if not parsed.unread[i] or json_cell(texts[i].as_py(), kind) is not None]
    place = np.full(len(array), -1, np.int64)
    place[tried[whole]] = np.searchsorted(parsed.taken, whole)
    fitted = parsed.table["c"].combine_chunks().take(pa.array(place, mask=place < 0))
    more = np.zeros(len(array), bool)
    more[tried[whole]] = parsed.unread[whole]
    return fitted, as_mask(pc.is_valid(array)) & (place < 0), more
