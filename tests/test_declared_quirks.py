"""What public files have in odd places, one record each, and records of shapes that a team declares."""

import json

import pytest

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import Declaration
from tests.declared_case import mapped, one
from tests.outputs import Output, open_gate, run_on

ASK = {"role": "user", "content": "q"}
SAY = {"role": "assistant", "content": "a"}
NO = {"role": "assistant", "content": "b"}
CALL = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
RM = {"prompt": "q", "responses": [("a", 1.0), ("b", 2.0)]}


@pytest.mark.parametrize(
    ("record", "parts"),
    [
        ({"instruction": "q", "input": "  N/A ", "output": "a"}, {"question": "q", "answer": "a"}),
        ({"instruction": " ", "input": "q", "output": "a"}, {"question": "q", "answer": "a"}),
        ({"instruction": "", "input": "", "output": "a"}, {"question": "", "answer": "a"}),
        ({"instruction": None, "input": "q", "output": "a"}, {"question": "q", "answer": "a"}),
        ({"instruction": "q", "output": "a &amp; b"}, {"question": "q", "answer": "a &amp; b"}),
        ({"instruction": "q", "output": "", "response": "a"}, {"question": "q", "answer": "a"}),
        ({"instruction": "q", "output": "a", "system": "", "system_prompt": "s"},
         {"question": "q", "answer": "a", "system": "s"}),
        ({"messages": [ASK, {"role": "assistant", "content": None, "tool_calls": CALL},
                       {"role": "tool", "tool_call_id": "1", "content": "4"}, SAY]},
         {"question": "q", "answer": "a", "history": [
             ("function_call",
              '[{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]'),
             ("tool", "4")]}),
        ({"messages": [ASK, {"role": "assistant", "content": "one moment", "tool_calls": [1]}]},
         {"question": "q", "answer": "one moment\n[1]"}),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": t} for t in "qr"]}, SAY]},
         {"question": "qr", "answer": "a"}),
        ({"prompt": "q", "chosen": "a", "reject": "b"}, RM),
        ({"prompt": "q", "chosen": [ASK, SAY], "rejected": [ASK, NO], "messages": [ASK, SAY]}, RM),
        ({"prompt": " ", "chosen": [ASK, SAY], "rejected": [ASK, NO]}, RM),
        ({"instruction": "q", "input": "r", "chosen": "a", "rejected": "b"}, {**RM, "prompt": "q\n\nr"}),
        ({"instruction": " ", "input": "q", "chosen": "a", "rejected": "b"}, RM),
        ({"instruction": "q", "input": " ", "chosen": "a", "rejected": "b"}, RM),
        ({"instruction": "q", "input": "N/A", "chosen": "a", "rejected": "b"}, RM),
        ({"instruction": "", "input": "", "chosen": "a", "rejected": "b"}, {**RM, "prompt": ""}),
        ({"prompt": " ", "question": "q", "chosen": "a", "rejected": "b"}, RM),
        ({"prompt": "q", "chosen": ["a", "c"], "rejected": "b"},
         {"prompt": "q", "responses": [("a", 1.0), ("c", 1.0), ("b", 2.0)]}),
        ({"prompt": [ASK, SAY, {"role": "user", "content": "r"}],
          "chosen": [{"role": "user", "content": "r"}, SAY], "rejected": [{"role": "user", "content": "r"}, NO]},
         {"prompt": "r", "responses": RM["responses"], "history": [("user", "q"), ("assistant", "a")]}),
        ({"chosen": "\n\nHuman: q\n\nAssistant: Human: a", "rejected": "\n\nHuman: q\n\nAssistant:"},
         {"prompt": "q", "responses": [("Human: a", 1.0), ("", 2.0)]}),
        ({"prompt": "q", "completion_0": "b", "completion_1": "a", "ranking": None},
         {"prompt": "q", "responses": [("b", None), ("a", None)]}),
        # [1, 2, 0] as ranks, and not as the order of the best.
        ({"prompt": "q", **{f"completion_{n}": str(n) for n in range(3)}, "ranking": [1, 2, 0]},
         {"prompt": "q", "responses": [("0", 2.0), ("1", 3.0), ("2", 1.0)]}),
        ({"prompt": "q", "answers": [{"answer": "a", "rank": 1}, {"answer": "b", "rank": None}]},
         {"prompt": "q", "responses": [("a", 1.0), ("b", None)]}),
        ({"question": "q", "answer_a": "a", "answer_b": "b", "score_a": 1, "score_b": 0.5}, RM),
        ({"question": "q", "answer_0": "a", "answer_1": "b", "score_0": 0.5, "score_1": 0.5},
         {"prompt": "q", "responses": [("a", 1.0), ("b", 1.0)]}),
    ],
)  # fmt: skip
def test_a_record_of_a_public_file(record, parts):
    assert one(record) == parts


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({"messages": [ASK]}, "turns_malformed", "the last turn is not the assistant's"),
        ({"messages": [ASK, ASK, SAY]}, "turns_malformed", "turns 1 and 2 are both the user's"),
        ({"messages": [SAY, ASK, SAY]}, "turns_malformed", "the first turn is the assistant's"),
        ({"messages": [ASK, {"role": "system", "content": "s"}, SAY]}, "turns_malformed", "behind the first turn"),
        ({"messages": [{"role": "x" * 90, "content": "q"}, SAY]}, "turns_malformed", f"the role '{'x' * 40}'"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}, SAY]}, "field_type_wrong", "a list of 1"),
        ({"messages": [{"role": "system", "content": "s"}, ASK, SAY], "system": "t"}, "aliases_disagree", "system"),
        ({"instruction": "q", "output": "a", "response": "b"}, "aliases_disagree", "expected one answer"),
        ({"instruction": "q", "output": "a", "system": "s", "system_prompt": "t"}, "aliases_disagree", "one system"),
        ({"prompt": "q", "question": "r", "chosen": "a", "rejected": "b"}, "aliases_disagree", "prompt and question"),
        (
            {"prompt": "q", "responses": ["a"], "scores": [1], "system": "s", "system_prompt": "t"},
            "aliases_disagree",
            "system and system_prompt differ",
        ),
        ({"prompt": "other", "chosen": [ASK, SAY], "rejected": [ASK, NO]}, "aliases_disagree", "expected one prompt"),
        (
            {"prompt": [ASK, SAY, ASK], "chosen": [ASK, NO, ASK, SAY], "rejected": [ASK, NO, ASK, NO]},
            "aliases_disagree",
            "two histories differ",
        ),
        ({"prompt": "q", "chosen": [5], "rejected": "b"}, "field_type_wrong", "chosen[0] is the number 5"),
        ({"prompt": "q", "chosen": "a", "rejected": [SAY, 5]}, "field_type_wrong", "rejected[1] is the number 5"),
        ({"instruction": "q", "output": "a", "history": ["a"]}, "field_type_wrong", "history"),
        (
            {"prompt": {"role": "prompter", "text": "q", "replies": [{"role": "gpt", "text": "a", "rank": True}]}},
            "field_type_wrong",
            "prompt.replies[0].rank is the boolean true",
        ),
    ],
)
def test_a_record_that_is_not_read_says_why(record, reason, detail):
    found = one(record)
    assert found[0] == reason and detail in found[1]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"prompt": "q", "completion": "a", "label": True}, "KTO"),
        ({"prompt": "q", "response_a": "a", "response_b": "b", "winner": "model_a"}, "two answers with a verdict"),
        ({"question": "q", "answer_a": "a", "answer_b": "b", "better": 0}, "two answers with a verdict"),
        ({"prompt": "q", "completion_a": "a", "completion_b": "b", "choice": 1}, "two answers with a verdict"),
        ({"prompt": "q", "responses": ["a", "b"]}, "several answers without ranks"),
        ({"prompt": "q", "completion_tokens": 5, "completion_model": "m", "x": "y"}, "prompt"),
        ({"chosen": "q a", "rejected": "q b"}, "nobody can tell where the prompt ends"),
        ({"question": "q", "choices": ["a", "b"], "x": ""}, "an evaluation set"),
        ({"paragraphs": [{"context": "c"}]}, "nested in paragraphs"),
        ({"prompt": "q"}, "1 prompts without answers"),
    ],
)
def test_a_shape_that_is_not_read_is_named(record, said):
    found = mapped([record])
    assert said in found.format and not found.records and not found.misfits


