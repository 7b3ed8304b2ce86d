"""What happens to letters on the way: read in the wrong encoding, left in pieces, delivered decomposed.

Each function looks at one text and says what it finds first, or gives None. They are for texts that ``signs`` points
at; all patterns are linear.
"""

import re
import unicodedata

from sftrm_quality.checks.garbled import ABOUT_CHARACTERS
from sftrm_quality.checks.misread_losses import read_with_losses
from sftrm_quality.checks.misreadings import undone
from sftrm_quality.reading.korean import is_common
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
_MISREAD_TWICE = re.compile("(?:占[쎀-쏿][가-힣]?)+")
_ENDS_A_QUOTE = "”’»“‘›"
# Of a text that is misread as a whole.
_SHOWN = 12

_LOOSE = re.compile("(?<=[가-힣])[ㄱ-ㅣ]+")
# Laughter, tears and the short answers of chats, which have no vowels: ㅋㅋ, ㅠㅠ, ㅜㅡㅜ, ㅇㅇ, ㄳ, ㅇㅈ, ㄹㅇ.
_EMOTICON = re.compile("[ㄱ-ㅎㅠㅜㅡㅗㅏ]{2,}|[ㅋㅎㅠㅜㄳ]")
# Blocks with letters that modern Hangul has not (ᄒᆞᆫ) have no composed form: they are whole as they are.
# What speaks of letters has them by themselves: 받침 ㄹ, 하ㄹ 것 → 할 것.
_ABOUT_LETTERS = re.compile("자음|모음|받침|초성|중성|종성|자모|낱자|어미|어간|표기|맞춤법|철자|[로처]럼? 적|→")
# A word that begins with a vowel of its own (ㅏ침에), or with its consonant twice (ㄴ네); written in letters
# (ㅇㅏㄴㄴㅕㅇ); a consonant between words that is no number of a list (ㄱ, ㄴ) and no bullet (ㅇ). Tears may be there.
_SLIP = re.compile(
    "(?<![가-힣ㄱ-ㅣ])[ㅏㅐㅑㅓㅔㅕㅗㅛㅣ](?=[가-힣])(?!(?:은|는|이|가|을|를|와|과|의|로|에|도|만|자)(?![가-힣]))"
    "|(?:[ㄱ-ㅎ][ㅏ-ㅣ][ㄱ-ㅎ]?){2,}|(?<=[가-힣] )[ㅁㅂㅅㅈㅊㅌㅍㄲㄸㅃㅆㅉ](?= [가-힣])"
)
_TWICE = re.compile("(?<![가-힣ㄱ-ㅣ])[ㄱ-ㅂㅅ-ㅊㅌㅍ](?=[가-힣])")
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_OLD_BLOCK = re.compile("[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]+[\u11a8-\u11ff\ud7cb-\ud7fb]*")
_CONJOINING = re.compile("(?<=[가-힣])[\u1100-\u11ff]+|[\u1100-\u11ff]+(?=[가-힣])")

_DECOMPOSED = re.compile(
    "[\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc]|[\u3041-\u30fe][\u3099\u309a]|[\u0370-\u04ff][\u0300-\u036f]+|"
    "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[가-힣][\u11a8-\u11c2]|[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+"
)


def find_misread(text: str) -> str | None:
    """The first characters that are another encoding's bytes, with what they may have been (``â€™ for ’``).

    UTF-8 read as Windows-1252, Latin-1 or CP949, and CP949 read as Latin-1, also where it is little of a text; in other
    ways the whole text (`misreadings.undone`), with losses too (`misread_losses`). Not what a text shows that speaks
    of encodings.
    """
    shown = ABOUT_CHARACTERS.search(text.casefold()) is not None
    for match in _UTF8_AS_LATIN.finditer(text):
        meant = _decoded(match[0], "utf-8")
        if meant and (len(match[0]) > 2 or _is_one_letter(text, match, meant)) and not (shown and _is_few(text)):
            return say("{found} for {meant}", found=match[0], meant=meant)
    for match in _CP949_AS_LATIN.finditer(text):
        meant = _decoded(match[0][: len(match[0]) // 2 * 2], "cp949")
        if meant and re.fullmatch("[가-힣]+", meant) and any(map(is_common, meant)):
            return say("{found} for {meant}", found=match[0], meant=meant)
    for match in _UTF8_AS_CP949.finditer(text):
        pairs = [syllable.encode("cp949") for syllable in match[0] if "가" <= syllable <= "힣"]
        # Both bytes continue a character of UTF-8, and one of the syllables is none that the old standard has.
        if all(max(pair) < 0xC0 for pair in pairs) and any(min(pair) < 0xA1 for pair in pairs):
            return match[0]
    replaced = _REPLACED_TWICE.search(text)
    if replaced and not (shown and _is_few(text)):
        return say("{replaced} for U+FFFD", replaced=replaced[0])
    if meant := undone(text):
        return say("{found} for {meant}", found=text[:_SHOWN], meant=meant[:_SHOWN])
    if read := read_with_losses(text):
        return say("{found}, UTF-8 read as {encoding}", found=text[:_SHOWN], encoding=read)
    return None


def _is_one_letter(text: str, match: re.Match[str], meant: str) -> bool:
    """Whether a pair is one letter of Europe, and none with a quotation mark behind it (``Spaß“``, «BLÅ»)."""
    if not _LEAST_PAIR <= ord(meant) <= _LAST_PAIR or not (meant.isalpha() or match[0][0] == "Â"):
        return False
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    if match[0][0] in "ÂÃ":
        return after.isalpha() or match[0][1] not in _ENDS_A_QUOTE
    return before.isalpha() and after.isalpha() and not match[0][1].isalpha()


def _is_few(text: str) -> bool:
    """Whether most of a text was read rightly, so that it shows what is misread."""
    misread = sum(len(match[0]) for pattern in (_UTF8_AS_LATIN, _MISREAD_TWICE) for match in pattern.finditer(text))
    return 2 * misread < len(text)


def _decoded(characters: str, encoding: str) -> str | None:
    try:
        return bytes(_CP1252.get(character, ord(character)) for character in characters).decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None


def find_loose_jamo(text: str) -> str | None:
    """The first word of syllables with a letter in it that belongs to no syllable (``안녕ㅎ세요``), or None.

    Laughter, tears and short answers at the end of a word (감사합니다ㅎㅎ) are none, nor is a letter that is spoken of
    (ㄱ자, ㄹ 받침). One that begins a word is a slip where it is there twice (ㄴ네), or the word has no other beginning
    (ㅏ침).
    """
    if _ABOUT_LETTERS.search(text):
        return None
    for match in _LOOSE.finditer(text):
        within = "가" <= text[match.end() : match.end() + 1] <= "힣"
        # `결론ㅡ그는`: a dash.
        if match[0] != "ㅡ" and (not _EMOTICON.fullmatch(match[0]) or (within and len(match[0]) == 1)):
            return _word_around(text, *match.span())
    if slip := _SLIP.search(text):
        return _word_around(text, *slip.span())
    for match in _TWICE.finditer(text):
        if _INITIALS[(ord(text[match.end()]) - ord("가")) // 588] == match[0]:
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
        # A vowel of half width is left over from a terminal, whatever is before it.
        composed = unicodedata.normalize("NFKC" if match[0] > "\uff00" else "NFC", match[0])
        if composed != match[0]:
            return composed
    return None


def _word_around(text: str, start: int, end: int) -> str:
    """Up to eight characters on both sides, within the word."""
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    return re.split(r"\s", before)[-1] + text[start:end] + re.split(r"\s", after)[0]
