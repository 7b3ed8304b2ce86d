"""What raw files are and how a run would read them: without checks, without an output folder, in this process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.errors import storage_error
from sftrm_quality.formats import Formats, formats_of, read_declarations
from sftrm_quality.formats.proposing import propose
from sftrm_quality.inspection.named import Inspected
from sftrm_quality.inspection.seen import seen_of
from sftrm_quality.intake import NotRead, recognise_stream
from sftrm_quality.reading import RawStream, UnknownFile, open_streams
from sftrm_quality.records import Repair
from sftrm_quality.run_record import FileStatus, InspectedFile, MissingFields, ProposedFormat, UnreadField
from sftrm_quality.words import say

_FIELDS_SHOWN = 1000
"""Names of fields of a file of no known format. Where there are more, keys are data."""


def inspect(inspected: Inspected, config: RunConfig) -> Iterator[InspectedFile]:
    """Read a raw file as a run would.

    Args:
        inspected: What is to be inspected.
        config: The settings of the run. What they declare about sources counts.

    Yields:
        What was found in the file, or in each member of an archive.

    Raises:
        ConfigError: A declared format is not known.
        StorageError: The file cannot be read.
    """
    file = inspected.file
    formats = formats_of(read_declarations(config.formats))
    try:
        for stream in open_streams(file, config.limits):
            if inspected.only in (None, stream.source_file):
                yield _inspect_stream(stream, config, formats)
    except OSError as error:
        raise storage_error(error, file.path) from error


def _inspect_stream(stream: RawStream | UnknownFile, config: RunConfig, formats: Formats) -> InspectedFile:
    if isinstance(stream, UnknownFile):
        return _of_not_read(stream.source_file, NotRead(FileStatus.UNREADABLE, stream.seen))
    source = config.source_settings(stream.source_file)
    with tempfile.TemporaryDirectory(prefix="sftrm-inspect-") as spill:
        found = recognise_stream(stream, config.limits, Path(spill), source, formats)
        if isinstance(found, NotRead):
            proposed = _proposed(stream, found, source, config, formats, Path(spill))
            return _of_not_read(stream.source_file, found, proposed)
        seen = seen_of(found, source, config, formats)
    return InspectedFile(
        source_file=stream.source_file,
        status=FileStatus.READ,
        container=found.document.container,
        encoding=seen.encoding,
        format=found.format.name,
        why=found.why,
        id_field=found.id_field,
        records=seen.kinds.total(),
        label_kinds=dict(seen.kinds),
        incomplete=found.document.ends_early(),
        note=found.note,
        reasons=tuple(seen.reasons.values()),
        unread=tuple(UnreadField(field=name, **counts) for name, counts in seen.unread.items()),
        repairs={name: seen.repairs[name] for name in Repair if seen.repairs[name]},
        repairs_declared=tuple(source.repairs),
        left_out={name: say(why) for name, why in found.format.ignores},
        shown=tuple(one for of_kind in seen.shown.values() for one in of_kind),
    )


def _proposed(
    stream: RawStream, not_read: NotRead, source: SourceSettings, config: RunConfig, formats: Formats, spill: Path
) -> ProposedFormat | None:
    """The declaration that somebody may write for a file of no known format, tried on the file where none of it is
    open."""
    proposal = propose(not_read.no_format.declarable) if not_read.no_format else None
    if proposal is None or proposal.declaration is None:
        return ProposedFormat(declaration=proposal.text) if proposal else None
    declared = formats_of((*formats.declared, proposal.declaration))
    by_it = source.model_copy(update={"format": proposal.declaration.name})
    found = recognise_stream(stream, config.limits, spill, by_it, declared)
    if isinstance(found, NotRead):
        return None
    seen = seen_of(found, by_it, config, declared)
    return ProposedFormat(
        declaration=proposal.text,
        records=seen.kinds.total(),
        records_read=seen.kinds.total() - sum(found.count for found in seen.reasons.values()),
        reasons=tuple(seen.reasons.values()),
        shown=tuple(one for of_kind in seen.shown.values() for one in of_kind),
    )


def _of_not_read(source_file: str, found: NotRead, proposed: ProposedFormat | None = None) -> InspectedFile:
    seen = found.no_format
    return InspectedFile(
        source_file=source_file,
        status=found.status,
        container=found.container,
        encoding=found.encoding,
        format=found.format,
        records=found.records,
        incomplete=found.incomplete,
        note=found.note,
        fields_seen=dict(list(seen.fields.items())[:_FIELDS_SHOWN]) if seen else {},
        proposed=proposed,
        nearest=tuple(MissingFields(format=one.format, missing=one.missing) for one in seen.nearest) if seen else (),
    )
