"""The records of a JSON text cut into shards."""

from collections.abc import Iterator
from pathlib import Path

from sftrm_quality.config import Limits
from sftrm_quality.reading.cutting import Cutter
from sftrm_quality.reading.json.containers import Container
from sftrm_quality.reading.json.document import rest_of_document
from sftrm_quality.reading.json.elements import ElementReader
from sftrm_quality.reading.json.learn import Parse
from sftrm_quality.reading.json.lines import line_spans
from sftrm_quality.reading.json.shards import JsonShard
from sftrm_quality.reading.texts import OpenText


class JsonCutter(Cutter[JsonShard]):
    """See `Cutter`: the records of a list, of lines, or objects one after another."""

    def __init__(self, text: OpenText, container: Container, parse: Parse, limits: Limits, spill: Path) -> None:
        super().__init__(text, limits, spill, JsonShard, lines=False, decided=parse.read_as)
        self._container, self._parse = container, parse

    def shards(self) -> Iterator[JsonShard]:
        """All of them, once."""
        try:
            if self._container.name == "json_lines":
                yield from self.cut(line_spans(self._window, self._limits, self._container.line))
            else:
                closing = self._container.name != "json_sequence"
                reader = ElementReader(self._window, closing, self._container.marks, self._limits, self._parse.valid)
                yield from self.cut(reader.spans())
                if reader.closed:
                    for rest, reason in rest_of_document(self._window, self._container.name, self._parse.encoding):
                        yield self.single(rest, reason)
        finally:
            self._window.close()
