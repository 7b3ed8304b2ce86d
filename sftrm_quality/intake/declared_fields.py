"""Before a run reads its files: whether the first records of a source have the fields that its format declares."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.formats import Formats, declaration_of
from sftrm_quality.formats.base import Record
from sftrm_quality.formats.fields_needed import missing_field
from sftrm_quality.personal_data import mask_text
from sftrm_quality.reading import RawStream, SourceFile, UnknownFile, discover, open_document, open_streams
from sftrm_quality.words import listed, say

_FILES = 3
"""Of a source: a single one may be another's by mistake, and all of them are read soon enough."""
_OPENED = 200
"""Files that are opened to find members of archives, where no file has a name of the source."""
_SHOWN_NAMES = 12
_SHOWN_NAME = 40  # characters


def refuse_fields_of_no_record(config: RunConfig, formats: Formats) -> None:
    """Declared formats of sources of which a field is in none of the first records.

    Args:
        config: The run's settings.
        formats: The run's formats.

    Raises:
        ConfigError: There is one. Where no record was found, nothing is said.
    """
    named = [(source, formats.named(source.format)) for source in config.sources if source.format != "auto"]
    declared = [(source, declaration) for source, fmt in named if (declaration := declaration_of(fmt))]
    files = discover(config.raw) if declared else []
    for source, declaration in declared:
        names, records = _first_records(source, files, config)
        if field := missing_field(declaration, records):
            fields = list(dict.fromkeys(_shown(str(name)) for record in records for name in record))
            raise ConfigError(
                say(
                    "sources: the format {name} of {files!r} has {key}: {paths}, which none of the first {count} "
                    "records of {sources} has; they have {fields}",
                    name=declaration.name,
                    files=source.files,
                    key=field.key,
                    paths=" or ".join(field.paths),
                    count=len(records),
                    sources=", ".join(names),
                    fields=listed(fields, _SHOWN_NAMES),
                )
            )


def _shown(name: str) -> str:
    return mask_text(name[: 4 * _SHOWN_NAME])[:_SHOWN_NAME]


def _first_records(
    source: SourceSettings, files: Sequence[SourceFile], config: RunConfig
) -> tuple[list[str], list[Record]]:
    """The records at the beginnings of the first files of a source, and the names of these."""
    names, records = [], []
    for name, found in islice(_beginnings(source, files, config), _FILES):
        names.append(name)
        records += found
    return names, records


def _beginnings(
    source: SourceSettings, files: Sequence[SourceFile], config: RunConfig
) -> Iterator[tuple[str, list[Record]]]:
    own = [file for file in files if config.source_settings(file.source_file) is source]
    for file in own or files[:_OPENED]:
        # What cannot be read is told by the run.
        with suppress(OSError, StorageError):
            for stream in open_streams(file):
                if config.source_settings(stream.source_file) is not source or isinstance(stream, UnknownFile):
                    continue
                if records := _beginning(stream, source, config):
                    yield stream.source_file, records


def _beginning(stream: RawStream, source: SourceSettings, config: RunConfig) -> list[Record]:
    with tempfile.TemporaryDirectory(prefix="sftrm-look-") as spill:
        document = open_document(stream, config.limits, Path(spill), source.encoding)
        if isinstance(document, UnknownFile):
            return []
        try:
            return [record for record in document.sample if isinstance(record, Mapping)]
        finally:
            document.close()
