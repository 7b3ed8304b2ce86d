"""Declared repairs of texts and rankings: what they mend, and what they leave to the checks."""

import unicodedata
from typing import get_args

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import RepairName
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, Repair
from sftrm_quality.repairs import repair
from sftrm_quality.repairs.end_tokens import without_end_tokens
from sftrm_quality.repairs.escapes import without_entities, without_excel_escapes

QUESTION = "Why is the sky blue?"
ANSWER = "Light is scattered by the air, blue light the most."
ENDS = [
    *("<|endoftext|>", "<|im_end|>", "<|im_end|>\n", " </s>", "</s></s>", "\n<|im_end|>\n<|endoftext|>", "<|eot_id|>"),
    *("<end_of_turn>", "<eos>", "[|endofturn|]", "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>", "<|end_of_text|>"),
    *("<pad><pad><pad>", "[EOS]", "<|end|>", "<|return|>", "<eoa>"),
]


def test_the_setting_knows_every_repair():
    assert get_args(RepairName) == tuple(map(str, Repair))


@pytest.mark.parametrize("end", ENDS)
def test_end_tokens_that_leaked_go(end):
    assert without_end_tokens(ANSWER + end, QUESTION, is_prompt=False) == ANSWER


@pytest.mark.parametrize("end", ENDS)
def test_no_end_token_is_overlooked_in_a_column(end):
    """By itself: which texts are looked at is decided column by column."""
    table = sft({"data_id": "1", "question": QUESTION, "answer": ANSWER + end})
    repaired = repair(LabelKind.SFT, table, [Repair.STRIP_END_TOKENS], np.zeros(1, np.bool_), "forbid")
    assert repaired.table["answer"].to_pylist() == [ANSWER]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("It is <|endoftext|>", "Which token ends a text of GPT-2?"),
        ("The token is `<|im_end|>`", QUESTION),
        ("<|endoftext|>", QUESTION),
        (" \n<|endoftext|>", QUESTION),
        (f"{ANSWER}<|im_end|> And more.", QUESTION),
        (f"{ANSWER}<|im_end|>\n<|im_start|>user", QUESTION),
        ("<s>an old price</s>", "How is a price struck through in HTML?"),
        (ANSWER, QUESTION),
    ],
)
def test_what_is_meant_or_is_no_end_stays(text, asked):
    assert without_end_tokens(text, asked, is_prompt=False) == text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Tom &amp; Jerry don&#39;t stop", "Tom & Jerry don't stop"),
        ("&lt;so they say&gt;", "<so they say>"),
        ("&#44032;&#45208; &#xAC00;", "가나 가"),
        ("a&nbsp;b &quot;c&quot;", 'a\xa0b "c"'),
        ("twice &amp;lt; over", "twice < over"),
        ("nothing &#0; or &#xFFFD; &#x1b; or &nosuch; or &#9999999;", None),
        # Escaped as a whole, code too.
        ("So:\n```\nif (a &lt; b &amp;&amp; c)\n```\nDon&#39;t.", "So:\n```\nif (a < b && c)\n```\nDon't."),
        # Its code has markup of its own: there it is meant.
        ("So:\n```\n<p>&lt;b&gt;</p>\n```\nDon&#39;t.", "So:\n```\n<p>&lt;b&gt;</p>\n```\nDon't."),
        ("Write `&amp;` for it.", None),
    ],
)
def test_references_become_what_they_stand_for(text, mended):
    assert without_entities(text, QUESTION) == (text if mended is None else mended)
    assert without_entities(text, "How is & escaped in HTML?") == text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("one_x000D_\ntwo", "one\r\ntwo"),
        ("a tab_x0009_here", "a tab\there"),
        ("_x005F_x000D_ is an escape", "_x000D_ is an escape"),
        ("가_xAC00_ 나", "가가 나"),
        ("max_x0041_y is a name", None),
        ("a bell _x0007_ rings", None),
        ("`_x000D_` is what Excel writes", None),
    ],
)
def test_escapes_of_excel_become_what_they_stand_for(text, mended):
    assert without_excel_escapes(text, QUESTION) == (text if mended is None else mended)


