"""Which encoding a text is in: by its mark, by what is declared, else by its bytes. What they do not tell is not
guessed."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass

from sftrm_quality.reading.korean import is_korean
from sftrm_quality.reading.reasons import excerpt
from sftrm_quality.reading.transcoded import LENGTHS
from sftrm_quality.reading.window import Window
from sftrm_quality.words import say

# Windows writes these encodings with more characters than the standards have, and everybody means what it writes:
# https://encoding.spec.whatwg.org, too, knows no other Shift-JIS.
_CODECS = {"shift_jis": "cp932", "big5": "cp950"}
# As they are declared, the likeliest first: windows-1252 makes a text of nearly everything.
_CANDIDATES = ("cp949", "gb18030", "euc-jp", "shift_jis", "big5", "cp1252")

SPAN_BYTES = 4 << 20
"""How far from the first byte that is not ASCII on a text is looked at."""
_SAMPLE_BYTES = 64 << 10  # of those that are not ASCII: some 20,000 letters, and 12 of them can be enough
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_RUNS = re.compile(rb"[\x80-\xff]+[A-Za-z]?")  # a letter may be the second byte of a syllable
# An object ends where its brace does, a row of a table where its line does.
_OBJECT_END = re.compile(rb"\}")
_LINE_END = re.compile(rb"[}\r\n]+")
_LETTER = re.compile(rb"[A-Za-z\x80-\xff]")
# Of the bytes that are not ASCII, in pieces of 40 such bytes, UTF-8 cannot decode at least 31 % in EUC-JP, 36 % in
# CP949, 38 % in GB18030 and Shift-JIS, 93 % in windows-1252 (texts as in ``korean``). In shorter pieces it can be less:
# the text is then read as UTF-8 and its records are invalid_encoding, which is no guess.
_MOST_DAMAGED = 0.3
# Where all else is ASCII, which is the same in every encoding, some stray bytes are damage that costs its record. More
# than that are letters of an encoding that nobody declared.
_MOST_DAMAGED_PIECES = 0.25
# Of the letters in a wrong encoding 1.2 % or more could not be decoded, where any could not (texts as in ``korean``).
_MOST_MISREAD = 0.01
_SHOWN_CHARACTERS = 12
_HIGH = bytes(range(0x80, 0x100))


@dataclass(frozen=True)
class TextEncoding:
    """``name`` is that of the codec, or None as long as nothing has told it; ``mark`` is the number of bytes of the
    byte order mark."""

    name: str | None
    mark: int

    @property
    def keeps_ascii(self) -> bool:
        """Whether quotes and brackets can be found in the bytes; else they are seen through a TranscodedWindow."""
        return self.name not in LENGTHS


def detect(head: bytes, declared: str) -> TextEncoding | str:
    """The encoding of a text as its mark or its declaration says it.

    Args:
        head: The beginning of the text.
        declared: auto, or what ``encoding`` of a source may be. A mark decides against any declaration but its own.

    Returns:
        The encoding, without a name where neither says it; or a description of what the text is instead.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return say("UTF-32 text; convert it to UTF-8")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return TextEncoding(name, len(mark))
    if declared == "utf-16":
        return TextEncoding("utf-16-be" if head[:1] == b"\0" else "utf-16-le", 0)
    if declared != "auto":
        return TextEncoding(_CODECS.get(declared, declared), 0)
    if len(head) >= 16 and any(head[:16]) and not (any(head[:16:2]) and any(head[1:16:2])):
        return say("UTF-16 text without a byte order mark; declare encoding: utf-16 for this source")
    return TextEncoding(None, 0)


def span_of(window: Window, lines: bool = False) -> tuple[bytes, int] | None:
    """What tells the encoding of a text: it depends on the text only, and not on what the window happens to hold.

    Args:
        window: It grows where it must.
        lines: Records end with their lines, too, and not only with their braces.

    Returns:
        The text from the first byte on that is not ASCII, and how many records end before it; None where all that is in
        the window is ASCII.
    """
    first = None if window.data.isascii() else _NOT_ASCII.search(window.data)
    if first is None:
        return None
    window.fill(first.start() + SPAN_BYTES)
    ends = _LINE_END if lines else _OBJECT_END
    before = sum(1 for _ in ends.finditer(window.data, 0, first.start()))
    return window.data[first.start() : first.start() + SPAN_BYTES], before


def tell(span: bytes, pieces_before: int, lines: bool = False) -> str | None:
    """utf-8 or cp949, where some text is certainly one of them or can be read as UTF-8 without any guess.

    UTF-8 may have damaged records. Other text is CP949 if it is Korean then.

    Args:
        span: What ``span_of`` found.
        pieces_before: How many records the text before it has, which is ASCII.
        lines: As for ``span_of``.

    Returns:
        The name of the codec, or None: the encoding must be declared.
    """
    # Nearly all text is UTF-8 without any damage, which is seen a hundred times as fast.
    with suppress(UnicodeDecodeError):
        codecs.getincrementaldecoder("utf-8")().decode(span)
        return "utf-8"
    sample = _sample(span)
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    decoded = _not_ascii(decoder.decode(sample).encode())
    # A character that the end cuts is no damage.
    foreign = _not_ascii(sample) - len(decoder.getstate()[0])
    if foreign - decoded <= _MOST_DAMAGED * foreign:
        return "utf-8"
    if is_korean(sample):
        return "cp949"
    pieces = [piece for piece in (_LINE_END if lines else _OBJECT_END).split(span) if _LETTER.search(piece)]
    damaged = sum(not piece.isascii() for piece in pieces)
    count = pieces_before + len(pieces)
    return "utf-8" if damaged < count and damaged <= max(1, _MOST_DAMAGED_PIECES * count) else None


def what_it_could_be(span: bytes) -> str:
    """Words for a text whose encoding must be declared: what each encoding would make of it.

    Args:
        span: What ``span_of`` found.

    Returns:
        The end of a sentence about the text, with the first characters that tell.
    """
    shown = []
    for declared in _CANDIDATES:
        codec = _CODECS.get(declared, declared)
        # All of the text: in some encodings the second byte of a letter is an ASCII sign.
        text = codecs.getincrementaldecoder(codec)("replace").decode(span)
        if text.count("\ufffd") > _MOST_MISREAD * sum(letter > "\x7f" for letter in text):
            continue
        # Only the text: what is behind its closing quote is another one, or JSON again.
        shown.append(f'{declared} "{excerpt(span, codec).partition(chr(0x22))[0][:_SHOWN_CHARACTERS]}"')
    told = say("neither UTF-8 nor Korean in CP949: declare its encoding under sources")
    return say("{told}; {shown} would be its first letters", told=told, shown=", ".join(shown)) if shown else told


def _sample(span: bytes) -> bytes:
    """What is not ASCII of a text, as much as is looked at, and what may belong to it."""
    parts, size, stop = [], 0, 0
    for run in _RUNS.finditer(span):
        parts.append(run[0][:_SAMPLE_BYTES])
        size, stop = size + len(parts[-1]), run.end()
        if size >= _SAMPLE_BYTES:
            break
    # Half a character may be whole behind the end of the span, and nowhere else.
    return b" ".join([*parts, b""] if stop < len(span) else parts)


def _not_ascii(text: bytes) -> int:
    return len(text) - len(text.translate(None, _HIGH))
