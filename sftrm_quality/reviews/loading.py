"""A folder of reviews read, strictly: ``waivers.yaml`` and ``corrections/*.jsonl``.

Every mistake is one line that names the file, the entry, and what is expected. No text of a record is in it.
"""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from sftrm_quality.config_loading import first_mistake, parse_yaml, said_of_mistake
from sftrm_quality.errors import ConfigError
from sftrm_quality.reviews.entries import Correction, Waiver
from sftrm_quality.reviews.reviews import Entry, Placed, Reviews
from sftrm_quality.settings_files import read_settings_file
from sftrm_quality.words import number, say

WAIVERS, CORRECTIONS = "waivers.yaml", "corrections"
# A hundred thousand corrections of usual records; they are held in memory, and each is looked for in every file.
MOST_BYTES = 256 << 20
# What looks like a review that nobody would read. Notes of other kinds may lie beside them.
_LIKE_REVIEWS = (".yaml", ".yml", ".json", ".jsonl", ".csv", ".xlsx")


def read_reviews(folder: Path) -> Reviews:
    """What people wrote, of which only a part may be effective.

    Args:
        folder: That of the setting ``reviews``.

    Returns:
        All waivers and corrections.

    Raises:
        ConfigError: There is no such folder, a file cannot be read, an entry is none, or two corrections contradict
            each other.
    """
    if not folder.is_dir():
        raise ConfigError(
            say(
                "reviews: {folder} is no folder; name one with {waivers} or a folder {corrections}",
                folder=folder,
                waivers=WAIVERS,
                corrections=CORRECTIONS,
            )
        )
    try:
        _refuse_what_nobody_reads(folder)
        waivers = tuple(_waivers(folder / WAIVERS)) if (folder / WAIVERS).exists() else ()
        paths = sorted((folder / CORRECTIONS).glob("*.jsonl"))
        corrections = tuple(correction for path in paths for correction in _corrections(path))
    except OSError as error:
        raise ConfigError(
            say("{path}: {said}; reviews are not read", path=error.filename or folder, said=error.strerror or error)
        ) from error
    _refuse_contradictions(corrections)
    return Reviews(waivers, corrections)


def _refuse_what_nobody_reads(folder: Path) -> None:
    """A file of another name or in another place would have no effect, and nobody would know."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix.lower() not in _LIKE_REVIEWS or any(part.startswith(".") for part in inside.parts):
            continue
        read = inside == Path(WAIVERS) or (inside.parent == Path(CORRECTIONS) and path.suffix == ".jsonl")
        if not read:
            raise ConfigError(
                say(
                    "{path}: not read here; expected {waivers}, and corrections in {corrections}/*.jsonl",
                    path=path,
                    waivers=WAIVERS,
                    corrections=CORRECTIONS,
                )
            )


def _waivers(path: Path) -> Iterator[Placed[Waiver]]:
    try:
        values = parse_yaml(read_settings_file(path))
    except ValueError as error:
        said = " ".join(str(error).split())
        raise ConfigError(say("{path}: not a readable YAML file: {said}", path=path, said=said)) from error
    if values is None:
        return
    if not isinstance(values, dict) or set(values) != {"waivers"} or not isinstance(values["waivers"], list | None):
        raise ConfigError(say("{path}: expected one key, 'waivers', with a list of them", path=path))
    for place, entry in enumerate(values["waivers"] or (), start=1):
        where = say("{path}, waiver {place}", path=path, place=place)
        yield Placed(_made(Waiver, entry, where), path.name, place)


def _corrections(path: Path) -> Iterator[Placed[Correction]]:
    try:
        text = _whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(say("{path}: not UTF-8 at byte {byte}", path=path, byte=number(error.start))) from error
    # Only line feeds end a line of JSON lines: U+2028 may be in a text.
    for place, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = say("{path}, line {place}", path=path, place=place)
        yield Placed(_made(Correction, _parsed(line, where), where), f"{CORRECTIONS}/{path.name}", place)


def _whole(path: Path) -> bytes:
    # Opening a pipe must not wait for its other end.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigError(say("{path}: not a plain file", path=path))
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ConfigError(say("{path}: more than {bytes} bytes; divide it", path=path, bytes=number(MOST_BYTES)))
    return content


def _parsed(line: str, where: str) -> Any:
    try:
        value = json.loads(line, object_pairs_hook=_no_repeated_keys, parse_constant=_no_constants)
        # An escape can name an unpaired surrogate, which no text of a record can hold.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        said = say("an unpaired surrogate") if isinstance(error, UnicodeEncodeError) else error
        raise ConfigError(say("{where}: not a JSON object: {said}", where=where, said=said)) from error
    return value


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(say("a key occurs twice"))
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(say("{name} is not a JSON number", name=name))


def _made(model: type[Entry], value: object, where: str) -> Entry:
    if not isinstance(value, dict):
        raise ConfigError(
            say("{where}: expected the keys {keys}", where=where, keys=", ".join(sorted(model.model_fields)))
        )
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_mistake(error, model)}") from error


def _mistake(error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors()[0]
    if first["loc"] and first["loc"][0] != "set":
        return first_mistake(error, model)
    # What was found is not shown: it is the whole entry, which may have a text of a record in it.
    return said_of_mistake(first)


def _refuse_contradictions(corrections: tuple[Placed[Correction], ...]) -> None:
    """Which of two values is meant is nothing that the order of files could say."""
    seen: dict[tuple[str, str], Placed[Correction]] = {}
    for placed in corrections:
        for field, value in placed.entry.values.items():
            other = seen.setdefault((placed.entry.record, field), placed)
            if other.entry.values[field] != value:
                raise ConfigError(
                    say(
                        "{place}: sets {field} of {record} to another value than {other}; leave out one of them",
                        place=placed.place,
                        field=field,
                        record=placed.entry.record,
                        other=other.place,
                    )
                )
