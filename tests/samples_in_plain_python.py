"""The samples as plain Python sees them: cut into records, read strictly, and searched for every planted defect.

On purpose without the product's own readers and checks, which are to be compared with it.
"""

import csv
import gzip
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sftrm_quality.text import fold_text, normalise_text, strict_text

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
RAW = DATA / "raw"
PLANTED = json.loads((DATA / "planted.json").read_text(encoding="utf-8"))
CASES = {(case["source_file"], case["source_index"]): case for case in PLANTED["cases"]}
LABEL_FILES = {file["source_file"]: file for file in PLANTED["files"]}
ENCODINGS = {"sft_vendor_cp949.json": "cp949", "sft_vendor_utf16.json": "utf-16", "rm_2026-11-01.json": "utf-8-sig"}
JSON_LINES = ("sft_2026-11-02.jsonl.gz", "rm_2026-11-02.jsonl", "sft_vendor_utf16.json", "sft_vendor_alpaca.jsonl")
LEAD_OF_RECORD = re.compile(r'\{\s*"data_(?:id|category)":')
NEAR = 0.8


def content(source_file: str) -> bytes:
    archive, _, member = source_file.partition("!")
    if member:
        with zipfile.ZipFile(RAW / archive) as opened:
            return opened.read(member)
    found = (RAW / archive).read_bytes()
    return gzip.decompress(found) if archive.endswith(".gz") else found


@cache
def records(source_file: str) -> list[str]:
    """The text of each record, cut where a record begins, so that a broken record cannot take others with it.

    A row of a table is JSON, in which an empty cell is no field; but one of the CSV file that has too few or too many
    cells, or none of its own.
    """
    if source_file.endswith(".parquet"):
        return [in_json(row) for row in pq.read_table(io.BytesIO(content(source_file))).to_pylist()]
    if source_file.endswith(".csv"):
        return list(csv_records(content(source_file).decode()))
    text = content(source_file).decode(ENCODINGS.get(source_file, "utf-8"), errors="surrogateescape")
    if source_file in JSON_LINES:
        return text.split("\n")
    text = text.partition('"data_info":')[2]
    starts = [match.start() for match in LEAD_OF_RECORD.finditer(text)]
    ends = [*starts[1:], len(text)]
    return [re.sub(r"[\s,]*(\]\s*\}\s*)?\Z", "", text[a:b]) for a, b in zip(starts, ends, strict=True)]


def in_json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def csv_records(text: str) -> Iterator[str]:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    lines = iter(text.split("\r\n")[1:])
    for row in rows:
        # A line end within a cell is no CRLF here.
        line = next(lines)
        yield (
            line
            if len(row) != len(header) or row == header
            else in_json({name: cell for name, cell in zip(header, row, strict=True) if cell})
        )


TABLE_HEADER = "data_id,data_category,question_type,question_count,question,answer"


def unread(source_file: str, index: int) -> str | None:
    """Why plain Python would not read a record of the samples, or None."""
    texts = records(source_file)
    if source_file.endswith(".csv") and not texts[index].startswith("{"):
        return cells_reason(texts[index])
    return read_reason(texts[index], is_last=index == len(texts) - 1)


def cells_reason(text: str) -> str:
    """Why a row of the CSV file is none."""
    if text == TABLE_HEADER:
        return "header_repeated"
    (row,) = csv.reader([text])
    return "cells_too_few" if len(row) < len(TABLE_HEADER.split(",")) else "cells_too_many"


def strict_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("duplicate_key")
    return dict(pairs)


def refuse_constant(name: str) -> None:
    raise ValueError("not_a_number")


def read_reason(text: str, is_last: bool) -> str | None:
    """Why plain Python would not read this record, or None."""
    if any("\udc80" <= c <= "\udcff" for c in text):
        return "invalid_encoding"
    try:
        value = json.loads(text, object_pairs_hook=strict_pairs, parse_constant=refuse_constant)
    except json.JSONDecodeError:
        return "truncated_record" if is_last else "invalid_json"
    except ValueError as error:
        return str(error)
    if re.search(r"[\ud800-\udfff]", json.dumps(value, ensure_ascii=False)):
        return "lone_surrogate"
    if "Infinity" in json.dumps(value):
        return "number_out_of_range"
    return "too_deep" if "[" * 129 in re.sub(r"\s", "", text) else None


