"""docs/reference/columns.md: every column of the data files, from the schemas."""

import pyarrow as pa

from sftrm_quality.records import COLUMNS, DUPLICATES, ORIGINALS, PUBLISHED, QUARANTINE, LabelKind

_HEAD = """\
# Columns

Generated from `sftrm_quality/records.py` by `python -m tools.reference`; edit it there. All are Parquet.
"""
_FILES = {
    "SFT: `releases/<id>/sft/<split>-*.parquet`": PUBLISHED[LabelKind.SFT],
    "RM: `releases/<id>/rm/<split>-*.parquet`": PUBLISHED[LabelKind.RM],
    "Changed SFT records as delivered: `releases/<id>/originals/sft-<split>-*.parquet`": ORIGINALS[LabelKind.SFT],
    "Changed RM records as delivered: `releases/<id>/originals/rm-<split>-*.parquet`": ORIGINALS[LabelKind.RM],
    "Quarantine: `quarantine/<run>/quarantine.parquet`": QUARANTINE,
    "Duplicates: `duplicates/<run>/duplicates.parquet`": DUPLICATES,
}


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_table(title, schema) for title, schema in _FILES.items())


def _table(title: str, schema: pa.Schema) -> str:
    rows = "".join(f"| `{field.name}` | `{_type(field.type)}` | {COLUMNS[field.name]} |\n" for field in schema)
    return f"\n## {title}\n\n| column | type | what it holds |\n| --- | --- | --- |\n{rows}"


def _type(type_: pa.DataType) -> str:
    """Without Arrow's names for the items of a list."""
    return str(type_).replace("element: ", "").replace("item: ", "")
