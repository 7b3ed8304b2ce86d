"""As much of Thrift's compact protocol as it takes to find some numbers in the metadata of a Parquet file
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md)."""

from collections.abc import Iterator

_DEEPEST = 16


class NoThrift(Exception):
    """What is there is nothing that Parquet writes."""


class Compact:
    """Reads values one after another. Raises IndexError where they go on behind the data."""

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
                raise NoThrift

    def signed(self) -> int:
        """A whole number of any size."""
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def fields(self) -> Iterator[tuple[int, int]]:
        """Numbers and types of the fields of a struct; each value is to be read or passed before the next."""
        number = 0
        while byte := self._byte():
            number = number + (byte >> 4) if byte >> 4 else self.signed()
            yield number, byte & 0x0F

    def structs(self) -> range:
        """A list of structs, which follow. Raises NoThrift where it is one of anything else."""
        byte = self._byte()
        count = self._unsigned() if byte >> 4 == 15 else byte >> 4
        if (byte & 0x0F != 12 and count) or count > len(self._data):
            raise NoThrift
        return range(count)

    def skip(self, type_: int, depth: int = _DEEPEST) -> None:
        """Pass a value of a type. Raises NoThrift where there is no such type."""
        if not depth:
            raise NoThrift
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
            raise NoThrift

    def _pass(self, count: int) -> None:
        self.at += count
        if self.at > len(self._data):
            raise IndexError
