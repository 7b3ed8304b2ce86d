"""The steps over all shards against the plain reference, wherever the shards are cut and whoever extracts them."""

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.dedup import comparison, near
from sftrm_quality.dedup.contradictions import contradictions
from sftrm_quality.dedup.exact import equal_rows, first_holders
from sftrm_quality.dedup.exchange import BOUNDS, Bounds
from sftrm_quality.dedup.extraction import Extraction
from sftrm_quality.dedup.keys import ShardKeys
from sftrm_quality.dedup.near import near_duplicates
from sftrm_quality.dedup.prompts import prompt_groups
from sftrm_quality.dedup.survivors import _places
from sftrm_quality.dedup.templates import WHOLE, find_templates
from sftrm_quality.errors import StorageError
from tests.dedup_cases import (
    Record,
    all_bounds,
    content_of,
    contradictions_reference,
    folded_content_of,
    groups_reference,
    kind_of,
    near_reference,
    near_steps,
    prompt_of,
    ranking_lists,
    record_lists,
    write_shards,
)

cuts = st.lists(st.integers(0, 14), max_size=4)
thresholds = st.sampled_from([0.5, 0.7, 0.8, 0.95])
slow = settings(max_examples=25)


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    base = tmp_path_factory.mktemp("dedup")
    return lambda: Path(tempfile.mkdtemp(dir=base))


@slow
@given(records=record_lists, cuts=cuts, bounds=all_bounds, within=st.sampled_from(["dataset", "file"]), data=st.data())
def test_first_holders(
    folder: Callable[[], Path], records: list[Record], cuts: list[int], bounds: Bounds, within: Any, data: st.DataObject
) -> None:
    shards = write_shards(folder(), records, cuts)
    sources = sorted(data.draw(st.lists(st.integers(0, 2), min_size=len(shards), max_size=len(shards))))
    source_of = np.repeat(sources, [shard.rows for shard in shards]).tolist()
    expected = []
    holders: dict[Any, int] = {}
    for row, record in enumerate(records):
        key = (kind_of(record), record["data_id"], source_of[row] if within == "file" else None)
        holder = holders.setdefault(key, row) if record["data_id"] is not None else row
        other = folded_content_of(records[holder]) != folded_content_of(record)
        expected.append(holder if other else -1)
    assert first_holders(shards, within, sources, folder(), map, bounds).tolist() == expected


@slow
@given(records=record_lists, cuts=cuts, bounds=all_bounds, data=st.data())
@pytest.mark.parametrize(
    ("key", "meaning"), [("content_key", content_of), ("folded_key", folded_content_of), ("prompt_key", prompt_of)]
)
def test_equal_rows_name_the_preferred_one(
    folder: Callable[[], Path],
    key: str,
    meaning: Callable[[Record], Any],
    records: list[Record],
    cuts: list[int],
    bounds: Bounds,
    data: st.DataObject,
) -> None:
    alive = data.draw(st.lists(st.booleans(), min_size=len(records), max_size=len(records)))
    rank = data.draw(st.permutations(range(len(records))))
    preferred: dict[Any, int] = {}
    for row in sorted(range(len(records)), key=lambda row: rank[row]):
        if alive[row]:
            preferred.setdefault(meaning(records[row]), row)
    expected = [preferred[meaning(record)] if alive[row] else row for row, record in enumerate(records)]
    shards = write_shards(folder(), records, cuts)
    ranks = np.array(rank, np.int64)
    found = equal_rows(shards, key, np.array(alive, np.bool_), folder(), map, bounds, rank=ranks)
    assert found.tolist() == [-1 if first == row else first for row, first in enumerate(expected)]


@settings(slow, max_examples=50)
@given(records=ranking_lists, cuts=cuts, bounds=all_bounds)
def test_contradictions(folder: Callable[[], Path], records: list[Record], cuts: list[int], bounds: Bounds) -> None:
    found = contradictions(write_shards(folder(), records, cuts), folder(), map, bounds)
    assert found.tolist() == contradictions_reference(records)


