"""Files that are looked through before they are read: what no sample from the beginning can tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import Formats, NoFormat
from sftrm_quality.formats.base import Format, Unlabelled
from sftrm_quality.reading import OpenDocument, naming, payload_value


@dataclass(frozen=True)
class LookedThrough:
    """What the records of a file without a format in its sample are.

    format, record: the first record that fits a format, if there is one. odd: a record that is not of the shape without
    labels that the sample has. records: how many there are, up to the one that fits.
    """

    records: int
    format: Format | None = None
    record: object = None
    odd: object = None


def values(document: OpenDocument, only: Sequence[str]) -> Iterator[object]:
    """Every record of a file that can be parsed. The file is used up, and must be opened again to read its records.

    Args:
        document: The file.
        only: Fields that are looked at; of a table nothing else is made.

    Raises:
        OSError: The file cannot be read.
    """
    for payload in _payloads(document, only):
        try:
            yield payload_value(payload)
        except ValueError:
            continue


def _payloads(document: OpenDocument, only: Sequence[str] | None = None) -> Iterator[bytes]:
    for shard in document.shards:
        yield from shard.payloads(only)
        if shard.spilled:
            shard.path.unlink()


def look_through(
    document: OpenDocument, found: Unlabelled | NoFormat, source: SourceSettings, formats: Formats
) -> LookedThrough:
    """Read a file whose sample has no format to its end, or to the first record that has one.

    Args:
        document: The file. It is used up, and must be opened again to read its records.
        found: What its sample looks like.
        source: What is declared about it.
        formats: Those of the run.

    Returns:
        How many records there are, and what they are.

    Raises:
        OSError: The file cannot be read.
    """
    labelled = naming(formats.label_fields())
    records = 0
    odd = None
    for payload in _payloads(document):
        # Parsing is dear and most files of no format are long: only what names a field of some format is tried. A
        # record without a label under a known name may have one under another.
        if isinstance(found, Unlabelled) or labelled.search(payload):
            try:
                record = payload_value(payload)
            except ValueError:
                record = None
            seen = formats.recognise([record], source)
            if not isinstance(seen, Unlabelled | NoFormat):
                document.close()
                return LookedThrough(records, seen, record)
            if record is not None and odd is None and seen != found:
                odd = record
        records += 1
    return LookedThrough(records, odd=odd if isinstance(found, Unlabelled) else None)