def flat(value: dict[str, Any]) -> dict[str, Any]:
    """A delivered record of any form with plain names: prompt, answer, responses."""
    record = dict(value)
    if "instruction" in record:
        more = record["input"] if record["input"] not in ("", "<noinput>") else ""
        question = "\n\n".join(filter(None, [record["instruction"], more]))
        # There are no ids: what a record says is what it goes by.
        return {"data_id": json.dumps(value), "data_category": "", "prompt": question, "answer": record["output"]}
    if "chosen" in record:
        sides = [{"text": record.get(name, ""), "rank": rank} for rank, name in enumerate(("chosen", "rejected"), 1)]
        return {"data_id": record["id"], "data_category": "", "prompt": record["prompt"], "responses": sides}
    record["prompt"] = record.get("prompt", record.get("input", record.get("question")))
    if isinstance(record.get("data_category"), dict):
        record["data_category"] = record["data_category"]["main"]
        if isinstance(record.get("answer"), dict):
            record["answer"] = record["answer"]["contents"]
        elif "answer" in record:
            record["answer"] = ["not an object"]
        numbered = [record[name] for name in sorted(record) if re.fullmatch(r"answer\d\d", name)]
        if numbered:
            record["responses"] = [{"text": a["contents"], "rank": a["ranking"]} for a in numbered]
    return record


STAND_INS = ("N/A", "<noinput>", "null", "TODO", "<NAME>")
TOKEN = re.compile(r"<\|\w+\|>|</?s>|\[/?INST\]")


def blank(text: str | None) -> bool:
    return not normalise_text(TOKEN.sub("", text or ""))


def garbled(text: str) -> bool:
    return any(c == "\ufffd" or (unicodedata.category(c) == "Cc" and c not in "\t\n\r") for c in text)


def text_reasons(name: str, text: str | None) -> set[str]:
    found = {f"{name}_blank"} if blank(text) else set()
    if text and garbled(text):
        found.add(f"{name}_garbled")
    if text and TOKEN.search(text):
        found.add(f"{name}_has_template_token")
    if len(text or "") > 32_768:
        found.add(f"{name}_too_long")
    return found


def rank_reasons(ranks: list[Any]) -> set[str]:
    given = [rank for rank in ranks if rank is not None]
    found = set()
    if len(given) < len(ranks):
        found.add("rank_missing")
    if len(ranks) >= 2 > len(given):
        found.add("too_few_ranked")
    if any(rank != int(rank) for rank in given):
        found.add("rank_not_integer")
    elif sorted(given) != list(range(1, len(given) + 1)):
        found.add("ranks_not_contiguous")
    if len(given) > 1 and len(set(given)) == 1:
        found.add("ranks_all_tied")
    return found


def value_of(source_file: str, text: str) -> Any:
    """A record that can be read; digits in a cell of the CSV file are a number."""
    value = json.loads(text)
    if source_file.endswith(".csv") and value["question_count"].isdigit():
        value["question_count"] = int(value["question_count"])
    return value


def format_reason(kind: str, record: Any) -> str | None:
    if not isinstance(record, dict):
        return "not_an_object"
    if "prompt" in record and "input" in record and record["prompt"] != record["input"]:
        return "aliases_disagree"
    if "response" in record and record["response"] != record.get("output"):
        return "aliases_disagree"
    if "context" in record:
        return "field_unexpected"
    record = flat(record)
    texts = [record.get("answer"), record["prompt"]]
    ranks = [response.get("rank") for response in record.get("responses") or []]
    wrong = (
        not all(text is None or isinstance(text, str) for text in texts)
        or any(isinstance(rank, str) for rank in ranks)
        or isinstance(record.get("question_count"), str)
    )
    return "field_type_wrong" if wrong else None


