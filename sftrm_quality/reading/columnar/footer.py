"""The footer of a Parquet file: how many rows each row group has, and where its columns are.

Arrow reads it too, and better; but asked for the columns of a damaged one, it ends the process (26.0: an exception that
nobody catches), and whoever wants to know how large a page is asks that before.
"""

from dataclasses import dataclass
from typing import BinaryIO

from sftrm_quality.reading.columnar.thrift import Compact, NoThrift

_TAIL = 8  # its length, and PAR1
_I64, _LIST, _STRUCT = 6, 9, 12


@dataclass(frozen=True)
class RowGroup:
    """rows: how many. unpacked: its bytes, as the writer says. columns: where each begins and ends in the file."""

    rows: int
    unpacked: int
    columns: tuple[tuple[int, int], ...]

    @property
    def packed(self) -> int:
        """Its bytes in the file."""
        return sum(end - begin for begin, end in self.columns)


def row_groups(file: BinaryIO, size: int) -> list[RowGroup]:
    """The row groups of a file.

    Args:
        file: The Parquet file.
        size: Its bytes.

    Returns:
        Them in order.

    Raises:
        NoThrift: The footer is damaged.
        OSError: The file cannot be read.
    """
    file.seek(max(0, size - _TAIL))
    length = int.from_bytes(file.read(4), "little")
    if length > size - _TAIL:
        raise NoThrift
    file.seek(size - _TAIL - length)
    reader = Compact(file.read(length))
    found: list[RowGroup] = []
    try:
        for number, type_ in reader.fields():
            if (number, type_) == (4, _LIST):
                found = [_row_group(reader, size) for _ in reader.structs()]
            else:
                reader.skip(type_)
    except IndexError:
        raise NoThrift from None
    return found


def _row_group(reader: Compact, size: int) -> RowGroup:
    values: dict[int, int] = {}
    columns: tuple[tuple[int, int], ...] = ()
    for number, type_ in reader.fields():
        if (number, type_) == (1, _LIST):
            columns = tuple(_column(reader) for _ in reader.structs())
        elif type_ == _I64 and number in (2, 3):
            values[number] = reader.signed()
        else:
            reader.skip(type_)
    rows = values.get(3, 0)
    if rows < 0 or any(not 0 <= begin <= end <= size for begin, end in columns):
        raise NoThrift
    return RowGroup(rows, values.get(2, 0), columns)


def _column(reader: Compact) -> tuple[int, int]:
    place = (0, 0)
    for number, type_ in reader.fields():
        if (number, type_) == (3, _STRUCT):
            place = _place(reader)
        else:
            reader.skip(type_)
    return place


def _place(reader: Compact) -> tuple[int, int]:
    """Where its pages are: from its dictionary or first page on, all of its bytes."""
    values: dict[int, int] = {}
    for number, type_ in reader.fields():
        if type_ == _I64 and number in (7, 9, 11):
            values[number] = reader.signed()
        else:
            reader.skip(type_)
    begin = values.get(9, 0)
    if values.get(11, 0) > 0:
        begin = min(begin, values[11])
    return begin, begin + values.get(7, 0)
