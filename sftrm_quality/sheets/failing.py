"""Failing records in their fields: a row of the quarantine has the record's own text, which is mapped once more.

The hash in its id tells whether that gave what was checked: a record of which it did not has no fields here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from sftrm_quality import dedup
from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats import Formats, formats_of, read_declarations
from sftrm_quality.formats.base import DATA_ID
from sftrm_quality.intake import map_payloads
from sftrm_quality.reading import CELLS_AS_TEXTS, payload_value
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, Stage
from sftrm_quality.reviews import Value
from sftrm_quality.rows import content_part
from sftrm_quality.run_record import FileEntry, Report
from sftrm_quality.sheets.fields import values_of
from sftrm_quality.words import say

# Texts of so many rows are in memory at once.
_AT_A_TIME = 256

Row = Mapping[str, Any]


@dataclass(frozen=True)
class FailingRecord:
    """A row of the quarantine; of a record that was read and checked also its fields.

    values: by the field, as `fields.values_of` has them; None of what could not be read or is of no format.
    """

    row: Row
    values: Mapping[str, Value] | None

    @property
    def record(self) -> str:
        """The content part of its id."""
        return content_part(self.row["record_id"])

    @property
    def kind(self) -> LabelKind:
        """Of one that has fields."""
        return LabelKind(self.row["label_kind"])

    @property
    def is_replaced(self) -> bool:
        """Whether a later file brought another record in its place, so that nobody waits for this one."""
        return self.row.get("replaced_by") is not None


def settings_of_run(report: Report, otherwise: RunConfig | None = None) -> RunConfig:
    """How a run read its files.

    Args:
        report: Of the run.
        otherwise: What is given where that cannot be told.

    Returns:
        Its settings.

    Raises:
        ConfigError: An older version did not keep them, or this one does not take them any more; and no others are
            given.
    """
    try:
        if report.config is not None:
            return RunConfig.model_validate(report.config)
    except ValidationError:
        pass
    if otherwise is not None:
        return otherwise
    raise ConfigError(
        say("run '{run_id}': its settings do not suit this version; name them with --config", run_id=report.run_id)
    )


class InFields:
    """Takes rows of a quarantine apart.

    Args:
        report: Of the run that checked them.
        config: Its settings.
    """

    def __init__(self, report: Report, config: RunConfig) -> None:
        self._config = config
        self._formats: Formats = formats_of(read_declarations(config.formats))
        self._files: dict[str, list[FileEntry]] = defaultdict(list)
        for file in report.files:
            self._files[file.source_file].append(file)

    def of(self, rows: Iterable[Row]) -> Iterator[FailingRecord]:
        """The same rows as records, some at a time.

        Args:
            rows: Of the quarantine, with their payloads.

        Yields:
            Each, in the same order.
        """
        rows = iter(rows)
        while some := list(islice(rows, _AT_A_TIME)):
            values = self._values(some)
            yield from (FailingRecord(row, values.get(place)) for place, row in enumerate(some))

    def _values(self, rows: list[Row]) -> dict[int, Mapping[str, Value]]:
        alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            if row["stage"] == Stage.CHECK and (id_field := _id_field(row)) is not None:
                alike[row["source_file"], id_field].append(place)
        found: dict[int, Mapping[str, Value]] = {}
        for (source_file, id_field), places in alike.items():
            for file in self._files[source_file]:
                if file.format in self._formats.by_name:
                    found |= self._of_file(file, id_field, {place: rows[place] for place in places})
        return found

    def _of_file(self, file: FileEntry, id_field: str, rows: Mapping[int, Row]) -> dict[int, Mapping[str, Value]]:
        mapped = map_payloads(
            [row["payload"].encode() for row in rows.values()],
            file.container in CELLS_AS_TEXTS,
            self._formats,
            self._formats.by_name[file.format or ""],
            self._config.source_settings(file.source_file),
            id_field,
        )
        places = list(rows)
        found: dict[int, Mapping[str, Value]] = {}
        for kind, candidates in mapped.items():
            table = candidates.table.select(CANDIDATE_FIELDS[kind].names)
            of_rows = [places[row] for row in candidates.rows.tolist()]
            # Where a file has its ids is decided by all of its records; the row says what came of it.
            ids = pa.array([rows[place]["data_id"] for place in of_rows], pa.string())
            for one in (table, table.set_column(table.schema.get_field_index("data_id"), "data_id", ids)):
                hashes = dedup.content_hashes(kind, one.combine_chunks()).to_pylist()
                for at, (place, digest) in enumerate(zip(of_rows, hashes, strict=True)):
                    if content_part(rows[place]["record_id"]) == f"{kind}-{digest.hex()}":
                        found[place] = values_of(kind, one.slice(at, 1).to_pylist()[0])
        return found


def _id_field(row: Row) -> str | None:
    """The field of a record in which its id is; None where its text cannot be parsed."""
    try:
        value = payload_value(row["payload"])
    except ValueError:
        return None
    if not isinstance(value, dict) or row["data_id"] is None:
        return DATA_ID
    return next((name for name, one in value.items() if str(one) == row["data_id"]), "")
