"""The same files read by ours and by what people load them with: `datasets` of Hugging Face, and pandas."""

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from sftrm_quality.config import Limits
from sftrm_quality.reading import UnknownFile, discover, open_document, open_streams
from tests.declared import MAKERS, examples
from tests.declared.making import Record
from tests.declared_case import mapped
from tests.reading_case import json_lines
from tests.tables_case import arrow, as_table, parquet

FILES = 3


def as_csv(records: list[Record]) -> bytes:
    """A list or an object is JSON in its cell; what a record has not is an empty one."""
    cells = [{name: _cell(value) for name, value in one.items() if value is not None} for one in records]
    return pd.DataFrame(cells).to_csv(index=False).encode()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


WRITERS: dict[str, Callable[[list[Record]], bytes]] = {
    "json": lambda records: json_lines(records).encode(),
    "csv": as_csv,
    "parquet": lambda records: parquet(as_table(records)),
    "arrow": lambda records: arrow(as_table(records), "stream"),
    "feather": lambda records: arrow(as_table(records), "file", compression="lz4"),
}


def ours(path: Path, spill: Path) -> list[Any]:
    """The values of all records, before any format."""
    (stream,) = open_streams(discover([path])[0])
    assert not isinstance(stream, UnknownFile)
    document = open_document(stream, Limits(), spill)
    assert not isinstance(document, UnknownFile)
    found = []
    for shard in document.shards:
        loaded = shard.load(Limits())
        assert len(loaded.rows) == len(shard)
        found += [loaded.value_at(i) for i in range(len(shard))]
        if shard.spilled:
            shard.path.unlink()
    document.close()
    return found


def without_nulls(value: Any) -> Any:
    """A column of a table is null where a record has no such field; so is an empty cell."""
    if hasattr(value, "tolist"):  # a list within a data frame
        value = value.tolist()
    if isinstance(value, dict):
        return {
            name: without_nulls(one) for name, one in value.items() if one is not None and str(one) not in ("", "nan")
        }
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def by_datasets(path: Path, container: str, folder: Path) -> list[Record]:
    import datasets

    datasets.disable_progress_bars()
    options: dict[str, Any] = {}
    if container == "csv":  # it is not to guess what a cell is
        with path.open(encoding="utf-8", newline="") as file:
            texts = dict.fromkeys(next(csv.reader(file)), datasets.Value("string"))
        options = {"features": datasets.Features(texts), "keep_default_na": False}
    loaded = datasets.load_dataset(container, data_files=str(path), split="train", cache_dir=str(folder), **options)
    if "Json(" in str(loaded.features):  # a field of several types, in which it makes a number of the text "1" (5.2)
        raise TypeError("a field of several types")
    return list(loaded)


def by_pandas(path: Path, container: str, folder: Path) -> list[Record]:
    if container == "json":
        frame = pd.read_json(path, lines=True, dtype=False)
    elif container == "csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    elif container == "parquet":
        frame = pd.read_parquet(path)
    else:
        frame = pd.read_feather(path)
    return [
        {n: v for n, v in row.items() if not (isinstance(v, float) and pd.isna(v))} for row in frame.to_dict("records")
    ]


@pytest.mark.parametrize(
    ("reader", "container"),
    [
        *((by_datasets, container) for container in ("json", "csv", "parquet", "arrow")),
        *((by_pandas, container) for container in ("json", "csv", "parquet", "feather")),
    ],
)
def test_records_are_what_others_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Callable[..., list[Record]], container: str
) -> None:
    """Records of every format: all fields are what others read, and what they read is mapped like the file itself."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "spill").mkdir()
    compared = 0
    for name in MAKERS:
        for number, made in enumerate(examples(name, FILES)):
            path = tmp_path / f"{name}-{number}.{container}"
            try:
                path.write_bytes(WRITERS[container]([record for record, _ in made]))
                others = reader(path, container, tmp_path / "cache")
            except (TypeError, pa.ArrowInvalid):  # fields of several types, which have no place in a table
                continue
            found = ours(path, tmp_path / "spill")
            assert [without_nulls(one) for one in found] == [without_nulls(one) for one in others], name
            as_lines = mapped([without_nulls(one) for one in others])
            assert container == "csv" or mapped((), path=path).parts == as_lines.parts, name
            compared += 1
    assert compared >= 40
