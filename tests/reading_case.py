"""Everything that reading makes of some files, in one value that tests can compare."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sftrm_quality.config import Limits
from sftrm_quality.reading import OpenDocument, UnknownFile, discover, open_document, open_streams

SCHEMA = pa.schema([("data_id", pa.string()), ("question", pa.string()), ("answer", pa.string())])


@dataclass
class Read:
    """``values`` by source_index, ``unreadable`` rows in order, ``unknown`` files; ``raw`` bytes by source_index."""

    values: dict[int, Any] = field(default_factory=dict)
    fast: set[int] = field(default_factory=set)
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[UnknownFile] = field(default_factory=list)
    documents: list[OpenDocument] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    raw: dict[int, bytes] = field(default_factory=dict)
    unread: set[int] = field(default_factory=set)
    ends_early: bool = False

    @property
    def ids(self) -> list[str]:
        return [value["data_id"] for value in self.values.values()]

    @property
    def reasons(self) -> list[str]:
        return [row["reasons"][0] for row in self.unreadable]


def read(
    path: Path, spill: Path, limits: Limits | None = None, encoding: str = "auto", schema: pa.Schema = SCHEMA
) -> Read:
    limits = limits or Limits()
    result = Read()
    for file in discover([path]):
        for stream in open_streams(file):
            opened = stream if isinstance(stream, UnknownFile) else open_document(stream, limits, spill, encoding)
            if isinstance(opened, UnknownFile):
                result.unknown.append(opened)
                continue
            result.documents.append(opened)
            read_records(opened, limits, schema, result)
    return result


def read_records(document: OpenDocument, limits: Limits, schema: pa.Schema, result: Read) -> None:
    next_index = 0
    for shard in document.shards:
        assert shard.first_index == next_index
        next_index += len(shard)
        loaded = shard.load(limits)
        batch = loaded.parse(schema, limits)
        if shard.spilled:
            shard.path.unlink()
        rows = {int(row): value for row, value in zip(batch.table_rows, batch.table.to_pylist(), strict=True)}
        result.fast.update(shard.first_index + row for row in rows)
        rows.update(batch.objects)
        bad = {row["source_index"] - shard.first_index for row in batch.unreadable.to_pylist()}
        assert set(rows) | bad == set(range(len(shard))) and not set(rows) & bad
        offsets, lengths, lines = shard.offsets, shard.lengths, shard.lines
        for row in range(len(shard)):
            index = shard.first_index + row
            result.spans[index] = (int(offsets[row]), int(lengths[row]))
            result.lines[index] = int(lines[row])
            result.raw[index] = loaded.raw_bytes(row)
            if row in rows:
                result.values[index] = rows[row]
        result.unreadable += batch.unreadable.to_pylist()
        result.unread.update(shard.first_index + row for row in batch.unread.tolist())
    result.ends_early |= document.ends_early()
    document.close()


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"data_id": str(number), "question": f"질문 {number}?", "answer": f'답 "{number}" \\ {{}}, []\n', **more}


def document(records: list[Any], indent: int | None = None, **around: Any) -> str:
    return json.dumps(
        {"dataset_info": {"name": "t"}, "data_info": records, **around}, ensure_ascii=False, indent=indent
    )


def json_lines(records: list[Any]) -> str:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
