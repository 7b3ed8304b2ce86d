"""docs/reference/settings.md: every setting with type, default, bounds and reason, from the model."""

import types
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sftrm_quality.config import RunConfig

_HEAD = """\
# Settings

Generated from `sftrm_quality/config.py` by `python -m tools.reference`; edit it there. In a YAML file (`--config`) or
one by one (`--set near.threshold=0.7`). Unknown keys are refused. Items of a list are written `name[]`.

| setting | type | default | what it is | why this default |
| --- | --- | --- | --- | --- |
"""
# Their defaults depend on the machine or the checkout.
_DEFAULTS = {"workers": "one for each core", "expectations": "`expectations/` of the checkout"}


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(RunConfig, ""))


def _rows(model: type[BaseModel], prefix: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        inner, item = _model_of(field.annotation)
        key = f"{prefix}{name}{'[]' if item else ''}"
        if inner is None or item:
            rows.append((f"`{key}`", _type(field), _default(name, field), _what(field), _reason(field)))
        if inner is not None:
            rows += _rows(inner, f"{key}.")
    return rows


def _model_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model that a setting holds, if any, and whether it holds a list of them."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is list and isinstance(arguments[0], type) and issubclass(arguments[0], BaseModel):
        return arguments[0], True
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return (annotation, False) if issubclass(annotation, BaseModel) else (None, False)
    return None, False


def _type(field: FieldInfo) -> str:
    annotation = field.annotation
    if typing.get_origin(annotation) is typing.Literal:
        return " or ".join(f"`{choice}`" for choice in typing.get_args(annotation))
    limits = []
    for bound in field.metadata:
        for key, sign in (("ge", "≥"), ("le", "≤")):
            if hasattr(bound, key):
                limits.append(f"{sign} {getattr(bound, key):,}")
    return ", ".join([_name_of(annotation), *limits])


def _name_of(annotation: Any) -> str:
    if typing.get_origin(annotation) is list:
        return f"list of {_name_of(typing.get_args(annotation)[0])}"
    if typing.get_origin(annotation) is typing.Annotated:
        return _name_of(typing.get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "entries"
    return {int: "whole number", float: "number", str: "text", Path: "path"}[annotation]


def _default(name: str, field: FieldInfo) -> str:
    if name in _DEFAULTS:
        return _DEFAULTS[name]
    if field.is_required():
        return "(required)"
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, list):
        return ", ".join(f"`{value}`" for value in default) or "none"
    return f"`{default:,}`" if isinstance(default, int | float) else f"`{default}`"


def _what(field: FieldInfo) -> str:
    title, description = field.title or "", field.description or ""
    return f"{title}. {description}".strip().replace("|", "\\|")


def _reason(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("reason", "")) if isinstance(extra, dict) else ""
