"""Two releases side by side: what ``sftrm diff`` says. Pairs are before and now."""

from typing import Any

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record.changes import Step
from sftrm_quality.run_record.counts import Account
from sftrm_quality.run_record.value import Count, Moment, Value

Counts = dict[LabelKind, dict[str, tuple[int, int]]]


class ReleaseHead(Value):
    """Which release it is."""

    release_id: str
    created: Moment
    run_id: str
    is_current: bool
    suites_hash: str
    config_hash: str


class RecordChanges(Value):
    """Records by their ids. kept: in their split. moved: by ``split → split``."""

    added: Count
    removed: Count
    kept: Count
    moved: dict[str, int]


class FileAccounts(Value):
    """A source file of either release; None where it was not there."""

    source_file: str
    before: Account | None
    now: Account | None


class Comparison(Value):
    """All of it. settings and versions: those that differ."""

    before: ReleaseHead
    now: ReleaseHead
    ledger: Counts
    duplicates: Counts
    splits: Counts
    reasons: Counts
    warnings: Counts
    records: dict[LabelKind, RecordChanges]
    files: tuple[FileAccounts, ...]
    by_file: tuple[Step, ...]
    settings: dict[str, tuple[Any, Any]]
    versions: dict[str, tuple[str | None, str | None]]
