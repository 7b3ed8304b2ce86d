"""Suite files: one JSON file per suite, read strictly.

Great Expectations silently drops entries that it does not understand, and an emptied suite passes. So every entry is
checked here by itself, and anything unknown is a ``SuiteError`` that names the file, the entry and what to do.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from sftrm_quality.checks.frames import Scope
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.errors import SuiteError
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.settings_files import read_settings_file
from sftrm_quality.words import LANGUAGES, Language, described, say

PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ties": ("forbid", "dense", "competition"), "unranked": ("forbid", "allow")}
)
"""Settings of a source that a suite may ask for as ``{"$PARAMETER": name}``, with the values that they may have."""

RELEASE, DELIVERY = "release", "delivery"
_OF_FIGURES = (RELEASE, DELIVERY)
_SUITE_KEYS = {"name", "notes", "meta", "expectations"}
_ENTRY_KEYS = {"type", "kwargs", "severity", "description", "notes", "meta"}
_META_KEYS = {"reason", "scope"}
# A description in another language than English is in the meta of its entry: description_ko.
_DESCRIPTIONS: Mapping[str, Language] = {f"description_{code}": code for code in LANGUAGES if code != "en"}
# Great Expectations hands these to DataFrame.query (which runs code) or they would bend how results are read back.
_REFUSED_KWARGS = {"row_condition", "condition_parser", "result_format", "catch_exceptions", "batch_id"}
# Great Expectations lets kwargs override the keys beside them.
_OF_THE_ENTRY = {"severity", "description", "notes", "meta", "id", "rendered_content", "windows"}
# Beyond it whole numbers cannot be compared with columns of 64 bits.
_GREATEST = 2**63 - 1


@dataclass(frozen=True)
class Entry:
    """One expectation of a suite, as written.

    description: in English; descriptions: the same in other languages, by their codes.
    scope: None in the suites of release and delivery. mostly: 0 to 1, the share of rows that must pass.
    """

    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    reason: str
    scope: Scope | None
    mostly: float
    description: str
    descriptions: Mapping[Language, str]
    notes: str

    @property
    def says(self) -> str:
        """The description, which can be said in every language that it is in."""
        return described(self.description, self.descriptions)


@dataclass(frozen=True, eq=False)
class Suite:
    """A suite file. Two suites are equal when they find the same, wherever they lie and however they explain it.

    file_hash: SHA-256 of the whole text, with all that is said to people.
    """

    name: str
    file: str
    file_hash: str
    entries: tuple[Entry, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what changes results: no description and no note, no layout, order of keys or written default."""
        entries = [asdict(entry) for entry in self.entries]
        for entry in entries:
            del entry["description"], entry["descriptions"], entry["notes"]
            # The entry has it as a number, also where it is not written.
            entry["kwargs"].pop("mostly", None)
        content = json.dumps([self.name, entries], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Suite) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)


@dataclass(frozen=True)
class Suites:
    """The suites of a run."""

    sft: Suite
    rm: Suite
    release: Suite
    delivery: Suite

    @property
    def all(self) -> tuple[Suite, ...]:
        """Each of them, in the order in which they are run."""
        return self.sft, self.rm, self.release, self.delivery

    @property
    def hash(self) -> str:
        """One hash over what changes results in them."""
        return hashlib.sha256(" ".join(suite.hash for suite in self.all).encode()).hexdigest()

    @property
    def file_hash(self) -> str:
        """One hash over their whole files."""
        return hashlib.sha256(" ".join(suite.file_hash for suite in self.all).encode()).hexdigest()

    def of(self, kind: LabelKind) -> Suite:
        """The suite that checks the records of a label kind."""
        return self.sft if kind is LabelKind.SFT else self.rm


def read_suites(folder: Path) -> Suites:
    """Read the suites of a folder and check all that can be seen at a glance.

    Whether Great Expectations takes every entry is for `compile_suites` to say.

    Args:
        folder: With ``sft.json``, ``rm.json``, ``release.json`` and ``delivery.json``. One that was copied before there
            was a ``delivery.json`` has none: the one that we ship counts then.

    Raises:
        SuiteError: One line that names the file and the entry.
    """
    sft, rm, release = (_read(folder / f"{name}.json", name) for name in (*map(str, LabelKind), RELEASE))
    delivery = folder / f"{DELIVERY}.json"
    return Suites(
        sft, rm, release, _read(delivery if delivery.exists() else SHIPPED_EXPECTATIONS / delivery.name, DELIVERY)
    )