def sft(*records):
    return pa.Table.from_pylist(list(records), schema=CANDIDATE_FIELDS[LabelKind.SFT])


def ranking(*responses, prompt="Which is best?"):
    return {"prompt": prompt, "responses": [{"text": t, "rank": r} for t, r in responses]}


def repaired_rankings(records, ties="forbid", losers_tie=False, declared=(Repair.DROP_BLANK_LOSERS,)):
    table = pa.Table.from_pylist(list(records), schema=CANDIDATE_FIELDS[LabelKind.RM])
    found = repair(LabelKind.RM, table, declared, np.full(len(table), losers_tie), ties)
    shown = [[(one["text"], one["rank"]) for one in row] for row in found.table["responses"].to_pylist()]
    return shown, found.repairs.to_pylist()


@pytest.mark.parametrize(
    ("ties", "losers_tie", "before", "after"),
    [
        ("forbid", False, [("a", 1), (" ", 2), ("c", 3)], [("a", 1), ("c", 2)]),
        ("forbid", False, [("c", 3), ("", 4), ("a", 1), (None, 2)], [("c", 2), ("a", 1)]),
        ("forbid", False, [("a", 1), ("b", 2), ("\ufffd\ufffd what", 3)], [("a", 1), ("b", 2)]),
        ("dense", False, [("a", 1), ("b", 2), ("\u200b", 2), ("d", 3)], [("a", 1), ("b", 2), ("d", 3)]),
        ("competition", False, [("a", 1), ("b", 2), ("", 2), ("d", 4)], [("a", 1), ("b", 2), ("d", 3)]),
        ("competition", False, [("a", 1), ("", 2), ("c", 3), ("d", 3)], [("a", 1), ("c", 2), ("d", 2)]),
        ("forbid", True, [("a", 1), ("b", 2), ("", 2), ("d", 2)], [("a", 1), ("b", 2), ("d", 2)]),
        (
            "forbid",
            False,
            [("a", 1), ("", 2), ("c", 3), ("not ranked", None)],
            [("a", 1), ("c", 2), ("not ranked", None)],
        ),
    ],
)
def test_a_blank_loser_goes_and_ranks_close_up(ties, losers_tie, before, after):
    other = ranking(("x", 1), ("y", 2))
    shown, done = repaired_rankings([other, ranking(*before), other], ties, losers_tie)
    assert shown[1] == after and done == [[], ["drop_blank_losers"], []]
    assert shown[0] == shown[2] == [("x", 1), ("y", 2)]


@pytest.mark.parametrize(
    "before",
    [
        [("", 1), ("b", 2), ("c", 3)],  # the best is blank
        [("", 1), ("", 2), ("c", 3)],
        [("a", 1), ("", 2)],  # of a pair
        [("a", 1), ("", 2), (" ", 3)],
        [("a", 1), ("b", 2), ("", None)],  # no rank, no loser
        [("a", 1), ("", 3), ("c", 4)],  # ranks did not count up before
        [("a", 1), ("", 2), ("c", 2.5)],
        [("a", 0), ("", 1), ("c", 2)],
        [("a", 1), ("b", 2), ("c", 3)],
    ],
)
def test_other_faults_of_a_ranking_stay_for_the_checks(before):
    shown, done = repaired_rankings([ranking(*before)])
    assert (shown, done) == ([before], [[]])


def test_a_token_that_is_asked_for_is_no_blank_response():
    prompt = "Which token ends a text of GPT-2? Only the token."
    before = [("<|endoftext|>", 2), ("<|im_end|> of ChatML", 1), ("None that I know", 3)]
    assert repaired_rankings([ranking(*before, prompt=prompt)]) == ([before], [[]])


