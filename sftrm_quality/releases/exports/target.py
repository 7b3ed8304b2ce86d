"""What every target of an export is: which records it is made of, its columns, how it is laid out."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from sftrm_quality.config import PAIR_SETTINGS, ExportSettings
from sftrm_quality.records import LabelKind, SplitName

_READ = {
    LabelKind.SFT: ["record_id", "system", "history", "question", "answer"],
    LabelKind.RM: ["record_id", "system", "history", "prompt", "responses"],
}

LeftOut = MutableMapping[str, int]


@dataclass(frozen=True)
class Converted:
    """Rows of an export, and of how many records there is none, by the rule that leaves them out.

    tables: some rows each, so that no table is large. left_out: complete once they all were taken.
    """

    tables: Iterable[pa.Table]
    left_out: LeftOut


@dataclass(frozen=True)
class Target:
    """A way in which trainers take records.

    columns: of its rows. convert: from a table of the columns in `read`. dataset_info: what LLaMA-Factory needs to be
    told of it, beside the files; None where that does not read it. one_file: the name of each split's only file,
    without its ending, for loaders that know files by name; empty: a folder of its own for each split.
    """

    name: str
    label_kind: LabelKind
    columns: Callable[[ExportSettings], pa.Schema]
    convert: Callable[[pa.Table, ExportSettings], Converted]
    dataset_info: Mapping[str, Any] | None = None
    only_format: Literal["jsonl"] | None = None
    one_file: Mapping[SplitName, str] = field(default_factory=dict)

    @property
    def read(self) -> list[str]:
        """Of the published columns, those that its rows are made of."""
        return _READ[self.label_kind]

    def file_format(self, settings: ExportSettings) -> Literal["parquet", "jsonl"]:
        """What its files are."""
        return self.only_format or settings.file_format

    def effective(self, settings: ExportSettings) -> dict[str, Any]:
        """Those of the settings that change its rows or files."""
        found: dict[str, Any] = {"file_format": self.file_format(settings)}
        return found | (
            {name: getattr(settings, name) for name in PAIR_SETTINGS} if self.label_kind is LabelKind.RM else {}
        )
