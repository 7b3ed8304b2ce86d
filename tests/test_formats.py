"""Formats: which one a record is of, how it becomes a candidate, and what is refused with which reason."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import SourceSettings
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats import FORMAT_REASONS, NoFormat, fields_blamed, formats_of
from sftrm_quality.formats.base import DATA_ID, Unlabelled
from sftrm_quality.formats.wire import Misfit, conform

SFT = {
    "data_id": "1",
    "data_category": "QA",
    "question_type": "open",
    "question_count": 1,
    "question": "q",
    "answer": "a",
}
RM = {"data_id": "1", "prompt": "p", "responses": [{"text": "a", "rank": 1}, {"text": "b", "rank": 2}]}
AIHUB_SFT = {
    "data_id": "x",
    "data_category": {"main": "문어체", "middle": "사회"},
    "question_type": "생성",
    "question_count": 7,
    "question": "질문",
    "answer": {"contents": "답", "answer_count": 90},
}
AIHUB_RM = {
    **{k: v for k, v in AIHUB_SFT.items() if k != "answer"},
    "answer01": {"contents": "하나", "ranking": 2.0, "answer_count": 1},
    "answer02": {"contents": "둘", "ranking": 1, "answer_count": 1},
}
SOURCE = SourceSettings()
KNOWN = formats_of(())
FORMATS = KNOWN.by_name
recognise, format_named, label_fields = KNOWN.recognise, KNOWN.named, KNOWN.label_fields


def mapped(record, name, source=SOURCE, sample=None):
    """The candidate of one record, or its misfit."""
    fmt = FORMATS[name]
    wire = fmt.wire_schema(sample or [record], DATA_ID)
    fitted = conform(record, wire, DATA_ID)
    if isinstance(fitted, Misfit):
        return fitted
    result = fmt.to_candidates(pa.Table.from_pylist([fitted], schema=wire), source, DATA_ID)
    return result.misfits[0] if result.misfits else result.candidates.to_pylist()[0]


@pytest.mark.parametrize(
    ("record", "name"),
    [(SFT, "reference_sft"), (RM, "reference_rm"), (AIHUB_SFT, "aihub_sft"), (AIHUB_RM, "aihub_rm")],
)
def test_recognised_by_its_records(record, name):
    assert recognise([record], SOURCE) is FORMATS[name]


def test_the_majority_of_the_sample_decides():
    assert recognise([SFT, RM, RM, 5, None], SOURCE) is FORMATS["reference_rm"]


def test_a_null_answer_is_still_an_sft_record():
    assert recognise([{**SFT, "answer": None}], SOURCE) is FORMATS["reference_sft"]


def test_prompts_without_any_answer_are_known_and_skipped():
    prompt = {k: v for k, v in AIHUB_SFT.items() if k != "answer"}
    found = recognise([prompt], SOURCE)
    assert isinstance(found, Unlabelled) and found.name == "prompts_only"
    assert isinstance(recognise([prompt, {"who": 1}], SOURCE), NoFormat)


@pytest.mark.parametrize("record", [SFT, RM, AIHUB_SFT, AIHUB_RM])
def test_each_format_says_which_fields_hold_its_labels(record):
    without = {name: value for name, value in record.items() if not re.fullmatch(label_fields(), name)}
    assert without != record and not any(f.fits(without) for f in FORMATS.values())


@pytest.mark.parametrize(
    ("reason", "detail", "fields"),
    [
        ("field_type_wrong", "answer is a list of 1, expected a text", ["answer"]),
        ("field_unexpected", "the format aihub_rm does not read answer 1", ["answer 1"]),
        ("field_unexpected", "the format aihub_rm does not read a, b[0].c and 3 more", ["a", "c"]),
        ("field_unexpected", "responses have no text (fields content, rank)", ["content", "rank"]),
        ("aliases_disagree", "prompt and input differ, expected one prompt", ["prompt", "input"]),
        ("aliases_disagree", "output and response differ, expected one answer", ["output", "response"]),
        ("turns_malformed", "messages[2] has the role 'x'", ["messages"]),
        ("responses_unmatched", "scores has 2 entries, expected one per response: 3", ["scores"]),
        ("verdict_unknown", "better is null, expected one of a, b", ["better"]),
        ("verdict_split", "better is a, b: no majority", ["better"]),
        ("ranks_tied", "two responses share a rank (ties: drop_record)", []),
        ("not_an_object", "the record is a list of 2, expected an object", []),
    ],
)
def test_a_reason_names_the_fields_that_are_the_defect(reason, detail, fields):
    assert reason in FORMAT_REASONS and fields_blamed(reason, detail) == fields


@pytest.mark.parametrize(
    ("sample", "seen"),
    [
        ([{"번호": "1", "질의": "무엇"}], "번호, 질의"),
        ([1, 2], "2 records, none of them an object"),
        ([{}], "objects"),
        ([{"question": "q", "reply": "r"}], "question, reply; nearest: reference_sft, without answer; reference"),
        ([{"prompt": "q", "completion": "r", "label": True}], "completion, label: answers that are marked good or bad"),
        ([{"prompt": "q", "response_a": "r", "response_b": "s", "winner": "a"}], "whose codes are never guessed"),
        ([{"prompt": "q", "completions": ["r", "s"]}], "several answers without ranks"),
        ([{"title": "t", "paragraphs": [{"context": "c", "qas": []}]}], "nested in paragraphs"),
        ([{"question": "q", "choices": ["r", "s"]}], "an evaluation set"),
        ([{"no.900101-1234567": 1}], "fields no.******-*******"),
    ],
)
def test_no_format_says_what_was_seen(sample, seen):
    found = recognise(sample, SOURCE)
    assert isinstance(found, NoFormat)
    assert seen in found.seen


@pytest.mark.parametrize(
    ("sample", "nearest"),
    [
        ([{"질의": "무엇"}], []),
        ([{"replies": "a", "data_category": {"main": "m"}}], []),
        ([{"prompt": "p", "chosen": "c"}], ["pair, without rejected"]),
        ([{"prompt": "p", "responses": {"one": "a"}}], ["reference_rm, whose fields hold something else here"]),
        (
            [{"question": "q", "reply": "a", "data_category": {"main": "m"}}],
            ["aihub_sft, without answer.contents", "aihub_rm, without answer01.contents"],
        ),
        # What one record has, a file has not.
        ([{"question": "q", "x": 1}, {"x": 1}, {"x": 1}], []),
    ],
)
def test_the_nearest_format_is_told_with_what_is_missing(sample, nearest):
    found = recognise(sample, SOURCE)
    assert isinstance(found, NoFormat) and list(map(str, found.nearest)) == nearest
    assert all(one in found.seen for one in nearest) and ("nearest" in found.seen) == bool(nearest)


def test_a_declared_format_wins_and_an_unknown_one_is_refused():
    assert recognise([SFT], SourceSettings(format="aihub_sft")) is FORMATS["aihub_sft"]
    with pytest.raises(ConfigError, match="expected auto or one of reference_sft"):
        format_named("alpaka")


def test_reference_sft_keeps_every_field():
    candidate = mapped(
        {**SFT, "data_id": 7, "system": "s", "history": [{"role": "user", "content": "h"}]}, "reference_sft"
    )
    assert candidate == {
        "data_id": "7",
        "data_category": "QA",
        "data_subcategory": None,
        "question_type": "open",
        "question_count": 1,
        "question": "q",
        "answer": "a",
        "system": "s",
        "history": [{"role": "user", "content": "h"}],
    }


def test_a_category_object_of_the_reference_form_is_taken_apart():
    candidate = mapped({**SFT, "data_category": {"main": "a", "middle": "b"}}, "reference_sft")
    assert (candidate["data_category"], candidate["data_subcategory"]) == ("a", "b")


def test_whole_number_ids_are_read_in_batches_and_become_text():
    assert FORMATS["reference_sft"].wire_schema([{**SFT, "data_id": 7}], DATA_ID).field("data_id").type == pa.int64()
    assert (
        FORMATS["reference_sft"].wire_schema([SFT, {**SFT, "data_id": 7}], DATA_ID).field("data_id").type == pa.string()
    )
    assert mapped({**SFT, "data_id": 7}, "reference_sft", sample=[SFT])["data_id"] == "7"


@pytest.mark.parametrize("name", ["prompt", "input", "question"])
def test_each_alias_of_the_prompt_is_accepted(name):
    record = {"data_id": "1", name: "p", "responses": RM["responses"]}
    assert mapped(record, "reference_rm")["prompt"] == "p"


def test_aliases_that_agree_are_accepted_and_others_refused():
    assert mapped({**RM, "input": "p"}, "reference_rm")["prompt"] == "p"
    misfit = mapped({**RM, "input": "other"}, "reference_rm")
    assert (misfit.reason, misfit.detail) == ("aliases_disagree", "prompt and input differ, expected one prompt")


def test_aihub_sft_flattens_category_and_answer():
    candidate = mapped(AIHUB_SFT, "aihub_sft")
    assert (candidate["data_category"], candidate["data_subcategory"]) == ("문어체", "사회")
    assert (candidate["question"], candidate["answer"], candidate["question_count"]) == ("질문", "답", 7)


def test_aihub_rm_orders_answers_by_number_and_leaves_out_absent_ones():
    record = {**AIHUB_RM, "answer05": {"contents": "셋", "ranking": 3, "answer_count": 1}}
    responses = mapped(record, "aihub_rm")["responses"]
    assert [(r["text"], r["rank"]) for r in responses] == [("하나", 2.0), ("둘", 1.0), ("셋", 3.0)]


def test_aihub_rm_reads_as_many_answers_as_the_sample_shows():
    record = {**AIHUB_RM, "answer11": {"contents": "열하나", "ranking": 3, "answer_count": 1}}
    assert len(mapped(record, "aihub_rm")["responses"]) == 3


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"answer": ["a"]}, "answer is a list of 1, expected a text"),
        ({"question_count": "3"}, "question_count is a text of 1 characters, expected a whole number"),
        ({"question_count": 2.5}, "question_count is the number 2.5, expected a whole number"),
        ({"question_count": True}, "question_count is the boolean true, expected a whole number"),
        (
            {"question_count": 2**63},
            "question_count is the number 9223372036854775808, expected a whole number below 2^63",
        ),
        ({"data_id": 1.0}, "data_id is the number 1, expected a text"),
        ({"data_id": True}, "data_id is the boolean true, expected a text"),
        ({"question": {"text": "q"}}, "question is an object of 1 fields, expected a text"),
        ({"history": ["h"]}, "history[0] is a text of 1 characters, expected an object"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(change, detail):
    assert mapped({**SFT, **change}, "reference_sft", sample=[SFT]) == Misfit("field_type_wrong", detail)


def test_what_is_near_a_wrong_type_stands():
    assert mapped({**SFT, "question_count": 3.0}, "reference_sft")["question_count"] == 3
    assert mapped({**SFT, "question_count": None}, "reference_sft")["question_count"] is None


def test_a_rank_as_text_is_refused_and_a_fraction_is_left_to_the_suite():
    text = {**RM, "responses": [{"text": "a", "rank": "first"}, {"text": "b", "rank": 2}]}
    assert mapped(text, "reference_rm").detail == "responses[0].rank is a text of 5 characters, expected a number"
    fraction = {**RM, "responses": [{"text": "a", "rank": 1.5}, {"text": "b", "rank": 2}]}
    assert mapped(fraction, "reference_rm")["responses"][0]["rank"] == 1.5


def test_something_that_is_no_object_is_a_misfit():
    assert conform([1], FORMATS["reference_sft"].wire_schema([], DATA_ID), DATA_ID).reason == "not_an_object"


def ranks(given, scores=None, **settings):
    """Ranks of one record after the source's settings."""
    scores = scores or [None] * len(given)
    responses = [{"text": str(i), "rank": r, "score": s} for i, (r, s) in enumerate(zip(given, scores, strict=True))]
    record = {"data_id": "1", "prompt": "p", "responses": responses}
    return [r["rank"] for r in mapped(record, "reference_rm", SourceSettings(**settings))["responses"]]


