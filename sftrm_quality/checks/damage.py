"""What happens to letters on the way: read in the wrong encoding, left in pieces, delivered decomposed.

Each function looks at one text and says what it finds first, or gives None. They are for texts that ``signs`` points
at; all patterns are linear.
"""

import re
import unicodedata

from sftrm_quality.words import say

# UTF-8 bytes 0x80 to 0xBF as characters: as Latin-1 gives them, and as Windows-1252 does.
_CP1252 = {bytes([byte]).decode("cp1252"): byte for byte in range(0x80, 0xA0) if byte not in b"\x81\x8d\x8f\x90\x9d"}
_TAIL = "[\u0080-\u00bf" + "".join(map(re.escape, _CP1252)) + "]"
_UTF8_AS_LATIN = re.compile(f"[\u00c2-\u00df]{_TAIL}|[\u00e0-\u00ef]{_TAIL}{{2}}|[\u00f0-\u00f4]{_TAIL}{{3}}")
# CP949 as Latin-1: syllables are pairs of bytes of 0xA1 and more. Four such letters in a row are in no language's word.
_CP949_AS_LATIN = re.compile("[\u00a1-\u00fe]{4,}")
_LEAST_PAIR, _LAST_PAIR = 0x80, 0x17F

# UTF-8 as CP949: the lead byte of a syllable does not fit and becomes a question mark, the two others make a syllable
# that hardly any word has. U+FFFD in UTF-8, read as CP949, is the well-known 占쏙옙.
_UTF8_AS_CP949 = re.compile("(?:[?\ufffd][가-힣]){2,}[?\ufffd]?")
_REPLACED_TWICE = re.compile("占[쎀-쏿]")

_LOOSE = re.compile("(?<=[가-힣])[ㄱ-ㅣ]+")
# Laughter, tears and the short answers of chats: ㅋㅋ, ㅎㅎ, ㅠㅠ, ㅜㅡㅜ, ㅇㅇ, ㄴㄴ, ㄷㄷ, ㄱㄱ, ㅊㅊ, ㅉㅉ, ㄳ.
_EMOTICON = re.compile("[ㅋㅎㅠㅜㅡㅇㄴㄷㄱㅊㅅㅂㅉㄳㅗㅏ]{2,}|[ㅋㅎㅠㅜㄳ]")
# Blocks with letters that modern Hangul has not (ᄒᆞᆫ) have no composed form: they are whole as they are.
_OLD_BLOCK = re.compile("[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*")
_CONJOINING = re.compile("(?<=[가-힣])[\u1100-\u11ff]+|[\u1100-\u11ff]+(?=[가-힣])")

_DECOMPOSED = re.compile(
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[가-힣][\u11a8-\u11c2]|[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+"
)


def find_misread(text: str) -> str | None:
    """The first characters that are another encoding's bytes, with what they may have been (``â€™ for ’``).

    UTF-8 read as Windows-1252, Latin-1 or CP949, and CP949 read as Latin-1. A single pair of Latin letters counts only
    if it stands for a letter of Western Europe: ``Spaß“`` is no mistake.
    """
    for match in _UTF8_AS_LATIN.finditer(text):
        meant = _decoded(match[0], "utf-8")
        if meant and (len(match[0]) > 2 or _LEAST_PAIR <= ord(meant) <= _LAST_PAIR):
            return say("{found} for {meant}", found=match[0], meant=meant)
    for match in _CP949_AS_LATIN.finditer(text):
        meant = _decoded(match[0][: len(match[0]) // 2 * 2], "cp949")
        if meant and re.fullmatch("[가-힣]+", meant):
            return say("{found} for {meant}", found=match[0], meant=meant)
    for match in _UTF8_AS_CP949.finditer(text):
        pairs = [syllable.encode("cp949") for syllable in match[0] if "가" <= syllable <= "힣"]
        # Both bytes continue a character of UTF-8, and one of the syllables is none that the old standard has.
        if all(max(pair) < 0xC0 for pair in pairs) and any(min(pair) < 0xA1 for pair in pairs):
            return match[0]
    replaced = _REPLACED_TWICE.search(text)
    return say("{replaced} for U+FFFD", replaced=replaced[0]) if replaced else None


def _decoded(characters: str, encoding: str) -> str | None:
    try:
        return bytes(_CP1252.get(character, ord(character)) for character in characters).decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None


def find_loose_jamo(text: str) -> str | None:
    """The first word of syllables with a letter in it that belongs to no syllable (``안녕ㅎ세요``), or None.

    Laughter, tears and short answers at the end of a word (감사합니다ㅎㅎ) are none, nor is a letter that begins a word
    (ㄱ자, ㄹ 받침): it is spoken of.
    """
    for match in _LOOSE.finditer(text):
        within = "가" <= text[match.end() : match.end() + 1] <= "힣"
        if not _EMOTICON.fullmatch(match[0]) or (within and len(match[0]) == 1):
            return _word_around(text, *match.span())
    if re.search("[\u1100-\u11ff]", text):
        composed = _OLD_BLOCK.sub(" ", unicodedata.normalize("NFC", text))
        if loose := _CONJOINING.search(composed):
            return _word_around(composed, *loose.span())
    return None


def find_decomposed(text: str) -> str | None:
    """The first letter or syllable that is written in pieces although Unicode has it in one, composed; or None.

    Marks on letters that have no composed form (``x̄``) and blocks of old Hangul are none.
    """
    for match in _DECOMPOSED.finditer(text):
        composed = unicodedata.normalize("NFC", match[0])
        if composed != match[0]:
            return composed
    return None


def _word_around(text: str, start: int, end: int) -> str:
    """Up to eight characters on both sides, within the word."""
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    return re.split(r"\s", before)[-1] + text[start:end] + re.split(r"\s", after)[0]
