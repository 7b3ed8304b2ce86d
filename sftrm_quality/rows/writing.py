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
class LongTexts:
    """The file beside the rows, which is there only when a text is too long.

    path: its name. stack: closes it. count: of the texts in it so far.
    """

    path: Path
    stack: ExitStack
    count: int = 0
    file: BinaryIO | None = field(default=None)

    def add(self, record_id: str, column: str, text: str) -> str:
        """Put a text there.

        Args:
            record_id: Of its record.
            column: Which text of the record it is.
            text: All of it.

        Returns:
            The note of where it is.
        """
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

    def cell(self, record_id: str, column: str, text: str) -> str:
        """What a cell shows of a text. One that does not fit is put into the file.

        Args:
            record_id: Of its record.
            column: Which text of the record it is.
            text: All of it.

        Returns:
            The text with its control characters visible; of a long one as much as fits, and where all of it is.
        """
        shown = visible(text)
        return shown if fits(shown) else beginning(shown, self.add(record_id, column, text))


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
    for taken in (path, beside(path)):
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
    described = descriptions(report)
    count = 0
    # The rows appear last: they name the file beside them.
    with ExitStack() as stack, written(path) as file:
        long_texts = LongTexts(beside(path), stack)
        with FORMATS[kind](file, COLUMNS, path.parent) as add:
            for row in selection.rows():
                values = _values(row, described)
                add(list(values.values()) if kind == "jsonl" else _cells(values, long_texts))
                count += 1
        stack.close()
    return WrittenRows(count, long_texts.count, long_texts.path)


def descriptions(report: Report) -> dict[tuple[str, str], str]:
    """What each check of a run expects, by its suite and its reason."""
    return {(check.suite, check.reason): check.says for check in report.checks}


def beside(path: Path) -> Path:
    """The name of the file for the longer texts of a file of rows."""
    return path.with_name(path.name + _LONG)


def _values(row: Mapping[str, Any], described: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    values = {"line": line_of(row), "what_is_wrong": reasons_in_words(row, described)}
    # A file of no known format has no id and no text of its own.
    return {name: values[name] if name in values else row[name] or "" for name in COLUMNS}


def line_of(row: Mapping[str, Any]) -> Cell:
    """Where a failing row is in its file, as people count.

    Args:
        row: Of the quarantine.

    Returns:
        The line, or the record where a file has no lines; nothing of a file as a whole.
    """
    if row["source_line"] is not None:
        line: int = row["source_line"]
        return line
    return (
        ""
        if row["label_kind"] == NoKind.UNKNOWN
        else say("record {source_index}", source_index=row["source_index"] + 1)
    )


def reasons_in_words(row: Mapping[str, Any], described: Mapping[tuple[str, str], str]) -> list[str]:
    """What is wrong with a failing row: what was expected, and what was found.

    Args:
        row: Of the quarantine.
        described: What each check expects, by its suite and its reason.

    Returns:
        A text per reason.
    """
    reasons = zip(row["reasons"], row["details"], strict=True)
    return [_in_words(row, reason, detail, described) for reason, detail in reasons]


def _in_words(row: Mapping[str, Any], reason: str, detail: str, described: Mapping[tuple[str, str], str]) -> str:
    detail = recognised(detail)
    whole = detail if detail.endswith((".", "…")) else f"{detail}."
    found = say("Found: {found}", found=whole)
    if row["stage"] == Stage.CHECK:
        # A check says what holds of a good record.
        expected = described.get((row["label_kind"], reason), reason)
        return say("Expected: {expected} {found}", expected=expected, found=found)
    return f"{say(READ_REASONS.get(reason) or FORMAT_REASONS.get(reason, reason))} {found}"


def _cells(values: Mapping[str, Any], long_texts: LongTexts) -> list[Cell]:
    cells: list[Cell] = []
    for name, value in values.items():
        if isinstance(value, int):
            cells.append(value)
            continue
        text = value if isinstance(value, str) else (", " if name == "reasons" else "\n").join(value)
        cells.append(long_texts.cell(values["record_id"], name, text))
    return cells
