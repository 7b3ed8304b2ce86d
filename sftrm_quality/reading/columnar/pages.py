"""The headers of the pages of a Parquet file: how large each says that it becomes, before anybody makes room for it.

Only as much of Thrift's compact protocol as it takes to pass a header
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# With statistics a header has both ends of a column in it, which are texts; longer ones than this nobody writes.
_HEADER_BYTES = 1 << 20
_FIRST_READ = 256
_DEEPEST = 16
_DICTIONARY_PAGE = 2


class NoHeader(Exception):
    """What is there is no header of a page."""


@dataclass(frozen=True)
class PageHeader:
    """kind: 2 is a dictionary. unpacked, packed: its bytes. size: of the header itself."""

    kind: int
    unpacked: int
    packed: int
    size: int

    @property
    def is_dictionary(self) -> bool:
        return self.kind == _DICTIONARY_PAGE


def page_headers(file: BinaryIO, begin: int, end: int) -> Iterator[PageHeader]:
    """The headers of the pages of one column of a row group.

    Args:
        file: The Parquet file.
        begin: Where the first one is.
        end: Where the column ends.

    Returns:
        The headers, up to the first one that is damaged or does not lie in the column: no reader comes further.

    Raises:
        OSError: The file cannot be read.
    """
    while 0 <= begin < end:
        try:
            header = _read_header(file, begin)
        except NoHeader:
            return
        yield header
        if header.packed < 0:
            return
        begin += header.size + header.packed


def _read_header(file: BinaryIO, begin: int) -> PageHeader:
    size = _FIRST_READ
    while True:
        file.seek(begin)
        data = file.read(size)
        try:
            return _parse(data)
        except IndexError:
            if len(data) < size or size >= _HEADER_BYTES:
                raise NoHeader from None
            size *= 16


def _parse(data: bytes) -> PageHeader:
    """Raises IndexError where it goes on behind the data."""
    reader = _Compact(data)
    fields: dict[int, int] = {}
    for number, type_ in reader.fields():
        if number in (1, 2, 3) and type_ == 5:
            fields[number] = reader.signed()
        else:
            reader.skip(type_, _DEEPEST)
    if not {1, 2, 3} <= set(fields):
        raise NoHeader
    return PageHeader(fields[1], fields[2], fields[3], reader.at)


class _Compact:
    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise NoHeader

    def signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def fields(self) -> Iterator[tuple[int, int]]:
        number = 0
        while byte := self._byte():
            number = number + (byte >> 4) if byte >> 4 else self.signed()
            yield number, byte & 0x0F

    def skip(self, type_: int, depth: int) -> None:
        if not depth:
            raise NoHeader
        if type_ in (1, 2):  # true and false are in the type
            return
        if type_ == 3:
            self._pass(1)
        elif type_ in (4, 5, 6):
            self._unsigned()
        elif type_ == 7:
            self._pass(8)
        elif type_ == 8:
            self._pass(self._unsigned())
        elif type_ in (9, 10):
            byte = self._byte()
            for _ in range(self._unsigned() if byte >> 4 == 15 else byte >> 4):
                # As elements, true and false have a byte.
                self._pass(1) if byte & 0x0F in (1, 2) else self.skip(byte & 0x0F, depth - 1)
        elif type_ == 12:
            for _, inside in self.fields():
                self.skip(inside, depth - 1)
        else:
            raise NoHeader

    def _pass(self, count: int) -> None:
        self.at += count
        if self.at > len(self._data):
            raise IndexError
