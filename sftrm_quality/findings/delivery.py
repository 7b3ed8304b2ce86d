"""The delivery: what is new, changed or gone against the current release, by names and bytes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.config import RunConfig
from sftrm_quality.reading import WORKBOOK
from sftrm_quality.run_record import NO_RECORDS, Account, DeliveryStatus, FileEntry, FileStatus, Manifest
from sftrm_quality.sources import raw_name, source_of


@dataclass(frozen=True)
class DeliveredFile:
    """A source file, or a member of an archive, beside what the current release has of it.

    entries: one for each label kind; of a file that is gone, those of the current release, without their counts.
    before: those of the current release, under the name that the file has there; none where it has none.
    content_hash: of the raw file that it is in, as it is now or was. of_blank_book: it is a sheet of a book of which
    no sheet holds a record.
    """

    source_file: str
    source: str
    status: DeliveryStatus
    entries: tuple[FileEntry, ...]
    before: tuple[FileEntry, ...]
    content_hash: str
    of_blank_book: bool = False

    @property
    def account(self) -> Account:
        """What became of its records, of all label kinds."""
        return sum((entry.account for entry in self.entries), NO_RECORDS)

    @property
    def account_before(self) -> Account:
        """The same in the current release."""
        return sum((entry.account for entry in self.before), NO_RECORDS)

    @property
    def ends_early(self) -> bool:
        return any(entry.incomplete for entry in self.entries)

    @property
    def is_unreadable(self) -> bool:
        """Whether it holds records of no known format."""
        return bool(self.account.received) and any(entry.status is FileStatus.UNREADABLE for entry in self.entries)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it; a file that holds no labels by design, or an empty sheet, is not empty."""
        skipped = all(entry.status is FileStatus.SKIPPED for entry in self.entries) and not self.of_blank_book
        return self.status is not DeliveryStatus.GONE and not self.account.received and not skipped


def delivered_files(
    files: Sequence[FileEntry],
    hashes: Mapping[str, str],
    current: Manifest | None,
    config: RunConfig,
    *,
    looks_for_gone: bool,
) -> tuple[DeliveredFile, ...]:
    """Put each source file beside what the current release has of it.

    The same bytes under another name are renamed, and not gone, as long as the old name is not there any more.

    Args:
        files: Entries of tonight's source files.
        hashes: Of the bytes of tonight's raw files, by name.
        current: Of the current release, None without one.
        config: Says whose a file is.
        looks_for_gone: Whether a file of the current release that is not there is gone; not in a check of other paths.

    Returns:
        All of them, those that are gone last.
    """
    tonight, before = _by_name(files), _by_name(current.figures.files if current else ())
    hashes_before = {raw.source_file: raw.content_hash for raw in current.inputs} if current else {}
    formerly = _renamed(hashes, hashes_before)
    sheets = [file for file in files if file.container == WORKBOOK]
    written = {_book(file.source_file) for file in sheets if file.received}
    blank_books = {_book(file.source_file) for file in sheets} - written
    delivered = []
    for name, entries in tonight.items():
        raw = raw_name(name)
        was = formerly.get(raw, raw)
        known = before.get(was + name[len(raw) :], ())
        if raw in formerly:
            status = DeliveryStatus.RENAMED
        elif not known and raw not in hashes_before:
            status = DeliveryStatus.NEW
        elif hashes_before.get(raw) == hashes.get(raw):
            status = DeliveryStatus.SAME
        else:
            status = DeliveryStatus.CHANGED if known else DeliveryStatus.NEW
        blank = entries[0].container == WORKBOOK and _book(name) in blank_books
        source, content_hash = source_of(name, config), hashes.get(raw, "")
        delivered.append(DeliveredFile(name, source, status, entries, known, content_hash, blank))
    return (*delivered, *(_gone(tonight, before, hashes, hashes_before, config) if looks_for_gone else ()))


def _book(sheet: str) -> str:
    return sheet.rpartition("!/")[0]


def _by_name(files: Sequence[FileEntry]) -> dict[str, tuple[FileEntry, ...]]:
    found: dict[str, tuple[FileEntry, ...]] = defaultdict(tuple)
    for file in files:
        found[file.source_file] += (file,)
    return dict(found)


def _renamed(hashes: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """New names of raw files, each with the name that its bytes had."""
    missing: dict[str, list[str]] = defaultdict(list)
    for name in sorted(before.keys() - hashes.keys(), reverse=True):
        missing[before[name]].append(name)
    return {
        name: missing[hashes[name]].pop() for name in sorted(hashes.keys() - before.keys()) if missing[hashes[name]]
    }


def _gone(
    tonight: Mapping[str, object],
    before: Mapping[str, tuple[FileEntry, ...]],
    hashes: Mapping[str, str],
    hashes_before: Mapping[str, str],
    config: RunConfig,
) -> list[DeliveredFile]:
    """Files of the current release whose bytes are nowhere, and members that their archive has lost."""
    bytes_tonight, gone = set(hashes.values()), []
    for name, known in before.items():
        raw = raw_name(name)
        content_hash = hashes_before.get(raw, "")
        if name not in tonight and content_hash not in bytes_tonight:
            source = source_of(name, config)
            entries = tuple(_without_counts(entry, source) for entry in known)
            gone.append(DeliveredFile(name, source, DeliveryStatus.GONE, entries, known, content_hash))
    return gone


def _without_counts(entry: FileEntry, source: str) -> FileEntry:
    nothing = {
        "source": source,
        "note": "",
        "incomplete": False,
        "fields_unread": {},
        "repairs": {},
        "repairable": {},
        "reasons": {},
        "warnings": {},
        "marks": {},
        **dict(NO_RECORDS),
    }
    return entry.model_copy(update={"status": FileStatus.GONE, "delivery": DeliveryStatus.GONE, **nothing})
