"""Rooms are entered by their faces: what others use of a room, its ``__init__`` exports."""

import ast
from pathlib import Path

from tests.conftest import ROOT

ROOMS = [
    "flows.commands",
    "flows.server",
    "flows.service",
    "flows.ui",
    "sftrm_quality.collection",
    "sftrm_quality.housekeeping",
    "sftrm_quality.inspection",
    "sftrm_quality.intake",
    "sftrm_quality.job",
    "sftrm_quality.releases",
    "sftrm_quality.releases.profile",
    "sftrm_quality.reports",
    "sftrm_quality.rows",
    "sftrm_quality.sheets",
]
# preload loads what every worker needs, whatever room it is in.
EXCEPTIONS = {"sftrm_quality.preload"}


def imports(root: Path) -> list[tuple[str, str]]:
    """(Module, what it imports) of our packages below a folder."""
    found = []
    for path in sorted([*(root / "flows").rglob("*.py"), *(root / "sftrm_quality").rglob("*.py")]):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.append((module, node.module))
            elif isinstance(node, ast.Import):
                found += [(module, name.name) for name in node.names]
    return found


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def past_the_faces(root: Path) -> list[tuple[str, str]]:
    """Imports of what is inside a room by modules outside."""
    return [
        (module, imported)
        for module, imported in imports(root)
        for room in ROOMS
        if within(imported, room) and imported not in ROOMS and not within(module, room) and module not in EXCEPTIONS
    ]


def test_what_others_use_of_a_room_its_face_exports():
    assert past_the_faces(ROOT) == []


def test_an_import_past_the_face_is_seen(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "sftrm_quality" / "reports").mkdir(parents=True)
    (tmp_path / "flows" / "a.py").write_text("def f():\n    from sftrm_quality.reports.html import render_run")
    (tmp_path / "flows" / "b.py").write_text("from sftrm_quality.reports import render_run")
    (tmp_path / "sftrm_quality" / "reports" / "c.py").write_text("import sftrm_quality.reports.html")
    assert past_the_faces(tmp_path) == [("flows.a", "sftrm_quality.reports.html")]
