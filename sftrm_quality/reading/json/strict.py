"""The strict parser: one record, its value or the reason why it has none. Slow and exact; its word is final."""

import json
import math
from collections import Counter
from typing import Any, NoReturn

import numpy as np

from sftrm_quality.reading.kernels import kernel
from sftrm_quality.words import phrase, say

_SHOWN_KEY = 40  # characters of a key in a message


class _Refused(ValueError):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


# What Python's json says of what is no JSON, so that it is in the catalogue.
PYTHON_SAYS = (
    phrase("Expecting value"),
    phrase("Expecting ',' delimiter"),
    phrase("Expecting ':' delimiter"),
    phrase("Expecting property name enclosed in double quotes"),
    phrase("Unterminated string starting at"),
    phrase("Invalid control character at"),
    phrase("Invalid \\escape"),
    phrase("Invalid \\uXXXX escape"),
    phrase("Extra data"),
    phrase("Illegal trailing comma before end of object"),
    phrase("Illegal trailing comma before end of array"),
)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        shown = twice[:_SHOWN_KEY].encode("unicode_escape" if not twice.isprintable() else "utf-8", "backslashreplace")
        raise _Refused("duplicate_key", say("key '{shown}' occurs twice in one object", shown=shown.decode()))
    return value


def _constant(name: str) -> NoReturn:
    raise _Refused("not_a_number", say("found {name}, expected a number or null", name=name))


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _Refused("number_out_of_range", say("{byte} does not fit a 64-bit float", byte=text[:_SHOWN_KEY]))
    return number


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _Refused("number_out_of_range", say("an integer of {count} digits", count=len(text))) from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int, strict=True
)


@kernel
def _depth(buf: Any) -> int:
    """The deepest level of brackets outside strings."""
    depth, deepest, inside, i = 0, 0, False, 0
    while i < buf.size:
        c = buf[i]
        if c == 0x22:
            inside = not inside
        elif inside:
            if c == 0x5C:
                i += 1
        elif c == 0x7B or c == 0x5B:
            depth += 1
            deepest = max(deepest, depth)
        elif c == 0x7D or c == 0x5D:
            depth -= 1
        i += 1
    return deepest


def parse_record(text: bytes, max_depth: int) -> tuple[Any, str | None, str | None]:
    """Parse one record of UTF-8 JSON: value, reason and detail; the last two are None if it is valid.

    Refused, each with its own reason of ``READ_REASONS``: bytes that are not UTF-8, anything that is not exactly one
    JSON value, more than ``max_depth`` levels, keys that occur twice in one object on any level, NaN and Infinity,
    numbers beyond a float64, surrogates without their other half. Details never quote a value.
    """
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            None,
            "invalid_encoding",
            say("byte {byte:#04x} at {start} of the record is not UTF-8", byte=text[error.start], start=error.start),
        )
    # Few brackets cannot be deep, and are counted in a tenth of the time.
    if text.count(b"{") + text.count(b"[") > max_depth:
        depth = _depth(np.frombuffer(text, np.uint8))
        if depth > max_depth:
            return (
                None,
                "too_deep",
                say("{depth} levels, limits.nesting_depth allows {allowed}", depth=depth, allowed=max_depth),
            )
    try:
        value = _DECODER.decode(decoded)
        if "\\u" in decoded:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except _Refused as refused:
        return None, refused.reason, refused.detail
    except json.JSONDecodeError as error:
        at = len(decoded[: error.pos].encode("utf-8"))
        return None, "invalid_json", say("{said}, {at} bytes into the record", said=say(error.msg), at=at)
    except UnicodeEncodeError as error:
        return None, "lone_surrogate", say("unpaired surrogate {escape}", escape=ascii(error.object[error.start])[1:-1])
    return value, None, None
