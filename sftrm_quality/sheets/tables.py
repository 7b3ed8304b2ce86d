"""What a sheet for repair has in its rows, whatever file it is in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sftrm_quality.records import LabelKind
from sftrm_quality.reviews import Value
from sftrm_quality.rows import Cell, Selection, descriptions, line_of, reasons_in_words
from sftrm_quality.run_record import Report
from sftrm_quality.sheets.failing import FailingRecord, InFields
from sftrm_quality.sheets.fields import NEW, fields_shown
from sftrm_quality.words import say, say_of

RECORD = "record"
"""The column by which a row is known again."""
ABOUT = (RECORD, "file", "line", "what_is_wrong")
ANEW = ("file", "line", "data_id", "what_is_wrong", "payload")
"""Columns of records that nobody can mend here, because they have no fields."""


@dataclass(frozen=True)
class ToMend:
    """A record with cells to fill."""

    record: str
    kind: LabelKind
    file: str
    line: Cell
    what_is_wrong: list[str]
    values: Mapping[str, Value]


@dataclass(frozen=True)
class ToDeliverAnew:
    """A record without."""

    record_id: str
    file: str
    line: Cell
    data_id: str
    what_is_wrong: list[str]
    payload: str


@dataclass
class Tables:
    """The failing records of a selection, read as often as they are asked for.

    report: of the run that checked them. selection: of them. in_fields: takes them apart. to_mend: how many there are,
    by label kind. fields: that they have. to_deliver_anew: how many others there are. replaced: how many were left out,
    because a later file has others in their place.
    """

    report: Report
    selection: Selection
    in_fields: InFields
    to_mend: dict[LabelKind, int] = field(default_factory=dict)
    fields: dict[LabelKind, list[str]] = field(default_factory=dict)
    to_deliver_anew: int = 0
    replaced: int = 0
    _copies: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shown: dict[LabelKind, set[str]] = {}
        for one in self._failing():
            if one.is_replaced:
                self.replaced += 1
            elif one.values is None:
                self.to_deliver_anew += 1
            else:
                self._copies[one.record] = self._copies.get(one.record, 0) + 1
                self.to_mend[one.kind] = self.to_mend.get(one.kind, 0) + (self._copies[one.record] == 1)
                shown.setdefault(one.kind, set()).update(fields_shown(one.kind, [one.values]))
        self.fields = {
            kind: fields_shown(kind, [dict.fromkeys(shown[kind], "")]) for kind in LabelKind if kind in shown
        }

    def records(self) -> Iterator[ToMend]:
        """Those that can be mended, in the order of the files, identical copies once."""
        described, told = descriptions(self.report), set[str]()
        for one in self._failing():
            if one.values is None or one.is_replaced or one.record in told:
                continue
            told.add(one.record)
            wrong = [*reasons_in_words(one.row, described), *self._notes(one)]
            yield ToMend(one.record, one.kind, one.row["source_file"], line_of(one.row), wrong, one.values)

    def others(self) -> Iterator[ToDeliverAnew]:
        """Those that cannot."""
        described = descriptions(self.report)
        for one in self._failing():
            if one.values is None and not one.is_replaced:
                row = one.row
                yield ToDeliverAnew(
                    row["record_id"],
                    row["source_file"],
                    line_of(row),
                    row["data_id"] or "",
                    reasons_in_words(row, described),
                    row["payload"] or "",
                )

    def _failing(self) -> Iterable[FailingRecord]:
        return self.in_fields.of(self.selection.rows())

    def _notes(self, one: FailingRecord) -> Iterator[str]:
        if (copies := self._copies[one.record]) > 1:
            yield say_of("Delivered {count} time.", "Delivered {count} times, the first one here.", copies)
        if by := one.row.get("corrected_by"):
            yield say("Corrected by {by} already, and this is wrong with the correction.", by=by)


def columns(fields: Iterable[str]) -> list[str]:
    """The columns of a table: about the record, then each field and the cell to fill beside it."""
    return [*ABOUT, *(name for one in fields for name in (one, NEW + one))]
