"""Where texts have what may be a mark of some tool: brackets within brackets, a word between signs, rows of signs.

Texts without a sign of one are passed over at the speed of memory. Code within backticks is left out: there such things
are meant. Whether a mark is ordinary (a tag of HTML) is not asked here.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

MARKS_PER_TEXT = 8
"""Different ones that are counted of a text, the first: a page of HTML has more, and none of them is looked for."""

# Of those, tags: a page of markup is to leave room for others. Names are told apart by a number below 1,024.
_TAGS_PER_TEXT, _NAMES = 4, 1_024
_LONGEST_SIGNS, _LONGEST_BODY, _LONGEST_ROW = 4, 30, 8

# Classes of ASCII. A sign may be beside a bracket or in a row; of signs that stand for something by themselves two are
# enough around a word.
_BODY, _SIGN, _DOUBLED, _OPENING, _CLOSING, _BEGINS = 1, 2, 4, 8, 16, 32


def _classes() -> npt.NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.":
        table[byte] |= _BODY
    for byte in b"<[{(>]})|!#@%$*~=:^&_-+/\\":
        table[byte] |= _SIGN
    for byte in b"@#%|&":
        table[byte] |= _DOUBLED
    for byte in b"<[{":
        table[byte] |= _OPENING
    for byte in b">]})":
        table[byte] |= _CLOSING
    for byte in b"<[{@#%|&\\`\xc2\xe2":
        table[byte] |= _BEGINS
    return table


CLASSES = _classes()


@njit(cache=True, nogil=True)
def scan(data, offsets, classes):  # type: ignore[no-untyped-def]
    """The marks of each text, each once.

    Args:
        data: Bytes (uint8).
        offsets: Of the texts (int32).
        classes: ``CLASSES``.

    Returns:
        Of each mark: its hash (uint64), in which digits are alike, its text, its start and its end in the data.
    """
    signed = np.zeros(len(offsets) - 1, np.bool_)
    count = 0
    for text in range(len(offsets) - 1):
        piece = data[offsets[text] : offsets[text + 1]]
        signs = np.int32(0)
        # A sum without a branch, which the compiler turns into vector instructions: <, [, {, @, #, %, |, &, backslash,
        # the lead bytes of §, ¶, ⟦, ↵.
        for byte in piece:
            signs += (
                (byte == 0x3C)
                | (byte == 0x5B)
                | (byte == 0x7B)
                | (byte == 0x40)
                | (byte == 0x23)
                | (byte == 0x25)
                | (byte == 0x7C)
                | (byte == 0x26)
                | (byte == 0x5C)
                | (byte == 0xC2)
                | (byte == 0xE2)
            )
        if signs:
            signed[text] = True
            count += min(int(signs), MARKS_PER_TEXT)
    opened, closed = np.zeros(_NAMES, np.bool_), np.zeros(_NAMES, np.bool_)
    hashes, texts = np.zeros(count, np.uint64), np.zeros(count, np.int64)
    starts, ends = np.zeros(count, np.int64), np.zeros(count, np.int64)
    found = 0
    for text in range(len(offsets) - 1):
        if not signed[text]:
            continue
        first, i, end, fenced, tags = found, offsets[text], offsets[text + 1], False, 0
        of_markup = 0
        while i < end:
            at, byte, is_tag = i, data[i], 0
            kind = classes[byte]
            if not kind & _BEGINS or (fenced and byte != 0x60):
                i += 1
                continue
            if byte == 0x60:
                i, fenced = _after_code(data, i, end, fenced)
                continue
            if byte == 0x5C:
                i = _escape(data, i, end)
            elif byte >= 0x80:
                i = _other_mark(data, i, end)
            else:
                if byte == 0x3C and i + 2 < end:
                    if data[i + 1] == 0x2F:
                        is_tag = 1
                        closed[_name(data, i + 2, end)] = True
                    elif _is_letter(data[i + 1]):
                        is_tag = 1
                        opened[_name(data, i + 1, end)] = True
                    of_markup |= is_tag
                i = _ascii_mark(data, i, offsets[text], end, classes)
            if i < 0:
                # Nothing here: so it says where to go on.
                i = -i
                continue
            if found - first == MARKS_PER_TEXT or (is_tag and tags == _TAGS_PER_TEXT):
                continue
            mark = _hash(data, at, i)
            known = 0
            for other in range(first, found):
                known += hashes[other] == mark
            if not known:
                hashes[found], texts[found], starts[found], ends[found] = mark, text, at, i
                found += 1
                tags += is_tag
        if of_markup:
            # A tag whose other end is in the text is markup.
            kept = first
            for k in range(first, found):
                start = starts[k]
                other = False
                if data[start] == 0x3C and data[start + 1] == 0x2F:
                    other = opened[_name(data, start + 2, end)]
                elif data[start] == 0x3C and _is_letter(data[start + 1]):
                    other = closed[_name(data, start + 1, end)]
                if not other:
                    hashes[kept], texts[kept], starts[kept], ends[kept] = hashes[k], text, start, ends[k]
                    kept += 1
            found = kept
            opened[:] = False
            closed[:] = False
    return hashes[:found], texts[:found], starts[:found], ends[:found]


@njit(cache=True, nogil=True)
def _is_letter(byte):  # type: ignore[no-untyped-def]
    return np.uint8((byte | 0x20) - 0x61) < 26


@njit(cache=True, nogil=True)
def _name(data, start, end):  # type: ignore[no-untyped-def]
    """A number for the name of a tag, below _NAMES."""
    value, i = np.uint64(0xCBF29CE484222325), start
    while i < end and i - start < _LONGEST_BODY and (_is_alnum(data[i]) or data[i] in (0x2D, 0x2E, 0x5F)):
        value = (value ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
        i += 1
    return (value >> np.uint64(20)) % np.uint64(_NAMES)


@njit(cache=True, nogil=True)
def _is_alnum(byte):  # type: ignore[no-untyped-def]
    return np.uint8((byte | 0x20) - 0x61) < 26 or np.uint8(byte - 0x30) < 10


@njit(cache=True, nogil=True)
def _mirrored(byte):  # type: ignore[no-untyped-def]
    if byte == 0x3C or byte == 0x5B or byte == 0x7B:
        return byte + 2
    if byte == 0x3E or byte == 0x5D or byte == 0x7D:
        return byte - 2
    if byte == 0x28:
        return byte + 1
    if byte == 0x29:
        return byte - 1
    return byte


@njit(cache=True, nogil=True)
def _hash(data, start, end):  # type: ignore[no-untyped-def]
    """FNV-1a, digits alike and a row of them one."""
    value, was_digit = np.uint64(0xCBF29CE484222325), False
    for i in range(start, end):
        byte = data[i]
        digit = np.uint8(byte - 0x30) < 10
        if digit and was_digit:
            continue
        value = (value ^ np.uint64(0x30 if digit else byte)) * np.uint64(0x100000001B3)
        was_digit = bool(digit)
    return value


@njit(cache=True, nogil=True)
def _after_code(data, i, end, fenced):  # type: ignore[no-untyped-def]
    """Behind backticks: whether a fence is open, and where inline code ends."""
    j = i
    while j < end and data[j] == 0x60:
        j += 1
    if j - i >= 3:
        return j, not fenced
    if not fenced:
        k = j
        while k < end and data[k] != 0x60 and data[k] != 0x0A:
            k += 1
        if k < end and data[k] == 0x60:
            while k < end and data[k] == 0x60:
                k += 1
            return k, fenced
    return j, fenced


@njit(cache=True, nogil=True)
def _ascii_mark(data, i, start, end, classes):  # type: ignore[no-untyped-def]
    """The end of a mark that begins here; where there is none, a negative number: where to look next."""
    first, before = data[i], data[i - 1] if i > start else np.uint8(0x20)
    # Signs in a row, as many as follow each other.
    j = i
    while j < end and classes[data[j]] & _SIGN:
        j += 1
    opening = min(j, i + _LONGEST_SIGNS)
    body = opening
    while body < end and body - opening <= _LONGEST_BODY and (classes[data[body]] & _BODY or data[body] >= 0x80):
        body += 1
    if j - i <= _LONGEST_SIGNS and body > opening and body - opening <= _LONGEST_BODY and body < end:
        if classes[first] & _OPENING:
            after = _bracketed(data, i, opening, body, start, end, classes)
            if after:
                return after
        elif before != first:
            after = _between(data, i, opening, body, end, before)
            if after:
                return after
    if (
        3 <= j - i <= _LONGEST_ROW
        and not (classes[before] & _SIGN or np.uint8(before - 0x30) < 10)
        and _is_row(data, i, j)
    ):
        return j
    # A mark may begin within what is none: `<<[x]>`.
    return -(i + 1)


@njit(cache=True, nogil=True)
def _bracketed(data, i, opening, body, start, end, classes):  # type: ignore[no-untyped-def]
    """`<[!br]>`, `[[NL]]`, `{{blank}}`; `[unused12]`, `<sep>`, `</sep>`, `<sep/>`; 0 for anything else."""
    after, brackets, shared = body, 0, False
    before = data[i - 1] if i > start else np.uint8(0x20)
    for k in range(opening - 1, i - 1, -1):
        sign = data[k]
        closing = _mirrored(sign)
        if classes[sign] & _OPENING or sign == 0x28:
            brackets += 1
            skipped = after
            while skipped < end and skipped - after < _LONGEST_SIGNS and data[skipped] != closing:
                if not classes[data[skipped]] & _SIGN or classes[data[skipped]] & _CLOSING:
                    return 0
                skipped += 1
            if skipped >= end or data[skipped] != closing:
                return 0
            after = skipped + 1
        elif after < end and data[after] == sign:
            shared = True
            after += 1
    if data[opening - 1] == 0x28 or before == 0x5C:
        return 0
    if brackets >= 2 or shared:
        # `a[[i]]`, `\frac{{a}}`: of one letter, or behind what is a value in code.
        code = before == 0x7D or before == 0x5D or before == 0x29
        return 0 if code or (body - opening < 2 and not shared) else after
    # One bracket: a word of ASCII, not behind a name as in `list[item]` and `vector<int>`, not `[text](link)`.
    if data[i] == 0x7B or body - opening < 2 or not _is_letter(data[opening]):
        return 0
    if opening - i > 1 and not (opening - i == 2 and data[i] == 0x3C and data[i + 1] == 0x2F):
        return 0
    if after - body > 1 and not (data[body] == 0x2F and after - body == 2):
        return 0
    for k in range(opening, body):
        if data[k] >= 0x80:
            return 0
    if before < 0x80 and (_is_alnum(before) or before in (0x22, 0x27, 0x29, 0x5D, 0x5F, 0x7D, 0x5B, 0x3D, 0x5E)):
        return 0
    # `[dbo].[users]`
    if before == 0x2E and i - 1 > start and data[i - 2] == 0x5D:
        return 0
    if after + 1 < end and data[after] == 0x2E and data[after + 1] == 0x5B:
        return 0
    follows = data[after] if after < end else np.uint8(0x20)
    if data[i] == 0x5B and (follows in (0x28, 0x3A, 0x3D, 0x5B, 0x2B, 0x2A, 0x5D, 0x7B) or follows == 0x5E):
        return 0
    return after


@njit(cache=True, nogil=True)
def _between(data, i, opening, body, end, before):  # type: ignore[no-untyped-def]
    """`@@SEP@@`, `%%END%%`: a word between the same two signs or more; 0 for anything else."""
    sign, count = data[i], opening - i
    if count < 2:
        return 0
    for k in range(i, opening):
        if data[k] != sign:
            return 0
    after = body
    while after < end and data[after] == sign:
        after += 1
    if after - body != count:
        return 0
    operator = sign == 0x26 or sign == 0x7C
    follows = data[after] if after < end else np.uint8(0x20)
    if operator and ((before < 0x80 and _is_alnum(before)) or (follows < 0x80 and _is_alnum(follows))):
        return 0
    return after


@njit(cache=True, nogil=True)
def _is_row(data, i, j):  # type: ignore[no-untyped-def]
    """`<|||>`, `##_##`, `&&&`: signs that are the same from both ends, among them @, #, %, & or |.

    None of one sign that people repeat (`###`), and no rule of a table (`|---|`).
    """
    rare, of_table, alike = False, True, True
    for k in range(i, j):
        byte = data[k]
        if byte != _mirrored(data[i + j - 1 - k]):
            return False
        rare |= byte == 0x40 or byte == 0x23 or byte == 0x25 or byte == 0x26 or byte == 0x7C
        of_table &= byte == 0x7C or byte == 0x2D or byte == 0x3A or byte == 0x3D or byte == 0x2B
        alike &= byte == data[i]
    return rare and not (alike and data[i] == 0x23) and (alike or not of_table)


@njit(cache=True, nogil=True)
def _escape(data, i, end):  # type: ignore[no-untyped-def]
    r"""Two backslashes or more and n, r or t, behind which no word goes on. One is an escape, which has a check."""
    j = i
    while j < end and data[j] == 0x5C:
        j += 1
    if j - i < 2 or j >= end or not (data[j] == 0x6E or data[j] == 0x72 or data[j] == 0x74):
        return -j
    follows = data[j + 1] if j + 1 < end else np.uint8(0x20)
    if np.uint8(follows - 0x61) < 26 or np.uint8(follows - 0x30) < 10 or follows in (0x22, 0x27):
        return -(j + 1)
    return j + 1


@njit(cache=True, nogil=True)
def _other_mark(data, i, end):  # type: ignore[no-untyped-def]
    """`§§` and `¶` but not in front of a number, `¤`, `↵`, `⏎`, `␤`, `␊`, `⟦br⟧`; else as `_ascii_mark`."""
    if data[i] == 0xC2:
        sign = data[i + 1]
        if sign != 0xA7 and sign != 0xB6 and sign != 0xA4:
            return -(i + 2)
        j = i
        while j + 1 < end and data[j] == 0xC2 and data[j + 1] == sign:
            j += 2
        number = j
        while number < end and data[number] == 0x20:
            number += 1
        if (sign == 0xA7 and j - i < 4) or (number < end and np.uint8(data[number] - 0x30) < 10):
            return -j
        return j
    second, third = data[i + 1], data[i + 2]
    if (second == 0x86 and third == 0xB5) or (second == 0x8F and third == 0x8E):
        return i + 3
    if second == 0x90 and (third == 0xA4 or third == 0x8A):
        return i + 3
    if second == 0x9F and third == 0xA6:
        j = i + 3
        while j + 2 < end and j - i <= _LONGEST_BODY and data[j] > 0x20:
            if data[j] == 0xE2 and data[j + 1] == 0x9F and data[j + 2] == 0xA7:
                return j + 3
            j += 1
    return -(i + 3)
