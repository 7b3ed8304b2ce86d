"""What a fingerprint depends on and what it does not; values that must stay the same over all versions."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import NearDuplicates
from sftrm_quality.dedup.encoding import encode_rows
from sftrm_quality.dedup.fingerprints import content_hashes, fingerprint_schema
from sftrm_quality.dedup.minhash import add_texts, band_columns, band_shape, empty_signatures, hash_functions
from sftrm_quality.dedup.parts import form_columns
from sftrm_quality.dedup.shingles import shingle_sets
from sftrm_quality.records import LabelKind
from tests.dedup_cases import (
    Record,
    candidates,
    content_of,
    fingerprints,
    folded_content_of,
    jaccard,
    kind_of,
    prompt_of,
    rm_records,
    sft_records,
)

NEAR = NearDuplicates(threshold=0.8)
SFT: Record = {
    "data_id": "1",
    "question": "대한민국의 수도는 어디인가요?",
    "answer": "서울입니다.",
    "system": None,
    "history": None,
}
RM: Record = {
    "data_id": "1",
    "prompt": SFT["question"],
    "responses": [{"text": "서울입니다.", "rank": 1.0}, {"text": "모릅니다.", "rank": None}],
    "system": None,
    "history": None,
}


GOLDEN_FUNCTIONS = [2433363437, 3203108257, 2298633409, 1703865447]
GOLDEN_SFT = [
    "9ea8f95c00d3ad660424b5432a1ce609",
    "894659c61294c74463a25b6d99ee26e1",
    "89735424e392872c51c5c2865697f4eb",
    "508a174905a884ed6eeaaa4453a9112c",
    "607f49719fbd49ec048a582d12c4dc90",
    2182359318,
    2622217407,
    None,
]
GOLDEN_RM = [
    "97a859215fd2870d69ded332ef5fbf52",
    "7864feb8da5abf0a531f8dc0971712c8",
    "6cf2d665435c3482046d2779120a8bc1",
    "508a174905a884ed6eeaaa4453a9112c",
    "c2702ffb71ee149d16b720c3eff2bb68",
    2182359318,
    3028180449,
    [2028933227991107751, 16848311196223434343],
]
GOLDEN_BAND = 4232938485


def row(record: Record, near: NearDuplicates = NEAR) -> dict[str, Any]:
    kind = kind_of(record)
    table = candidates(kind, [record])
    keys = fingerprints(kind, table, near)
    assert keys.schema.equals(fingerprint_schema(kind, near), check_metadata=True)
    found: dict[str, Any] = keys.to_pylist()[0]
    return found


@given(st.tuples(sft_records, sft_records) | st.tuples(rm_records, rm_records) | st.tuples(sft_records, rm_records))
def test_keys_are_equal_exactly_where_their_meaning_is(pair: tuple[Record, Record]) -> None:
    a, b = pair
    left, right = row(a), row(b)
    assert (left["content_hash"] == right["content_hash"]) == (a == b)
    assert (left["content_key"] == right["content_key"]) == (content_of(a) == content_of(b))
    assert (left["folded_key"] == right["folded_key"]) == (folded_content_of(a) == folded_content_of(b))
    assert (left["prompt_key"] == right["prompt_key"]) == (prompt_of(a) == prompt_of(b))
    same_id = (a["data_id"], kind_of(a)) == (b["data_id"], kind_of(b))
    assert (left["data_id_key"] == right["data_id_key"]) == (same_id or a["data_id"] is b["data_id"] is None)


@pytest.mark.parametrize("field", ["data_id", "data_category", "data_subcategory", "question_type", "system", "answer"])
def test_null_is_not_an_empty_text(field: str) -> None:
    hashes = [row(SFT | {field: value})["content_hash"] for value in (None, "", "a")]
    assert len(set(hashes)) == 3


def test_every_field_enters_the_content_hash_and_the_position_does_not() -> None:
    changes: list[Record] = [
        {"question_count": 0},
        {"question_count": 1},
        {"history": []},
        {"history": [None]},
        {"history": [{"role": "user", "content": None}]},
        {"history": [{"role": None, "content": "user"}]},
        {"history": [{"role": "user", "content": ""}]},
        {"history": [None, {"role": "a", "content": "b"}]},
        {"history": [{"role": "a", "content": "b"}, None]},
        {"question": SFT["question"] + SFT["answer"], "answer": ""},
    ]
    assert len({row(SFT | change)["content_hash"] for change in [{}, *changes]}) == len(changes) + 1
    moved = {"source_index": 7, "source_offset": 8, "source_length": 9, "source_line": 10}
    assert row(SFT | moved) == row(SFT)


@given(
    st.lists(st.tuples(*[st.none() | st.text(max_size=3)] * 2, st.none() | st.integers(-2, 2)), min_size=1, max_size=6)
)
def test_different_rows_have_different_bytes(rows: list[tuple[str | None, str | None, int | None]]) -> None:
    a, b, c = (
        pa.array(column, kind)
        for column, kind in zip(zip(*rows, strict=True), (pa.string(), pa.string(), pa.int64()), strict=True)
    )
    encoded = encode_rows(b"x", {"a": a, "b": b, "c": c}).to_pylist()
    assert [encoded.index(value) for value in encoded] == [rows.index(value) for value in rows]
    with_more = encode_rows(b"x", {"a": a, "new": pa.nulls(len(rows), pa.string()), "b": b, "c": c}).to_pylist()
    assert with_more == encoded


def test_responses_that_differ_in_form_are_told_apart_by_it() -> None:
    """True and true in one record are what it teaches; in two records they are one answer."""
    first, second = ({**RM, "responses": [{"text": t, "rank": r} for r, t in enumerate(pair, 1)]} for pair in PAIRS)
    assert row(first)["folded_key"] != row(second)["folded_key"]
    assert len(set(row(first)["response_keys"])) == 2
    lone = [row({**SFT, "answer": text}) for text in ("True", "true.")]
    assert lone[0]["folded_key"] == lone[1]["folded_key"] and lone[0]["content_key"] != lone[1]["content_key"]


PAIRS = [("True", "true"), ("TRUE", "true")]


def test_responses_are_a_set_and_their_ranks_are_kept_beside() -> None:
    turned = RM | {"responses": [{"text": " 모릅니다.", "rank": 2.0}, *RM["responses"][::-1]]}
    assert row(turned)["content_key"] == row(RM)["content_key"]
    assert row(turned)["content_hash"] != row(RM)["content_hash"]
    first, second = row(RM)["response_keys"]
    assert row(turned)["response_keys"] == [second, second, first]
    assert row(turned)["response_ranks"] == [2.0, None, 1.0]


def test_a_slice_has_the_fingerprints_of_its_rows() -> None:
    for kind, record in ((LabelKind.SFT, SFT), (LabelKind.RM, RM)):
        records = [record | {"data_id": None if i == 1 else str(i), "system": "a" * i or None} for i in range(5)]
        whole = candidates(kind, records)
        keys = fingerprints(kind, whole, NEAR)
        part = whole.slice(1, 3)
        assert fingerprints(kind, part, NEAR).equals(keys.slice(1, 3))
        assert content_hashes(kind, part).to_pylist() == keys["content_hash"].to_pylist()[1:4]


def test_who_says_it_and_where_a_turn_ends_belong_to_a_history() -> None:
    turns = [
        [{"role": "user", "content": "가나"}],
        [{"role": "assistant", "content": "가나"}],
        [{"role": "user", "content": "가"}, {"role": "user", "content": "나"}],
        [{"role": "user", "content": "가"}, {"role": "user나", "content": ""}],
    ]
    assert len({row(SFT | {"history": history})["prompt_key"] for history in [None, *turns]}) == 5


def test_form_columns_keep_nulls() -> None:
    records = [RM | {"responses": None}, RM | {"prompt": None, "responses": [None, {"text": " A!"}, {"text": None}]}]
    made = form_columns(LabelKind.RM, candidates(LabelKind.RM, records))
    assert {name: column.to_pylist() for name, column in made.items()} == {
        "prompt_strict": [RM["prompt"], None],
        "prompt_normalised": [RM["prompt"], None],
        "prompt_folded": ["대한민국의수도는어디인가요", None],
        "responses_strict": [None, [None, "A!", None]],
        "responses_normalised": [None, [None, "a!", None]],
        "responses_folded": [None, [None, "a", None]],
    }


def test_nulls_of_candidates_and_no_rows_at_all_are_no_errors() -> None:
    nothing: list[Record] = [{"data_id": None}]
    for kind in LabelKind:
        for records in (nothing, [], nothing * 2):
            table = candidates(kind, records)
            assert len(fingerprints(kind, table, NEAR)) == len(records)
    unranked = RM | {"responses": [None, {"text": None, "rank": None}]}
    assert row(unranked)["response_ranks"] == [None, None]


def test_without_near_duplicates_there_are_no_bands() -> None:
    assert not [name for name in row(SFT, NearDuplicates(threshold=1.0)) if "band" in name]


@pytest.mark.parametrize(
    ("threshold", "shape"), [(0.5, (47, 3)), (0.7, (34, 5)), (0.8, (21, 6)), (0.9, (15, 10)), (1.0, (0, 0))]
)
def test_band_shapes(threshold: float, shape: tuple[int, int]) -> None:
    assert band_shape(threshold) == shape
    if shape[0]:
        bands, rows = shape
        assert 1 - (1 - threshold**rows) ** bands >= 0.998 > 1 - (1 - threshold**rows) ** (bands - 1)


@given(st.lists(st.text("ab가나 😀é", max_size=12), max_size=5))
def test_shingle_sets_have_the_jaccard_of_the_texts(texts: list[str]) -> None:
    hashes, starts = shingle_sets(pa.array(["skip", *texts], pa.string()).slice(1))
    sets = [hashes[start:end] for start, end in pairwise(starts)]
    for text, own in zip(texts, sets, strict=True):
        assert (np.diff(own.astype(object)) > 0).all()
        for other_text, other in zip(texts, sets, strict=True):
            union = len(np.union1d(own, other))
            assert (len(np.intersect1d(own, other)) / union if union else 1.0) == jaccard(text, other_text)


def test_signatures_estimate_the_jaccard() -> None:
    text = "".join(chr(0xAC00 + 7 * i) for i in range(1504))  # 1,500 different shingles, more than one block
    texts = pa.array([text, text[:1204], text[750:]])
    signatures = empty_signatures(3, 0.7)
    add_texts(signatures, texts, np.arange(4), 1)
    assert np.mean(signatures[0] == signatures[1]) == pytest.approx(1200 / 1500, abs=0.1)
    assert np.mean(signatures[0] == signatures[2]) == pytest.approx(750 / 1500, abs=0.12)


def test_bands_are_what_their_definition_says() -> None:
    def mix(value: int) -> int:
        value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD % 2**64
        value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 % 2**64
        return value ^ value >> 33

    def bands(text: str, namespace: int) -> list[int]:
        grams = {text[i : i + 5] for i in range(max(1, len(text) - 4))}
        polynomials = [sum(ord(c) * 0x9E3779B97F4A7C15**power for power, c in enumerate(gram[::-1])) for gram in grams]
        hashes = [mix(polynomial % 2**64 ^ namespace) >> 32 for polynomial in polynomials]
        functions = zip(*(column.tolist() for column in hash_functions(126)), strict=True)
        minima = [min((a * x + b) % 2**32 for x in hashes) for a, b in functions]
        folded = []
        for first in range(0, 126, 6):
            value = 0
            for least in minima[first : first + 6]:
                value = (mix(value ^ least) + 1) % 2**64
            folded.append(value >> 32)
        return folded

    for text in ("예", "다섯글자다", "Mixed 한글 text, é and 😀 beyond the BMP"):
        signatures = empty_signatures(1, 0.8)
        add_texts(signatures, pa.array([text]), np.arange(2), 2)
        assert band_columns(signatures, 0.8)[:, 0].tolist() == bands(text, 2)


def test_a_set_is_the_union_of_its_texts_and_namespaces_part_them() -> None:
    texts = pa.array(["하나의 문장입니다", "또 다른 문장입니다"])
    together, apart, other = (empty_signatures(1, 0.8) for _ in range(3))
    add_texts(together, texts, np.array([0, 2]), 1)
    add_texts(apart, texts.slice(1), np.array([0, 1]), 1)
    add_texts(other, texts.slice(1), np.array([0, 1]), 2)
    assert (together <= apart).all() and (together < apart).any()
    assert (apart != other).all()
    add_texts(apart, texts.slice(0, 1), np.array([0, 1]), 1)
    assert (together == apart).all()


def test_values_that_stored_fingerprints_rely_on() -> None:
    """A change here changes every record id or every stored band: it is a new version of the product, not a fix."""
    assert [int(value) for column in hash_functions(2) for value in column] == GOLDEN_FUNCTIONS
    for record, golden in ((SFT, GOLDEN_SFT), (RM, GOLDEN_RM)):
        found = row(record)
        names = ("content_hash", "content_key", "folded_key", "prompt_key", "data_id_key")
        keys = [found[name].hex() for name in names]
        assert [*keys, found["prompt_band_00"], found["content_band_20"], found.get("response_keys")] == golden
    signatures = empty_signatures(1, 0.7)
    add_texts(signatures, pa.array(["예"]), np.arange(2), 3)
    assert band_columns(signatures, 0.7)[33].tolist() == [GOLDEN_BAND]