def test_what_no_part_of_a_format_reads_is_kept():
    tree = {"message_id": "m1", "role": "prompter", "text": "q", "lang": "ko", "replies": [
        {"message_id": "m2", "role": "assistant", "text": "a", "rank": 0, "replies": [], "labels": {"toxic": 0.5}},
        {"message_id": "m3", "role": "assistant", "text": "b", "rank": 1, "replies": None},
    ]}  # fmt: skip
    ((candidate,),) = mapped([{"message_tree_id": "t", "prompt": tree}]).records.values()
    assert candidate["data_id"] == "m1"
    assert candidate["metadata"] == (
        '{"message_tree_id":"t","prompt":{"message_id":"m1","lang":"ko","replies":'
        '[{"message_id":"m2","labels":{"toxic":0.5}},{"message_id":"m3"}]}}'
    )
    record = {"messages": [ASK, SAY], "tools": [{"name": "f", "description": "what f is for"}]}
    ((candidate,),) = mapped([record]).records.values()
    assert candidate["metadata"] == '{"tools":[{"name":"f","description":"what f is for"}]}'


VERDICT = {"first_answer": "a", "second_answer": "b", "field": "better", "first": ["A>B", 1], "second": "B>A", "tie": 0}


def verdict(**changes):
    part = {**VERDICT, **changes}
    return Declaration(name="duel", label_kind="rm", prompt={"parts": ["q"]}, verdict=part)


