"""From a sheet that came back to a file of corrections."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

from sftrm_quality.config import RunConfig
from sftrm_quality.decisions import signed
from sftrm_quality.errors import ConfigError, storage_error
from sftrm_quality.output import written
from sftrm_quality.reviews import CORRECTIONS, Correction, Reviews, Value
from sftrm_quality.rows import RunWithRows, select_records
from sftrm_quality.sheets.comparing import Compared, NewValues, Told, compare
from sftrm_quality.sheets.failing import FailingRecord, InFields, settings_of_run
from sftrm_quality.sheets.filled import read_filled
from sftrm_quality.words import say

# Of a name in the name of a file, in characters; the longest of three bytes each fit.
_NAME = 60


@dataclass(frozen=True)
class Import:
    """What a sheet brings. compared: its rows; those that others have corrected already are not among the new ones.
    corrections: of the new ones, by the ids of the records. known: fields that are corrected to just that already."""

    compared: Compared
    corrections: tuple[Correction, ...]
    known: int


def read_import(path: Path, run: RunWithRows, config: RunConfig | None, reviews: Reviews, by: str, why: str) -> Import:
    """Read a sheet that came back, and compare it with the records that failed and with what is corrected already.

    Args:
        path: The sheet.
        run: Whose failing records it is of.
        config: Settings that are given: names of sources, and how the run read them where its report does not say.
        reviews: Those that are written already.
        by: Who imports it.
        why: What they say.

    Returns:
        The corrections, and what is refused.

    Raises:
        ConfigError: The sheet cannot be read; by or why says nothing or is too long.
    """
    signed(by, why)
    rows = read_filled(path)
    asked = {row.record for row in rows}
    selection = select_records(run.quarantine, run.source_named(config), asked)
    in_fields = InFields(run.report, settings_of_run(run.report, config))
    failing: dict[str, FailingRecord] = {}
    for one in in_fields.of(selection.rows()):
        if one.values is not None and not one.is_replaced:
            failing.setdefault(one.record, one)
    compared = compare(rows, failing, run.report.run_id)
    new, refused, known = _beside(compared.new, _written(reviews))
    corrections = [_correction(one, by, why) for one in new]
    return Import(
        replace(compared, new=new, refused=[*compared.refused, *refused]),
        tuple(sorted(corrections, key=lambda one: one.record)),
        known,
    )


def _written(reviews: Reviews) -> dict[tuple[str, str], tuple[Value, str]]:
    """The value of each field that is corrected already, and where that is written."""
    return {
        (placed.entry.record, name): (value, placed.place)
        for placed in reviews.corrections
        for name, value in placed.entry.values.items()
    }


def _beside(
    new: list[NewValues], written_already: Mapping[tuple[str, str], tuple[Value, str]]
) -> tuple[list[NewValues], list[Told], int]:
    """Without what is corrected to the same already; what is corrected to something else is refused."""
    left: list[NewValues] = []
    refused: list[Told] = []
    known = 0
    for one in new:
        others = {name: written_already.get((one.failing.record, name)) for name in one.changes}
        differing = [
            say("{field} is corrected otherwise in {place}: leave out one of them", field=name, place=other[1])
            for name, other in others.items()
            if other is not None and json.dumps(other[0]) != json.dumps(one.changes[name][1])
        ]
        if differing:
            refused.append(Told(one.where, differing[0]))
            continue
        changes = {name: change for name, change in one.changes.items() if others[name] is None}
        known += len(one.changes) - len(changes)
        if changes:
            left.append(replace(one, changes=changes))
    return left, refused, known


def _correction(one: NewValues, by: str, why: str) -> Correction:
    values = {name: new for name, (_, new) in one.changes.items()}
    return Correction(record=one.failing.record, set=values, by=by, why=why)


def store_corrections(folder: Path, corrections: tuple[Correction, ...], day: date) -> Path:
    """Write corrections to a new file in a folder of reviews; it is there whole, or without a line.

    Args:
        folder: That of the setting ``reviews``.
        corrections: At least one, all by one person.
        day: In the name of the file, with the person's.

    Returns:
        The file.

    Raises:
        ConfigError: There is no such folder.
        StorageError: It cannot be written.
    """
    if not folder.is_dir():
        raise ConfigError(say("reviews: {folder} is no folder; make it, or name another one", folder=folder))
    stem = f"{day.isoformat()}-{_in_file_name(corrections[0].by)}"
    path = folder
    try:
        (folder / CORRECTIONS).mkdir(exist_ok=True)
        path = _reserved(folder / CORRECTIONS, stem)
        try:
            with written(path, durable=True) as file:
                file.write("".join(f"{one.line}\n" for one in corrections).encode())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise storage_error(error, path) from error
    return path


def _reserved(folder: Path, stem: str) -> Path:
    """A name that nobody else has, and from now on an empty file: a file of corrections without any."""
    for number in count(1):
        path = folder / (f"{stem}.jsonl" if number == 1 else f"{stem}-{number}.jsonl")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        return path
    raise AssertionError


def _in_file_name(name: str) -> str:
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name).casefold())
    return "-".join(words)[:_NAME].strip("-") or "unnamed"
