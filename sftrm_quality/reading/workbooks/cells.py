"""What a cell of a workbook says, as a text: numbers as they are kept, moments as ISO 8601 has them."""

import re
from datetime import datetime, timedelta

from sftrm_quality.reading.office_xml import Attributes

# Formats that Excel has without saying so; 27 to 36 and 50 to 58 are dates in Korean, Japanese and Chinese ones.
_DATES = {*range(14, 18), *range(27, 37), *range(50, 59)}
_TIMES, _MOMENTS = {*range(18, 22), 45, 47}, {22}
_ELAPSED = {46}
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SECONDS_OF_A_DAY = 86_400
_WHOLE = 10**15  # Excel keeps 15 digits


class Formats:
    """Which numbers of a workbook are moments: by the formats of its cells."""

    def __init__(self) -> None:
        self.from_1904 = False
        self._codes: dict[int, str] = {}
        self._of_style: list[int] = []
        self._inside = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element of ``xl/styles.xml``, or of ``xl/workbook.xml``."""
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", "-1"))] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
            self._inside = name
        elif name == "xf" and self._inside == "cellXfs":
            self._of_style.append(int(attributes.get("numFmtId", "0")))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")

    def text_of(self, number: str, style: str) -> str:
        """A number in the format of a style.

        Args:
            number: As it is in the file.
            style: The number of the style, "" for none.

        Returns:
            The number, or the moment that it stands for.
        """
        try:
            value = float(number)
        except ValueError:
            return number
        at = int(style) if style.isdecimal() else 0
        kind = _kind(self._of_style[at], self._codes) if at < len(self._of_style) else ""
        return (kind and _moment(value, kind, self.from_1904)) or plain_number(number)


def plain_number(number: str) -> str:
    """A number without what says nothing: 1 for 1.0 and 1E0."""
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", number):
        return number
    try:
        value = float(number)
    except ValueError:
        return number
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)


def _kind(format_id: int, codes: dict[int, str]) -> str:
    """Some of d (a date), t (a time of the day), e (elapsed time); "" for a number."""
    if format_id in codes:
        code = _NOT_CODE.sub("", codes[format_id]).partition(";")[0].casefold()
        if re.search(r"\[[hms]+\]", code):
            return "e"
        code = code.replace("general", "")
        has_time = re.search("[hs]", code) is not None
        has_date = re.search("[yd]", code) is not None or ("m" in code and not has_time)
        return "d" * has_date + "t" * has_time
    if format_id in _MOMENTS:
        return "dt"
    return "d" if format_id in _DATES else "t" if format_id in _TIMES else "e" if format_id in _ELAPSED else ""


def _moment(days: float, kind: str, from_1904: bool) -> str:
    """ "" where the number is no moment that there is."""
    try:
        length = timedelta(milliseconds=round(days * _SECONDS_OF_A_DAY * 1000))
        if kind == "e":
            minutes, seconds = divmod(int(length.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}" if days >= 0 else ""
        if days < 0:
            return ""
        if kind == "t" and days < 1:
            return (datetime(1900, 1, 1) + length).time().isoformat()
        # Excel takes 1900 for a leap year, and its days up to 28 February are one later than they seem.
        first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if days >= 60 else 31)
        moment = first + length
    except (OverflowError, ValueError):
        return ""
    return moment.date().isoformat() if kind == "d" and not days % 1 else moment.isoformat()


def unescaped(text: str) -> str:
    """A text in which characters that XML has not are written as ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda found: found[0] if 0xD800 <= int(found[1], 16) < 0xE000 else chr(int(found[1], 16)), text
    )
