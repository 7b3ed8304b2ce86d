"""A release and its exports as others read them: readers of tables and data sets, and the loaders of trainers."""

from pathlib import Path
from typing import Any

import pytest

from tests.clients.environment import by_clients, needs_clients
from tests.exported_records import Json, conversation, in_turns, pairs, rm_rows, sft_rows
from tests.outputs import KINDS, SPLITS, Output
from tests.test_training_steps import chatml, takes_turns

pytestmark = needs_clients

READERS = ["duckdb", "polars", "pandas", "datasets", "datasets, streaming", "mlcroissant"]
LOADS = [
    *(("llama-factory", f"{name}/{split}") for name in ("messages", "alpaca", "pairs_text") for split in SPLITS),
    ("mlx-lm", "mlx"),
    *(("openrlhf", f"{name}/train") for name in ("messages", "prompt_completion", "pairs")),
    *(("axolotl", f"{name}/train") for name in ("messages", "pairs")),
    *(("ms-swift", f"{name}/train") for name in ("messages", "ms_swift")),
]


@pytest.fixture(scope="module")
def read(labels_run: Output) -> dict[str, Json]:
    """The release as each reader has it."""
    found = by_clients("release_clients.py", labels_run.release, *READERS)
    return dict(zip(READERS, found, strict=True))


@pytest.fixture(scope="module")
def loaded(labels_run: Output, tokenizer: Path) -> dict[tuple[str, str], Any]:
    """The rows of each loader."""
    exports = labels_run.release / "exports"
    arguments = [argument for loader, path in LOADS for argument in (loader, exports / path, tokenizer)]
    return dict(zip(LOADS, by_clients("export_loaders.py", *arguments), strict=True))


def published(run: Output, kind: str, split: str) -> list[Json]:
    return [{name: value for name, value in row.items() if name != "split"} for row in run.published(kind, split)]


@pytest.mark.parametrize("reader", READERS[:-1])
def test_every_reader_has_the_rows_of_every_split(read: dict[str, Json], labels_run: Output, reader: str) -> None:
    splits = {kind: {split: published(labels_run, kind, split) for split in SPLITS} for kind in KINDS}
    assert all(rows for kind in KINDS for rows in splits[kind].values())
    assert read[reader] == splits


def test_mlcroissant_has_no_objection_and_reads_every_column(read: dict[str, Json], labels_run: Output) -> None:
    found = read["mlcroissant"]
    assert found["errors"] == []
    # Whom to cite nobody knows but the owner.
    assert [text.partition("] ")[2] for text in found["warnings"]] == [
        'Property "http://mlcommons.org/croissant/citeAs" is recommended, but does not exist.'
    ]
    nothing = [{"role": None, "content": None}]  # what it makes of no list
    for kind in KINDS:
        records = labels_run.published(kind)
        rows = [row | ({"history": None} if row["history"] == nothing else {}) for row in found[kind]]
        assert sorted(rows, key=by_id) == sorted(records, key=by_id)
        assert sorted(found[f"{kind}/train"]) == sorted(map(by_id, published(labels_run, kind, "train")))


def by_id(row: Json) -> str:
    return row["record_id"]  # type: ignore[no-any-return]


def rows_of(loaded: dict[tuple[str, str], Any], loader: str, path: str) -> list[Json]:
    found = loaded[loader, path]
    if "missing" in found:
        pytest.skip(f"{loader}: {found['missing']}")
    assert found and "failed" not in found
    return found  # type: ignore[no-any-return]


def exported(run: Output, name: str, split: str = "train") -> list[Json]:
    """The rows of an export, worked out from the published records."""
    if name in ("messages", "prompt_completion", "alpaca"):
        return [row for record in run.published("sft", split) for row in sft_rows(name, record)]
    return [row for record in run.published("rm", split) for row in rm_rows(name, record, pairs(record))]


@pytest.mark.parametrize("split", SPLITS)
def test_llamafactory_reads_texts_by_dataset_info(
    loaded: dict[tuple[str, str], Any], labels_run: Output, split: str
) -> None:
    for name, kind in (("alpaca", "sft"), ("pairs_text", "rm")):
        rows = exported(labels_run, name, split)
        found = rows_of(loaded, "llama-factory", f"{name}/{split}")
        assert len(rows) == len(found)
        for row, theirs in zip(rows, found, strict=True):
            earlier = [text for pair in row["history"] for text in pair]
            assert [turn["content"] for turn in theirs["_prompt"]] == [*earlier, row["instruction"]]
            answers = [row["output"]] if kind == "sft" else [row["chosen"], row["rejected"]]
            assert [turn["content"] for turn in theirs["_response"]] == answers
            assert theirs["_system"] == row["system"]


