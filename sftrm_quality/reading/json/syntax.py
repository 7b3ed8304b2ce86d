"""A strict JSON walker over raw bytes: which records may take the fast way.

``pyarrow.json`` is four times as fast as any record-by-record parser, and more lenient than a record may be: it takes
NaN, ignores duplicate keys and broken UTF-8 in fields that are not in its schema, reads ``{…}{…}`` as two rows, and
version 26 ends the process on a top-level ``null``. So every record is walked here first, about 0.5 GB/s. What is
certified is a JSON object by RFC 8259 without any of these; everything else, also what this walker only cannot decide,
goes to the strict parser in :mod:`sftrm_quality.reading.json.strict`, whose word is final.

The tokens are in this file too, because a compiled kernel is cached by the time of its own file: if a function that
it calls changed in another file, the old machine code would go on.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sftrm_quality.reading.kernels import kernel

# States of the walker: what the grammar expects next.
_VALUE, _VALUE_OR_END, _KEY, _KEY_OR_END, _COLON, _AFTER, _DONE = 0, 1, 2, 3, 4, 5, 6
_INVALID, _DOUBT = -1, -2

UNREAD, _PASSED_OVER = -1, -2  # instead of a field's node: nobody reads it; it is not to be read, nor what is below it
_MIX = np.uint64(0x9E3779B97F4A7C15)  # spreads the nodes over the table (2**64 / golden ratio, odd)

_MAX_DEPTH = 501  # one more than configuration allows
_MAX_KEYS = 4096  # keys of all open objects of a record together; more is left to the strict parser
_MAX_SIBLINGS = 128  # keys of one object are compared pairwise
_MAX_NUMBER = 300  # characters: longer ones may be beyond a double, or beyond Python's 4300 digits

# What a byte inside a string asks for: nothing, end of string, escape, error, or a UTF-8 sequence of 2, 3 or 4 bytes.
_TEXT = np.zeros(256, dtype=np.uint8)
_TEXT[0x22] = 1
_TEXT[0x5C] = 5
_TEXT[:0x20] = 6
_TEXT[0x80:] = 6
_TEXT[0xC2:0xE0] = 2
_TEXT[0xE0:0xF0] = 3
_TEXT[0xF0:0xF5] = 4
# Bytes of numbers and words, right and wrong ones.
_WORD = np.zeros(256, dtype=np.bool_)
_WORD[list(b"+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] = True


@kernel
def _hex4(buf: Any, i: int, e: int) -> int:
    """The number that the four hexadecimal digits at ``i`` stand for, or -1."""
    if i + 4 > e:
        return -1
    number = 0
    for j in range(i, i + 4):
        c = buf[j]
        if 48 <= c <= 57:
            digit = c - 48
        elif 65 <= c <= 70:
            digit = c - 55
        elif 97 <= c <= 102:
            digit = c - 87
        else:
            return -1
        number = number * 16 + digit
    return number


@kernel
def _escape(buf: Any, i: int, e: int) -> int:
    """The position after the escape at ``i`` (a backslash), or -1 where it is wrong or half a surrogate pair."""
    if i + 1 >= e:
        return -1
    c = buf[i + 1]
    if c != 0x75:
        return i + 2 if c in (0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74) else -1
    unit = _hex4(buf, i + 2, e)
    if unit < 0 or 0xDC00 <= unit <= 0xDFFF:
        return -1
    if unit < 0xD800 or unit > 0xDFFF:
        return i + 6
    if i + 8 > e or buf[i + 6] != 0x5C or buf[i + 7] != 0x75:
        return -1
    low = _hex4(buf, i + 8, e)
    return i + 12 if 0xDC00 <= low <= 0xDFFF else -1


@kernel
def _string(buf: Any, i: int, e: int, utf8: bool) -> int:
    """The position after the closing quote of the string whose text starts at ``i``, or -1."""
    while i < e:
        c = buf[i]
        kind = _TEXT[c]
        if kind == 0:
            i += 1
        elif kind == 1:
            return i + 1
        elif kind == 5:
            i = _escape(buf, i, e)
            if i < 0:
                return -1
        elif c < 0x80:
            return -1
        elif not utf8:
            i += 1
        elif kind == 6 or i + kind > e:
            return -1
        else:
            second = buf[i + 1]
            if (second & 0xC0) != 0x80:
                return -1
            if kind == 3:
                if (buf[i + 2] & 0xC0) != 0x80:
                    return -1
                # overlong forms, and surrogates written as UTF-8
                if (c == 0xE0 and second < 0xA0) or (c == 0xED and second > 0x9F):
                    return -1
            elif kind == 4:
                if (buf[i + 2] & 0xC0) != 0x80 or (buf[i + 3] & 0xC0) != 0x80:
                    return -1
                if (c == 0xF0 and second < 0x90) or (c == 0xF4 and second > 0x8F):
                    return -1
            i += kind
    return -1


@kernel
def _digits(buf: Any, i: int, e: int) -> int:
    while i < e and 48 <= buf[i] <= 57:
        i += 1
    return i


@kernel
def _number(buf: Any, i: int, e: int) -> int:
    """The position after the number at ``i``, -1 where it is none, -2 where the strict parser must tell its value."""
    start = i
    if buf[i] == 0x2D:
        i += 1
    first = i
    i = _digits(buf, i, e)
    if i == first or (buf[first] == 48 and i > first + 1):
        return -1
    if i < e and buf[i] == 0x2E:
        fraction = i + 1
        i = _digits(buf, fraction, e)
        if i == fraction:
            return -1
    if i < e and (buf[i] | 0x20) == 0x65:
        i += 1
        if i < e and (buf[i] == 0x2B or buf[i] == 0x2D):
            i += 1
        exponent = i
        i = _digits(buf, i, e)
        if i == exponent:
            return -1
        if i - exponent > 2:
            return -2
    return i if i - start <= _MAX_NUMBER else -2


@kernel
def _word(buf: Any, i: int, e: int) -> int:
    """The position after ``true``, ``false`` or ``null`` at ``i``, or -1."""
    c = buf[i]
    if i + 4 <= e:
        b, d, f = buf[i + 1], buf[i + 2], buf[i + 3]
        if c == 0x74 and b == 0x72 and d == 0x75 and f == 0x65:
            return i + 4
        if c == 0x6E and b == 0x75 and d == 0x6C and f == 0x6C:
            return i + 4
        if i + 5 <= e and c == 0x66 and b == 0x61 and d == 0x6C and f == 0x73 and buf[i + 4] == 0x65:
            return i + 5
    return -1


@kernel
def _scratch() -> tuple[Any, Any, Any, Any]:
    return (
        np.zeros(_MAX_DEPTH + 2, np.int64),
        np.zeros(_MAX_DEPTH + 2, np.int64),
        np.zeros(_MAX_DEPTH + 2, np.int64),
        np.zeros(_MAX_KEYS, np.uint64),
    )


@kernel
def _child(node: int, code: Any, buf: Any, i: int, e: int, tree: Any) -> int:
    """The node of the field named ``buf[i:e]`` below ``node``, UNREAD where nothing reads it."""
    parents, codes, nodes, names, spans = tree
    slot = np.int64((code ^ (np.uint64(node) * _MIX)) & np.uint64(parents.size - 1))
    while parents[slot] >= 0:
        if parents[slot] == node and codes[slot] == code and spans[slot, 1] - spans[slot, 0] == e - i:
            same = True
            for j in range(e - i):
                if names[spans[slot, 0] + j] != buf[i + j]:
                    same = False
            if same:
                return int(nodes[slot])
        slot = (slot + 1) % parents.size
    return UNREAD


@kernel
def _walk(buf: Any, i: int, e: int, max_depth: int, scratch: Any, tree: Any) -> tuple[int, bool]:
    """Walk ``buf[i:e]``: the state at its end, and whether all its fields are in ``tree``.

    ``scratch`` is made by ``_scratch``: by level, whether it is an object, the number of keys before it and its node in
    ``tree``; the hashes of the open objects' keys.
    """
    state, depth, top, known, node = _VALUE, 0, 0, True, 0
    is_object, base, node_of, hashes = scratch
    while i < e:
        c = buf[i]
        if c == 0x20 or c == 0x0A or c == 0x0D or c == 0x09:
            i += 1
        elif state == _AFTER:
            if c == 0x2C:
                state = _KEY if is_object[depth] == 1 else _VALUE
            elif (c == 0x7D and is_object[depth] == 1) or (c == 0x5D and is_object[depth] == 0):
                top = base[depth]
                depth -= 1
                if depth == 0:
                    state = _DONE
            else:
                return _INVALID, known
            i += 1
        elif state == _COLON:
            if c != 0x3A:
                return _INVALID, known
            state = _VALUE
            i += 1
        elif state == _DONE:
            return _INVALID, known
        elif (state == _KEY_OR_END and c == 0x7D) or (state == _VALUE_OR_END and c == 0x5D):
            state = _AFTER  # the closing bracket is taken there
        elif state in (_KEY, _KEY_OR_END):
            if c != 0x22:
                return _INVALID, known
            stop = _string(buf, i + 1, e, True)
            if stop < 0:
                return _INVALID, known
            code = np.uint64(14695981039346656037)  # FNV-1a: keys are short
            for j in range(i + 1, stop - 1):
                if buf[j] == 0x5C:
                    return _DOUBT, known  # "\u0061" and "a" are one key
                code = (code ^ np.uint64(buf[j])) * np.uint64(1099511628211)
            first = base[depth]
            if top >= _MAX_KEYS or top - first >= _MAX_SIBLINGS:
                return _DOUBT, known
            for j in range(first, top):
                if hashes[j] == code:
                    return _DOUBT, known
            hashes[top] = code
            top += 1
            node = node_of[depth]
            if node >= 0:
                node = _child(node, code, buf, i + 1, stop - 1, tree)
                known = known and node != UNREAD
            i = stop
            state = _COLON
        elif c == 0x22:
            i = _string(buf, i + 1, e, True)
            if i < 0:
                return _INVALID, known
            state = _AFTER
        elif c == 0x7B or c == 0x5B:
            if is_object[depth] == 0 and depth > 0:
                node = node_of[depth]  # an element is of its list
            depth += 1
            if depth > max_depth:
                return _DOUBT, known
            is_object[depth] = 1 if c == 0x7B else 0
            base[depth] = top
            node_of[depth] = node
            state = _KEY_OR_END if c == 0x7B else _VALUE_OR_END
            i += 1
        else:
            i = _number(buf, i, e) if c == 0x2D or 48 <= c <= 57 else _word(buf, i, e)
            if i < 0:
                return i, known
            state = _AFTER
        if depth == 0 and state == _AFTER:
            state = _DONE
    return state, known


@kernel
def _certify(buf: Any, starts: Any, ends: Any, max_depth: int, tree: Any, clean: Any, unread: Any) -> None:
    scratch = _scratch()
    for r in range(starts.size):
        start, end = starts[r], ends[r]
        if end <= start or buf[start] != 0x7B:
            continue  # a record of another type than object is valid JSON and not for the fast way
        state, known = _walk(buf, start, end, max_depth, scratch, tree)
        clean[r] = state == _DONE
        unread[r] = not known


@kernel
def _code(name: Any) -> Any:
    """FNV-1a of a field's name, as ``_walk`` computes it."""
    code = np.uint64(14695981039346656037)
    for j in range(name.size):
        code = (code ^ np.uint64(name[j])) * np.uint64(1099511628211)
    return code