@settings(slow, max_examples=50)
@given(records=record_lists, cuts=cuts, bounds=all_bounds, threshold=thresholds, data=st.data())
def test_near_duplicates_and_groups(
    folder: Callable[[], Path],
    records: list[Record],
    cuts: list[int],
    bounds: Bounds,
    threshold: float,
    data: st.DataObject,
) -> None:
    rows = len(records)
    alive = data.draw(st.lists(st.booleans() | st.just(True), min_size=rows, max_size=rows))
    bits = data.draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 4, 15]), min_size=rows, max_size=rows))
    rank = data.draw(st.permutations(range(rows)))
    keep_whole = data.draw(st.booleans())
    shards = write_shards(folder(), records, cuts, threshold, one_bucket=True)
    templated, ranks = np.array(bits, np.uint8), np.array(rank, np.int64)
    with ThreadPoolExecutor(2) as pool:
        prompts = equal_rows(shards, "prompt_key", None, folder())
        given = (np.array(alive, np.bool_), templated, prompts, ranks, keep_whole, threshold)
        found = near_duplicates(shards, *given, folder(), pool.map, bounds)
        groups = prompt_groups(shards, templated, threshold, folder(), pool.map, bounds)
    expected = near_reference(records, alive, threshold, bits, rank, keep_whole)
    assert list(zip(found.duplicate_of.tolist(), found.similarity.tolist(), strict=True)) == expected.found
    assert groups.of.tolist() == groups_reference(records, threshold, bits)
    told = zip(found.apart_from.tolist(), found.apart_by.tolist(), found.apart_similarity.tolist(), strict=True)
    for row, (other, by, similarity) in enumerate(told):
        if other >= 0:
            assert expected.apart[min(row, other), max(row, other)] == (by, similarity)
        # Of pairs behind a template that is the whole prompt only one is looked at.
        pairs = {pair: found for pair, found in expected.apart.items() if not (bits[pair[0]] | bits[pair[1]]) & WHOLE}
        earlier = [similarity for (_, later), (_, similarity) in pairs.items() if later == row]
        assert similarity >= max(earlier, default=0)


@slow
@given(records=record_lists, cuts=cuts, bounds=all_bounds, threshold=thresholds, one_cut=st.integers(0, 14))
def test_nothing_depends_on_where_shards_or_tasks_end(
    folder: Callable[[], Path],
    records: list[Record],
    cuts: list[int],
    bounds: Bounds,
    threshold: float,
    one_cut: int,
) -> None:
    alive = np.ones(len(records), np.bool_)

    def everything(cuts: list[int], bounds: Bounds) -> list[list[float]]:
        shards = write_shards(folder(), records, cuts, threshold)
        scratch = folder()
        exchange = (scratch, map, bounds)
        templates = find_templates(shards, *exchange)
        rank = np.arange(len(records))
        prompts = equal_rows(shards, "prompt_key", None, *exchange)
        found = near_duplicates(shards, alive, templates.parts, prompts, rank, True, threshold, *exchange)
        groups = prompt_groups(shards, templates.parts, threshold, *exchange)
        equal = [equal_rows(shards, key, alive, *exchange) for key in ("content_key", "folded_key")]
        columns = [*equal, contradictions(shards, *exchange), *templates, *found, *groups]
        assert not list(scratch.iterdir())
        return [column.tolist() for column in columns]

    assert everything(cuts, bounds) == everything([one_cut], BOUNDS)


def _sft(question: str, answer: str, **more: Any) -> Record:
    return {"data_id": None, "system": None, "history": None, "question": question, "answer": answer, **more}


def _rm(prompt: str, *responses: tuple[str, float]) -> Record:
    ranked = [{"text": text, "rank": rank} for text, rank in responses]
    return {"data_id": None, "system": None, "history": None, "prompt": prompt, "responses": ranked}


LONG = "서울에서 부산까지 기차로 가는 가장 빠른 방법과 그 비용, 그리고 예약하는 순서를 차례로 설명해 주세요"


def _near(folder: Path, records: list[Record], threshold: float = 0.8, map: Any = map) -> list[int]:
    shards = write_shards(folder, records, threshold=threshold)
    return near_steps(shards, threshold, folder, map).duplicate_of.tolist()


def _groups(shards: list[ShardKeys], threshold: float, folder: Path) -> list[int]:
    templated = np.zeros(sum(shard.rows for shard in shards), np.uint8)
    return prompt_groups(shards, templated, threshold, folder).of.tolist()


# Every shingle of it is another: of two stretches the Jaccard is known by their lengths less 4.
DISTINCT = "".join(chr(0xAC00 + 7 * i) for i in range(300))


def test_a_chain_of_edits_is_not_removed_to_its_end(tmp_path: Path) -> None:
    answers = [DISTINCT[:length] for length in (104, 114, 134, 154)]
    records = [_sft("질문", answer) for answer in answers]
    assert near_steps(write_shards(tmp_path, records), 0.8, tmp_path, keep_whole=False).duplicate_of.tolist() == [
        *(-1, 0, -1, 2)
    ]


def test_a_copy_that_is_cut_short_gives_way_whatever_is_preferred(tmp_path: Path) -> None:
    records = [_sft("질문", answer) for answer in (DISTINCT[:90], DISTINCT[:104], DISTINCT[:104] + "!")]
    assert _near(tmp_path, records) == [1, -1, 1]
    assert near_steps(write_shards(tmp_path, records), 0.8, tmp_path, keep_whole=False).duplicate_of.tolist() == [
        *(-1, 0, 0)
    ]


