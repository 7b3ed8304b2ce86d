"""How a stream is read: by which format, with which ids; or why nothing of it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.formats import Formats, NoFormat, declaration_of
from sftrm_quality.formats.base import DATA_ID, Format, Unlabelled
from sftrm_quality.formats.whole import links_of
from sftrm_quality.intake.ids import FROM_CONTENT, has_data_ids, id_field
from sftrm_quality.intake.late_records import LookedThrough, look_through, values
from sftrm_quality.reading import WORKBOOK, Joined, OpenDocument, RawStream, UnknownFile, join, open_document
from sftrm_quality.run_record import FileStatus
from sftrm_quality.words import number, say, say_of


@dataclass(frozen=True)
class Recognised:
    """A stream that is read. Its document is open at its first record.

    why: what decided about the format. id_field: where its ids are, "" for ids from the content. note: what else is to
    be said of it.
    """

    document: OpenDocument
    format: Format
    why: str
    id_field: str
    note: str = ""


@dataclass(frozen=True)
class NotRead:
    """A stream of which no record is read, and the note that says why.

    status: ``read`` where there is none, ``skipped`` where none has a label, else ``unreadable``.
    records: how many were counted, None where its container is not known. no_format: what they look like, where they
    are of no known format.
    """

    status: FileStatus
    note: str
    format: str | None = None
    container: str | None = None
    encoding: str | None = None
    records: int | None = None
    incomplete: bool = False
    no_format: NoFormat | None = None


def recognise_stream(
    stream: RawStream, limits: Limits, spill: Path, source: SourceSettings, formats: Formats
) -> Recognised | NotRead:
    """Decide how a stream is read, after a look at all of it where its beginning does not tell.

    Args:
        stream: The stream.
        limits: Bounds of memory.
        spill: An existing folder for the text of compressed streams.
        source: What is declared about it.
        formats: Those of the run.

    Returns:
        Its document with format and ids, or why there is nothing to read.

    Raises:
        ConfigError: The declared format is not known.
        OSError, StorageError: It cannot be read, or changes meanwhile.
    """

    def again() -> OpenDocument:
        # What was looked through is used up.
        opened = open_document(stream, limits, spill, source.encoding, source.columns)
        if isinstance(opened, UnknownFile):
            raise TransientStorageError(
                say("{path}: changed while it was read; run again when it is whole", path=stream.path)
            )
        return opened

    document = open_document(stream, limits, spill, source.encoding, source.columns)
    if isinstance(document, UnknownFile):
        # A new workbook has empty sheets.
        blank = document.empty and stream.sheet is not None
        status, container = (FileStatus.SKIPPED, WORKBOOK) if blank else (FileStatus.UNREADABLE, None)
        seen = _of_unknown(document, formats)
        return NotRead(status, seen, container=container, records=0 if document.empty else None)
    found, sample = formats.recognise(document.sample, source), document.sample
    if isinstance(found, Unlabelled | NoFormat):
        # The sample is the beginning of the file; what comes later may be records all the same.
        looked = look_through(document, found, source, formats)
        if looked.format is None:
            return _without_records(document, found, looked, formats)
        found, sample, document = looked.format, [*sample, looked.record], again()
        why = say(
            "record {records:,} is the first that is of a known format{by}",
            records=looked.records + 1,
            by=_by(found, [looked.record]),
        )
    elif source.format != "auto":
        why = say("declared under sources")
    else:
        count = sum(isinstance(record, Mapping) and found.fits(record) for record in sample)
        why = say(
            "{fitting:,} of the first {looked_at:,} records are of it{by}",
            fitting=count,
            looked_at=len(sample),
            by=_by(found, sample),
        )
    declared = declaration_of(found)
    if declared is not None and (links := links_of(declared)):
        joined = join(document, links, limits, spill, source.encoding, source.columns)
        return _of_joined(joined, document, found, why, limits)
    ids_in = (declared.id if declared else None) or DATA_ID
    if ids_in == DATA_ID and not has_data_ids(sample):
        ids_in = id_field(sample, partial(values, document))
        document.close()
        document = again()
    return Recognised(document, found, why, ids_in)


def _of_joined(
    joined: Joined | int, document: OpenDocument, found: Format, why: str, limits: Limits
) -> Recognised | NotRead:
    """A file whose records are messages of trees; each question of a tree has an id of its own."""
    if isinstance(joined, Joined):
        trees = say_of("{count} tree", "{count} trees", joined.trees)
        note = say_of("{count} message of {trees}", "{count} messages of {trees}", joined.members, trees=trees)
        return Recognised(joined.document, found, why, FROM_CONTENT, note)
    note = say(
        "messages of trees, more than the {most:,} that are put together (limits.joined_records): allow more, or give "
        "the trees in several files",
        most=limits.joined_records,
    )
    return NotRead(
        FileStatus.UNREADABLE, note, container=document.container, encoding=document.encoding, records=joined
    )


def _by(found: Format, sample: Sequence[object]) -> str:
    """The fields that hold the labels of the first record that fits."""
    record = next((one for one in sample if isinstance(one, Mapping) and found.fits(one)), {})
    names = [name for name in record if re.fullmatch(found.label_fields, name)]
    return ", " + say("by {names}", names=", ".join(names)) if names else ""


def _of_unknown(file: UnknownFile, formats: Formats) -> str:
    """What was seen, and whether it is a table with our columns."""
    kind, _, rest = file.seen.partition(",")
    delimited = kind in ("plain text", "CSV-like text", "tab-separated text") and formats.has_our_columns(file.header)
    return (
        say("{table} with our column names,{rest}", table="TSV" if kind.startswith("tab") else "CSV", rest=rest)
        if delimited
        else file.seen
    )


def _without_records(
    document: OpenDocument, found: Unlabelled | NoFormat, looked: LookedThrough, formats: Formats
) -> NotRead:
    """A file of which no record has a label: empty or without labels, which is no fault, or unreadable."""
    nothing = NotRead(
        FileStatus.READ,
        say("no records"),
        container=document.container,
        encoding=document.encoding,
        records=looked.records,
        incomplete=document.ends_early(),
    )
    if not looked.records:
        return nothing
    if isinstance(found, Unlabelled):
        if looked.odd is None:
            note = say("{count} {holds}", count=number(looked.records), holds=say(found.holds))
            return replace(nothing, status=FileStatus.SKIPPED, note=note, format=found.name)
        found = formats.no_format([looked.odd])
    words = found.seen if document.sample else say("none of them can be parsed")
    note = say(
        "no known format: {container}, {records:,} records, {words}",
        container=document.container,
        records=looked.records,
        words=words,
    )
    return replace(nothing, status=FileStatus.UNREADABLE, note=note, no_format=found if document.sample else None)
