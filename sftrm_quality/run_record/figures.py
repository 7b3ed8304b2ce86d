"""Everything that is counted of a night's data: the part that manifest and report have in common."""

from sftrm_quality.records import DuplicateKind, LabelKind, NoKind, SplitName
from sftrm_quality.run_record.checks import Check, Gate, PersonalFigures, ReasonsTogether
from sftrm_quality.run_record.counts import Account, FileEntry, PromptGroups
from sftrm_quality.run_record.profile import Profile
from sftrm_quality.run_record.reviews import ReviewCounts
from sftrm_quality.run_record.value import Value


class Figures(Value):
    """A pure function of the data, without times and run id.

    In a run that published nothing, ``published`` and ``splits`` count what would have been. conflicts: prompts that
    occur in several published records, each with another answer. review_counts: None in a run without reviews.
    personal_data and profile are None where a version
    that did not have them made the release.
    """

    ledger: dict[LabelKind | NoKind, Account]
    files: tuple[FileEntry, ...]
    reasons: dict[LabelKind, dict[str, int]]
    warnings: dict[LabelKind, dict[str, int]]
    duplicates: dict[LabelKind, dict[DuplicateKind, int]]
    conflicts: dict[LabelKind, int]
    splits: dict[LabelKind, dict[SplitName, int]]
    prompt_groups: PromptGroups
    checks: tuple[Check, ...]
    gate: Gate
    reasons_together: dict[LabelKind, tuple[ReasonsTogether, ...]]
    personal_data: tuple[PersonalFigures, ...] | None
    profile: Profile | None
    review_counts: ReviewCounts | None
