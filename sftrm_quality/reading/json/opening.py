"""JSON texts: one document, a list, lines, or objects one after another."""

from pathlib import Path

from sftrm_quality.config import Limits
from sftrm_quality.reading.json.containers import recognise
from sftrm_quality.reading.json.cutting import JsonCutter
from sftrm_quality.reading.json.learn import Parse
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.texts import OpenText


def open_json(text: OpenText, limits: Limits, spill: Path) -> OpenDocument | str:
    """Open the records of a JSON text.

    Args:
        text: Any text.
        limits: Bounds of memory.
        spill: An existing folder for the text of compressed streams, one file per shard.

    Returns:
        The document. What the text is instead where it is JSON without records that can be read; "" where it is no
        JSON: then it can be read in another way, its window as it was.

    Raises:
        StorageError: Reading the file or writing a spill file fails.
    """
    parse = Parse(text.codec, limits)
    container = recognise(text.window, parse, text.line)
    if isinstance(container, str):
        return container
    cutter = JsonCutter(text, container, parse, limits, spill)
    return OpenDocument(
        text.stream.source_file, container.name, text.encoding.name or "utf-8", container.header, container.sample,
        cutter.shards(), text.window.close, lambda: cutter.ends_early,
    )  # fmt: skip
