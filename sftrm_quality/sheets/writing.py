"""Sheets for repair into a file: a workbook for people, CSV and JSON lines of the same rows for programs."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from sftrm_quality.config import RunConfig
from sftrm_quality.output import written
from sftrm_quality.rows import Cell, LongTexts, RunWithRows, Selection, beside, csv_rows
from sftrm_quality.sheets.failing import InFields, settings_of_run
from sftrm_quality.sheets.fields import NEW, is_text
from sftrm_quality.sheets.tables import ABOUT, Tables, ToMend, columns
from sftrm_quality.sheets.workbook import write_workbook

_WORKBOOK, _CSV = "xlsx", "csv"


@dataclass(frozen=True)
class WrittenSheet:
    """What is in the file. to_mend: records with cells to fill. to_deliver_anew: others, which have a sheet of their
    own in a workbook and are left out elsewhere. replaced: left out, because a later file has others in their place.
    long_texts: how many there are in the file beside it."""

    to_mend: int
    to_deliver_anew: int
    replaced: int
    long_texts: int
    long_file: Path


def write_sheet(
    run: RunWithRows, selection: Selection, config: RunConfig | None, path: Path, kind: str
) -> WrittenSheet:
    """Write failing records to a file that people fill, which appears when it is whole, or not at all.

    Args:
        run: That checked them.
        selection: Which of its rows.
        config: Settings that are given: how the run read them where its report does not say.
        path: The file.
        kind: ``xlsx``, ``csv`` or ``jsonl``.

    Returns:
        What it has.

    Raises:
        ConfigError: The settings of the run do not suit this version any more.
        OSError: It cannot be written.
    """
    tables = Tables(run.report, selection, InFields(run.report, settings_of_run(run.report, config)))
    # The sheet appears last: it names the file beside it.
    with ExitStack() as stack, written(path) as file:
        long_texts = LongTexts(beside(path), stack)
        if kind == _WORKBOOK:
            write_workbook(tables, file, path.parent, long_texts)
        elif kind == _CSV:
            _write_csv(tables, file, path.parent, long_texts)
        else:
            for record in tables.records():
                file.write(orjson.dumps(_as_json(record)) + b"\n")
        stack.close()
    return WrittenSheet(
        sum(tables.to_mend.values()),
        tables.to_deliver_anew,
        tables.replaced,
        long_texts.count,
        long_texts.path,
    )


def _write_csv(tables: Tables, file: BinaryIO, folder: Path, long_texts: LongTexts) -> None:
    fields = list(dict.fromkeys(name for of_kind in tables.fields.values() for name in of_kind))
    with csv_rows(file, columns(fields), folder) as add:
        for record in tables.records():
            add([*_about(record, long_texts), *_fields(record, fields, long_texts)])


def _about(record: ToMend, long_texts: LongTexts) -> list[Cell]:
    wrong = long_texts.cell(record.record, "what_is_wrong", "\n".join(record.what_is_wrong))
    return [record.record, record.file, record.line, wrong]


def _fields(record: ToMend, fields: list[str], long_texts: LongTexts) -> Iterator[Cell]:
    for name in fields:
        value = record.values.get(name)
        text = "" if value is None else str(value)
        yield long_texts.cell(record.record, name, text) if is_text(name) else text
        yield ""


def _as_json(record: ToMend) -> dict[str, Any]:
    about = dict(zip(ABOUT, (record.record, record.file, record.line, record.what_is_wrong), strict=True))
    return about | {
        key: one for name, value in record.values.items() for key, one in ((name, value), (NEW + name, None))
    }
