"""The headers of the pages of a Parquet file: how large each says that it becomes, before anybody makes room for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sftrm_quality.reading.columnar.thrift import Compact, NoThrift

# With statistics a header has both ends of a column in it, which are texts; longer ones than this nobody writes.
_HEADER_BYTES = 1 << 20
_FIRST_READ = 256
_DICTIONARY_PAGE = 2


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
        except NoThrift:
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
                raise NoThrift from None
            size *= 16


def _parse(data: bytes) -> PageHeader:
    """Raises IndexError where it goes on behind the data."""
    reader = Compact(data)
    fields: dict[int, int] = {}
    for number, type_ in reader.fields():
        if number in (1, 2, 3) and type_ == 5:
            fields[number] = reader.signed()
        else:
            reader.skip(type_)
    if not {1, 2, 3} <= set(fields):
        raise NoThrift
    return PageHeader(fields[1], fields[2], fields[3], reader.at)
