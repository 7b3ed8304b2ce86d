"""Every setting in words, from the model: what it is, its type and bounds, its default and the reason of that.

``sftrm config`` prints them as YAML that can be loaded, `tools/reference_settings.py` as a page of the docs.
"""

import math
import textwrap
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sftrm_quality.config import RunConfig

# Their defaults depend on the machine or the checkout.
LOCAL_DEFAULTS = {
    "workers": "one for each core",
    "expectations": "expectations/ of the checkout",
    "formats": "only those that come with it",
}
_NAMES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    types.NoneType: "null",
}
_WIDTH = 110
_HEAD = """\
Every setting of a run, each with its type, its default and why that is the default. The lines without # are a
configuration: sftrm run --config FILE. Whatever is left out has its default.
"""


@dataclass(frozen=True)
class Setting:
    """One setting. model: of the settings below it, or of the entries where it is a list of such."""

    name: str
    field: FieldInfo
    model: type[BaseModel] | None
    is_list: bool

    @property
    def what(self) -> str:
        """Its title and its description."""
        return f"{self.field.title or ''}. {self.field.description or ''}".strip()

    @property
    def reason(self) -> str:
        """Why its default is what it is; empty where it has none."""
        extra = self.field.json_schema_extra
        return str(extra.get("reason", "")) if isinstance(extra, dict) else ""

    @property
    def default(self) -> Any:
        """Its default; None where it is required."""
        return (
            None if self.field.is_required() else self.field.get_default(call_default_factory=True, validated_data={})
        )

    def type_in_words(self, quote: str = "") -> str:
        """Its type, choices and bounds.

        Args:
            quote: Put around each choice.

        Returns:
            For instance ``whole number, ≥ 1, ≤ 256``.
        """
        annotation = self.field.annotation
        inner = typing.get_args(annotation)[0] if typing.get_origin(annotation) is list else annotation
        if typing.get_origin(inner) is typing.Literal:
            choices = " or ".join(f"{quote}{choice}{quote}" for choice in typing.get_args(inner))
            return choices if inner is annotation else f"list of {choices}"
        limits = [
            f"{sign} {getattr(bound, key):,}"
            for bound in self.field.metadata
            for key, sign in (("ge", "≥"), ("le", "≤"))
            if hasattr(bound, key)
        ]
        return ", ".join([_name_of(self.field.annotation), *limits])


def settings_in(model: type[BaseModel]) -> list[Setting]:
    """The settings of a model, in its order.

    Args:
        model: The configuration, or one below it.

    Returns:
        One for each field.
    """
    return [Setting(name, field, *_model_of(field.annotation)) for name, field in model.model_fields.items()]


def as_yaml(config: RunConfig) -> str:
    """A configuration as YAML with every setting, explained by comments; loading it gives the same one.

    Defaults that depend on the machine are comments too, so that the file changes nothing elsewhere either.

    Args:
        config: Its values are shown; what was set in it is marked as set.

    Returns:
        The text, with a line break at its end.
    """
    lines = [*(f"# {line}" for line in _HEAD.splitlines()), *_lines(config, 0)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _model_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model that a setting holds, if any, and whether it holds a list of them."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is list and isinstance(arguments[0], type) and issubclass(arguments[0], BaseModel):
        return arguments[0], True
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return (annotation, False) if issubclass(annotation, BaseModel) else (None, False)
    return None, False


def _name_of(annotation: Any) -> str:
    if typing.get_origin(annotation) is list:
        return f"list of {_name_of(typing.get_args(annotation)[0])}"
    if typing.get_origin(annotation) is typing.Annotated:
        return _name_of(typing.get_args(annotation)[0])
    if isinstance(annotation, types.UnionType):
        return " or ".join(_name_of(one) for one in typing.get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "entries"
    return _NAMES[annotation]


def _lines(values: BaseModel, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for setting in settings_in(type(values)):
        value, is_set = getattr(values, setting.name), setting.name in values.model_fields_set
        yield ""
        if isinstance(value, BaseModel):
            yield from _comment(type(value).__doc__ or "", indent)
            yield f"{indent}{setting.name}:"
            yield from list(_lines(value, depth + 1))[1:]
            continue
        yield from _explanation(setting, indent)
        if setting.is_list and setting.model and not value:
            yield f"{indent}{setting.name}: []"
            yield from _example(setting.model, indent)
        elif setting.is_list and setting.model:
            yield f"{indent}{setting.name}:{'  # set' if is_set else ''}"
            yield from (f"{indent}  - {_in_yaml(entry.model_dump(mode='json'))}" for entry in value)
            yield from _example(setting.model, indent)
        elif is_set:
            yield f"{indent}{setting.name}: {_in_yaml(_plain(value))}  # set"
        else:
            hidden = "# " if setting.name in LOCAL_DEFAULTS else ""
            yield f"{indent}{hidden}{setting.name}: {_in_yaml(_plain(value))}"


def _explanation(setting: Setting, indent: str) -> Iterator[str]:
    """What it is; then its type, its default and the reason."""
    yield from _comment(setting.what, indent)
    facts = setting.type_in_words()
    if not setting.field.is_required():
        facts += f"; default {LOCAL_DEFAULTS.get(setting.name) or _in_yaml(_plain(setting.default))}"
    yield from _comment(f"{facts}{': ' if setting.reason else ''}{setting.reason}", indent)


def _example(model: type[BaseModel], indent: str) -> Iterator[str]:
    """One entry with every field, as a comment: the text after ``# `` is YAML."""
    yield f"{indent}# An entry with every field, for the place of []:"
    lead = "- "
    for setting in settings_in(model):
        for line in _explanation(setting, ""):
            yield f"{indent}#     {line}"
        value = setting.default if not setting.field.is_required() else _example_of(setting)
        yield f"{indent}#   {lead}{setting.name}: {_in_yaml(_plain(value))}"
        lead = "  "


def _example_of(setting: Setting) -> Any:
    choices = typing.get_args(setting.field.annotation)
    return (setting.field.examples or choices)[0]


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _in_yaml(value: Any) -> str:
    """On one line. What is not printable is escaped, so that it steers no terminal."""
    for as_it_is in (True, False):
        text = yaml.safe_dump([value], default_flow_style=True, allow_unicode=as_it_is, width=math.inf, sort_keys=False)
        if text[:-1].isprintable():
            break
    return str(text).strip()[1:-1]
