"""The same records read by ours and by what trains on them: TRL and LLaMA-Factory; and workbooks by pandas' readers.

Where they and we mean something else, a test says so.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sftrm_quality.formats import Declaration, builtin_declarations
from tests.bad_files import good
from tests.clients.environment import by_clients, needs_clients
from tests.declared import examples
from tests.declared.making import ROLES, STAND_INS, Record
from tests.declared_case import mapped
from tests.reading_case import json_lines, read

pytestmark = needs_clients

FILES = 12
THINKING_OFF = "detailed thinking off"
# As LLaMA-Factory calls them in a file, and what it makes of them. It drops records with other names; ours knows these.
SHAREGPT = {"user": "human", "assistant": "gpt", "tool": "observation", "function_call": "function_call"}
OPENAI = {"user": "user", "assistant": "assistant", "tool": "tool", "function_call": "function_call"}
MADE = {"user": "user", "assistant": "assistant", "tool": "observation", "function_call": "function"}
OPENAI_TAGS = {f"{role}_tag": name for role, name in OPENAI.items() if role in ("user", "assistant")} | {
    "role_tag": "role", "content_tag": "content", "observation_tag": "tool", "function_tag": "function_call",
    "system_tag": "system",
}  # fmt: skip


def by_others(reader: str, folder: Path, records: list[Record], **settings: Any) -> list[Record]:
    path = folder / "records.jsonl"
    path.write_text(json_lines(records), "utf-8")
    (found,) = by_clients("by_others.py", reader, path, json.dumps(settings))
    return found  # type: ignore[no-any-return]


def records_of(name: str, **renamed: str) -> list[Record]:
    """Records of a format, with one name for what has several."""
    made = (record for file in examples(name, FILES) for record, _ in file)
    return [{renamed.get(key, key): value for key, value in record.items()} for record in made]


def role_of(name: str) -> str:
    return next(role for role, names in ROLES.items() if name in names)


def with_roles(value: Any, names: Record) -> Any:
    """The same with one name per role."""
    if isinstance(value, list):
        return [with_roles(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: names.get(role_of(one), one) if key in ("role", "from") else with_roles(one, names)
        for key, one in value.items()
    }


def ours(records: list[Record], *declared: Declaration) -> list[Record]:
    """The parts of all records, each of which is one candidate."""
    found = mapped(records, *declared)
    assert not found.misfits and list(found.parts) == list(range(len(records)))
    return [parts[0] for parts in found.parts.values()]


def asked(parts: Record, roles: Record) -> list[Record]:
    """A candidate's turns up to the answer, without the system message."""
    turns = [{"role": roles[role], "content": text} for role, text in parts.get("history", [])]
    return [*turns, {"role": roles["user"], "content": parts["prompt" if "responses" in parts else "question"]}]


def answered(parts: Record) -> list[str]:
    return [text for text, _ in parts["responses"]] if "responses" in parts else [parts["answer"]]


def compare_with_llamafactory(found: list[Record], parts: list[Record]) -> None:
    assert len(parts) >= FILES
    theirs = [(one["_prompt"], [said["content"] for said in one["_response"]], one["_system"] or "") for one in found]
    assert theirs == [(asked(one, MADE), answered(one), one.get("system", "")) for one in parts]


def alpaca_joined_by(joiner: str) -> Declaration:
    (alpaca,) = (one for one in builtin_declarations() if one.name == "alpaca")
    assert alpaca.prompt is not None
    return alpaca.model_copy(update={"prompt": alpaca.prompt.model_copy(update={"joiner": joiner})})


ALPACA_COLUMNS = {"prompt": "instruction", "query": "input", "response": "output", "history": "history",
                  "system": "system"}  # fmt: skip


def test_alpaca_is_what_llamafactory_reads_with_its_joiner(tmp_path: Path) -> None:
    records = records_of("alpaca", response="output", system_prompt="system")
    plain = [record for record in records if record.get("input") not in STAND_INS]
    assert any(record.get("input") for record in plain) and any(record.get("history") for record in plain)
    found = by_others("llamafactory", tmp_path, plain, formatting="alpaca", columns=ALPACA_COLUMNS)
    compare_with_llamafactory(found, ours(plain, alpaca_joined_by("\n")))
    # A stand-in for no input is part of its prompt, and none of ours.
    stand_ins = [record for record in records if record.get("input") == "N/A"]
    found = by_others("llamafactory", tmp_path, stand_ins, formatting="alpaca", columns=ALPACA_COLUMNS)
    for one, theirs in zip(ours(stand_ins), found, strict=True):
        assert theirs["_prompt"][-1]["content"] == one["question"] + "\nN/A"