def _read(path: Path, name: str) -> Suite:
    try:
        text = read_settings_file(path)
    except FileNotFoundError:
        raise SuiteError(
            say("{path}: suite not found; copy it from the expectations/ folder of sftrm-quality", path=path)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(
            say("{path}: cannot be read ({error}); expected a JSON file in UTF-8", path=path, error=error)
        ) from error
    try:
        document = json.loads(text, object_pairs_hook=_no_repeated_keys, parse_constant=_no_constants)
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise SuiteError(
            say("{path}: unpaired surrogate \\u{code:04x}", path=path, code=ord(error.object[error.start]))
        ) from error
    except (ValueError, RecursionError) as error:
        raise SuiteError(
            say("{path}: not a valid JSON document: {error}; correct it and run again", path=path, error=error)
        ) from error
    if not isinstance(document, dict):
        raise SuiteError(say("{path}: not an object; expected one with 'name' and 'expectations'", path=path))
    _refuse_unknown(str(path), document, _SUITE_KEYS)
    if document.get("name") != name:
        raise SuiteError(
            say(
                "{path}: 'name' is {name!r}, expected {expected!r}, as the file is called",
                path=path,
                name=document.get("name"),
                expected=name,
            )
        )
    raw_entries = document.get("expectations")
    if not isinstance(raw_entries, list) or not raw_entries:
        raise SuiteError(
            say("{path}: 'expectations' is empty or not a list; a suite without expectations lets all pass", path=path)
        )
    entries = tuple(
        _entry(say("{path}, expectation {i}", path=path, i=i), raw, name) for i, raw in enumerate(raw_entries, start=1)
    )
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if entry.reason in seen:
            raise SuiteError(
                say(
                    "{path}, expectation {number} ({type}): reason {reason!r} occurs twice; give each "
                    "expectation its own meta.reason",
                    path=path,
                    number=number,
                    type=entry.type,
                    reason=entry.reason,
                )
            )
        seen.add(entry.reason)
    return Suite(name, path.name, hashlib.sha256(text.encode()).hexdigest(), entries)


def _entry(where: str, raw: object, suite: str) -> Entry:
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise SuiteError(
            say("{where}: expected an object with a 'type' such as 'expect_text_to_be_visible'", where=where)
        )
    where = f"{where} ({raw['type']})"
    _refuse_unknown(where, raw, _ENTRY_KEYS)
    kwargs, meta = raw.get("kwargs", {}), raw.get("meta", {})
    if not isinstance(kwargs, dict) or not isinstance(meta, dict):
        raise SuiteError(say("{where}: 'kwargs' and 'meta' must be objects", where=where))
    meta_keys = {*(_META_KEYS if suite not in _OF_FIGURES else {"reason"}), *_DESCRIPTIONS}
    _refuse_unknown(say("{where}, meta", where=where), meta, meta_keys)
    if raw.get("severity") not in list(Severity):
        raise SuiteError(
            say(
                "{where}: 'severity' is {severity!r}, expected one of {expected}",
                where=where,
                severity=raw.get("severity"),
                expected=", ".join(Severity),
            )
        )
    reason = meta.get("reason")
    if not isinstance(reason, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", reason):
        raise SuiteError(
            say(
                "{where}: meta.reason is {reason!r}, expected a name in snake_case such as 'answer_blank'",
                where=where,
                reason=reason,
            )
        )
    for key in ("description", "notes"):
        if not isinstance(raw.get(key, ""), str):
            raise SuiteError(say("{where}: {key!r} must be text", where=where, key=key))
    for key in _DESCRIPTIONS.keys() & meta.keys():
        if not isinstance(meta[key], str) or not meta[key].strip():
            raise SuiteError(say("{where}: {key!r} must be text", where=where, key="meta." + key))
    return Entry(
        type=raw["type"],
        kwargs=kwargs,
        severity=Severity(raw["severity"]),
        reason=reason,
        scope=_scope(where, meta, suite),
        mostly=_check_kwargs(where, kwargs),
        description=raw.get("description", ""),
        descriptions={code: meta[key] for key, code in _DESCRIPTIONS.items() if key in meta},
        notes=raw.get("notes", ""),
    )


def _scope(where: str, meta: Mapping[str, Any], suite: str) -> Scope | None:
    if suite in _OF_FIGURES:
        return None
    try:
        return Scope(meta.get("scope", Scope.RECORD))
    except ValueError:
        raise SuiteError(
            say(
                "{where}: meta.scope is {scope!r}, expected one of {expected}",
                where=where,
                scope=meta["scope"],
                expected=", ".join(Scope),
            )
        ) from None


def _check_kwargs(where: str, kwargs: Mapping[str, Any]) -> float:
    """Refuse what may not be in kwargs, and give back ``mostly``."""
    for key, value in kwargs.items():
        if key in _REFUSED_KWARGS:
            raise SuiteError(
                say(
                    "{where}: {key!r} is not allowed in kwargs; write a custom expectation instead",
                    where=where,
                    key=key,
                )
            )
        if key in _OF_THE_ENTRY:
            raise SuiteError(
                say(
                    "{where}: {key!r} does not belong in kwargs; severity, description, notes, meta are keys "
                    "of the entry",
                    where=where,
                    key=key,
                )
            )
        if isinstance(value, dict) and value not in [{"$PARAMETER": name} for name in PARAMETERS]:
            raise SuiteError(
                say(
                    "{where}: {key!r} is {found}, expected a value or {parameters}",
                    where=where,
                    key=key,
                    found=value,
                    parameters=say(" or ").join(f'{{"$PARAMETER": "{name}"}}' for name in PARAMETERS),
                )
            )
        for single in value if isinstance(value, list) else [value]:
            # Great Expectations looks for parameters of its own, however deep they are.
            if isinstance(single, list) or (isinstance(single, dict) and single is not value):
                raise SuiteError(
                    say("{where}: {key!r} holds a list or an object, expected texts or numbers", where=where, key=key)
                )
            if isinstance(single, int | float) and not abs(single) <= _GREATEST:
                raise SuiteError(
                    say(
                        "{where}: {key!r} holds a number beyond 64 bits, expected at most {greatest:,}",
                        where=where,
                        key=key,
                        greatest=_GREATEST,
                    )
                )
    mostly = kwargs.get("mostly", 1.0)
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 <= mostly <= 1:
        raise SuiteError(
            say("{where}: 'mostly' is {mostly!r}, expected a number from 0 to 1", where=where, mostly=mostly)
        )
    return float(mostly)


def _refuse_unknown(where: str, found: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(found.keys() - known):
        raise SuiteError(
            say(
                "{where}: unknown key {keys}; known are {known}",
                where=where,
                keys=", ".join(map(repr, unknown)),
                known=", ".join(sorted(known)),
            )
        )


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(say("a key occurs twice in one object: {found}", found=", ".join(found)))
    return found


def _no_constants(name: str) -> NoReturn:
    raise ValueError(say("{name} is not a JSON number", name=name))
