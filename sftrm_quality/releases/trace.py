"""Where a record came from and what became of it: the answer to ``sftrm why``."""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.output import OutputFolder
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.releases.kept_apart import FILE
from sftrm_quality.releases.manifest import Release
from sftrm_quality.releases.parts import originals_of
from sftrm_quality.releases.publish import current_release
from sftrm_quality.run_record import ShownWaiver, read_report_json
from sftrm_quality.words import say

_LINEAGE = ["record_id", "data_id", "source_file", "source_index", "source_offset", "source_line"]
_REVIEWED = ["waived", "corrected_by"]
_CHANGES = ["repairs", "corrected_by"]
_QUARANTINE = ["label_kind", *_LINEAGE, "stage", "reasons", "details", *_REVIEWED, "replaced_by", "payload"]
_DUPLICATES = ["label_kind", *_LINEAGE, "duplicate_of", "kind", "similarity", "payload"]


@dataclass(frozen=True)
class Trace:
    """One record's end. outcome: published, quarantined, duplicate, unreadable or passed.

    row: the columns that tell about it. where: the release or the run whose files say so. apart: the row of
    `records.KEPT_APART` of a published record that another one is nearly the same as, with the texts of ``both`` (the
    second one None where it is not published). repaired: of a published record that was repaired or corrected its
    ``repairs``, who corrected it (``corrected_by``), and ``fields``, those that were delivered otherwise, as they were;
    ``now`` has them as they are. waived: who allows what it fails for, as the report of that run has it.
    """

    outcome: str
    where: str
    row: dict[str, Any]
    apart: dict[str, Any] | None = None
    repaired: dict[str, Any] | None = None
    waived: tuple[ShownWaiver, ...] = ()


def _matching(files: list[Path], columns: list[str], wanted: str) -> Iterator[dict[str, Any]]:
    existing = [str(path) for path in files if path.is_file()]
    if not existing:
        return
    # With it comes pandas, which nobody needs who only imports this room.
    import pyarrow.dataset as ds

    names = (pc.field("record_id") == wanted) | (pc.field("data_id") == wanted)
    found = ds.dataset(existing, format="parquet")
    # Files of older versions have fewer columns.
    known = [name for name in columns if name in found.schema.names]
    yield from found.to_table(columns=known, filter=names).to_pylist()


def _failing_rows(output: OutputFolder, run_id: str, wanted: str) -> Iterator[Trace]:
    for row in _matching([output.quarantine(run_id) / "quarantine.parquet"], _QUARANTINE, wanted):
        outcome = "unreadable" if row["stage"] == "read" else "quarantined"
        waived = _waivers(output, run_id, row)
        yield Trace(outcome, say("run {run_id}", run_id=run_id), row, waived=waived)
    for row in _matching([output.report(run_id) / "passed.parquet"], [*_LINEAGE, "label_kind", "split"], wanted):
        yield Trace(
            "passed",
            say("run {run_id}, which published nothing; its split would be {split}", run_id=run_id, split=row["split"]),
            row,
        )
    for row in _matching([output.duplicates(run_id) / "duplicates.parquet"], _DUPLICATES, wanted):
        yield Trace("duplicate", say("run {run_id}", run_id=run_id), row)


def _kept_apart(output: OutputFolder, release: Release, kind: LabelKind, record_id: str) -> dict[str, Any] | None:
    path = output.report(release.manifest.run_id) / FILE
    if not path.is_file():
        return None
    rows: list[dict[str, Any]] = pq.read_table(path, filters=pc.field("record_id") == record_id).to_pylist()
    if not rows:
        return None
    files = [file.path for file in release.files_of(kind)]
    texts = ["question", "answer"] if kind is LabelKind.SFT else ["prompt", "responses"]
    both = [next(_matching(files, texts, name), None) for name in (record_id, rows[0]["apart_from"])]
    return {**rows[0], "both": both}


def _repaired(kind: LabelKind, path: Path, record_id: str) -> dict[str, Any] | None:
    """What was done to a record of a data file, and its fields that were delivered otherwise."""
    originals = originals_of(path)
    if not originals.is_file():
        return None
    fields = CANDIDATE_FIELDS[kind].names
    delivered = next(_matching([originals], ["record_id", "data_id", *_CHANGES, *fields[1:]], record_id), None)
    now = next(_matching([path], fields, record_id), None)
    if delivered is None or now is None:
        return None
    differing = [name for name in fields if delivered[name] != now[name]]
    return {
        "repairs": delivered["repairs"],
        "corrected_by": delivered.get("corrected_by"),
        "fields": {name: delivered[name] for name in differing},
        "now": {name: now[name] for name in differing},
    }


def _waivers(output: OutputFolder, run_id: str, row: dict[str, Any]) -> tuple[ShownWaiver, ...]:
    """Those by which a row of a run may fail, as its report has them; none without the report."""
    if not row.get("waived"):
        return ()
    try:
        report = read_report_json((output.report(run_id) / "report.json").read_bytes())
    except (OSError, ValueError):
        return ()
    name = row["source_file"]
    content = "-".join(row["record_id"].split("-")[:2])
    source = next((file.source for file in report.files if file.source_file == name), "")
    return tuple(
        waiver
        for waiver in (report.reviews.waivers if report.reviews else ())
        if waiver.reason in row["waived"]
        and not waiver.ended
        and (
            content in waiver.record_ids
            or (waiver.source and waiver.source == source)
            or (waiver.files and fnmatch.fnmatchcase(name, waiver.files))
        )
    )


def trace(output: OutputFolder, wanted: str) -> list[Trace]:
    """All records with that record_id or data_id, in the current release and in the newest run.

    The newest run may have published nothing, held by the gate or only a check: what passed in it is ``passed``, and a
    record can be told of twice, as it is in the current release and as the newest run saw it.
    """
    found: list[Trace] = []
    runs: list[str] = []
    if release := current_release(output):
        for kind in LabelKind:
            for path in (file.path for file in release.files_of(kind)):
                found += [
                    Trace(
                        "published",
                        say("release {release_id}, {file}", release_id=release.release_id, file=path.name),
                        {"label_kind": str(kind), **row},
                        _kept_apart(output, release, kind, row["record_id"]),
                        _repaired(kind, path, row["record_id"]),
                        _waivers(output, release.manifest.run_id, row),
                    )
                    for row in _matching([path], [*_LINEAGE, *_REVIEWED], wanted)
                ]
        runs.append(release.manifest.run_id)
    told: set[tuple[str, str]] = set()
    with_data = [run_id for run_id in output.run_ids() if output.quarantine(run_id).is_dir()]
    runs += [run_id for run_id in with_data[-1:] if run_id not in runs]
    for run_id in runs:
        for end in _failing_rows(output, run_id, wanted):
            if (end.outcome, end.row["record_id"]) not in told:
                told.add((end.outcome, end.row["record_id"]))
                found.append(end)
    return found