@pytest.mark.parametrize(
    ("given", "annotators", "ranks"),
    [
        ("A>B", "refuse", (1.0, 2.0)),
        (" B>A ", "refuse", (2.0, 1.0)),
        (0, "refuse", (1.0, 1.0)),
        (1.0, "refuse", (1.0, 2.0)),
        ("1", "refuse", (1.0, 2.0)),
        (["A>B", 1], "refuse", (1.0, 2.0)),
        (["A>B", "B>A", "B>A"], "majority", (2.0, 1.0)),
        (True, "refuse", "verdict_unknown"),
        (None, "refuse", "verdict_unknown"),
        ([], "majority", "verdict_unknown"),
        ([], "apart", "verdict_unknown"),
        ("a", "refuse", "verdict_unknown"),
        (["A>B", "B>A"], "majority", "verdict_split"),
        (["A>B", "B>A", "B>A"], "refuse", "verdict_split"),
        (["A>B", None, "A>B"], "majority", "verdict_unknown"),
    ],
)
def test_a_verdict_is_one_of_the_declared_codes(given, annotators, ranks):
    found = one({"q": "q", "a": "x", "b": "y", "better": given}, verdict(annotators=annotators))
    if isinstance(ranks, str):
        assert found[0] == ranks and found[1].startswith("better is")
    else:
        assert found == {"prompt": "q", "responses": [("x", ranks[0]), ("y", ranks[1])]}


def test_annotators_apart_are_records_of_their_own():
    records = [{"id": 7, "q": "q", "a": "x", "b": "y", "better": ["A>B", "B>A"]}, {"id": 8, "q": "q", "better": 1}]
    found = mapped(records, verdict(annotators="apart"))
    assert [[one["responses"][0]["rank"] for one in of] for of in found.records.values()] == [[1.0, 2.0], [1.0]]
    assert [[one["data_id"] for one in of] for of in found.records.values()] == [["7#1", "7#2"], ["8"]]