@pytest.mark.parametrize(
    ("given", "settings", "expected"),
    [
        ([1, 2, 3], {}, [1, 2, 3]),
        ([0, 2, 1], {"rank_base": 0}, [1, 3, 2]),
        ([3, 1, 2], {"rank_direction": "highest_is_best"}, [1, 3, 2]),
        ([2, 1, 0], {"rank_direction": "highest_is_best", "rank_base": 0}, [1, 2, 3]),
        # A wrong base or a gap is not repaired on the way: 2, 3 turned around is 1, 0.
        ([2, 3], {"rank_direction": "highest_is_best"}, [1, 0]),
        ([1, 2, 4], {"rank_direction": "highest_is_best"}, [3, 2, 0]),
        ([3, 2, 2, 1], {"rank_direction": "highest_is_best", "ties": "dense"}, [1, 2, 2, 3]),
        ([4, 2, 2, 1], {"rank_direction": "highest_is_best", "ties": "competition"}, [1, 2, 2, 4]),
        ([4, 3, 3, 1], {"rank_direction": "highest_is_best", "ties": "competition"}, [1, 2, 2, 4]),
        ([3, 3, 1], {"rank_direction": "highest_is_best", "ties": "competition"}, [1, 1, 3]),
        ([2, 2, 1], {"rank_direction": "highest_is_best", "ties": "competition"}, [1, 1, 3]),
        ([5, 2, 2, 1], {"rank_direction": "highest_is_best", "ties": "competition"}, [0, 3, 3, 4]),
        ([1, None, 2], {"unranked": "allow"}, [1, None, 2]),
        ([2, None, 1], {"rank_direction": "highest_is_best", "unranked": "allow"}, [1, None, 2]),
    ],
)
def test_ranks_as_declared(given, settings, expected):
    assert ranks(given, **settings) == expected


