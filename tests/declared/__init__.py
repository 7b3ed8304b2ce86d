"""Records of every built-in format: a module for each, found by its name."""

from importlib import import_module

import hypothesis
from hypothesis import strategies as st

from sftrm_quality.formats import builtin_declarations
from tests.declared.damaging import Damage
from tests.declared.making import Made

_MODULES = {one.name: import_module(f"tests.declared.{one.name}") for one in builtin_declarations()}
MAKERS: dict[str, st.SearchStrategy[Made]] = {name: module.MADE for name, module in _MODULES.items()}
"""Records, each with the candidates that it is."""
DAMAGE: dict[str, Damage] = {name: module.DAMAGE for name, module in _MODULES.items()}
"""What makes them wrong."""


def examples(name: str, files: int, most: int = 5) -> list[list[Made]]:
    """Some records of a format, as many times as there are to be files; the same ones each time."""
    found: list[list[Made]] = []

    @hypothesis.settings(max_examples=files, derandomize=True, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(st.lists(MAKERS[name], min_size=1, max_size=most))
    def collect(made: list[Made]) -> None:
        found.append(made)

    collect()
    return found
