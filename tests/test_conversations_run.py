"""Conversations through whole runs: prompts are equal only with equal histories and system messages."""

import json

from tests.outputs import Output, open_gate, run_on

EARLIER = (["이 시를 쓴 사람은 누구인가요", "1925년에 나온 시집의 시입니다"], ["다른 것을 물어도 될까요", "그럼요"])
OTHER = (["김치찌개에 두부를 넣나요", "취향에 따라 넣습니다"], ["얼마나 끓이나요", "이십 분이면 됩니다"])
ASKED = "그러면 이어서 더 자세히 설명해 주세요"
SAID, ELSE = (
    "먼저 배경부터 말씀드리겠습니다. 아주 오래된 이야기입니다.",
    "짧게 말해서 그렇습니다. 더 드릴 말씀이 없어요.",
)


def talk(earlier, system=None):
    turns = [
        {"role": role, "content": text}
        for pair in earlier
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    first = [{"role": "system", "content": system}] if system else []
    return [*first, *turns, {"role": "user", "content": ASKED}]


def sft(earlier, answer=SAID, system=None):
    return {"messages": [*talk(earlier, system), {"role": "assistant", "content": answer}]}


def rm(earlier, chosen, rejected, system=None):
    turns = [{"from": turn["role"], "value": turn["content"]} for turn in talk(earlier, system)]
    return {"conversations": turns, "chosen": chosen, "rejected": rejected}


def outcomes(tmp_path, *records):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    report = run_on([tmp_path / "raw"], tmp_path / "out", open_gate(tmp_path / "suites")).report
    found = Output(tmp_path / "out", report)
    return [found.outcomes["a.jsonl", at] for at in range(len(records))], found


def test_equal_answers_after_other_turns_are_no_duplicates(tmp_path):
    """Near ones neither: the last question and the answer are the same in each."""
    ends, _ = outcomes(
        tmp_path,
        sft(EARLIER),
        sft(OTHER),
        sft(EARLIER, system="시인처럼 답하세요"),
        sft(EARLIER, system="기자처럼 짧고 건조하게 답하세요"),
        sft(()),
        sft(EARLIER),
        {**sft(()), "messages": sft(EARLIER)["messages"][2:], "system": ""},
        # Whoever wrote them: another format, its own names of the same roles, a system message of its own.
        {"instruction": ASKED, "input": "", "output": SAID, "history": list(EARLIER), "system": "시인처럼 답하세요"},
    )
    assert [end for end, _ in ends] == [*["published"] * 5, "duplicate", "published", "duplicate"]
    assert [row["kind"] for end, row in ends if end == "duplicate"] == ["exact", "exact"]
    originals = [row["duplicate_of"] for end, row in ends if end == "duplicate"]
    assert originals == [ends[0][1]["record_id"], ends[2][1]["record_id"]]


def test_rankings_after_other_turns_contradict_nothing(tmp_path):
    ends, _ = outcomes(
        tmp_path,
        rm(EARLIER, SAID, ELSE),
        rm(OTHER, ELSE, SAID),
        rm(EARLIER, ELSE, SAID, system="기자처럼 짧고 건조하게 답하세요"),
        rm((), SAID, ELSE),
        rm((), ELSE, SAID),
    )
    assert [end for end, _ in ends] == [*["published"] * 3, "quarantined", "quarantined"]
    assert {reason for _, row in ends[3:] for reason in row["reasons"]} == {"ranking_contradicted"}


def test_prompts_with_other_turns_may_be_in_other_splits_and_equal_ones_never_are(tmp_path):
    """Split groups go by the whole prompt, too: what was trained on is then no part of what is held out."""
    records = [sft([[f"{at * 7919} 번째 질문", f"답은 {at * 104729}"]], f"{SAID} {at * 31}") for at in range(60)]
    records += [rm([[f"{at * 7919} 번째 질문", f"답은 {at * 104729}"]], f"{SAID} {at}", ELSE) for at in range(60)]
    ends, _ = outcomes(tmp_path, *records)
    splits = [row["split"] for _, row in ends]
    assert splits[:60] == splits[60:] and len(set(splits)) > 1
