"""docs/reference/declarations.md: every key of a declaration of a format, from the model."""

import ast
import inspect
import types
import typing
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sftrm_quality.formats import Declaration

_HEAD = """\
# Declarations

Generated from `sftrm_quality/formats/declaration.py` and `parts.py` by `python -m tools.reference`; edit it there. How
to declare a format: [Your own files](../formats.md). A *path* is the name of a field, with dots for fields in objects;
*paths* are one or a list, of which the first that a record has counts. `sftrm formats NAME` prints a built-in one.

| key | type | default | what it is |
| --- | --- | --- | --- |
"""
_TEXTS = ("name", "about", "about_ko", "numbered.field", "numbered.score")
"""Bounded texts that are no paths."""
_NAMES = {str: "text", bool: "true or false", int: "whole number", object: "any"}


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(Declaration, ""))


def _rows(model: type[BaseModel], prefix: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    said = _said_of_fields(model)
    for name, field in model.model_fields.items():
        part = _part(field.annotation)
        what = said.get(name) or (part.__doc__ if part else "") or ""
        type_ = "part" if part else "text" if f"{prefix}{name}" in _TEXTS else _type(field)
        rows.append((f"`{prefix}{name}`", type_, _default(field), _one_line(what)))
        if part is not None:
            rows += _rows(part, f"{prefix}{name}.")
    return rows


def _said_of_fields(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field. Pydantic would read it for every process that never looks at it (0.07 s)."""
    (found,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(found, ast.ClassDef)
    said: dict[str, str] = {}
    for field, text in pairwise(found.body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            said[ast.unparse(field.target)] = str(text.value.value)
    return said


def _part(annotation: Any) -> type[BaseModel] | None:
    found = next((one for one in (annotation, *typing.get_args(annotation)) if isinstance(one, type)), None)
    return found if found is not None and found is not types.NoneType and issubclass(found, BaseModel) else None


def _type(field: FieldInfo) -> str:
    return _words(field.annotation, bool(field.metadata))


def _words(annotation: Any, bounded: bool = False) -> str:
    arguments = [one for one in typing.get_args(annotation) if one is not types.NoneType]
    origin = typing.get_origin(annotation)
    if types.NoneType in typing.get_args(annotation):
        return _words(arguments[0])
    if origin is typing.Annotated:
        return _words(arguments[0], bounded=True)
    if origin is typing.Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin is tuple:
        inner = _words(arguments[0])
        return {"path": "paths", "paths": "list of paths"}.get(inner, "list of texts")
    if origin is dict:
        return f"{_words(arguments[0])} → {_words(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, str) and annotation is not str:
        return " or ".join(f"`{one}`" for one in list(typing.cast("type[StrEnum]", annotation)))
    return "path" if annotation is str and bounded else _NAMES[annotation]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(required)"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ((), {}, ""):
        return "none"
    texts = [value] if isinstance(value, str) else value if isinstance(value, tuple) else [str(value).lower()]
    return ", ".join("`" + one.encode("unicode_escape").decode() + "`" if "\n" in one else f"`{one}`" for one in texts)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")
