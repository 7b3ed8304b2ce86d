"""The record read from disk, strictly; what older versions wrote becomes here what it would be today.

A release and its manifest stay as they were written, so everything that a version added to them has a line here.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from sftrm_quality.records import DirectionSign
from sftrm_quality.run_record.changes import RunSummary, summary_of
from sftrm_quality.run_record.counts import NO_RECORDS, FileEntry
from sftrm_quality.run_record.findings import Finding
from sftrm_quality.run_record.manifest import Manifest
from sftrm_quality.run_record.names import Mode
from sftrm_quality.run_record.report import REPORT_VERSION, Report
from sftrm_quality.run_record.value import TimeZone, Value

Read = TypeVar("Read", bound=Value)
Json = dict[str, Any]
# All files of a release were called so before the manifest said what they hold.
_DATA_FILE = re.compile(r"(sft|rm)/(train|validation|test)-[0-9]+-of-[0-9]+\.parquet")


class PastRun(RunSummary):
    """An earlier run, as far as a new one is compared with it."""

    mode: Mode
    files: tuple[FileEntry, ...]
    findings: tuple[Finding, ...]
    timezone: TimeZone

    @property
    def summary(self) -> RunSummary:
        """The run without its files and findings."""
        return summary_of(self)


def read_manifest_json(text: str | bytes) -> Manifest:
    """A manifest, also one of an older version.

    Args:
        text: The content of ``manifest.json``.

    Returns:
        The manifest as this version would write it.

    Raises:
        ValueError: It is no JSON, or not a manifest; the message is one line.
    """
    return _read(Manifest, text, _renew_manifest)


def read_report_json(text: str | bytes) -> Report:
    """A report, also one of an older version.

    Args:
        text: The content of ``report.json``.

    Returns:
        The report as this version would write it.

    Raises:
        ValueError: It is no JSON, or not a report; the message is one line.
    """
    return _read(Report, text, _renew_report)


def read_past_run(text: bytes) -> PastRun | None:
    """The little that a later run needs of a report, many of which are read in every run.

    Args:
        text: The content of ``report.json``.

    Returns:
        The run; None where the report has another layout.

    Raises:
        ValueError: It is no JSON, or not a report; the message is one line.
    """
    report = orjson.loads(text)
    if not isinstance(report, dict) or report.get("report_version") != REPORT_VERSION:
        return None
    with suppress(KeyError, TypeError, AttributeError):
        _renew_report(report)
    return _checked(PastRun, orjson.dumps({name: report[name] for name in PastRun.model_fields if name in report}))


def _read(kind: type[Read], text: str | bytes, renew: Callable[[Json], None]) -> Read:
    values = json.loads(text)
    # What has not even the shape to be renewed is told of below.
    with suppress(KeyError, TypeError, AttributeError):
        renew(values)
    return _checked(kind, json.dumps(values))


def _checked(kind: type[Read], text: str | bytes) -> Read:
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or kind.__name__.lower()
        raise ValueError(f"{where}: {first['msg']}") from error


def _renew_manifest(manifest: Json) -> None:
    manifest.setdefault("decision", None)
    manifest.setdefault("suite_files_hash", None)
    manifest.setdefault("suites", None)
    manifest.setdefault("raw_hash", None)
    manifest.setdefault("reviews_hash", None)
    manifest.setdefault("as_of", None)
    manifest.setdefault("exports", {})
    for path, file in manifest["data_files"].items():
        named = _DATA_FILE.fullmatch(path)
        file.setdefault("label_kind", named[1] if named else None)
        file.setdefault("split", named[2] if named else None)
    _renew_figures(manifest["figures"])


def _renew_report(report: Json) -> None:
    report.setdefault("decision", None)
    report.setdefault("with_warnings", False)
    report.setdefault("planned_release_id", None)
    report.setdefault("config", None)
    report.setdefault("timezone", "UTC")
    report.setdefault("language", None)
    _renew_figures(report)
    report.setdefault("browse", None)
    report.setdefault("exports", {})
    report.setdefault("preflights", [])
    report.setdefault("pruned", None)
    if report["browse"]:
        for name, nothing in (("warned", 0), ("warned_listed", 0), ("warned_reasons", {})):
            report["browse"].setdefault(name, nothing)
        report["browse"].setdefault("language", None)
        report["browse"].setdefault("known_sources", [] if "/" in report["browse"]["page"] else None)
    report["samples"].setdefault("borderline", [])
    report["samples"].setdefault("personal", [])
    report["samples"].setdefault("apart", [])
    for samples in ("quarantined", "duplicates", "personal"):
        for sample in report["samples"][samples]:
            sample.setdefault("source_line", None)
    report.setdefault("findings", [])
    report.setdefault("reviews", None)
    for finding in report["findings"]:
        finding.setdefault("act", None)
    report.setdefault("finding_counts", {"new": 0, "known": 0})
    report["history"].setdefault("sources", {})
    for finding in report["findings"]:
        finding.setdefault("said", None)
    for run in report["history"]["runs"]:
        run.setdefault("finding_counts", {"new": 0, "known": 0})
        run.setdefault("language", None)
    changes = report["changes"]
    changes.setdefault("said", [])
    # Departures from what is usual, and files that were gone, were told here before there were findings.
    for name in ("suspects", "findings", "gone"):
        changes.pop(name, None)
    for file in changes["files"].values():
        if "aside" in file:
            file["failing"] = file.pop("aside")


def _renew_figures(figures: Json) -> None:
    for file in figures["files"]:
        file.setdefault("reasons", {})
        file.setdefault("incomplete", False)
        file.setdefault("source", "")
        file.setdefault("delivery", None)
        file.setdefault("warnings", {})
        file.setdefault("repairs", {})
        file.setdefault("repairable", {})
        file.setdefault("marks", {})
        for name in ("waived", "corrected", "replaced"):
            file.setdefault(name, 0)
        file.setdefault("replaced_reasons", {})
        if "fields_ignored" in file:
            file["fields_unread"] = file.pop("fields_ignored")
    for check in figures["checks"]:
        for name in ("waived", "replaced"):
            check.setdefault(name, 0)
        check.setdefault("detail_said", None)
        check.setdefault("descriptions", {})
    figures.setdefault("review_counts", None)
    figures["ledger"].setdefault("unknown", dict(NO_RECORDS))
    figures.setdefault("reasons_together", {})
    figures.setdefault("personal_data", None)
    for counts in figures["duplicates"].values():
        counts.setdefault("folded", 0)
    if profile := figures.setdefault("profile", None):
        for of_kind in profile["duplicates"].values():
            of_kind.setdefault("kept_apart", None)
            of_kind.setdefault("largest_template", None)
        profile["splits"].setdefault("key_version", 1)
        profile["splits"].setdefault("largest", None)
        if profile["rm"]:
            profile["rm"].setdefault("pairs", {})
            profile["rm"]["first_listed"].setdefault("files", [])
            profile["rm"]["first_listed"].setdefault("left_out", 0)
            for file in profile["rm"]["doubtful_directions"]:
                _renew_doubt(file)


def _renew_doubt(file: Json) -> None:
    """Of pairs of published responses, and of records; only lengths were looked at, and had no weights."""
    if "signs" in file:
        return
    file["records"], file["log_odds"] = file.pop("compared"), None
    file["by_format"] = False
    short = {"above": file.pop("shorter_wins"), "below": file.pop("longer_wins")}
    stubs = {"above": file.pop("best_far_shortest"), "below": file.pop("worst_far_shortest")}
    signs = ((DirectionSign.SHORT, short), (DirectionSign.FAR_SHORTEST, stubs))
    file["signs"] = [{"sign": sign, **counts, "weight": None} for sign, counts in signs]
    for name in ("pairs", "tied_pairs", "first_is_best", "best"):
        del file[name]
