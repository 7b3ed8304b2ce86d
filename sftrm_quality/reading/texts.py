"""The text of a stream: decoded as its encoding says, and open at its first character that is not white space."""

import re
from dataclasses import dataclass, replace

from sftrm_quality.reading.encodings import TextEncoding, detect, span_of, tell, what_it_could_be
from sftrm_quality.reading.reasons import UnknownFile, describe
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.transcoded import TranscodedWindow
from sftrm_quality.reading.window import Window

HEAD_BYTES = 4 << 20
_BLANK_OR_MARKS = re.compile(rb"(?:\s+|\xef\xbb\xbf)*")  # a step for each sign takes memory


@dataclass(frozen=True)
class OpenText:
    """A text of which nothing is read yet.

    window: begins at the first byte that is neither white space nor a byte order mark, ``head`` bytes of it at hand.
    encoding: without a name where all that is at hand is ASCII. line: in which the window begins, counted from 1.
    head: the beginning of the text, for those who describe what it is.
    """

    stream: RawStream
    window: Window
    encoding: TextEncoding
    line: int
    head: bytes

    @property
    def codec(self) -> str:
        """In which the bytes of the window can be decoded."""
        return self.encoding.name if self.encoding.name and self.encoding.keeps_ascii else "utf-8"

    def unknown(self, seen: str, header: tuple[str, ...] = ()) -> UnknownFile:
        """Nothing of it can be read; ``seen`` says what it is. The text is closed."""
        self.window.close()
        return replace(_unknown(self.stream, seen, self.window.damage), header=header)


def open_text(stream: RawStream, encoding: str) -> OpenText | UnknownFile:
    """Recognise the encoding of a stream and go to where its text begins.

    Args:
        stream: The stream.
        encoding: auto, or what is declared.

    Returns:
        The text; what the stream is instead where it is empty or its encoding cannot be told.

    Raises:
        StorageError: The file cannot be read.
    """
    window = Window(stream.open())
    window.fill(HEAD_BYTES)
    head = window.data
    text = detect(head, encoding)
    if isinstance(text, str):
        window.close()
        return _unknown(stream, text, window.damage)
    if text.keeps_ascii:
        window.drop(text.mark)
    else:
        assert text.name is not None
        window.close()
        window = TranscodedWindow(stream.open(), text.name)
    line = _skip_blank(window)
    if not window.data:
        window.close()
        return replace(_unknown(stream, describe(head, stream.size), window.damage), empty=window.damage is None)
    lines = not window.data.startswith((b"{", b"["))  # what is no JSON may be a table
    if text.name is None and (span := span_of(window, lines)) is not None:
        text = TextEncoding(tell(*span, lines), 0)
        if text.name is None:
            window.close()
            seen = describe(head, stream.size, what_it_could_be(span[0]))
            return _unknown(stream, seen, window.damage)
    if not text.keeps_ascii:
        head = window.data
    return OpenText(stream, window, text, line, head)


def _skip_blank(window: Window) -> int:
    """Drop white space and byte order marks before the text, however much there is, and fill the window; the line that
    it begins in then."""
    line = 1
    while True:
        window.fill(HEAD_BYTES)
        found = _BLANK_OR_MARKS.match(window.data)
        assert found is not None  # all of it is optional
        blank = found.end()
        line += window.data.count(b"\n", 0, blank)
        window.drop(blank)
        if (window.data and not blank) or window.at_end:
            return line


def _unknown(stream: RawStream, seen: str, damage: str | None) -> UnknownFile:
    return UnknownFile(stream.source_file, f"{seen}; {damage}" if damage else seen)