@pytest.mark.parametrize("split", SPLITS)
def test_llamafactory_reads_messages_by_dataset_info(
    loaded: dict[tuple[str, str], Any], labels_run: Output, split: str
) -> None:
    names = {"tool": "observation", "function_call": "function"}
    for row, theirs in zip(
        exported(labels_run, "messages", split), rows_of(loaded, "llama-factory", f"messages/{split}"), strict=True
    ):
        turns = [turn | {"role": names.get(turn["role"], turn["role"])} for turn in row["messages"]]
        system = [turn["content"] for turn in turns if turn["role"] == "system"]
        said = turns[len(system) :] if takes_turns(row["messages"]) else []
        assert [*theirs["_prompt"], *theirs["_response"]] == said
        assert [theirs["_system"]] == (system or [""])


def test_mlx_lm_reads_its_three_files(loaded: dict[tuple[str, str], Any], labels_run: Output) -> None:
    found = rows_of(loaded, "mlx-lm", "mlx")
    for split, name in zip(SPLITS, ("train", "valid", "test"), strict=True):
        messages = [row["messages"] for row in exported(labels_run, "messages", split)]
        of_file = [row for row in found if row["file"] == name]
        assert [row["text"] for row in of_file] == [chatml(turns) for turns in messages]
        assert [row["prompt"] for row in of_file] == [chatml(turns[:-1], True) for turns in messages]


@pytest.mark.parametrize("name", ["messages", "prompt_completion"])
def test_openrlhf_splits_prompt_and_answer(loaded: dict[tuple[str, str], Any], labels_run: Output, name: str) -> None:
    for row, theirs in zip(exported(labels_run, "messages"), rows_of(loaded, "openrlhf", f"{name}/train"), strict=True):
        assert theirs["prompt"] == chatml(row["messages"][:-1], True)
        assert theirs["prompt"] + theirs["response"] == chatml(row["messages"])


def test_openrlhf_reads_pairs(loaded: dict[tuple[str, str], Any], labels_run: Output) -> None:
    for row, theirs in zip(exported(labels_run, "pairs"), rows_of(loaded, "openrlhf", "pairs/train"), strict=True):
        assert theirs["prompt"] == chatml(row["prompt"], True)
        for side, name in (("chosen", "chosen"), ("rejected", "rejected")):
            assert theirs["prompt"] + theirs[name] == chatml(row["prompt"] + row[side])


def test_axolotl_trains_on_what_the_assistant_says(loaded: dict[tuple[str, str], Any], labels_run: Output) -> None:
    for row, theirs in zip(exported(labels_run, "messages"), rows_of(loaded, "axolotl", "messages/train"), strict=True):
        assert theirs["text"] == chatml(row["messages"])
        said = [turn["content"] for turn in row["messages"] if turn["role"] == "assistant"]
        assert theirs["trained"] == "".join(f"{text}<|im_end|>" for text in said)


def test_axolotl_reads_pairs(loaded: dict[tuple[str, str], Any], labels_run: Output) -> None:
    for row, theirs in zip(exported(labels_run, "pairs"), rows_of(loaded, "axolotl", "pairs/train"), strict=True):
        assert theirs["prompt"] == chatml(row["prompt"], True)
        for side in ("chosen", "rejected"):
            assert theirs[side] == f"{row[side][0]['content']}<|im_end|>"


def test_ms_swift_reads_messages_and_rejected_responses(loaded: dict[tuple[str, str], Any], labels_run: Output) -> None:
    for name in ("messages", "ms_swift"):
        rows = [{key: value for key, value in row.items() if key != "record_id"} for row in exported(labels_run, name)]
        calls = {"function_call": "tool_call"}
        for row in rows:
            row["messages"] = [turn | {"role": calls.get(turn["role"], turn["role"])} for turn in row["messages"]]
        assert rows_of(loaded, "ms-swift", f"{name}/train") == rows


def test_records_are_of_every_kind(labels_run: Output) -> None:
    """What the tests above rest on."""
    for kind in KINDS:
        records = [record for split in SPLITS for record in labels_run.published(kind, split)]
        assert any(record["system"] for record in records) and any(record["history"] for record in records)
        assert not all(map(in_turns, records))
        turns = [takes_turns(conversation(record)) for record in records]
        assert 0 < turns.count(False) < sum(not in_turns(record) for record in records)