def test_ranks_are_meant_as_the_format_says_and_as_the_source_says_otherwise():
    listed = {"path": "r", "text": "t", "rank": "n"}
    numbers = [{"t": "x", "n": 0}, {"t": "y", "n": 1}]
    base = {"name": "mine", "label_kind": "rm", "prompt": {"parts": ["q"]}, "listed": listed}

    def ranks(record, *declared, **source):
        return [rank for _, rank in one(record, *declared, **source)["responses"]]

    assert ranks({"q": "q", "r": numbers}, Declaration(**base, rank_base=0)) == [1.0, 2.0]
    assert ranks({"q": "q", "r": numbers}, Declaration(**base), rank_base=0) == [1.0, 2.0]
    assert ranks({"q": "q", "r": numbers}, Declaration(**base, rank_base=0, rank_direction="highest_is_best")) == [2, 1]
    assert ranks({"q": "q", "r": numbers}, Declaration(**base, rank_base=0), rank_direction="highest_is_best") == [2, 1]
    # Which of a pair is better is said by its names, whatever numbers of the same source mean.
    pair = {"prompt": "q", "chosen": "a", "rejected": "b"}
    assert ranks(pair, rank_direction="highest_is_best", rank_base=0) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("numbers", "tied"),
    [([1, 1], True), ([1, 2, 2], True), ([1, 2, 3], False), ([1, None, None, 2], False), ([None, None], False)],
)
def test_records_whose_responses_tie_are_dropped_where_that_is_declared(numbers, tied):
    untied = {"prompt": "q", "responses": [{"text": "a", "rank": 1}, {"text": "b", "rank": 2}]}
    record = {"prompt": "q", "responses": [{"text": str(at), "rank": rank} for at, rank in enumerate(numbers)]}
    source = SourceSettings(ties="drop_record")
    found = mapped([untied, record, {"instruction": "q", "output": "a"}], source=source)
    reason = ("ranks_tied", "two responses share a rank (ties: drop_record)")
    assert found.misfits == ({1: reason} if tied else {})
    assert list(found.records) == ([0, 2] if tied else [0, 1, 2])
    assert not mapped([untied, record]).misfits


def test_of_a_tree_only_the_rankings_that_tie_are_dropped():
    replies = [{"role": "assistant", "text": text, "rank": rank} for text, rank in (("a", 0), ("b", 1))]
    tie = [{"role": "assistant", "text": text, "rank": 0} for text in "cd"]
    root = {"role": "prompter", "text": "q", "replies": [
        {**replies[0], "replies": [{"role": "prompter", "text": "r", "replies": tie}]}, replies[1]]}  # fmt: skip
    found = mapped([{"prompt": root}], source=SourceSettings(ties="drop_record"))
    assert [one["prompt"] for one in found.records[0]] == ["q"] and found.reasons == {0: "ranks_tied"}


