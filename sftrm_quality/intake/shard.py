"""One shard, whole, in a worker process: raw bytes → checked candidates, their keys, and the failing records."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import xxhash

from sftrm_quality import dedup
from sftrm_quality.arrays import Rows, one_array
from sftrm_quality.arrow_files import write_table
from sftrm_quality.checks import CheckedRows, Scope, run_suite
from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import FORMATS
from sftrm_quality.formats.base import Format, unread_content
from sftrm_quality.formats.wire import Misfit, conform
from sftrm_quality.intake.results import ShardSummary
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.reading import LoadedShard, RawShard, ReadBatch, load, parse, payload_columns
from sftrm_quality.records import CANDIDATE_FIELDS, CANDIDATES, POSITION, SHARD_QUARANTINE, LabelKind, Severity, Stage


@dataclass(frozen=True)
class ShardTask:
    """Everything that a worker needs for one shard: paths and settings, no data."""

    shard: RawShard
    format: str
    wire: pa.Schema
    settings: ShardSettings
    records_path: Path
    keys_path: Path
    failing_path: Path


@dataclass(frozen=True)
class _Candidates:
    """Mapped records of a shard in raw order: candidate columns, their rows in the shard, and the misfits by row."""

    table: pa.Table
    rows: Rows
    misfits: dict[int, Misfit]


def _hidden_misfits(loaded: LoadedShard, batch: ReadBatch, wire: pa.Schema, fmt: Format) -> dict[int, Misfit]:
    """Records of the batch that have such a field; looked for only where the batch has one at all."""
    if not any(fmt.is_content(name) for name in batch.unexpected):
        return {}
    found = {row: unread_content(loaded.value(row), wire, fmt) for row in map(int, batch.table_rows)}
    return {row: misfit for row, misfit in found.items() if misfit}


def _map(loaded: LoadedShard, batch: ReadBatch, fmt: Format, wire: pa.Schema, source: SourceSettings) -> _Candidates:
    """Both ways into candidate columns: whole batches, and records that were parsed one by one."""
    misfits = _hidden_misfits(loaded, batch, wire, fmt)
    single_rows: list[int] = []
    single: list[object] = []
    for row, value in batch.objects:
        fitted = unread_content(value, wire, fmt) or conform(value, wire)
        if isinstance(fitted, Misfit):
            misfits[row] = fitted
        else:
            single_rows.append(row)
            single.append(fitted)
    tables: list[pa.Table] = []
    rows: list[Rows] = []
    for table, table_rows in (
        (batch.table, batch.table_rows),
        (pa.Table.from_pylist(single, schema=wire), np.array(single_rows, np.int64)),
    ):
        result = fmt.to_candidates(table, source)
        tables.append(result.candidates)
        rows.append(table_rows[result.rows])
        misfits.update({int(table_rows[row]): misfit for row, misfit in result.misfits.items()})
    together, all_rows = pa.concat_tables(tables), np.concatenate(rows)
    order = np.argsort(all_rows, kind="stable")
    order = order[~np.isin(all_rows[order], list(misfits))]
    return _Candidates(together.take(pa.array(order)).combine_chunks(), all_rows[order], misfits)


def _positions(shard: RawShard, rows: Rows) -> dict[str, pa.Array]:
    lines = shard.lines[rows]
    columns = (shard.first_index + rows, shard.offsets[rows], shard.lengths[rows])
    names = [name for name, _ in POSITION]
    return dict(zip(names, [*map(pa.array, columns), pa.array(lines, mask=lines < 0)], strict=True))


def _failing_rows(loaded: LoadedShard, rows: Rows, stage: Stage, columns: dict[str, pa.Array]) -> pa.Table:
    """Rows of the shard in the columns of SHARD_QUARANTINE, with their own text."""
    raw = [loaded.raw_bytes(int(row)) for row in rows]
    arrays = {
        "data_id": pa.nulls(len(rows), pa.string()),
        "stage": pa.array([stage] * len(rows), pa.string()),
        **_positions(loaded.shard, rows),
        **payload_columns(raw, loaded.shard.encoding),
        "content_hash": pa.array([xxhash.xxh3_128_digest(b"unmapped" + piece) for piece in raw], pa.binary(16)),
        **columns,
    }
    return pa.table([arrays[field.name] for field in SHARD_QUARANTINE], schema=SHARD_QUARANTINE)


def _data_id(record: object) -> str | None:
    """The data_id of a record that could be parsed and not mapped, so that it can be asked for by it."""
    found = record.get("data_id") if isinstance(record, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None


def _unmapped(loaded: LoadedShard, misfits: dict[int, Misfit]) -> pa.Table:
    rows = np.array(sorted(misfits), np.int64)
    found = [misfits[int(row)] for row in rows]
    columns = {
        "data_id": pa.array([_data_id(loaded.value(int(row))) for row in rows], pa.string()),
        "reasons": pa.array([[misfit.reason] for misfit in found], pa.list_(pa.string())),
        "details": pa.array([[misfit.detail] for misfit in found], pa.list_(pa.string())),
    }
    return _failing_rows(loaded, rows, Stage.FORMAT, columns)


def _failed(loaded: LoadedShard, candidates: _Candidates, checked_rows: CheckedRows, kind: LabelKind) -> pa.Table:
    failed, reasons, details = checked_rows.grouped(Severity.CRITICAL)
    table = candidates.table.take(pa.array(failed))
    columns = {
        "data_id": one_array(table["data_id"]),
        "reasons": reasons,
        "details": details,
        "content_hash": dedup.content_hashes(kind, table),
    }
    return _failing_rows(loaded, candidates.rows[failed], Stage.CHECK, columns)


def process_shard(task: ShardTask) -> ShardSummary:
    """Take one shard from its bytes to its three spilled tables, and count what happened.

    Writes records (`records.CANDIDATES`), keys (`dedup.fingerprint_schema`) of the same rows, and the failing records
    (`records.SHARD_QUARANTINE`), each as an Arrow IPC file.
    """
    fmt = FORMATS[task.format]
    kind = fmt.label_kind
    settings = task.settings
    source = settings.source(task.shard.source_file)
    loaded = load(task.shard, settings.limits)
    batch = parse(loaded, task.wire, settings.limits)
    candidates = _map(loaded, batch, fmt, task.wire, source)
    frame = candidates.table
    for name, column in dedup.normalised_columns(kind, frame).items():
        frame = frame.append_column(name, column)
    policies = {"ties": source.ties, "unranked": source.unranked}
    checked_rows = run_suite(settings.suite(kind), Scope.RECORD, frame, policies)
    passed = np.flatnonzero(~checked_rows.critical)
    kept = frame.take(pa.array(passed)).combine_chunks() if len(passed) < len(frame) else frame
    positions = _positions(loaded.shard, candidates.rows[passed])
    records = pa.table(
        [*kept.select(CANDIDATE_FIELDS[kind].names).columns, *positions.values()], schema=CANDIDATES[kind]
    )
    unmapped = _unmapped(loaded, candidates.misfits)
    failing = pa.concat_tables([batch.unreadable, unmapped, _failed(loaded, candidates, checked_rows, kind)])
    write_table(task.records_path, records)
    write_table(task.keys_path, dedup.fingerprint(kind, kept, kept, settings.near))
    write_table(task.failing_path, failing.sort_by("source_index"))
    reasons = Counter(reason for table in (batch.unreadable, unmapped) for (reason,) in table["reasons"].to_pylist())
    return ShardSummary(
        received=len(task.shard.starts),
        passed=len(records),
        unreadable=len(batch.unreadable),
        quarantined=len(failing) - len(batch.unreadable),
        unmapped_reasons=dict(sorted(reasons.items())),
        fields_ignored={name: count for name, count in batch.unexpected.items() if not fmt.is_content(name)},
        counts=checked_rows.counts,
        encoding=task.shard.encoding,
    )