@pytest.mark.parametrize(
    ("scores", "settings", "expected"),
    [
        ([0.1, 0.9, 0.5], {}, [3, 1, 2]),
        ([0.9, 0.9, 0.5], {}, [1, 1, 2]),
        ([0.9, 0.9, 0.5], {"ties": "competition"}, [1, 1, 3]),
        ([0.9, None, 0.5], {}, [1, None, 2]),
    ],
)
def test_ranks_come_from_scores_only_where_no_rank_is_given(scores, settings, expected):
    assert ranks([None] * 3, scores, **settings) == expected
    assert ranks([2, 1, 3], scores, **settings) == [2, 1, 3]


@given(
    st.lists(st.integers(-1, 6), min_size=1, max_size=6),
    st.sampled_from(["forbid", "dense", "competition"]),
    st.sampled_from(["lowest_is_best", "highest_is_best"]),
    st.sampled_from([0, 1]),
)
def test_a_source_s_settings_never_change_who_is_better_than_whom(given_ranks, ties, direction, base):
    found = ranks(given_ranks, ties=ties, rank_direction=direction, rank_base=base)
    for a, x in zip(given_ranks, found, strict=True):
        for b, y in zip(given_ranks, found, strict=True):
            better = a < b if direction == "lowest_is_best" else a > b
            assert (x < y) == better and (x == y) == (a == b)


def test_ranks_of_a_record_do_not_depend_on_its_neighbours():
    fmt = FORMATS["reference_rm"]
    records = [
        {"data_id": "1", "prompt": "p", "responses": [{"text": "a", "rank": 1}, {"text": "b", "rank": 2}]},
        {"data_id": "2", "prompt": "p", "responses": []},
        {"data_id": "3", "prompt": "p", "responses": None},
        {
            "data_id": "4",
            "prompt": "p",
            "responses": [{"text": "c", "rank": 3}, {"text": "d", "rank": 2}, {"text": "e", "rank": 1}],
        },
    ]
    wire = fmt.wire_schema(records, DATA_ID)
    table = pa.Table.from_pylist(records, schema=wire)
    source = SourceSettings(rank_direction="highest_is_best")
    for part in (table, table.slice(1)):
        last = fmt.to_candidates(part, source, DATA_ID).candidates["responses"].to_pylist()[-1]
        assert [r["rank"] for r in last] == [1, 2, 3]
    whole = fmt.to_candidates(table, source, DATA_ID).candidates["responses"].to_pylist()
    assert whole[1] == [] and whole[2] is None
    assert [r["rank"] for r in whole[0]] == [2, 1]