def test_ties_that_are_dropped_close_no_gate_of_a_check(tmp_path):
    """A quarter of some public files ties: more than the check of ranks lets fail."""
    texts = ["맑은 날", "흐린 날", "비 오는 날", "눈 오는 날"]
    records = [
        {"prompt": f"{at * 7919} 번째 날씨는?", "responses": [f"{one} {at * 31}", f"{other} {at * 57}"],
         "scores": [1.0, 1.0 if at % 4 == 0 else 0.5]}
        for at, (one, other) in enumerate(zip(texts * 5, texts[1:] * 7, strict=False))
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    held = run_on([tmp_path / "a.jsonl"], tmp_path / "held").report
    assert (held["verdict"], held["reasons"]["rm"]["ranks_not_contiguous"]) == ("held", 5)
    report = run_on([tmp_path / "a.jsonl"], tmp_path / "out", "sources=[{files: '*', ties: drop_record}]").report
    assert (report["verdict"], report["reasons"]["rm"]["ranks_tied"]) == ("published", 5)
    assert report["ledger"]["rm"] == {
        "received": 20, "unreadable": 0, "quarantined": 5, "duplicates": 0, "published": 15,
    }  # fmt: skip


def test_losers_of_one_best_response_tie_by_what_the_format_says(tmp_path):
    """And nobody else does: not two best ones, and not two of equal rank in another format."""
    losers = {"prompt": "어제 날씨는?", "chosen": "맑았습니다", "rejected": ["모릅니다", "흐렸습니다", "눈이 왔습니다"]}
    turns = [{"role": "assistant", "content": text} for text in ("맑습니다", "모릅니다", "흐립니다")]
    records = [
        losers,
        {"prompt": "오늘은?", "chosen": turns[0], "rejected": [{"answer": "모릅니다"}, {"answer": "흐립니다"}]},
        {**losers, "prompt": "둘 다 좋으면?", "chosen": ["맑음", "해가 남"]},
        {**losers, "prompt": "좋은 것만 둘이면?", "chosen": ["맑음", "해가 남"], "rejected": "모름"},
        {
            "prompt": "순위가 같으면?",
            "responses": [{"text": t["content"], "rank": min(n, 2)} for n, t in enumerate(turns, 1)],
        },
        {"prompt": "하나뿐이면?", "chosen": "맑음", "rejected": ["모름"]},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    for ties, excluded in (("forbid", {2, 3, 4}), ("dense", set()), ("drop_record", {0, 1, 2, 3, 4})):
        out, policy = tmp_path / ties, f"sources=[{{files: '*', ties: {ties}}}]"
        run = Output(out, run_on([tmp_path / "a.jsonl"], out, open_gate(tmp_path / f"{ties}-suites"), policy).report)
        assert {row["source_index"] for row in run.quarantine} == excluded
        ranks = {row["source_index"]: [one["rank"] for one in row["responses"]] for row in run.published("rm")}
        assert ties == "drop_record" or (ranks[0], ranks[1], ranks[5]) == ([1, 2, 2, 2], [1, 2, 2], [1, 2])


def test_a_declared_format_that_a_record_has_nothing_of_is_a_reason():
    declared = Declaration(
        name="mine", label_kind="rm", messages={"path": "m"}, listed={"path": "r", "text": "t", "rank": "n"}
    )
    assert one({"x": 1}, declared, format="mine")[0] == "turns_malformed"
    assert one({"m": [ASK], "r": None}, declared, format="mine") == {"prompt": "q"}


def test_a_history_of_its_own_comes_before_the_turns():
    declared = Declaration(
        name="mine", label_kind="rm", messages={"path": "m"}, history="h", listed={"path": "r", "scores": "s"}
    )
    record = {"h": [["p", "o"]], "m": [ASK, SAY, ASK], "r": ["a"], "s": [1]}
    assert one(record, declared)["history"] == [
        ("user", "p"), ("assistant", "o"), ("user", "q"), ("assistant", "a"),
    ]  # fmt: skip


def test_declared_paths_joiner_category_and_ids():
    declared = Declaration(
        name="mine", label_kind="sft", prompt={"parts": ["in.title", ["in.body", "body"]], "joiner": " / "},
        answer="out.text", system="sys", category="cat", subcategory="sub", question_type="kind", id="key",
        ignore={"note": "ours"}, keep=["remark"],
    )  # fmt: skip
    records = [
        {"key": 1, "in": {"title": "t", "body": "b"}, "out": {"text": "a"}, "cat": "c", "sub": "d", "kind": "k",
         "note": "x", "remark": "먼저 읽을 것이 많은 아주 긴 글 " * 9},
        {"key": 2, "in": {"title": "t"}, "body": "B", "out": {"text": "a"}, "sys": "s"},
        {"key": 1, "in": {"title": "t", "body": "b"}, "body": "B", "out": {"text": "a"}},
    ]  # fmt: skip
    found = mapped(records, declared)
    assert found.misfits == {2: ("aliases_disagree", "in.body and body differ, expected one prompt")}
    (first,), (second,) = found.records.values()
    assert first["metadata"].startswith('{"remark":') and second["metadata"] is None
    assert {name: value for name, value in first.items() if value is not None and name != "metadata"} == {
        "data_id": "1", "data_category": "c", "data_subcategory": "d", "question_type": "k",
        "question": "t / b", "answer": "a",
    }  # fmt: skip
    assert (second["question"], second["system"], second["data_id"]) == ("t / B", "s", "2")


def test_a_look_at_a_file_never_decides_by_its_name():
    """A file has the format of most of its records, and each record its own."""
    records = [{"instruction": "q", "output": "a"}, {"instruction": "q", "output": "b"}, {"messages": [ASK, SAY]}]
    found = mapped(records)
    assert found.format == "alpaca" and len(found.records) == 3 and not found.misfits
