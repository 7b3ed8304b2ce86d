"""Numba's cache knows of a compiled function's own file only: nothing in it may come from another of our files."""

import ast
from pathlib import Path

import pytest

import sftrm_quality

FILES = sorted(Path(sftrm_quality.__file__).parent.rglob("*.py"))


def _foreign_names(source: str) -> set[str]:
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = {a.asname or a.name for i in imports if (i.module or "").startswith("sftrm_quality") for a in i.names}
    compiled = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and any("njit" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    used = {name.id for function in compiled for name in ast.walk(function) if isinstance(name, ast.Name)}
    return used & ours


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in FILES if "njit" in file.read_text()])
def test_compiled_functions_use_nothing_of_another_file(file: Path) -> None:
    assert _foreign_names(file.read_text()) == set()


def test_the_rule_sees_a_breach() -> None:
    source = "from numba import njit\nfrom sftrm_quality.x import f, g\n@njit(cache=True)\ndef a(x):\n    return f(x)\n"
    assert _foreign_names(source) == {"f"}