def test_the_most_alike_survivor_is_named_and_of_equals_the_earliest(tmp_path: Path) -> None:
    answers = [DISTINCT[start : start + 104] for start in (0, 20, 11)]
    assert _near(tmp_path, [_sft("질문", answer) for answer in answers]) == [-1, -1, 1]
    answers = [DISTINCT[start : start + 104] for start in (0, 20, 10)]
    assert _near(tmp_path, [_sft("질문", answer) for answer in answers]) == [-1, -1, 0]


def test_opposite_rankings_of_near_equal_responses_both_stay(tmp_path: Path) -> None:
    first = _rm("질문", (LONG, 1), (LONG[::-1], 2))
    assert _near(tmp_path, [first, _rm("질문", (LONG[::-1] + "!", 2), (LONG + "!", 1))]) == [-1, 0]
    assert _near(tmp_path, [first, _rm("질문", (LONG[::-1] + "!", 1), (LONG + "!", 2))]) == [-1, -1]


def test_another_history_or_system_message_is_another_prompt(tmp_path: Path) -> None:
    turn = [{"role": "user", "content": "프랑스의 수도는 어디인가요"}]
    other = [{"role": "user", "content": "독일 음식 하나만 추천해 주세요"}]
    records = [_sft("계속", LONG, history=turn), _sft("계속", LONG, history=other), _sft("계속", LONG, system="간단히")]
    records.append(_sft("계속", LONG))
    assert _near(tmp_path, records) == [-1, -1, -1, -1]
    shards = write_shards(tmp_path, records)
    assert _groups(shards, 0.8, tmp_path) == [0, 1, 2, 3]


def test_short_texts_are_compared_whole(tmp_path: Path) -> None:
    records = [_sft(LONG, answer) for answer in ("예", "네", "3", "아니오", "아니요", "예")]
    assert _near(tmp_path, records) == [-1, -1, -1, -1, -1, 0]


def test_boilerplate_answers_stay_linear_and_true_pairs_among_them_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    template = " ".join("".join(chr(97 + c) for c in rng.integers(0, 26, 7)) for _ in range(600))
    questions = ["".join(chr(0xAC00 + c) for c in rng.integers(0, 11172, 25)) for _ in range(400)]
    records = [_sft(question, template) for question in questions]
    records += [_sft(question[:-2] + "끝!", template) for question in questions[100:120]]
    proposed = compared = 0
    fill, compare = comparison.fill_pairs, near.compare

    def filling(*arguments: Any) -> Any:
        nonlocal proposed
        pairs = fill(*arguments)
        proposed += len(pairs)
        return pairs

    def comparing(words: Any, ranks: Any, earlier: Any, *others: Any) -> Any:
        nonlocal compared
        compared += len(earlier)
        return compare(words, ranks, earlier, *others)

    monkeypatch.setattr(comparison, "fill_pairs", filling)
    monkeypatch.setattr(near, "compare", comparing)
    found = _near(tmp_path, records)
    assert found[400:] == list(range(100, 120))
    assert set(found[:400]) == {-1}
    assert 21 * len(records) * 10 < proposed <= 21 * len(records) * 18
    assert len(records) < compared <= 2 * len(records) * 18  # not once a band


def test_a_record_never_contradicts_itself(tmp_path: Path) -> None:
    muddled = _rm("질문", ("a", 1), ("a", 1), ("b", 2), ("a", 3), ("a", 3))
    other, opposite = _rm("질문", ("c", 1), ("d", 2)), _rm("질문", ("b", 1), ("a", 2))
    assert contradictions(write_shards(tmp_path, [muddled, other]), tmp_path).tolist() == [-1, -1]
    assert contradictions(write_shards(tmp_path, [muddled, other, opposite]), tmp_path).tolist() == [2, -1, 0]


def test_of_several_contradicting_records_the_first_is_named(tmp_path: Path) -> None:
    records = [_rm("질문", (f"{i} better", 1), (f"{i} worse", 2)) for i in range(6)]
    opposite = _rm("질문", *((f"{i} worse", 1) for i in range(6)), *((f"{i} better", 2) for i in range(6)))
    for ordered in (records, records[::-1]):
        assert contradictions(write_shards(tmp_path, [*ordered, opposite]), tmp_path).tolist() == [6] * 6 + [0]


def test_another_number_of_responses_is_another_record(tmp_path: Path) -> None:
    two, three = _rm(LONG, ("a" * 9, 1), ("b" * 9, 2)), _rm(LONG + "!", ("a" * 9, 1), ("b" * 9, 2), ("c" * 9, 3))
    assert _near(tmp_path, [two, three]) == _near(tmp_path, [three, two]) == [-1, -1]
    assert _near(tmp_path, [two, two | {"prompt": LONG + "!"}]) == [-1, 0]


