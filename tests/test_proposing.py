"""Declarations proposed for records of no known format: what names tell, and nothing that they do not."""

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.formats import Declaration, builtin_declarations
from sftrm_quality.formats.proposing import propose
from tests.declared import MAKERS
from tests.declared.making import TEXT
from tests.declared_case import mapped
from tests.outputs import run_on

LONG = "아주 긴 글입니다. 무엇을 어떻게 해야 하는지 처음부터 끝까지 자세히 알려 주세요."


def parts(record, *more):
    """The proposal as a file holds it, open parts empty; and its comments."""
    text = propose([record, *more]).text
    comments = [line.partition("# ")[2] for line in text.splitlines() if "# " in line]
    values = yaml.safe_load(text)
    assert values.pop("name") == "my_format"
    return values, comments


@pytest.mark.parametrize(
    ("record", "declared"),
    [
        ({"질의": "?", "상담례, 결정례 기반 답변": "!"},
         {"label_kind": "sft", "prompt": {"parts": ["질의"]}, "answer": "상담례, 결정례 기반 답변"}),
        ({"Q": "?", "A": "!", "label": 0}, {"label_kind": "sft", "prompt": {"parts": ["Q"]}, "answer": "A"}),
        ({"in": {"q": "?"}, "out": {"reply": "!"}, "meta": {"category": "c"}},
         {"label_kind": "sft", "prompt": {"parts": ["in.q"]}, "answer": "out.reply", "category": "meta.category"}),
        ({"question": "?", "context": LONG, "reply": "!", "system": "s"},
         {"label_kind": "sft", "prompt": {"parts": ["question", "context"]}, "answer": "reply",
          "system": "system"}),
        ({"chat": [{"speaker": "user", "text": "?"}, {"speaker": "bot", "text": "!"}]},
         {"label_kind": "sft", "messages": {"path": "chat", "role": "speaker", "content": "text"}}),
        ({"query": "?", "good": "a", "bad": "b"},
         {"label_kind": "rm", "prompt": {"parts": ["query"]}, "pair": {"chosen": "good", "rejected": "bad"}}),
        ({"chat": [{"speaker": "user", "text": "?"}], "preferred": "a", "losers": ["b", "c"]},
         {"label_kind": "rm", "messages": {"path": "chat", "role": "speaker", "content": "text"},
          "pair": {"chosen": "preferred", "rejected": "losers"}}),
        ({"question": "?", "candidates": [{"text": "a", "score": 0.5}, {"text": "b", "score": 1}]},
         {"label_kind": "rm", "prompt": {"parts": ["question"]},
          "listed": {"path": "candidates", "text": "text", "score": {"paths": "score"}}}),
        ({"prompt": "?", "outputs": ["a", "b"], "ranking": [2, 1]},
         {"label_kind": "rm", "prompt": {"parts": ["prompt"]}, "listed": {"path": "outputs", "ranks": "ranking"}}),
        ({"prompt": "?", "output_1": "a", "output_2": "b", "ranking": [1, 0]},
         {"label_kind": "rm", "prompt": {"parts": ["prompt"]}, "numbered": {"field": "output_{}", "ranks": "ranking"},
          "rank_base": 0}),
        ({"prompt": "?", "completions": [{"text": "a", "rank": 1}, {"text": "b", "rank": 0}]},
         {"label_kind": "rm", "prompt": {"parts": ["prompt"]}, "rank_base": 0,
          "listed": {"path": "completions", "text": "text", "rank": "rank"}}),
        ({"prompt": "?", "output_1": "a", "output_2": "b", "score_1": 1, "score_2": 0},
         {"label_kind": "rm", "prompt": {"parts": ["prompt"]},
          "numbered": {"field": "output_{}", "score": "score_{}"}}),
        ({"prompt": "?", "reply_1": {"text": "a", "rank": 1}, "reply_2": {"text": "b", "rank": 2}},
         {"label_kind": "rm", "prompt": {"parts": ["prompt"]},
          "numbered": {"field": "reply_{}", "text": "text", "rank": "rank"}}),
    ],
)  # fmt: skip
def test_what_the_names_tell_is_declared_and_reads_the_records(record, declared):
    values, comments = parts(record)
    assert values == declared
    # Ranks are never turned round without a word.
    assert any(comment.startswith("rank_direction") for comment in comments) == ("rank" in json.dumps(declared))
    proposal = propose([record])
    assert proposal.declaration == Declaration(name="my_format", **declared)
    found = mapped([record], proposal.declaration)
    assert found.format == "my_format" and not found.misfits and len(found.records) == 1


