"""Raw JSON objects and their columns: the schema that a format reads, and objects made to fit it.

Most records are parsed in batches, straight into the columns of a format's *wire schema*. A record with a value of
another type takes the slow way: it is parsed by itself and `conform` decides whether the value is accepted (a number as
``data_id``) or the record is quarantined. From there on both ways are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from sftrm_quality.words import say


@dataclass(frozen=True)
class Misfit:
    """A record that cannot be brought into the columns of its format."""

    reason: str
    detail: str


def described(value: object) -> str:
    """A short, type-first description of a value; never its text, which may be personal or huge."""
    if isinstance(value, bool):
        return say("the boolean {value}", value=str(value).lower())
    if isinstance(value, int | float):
        return (
            say("the number {value:.6g}", value=value)
            if isinstance(value, float)
            else say("the number {value}", value=str(value)[:20])
        )
    if isinstance(value, str):
        return say("a text of {count} characters", count=len(value))
    if isinstance(value, list):
        return say("a list of {count}", count=len(value))
    if isinstance(value, dict):
        return say("an object of {count} fields", count=len(value))
    return "null"


class _WrongTypeError(Exception):
    """Leaves the nested conversion of one record; caught by `conform`, never seen outside."""


def _wrong(path: str, value: object, expected: str) -> _WrongTypeError:
    return _WrongTypeError(
        say(
            "{path} is {found}, expected {expected}",
            path=path,
            found=described(value),
            expected=expected,
        )
    )


def _value(path: str, value: object, type_: pa.DataType, id_field: str) -> object:
    if value is None:
        return None
    if pa.types.is_string(type_):
        if isinstance(value, str):
            return value
        if path == id_field and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise _wrong(path, value, "a text")
    if pa.types.is_int64(type_):
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise _wrong(path, value, say("a whole number"))
        if not -(2**63) <= value < 2**63:
            raise _wrong(path, value, say("a whole number below 2^63"))
        return int(value)
    if pa.types.is_float64(type_):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(path, value, "a number")
        try:
            return float(value)
        except OverflowError:
            raise _wrong(path, value, say("a number below 1.8e308")) from None
    if pa.types.is_list(type_):
        if not isinstance(value, list):
            raise _wrong(path, value, "a list")
        return [_value(f"{path}[{i}]", item, type_.value_type, "") for i, item in enumerate(value)]
    if not isinstance(value, dict):
        raise _wrong(path, value, say("an object"))
    return {f.name: _value(f"{path}.{f.name}", value.get(f.name), f.type, "") for f in type_}


def conform(record: object, wire: pa.Schema, id_field: str) -> Mapping[str, object] | Misfit:
    """Bring one parsed record into the wire schema, or say why that would be guessing.

    A whole number as id becomes its digits, ``7.0`` as a whole number becomes 7. Nothing else is converted: a number in
    quotes or a list for a text is a `Misfit` with the reason ``field_type_wrong``; something that is no object at all
    has the reason ``not_an_object``.

    Args:
        record: Any JSON value.
        wire: The fields to read.
        id_field: Which of them is the id.

    Returns:
        The fields of the schema, or why there are none.
    """
    if not isinstance(record, dict):
        return Misfit(
            "not_an_object",
            say("the record is {found}, expected an object", found=described(record)),
        )
    try:
        return {field.name: _value(field.name, record.get(field.name), field.type, id_field) for field in wire}
    except _WrongTypeError as error:
        return Misfit("field_type_wrong", str(error))
