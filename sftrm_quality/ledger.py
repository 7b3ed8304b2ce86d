"""The ledger: received = unreadable + quarantined + duplicates + published, by label kind and by source file."""

from dataclasses import dataclass

from sftrm_quality.errors import LedgerError
from sftrm_quality.records import LabelKind, NoKind
from sftrm_quality.run_record import NO_RECORDS, Account
from sftrm_quality.words import say


@dataclass(frozen=True)
class FileAccount:
    """The account of one source file, of its records of one label kind."""

    source_file: str
    label_kind: LabelKind | NoKind
    account: Account


@dataclass(frozen=True)
class Ledger:
    """Accounts of all source files, in their order."""

    files: tuple[FileAccount, ...]

    def of(self, kind: LabelKind | NoKind) -> Account:
        return sum((f.account for f in self.files if f.label_kind == kind), NO_RECORDS)

    def close(self) -> None:
        """Raise LedgerError unless every account closes, naming the files whose does not."""
        open_accounts = [f for f in self.files if f.account.difference]
        if open_accounts:
            listed = "; ".join(f"{f.source_file}: {f.account!r}" for f in open_accounts[:5])
            raise LedgerError(
                say(
                    "the ledger does not close for {count} source files, nothing is published: {listed}. This "
                    "is a fault of sftrm-quality: please report it with this line",
                    count=len(open_accounts),
                    listed=listed,
                )
            )
