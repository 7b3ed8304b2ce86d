"""What is wrong with records of built-in formats, and the reason that says so; tried on records that are right else."""

from collections.abc import Callable
from typing import Any

from tests.declared_records import Record


def _set(**fields: Any) -> Callable[[Record], Record]:
    return lambda record: {**record, **fields}


def _in(field: str, change: Callable[[Any], Any]) -> Callable[[Record], Record]:
    return lambda record: {**record, field: change(record[field])}


def _turn_damage(field: str, role: str, content: str) -> list[tuple[str, Callable[[Record], Record]]]:
    user = {role: "user", content: "한 번 더?"}
    return [
        ("turns_malformed", _in(field, lambda turns: [*turns, user])),
        ("turns_malformed", _in(field, lambda turns: [*turns, turns[-1]])),
        ("turns_malformed", _in(field, lambda turns: [{**turns[0], role: "narrator"}, *turns[1:]])),
        ("turns_malformed", _in(field, lambda turns: [*turns[:-1], {role: "system", content: "b"}, turns[-1]])),
        ("turns_malformed", _in(field, lambda turns: turns[-1:])),
        ("turns_malformed", _in(field, lambda turns: [{content: "a"}, *turns])),
        ("turns_malformed", _set(**{field: []})),
        ("field_type_wrong", _in(field, lambda turns: ["a", *turns])),
        ("field_type_wrong", _in(field, lambda turns: [*turns[:-1], {**turns[-1], content: 5}])),
        ("field_unexpected", _in(field, lambda turns: [*turns[:-1], {**turns[-1], "reasoning": "왜냐하면"}])),
    ]


def _ids(own: str, parent: str) -> Record:
    return {"message_id": own, "parent_id": parent}


_OTHER = {"role": "user", "content": "다른 것?"}
DAMAGE: dict[str, list[tuple[str, Callable[[Record], Record]]]] = {
    "alpaca": [
        ("field_type_wrong", _set(output=["a"])),
        ("field_type_wrong", _set(instruction=5)),
        ("field_type_wrong", _set(history=[["only a question"]])),
        ("aliases_disagree", _set(output="하나", response="둘")),
        ("aliases_disagree", _set(system="하나", system_prompt="둘")),
        ("field_unexpected", _set(context="배경이 있다.")),
    ],
    "hh_rlhf": [
        ("pair_differs", _in("chosen", lambda text: text.replace("Human:", "Human: more", 1))),
        ("turns_malformed", lambda r: {name: text + "\n\nHuman: and?" for name, text in r.items()}),
        ("turns_malformed", lambda r: dict.fromkeys(r, "\n\nHuman: one\n\nHuman: two\n\nAssistant: a")),
        ("turns_malformed", _set(rejected="What?\n\nAssistant: That.")),
        ("field_type_wrong", _set(rejected=["a"])),
    ],
    "kochatgpt_rm": [
        ("responses_unmatched", _in("ranking", lambda ranks: ranks[1:])),
        ("field_type_wrong", _in("ranking", lambda ranks: ["1", *ranks[1:]])),
        ("field_type_wrong", _set(ranking="0, 1")),
        ("field_type_wrong", _set(completion_0=7)),
        ("field_unexpected", _set(history="먼저 한 말")),
    ],
    "messages": _turn_damage("messages", "role", "content"),
    "sharegpt": _turn_damage("conversations", "from", "value"),
    "nectar": [
        ("field_type_wrong", _in("answers", lambda answers: [{**answers[0], "rank": "1"}, *answers[1:]])),
        ("field_type_wrong", _in("answers", lambda answers: [*answers, "a"])),
        ("field_type_wrong", _set(prompt=None, answers=[{"answer": ["a"], "rank": 1}])),
    ],
    "open_assistant": [
        ("no_ranking", _in("prompt", lambda root: {**root, "replies": [{**root["replies"][0], "replies": []}]})),
        ("turns_malformed", _in("prompt", lambda root: {**root, "role": "narrator"})),
        ("field_type_wrong", _in("prompt", lambda root: {**root, "replies": [*root["replies"], "a"]})),
    ],
    "open_assistant_messages": [
        ("no_ranking", _in("message_tree", lambda them: [one for one in them if one["parent_id"] is None])),
        ("tree_malformed", _in("message_tree", lambda them: [one for one in them if one["parent_id"] is not None])),
        ("tree_malformed", _in("message_tree", lambda them: [*them, {**them[0], "text": "b"}])),
        (
            "tree_malformed",
            _in("message_tree", lambda them: [*them, {**them[0], **_ids("x", "y")}]),
        ),
        (
            "tree_malformed",
            _in("message_tree", lambda them: [*them, {**them[0], **_ids("x", "x")}]),
        ),
        ("turns_malformed", _in("message_tree", lambda them: [{**them[0], "role": "narrator"}, *them[1:]])),
        ("field_type_wrong", _in("message_tree", lambda them: [{**one, "rank": "1"} for one in them])),
    ],
    "pair": [
        ("field_type_wrong", _set(chosen=5)),
        ("field_type_wrong", _set(rejected=[])),
        ("field_type_wrong", _set(chosen="a", rejected=["a", 5])),
        ("turns_malformed", _set(chosen=[_OTHER])),
        ("turns_malformed", _set(rejected={"role": "user", "content": "a"})),
        ("pair_differs", _set(rejected=[_OTHER, {"role": "assistant", "content": "a"}], chosen="a")),
        (
            "aliases_disagree",
            _set(prompt="무엇?", **{s: [_OTHER, {"role": "assistant", "content": s}] for s in ("chosen", "rejected")}),
        ),
    ],
    "pair_implicit": [
        ("pair_differs", _in("chosen", lambda turns: [{**turns[0], "content": "other"}, *turns[1:]])),
        ("pair_differs", _in("rejected", lambda turns: [*turns, _OTHER, turns[-1]])),
        ("turns_malformed", _in("rejected", lambda turns: turns[:-1])),
        ("turns_malformed", lambda r: {name: turns[-1:] for name, turns in r.items()}),
    ],
    "pair_conversations": [
        ("turns_malformed", _in("conversations", lambda turns: [*turns, turns[-1]])),
        ("turns_malformed", _set(chosen={"from": "human", "value": "a"})),
        ("field_type_wrong", _set(rejected={"from": "gpt", "value": 5})),
    ],
    "prompt_completion": [("field_type_wrong", _set(completion=True)), ("field_type_wrong", _set(prompt={"a": "b"}))],
    "query_response": [("field_type_wrong", _set(response=["a"]))],
    "scored_answers": [("field_type_wrong", _set(score_1="0.5")), ("field_type_wrong", _set(answer_0=["a"]))],
    "scored_responses": [
        ("responses_unmatched", _in("scores", lambda scores: [*scores, 1.0])),
        ("field_type_wrong", _in("scores", lambda scores: ["a", *scores[1:]])),
    ],
    "ultrafeedback": [
        ("field_type_wrong", _in("completions", lambda all_: [{**all_[0], "response": ["a"]}, *all_[1:]])),
        ("field_type_wrong", _in("completions", lambda all_: [*all_, "a"])),
        ("field_type_wrong", _set(completions={"response": "a"})),
    ],
}
