"""The excluded rows of a run in the order in which people look at them, each as a page gets it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.personal_data import mask_personal_data, mask_text
from sftrm_quality.reading import Span
from sftrm_quality.releases import STREAMED, KnownRecords
from sftrm_quality.reports.raw_defects import raw_defects
from sftrm_quality.sources import natural_key
from sftrm_quality.words import skeleton_of

EXCERPT_CHARACTERS = 300
# What is shown before a defect that lies beyond the beginning of its record.
_LEAD = 60
_DETAIL_CHARACTERS = 200
# A night has some hundred; what names a field of its own in each record is said in English.
_MOST_SENTENCES = 2_000
# More than the longest finding of personal data has: what begins or ends in the excerpt is masked whole.
BEYOND = 700
# Of a longer record the defect is not looked for in the rest.
_LOOKED_AT = 1 << 16
_BATCH_ROWS = 500
_COMMON = ("label_kind", "record_id", "data_id", "source_file", "source_index", "source_line", "payload")
_OWN = {
    "quarantine": ("stage", "reasons", "details", "payload_bytes"),
    "duplicates": ("kind", "duplicate_of", "similarity"),
}


OUTCOMES = ("failing", "duplicate", "warned")
"""How records come to be on the page: unreadable or quarantined, a duplicate, published although a check warns."""
FAILING, DUPLICATE, WARNED = range(3)


class Codes(dict[Any, int]):
    """Numbers for names, in the order in which they come."""

    def __missing__(self, name: Any) -> int:
        self[name] = len(self)
        return self[name]


@dataclass(frozen=True)
class Names:
    """The codes of names, which they get while rows are read; a reason's name is that of its label kind and its own.

    details: the sentences of what was found, without what differs from record to record.
    """

    files: Codes = field(default_factory=Codes)
    kinds: Codes = field(default_factory=Codes)
    reasons: Codes = field(default_factory=Codes)
    details: set[str] = field(default_factory=set)

    def note(self, details: Iterable[str]) -> None:
        """Keep the sentences of some details, for pages in other languages."""
        for detail in details:
            if len(self.details) < _MOST_SENTENCES:
                self.details.add(skeleton_of(detail)[0])


@dataclass(frozen=True)
class BrowseRow:
    """One row: its JSON, its outcome, and the codes of its file, its label kind and its reasons."""

    json: bytes
    outcome: int
    file: int
    kind: int
    reasons: tuple[int, ...]
    new: bool


@dataclass
class ExcludedRows:
    """The rows of a quarantine and a duplicates file.

    known: of each table the records that the release before had in it; without them no row is new.
    """

    paths: Mapping[str, Path]
    known: Mapping[str, KnownRecords]
    names: Names

    def counted(self) -> tuple[Counter[tuple[str, str]], list[tuple[str, str, int]]]:
        """How many rows of each file there are in each table, and where: file, table, row group.

        Returns:
            The counts by table and file; the places, files in the reverse natural order of their names, since most
            names end with a date or a number, and the newest is what is looked for.
        """
        counts: Counter[tuple[str, str]] = Counter()
        places: list[tuple[str, str, int]] = []
        for table, path in self.paths.items():
            with pq.ParquetFile(path, **STREAMED) as file:
                for group in range(file.num_row_groups):
                    names = file.read_row_group(group, columns=["source_file"])["source_file"]
                    for found in pc.value_counts(names).to_pylist():
                        counts[table, found["values"]] += found["counts"]
                        places.append((found["values"], table, group))
        # Rows of a file stay in their order.
        return counts, sorted(places, key=lambda place: natural_key(place[0]), reverse=True)

    def rows(self, places: list[tuple[str, str, int]], room: dict[tuple[str, str], int]) -> Iterator[BrowseRow]:
        """The rows, place by place.

        Args:
            places: As `counted` gives them.
            room: How many rows of each table and file there are to be at most; counted down.

        Yields:
            The first rows of each.
        """
        with ExitStack() as stack:
            tables = {
                table: stack.enter_context(pq.ParquetFile(path, **STREAMED)) for table, path in self.paths.items()
            }
            for name, table, group in places:
                # Texts are read only where there is room: of a night that failed as a whole that is a little.
                if room[table, name]:
                    for batch in tables[table].iter_batches(_BATCH_ROWS, [group], [*_COMMON, *_OWN[table]]):
                        mine = batch.filter(pc.equal(batch["source_file"], name)).slice(0, room[table, name])
                        room[table, name] -= len(mine)
                        yield from self._of_batch(mine, table)

    def _of_batch(self, batch: pa.RecordBatch, table: str) -> Iterator[BrowseRow]:
        texts = pc.fill_null(pc.utf8_slice_codeunits(batch["payload"], 0, _LOOKED_AT), "")
        columns = {name: batch[name] for name in batch.schema.names if not name.startswith("payload")}
        columns["text"] = texts
        columns["characters"] = pc.fill_null(pc.utf8_length(batch["payload"]), 0)
        columns["new"] = pa.array(~self.known[table].has(batch["record_id"])) if table in self.known else None
        if table == "quarantine":
            columns["as_read"] = batch["payload_bytes"].is_null()
        lists = [[None] * len(batch) if column is None else column.to_pylist() for column in columns.values()]
        for values in zip(*lists, strict=True):
            yield self._row(dict(zip(columns, values, strict=True)), table)

    def _row(self, row: Mapping[str, Any], table: str) -> BrowseRow:
        """As `templates/browse.js` reads it."""
        kind = row["label_kind"] or ""
        marks: list[Span] = []
        if table == "quarantine":
            reasons = tuple(self.names.reasons[kind, reason] for reason in row["reasons"])
            details = [detail[:_DETAIL_CHARACTERS] for detail in row["details"]]
            self.names.note(details)
            own = [details, row["stage"], ""]
            marks = raw_defects(row["text"], row["stage"], row["reasons"], row["details"], row["as_read"])
        else:
            reasons = (self.names.reasons[kind, f"duplicate: {row['kind']}"],)
            own = [[f"{row['similarity']:.2f}"], "", row["duplicate_of"]]
        outcome = FAILING if table == "quarantine" else DUPLICATE
        file = self.names.files[row["source_file"]]
        shown = [row["record_id"], shown_id(row["data_id"]), file, row["source_index"], row["source_line"], reasons]
        first, excerpt, marked = _excerpt(row["text"], row["data_id"], marks)
        text = [excerpt, row["characters"], *own, int(row["new"] or 0), first, marked, outcome]
        json = orjson.dumps([*shown, *text])
        return BrowseRow(json, outcome, file, self.names.kinds[kind], reasons, bool(row["new"]))


def shown_id(data_id: str | None) -> str:
    """The id that a vendor gave, as a page shows it: vendors number by telephone and by e-mail too."""
    return mask_personal_data((data_id or "")[: _DETAIL_CHARACTERS + BEYOND])[:_DETAIL_CHARACTERS]


def _excerpt(text: str, data_id: str | None, marks: list[Span]) -> tuple[int, str, list[int]]:
    """Where an excerpt begins, its masked text, and start and end of each mark in it, one after the other."""
    first = 0
    if marks and marks[0][0] > EXCERPT_CHARACTERS - _LEAD:
        first = marks[0][0] - _LEAD
    start = max(0, first - BEYOND)
    around = text[start : first + EXCERPT_CHARACTERS + BEYOND]
    # Masking keeps the length.
    shown = mask_text(around, data_id)[first - start :][:EXCERPT_CHARACTERS]
    within = [(max(0, begin - first), min(end - first, len(shown))) for begin, end in marks]
    return first, shown, [place for begin, end in within if begin < end for place in (begin, end)]
