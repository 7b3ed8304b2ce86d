"""What raw files are and how a run would read them: without checks, without an output folder, in this process."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import storage_error
from sftrm_quality.formats import Formats, formats_of, read_declarations
from sftrm_quality.inspection.named import Inspected
from sftrm_quality.inspection.seen import Seen
from sftrm_quality.intake import NotRead, read_and_map, recognise_stream
from sftrm_quality.reading import RawStream, UnknownFile, open_streams
from sftrm_quality.run_record import FileStatus, InspectedFile, MissingFields, UnreadField
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
            return _of_not_read(stream.source_file, found)
        seen = Seen(formats)
        try:
            for shard in found.document.shards:
                seen.add(
                    read_and_map(shard, formats, found.format, source, found.id_field, config.limits), found, source
                )
                if shard.spilled:
                    shard.path.unlink()
        finally:
            found.document.close()
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
        reasons=tuple(seen.reasons.values()),
        unread=tuple(UnreadField(field=name, **counts) for name, counts in seen.unread.items()),
        left_out={name: say(why) for name, why in found.format.ignores},
        shown=tuple(one for of_kind in seen.shown.values() for one in of_kind),
    )


def _of_not_read(source_file: str, found: NotRead) -> InspectedFile:
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
        nearest=tuple(MissingFields(format=one.format, missing=one.missing) for one in seen.nearest) if seen else (),
    )
