"""The vectorised kernels say what a plain loop says."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sftrm_quality.checks import texts
from sftrm_quality.checks.rankings import Responses, has_equal_texts
from sftrm_quality.records import CANDIDATE_RESPONSE
from sftrm_quality.text import normalise_text

RANKS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 0.0, 1.5, math.nan, math.inf, None])
RESPONSE = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["a", "b", "", None]),
        "rank": RANKS,
        "score": st.sampled_from([0.0, 1.0, 2.0, None]),
    }
)
ROWS = st.lists(st.none() | st.lists(st.none() | RESPONSE, max_size=5), max_size=8)
Response = dict[str, float | None]


def ranks_of(row: list[Response | None] | None) -> list[float]:
    return [response["rank"] for response in row or [] if response and response["rank"] is not None]


def whole(rank: float) -> bool:
    return math.isfinite(rank) and rank == int(rank)


def expected_ranks(ranks: list[float], ties: str) -> bool:
    """By the definition: what each policy makes of the order of the responses."""
    ordered = sorted(ranks)
    if ties == "forbid":
        return ordered == list(range(1, len(ranks) + 1))
    if ties == "dense":
        return sorted(set(ranks)) == list(range(1, len(set(ranks)) + 1))
    return all(rank == 1 + sum(other < rank for other in ranks) for rank in ranks)


# NaN equals nothing, itself neither.
@example([], [[{"text": "a", "rank": math.nan, "score": None}] * 2], "forbid")
@given(ROWS, ROWS, st.sampled_from(["forbid", "dense", "competition"]))
def test_ranks_like_a_loop(
    before: list[list[Response | None] | None], rows: list[list[Response | None] | None], ties: str
) -> None:
    lists = pa.array([*before, *rows], pa.list_(CANDIDATE_RESPONSE)).slice(len(before))
    found = Responses.of(lists)
    ranks = [ranks_of(row) for row in rows]
    assert found.count().tolist() == [len(row or []) for row in rows]
    assert found.count(found.ranked).tolist() == [len(row) for row in ranks]
    assert found.has_fractional_rank().tolist() == [not all(map(whole, row)) for row in ranks]
    assert found.has_gap(ties).tolist() == [all(map(whole, row)) and not expected_ranks(row, ties) for row in ranks]
    assert found.all_tied().tolist() == [len(row) >= 2 and all(rank == row[0] for rank in row) for row in ranks]


@given(ROWS)
def test_scores_like_a_loop(rows: list[list[Response | None] | None]) -> None:
    found = Responses.of(pa.array(rows, pa.list_(CANDIDATE_RESPONSE))).score_contradicts_rank()
    expected = []
    for row in rows:
        both = [(r["rank"], r["score"]) for r in row or [] if r and r["rank"] is not None and r["score"] is not None]
        expected.append(any(a < b and s < t for a, s in both for b, t in both))
    assert found.tolist() == expected


@given(
    st.lists(st.none() | st.lists(st.none() | st.sampled_from(["", "a", "b", "ab", "가"]), max_size=5), max_size=8),
    st.integers(0, 3),
)
def test_equal_texts_like_a_loop(rows: list[list[str | None] | None], start: int) -> None:
    found = has_equal_texts(pa.array(rows, pa.list_(pa.string())).slice(start))
    given_texts = [[text for text in row or [] if text] for row in rows[start:]]
    assert found.tolist() == [len(set(row)) < len(row) for row in given_texts]


def test_blank_is_what_normalises_to_nothing() -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    blank = texts.is_blank(pa.array(characters))
    differing = [hex(ord(c)) for c, seen in zip(characters, blank, strict=True) if seen != (not normalise_text(c))]
    assert differing == []


@given(
    st.lists(
        st.sampled_from([" ", "\u200b", "<s>", "</s>", "<|im_start|>", "[/INST]", "\n", "a", "가", "<"]), max_size=6
    )
)
def test_blank_is_nothing_but_invisible_characters_and_tokens(parts: list[str]) -> None:
    assert texts.is_blank(pa.array(["".join(parts)])).tolist() == [not set(parts) & {"a", "가", "<"}]


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA1), 0xFFFD, 0xFFFC])
def test_garbled_is_controls_and_the_replacement_character(code: int) -> None:
    garbled = code == 0xFFFD or (chr(code) not in "\t\n\r" and (code < 0x20 or 0x7F <= code < 0xA0))
    assert texts.matches(pa.array([f"a{chr(code)}b"]), texts.GARBLED).tolist() == [garbled]


@given(st.text(max_size=200))
@example("010-1234-5678 kim@example.com " * 5)
@example("\x00" * 100)
def test_an_excerpt_is_short_on_one_line_and_masked(text: str) -> None:
    shown = texts.excerpt(text)
    assert len(shown) <= 60
    assert shown.isprintable()
    assert "\n" not in shown
    if shown == f"'{text}'":
        assert not any(character.isdecimal() for character in text)


def test_an_excerpt_masks_numbers_and_addresses() -> None:
    assert texts.excerpt("010-1234-5678, kim@example.com, 9,٣") == "'###-####-####, …@…, #,#'"
    assert texts.excerpt(None) == "null"


def test_masks_are_numpy() -> None:
    assert texts.matches(pa.array([None, "a"]), "a").dtype == np.bool_
