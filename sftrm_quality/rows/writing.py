"""Rows as people read them, into one file, and texts that are too long for a cell into one beside it."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from sftrm_quality.errors import ConfigError
from sftrm_quality.formats import FORMAT_REASONS
from sftrm_quality.output import written
from sftrm_quality.reading import READ_REASONS
from sftrm_quality.records import NoKind, Stage
from sftrm_quality.rows.cells import beginning, fits, visible
from sftrm_quality.rows.files import FORMATS, Cell
from sftrm_quality.rows.selection import Selection
from sftrm_quality.run_record import Report
from sftrm_quality.words import recognised, say

COLUMNS = (
    *("source", "source_file", "line", "data_id", "label_kind", "reasons", "what_is_wrong", "payload", "record_id"),
)
_LONG = ".long.jsonl"


@dataclass(frozen=True)
class WrittenRows:
    """How many rows there are in the file, and how many texts in the one beside it, if there is one."""

    rows: int
    long_texts: int
    long_file: Path


@dataclass
class _LongTexts:
    """The file beside the rows, which is there only when a text is too long."""

    path: Path
    stack: ExitStack
    count: int = 0
    file: BinaryIO | None = field(default=None)

    def add(self, record_id: str, column: str, text: str) -> str:
        """Put a text there; returns the note of where it is."""
        if self.file is None:
            self.file = self.stack.enter_context(written(self.path))
        self.file.write(orjson.dumps({"record_id": record_id, "column": column, "text": text}) + b"\n")
        self.count += 1
        return "\n" + say(
            "[… the beginning of {count:,} characters; all of them: line {line:,} of {file}]",
            count=len(text),
            line=self.count,
            file=self.path.name,
        )


def refuse_target(path: Path) -> None:
    """Look at where a file is to be written before any work is done.

    Args:
        path: The file.

    Raises:
        ConfigError: It is there already, or its folder is not.
    """
    if not path.parent.is_dir():
        raise ConfigError(
            say(
                "{parent}: no such folder, expected one for {file}; make it, or name another --to",
                parent=path.parent,
                file=path.name,
            )
        )
    for taken in (path, _beside(path)):
        if taken.exists() or taken.is_symlink():
            raise ConfigError(
                say("{path}: is there already and is not replaced; delete it, or name another --to", path=taken)
            )


def write_rows_file(selection: Selection, report: Report, path: Path, kind: str) -> WrittenRows:
    """Write the rows of a selection to a file, which appears when it is whole, or not at all.

    Args:
        selection: The rows.
        report: Of the run that checked them: it has the checks in words.
        path: The file.
        kind: One of ``FORMATS``.

    Returns:
        How many rows it has.

    Raises:
        OSError: It cannot be written.
    """
    described = {(check.suite, check.reason): check.says for check in report.checks}
    count = 0
    # The rows appear last: they name the file beside them.
    with ExitStack() as stack, written(path) as file:
        long_texts = _LongTexts(_beside(path), stack)
        with FORMATS[kind](file, COLUMNS, path.parent) as add:
            for row in selection.rows():
                values = _values(row, described)
                add(list(values.values()) if kind == "jsonl" else _cells(values, long_texts))
                count += 1
        stack.close()
    return WrittenRows(count, long_texts.count, long_texts.path)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _LONG)


def _values(row: Mapping[str, Any], described: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    reasons = zip(row["reasons"], row["details"], strict=True)
    values = {
        "line": _line(row),
        "what_is_wrong": [_in_words(row, reason, detail, described) for reason, detail in reasons],
    }
    # A file of no known format has no id and no text of its own.
    return {name: values[name] if name in values else row[name] or "" for name in COLUMNS}


def _line(row: Mapping[str, Any]) -> Cell:
    """As people count: the line, or the record where a file has no lines; nothing of a file as a whole."""
    if row["source_line"] is not None:
        line: int = row["source_line"]
        return line
    return (
        ""
        if row["label_kind"] == NoKind.UNKNOWN
        else say("record {source_index}", source_index=row["source_index"] + 1)
    )


def _in_words(row: Mapping[str, Any], reason: str, detail: str, described: Mapping[tuple[str, str], str]) -> str:
    detail = recognised(detail)
    whole = detail if detail.endswith((".", "…")) else f"{detail}."
    found = say("Found: {found}", found=whole)
    if row["stage"] == Stage.CHECK:
        # A check says what holds of a good record.
        expected = described.get((row["label_kind"], reason), reason)
        return say("Expected: {expected} {found}", expected=expected, found=found)
    return f"{say(READ_REASONS.get(reason) or FORMAT_REASONS.get(reason, reason))} {found}"


def _cells(values: Mapping[str, Any], long_texts: _LongTexts) -> list[Cell]:
    cells: list[Cell] = []
    for name, value in values.items():
        if isinstance(value, int):
            cells.append(value)
            continue
        text = value if isinstance(value, str) else (", " if name == "reasons" else "\n").join(value)
        shown = visible(text)
        if not fits(shown):
            shown = beginning(shown, long_texts.add(values["record_id"], name, text))
        cells.append(shown)
    return cells