def reasons_of(kind: str, value: dict[str, Any]) -> set[str]:
    """Reasons and warnings that a record shows by itself."""
    record = flat(value)
    prompt = record["prompt"]
    found = text_reasons("question" if kind == "sft" else "prompt", prompt)
    if blank(str(record.get("data_id", ""))):
        found.add("data_id_blank")
    if (record.get("question_count") or 0) < 0:
        found.add("question_count_negative")
    if len(record["data_category"]) > 40 or "\n" in record["data_category"]:
        found.add("category_unclean")
    if prompt in STAND_INS:
        found.add("question_placeholder" if kind == "sft" else "prompt_placeholder")
    responses = record.get("responses") or []
    everything = [prompt, record.get("answer"), *(response["text"] for response in responses)]
    if any(text and not unicodedata.is_normalized("NFC", text) for text in everything):
        found.add("not_nfc")
    if any(text and len(text) > 400 and text.count(text[-40:-10]) > 9 for text in everything[1:]):
        found.add("text_loops")
    if kind == "sft":
        answer = record.get("answer")
        found |= text_reasons("answer", answer)
        if prompt is not None and len(prompt) == 1:
            found.add("question_too_short")
        if not blank(prompt) and not blank(answer):
            if strict_text(answer) == strict_text(prompt):
                found.add("answer_equals_question")
            elif fold_text(answer) == fold_text(prompt):
                found.add("answer_repeats_question")
        if answer in STAND_INS:
            found.add("answer_placeholder")
        if answer == "없음":
            found.add("answer_perhaps_placeholder")
        return found
    texts = [response["text"] for response in responses]
    if len(responses) < 2:
        found.add("too_few_responses")
    found = found.union(*(text_reasons("response", text) for text in texts))
    if prompt and strict_text(prompt) in {strict_text(text) for text in texts if text and strict_text(text)}:
        found.add("response_equals_prompt")
    if set(texts) & set(STAND_INS):
        found.add("response_placeholder")
    seen = [text for text in texts if not blank(text)]
    if len({strict_text(text) for text in seen}) < len(seen):
        found.add("responses_identical")
    elif len({fold_text(text) for text in seen}) < len(seen):
        found.add("responses_differ_in_form")
    if any("score" in r and r["score"] > s["score"] and r["rank"] > s["rank"] for r in responses for s in responses):
        found.add("score_contradicts_rank")
    return found | rank_reasons([response.get("rank") for response in responses])


@cache
def readable(source_file: str) -> dict[int, Any]:
    """The records that plain Python reads and that have the form of their file, by position."""
    kind = LABEL_FILES[source_file]["label_kind"]
    texts = records(source_file)
    found = {i: value_of(source_file, t) for i, t in enumerate(texts) if unread(source_file, i) is None}
    return {i: flat(record) for i, record in found.items() if format_reason(kind, record) is None}


def everything(kind: str) -> list[tuple[tuple[str, int], dict[str, Any]]]:
    names = [name for name in LABEL_FILES if LABEL_FILES[name]["label_kind"] == kind]
    return [((name, index), record) for name in names for index, record in readable(name).items()]


def published(kind: str) -> list[tuple[tuple[str, int], dict[str, Any]]]:
    return [
        (place, r)
        for place, r in everything(kind)
        if CASES.get(place, {"outcome": "published"})["outcome"] == "published"
    ]


@cache
def shingles(text: str) -> frozenset[str]:
    text = normalise_text(text)
    return frozenset(text[i : i + 5] for i in range(max(1, len(text) - 4)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def similarity(kind: str, one: dict[str, Any], other: dict[str, Any]) -> float:
    prompts = jaccard(shingles(one["prompt"]), shingles(other["prompt"]))
    if kind == "sft" or prompts < NEAR:
        return min(prompts, jaccard(shingles(one.get("answer") or ""), shingles(other.get("answer") or "")))
    both = [frozenset().union(*(shingles(response["text"]) for response in r["responses"])) for r in (one, other)]
    return min(prompts, jaccard(*both))
