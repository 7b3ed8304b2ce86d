"""Templates against their plain definition, and what comes of them: prompts that differ behind one instruction stay."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.dedup.exact import equal_rows
from sftrm_quality.dedup.exchange import Bounds
from sftrm_quality.dedup.kernels import WINDOW, decode, sample_windows
from sftrm_quality.dedup.near import near_duplicates
from sftrm_quality.dedup.prompts import prompt_groups
from sftrm_quality.dedup.similarity import Apart
from sftrm_quality.dedup.templates import FEWEST_PROMPTS, WHOLE, find_templates
from sftrm_quality.text import fold_text
from tests.dedup_cases import Record, all_bounds, prompt_of, write_shards

INSTRUCTION = (
    "다음 상품평을 읽고 글쓴이가 만족했으면 긍정, 그렇지 아니하면 부정이라고만 답하세요. 다른 말은 붙이지 마세요. "
    "판단의 근거는 상품평에 적힌 내용뿐이며, 별점이나 배송 기간처럼 적혀 있지 아니한 것은 고려하지 마세요. "
    "반어와 농담은 글쓴이의 뜻을 살펴 판단하고, 어느 쪽인지 알기 어려우면 마지막 문장을 따르세요. 상품평: "
)
ANSWER = (
    "배송이 빨라서 좋았고 포장도 꼼꼼해서 다시 사고 싶다는 내용이므로 긍정이라고 볼 수 있습니다. "
    "글쓴이는 색과 크기도 마음에 들었다고 적었습니다"
)


def _sft(question: str, answer: str = "긍정", **more: object) -> Record:
    return {"data_id": None, "system": None, "history": None, "question": question, "answer": answer, **more}


def _covered(text: str, common: set[str]) -> int:
    own = [at for at in range(len(text) - WINDOW + 1) if text[at : at + WINDOW] in common]
    return len({at + k for at in own for k in range(WINDOW)})


def _templated(records: list[Record]) -> list[int]:
    """By the definition, for prompts so short that no window is left out: those of at most 39 characters."""
    found = [0] * len(records)
    for part in range(3):
        texts = [prompt_of(record)[part] for record in records]
        windows = Counter(w for t in set(texts) for w in {t[i : i + WINDOW] for i in range(len(t) - WINDOW + 1)})
        common = {window for window, count in windows.items() if count >= FEWEST_PROMPTS}
        for row, text in enumerate(texts):
            if text and common and 2 * _covered(text, common) >= len(text):
                found[row] |= 1 << part
    present = [sum(1 << part for part, text in enumerate(prompt_of(record)) if text) for record in records]
    return [parts | WHOLE if parts and parts == all_of else parts for parts, all_of in zip(found, present, strict=True)]


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    base = tmp_path_factory.mktemp("templates")
    return lambda: Path(tempfile.mkdtemp(dir=base))


# Beginnings and ends of which some are shared by eight and some by fewer; 24 to 36 folded characters.
_heads = st.sampled_from(["abcdefghijklmnopqrstuvwxyz", "가나다라마바사아자차카타파하거너더러머버서어저처", "short"])
_texts = st.builds(lambda head, tail: head + tail, _heads, st.text("xyz", min_size=1, max_size=10))
_records = st.builds(
    lambda question, system, turn: _sft(question, system=system, history=turn and [{"role": "u", "content": turn}]),
    _texts,
    st.none() | _texts,
    st.none() | st.none() | _texts,
)


@settings(max_examples=60)
@given(records=st.lists(_records, max_size=30), cuts=st.lists(st.integers(0, 30), max_size=3), bounds=all_bounds)
def test_templates_are_what_their_definition_says(
    folder: Callable[[], Path], records: list[Record], cuts: list[int], bounds: Bounds
) -> None:
    found = find_templates(write_shards(folder(), records, cuts), folder(), map, bounds)
    assert found.parts.tolist() == _templated(records)
    assert ((found.prompts > 0) == (found.parts > 0)).all()
    assert (found.prompts[found.parts > 0] >= FEWEST_PROMPTS).all()


@given(st.text("abc가나 😀", max_size=80), st.integers(1, 20))
def test_the_sampled_windows_are_the_lowest_and_each_is_there_once(text: str, wanted: int) -> None:
    def sample(count: int) -> tuple[list[int], list[int]]:
        array = pa.array([text])
        codes, starts = decode(np.frombuffer(array.buffers()[2] or b"", np.uint8), np.array([0, len(text.encode())]))
        keys, places, counts = np.zeros((1, count), np.uint32), np.zeros((1, count), np.uint32), np.zeros(1, np.int64)
        sample_windows(codes, starts, np.uint64(0), keys, places, counts)
        return keys[0, : counts[0]].tolist(), places[0, : counts[0]].tolist()

    all_keys, all_places = sample(200)
    windows = [text[at : at + WINDOW] for at in all_places]
    assert sorted(windows) == sorted({text[i : i + WINDOW] for i in range(len(text) - WINDOW + 1)})
    assert all(text.find(window) == at for window, at in zip(windows, all_places, strict=True))
    keys, places = sample(wanted)
    assert len(keys) == min(wanted, len(all_keys))
    assert (keys, places) == (all_keys[: len(keys)], all_places[: len(keys)])


def _steps(folder: Path, records: list[Record]) -> tuple[list[int], list[int], list[int]]:
    shards = write_shards(folder, records)
    templates = find_templates(shards, folder)
    alive, rank = np.ones(len(records), np.bool_), np.arange(len(records))
    prompts = equal_rows(shards, "prompt_key", None, folder)
    near = near_duplicates(shards, alive, templates.parts, prompts, rank, True, 0.8, folder)
    return (
        near.duplicate_of.tolist(),
        near.apart_by.tolist(),
        prompt_groups(shards, templates.parts, 0.8, folder).of.tolist(),
    )


def _reviews(count: int, letters: int = 12) -> list[str]:
    rng = np.random.default_rng(7)
    return [INSTRUCTION + "".join(chr(0xAC00 + c) for c in rng.integers(0, 11172, letters)) for _ in range(count)]


def test_prompts_behind_one_instruction_stay_and_are_groups_of_their_own(tmp_path: Path) -> None:
    records = [_sft(question) for question in _reviews(FEWEST_PROMPTS)]
    duplicates, apart, groups = _steps(tmp_path, records)
    assert set(duplicates) == {-1}
    assert set(apart) == {Apart.TEMPLATE}
    assert groups == list(range(len(records)))


def test_of_few_prompts_a_passage_of_their_own_tells_apart_and_less_does_not(tmp_path: Path) -> None:
    few = FEWEST_PROMPTS - 1
    duplicates, apart, groups = _steps(tmp_path, [_sft(question) for question in _reviews(few)])
    assert set(duplicates) == {-1} and set(apart) == {Apart.PASSAGE}
    assert set(groups) == {0}
    (tmp_path / "less").mkdir()
    duplicates, apart, _ = _steps(tmp_path / "less", [_sft(question) for question in _reviews(few, letters=4)])
    assert duplicates == [-1, *[0] * (few - 1)] and set(apart) == {0}


def test_the_same_prompt_behind_a_template_is_the_same(tmp_path: Path) -> None:
    questions = _reviews(FEWEST_PROMPTS)
    records = [_sft(question, ANSWER) for question in [*questions, questions[3].replace(",", "")]]
    records[-1]["answer"] = ANSWER.replace("다시", "또")
    assert fold_text(records[3]["question"]) == fold_text(records[-1]["question"])
    duplicates, _, groups = _steps(tmp_path, records)
    assert duplicates == [-1] * FEWEST_PROMPTS + [3]
    assert groups == [*range(FEWEST_PROMPTS), 3]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("이 경우 환불이 허용됩니다", "이 경우 환불이 허용되지 않습니다", Apart.NEGATIONS),
        ("and then it is allowed in full", "and then it isn't allowed in full", Apart.NEGATIONS),
        ("하루 3번 드세요", "하루 5번 드세요", Apart.NUMBERS),
        ("기온은 -7.5도였습니다", "기온은 7.5도였습니다", Apart.NUMBERS),
        ("별의 수는 10¹¹개입니다", "별의 수는 1011개입니다", Apart.NUMBERS),
        ("하루 3번 드세요", "하루 3번은 드세요", 0),
        ("it is not allowed", "it is not ever allowed", 0),
    ],
)
def test_a_number_or_a_negation_tells_apart_and_another_word_does_not(
    tmp_path: Path, one: str, other: str, apart: int
) -> None:
    for records in (
        [_sft("질문", f"{ANSWER} {text}") for text in (one, other)],
        [_sft(f"{ANSWER} {text}") for text in (one, other)],
        [_sft("질문", system=f"{ANSWER} {text}") for text in (one, other)],
    ):
        duplicates, by, _ = _steps(Path(tempfile.mkdtemp(dir=tmp_path)), records)
        assert (duplicates, by) == ([-1, -1] if apart else [-1, 0], [apart, apart])


def test_of_long_prompts_all_of_a_family_are_found_though_windows_of_their_slots_are_sampled(tmp_path: Path) -> None:
    """A window that a few rows have in the place of one of a slot's looks unshared: it says nothing."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        shared = "".join(chr(0xAC00 + c) for c in rng.integers(0, 11172, 640))
        slots = ["".join(chr(0xAC00 + c) for c in rng.integers(0, 11172, 120)) for _ in range(14)]
        (folder := tmp_path / str(seed)).mkdir()
        shards = write_shards(folder, [_sft(shared[:530] + slot + shared[530:]) for slot in slots])
        assert find_templates(shards, folder).parts.tolist() == [1 | WHOLE] * len(slots)
