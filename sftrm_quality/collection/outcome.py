"""What became of every record that passed its own checks, as arrays over all rows of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sftrm_quality.arrays import Floats, Rows
from sftrm_quality.checks.results import CheckCount
from sftrm_quality.collection.checking import Failure
from sftrm_quality.collection.redelivery import Replaced
from sftrm_quality.collection.shards import Shard, hash_column, record_ids
from sftrm_quality.intake import FileIntake
from sftrm_quality.ledger import FileAccount, Ledger
from sftrm_quality.records import DuplicateKind, LabelKind, NoKind, SplitName
from sftrm_quality.run_record import NO_RECORDS, Account
from sftrm_quality.splits import SPLITS

# An outcome is a position in SPLITS (published there), or one of these.
DUPLICATE = len(SPLITS)
QUARANTINED = DUPLICATE + 1
# A kind of duplicate is a position in DUPLICATE_KINDS, or this.
DUPLICATE_KINDS = tuple(DuplicateKind)
NO_DUPLICATE = -1


@dataclass(frozen=True)
class KeptApart:
    """Rows that stay although another one is nearly the same, since something tells the two apart.

    rows: ascending. others: the most alike one of each. by: what tells them apart, a value of ``dedup.Apart``.
    similarity: 0 to 1. prompts: for templates how many prompts share the most common passage, else 0.
    """

    rows: Rows
    others: Rows
    by: npt.NDArray[np.uint8]
    similarity: Floats
    prompts: npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Collection:
    """All shards of a run and the outcome of each of their rows.

    unknown: files of no known format. outcome: int8, position in `SPLITS`, or DUPLICATE, or QUARANTINED. copy_number,
    failing_copy_number: running number among records of the same content, of the passed rows and of the failing rows of
    their shards. duplicate_of: the surviving row, -1 where the row is no duplicate; duplicate_kind: int8, position in
    `DUPLICATE_KINDS`, or NO_DUPLICATE; similarity: 0 to 1, 1.0 for exact and folded duplicates. group: the first row of
    the prompt group of each row; -1 before the splits. templated: the templated parts of its prompt
    (``dedup.Templates``). frozen: the split that its prompt is frozen in, `NO_SPLIT` for none. kept_apart: rows that
    stay although another one is nearly the same. replaced: quarantined rows whose place a later file took. failures,
    warned: by row, why it fails beside the others, and the
    reasons of what warns of it there.
    """

    shards: tuple[Shard, ...]
    unknown: tuple[FileIntake, ...]
    outcome: npt.NDArray[np.int8]
    copy_number: Rows
    failing_copy_number: Rows
    duplicate_of: Rows
    duplicate_kind: npt.NDArray[np.int8]
    similarity: Floats
    group: Rows
    templated: npt.NDArray[np.uint8]
    frozen: npt.NDArray[np.int8]
    kept_apart: KeptApart
    replaced: Replaced
    failures: Mapping[int, Failure]
    warned: Mapping[int, tuple[str, ...]]
    counts: tuple[CheckCount, ...]

    @cached_property
    def _content_hashes(self) -> npt.NDArray[np.uint64]:
        hashes = [hash_column(shard.keys_path, "content_hash") for shard in self.shards]
        return np.concatenate(hashes) if hashes else np.zeros((0, 2), np.uint64)

    @cached_property
    def kinds(self) -> npt.NDArray[np.int8]:
        """Position in `LabelKind` of every row."""
        codes = list(LabelKind)
        return np.repeat(
            np.array([codes.index(shard.label_kind) for shard in self.shards], np.int8),
            np.array([shard.rows for shard in self.shards], np.int64),
        )

    def record_ids(self, rows: Rows) -> list[str]:
        """The ids of some rows, in their order.

        Raises:
            StorageError: The fingerprints of a shard are missing or broken.
        """
        hashes, numbers, kinds = self._content_hashes[rows], self.copy_number[rows], self.kinds[rows]
        ids: list[str] = [""] * len(rows)
        for code, kind in enumerate(LabelKind):
            chosen = np.flatnonzero(kinds == code)
            for position, record_id in zip(chosen, record_ids(kind, hashes[chosen], numbers[chosen]), strict=True):
                ids[position] = record_id
        return ids

    @cached_property
    def ledger(self) -> Ledger:
        """The account of every source file and label kind, counted from the outcomes."""
        accounts: dict[tuple[str, LabelKind | NoKind], FileAccount] = {}
        for shard in self.shards:
            summary = shard.intake.shards[shard.number]
            outcomes = np.bincount(self.outcome[shard.start : shard.start + shard.rows], minlength=QUARANTINED + 1)
            key = shard.intake.source_file, shard.label_kind
            before = accounts[key].account if key in accounts else NO_RECORDS
            account = before + Account(
                received=summary.received,
                unreadable=summary.unreadable,
                quarantined=summary.quarantined + int(outcomes[QUARANTINED]),
                duplicates=int(outcomes[DUPLICATE]),
                published=int(outcomes[: len(SPLITS)].sum()),
            )
            accounts[key] = FileAccount(*key, account)
        for intake in self.unknown:
            count = intake.unknown_records
            account = NO_RECORDS.model_copy(update={"received": count, "unreadable": count})
            accounts[intake.source_file, NoKind.UNKNOWN] = FileAccount(intake.source_file, NoKind.UNKNOWN, account)
        return Ledger(tuple(accounts.values()))

    def split_sizes(self, kind: LabelKind) -> dict[SplitName, int]:
        """Published records of a label kind by split."""
        outcomes = self.outcome[self.kinds == list(LabelKind).index(kind)]
        return {split: int(np.count_nonzero(outcomes == code)) for code, split in enumerate(SPLITS)}

    def duplicates(self, kind: DuplicateKind) -> npt.NDArray[np.bool_]:
        """Mask over the rows: the removed duplicates of one kind."""
        found: npt.NDArray[np.bool_] = (self.outcome == DUPLICATE) & (
            self.duplicate_kind == DUPLICATE_KINDS.index(kind)
        )
        return found

    def duplicate_counts(self, kind: LabelKind) -> dict[DuplicateKind, int]:
        """Removed duplicates of a label kind, by kind of duplicate."""
        of_kind = self.kinds == list(LabelKind).index(kind)
        return {found: int(np.count_nonzero(self.duplicates(found) & of_kind)) for found in DUPLICATE_KINDS}