def field_tree(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """The names of fields that are read, as `certify` looks them up.

    Args:
        fields: By name, what is read below the field in the same form: nothing below a text or a number. Lists leave no
            trace, their elements are of the field. None: whatever is below the field is passed over.

    Returns:
        An open-addressed table: parent and hash of a name, its node, all names in one text, and where each is in it.
    """
    entries: list[tuple[int, bytes, int]] = []
    count = 0

    def add(parent: int, below: Mapping[str, Any]) -> None:
        nonlocal count
        for name, more in below.items():
            node = _PASSED_OVER
            if more is not None:
                count += 1
                node = count
            entries.append((parent, name.encode(), node))
            if more:
                add(node, more)

    add(0, fields)
    size = 1 << max(4, (4 * len(entries)).bit_length())
    parents, codes = np.full(size, -1, np.int64), np.zeros(size, np.uint64)
    nodes, spans = np.zeros(size, np.int64), np.zeros((size, 2), np.int64)
    names = np.frombuffer(b"".join(name for _, name, _ in entries) or b"-", np.uint8)
    at = 0
    for parent, name, node in entries:
        code = int(_code(np.frombuffer(name, np.uint8)))
        slot = (code ^ (parent * int(_MIX))) & (size - 1)
        while parents[slot] >= 0:
            slot = (slot + 1) % size
        parents[slot], codes[slot], nodes[slot], spans[slot] = parent, code, node, (at, at + len(name))
        at += len(name)
    return parents, codes, nodes, names, spans


def certify(buf: Any, starts: Any, ends: Any, max_depth: int, tree: tuple[Any, ...]) -> tuple[Any, Any]:
    """Which of the records are certainly strict JSON objects, and which of those have fields that nobody reads.

    A record that is not certified is not thereby invalid: the strict parser decides.

    Args:
        buf: The text, uint8.
        starts: int64, where the records begin in it.
        ends: int64, where they end.
        max_depth: The most levels of nesting.
        tree: The fields that are read, from `field_tree`.

    Returns:
        Two masks over the records.
    """
    clean, unread = np.zeros(starts.size, np.bool_), np.zeros(starts.size, np.bool_)
    _certify(buf, starts, ends, max_depth, tree, clean, unread)
    return clean, clean & unread


NO_JSON, UNENDED, TOO_DEEP = -1, -2, -3


@kernel
def _has_quote(buf: Any, i: int, end: int) -> bool:
    """Whether the string whose text starts at ``i`` is closed, whatever is in it."""
    while i < end and buf[i] != 0x22:
        i += 2 if buf[i] == 0x5C else 1
    return bool(i < end)


@kernel
def object_end(buf: Any, start: int, end: int, max_depth: int) -> int:
    """The position after the object at ``start``, as far as brackets and commas tell, in any encoding that keeps ASCII.

    Else NO_JSON, UNENDED where ``end`` comes first, or TOO_DEEP at the first level beyond ``max_depth``: so nobody who
    tries one beginning after another in damaged text walks all of it each time.
    """
    is_object = np.zeros(max_depth + 1, np.bool_)
    state, depth, i = _VALUE, 0, start
    while i < end:
        c = buf[i]
        if c == 0x20 or c == 0x0A or c == 0x0D or c == 0x09:
            i += 1
        elif (c == 0x7D or c == 0x5D) and (
            state == _AFTER or state == (_KEY_OR_END if is_object[depth] else _VALUE_OR_END)
        ):
            if is_object[depth] != (c == 0x7D):
                return NO_JSON
            depth -= 1
            i += 1
            if depth == 0:
                return i
            state = _AFTER
        elif state in (_AFTER, _COLON):
            if c != (0x2C if state == _AFTER else 0x3A):
                return NO_JSON
            state = _KEY if state == _AFTER and is_object[depth] else _VALUE
            i += 1
        elif c == 0x22:
            stop = _string(buf, i + 1, end, False)
            if stop < 0:
                return NO_JSON if _has_quote(buf, i + 1, end) else UNENDED
            i = stop
            state = _COLON if state in (_KEY, _KEY_OR_END) else _AFTER
        elif state in (_KEY, _KEY_OR_END):
            return NO_JSON
        elif c == 0x7B or c == 0x5B:
            depth += 1
            if depth > max_depth:
                return TOO_DEEP
            is_object[depth] = c == 0x7B
            state = _KEY_OR_END if c == 0x7B else _VALUE_OR_END
            i += 1
        elif _WORD[c]:
            while i < end and _WORD[buf[i]]:
                i += 1
            state = _AFTER
        else:
            return NO_JSON
    return UNENDED
