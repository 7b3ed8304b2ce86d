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


class ExportedFile(Value):
    """A file of an export. split: None for a file that only describes the others. records: how many it was made of.

    left_out: records that no row was made of, by the rule that leaves them out. made_from: a hash of all that its bytes
    follow from.
    """

    split: SplitName | None
    rows: Count
    records: Count
    left_out: dict[str, Count]
    bytes: Count
    sha256: str
    made_from: str


class ExportFigures(Value):
    """What an export holds. settings: with which it was made. left_out: as of its files."""

    settings: dict[str, Any]
    records: Count
    rows: Count
    left_out: dict[str, Count]


class Export(ExportFigures):
    """Files of a release for a trainer, by their paths in the release.

    made_from: a hash of all that they follow from. Files that would have no row are not written; their records are in
    the figures.
    """

    made_from: str
    files: dict[str, ExportedFile]

    @property
    def figures(self) -> ExportFigures:
        """Without its files."""
        return ExportFigures(**{name: getattr(self, name) for name in ExportFigures.model_fields})


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
    None in manifests that are older than they. reviews_hash: of the waivers and corrections effective on the day as_of;
    the hash is None where there are none, and both where the settings name no folder. decision: the one by which it is
    published though the gate held it.
    """

    run_id: str
    inputs: tuple[SizedRawFile, ...]
    config: dict[str, Any]
    suites_hash: str
    suite_files_hash: str | None
    suites: dict[str, tuple[SuiteEntry, ...]] | None
    raw_hash: str | None
    reviews_hash: str | None
    as_of: str | None
    versions: dict[str, str]
    decision: RecordedDecision | None
    figures: Figures


class _Published(Value):
    release_id: str
    created: Moment
    data_files: dict[str, DataFile]
    exports: dict[str, Export]


class Manifest(Making, _Published):
    """The whole of it. data_files: by their paths in the release. exports: by name; no part of what a release is."""