def test_conversations_are_what_llamafactory_reads(tmp_path: Path) -> None:
    records = with_roles(records_of("sharegpt"), SHAREGPT)
    columns = {"messages": "conversations", "system": "system"}
    found = by_others("llamafactory", tmp_path, records, formatting="sharegpt", columns=columns)
    compare_with_llamafactory(found, ours(records))
    records = with_roles(records_of("messages"), OPENAI)
    columns = {"messages": "messages", "system": "system"}
    found = by_others("llamafactory", tmp_path, records, formatting="openai", columns=columns, tags=OPENAI_TAGS)
    # This converter tells all models not to think.
    assert all(one["_system"].endswith(THINKING_OFF) for one in found)
    found = [one | {"_system": one["_system"].removesuffix(THINKING_OFF).removesuffix("\n")} for one in found]
    compare_with_llamafactory(found, ours(records))


def test_pairs_are_what_llamafactory_reads(tmp_path: Path) -> None:
    pairs = records_of("pair", question="prompt", instruction="prompt", query="prompt")
    texts = [one for one in pairs if isinstance(one["chosen"], str) and isinstance(one["rejected"], str)]
    columns = {name: name for name in ("prompt", "history", "chosen", "rejected")}
    found = by_others("llamafactory", tmp_path, texts, formatting="alpaca", ranking=True, columns=columns)
    compare_with_llamafactory(found, ours(texts))
    records = [one for one in with_roles(records_of("pair_conversations"), SHAREGPT) if isinstance(one["chosen"], dict)]
    columns = {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"}
    found = by_others("llamafactory", tmp_path, records, formatting="sharegpt", ranking=True, columns=columns)
    compare_with_llamafactory(found, ours(records))


def test_prompts_are_what_trl_extracts(tmp_path: Path) -> None:
    implicit = records_of("pair_implicit")
    # Beside a prompt that is a text, both sides hold it as turns.
    implicit += [one for one in records_of("pair") if isinstance(one.get("prompt"), str) and len(one["chosen"]) > 1
                 and isinstance(one["chosen"], list)]  # fmt: skip
    roles = {role: role for role in ROLES}
    for record, theirs in zip(implicit, by_others("trl_pairs", tmp_path, implicit), strict=True):
        (parts,) = ours([record])
        system = [{"role": "system", "content": parts["system"]}] if "system" in parts else []
        assert with_roles(theirs["prompt"], roles) == [*system, *asked(parts, roles)]
        assert [said["content"] for side in ("chosen", "rejected") for said in theirs[side]] == answered(parts)


def test_unpaired_answers_are_those_of_trl(tmp_path: Path) -> None:
    records = records_of("pair", question="prompt", instruction="prompt", query="prompt")
    texts = [one for one in records if isinstance(one["chosen"], str) and isinstance(one["rejected"], str)]
    texts = [{name: one[name] for name in ("prompt", "chosen", "rejected")} for one in texts]
    found = by_others("trl_unpaired", tmp_path, texts)
    parts = ours(texts)
    expected = [
        {"prompt": one["prompt"], "completion": text, "label": best}
        for best in (True, False)
        for one in parts
        for text, rank in one["responses"]
        if (rank == 1) is best
    ]
    assert found == expected and len(expected) > FILES


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_workbooks_are_what_pandas_writes_and_reads(tmp_path: Path, form: str) -> None:
    more = ["two  spaces\nand a line", " white space around ", "007", "1.50", "<b>&amp;</b>", "TRUE", "2026-11-02"]
    records = [{**good("book", number), "more": text} for number, text in enumerate(more)]
    path = tmp_path / f"a.{form}"
    theirs = by_others("workbook", tmp_path, records, to=str(path))
    (tmp_path / "spill").mkdir()
    schema = pa.schema([(name, pa.string()) for name in records[0]])
    assert list(read(path, tmp_path / "spill", schema=schema).values.values()) == theirs