def test_every_text_of_a_record_is_mended_beside_what_it_answers():
    korean = "서울은 대한민국의 수도입니다."
    record = {
        "data_id": "a",
        "question": "Don&#39;t you know?",
        "answer": f"{ANSWER}</s>",
        "system": unicodedata.normalize("NFD", korean),
        "history": [
            {"role": "user", "content": "How is & escaped in HTML?"},
            {"role": "assistant", "content": "As &amp; it is."},
            {"role": "user", "content": f"{QUESTION}<|im_end|>"},
            {"role": "assistant", "content": "It isn&#39;t."},
        ],
    }
    found = repair(LabelKind.SFT, sft({"data_id": "0"}, record), tuple(Repair), np.zeros(2, bool), "forbid")
    nothing, mended = found.table.to_pylist()
    assert (mended["question"], mended["answer"], mended["system"]) == ("Don't you know?", ANSWER, korean)
    contents = [turn["content"] for turn in mended["history"]]
    assert contents == ["How is & escaped in HTML?", "As &amp; it is.", QUESTION, "It isn't."]
    assert [turn["role"] for turn in mended["history"]] == ["user", "assistant"] * 2
    assert found.repairs.to_pylist() == [[], ["decode_html_entities", "compose_nfc", "strip_end_tokens"]]
    assert found.counts() == {"compose_nfc": 1, "decode_html_entities": 1, "strip_end_tokens": 1}
    assert nothing == sft({"data_id": "0"}).to_pylist()[0]


def test_what_one_repair_brings_to_light_the_next_one_mends():
    misread = "그렇게 하지 않습니다.".encode().decode("latin-1")
    table = sft({"question": QUESTION, "answer": f"{ANSWER}&lt;/s&gt;"}, {"question": QUESTION, "answer": misread})
    found = repair(LabelKind.SFT, table, tuple(Repair), np.zeros(2, bool), "forbid")
    assert found.table["answer"].to_pylist() == [ANSWER, "그렇게 하지 않습니다."]
    assert found.repairs.to_pylist() == [["decode_html_entities", "strip_end_tokens"], ["undo_mojibake"]]


PIECES = st.sampled_from(
    [
        "가나다",
        unicodedata.normalize("NFD", "한글 é"),
        "&amp;",
        "&lt;",
        "_x000D_",
        "</s>",
        "<|im_end|>",
        " ",
        "",
        "\ufffd",
        "Ã©",
        "`",
        ".",
    ]
)
TEXTS = st.none() | st.lists(PIECES, max_size=5).map("".join) | st.text(max_size=8)
TURNS = st.none() | st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": TEXTS}), max_size=3
)
RANKED = st.lists(st.fixed_dictionaries({"text": TEXTS, "rank": st.none() | st.integers(0, 4)}), max_size=5)
RECORDS = {
    LabelKind.SFT: st.fixed_dictionaries({"question": TEXTS, "answer": TEXTS, "system": TEXTS, "history": TURNS}),
    LabelKind.RM: st.fixed_dictionaries(
        {"prompt": TEXTS, "responses": st.none() | RANKED, "system": TEXTS, "history": TURNS}
    ),
}


@pytest.mark.parametrize("kind", LabelKind)
@given(st.data())
def test_a_repair_is_named_where_something_changed_and_has_nothing_left_to_do(kind, data):
    table = pa.Table.from_pylist(data.draw(st.lists(RECORDS[kind], max_size=5)), schema=CANDIDATE_FIELDS[kind])
    declared = data.draw(st.lists(st.sampled_from(list(Repair)), unique=True))
    ties, losers_tie = data.draw(st.sampled_from(["forbid", "dense", "competition"])), np.zeros(len(table), bool)
    found = repair(kind, table, declared, losers_tie, ties)
    assert found.table.schema == table.schema
    for before, after, done in zip(table.to_pylist(), found.table.to_pylist(), found.repairs.to_pylist(), strict=True):
        assert (before != after) == bool(done)
        assert set(done) <= set(declared) and done == [str(one) for one in Repair if one in done]
    # Each row by itself gets the same.
    single = [
        repair(kind, table.slice(at, 1).combine_chunks(), declared, losers_tie[:1], ties) for at in range(len(table))
    ]
    assert [one.table.to_pylist()[0] for one in single] == found.table.to_pylist()
    again = repair(kind, found.table.combine_chunks(), declared, losers_tie, ties)
    if Repair.DECODE_HTML_ENTITIES not in declared:  # what was escaped three times, or cannot be told at once
        assert again.table.equals(found.table)
