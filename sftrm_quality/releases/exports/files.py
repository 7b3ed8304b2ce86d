"""Files of an export, written and read as tables: Parquet, and JSON lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from sftrm_quality.arrays import text_buffers
from sftrm_quality.releases.exports.json_text import json_lines
from sftrm_quality.releases.parts import ROW_GROUP_BYTES, ROW_GROUP_ROWS, STREAMED
from sftrm_quality.workers import give_memory_back

# Rows that are read or written at once, as those of a part.
BATCH_ROWS = 2_048


def write_parquet(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """A Parquet file as those of a release: row groups of the same bounds, zstd.

    Args:
        path: A new file.
        schema: Its columns.
        tables: Its rows, some each.
    """
    waiting: list[pa.Table] = []
    rows = size = 0
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as writer:
        for table in tables:
            waiting.append(table)
            rows, size = rows + len(table), size + table.nbytes
            if rows >= ROW_GROUP_ROWS or size >= ROW_GROUP_BYTES:
                writer.write_table(pa.concat_tables(waiting), row_group_size=rows)
                waiting, rows, size = [], 0, 0
                give_memory_back()
        if waiting:
            writer.write_table(pa.concat_tables(waiting), row_group_size=max(1, rows))


def write_json_lines(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> bool:
    """An object a line, in UTF-8, its keys in the order of the schema; each table is read back once it is written.

    Args:
        path: A new file.
        schema: Its columns.
        tables: Its rows, some each.

    Returns:
        Whether the file holds them, as another parser reads it than what wrote it.
    """
    with path.open("xb") as file, path.open("rb") as written:
        for table in tables:
            if not len(table):
                continue
            positions, data = text_buffers(json_lines(table.combine_chunks()))
            file.write(data[positions[0] : positions[-1]].data)
            file.flush()
            if not table.equals(_read_json(written.read(), schema)):
                return False
    return True


def _read_json(lines: bytes, schema: pa.Schema) -> pa.Table:
    """The rows of some lines; none where they are no JSON of this schema."""
    read = pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines) + 1)
    parse = pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        return pyarrow.json.read_json(pa.BufferReader(lines), read, parse)
    except pa.ArrowInvalid:
        return schema.empty_table()


def read_parquet(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a Parquet file, batch by batch; damaged pages raise an OSError."""
    with pq.ParquetFile(path, page_checksum_verification=True, **STREAMED) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=columns):
            yield pa.Table.from_batches([batch])


def same_rows(meant: Iterable[pa.Table], found: Iterable[pa.Table]) -> bool:
    """Whether two sequences of tables have the same rows, however they are cut."""
    left, right = (table for table in meant if len(table)), (table for table in found if len(table))
    one, other = next(left, None), next(right, None)
    while one is not None and other is not None:
        rows = min(len(one), len(other))
        if not one.slice(0, rows).equals(other.slice(0, rows)):
            return False
        one = one.slice(rows) if len(one) > rows else next(left, None)
        other = other.slice(rows) if len(other) > rows else next(right, None)
    return one is None and other is None
