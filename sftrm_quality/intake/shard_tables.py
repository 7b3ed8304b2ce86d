"""The tables of a shard, once its records are checked, and what is counted of them."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import xxhash

from sftrm_quality import dedup
from sftrm_quality.arrays import Rows, list_offsets, one_array
from sftrm_quality.arrow_files import write_table
from sftrm_quality.checks import CheckedRows
from sftrm_quality.checks.directions import direction_signs
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.intake.census import marks_in
from sftrm_quality.intake.mapping import Candidates
from sftrm_quality.intake.results import ShardSummary
from sftrm_quality.intake.shard_task import MappedRecords
from sftrm_quality.reading import LoadedShard, payload_columns, position_columns
from sftrm_quality.records import (
    CANDIDATE_FIELDS,
    CANDIDATES,
    DELIVERED,
    SHARD_QUARANTINE,
    LabelKind,
    Severity,
    Stage,
    unreviewed,
)


def write_tables(
    mapped: MappedRecords, checked_rows: CheckedRows, repairable: Mapping[str, tuple[int, int]]
) -> ShardSummary:
    """Write the tables of the records of a label kind in a shard.

    They are records (`records.CANDIDATES`), keys (`dedup.fingerprint_schema`) of the same rows, the failing records
    (`records.SHARD_QUARANTINE`), and what was delivered of those that were repaired or corrected, if there are any
    (`records.DELIVERED`), each as an Arrow IPC file.

    Args:
        mapped: The records.
        checked_rows: What came of their checks, with what was waived.
        repairable: What repairs could do that are not declared; see `repairable`.

    Returns:
        What is counted of them.
    """
    task, kind, candidates, delivered = mapped.task, mapped.kind, mapped.candidates, mapped.delivered
    settings, frame = task.settings, mapped.frame
    waived = checked_rows.waived_reasons()
    passed = np.flatnonzero(~checked_rows.critical)
    kept = frame.take(pa.array(passed)).combine_chunks() if len(passed) < len(frame) else frame
    columns = {name: kept[name] for name in candidates.table.column_names}
    columns |= position_columns(mapped.loaded.shard, candidates.rows[passed])
    columns |= {
        "warnings": checked_rows.reasons(Severity.WARNING).take(pa.array(passed)),
        "repairs": mapped.repaired.repairs.take(pa.array(passed)),
        "waived": waived.take(pa.array(passed)),
        "corrected_by": mapped.corrected.by.take(pa.array(passed)),
    }
    records = pa.table([columns[field.name] for field in CANDIDATES[kind]], schema=CANDIDATES[kind])
    unreadable, unmapped = mapped.unreadable, _unmapped(mapped.loaded, candidates.misfits)
    failed = _failed(mapped.loaded, candidates, checked_rows, delivered, mapped.corrected.by)
    failing = pa.concat_tables([unreadable, unmapped, failed])
    paths = task.paths[kind]
    write_table(paths.records, records)
    hashes = delivered.take(pa.array(passed))
    write_table(paths.keys, dedup.fingerprint(kind, kept, kept, checked_rows.warnings()[passed], settings.near, hashes))
    write_table(paths.failing, failing.sort_by("source_index"))
    originals = _delivered(kind, candidates.table, mapped.repaired.table, passed, mapped.changed)
    if len(originals):
        write_table(paths.delivered, originals)
    reasons = Counter(reason for table in (unreadable, unmapped) for (reason,) in table["reasons"].to_pylist())
    return ShardSummary(
        number=task.number,
        received=len(records) + len(failing),
        passed=len(records),
        unreadable=len(unreadable),
        quarantined=len(failing) - len(unreadable),
        unmapped_reasons=dict(sorted(reasons.items())),
        formats=dict(sorted(candidates.formats.items())),
        fields_unread=dict(sorted(candidates.fields_unread.items())),
        counts=checked_rows.counts,
        directions=direction_signs(mapped.as_delivered) if kind is LabelKind.RM else {},
        marks=marks_in(kind, candidates.table),
        encoding=task.shard.encoding,
        changed=len(originals),
        repairs=mapped.repaired.counts(),
        waived=int(np.count_nonzero(np.diff(list_offsets(waived)))),
        corrected=len(mapped.corrected.rows),
        repairable=repairable,
    )


def _failing_rows(loaded: LoadedShard, rows: Rows, stage: Stage, columns: dict[str, pa.Array]) -> pa.Table:
    """Rows of the shard in the columns of SHARD_QUARANTINE, with their own text."""
    raw = [loaded.raw_bytes(int(row)) for row in rows]
    arrays = {
        "data_id": pa.nulls(len(rows), pa.string()),
        "stage": pa.array([stage] * len(rows), pa.string()),
        **position_columns(loaded.shard, rows),
        **payload_columns(raw, loaded.payload_encoding),
        "content_hash": pa.array([xxhash.xxh3_128_digest(b"unmapped" + piece) for piece in raw], pa.binary(16)),
        **unreviewed(len(rows)),
        **columns,
    }
    return pa.table([arrays[field.name] for field in SHARD_QUARANTINE], schema=SHARD_QUARANTINE)


def _data_id(record: object) -> str | None:
    """The data_id of a record that could be parsed and not mapped, so that it can be asked for by it."""
    found = record.get("data_id") if isinstance(record, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None


def _unmapped(loaded: LoadedShard, misfits: Mapping[int, Misfit]) -> pa.Table:
    if not misfits:
        return SHARD_QUARANTINE.empty_table()
    rows = np.array(sorted(misfits), np.int64)
    found = [misfits[int(row)] for row in rows]
    columns = {
        "data_id": pa.array([_data_id(loaded.value(int(row))) for row in rows], pa.string()),
        "reasons": pa.array([[misfit.reason] for misfit in found], pa.list_(pa.string())),
        "details": pa.array([[misfit.detail] for misfit in found], pa.list_(pa.string())),
    }
    return _failing_rows(loaded, rows, Stage.FORMAT, columns)


def _failed(
    loaded: LoadedShard,
    candidates: Candidates,
    checked_rows: CheckedRows,
    delivered: pa.FixedSizeBinaryArray,
    corrected_by: pa.StringArray,
) -> pa.Table:
    if not checked_rows.critical.any():
        return SHARD_QUARANTINE.empty_table()
    failed, reasons, details = checked_rows.grouped(Severity.CRITICAL)
    chosen = pa.array(failed)
    columns = {
        "data_id": one_array(candidates.table["data_id"]).take(chosen),
        "reasons": reasons,
        "details": details,
        "waived": checked_rows.waived_reasons().take(chosen),
        "corrected_by": corrected_by.take(chosen),
        "content_hash": delivered.take(chosen),
    }
    return _failing_rows(loaded, candidates.rows[failed], Stage.CHECK, columns)


def _delivered(kind: LabelKind, table: pa.Table, now: pa.Table, passed: Rows, changed: Rows) -> pa.Table:
    """Of the records that passed those that were changed, in the columns of `records.DELIVERED`."""
    rows = np.flatnonzero(np.isin(passed, changed))
    if not len(rows):
        return DELIVERED[kind].empty_table()
    chosen = pa.array(passed[rows])
    columns = {
        **{name: table[name].take(chosen) for name in CANDIDATE_FIELDS[kind].names},
        "repaired_hash": dedup.content_hashes(kind, now.take(chosen).combine_chunks()),
        "row": pa.array(rows),
    }
    return pa.table(columns, schema=DELIVERED[kind])
