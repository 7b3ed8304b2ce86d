"""The ledger: received = unreadable + quarantined + duplicates + published, by label kind and by source file."""

from dataclasses import asdict, dataclass, fields

from sftrm_quality.errors import LedgerError
from sftrm_quality.records import LabelKind


@dataclass(frozen=True)
class Account:
    """Counts of records by where they ended."""

    received: int = 0
    unreadable: int = 0
    quarantined: int = 0
    duplicates: int = 0
    published: int = 0

    @property
    def difference(self) -> int:
        """Records received and found nowhere (positive), or found twice (negative)."""
        return self.received - self.unreadable - self.quarantined - self.duplicates - self.published

    def __add__(self, other: "Account") -> "Account":
        return Account(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class FileAccount:
    """The account of one source file; ``label_kind`` is None where no record of a kind was read from it."""

    source_file: str
    label_kind: LabelKind | None
    account: Account


@dataclass(frozen=True)
class Ledger:
    """Accounts of all source files, in their order."""

    files: tuple[FileAccount, ...]

    def of(self, kind: LabelKind) -> Account:
        return sum((f.account for f in self.files if f.label_kind == kind), Account())

    def close(self) -> None:
        """Raise LedgerError unless every account closes, naming the files whose does not."""
        open_accounts = [f for f in self.files if f.account.difference]
        if open_accounts:
            listed = "; ".join(f"{f.source_file}: {f.account}" for f in open_accounts[:5])
            raise LedgerError(
                f"the ledger does not close for {len(open_accounts)} source files, nothing is published: {listed}. "
                "This is a fault of sftrm-quality: please report it with this line"
            )
