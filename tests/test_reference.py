"""Whole runs over small folders that hypothesis makes, compared record by record with a slow reference."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.bad_files import LONG_FORM, SOAK, good, wrapped
from tests.outputs import Output, open_gate, run_on
from tests.reference import Folder, Place, expected

pytestmark = LONG_FORM

# Long texts, and what may be done to them: equal and nearly equal ones (Jaccard above 0.9), and others that share
# nothing, so that the bands, which find all pairs that are so alike, can be held to every pair.
_BASES = [" ".join(good("base", n * 20 + k)["question"] for k in range(5)) for n in range(3)]
_EDITS = (str, str, str, str.upper, "{} End.".format, "Well, {}".format, "\u200b{}".format, "  {}\n".format)
LONG = st.builds(lambda base, edit: edit(base), st.sampled_from(_BASES), st.sampled_from(_EDITS))
SHORT = st.sampled_from(
    ["예", "네", "3", "아니오", "N/A", "", " ", "\u200b", "a\ufffdb", "a\u0007b", "<|endoftext|>", "x </s>"]
)
# One in ten is a text that a check refuses; else nearly no record would be left to be compared with others.
TEXT = st.integers(0, 9).flatmap(lambda chance: LONG if chance else SHORT)
ODD = st.sampled_from([None, 5, True, ["x"], {"text": "x"}, 1.5])
ID = st.sampled_from([*range(20), *map(str, range(20)), None, " "])
COUNT = st.sampled_from([None, 0, 3, -1, 2.5, "1"])
SFT = st.fixed_dictionaries({"data_id": ID, "question": TEXT, "answer": TEXT}, optional={"other": COUNT})
RESPONSES = st.lists(TEXT, min_size=2, max_size=3, unique_by=lambda text: text.strip().casefold()[5:25]).flatmap(
    lambda texts: st.permutations(range(1, len(texts) + 1)).map(
        lambda ranks: [{"text": text, "rank": rank} for text, rank in zip(texts, ranks, strict=True)]
    )
)
RM = st.fixed_dictionaries({"data_id": ID, "prompt": TEXT, "responses": RESPONSES}, optional={"other": COUNT})
CHANGES = st.sampled_from(
    [None] * 30
    + [
        "odd-text",
        "odd-id",
        "other-kind",
        "two-prompts",
        "odd-rank",
        "equal-ranks",
        "no-record",
        "count",
        "one-response",
    ]
)
DAMAGES = {
    "brace": lambda text: text[:-1],
    "quote": lambda text: text.replace('"', "", 1),
    "tail": lambda text: text + " x",
    "nan": lambda text: text[:-1] + ', "n": NaN}',
    "twice": lambda text: text[:-1] + ', "data_id": "y"}',
    "surrogate": lambda text: text[:-1] + ', "s": "\\ud800"}',
}


@st.composite
def items(draw: st.DrawFn, kind: str) -> Any:
    record = draw(SFT if kind == "sft" else RM)
    change = draw(CHANGES)
    if change == "odd-text":
        record["question" if kind == "sft" else "prompt"] = draw(ODD)
    elif change == "odd-id":
        record["data_id"] = draw(ODD)
    elif change == "other-kind":
        record["responses" if kind == "sft" else "answer"] = [] if kind == "sft" else "x"
    elif change == "two-prompts":
        record["input"] = draw(TEXT)
    elif change in ("odd-rank", "equal-ranks") and kind == "rm":
        record["responses"][0]["rank"] = draw(st.sampled_from([None, 0, 1.5, "1"])) if change == "odd-rank" else 2
    elif change == "count":
        record["question_count"] = draw(COUNT)
    elif change == "one-response" and kind == "rm":
        del record["responses"][1:]
    elif change == "no-record":
        return draw(st.sampled_from([None, 5, "text", [1], True]))
    return record


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """A kind and a text. Three good records, which tell the format, come first."""
    kind = draw(st.sampled_from(["sft", "rm"]))
    form = draw(st.sampled_from(["lines", "lines", "document", "array"]))
    mark = draw(st.integers(0, 1 << 30))
    first = [good(f"file{mark}", n) for n in range(3)]
    if kind == "rm":
        first = [
            {"data_id": r["data_id"], "prompt": r["question"],
             "responses": [{"text": r["answer"], "rank": 2}, {"text": r["question"] * 2, "rank": 1}]}
            for r in first
        ]  # fmt: skip
    texts = [json.dumps(record) for record in [*first, *draw(st.lists(items(kind), max_size=8))]]
    if form == "lines" and draw(st.booleans()):
        at = draw(st.integers(1, len(texts) - 1))
        if texts[at].startswith("{"):
            texts[at] = DAMAGES[draw(st.sampled_from(sorted(DAMAGES)))](texts[at])
    return kind, wrapped(form, texts)


# A run of some files costs a second or two, most of it for each shard: the short form makes those of one record seldom.
# What fails is made smaller only by `make soak`: it takes hundreds of whole runs.
@settings(
    max_examples=600 if SOAK else 16,
    phases=tuple(Phase) if SOAK else (Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(files(), min_size=1, max_size=3), st.sampled_from([1, 3, 50_000, 50_000]))
def test_a_run_and_the_reference_say_the_same_of_every_record(made: list[tuple[str, str]], shard_records: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        raw = folder / "raw"
        raw.mkdir()
        for number, (kind, text) in enumerate(made):
            (raw / f"{kind}-{number}.json").write_text(text, "utf-8")
        limits = f"limits.shard_records={shard_records}"
        report = run_on([raw], folder / "out", open_gate(folder / "suites"), limits).report
        compare(Output(folder / "out", report), expected(raw))
    finally:
        shutil.rmtree(folder)


def compare(output: Output, reference: Folder) -> None:
    places = {row["record_id"]: place for place, (_, row) in output.outcomes.items()}
    found: dict[Place, Any] = {}
    for place, (end, row) in output.outcomes.items():
        duplicate = (places[row["duplicate_of"]], row["kind"]) if end == "duplicate" else None
        found[place] = (end, set(row.get("reasons") or ()), duplicate)
    wanted = {
        place: (outcome.end, outcome.reasons, (outcome.duplicate_of, outcome.kind) if outcome.duplicate_of else None)
        for place, outcome in reference.outcomes.items()
    }
    assert found == wanted
    for group in reference.groups:
        assert len({output.outcomes[place][1]["split"] for place in group}) == 1
