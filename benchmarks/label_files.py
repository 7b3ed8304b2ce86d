"""Records into label files: one JSON document, pretty or compact, or JSON lines, plain or compressed."""

import gzip
import shutil
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import zstandard

FORMS = ("pretty", "compact", "jsonl", "gz", "zst")
TRUTH_NAME = "truth_{}.parquet"

Record = dict[str, Any]
_SUFFIXES = {"pretty": ".pretty.json", "compact": ".compact.json", "jsonl": ".jsonl"}
_BEFORE = {"pretty": b',\n  "data_info": [\n', "compact": b',"data_info":[', "jsonl": b""}
_BETWEEN = {"pretty": b",\n", "compact": b",", "jsonl": b"\n"}
_AFTER = {"pretty": b"\n  ]\n}\n", "compact": b"]}", "jsonl": b"\n"}


def tag(kind: str, count: int) -> str:
    """What the names of the files of a data set share: sft_50k."""
    return f"{kind}_{count // 1000}k"


def label_file(folder: Path, kind: str, count: int, form: str) -> Path:
    return folder / (tag(kind, count) + _SUFFIXES[form])


def _head(form: str, count: int) -> bytes:
    info = {
        "dataset_name": "합성 한국어 SFT/RM 라벨",
        "version": "1.0",
        "date": "2026-01-01",
        "license": "synthetic",
        "count": count,
    }
    if form == "pretty":
        return orjson.dumps({"dataset_info": info}, option=orjson.OPT_INDENT_2).removesuffix(b"\n}") + _BEFORE[form]
    return orjson.dumps({"dataset_info": info}).removesuffix(b"}") + _BEFORE[form] if form == "compact" else b""


def _text(form: str, record: Record) -> bytes:
    # AI Hub's RM files have one record per line.
    if form == "pretty" and "answer01" not in record:
        return b"    " + orjson.dumps(record, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n    ")
    return (b"    " if form == "pretty" else b"") + orjson.dumps(record)


def write_files(base: Path, forms: Sequence[str], count: int, blocks: Iterable[list[Record]]) -> None:
    """Writes ``base`` with the suffix of each form. The compressed forms are made from jsonl, which then stays."""
    paths = {form: base.with_name(base.name + suffix) for form, suffix in _SUFFIXES.items() if form in forms}
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {form: stack.enter_context(path.open("wb")) for form, path in paths.items()}
        for form, file in files.items():
            file.write(_head(form, count))
        for number, block in enumerate(blocks):
            for form, file in files.items():
                file.write(_BETWEEN[form] if number else b"")
                file.write(_BETWEEN[form].join(_text(form, record) for record in block))
        for form, file in files.items():
            file.write(_AFTER[form])
    if "gz" in forms:
        # Neither a name nor a time in the header: the same bytes every time.
        target = base.with_name(base.name + ".jsonl.gz").open("wb")
        with paths["jsonl"].open("rb") as lines, target, gzip.GzipFile("", "wb", 1, target, mtime=0) as packed:
            shutil.copyfileobj(lines, packed, 1 << 20)
    if "zst" in forms:
        with paths["jsonl"].open("rb") as lines, base.with_name(base.name + ".jsonl.zst").open("wb") as packed:
            zstandard.ZstdCompressor(level=3, threads=2).copy_stream(lines, packed)
