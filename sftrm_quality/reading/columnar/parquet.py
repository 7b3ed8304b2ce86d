"""The rows of a Parquet file, decoded some at a time; those of a broken page are counted by the file's own metadata."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality.config import Limits
from sftrm_quality.reading.columnar.footer import RowGroup, row_groups
from sftrm_quality.reading.columnar.pages import page_headers
from sftrm_quality.reading.columnar.schemas import DAMAGE, in_words, obstacle, raise_if_of_the_machine
from sftrm_quality.reading.columnar.thrift import NoThrift
from sftrm_quality.reading.tables.pieces import Piece, Pieces, lost
from sftrm_quality.words import say

_STEP_BYTES = 1 << 20
"""What is decoded at a time, by the mean of its row group: where rows are uneven it may be a hundred times as much."""
_STEP_ROWS = 10_000
_FINE_STEPS = 1024
"""Into how many steps a row group is cut in which a page is broken, so that few rows before it are lost with it."""
_PAGE_BYTES = 256 << 20
"""A page of more is not unpacked. Writers end a page at 1 MB or with its first value, and a record has at most 64 MiB
(limits.record_bytes) unless somebody asks for more."""


class ParquetRows:
    """An open Parquet file."""

    def __init__(self, path: Path, file: Any, groups: list[RowGroup]) -> None:
        self.path, self.file, self._groups = path, file, groups
        self._why = ""

    def pieces(self, is_wanted: Callable[[int, int], bool]) -> Pieces:
        """Its rows; those of a row group that is not wanted (by its first row and their number) are not read.

        Raises:
            StorageError: The file cannot be read.
        """
        first = 0
        with self.path.open("rb") as raw:
            for number, group in enumerate(self._groups):
                if not is_wanted(first, group.rows):
                    yield lost(group.rows, "", "")
                else:
                    yield from self._group(number, group, raw)
                first += group.rows

    def _group(self, number: int, group: RowGroup, raw: BinaryIO) -> Pieces:
        rows, packed = group.rows, group.packed
        share = packed / max(1, rows)
        largest, dictionaries = _page_bytes(group, raw)
        if largest > _PAGE_BYTES:
            said = say("row group {group}: a page of it has {length:,} bytes", group=number, length=largest)
            yield lost(rows, "page_broken", said, packed)
            return
        mean = max(group.unpacked, packed, dictionaries) / max(1, rows)
        step = max(1, min(_STEP_ROWS, int(_STEP_BYTES / max(mean, 1)), int(_PAGE_BYTES / max(dictionaries, 1))))
        done = 0
        for batches in _gathered(self._batches(number, rows, step)):
            table = pa.Table.from_batches(batches).combine_chunks()
            done += table.num_rows
            yield Piece(table.num_rows, table, taken=int(share * table.num_rows))
        if done < rows:
            said = say("row group {group}: its rows cannot be read from row {row:,} on", group=number, row=done)
            yield lost(rows - done, "page_broken", f"{said}{self._why}", int(share * (rows - done)))

    def _batches(self, group: int, rows: int, step: int) -> Iterator[pa.RecordBatch]:
        """Up to the first that cannot be read; ``_why`` then says why."""
        done, self._why = 0, ""
        for size in (step, max(1, min(step, rows // _FINE_STEPS))):
            passed = 0
            try:
                for batch in self.file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                    fresh = batch.slice(max(0, done - passed), max(0, rows - max(done, passed)))
                    passed += batch.num_rows
                    if fresh.num_rows:
                        yield fresh
                        done += fresh.num_rows
                return
            except DAMAGE as error:
                raise_if_of_the_machine(error, self.path)
                self._why = f" ({in_words(error)})"


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Small ones together: each piece costs the same, however small it is."""
    together: list[pa.RecordBatch] = []
    length = 0
    for batch in batches:
        together.append(batch)
        length += batch.nbytes
        if length >= _STEP_BYTES:
            yield together
            together, length = [], 0
    if together:
        yield together


def _page_bytes(group: RowGroup, raw: BinaryIO) -> tuple[int, int]:
    """The bytes that the largest page of a row group takes or unpacks to, and those of all dictionaries: each row may
    have the longest value of each."""
    largest = dictionaries = 0
    for begin, end in group.columns:
        for header in page_headers(raw, begin, end):
            largest = max(largest, header.unpacked, header.packed)
            dictionaries += header.unpacked if header.is_dictionary else 0
    return largest, dictionaries


def open_parquet(path: Path, size: int, limits: Limits) -> ParquetRows | str:
    """Open a file that begins like Parquet.

    Args:
        path: Of the file.
        size: Its bytes.
        limits: Bounds of memory.

    Returns:
        Its rows, or why they cannot be read.

    Raises:
        StorageError: The file cannot be read.
    """
    try:
        # In pieces, and only when they are asked for: a column may be larger than memory.
        file = pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True)
        with path.open("rb") as raw:
            groups = row_groups(raw, size)
        why = obstacle(file.schema_arrow, sum(group.rows for group in groups), size, limits)
        if not why and len(groups) != file.num_row_groups:
            raise NoThrift
    except (*DAMAGE, NoThrift) as error:
        raise_if_of_the_machine(error, path)
        if "crypt" in str(error):
            return say("encrypted; write it without encryption, or decrypt it first")
        return say(
            "its footer is missing or damaged, without which nothing of it can be read; it may be cut off: get it "
            "again ({error})",
            error=in_words(error) or say("it is not a footer"),
        )
    return why or ParquetRows(path, file, groups)
