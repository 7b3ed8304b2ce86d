"""Signs of what a text should not have, whatever its letters: tokens of templates, and what was lost. See ``signs``."""

import numpy as np
from numba import njit

# What may be a token or a turn of a chat template: <, [, ## or |> with what such a token goes on with, a colon behind
# the last letter of a role.
TOKEN = 64
# A control character, U+FFFD or what stands for it, two question marks in a row.
GARBLED = 128


@njit(cache=True, nogil=True)
def marks_of(data, offsets):  # type: ignore[no-untyped-def]
    """TOKEN and GARBLED of texts of valid UTF-8: bytes (uint8) and offsets (int32)."""
    count = len(offsets) - 1
    found = np.zeros(count, np.uint8)
    for text in range(count):
        piece = data[offsets[text] : offsets[text + 1]]
        marks = np.int32(0)
        # A sum without a branch, which the compiler turns into vector instructions.
        for byte in piece:
            # Controls, <, [, #, |, :, &, backslash, ?, the lead bytes of U+0080 to U+00FF, 屯, 烫, 锟, U+FFFD and ：.
            marks += (
                ((byte < 0x20) & (byte != 0x0A) & (byte != 0x09) & (byte != 0x0D))
                | (byte == 0x7F)
                | (byte == 0x3C)
                | (byte == 0x5B)
                | (byte == 0x23)
                | (byte == 0x7C)
                | (byte == 0x3A)
                | (byte == 0x26)
                | (byte == 0x5C)
                | (byte == 0x3F)
                | (np.uint8(byte - 0xC2) < 2)
                | (byte == 0xE5)
                | (byte == 0xE7)
                | (byte == 0xE9)
                | (byte == 0xEF)
            )
        if marks:
            found[text] = _marks(piece)
    return found


@njit(cache=True, nogil=True)
def _marks(piece):  # type: ignore[no-untyped-def]
    found = 0
    end = len(piece)
    for i in range(end):
        byte = piece[i]
        after = piece[i + 1] if i + 1 < end else np.uint8(0)
        later = piece[i + 2] if i + 2 < end else np.uint8(0)
        if byte < 0x20:
            if byte != 0x0A and byte != 0x09 and byte != 0x0D:
                found |= GARBLED
        elif byte == 0x3A:
            before = piece[i - 1] if i else np.uint8(0)
            if (
                before >= 0x80
                or np.uint8((before | 0x20) - 0x72) < 3  # r, s, t
                or (before | 0x20) == 0x6E
                or before == 0x20
                or before == 0x09
                or before == 0x2A
            ):
                found |= TOKEN
        elif byte == 0x3F:
            found |= GARBLED if after == 0x3F else 0
        elif byte == 0x3C:
            letter = np.uint8((after | 0x20) - 0x61) < 26
            if letter or after == 0x7C or after == 0x2F or after == 0x3C or after == 0x30 or after == 0xEF:
                found |= TOKEN
        elif byte == 0x5B:
            if np.uint8(after - 0x41) < 26 or after == 0x7C or after == 0x2F or after == 0x67 or after == 0x73:
                found |= TOKEN
        elif byte == 0x23:
            found |= TOKEN if after == 0x23 else 0
        elif byte == 0x7C:
            found |= TOKEN if after == 0x3E else 0
        elif byte == 0x26:
            found |= GARBLED if after == 0x23 and (later == 0x36 or (later | 0x20) == 0x78) else 0
        elif byte == 0x5C:
            if ((after | 0x20) == 0x75 and (later | 0x20) == 0x66) or (after == 0x78 and (later | 0x20) == 0x65):
                found |= GARBLED
        elif byte == 0x7F:
            found |= GARBLED
        elif byte == 0xC2:
            if after < 0xA0 or (after == 0xBF and later == 0xC2):
                found |= GARBLED
        elif byte == 0xC3:
            found |= GARBLED if after == 0xAF and later == 0xC2 else 0
        elif byte == 0xEF:
            if after == 0xBF and later == 0xBD:
                found |= GARBLED
            elif after == 0xBC and later == 0x9A:
                found |= TOKEN
        elif (
            (byte == 0xE7 and after == 0x83 and later == 0xAB)
            or (byte == 0xE5 and after == 0xB1 and later == 0xAF)
            or (byte == 0xE9 and after == 0x94 and later == 0x9F)
        ):
            found |= GARBLED
    return found