@pytest.mark.parametrize(
    ("record", "opened", "comments"),
    [
        ({"task": LONG, "result": LONG}, {"prompt": {"parts": []}, "answer": None},
         ["which ones? task, result", "which one? task, result"]),
        ({"question": "?", "instruction": "!", "reply": "a"}, {"prompt": {"parts": []}, "answer": "reply"},
         ["which ones? question, instruction"]),
        ({"question": "?", "explanation": "!", "reply": "a", "output": "b"},
         {"prompt": {"parts": ["question"]}, "answer": None},
         ["which one? reply, output", "not read: explanation: a further part of the prompt"]),
        ({"prompt": "?", "completions": ["a", "b"]},
         {"prompt": {"parts": ["prompt"]}, "listed": {"path": "completions", "ranks": None, "scores": None}},
         ["which one?", "which one?"]),
        ({"prompt": "?", "completions": ["a", "b"], "values": [1, 2], "more": [1]},
         {"prompt": {"parts": ["prompt"]}, "listed": {"path": "completions", "ranks": None, "scores": None}},
         ["which one? values", "which one? values"]),
        ({"대화": [{"화자": "고객", "발화": "?"}, {"화자": "상담원", "발화": "!"}]},
         {"messages": {"path": "대화", "role": "화자", "content": "발화", "roles": {"고객": None, "상담원": None}}},
         ["which one? user, assistant, system, tool"] * 2),
    ],
)  # fmt: skip
def test_what_they_do_not_tell_is_open_with_what_it_may_be(record, opened, comments):
    values, said = parts(record)
    values.pop("label_kind")
    assert values == opened and propose([record]).declaration is None
    assert len(said) == len(comments) and all(map(str.startswith, said, comments))


@pytest.mark.parametrize(
    ("verdicts", "codes"),
    [
        (["a", "b", "tie"], "a, b, tie"),
        ([2, 1, 1.5], "'1', '1.5', '2'"),
        ([[True, False], [True]], "'false', 'true'"),
    ],
)
def test_codes_of_a_verdict_are_those_of_the_file_and_are_left_to_fill_in(verdicts, codes):
    records = [{"prompt": f"{at}?", "response_a": "a", "response_b": "b", "winner": v} for at, v in enumerate(verdicts)]
    values, comments = parts(*records)
    assert comments == [f"which ones? {codes}"] * 3
    assert values["verdict"] == {
        "first_answer": "response_a", "second_answer": "response_b", "field": "winner",
        "first": [], "second": [], "tie": [],
    }  # fmt: skip


def test_no_text_of_a_record_is_taken_for_a_code():
    records = [{"prompt": f"{at}?", "answer_1": "a", "answer_2": "b", "choice": LONG} for at in range(3)]
    assert LONG[:9] not in propose(records).text
    records = [{"prompt": f"{at}?", "answer_1": "a", "answer_2": "b", "choice": "900101-1234567"} for at in range(3)]
    assert "900101" not in propose(records).text


@pytest.mark.parametrize(
    "record",
    [
        {"who": 1},
        {},
        {"name": "a", "city": "b"},
        {"x.y": "?", " ": "!"},
        {"question900101-1234567": "?", "answer010-1234-5678": "!"},
    ],
)
def test_nothing_is_proposed_where_nothing_looks_like_a_label(record):
    assert propose([record]) is None


# Of UltraFeedback the overall score is proposed, which says something else than the mean of its aspects.
OTHERS = ("hh_rlhf", "open_assistant", "open_assistant_messages", "ultrafeedback")
KNOWN = [one.name for one in builtin_declarations() if one.name not in OTHERS]


