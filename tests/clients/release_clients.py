"""The records of a release as a program reads them that knows nothing of us.

``python release_clients.py RELEASE_FOLDER CLIENT…`` prints a line of JSON for each client, ``{kind: {split: [row]}}``;
of mlcroissant, which has the split as a field, ``{kind: [row], "errors": [text], "warnings": [text]}``, and as
``KIND/train`` the ``record_id`` of the rows that it filters by that.
"""

import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from offline import offline

Json = dict[str, Any]
Rows = list[Json]


def _splits(release: Path) -> Iterator[tuple[str, str, str]]:
    """Label kinds and splits that have files, with the pattern of their paths."""
    for kind in ("sft", "rm"):
        for split in ("train", "validation", "test"):
            if list(release.glob(f"{kind}/{split}-*.parquet")):
                yield kind, split, f"{release}/{kind}/{split}-*.parquet"


def _by_pattern(read: Callable[[str], Rows]) -> Callable[[Path], Json]:
    def by_kind(release: Path) -> Json:
        found: Json = {}
        for kind, split, pattern in _splits(release):
            found.setdefault(kind, {})[split] = read(pattern)
        return found

    return by_kind


def _duckdb(pattern: str) -> Rows:
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [pattern])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _polars(pattern: str) -> Rows:
    import polars

    return polars.scan_parquet(pattern).collect().to_dicts()


def _pandas(pattern: str) -> Rows:
    import pandas

    files = sorted(Path(pattern).parent.glob(Path(pattern).name))
    return pandas.concat(map(pandas.read_parquet, files)).to_dict("records")


def _datasets(release: Path, streaming: bool) -> Json:
    from datasets import load_dataset

    return {
        kind: {split: list(rows) for split, rows in load_dataset(str(release), kind, streaming=streaming).items()}
        for kind in dict.fromkeys(kind for kind, _, _ in _splits(release))
    }


def _mlcroissant(release: Path) -> Json:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=release / "croissant.json")
    issues = described.metadata.ctx.issues
    found: Json = {"errors": [*map(str, issues.errors)], "warnings": [*map(str, issues.warnings)]}
    for kind in ("sft", "rm"):
        found[kind] = [_by_column(row) for row in described.records(record_set=kind)]
        filtered = described.records(record_set=kind, filters={f"{kind}/split": "train"})
        found[f"{kind}/train"] = [_by_column(row)["record_id"] for row in filtered]
    return found


def _by_column(row: Json) -> Json:
    """Its fields are named by their paths, ``sft/history/role``."""
    return {
        name.rpartition("/")[2]: [_by_column(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


CLIENTS: dict[str, Callable[[Path], Json]] = {
    "duckdb": _by_pattern(_duckdb),
    "polars": _by_pattern(_polars),
    "pandas": _by_pattern(_pandas),
    "datasets": lambda release: _datasets(release, False),
    "datasets, streaming": lambda release: _datasets(release, True),
    "mlcroissant": _mlcroissant,
}


def _plain(value: Any) -> Any:
    """Without numpy, and with None for what is null in whatever way a client says it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode()
    return None if isinstance(value, float) and math.isnan(value) else value


if __name__ == "__main__":
    with offline() as results:
        for client in sys.argv[2:]:
            print(json.dumps(_plain(CLIENTS[client](Path(sys.argv[1])))), file=results)
