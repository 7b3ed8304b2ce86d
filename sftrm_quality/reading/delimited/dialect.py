"""How the rows of a table are written: what separates cells, how they are quoted, where lines end."""

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np

Quoting = Literal["doubled", "escaped", "none"]
QUOTINGS: tuple[Quoting, ...] = ("doubled", "escaped", "none")
"""As RFC 4180 has it; with backslashes before quotes, as databases write them; no quotes at all."""

NO_DELIMITER = -1


@dataclass(frozen=True)
class Dialect:
    """What is the same in all rows of a table.

    names: of its columns. delimiter: "" for a table of one column, which has none. strict: cells that must be quoted
    are, so that a quote at the end of a cell that did not begin with one is damage. marks: a byte order mark may be
    where files were put together. begins: with what most of the first rows begin, a quote or a digit ("0"), else "".
    """

    names: tuple[str, ...]
    delimiter: str
    quoting: Quoting
    line_end: str
    strict: bool = False
    marks: bool = True
    begins: str = ""

    @cached_property
    def rules(self) -> tuple[int, ...]:
        """The same for the kernels, in the places that `scan` names."""
        delimiter = ord(self.delimiter) if self.delimiter else NO_DELIMITER
        quoting = ("none", "doubled", "escaped").index(self.quoting)
        begins = ord(self.begins) if self.begins else 0
        return delimiter, quoting, ord(self.line_end), int(self.strict), len(self.names), int(self.marks), begins

    @cached_property
    def stops(self) -> Any:
        """Bytes at which a scanner stops: below 1 outside of quotes, below 2 inside (bits, uint8)."""
        stops = np.zeros(256, np.uint8)
        stops[[ord(self.line_end), 0x22]] = 3
        if self.quoting == "escaped":
            stops[0x5C] = 3
        if self.delimiter:
            stops[ord(self.delimiter)] |= 1
        return stops

    @property
    def container(self) -> str:
        """How reports call it."""
        return "tsv" if self.delimiter == "\t" else "csv"

    def layout(self) -> str:
        """What must be known to read single rows again, see `shards.OpenDocument`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_layout(cls, layout: str) -> Self:
        """The counterpart of `layout`."""
        values = json.loads(layout)
        return cls(**{**values, "names": tuple(values["names"])})

    def of(self, names: tuple[str, ...]) -> Self:
        """The same with other columns."""
        return replace(self, names=names)