@pytest.mark.parametrize("name", KNOWN)
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_records_of_known_shapes_are_proposed_as_such_or_left_open(name, data):
    """What is proposed for them never says something else than what they say."""
    made = data.draw(st.lists(MAKERS[name], min_size=1, max_size=4))
    records = [record for record, _ in made]
    proposal = propose(records)
    if proposal is None or proposal.declaration is None:
        return
    # Only the label: a part that no name tells is a reason, or left to a person.
    found = mapped(records, proposal.declaration)
    for at, (_, truth) in enumerate(made):
        for candidate in found.parts.get(at, []):
            if found.format != "my_format":
                continue
            label = "answer" if "answer" in truth[0] else "responses"
            assert candidate.get(label) == truth[0][label]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["question", "answer_a", "answer_b", "reply", "rank", "winner", "ranks", "다른 것", "a: b", "#"]
            ),
            st.recursive(
                st.none() | st.booleans() | st.integers(-2, 2) | TEXT,
                lambda inside: (
                    st.lists(inside, max_size=3)
                    | st.dictionaries(st.sampled_from(["text", "role", "score", "- x"]), inside, max_size=3)
                ),
                max_leaves=6,
            ),
            max_size=6,
        ),
        max_size=4,
    )
)
def test_whatever_records_hold_the_proposal_is_yaml(records):
    if (proposal := propose(records)) is None:
        return
    values = yaml.safe_load(proposal.text)
    assert values["name"] == "my_format"
    if proposal.declaration is not None:
        assert Declaration.model_validate(values) == proposal.declaration


def inspected(path, *arguments):
    done = CliRunner().invoke(app, ["inspect", str(path), *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.stdout


def test_inspect_proposes_tries_and_what_it_proposes_is_read_by_a_run(tmp_path):
    records = [{"질의": f"{at} 번째 질문은?", "답변 내용": f"{at} 입니다"} for at in range(9)]
    records[4]["답변 내용"] = ["글이 아닌 것"]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    (file,) = json.loads(inspected(path, "--json"))["files"]
    proposed = file["proposed"]
    assert (file["status"], proposed["records"], proposed["records_read"]) == ("unreadable", 9, 8)
    assert [(one["reason"], one["source_index"]) for one in proposed["reasons"]] == [("field_type_wrong", 4)]
    assert [one["fields"]["answer"] for one in proposed["shown"]] == ["'# 입니다'"] * 3
    text = inspected(path)
    assert "8 of 9 records" in text and "field_type_wrong (1 record, first record 5" in text
    block = text.partition("set formats to that folder:\n")[2].partition("  reads")[0]
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "my_format.yaml").write_text(block, "utf-8")
    assert yaml.safe_load(block) == yaml.safe_load(proposed["declaration"])
    report = run_on([path], tmp_path / "out", f"formats={tmp_path / 'formats'}").report
    assert (report["files"][0]["format"], report["ledger"]["sft"]["received"]) == ("my_format", 9)
    assert report["reasons"]["sft"]["field_type_wrong"] == 1


def test_what_is_open_is_not_tried_and_what_holds_no_labels_gets_no_declaration(tmp_path):
    verdict = {"prompt": "?", "response_a": "a", "response_b": "b", "winner": "A"}
    for name, records, proposes in (
        ("verdict", [verdict], True),
        ("unranked", [{"prompt": "?", "responses": ["a", "b"]}], True),
        ("kto", [{"prompt": "?", "completion": "a", "label": True}], False),
        ("evaluation", [{"question": "?", "choices": ["a", "b"], "solution": LONG}], False),
        ("nested", [{"question": "?", "reply": "a", "qas": []}], False),
    ):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        (file,) = json.loads(inspected(path, "--json"))["files"]
        assert (file["proposed"] is not None) == proposes, name
        if proposes:
            assert (file["proposed"]["records"], file["proposed"]["records_read"]) == (None, None)
            assert "decide what is open" in inspected(path)