def test_a_document_of_a_million_characters(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    text = "".join(map(chr, rng.integers(0xAC00, 0xD7A3, 1_000_000)))
    records = [_sft("요약", text), _sft("요약", text[:500_000] + "바뀐 곳" + text[500_000:]), _sft("요약", text[::-1])]
    assert _near(tmp_path, records) == [-1, 0, -1]


@pytest.mark.parametrize(("threshold", "low", "least"), [(0.8, 0.8, 0.995), (0.7, 0.7, 0.98)])
def test_recall_and_precision_on_edited_text(tmp_path: Path, threshold: float, low: float, least: float) -> None:
    rng = np.random.default_rng(5)
    records, expected = [], []
    for _ in range(400):
        letters = rng.integers(0xAC00, 0xD7A3, int(rng.integers(40, 300)))
        answer = "".join(map(chr, letters))
        edited = letters.copy()
        edited[rng.integers(0, len(letters), rng.integers(1, len(letters) // 15))] = 0x41
        records += [_sft(answer[:30], answer), _sft(answer[:30], "".join(map(chr, edited)))]
    for row in range(0, len(records), 2):
        expected.append(near_reference(records[row : row + 2], [True, True], low).found[1][0] == 0)
    found = _near(tmp_path, records, threshold)
    hits = [found[2 * i + 1] == 2 * i for i in range(400)]
    true = sum(expected)
    assert 50 < true < 400
    assert sum(hit and wanted for hit, wanted in zip(hits, expected, strict=True)) >= least * true
    assert not any(hit and not wanted for hit, wanted in zip(hits, expected, strict=True))
    assert set(found[::2]) == {-1}


def test_at_threshold_1_only_equal_prompts_are_grouped(tmp_path: Path) -> None:
    records = [_sft(LONG, "a"), _sft(LONG + " 네", "a"), _rm(LONG.replace(" ", "  "), ("a", 1), ("b", 2))]
    assert _near(tmp_path, records, 1.0) == [-1, -1, -1]
    assert _groups(write_shards(tmp_path, records, threshold=1.0), 1.0, tmp_path) == [0, 1, 0]


def test_fingerprints_of_other_settings_or_rows_are_refused(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, [_sft("a", "b")], threshold=0.7)
    alive = np.ones(1, np.bool_)
    for step in (near_steps, _groups):
        with pytest.raises(StorageError, match="bands is 34x5, expected 21x6"):
            step(shards, 0.8, tmp_path)
    with pytest.raises(StorageError, match="1 fingerprints of 2 records"):
        equal_rows([shards[0]._replace(rows=2)], "content_key", alive, tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        equal_rows([shards[0]._replace(path=tmp_path / "absent")], "content_key", alive, tmp_path)


def test_candidates_that_are_gone_are_a_storage_error(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, [_sft(LONG, LONG), _sft(LONG + "!", LONG)])
    shards[0].records_path.unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        near_steps(shards, 0.8, tmp_path)


def test_no_shards_and_no_rows(tmp_path: Path) -> None:
    for shards in ([], write_shards(tmp_path, [])):
        alive = np.ones(0, np.bool_)
        assert equal_rows(shards, "content_key", alive, tmp_path).tolist() == []
        assert contradictions(shards, tmp_path).tolist() == find_templates(shards, tmp_path).parts.tolist() == []
        assert first_holders(shards, "file", [0] * len(shards), tmp_path).tolist() == []
        assert near_steps(shards, 0.8, tmp_path).duplicate_of.tolist() == []
        assert _groups(shards, 0.8, tmp_path) == []


def test_only_proposed_rows_are_read_again(tmp_path: Path) -> None:
    records = [
        _sft(LONG, LONG),
        _rm(LONG, ("a", 1), ("b", 2)),
        _sft(LONG, LONG + "!"),
        _sft("다른 것", "아주 다른 대답"),
    ]
    sizes: list[list[int]] = []

    def looking(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        for item in items:
            yield function(item)
            if isinstance(item, Extraction):
                header = np.fromfile(item.sets.folder / f"{item.block.number:06}.sets", np.int64, 5)
                sizes.append(np.diff(header).tolist())

    assert _near(tmp_path, records, map=looking) == [-1, -1, 0, -1]
    assert [[size > 0 for size in part] for part in sizes] == [[True, False, True, False]]


@given(st.lists(st.booleans(), max_size=12), st.booleans(), st.randoms(use_true_random=False))
def test_who_is_cut_short_comes_behind_all_others_and_else_the_rank_decides(
    cut: list[bool], keep_whole: bool, dice: Any
) -> None:
    rank = np.array(dice.sample(range(len(cut)), len(cut)), np.int64)
    places = _places(rank, np.array(cut, np.bool_) if keep_whole else None)
    order = sorted(range(len(cut)), key=lambda row: (keep_whole and cut[row], rank[row]))
    assert [int(places[row]) for row in order] == list(range(len(cut)))
