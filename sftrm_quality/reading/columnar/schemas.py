"""What the columns of a file are called, and why its rows have no form as records."""

from collections import Counter
from pathlib import Path

import pyarrow as pa

from sftrm_quality.config import Limits
from sftrm_quality.reading.discover import raw_file_error
from sftrm_quality.words import phrase, say

# 200,000 rows of one letter each in two columns pack to 133 rows per byte, with ids to 0.6 (zstd, pyarrow 26).
# Each row that a damaged number invents costs some microseconds.
_ROWS_PER_BYTE = 256
_FEW_ROWS = 1 << 16
DAMAGE = (pa.ArrowException, OSError, ValueError, LookupError)
"""What Arrow raises on bytes that are none of its own; an OSError with a number is the machine's."""


def raise_if_of_the_machine(error: BaseException, path: Path) -> None:
    """Raises StorageError where an error of Arrow says that a file cannot be read, and not that its bytes are wrong."""
    if isinstance(error, OSError) and (error.errno or isinstance(error, FileNotFoundError)):
        raise raw_file_error(error, path, phrase("read")) from error


def in_words(error: BaseException) -> str:
    """What Arrow says, in one line."""
    return str(error).partition("\n")[0][:200]


def obstacle(schema: pa.Schema, rows: int, size: int, limits: Limits) -> str | None:
    """Why rows of a schema cannot be records.

    Args:
        schema: Of the file.
        rows: How many there are, as the file says.
        size: Bytes of the file.
        limits: Bounds of memory.

    Returns:
        The reason; None where they can.
    """
    if (name := _twice(schema.names, list(schema.types))) is not None:
        return say("two of its columns are called '{name}'; rename one of them", name=name)
    if not schema.names:
        return say("it has no columns")
    if max(map(_depth, schema.types), default=0) + 1 > limits.nesting_depth:
        return say("its columns are nested deeper than limits.nesting_depth ({depth})", depth=limits.nesting_depth)
    if rows < 0 or too_many_rows(rows, size):
        return say("it says that it has {rows:,} rows, more than its bytes can hold", rows=rows)
    return None


def too_many_rows(rows: int, size: int) -> bool:
    """Whether a file of some bytes cannot hold as many rows as it says: then it is damaged, or a trap."""
    return rows > _FEW_ROWS + _ROWS_PER_BYTE * size


def _inside(type_: pa.DataType) -> list[pa.Field]:
    return [type_.field(i) for i in range(type_.num_fields)] if pa.types.is_nested(type_) else []


def _twice(names: list[str], types: list[pa.DataType]) -> str | None:
    """A name that two fields of one object have, on any level."""
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        return twice
    for type_ in types:
        fields = _inside(type_)
        named = [field.name for field in fields] if pa.types.is_struct(type_) else []
        if (twice := _twice(named, [field.type for field in fields])) is not None:
            return twice
    return None


def _depth(type_: pa.DataType) -> int:
    return 1 + max((_depth(field.type) for field in _inside(type_)), default=0)
