"""Whatever comes in: every record ends in one place, no prompt in two splits, nothing published that must not be."""

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sftrm_quality.text import normalise_text
from tests.outputs import KINDS, Output, run_on

WORDS = st.sampled_from(
    ["예", "네", "3", "", " ", "\u200b", "<|endoftext|>", "the quick brown fox jumps", "가나다라 마바사"]
)
TEXT = st.lists(WORDS, max_size=3).map(" ".join) | st.text(max_size=12)
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.integers(), max_size=2))
ID = st.sampled_from(["1", "2", "3", 4, None, "x"])
SFT = st.fixed_dictionaries(
    {"data_id": ID, "question": TEXT | ODD, "answer": TEXT | ODD}, optional={"question_count": ODD, "extra": ODD}
)
RESPONSE = st.fixed_dictionaries({"text": TEXT | ODD, "rank": st.integers(-1, 4) | ODD})
RM = st.fixed_dictionaries({"data_id": ID, "prompt": TEXT | ODD, "responses": st.lists(RESPONSE, max_size=4) | ODD})
# A record as its text; some texts are damaged.
DAMAGE = st.sampled_from([None] * 8 + ["cut", "brace", "garbage"])
ROWS = st.lists(st.tuples(SFT | RM | ODD, DAMAGE), max_size=12)


def as_text(record, damage):
    text = json.dumps(record, ensure_ascii=True)
    if damage == "cut":
        return text[: len(text) // 2] or "{"
    return {"brace": text + "}", "garbage": "?? " + text}.get(damage, text)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_nothing_is_lost_and_nothing_occurs_twice(files):
    folder = Path(tempfile.mkdtemp())
    try:
        raw = folder / "raw"
        raw.mkdir()
        counts = {}
        for number, rows in enumerate(files):
            # Intact lines first: they make the file JSON lines whatever comes after them.
            intact = [{"data_id": f"i{number}{n}", "question": f"{n}, {number}?", "answer": f"{n} yes"} for n in (1, 2)]
            lines = [json.dumps(record) for record in intact] + [as_text(*row) for row in rows]
            counts[f"{number}.jsonl"] = len(lines)
            (raw / f"{number}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        output = Output(folder / "out", run_on([raw], folder / "out", "lock_seconds=0").report)
        check(output, counts)
    finally:
        shutil.rmtree(folder)


def check(output, counts):
    published = {kind: output.published(kind) for kind in KINDS} if output.report["release_id"] else {}
    received = dict.fromkeys(counts, 0)
    for file in output.report["files"]:
        received[file["source_file"]] += file["received"]  # one entry for each label kind
        assert file["received"] == sum(file[c] for c in ("unreadable", "quarantined", "duplicates", "published"))
    assert received == counts
    if not published:
        return
    taken = {f["source_file"] for f in output.report["files"] if f["label_kind"]}
    assert set(output.outcomes) == {(name, i) for name in taken for i in range(counts[name])}
    splits = {}
    for kind in KINDS:
        for row in published[kind]:
            prompt = row["question"] if kind == "sft" else row["prompt"]
            splits.setdefault(normalise_text(prompt), set()).add(row["split"])
        ids = [row["data_id"] for row in published[kind]]
        assert len(set(ids)) == len(ids)
        contents = [content(kind, row) for row in published[kind]]
        assert len(set(contents)) == len(contents)
    assert all(len(found) == 1 for found in splits.values())
    ids = {row["record_id"] for rows in published.values() for row in rows}
    assert {row["duplicate_of"] for row in output.duplicates} <= ids
    assert all(row["reasons"] for row in output.quarantine)


def content(kind, row):
    if kind == "sft":
        return normalise_text(row["question"]), normalise_text(row["answer"])
    return normalise_text(row["prompt"]), frozenset(normalise_text(r["text"]) for r in row["responses"])
