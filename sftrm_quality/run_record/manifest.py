"""``manifest.json``: what a release was made from, what it consists of, what came of it."""

from typing import Any

from sftrm_quality.records import LabelKind, Severity, SplitName
from sftrm_quality.run_record.counts import SizedRawFile
from sftrm_quality.run_record.decision import RecordedDecision
from sftrm_quality.run_record.figures import Figures
from sftrm_quality.run_record.value import Count, Moment, Share, Value


class DataFile(Value):
    """A file of a release. label_kind and split: of its records; None for a file of another kind."""

    rows: Count
    bytes: Count
    sha256: str
    label_kind: LabelKind | None
    split: SplitName | None


class SuiteEntry(Value):
    """A check of a suite as it was: all of it that decides."""

    type: str
    kwargs: dict[str, Any]
    severity: Severity
    reason: str
    mostly: Share


class Making(Value):
    """What a release was made from and what came of it, without what only its files tell.

    config: the settings that it depends on. suites_hash: of what changes results; suite_files_hash: of the whole files,
    suites: the checks of each suite; raw_hash: of the raw paths, to tell the same place from another. The three are
    None in manifests that are older than they. decision: the one by which it is published though the gate held it.
    """

    run_id: str
    inputs: tuple[SizedRawFile, ...]
    config: dict[str, Any]
    suites_hash: str
    suite_files_hash: str | None
    suites: dict[str, tuple[SuiteEntry, ...]] | None
    raw_hash: str | None
    versions: dict[str, str]
    decision: RecordedDecision | None
    figures: Figures


class _Published(Value):
    release_id: str
    created: Moment
    data_files: dict[str, DataFile]


class Manifest(Making, _Published):
    """The whole of it. data_files: by their paths in the release."""
