"""The reference pages of the docs that are generated from the code: ``python -m tools.reference`` writes them anew.

A page is a function without arguments that returns its text; `PAGES` names its file below docs/reference/. A test holds
the committed files to them.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from sftrm_quality.run_record import Inspection, Manifest, Report, Value
from tools import reference_columns, reference_declarations, reference_settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def report_schema() -> str:
    """JSON Schema of ``report.json``.

    Returns:
        The text of the page.
    """
    return _schema(Report, "report.json")


def manifest_schema() -> str:
    """JSON Schema of ``manifest.json``.

    Returns:
        The text of the page.
    """
    return _schema(Manifest, "manifest.json")


def inspection_schema() -> str:
    """JSON Schema of what ``sftrm inspect --json`` prints.

    Returns:
        The text of the page.
    """
    return _schema(Inspection, "sftrm inspect --json")


def _schema(value: type[Value], title: str) -> str:
    """As it is written: a key that may be missing in what an older version wrote is always there."""
    found = {"$schema": _DIALECT, **value.model_json_schema(mode="serialization"), "title": title}
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": reference_settings.page,
    "columns.md": reference_columns.page,
    "declarations.md": reference_declarations.page,
    "report.schema.json": report_schema,
    "manifest.schema.json": manifest_schema,
    "inspection.schema.json": inspection_schema,
}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
        print(FOLDER / name)


if __name__ == "__main__":
    main()
