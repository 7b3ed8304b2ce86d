"""One shard, whole, in a worker process: raw bytes → checked candidates, their keys, and the failing records."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import xxhash

from sftrm_quality import dedup
from sftrm_quality.arrays import Rows, one_array
from sftrm_quality.arrow_files import write_table
from sftrm_quality.checks import CheckedRows, Scope, run_suite
from sftrm_quality.checks.directions import direction_signs
from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.intake.census import marks_in
from sftrm_quality.intake.mapping import Candidates, read_and_map
from sftrm_quality.intake.repairable import repairable, with_forms
from sftrm_quality.intake.results import ShardFiles, ShardSummary
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.reading import LoadedShard, Shard, payload_columns, position_columns
from sftrm_quality.records import (
    CANDIDATE_FIELDS,
    CANDIDATES,
    DELIVERED,
    SHARD_QUARANTINE,
    LabelKind,
    Repair,
    Severity,
    Stage,
)
from sftrm_quality.repairs import Repaired, repair


@dataclass(frozen=True)
class ShardTask:
    """Everything that a worker needs for one shard: paths and settings, no data.

    format: of the file; its records may be of others. id_field: where the file has its ids, "" for ids from the
    content. paths: for each label kind, where its records go.
    """

    shard: Shard
    number: int
    format: str
    id_field: str
    settings: ShardSettings
    paths: Mapping[LabelKind, ShardFiles]


def _failing_rows(loaded: LoadedShard, rows: Rows, stage: Stage, columns: dict[str, pa.Array]) -> pa.Table:
    """Rows of the shard in the columns of SHARD_QUARANTINE, with their own text."""
    raw = [loaded.raw_bytes(int(row)) for row in rows]
    arrays = {
        "data_id": pa.nulls(len(rows), pa.string()),
        "stage": pa.array([stage] * len(rows), pa.string()),
        **position_columns(loaded.shard, rows),
        **payload_columns(raw, loaded.payload_encoding),
        "content_hash": pa.array([xxhash.xxh3_128_digest(b"unmapped" + piece) for piece in raw], pa.binary(16)),
        **columns,
    }
    return pa.table([arrays[field.name] for field in SHARD_QUARANTINE], schema=SHARD_QUARANTINE)


def _data_id(record: object) -> str | None:
    """The data_id of a record that could be parsed and not mapped, so that it can be asked for by it."""
    found = record.get("data_id") if isinstance(record, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None


def _unmapped(loaded: LoadedShard, misfits: Mapping[int, Misfit]) -> pa.Table:
    rows = np.array(sorted(misfits), np.int64)
    found = [misfits[int(row)] for row in rows]
    columns = {
        "data_id": pa.array([_data_id(loaded.value(int(row))) for row in rows], pa.string()),
        "reasons": pa.array([[misfit.reason] for misfit in found], pa.list_(pa.string())),
        "details": pa.array([[misfit.detail] for misfit in found], pa.list_(pa.string())),
    }
    return _failing_rows(loaded, rows, Stage.FORMAT, columns)


def _failed(
    loaded: LoadedShard, candidates: Candidates, checked_rows: CheckedRows, delivered: pa.FixedSizeBinaryArray
) -> pa.Table:
    failed, reasons, details = checked_rows.grouped(Severity.CRITICAL)
    columns = {
        "data_id": one_array(candidates.table["data_id"]).take(pa.array(failed)),
        "reasons": reasons,
        "details": details,
        "content_hash": delivered.take(pa.array(failed)),
    }
    return _failing_rows(loaded, candidates.rows[failed], Stage.CHECK, columns)


def process_shard(task: ShardTask) -> dict[LabelKind, ShardSummary]:
    """Take one shard from its bytes to spilled tables for each label kind in it, and count what happened.

    The tables are records (`records.CANDIDATES`), keys (`dedup.fingerprint_schema`) of the same rows, the failing
    records (`records.SHARD_QUARANTINE`), and what was delivered of the repaired ones if there are any
    (`records.DELIVERED`), each as an Arrow IPC file. Unreadable records are of the file's label kind, for which there
    is always a summary.
    """
    settings = task.settings
    main = settings.formats.by_name[task.format]
    source = settings.source(task.shard.source_file)
    mapped = read_and_map(task.shard, settings.formats, main, source, task.id_field, settings.limits)
    unreadable = {kind: SHARD_QUARANTINE.empty_table() for kind in LabelKind} | {
        main.label_kind: mapped.batch.unreadable
    }
    return {
        kind: _of_kind(task, mapped.loaded, kind, candidates, unreadable[kind], source)
        for kind, candidates in mapped.candidates.items()
    }


def _of_kind(
    task: ShardTask,
    loaded: LoadedShard,
    kind: LabelKind,
    candidates: Candidates,
    unreadable: pa.Table,
    source: SourceSettings,
) -> ShardSummary:
    settings, losers_tie = task.settings, candidates.losers_tie
    # What ties is gone by then; what is left has none.
    ties = "forbid" if source.ties == "drop_record" else source.ties
    policies = {"ties": ties, "unranked": source.unranked}
    delivered = dedup.content_hashes(kind, candidates.table)
    repaired = repair(kind, candidates.table, list(map(Repair, source.repairs)), losers_tie, ties)
    frame = with_forms(kind, repaired.table, losers_tie)
    # Blank losers are evidence, also where they are left out.
    as_delivered = with_forms(kind, candidates.table, losers_tie) if len(repaired.rows) else frame
    checked_rows = run_suite(settings.suite(kind), Scope.RECORD, frame, policies)
    passed = np.flatnonzero(~checked_rows.critical)
    kept = frame.take(pa.array(passed)).combine_chunks() if len(passed) < len(frame) else frame
    columns = {name: kept[name] for name in candidates.table.column_names}
    columns |= position_columns(loaded.shard, candidates.rows[passed])
    columns |= {
        "warnings": checked_rows.reasons(Severity.WARNING).take(pa.array(passed)),
        "repairs": repaired.repairs.take(pa.array(passed)),
    }
    records = pa.table([columns[field.name] for field in CANDIDATES[kind]], schema=CANDIDATES[kind])
    unmapped = _unmapped(loaded, candidates.misfits)
    failing = pa.concat_tables([unreadable, unmapped, _failed(loaded, candidates, checked_rows, delivered)])
    paths = task.paths[kind]
    write_table(paths.records, records)
    hashes = delivered.take(pa.array(passed))
    write_table(paths.keys, dedup.fingerprint(kind, kept, kept, checked_rows.warnings()[passed], settings.near, hashes))
    write_table(paths.failing, failing.sort_by("source_index"))
    originals = _delivered(kind, candidates.table, repaired, passed)
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
        directions=direction_signs(as_delivered) if kind is LabelKind.RM else {},
        marks=marks_in(kind, candidates.table),
        encoding=task.shard.encoding,
        repaired=len(originals),
        repairs=repaired.counts(),
        repairable=repairable(settings.suite(kind), source, candidates, frame, checked_rows, policies),
    )


def _delivered(kind: LabelKind, table: pa.Table, repaired: Repaired, passed: Rows) -> pa.Table:
    """Of the records that passed those that were repaired, in the columns of `records.DELIVERED`."""
    rows = np.flatnonzero(np.isin(passed, repaired.rows))
    chosen = pa.array(passed[rows])
    columns = {
        **{name: table[name].take(chosen) for name in CANDIDATE_FIELDS[kind].names},
        "repaired_hash": dedup.content_hashes(kind, repaired.table.take(chosen).combine_chunks()),
        "row": pa.array(rows),
    }
    return pa.table(columns, schema=DELIVERED[kind])
