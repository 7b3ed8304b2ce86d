"""Parts of a declaration that somebody has to decide, and a declaration with such parts as YAML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from sftrm_quality.formats.parts import code_of
from sftrm_quality.personal_data import mask_text
from sftrm_quality.words import say

_SHOWN = 12
"""Candidates that a comment names."""
_CODE = 20
"""Characters of a code. What is longer is a text of a record, of which nothing is shown."""


@dataclass(frozen=True)
class Open:
    """candidates: what it may be, none where nothing in the file looks like it. several: it is a list."""

    candidates: Sequence[str]
    several: bool = False

    def __str__(self) -> str:
        shown = ", ".join(_scalar(one) for one in self.candidates[:_SHOWN])
        asked = "[]  # " + say("which ones?") if self.several else "# " + say("which one?")
        return f"{asked} {shown}"


def shown_code(value: object) -> str:
    """A value of a field with few of them; "" where it is a text of a record."""
    code = code_of(value)
    return "" if len(code) > _CODE or "\n" in code or mask_text(code) != code else code


def is_open(value: object) -> bool:
    """Whether some part of a declaration has to be decided."""
    if isinstance(value, Mapping):
        return any(map(is_open, value.values()))
    return isinstance(value, Open)


def as_text(parts: Mapping[str, Any]) -> str:
    """A declaration as YAML, with comments where it is open. Keys that begin with # are comments of their own."""
    return "\n".join(_lines(parts, "")) + "\n"


def _lines(parts: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in parts.items():
        if key.startswith("#"):
            lines.append(f"{indent}# {value}")
        elif isinstance(value, Mapping):
            lines += [f"{indent}{_scalar(key)}:", *_lines(value, f"{indent}  ")]
        else:
            lines.append(f"{indent}{_scalar(key)}: {value if isinstance(value, Open) else _scalar(value)}")
    return lines


def _scalar(value: Any) -> str:
    """A text or a list on one line."""
    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")
