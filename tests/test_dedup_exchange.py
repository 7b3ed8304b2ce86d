"""The exchange of keys: bounds that change nothing, tasks that may die and come again, files that go in the end."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.dedup import comparison
from sftrm_quality.dedup.candidates import Buckets, count_pairs, fill_pairs
from sftrm_quality.dedup.comparison import cut_pairs
from sftrm_quality.dedup.contradictions import contradictions
from sftrm_quality.dedup.copies import ReceivedShard, copy_numbers
from sftrm_quality.dedup.exact import equal_rows, first_holders, group_equal
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Exchanged, Map, Partition, cut, scratch_folder
from sftrm_quality.dedup.extraction import Extraction
from sftrm_quality.dedup.near import near_duplicates
from sftrm_quality.dedup.prompts import prompt_groups
from sftrm_quality.dedup.sets import SetFiles
from sftrm_quality.dedup.shares import all_rows, join_shares, proposed_rows
from sftrm_quality.dedup.templates import find_templates
from sftrm_quality.output import written
from tests.dedup_cases import Record, all_bounds, near_steps, write_shards

TINY = Bounds(1, 1, 1, 1, 1, 1)
ENTRY = np.dtype([("row", np.uint32), ("key", np.uint32)])


def mixed_records(count: int, seed: int = 1) -> list[Record]:
    """Both kinds, one after the other and in turns; copies, ids used again, contradictions, boilerplate, a template."""
    rng = np.random.default_rng(seed)
    words = ["".join(map(chr, rng.integers(0xAC00, 0xD7A3, 6))) for _ in range(400)]
    template = " ".join(words[:60])
    records: list[Record] = []
    for i in range(count):
        prompt = " ".join(rng.choice(words[:90], 12)) if i % 3 else f"{' '.join(words[100:130])} {words[i + 200]}"
        base: Record = {"data_id": str(i % 60), "system": None, "history": None}
        if i % 5 == 4 or i > 0.8 * count:
            ranked = [{"text": words[k], "rank": float(r)} for r, k in enumerate(rng.permutation(3))]
            records.append({**base, "prompt": words[i % 4] * 3, "responses": ranked})
        else:
            records.append({**base, "question": prompt, "answer": f"{template} {words[i % 50]}"})
        if i % 11 == 10:
            records[-1] = records[i // 2]
        if i % 7 == 6 and "question" in records[i // 3]:
            records[-1] = {**records[i // 3], "answer": records[i // 3]["answer"] + words[i % 9][:2]}
        if i % 13 == 12 and "question" in records[i // 4]:
            records[-1] = {**records[i // 4], "answer": f"{records[i // 4]['answer']} {i}"}
    return records


def all_steps(shards: Any, scratch: Path, map: Map, bounds: Bounds) -> list[list[float]]:
    alive = np.ones(sum(shard.rows for shard in shards), np.bool_)
    exchange = (scratch, map, bounds)
    copies = equal_rows(shards, "content_key", alive, *exchange)
    templates = find_templates(shards, *exchange)
    rank = np.arange(len(alive))[::-1].copy()
    prompts = equal_rows(shards, "prompt_key", None, *exchange)
    near = near_duplicates(shards, alive & (copies < 0), templates.parts, prompts, rank, True, 0.8, *exchange)
    columns = [
        first_holders(shards, "file", [i // 12 for i in range(len(shards))], *exchange),
        first_holders(shards, "dataset", [0] * len(shards), *exchange),
        contradictions(shards, *exchange),
        copies,
        *near,
        templates.prompts,
        prompt_groups(shards, templates.parts, 0.8, *exchange).of,
    ]
    return [column.tolist() for column in columns]


@pytest.mark.parametrize(
    "bounds",
    [
        TINY,
        BOUNDS._replace(partition_rows=16, block_rows=50, range_rows=20),
        BOUNDS._replace(partition_rows=1, task_entries=1),
        BOUNDS._replace(chunk_pairs=1, chunk_words=1, range_rows=70),
    ],
)
def test_bounds_change_nothing(tmp_path: Path, bounds: Bounds) -> None:
    shards = write_shards(tmp_path, mixed_records(70), cuts=range(0, 70, 9))
    found = all_steps(shards, tmp_path, map, bounds)
    assert found == all_steps(shards, tmp_path, map, BOUNDS)
    # There is something of every kind to be found.
    assert not [place for place, column in enumerate(found) if len(set(column)) < 2]


def test_a_process_pool_finds_the_same(tmp_path: Path) -> None:
    """Whatever is handed to a task pickles, and nothing but files passes between tasks."""
    shards = write_shards(tmp_path, mixed_records(120), cuts=range(0, 120, 30))
    bounds = Bounds(30, 30, 30, 100)
    with ProcessPoolExecutor(2, get_context("forkserver")) as pool:
        assert all_steps(shards, tmp_path, pool.map, bounds) == all_steps(shards, tmp_path, map, BOUNDS)


class _Killed(BaseException):
    """No handler for errors sees it, as none sees the end of a process."""


def _die(*_: Any) -> None:
    raise _Killed


def test_a_task_that_died_halfway_and_tasks_that_run_twice_change_nothing(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, mixed_records(100), cuts=(20, 40, 60))
    deaths = 0

    def files() -> dict[Path, bytes]:
        """What tasks see of each other: not what a dead one left under another name."""
        found = [path for path in tmp_path.rglob("exchange-*/**/*") if path.is_file()]
        return {path: path.read_bytes() for path in found if path.suffix != ".unfinished"}

    def unsteady(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        nonlocal deaths
        for number, item in enumerate(items):
            if number % 2:
                before = files()
                with pytest.MonkeyPatch.context() as patch, suppress(_Killed):
                    # All is written and the file has not its name: the worst moment.
                    patch.setattr(Path, "replace", _die)
                    function(item)
                    deaths -= 1
                deaths += 1
                assert files() == before
            first = function(item)
            once = files()
            second = function(item)
            assert files() == once
            assert repr(first) == repr(second)
            yield second

    bounds = Bounds(40, 30, 16, 100)
    assert all_steps(shards, tmp_path, unsteady, bounds) == all_steps(shards, tmp_path, map, BOUNDS)
    assert deaths > 10
    assert not list(tmp_path.glob("exchange-*"))


def test_scratch_is_empty_after_a_failure_too(tmp_path: Path) -> None:
    shards = write_shards(tmp_path, mixed_records(60))
    (scratch := tmp_path / "scratch").mkdir()

    def failing(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        for item in items:
            function(item)
            raise RuntimeError("the node is gone")
            yield

    templated = np.zeros(60, np.uint8)
    for step in (
        lambda: near_steps(shards, 0.8, scratch, failing),
        lambda: prompt_groups(shards, templated, 0.8, scratch, failing),
        lambda: find_templates(shards, scratch, failing),
    ):
        with pytest.raises(RuntimeError, match="the node is gone"):
            step()
    assert not list(scratch.iterdir())


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(RuntimeError), written(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert not list(tmp_path.iterdir())
    with written(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 20))
def test_cut_keeps_all_in_order_and_the_bound(sizes: list[int], most: int) -> None:
    parts = [sizes[part] for part in cut(sizes, most)]
    assert [size for part in parts for size in part] == sizes
    assert all(len(part) == 1 or sum(part) <= most for part in parts)
    assert all(sum(a) + b[0] > most for a, b in pairwise(parts))


@pytest.mark.parametrize(("entries", "partitions"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (21, 4), (81, 16)])
def test_partitions_are_a_power_of_two_for_the_entries(entries: int, partitions: int) -> None:
    assert Bounds(partition_rows=10).partitions(entries) == partitions


@given(
    blocks=st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=6), max_size=4),
    entries=st.sampled_from([1, 7, 40, 2000]),
)
def test_each_entry_is_in_one_partition_and_equal_keys_in_the_same(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[int]], entries: int
) -> None:
    files = Exchanged(tmp_path_factory.mktemp("x"), len(blocks), Bounds(partition_rows=5).partitions(entries))
    row = 0
    expected = []
    for number, keys in enumerate(blocks):
        own = np.array([(row + i, key) for i, key in enumerate(keys)], ENTRY)
        row += len(keys)
        expected += own.tolist()
        files.write(number, 2, [(own[:0], own["key"][:0]), (own, own["key"])])
    found = [Partition(files, 1, number).read(ENTRY).tolist() for number in range(files.partitions)]
    assert sorted(entry for part in found for entry in part) == expected
    assert all(part == sorted(part) for part in found)
    for number, part in enumerate(found):
        assert all(key * files.partitions >> 32 == number for _, key in part)
    assert not any(len(partition.read(ENTRY)) for partition in files.partitions_of(0))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=20))
def test_groups_of_equal_keys(keys: list[tuple[int, int]]) -> None:
    groups = group_equal(np.array(keys, np.uint64).reshape(-1, 2))
    found = [groups.places[a:b].tolist() for a, b in zip(groups.starts[:-1], groups.starts[1:], strict=True)]
    expected = [[i for i, other in enumerate(keys) if other == key] for key in set(keys)]
    assert sorted(found) == sorted(places for places in expected if len(places) > 1)
    assert groups.firsts().tolist() == [group[0] for group in found for _ in group]


def _pairs(bucket: Sequence[int]) -> set[tuple[int, int]]:
    """What a bucket proposes, as its definition says."""
    found = set()
    for place, later in enumerate(bucket):
        near = range(place) if len(bucket) <= 64 else {*range(min(8, place)), *range(max(0, place - 8), place)}
        found |= {(bucket[other], later) for other in near}
    return found


@given(data=st.data(), cuts=st.lists(st.integers(0, 300), max_size=8))
def test_shares_hold_every_pair_of_a_bucket_once_wherever_ranges_end(data: st.DataObject, cuts: list[int]) -> None:
    count = data.draw(st.sampled_from([0, 1, 5, 64, 65, 90, 200]))
    keys = data.draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3]), min_size=count, max_size=count))
    rows = np.sort(np.random.default_rng(count).choice(300, count, replace=False)).astype(np.int64)
    starts = np.array(sorted([0, *cuts, 300]), np.int64)
    offsets, words = Buckets(rows, np.array(keys, np.uint32)).shares(starts)
    doubled = join_shares([(offsets, words), (offsets, words)])
    expected = set().union(*(_pairs(rows[np.array(keys) == key].tolist()) for key in set(keys)), set())
    found = []
    shared = []
    for number, (low, high) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        own = words[offsets[number] : offsets[number + 1]]
        counts = np.zeros(high - low, np.int64)
        count_pairs(own, low, counts)
        for row in range(low, high):
            pairs = fill_pairs(own, row, row + 1, counts[row - low])
            found += [(pair & 0xFFFFFFFF, pair >> 32) for pair in pairs.tolist()]
        shared += (low + proposed_rows(own, low, high - low)).tolist()
        twice = doubled[1][doubled[0][number] : doubled[0][number + 1]]
        assert twice.tolist() == own.tolist() * 2
        assert set(all_rows(own).tolist()) >= {row for pair in expected if low <= pair[1] < high for row in pair}
    assert sorted(found) == sorted(expected)
    assert shared == [row for row, key in zip(rows.tolist(), keys, strict=True) if keys.count(key) > 1]


def test_a_bucket_of_any_size_takes_one_word_per_row() -> None:
    rows = np.arange(100_000)
    offsets, words = Buckets(rows, np.zeros(len(rows), np.uint32)).shares(np.array([0, 40_000, 100_000]))
    assert len(words) == len(rows) + 2 * 2 + 16
    assert offsets.tolist() == [0, 40_002, len(words)]


@given(
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(4, 7)), max_size=12),
    sizes=st.lists(st.integers(1, 9), min_size=8, max_size=8),
    most=st.integers(1, 40),
)
def test_pairs_are_cut_by_what_their_rows_take_together(
    pairs: list[tuple[int, int]], sizes: list[int], most: int
) -> None:
    left, right = map(np.ascontiguousarray, np.array(pairs, np.int64).reshape(-1, 2).T)
    cuts = cut_pairs(left, right, np.array(sizes), most).tolist()
    pieces = [pairs[a:b] for a, b in pairwise(cuts)]
    assert [pair for piece in pieces for pair in piece] == pairs
    taken = [sum(sizes[row] for row in {row for pair in piece for row in pair}) for piece in pieces]
    assert all(len(piece) == 1 or size <= most for piece, size in zip(pieces, taken, strict=True))
    for piece, following in pairwise(pieces):
        assert sum(sizes[row] for row in {row for pair in [*piece, following[0]] for row in pair}) > most


@given(st.lists(st.integers(0, 5000), unique=True, max_size=12).map(sorted), st.lists(st.integers(0, 5000), max_size=3))
def test_sets_are_found_again(tmp_path_factory: pytest.TempPathFactory, rows: list[int], cuts: list[int]) -> None:
    starts = np.array(sorted({0, *cuts, 5001}), np.int64)
    files = SetFiles(tmp_path_factory.mktemp("sets"), starts)
    for number, (low, high) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        own = [row for row in rows if low <= row < high]
        pieces = [(np.full(row % 4 + 1, row, np.uint64), np.array([row % 4 + 1])) for row in own]
        files.write(number, np.array(own, np.int64) - low, pieces)
    begins, sizes = files.locate(np.array(rows, np.int64))
    words, places = files.read(np.array(rows, np.int64), begins, sizes)
    assert words.tolist() == [row for row in rows for _ in range(row % 4 + 1)]
    assert np.diff(places).tolist() == sizes.tolist() == [row % 4 + 1 for row in rows]


@settings(max_examples=40)
@given(
    shards=st.lists(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=6), max_size=4),
    bounds=all_bounds,
    data=st.data(),
)
def test_copies_are_numbered_by_preference_and_failing_ones_after_all_that_passed(
    tmp_path_factory: pytest.TempPathFactory, shards: list[list[tuple[bool, int]]], bounds: Bounds, data: st.DataObject
) -> None:
    """A record: whether it passed, and what its content is."""
    folder = tmp_path_factory.mktemp("copies")
    received = []
    for number, shard in enumerate(shards):
        tables = {}
        for passed in (True, False):
            own = [(i, bytes([content]) * 16) for i, (is_passed, content) in enumerate(shard) if is_passed is passed]
            tables[passed] = pa.table({"content_hash": pa.array([content for _, content in own], pa.binary(16))})
        paths = [folder / f"{number}.{name}" for name in ("keys", "failing")]
        for path, table in zip(paths, (tables[True], tables[False]), strict=True):
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
        received.append(ReceivedShard(*paths, len(tables[True]), len(tables[False])))
    contents = {p: [content for shard in shards for passed, content in shard if passed is p] for p in (True, False)}
    rank = data.draw(st.permutations(range(len(contents[True]))))
    numbered = [0] * len(rank)
    seen: list[int] = []
    for row in sorted(range(len(rank)), key=lambda row: rank[row]):
        numbered[row] = seen.count(contents[True][row])
        seen.append(contents[True][row])
    failing_numbered = []
    for content in contents[False]:
        failing_numbered.append(seen.count(content))
        seen.append(content)
    (scratch := folder / "scratch").mkdir()
    copies, failing = copy_numbers(received, np.array(rank, np.int64), scratch, map, bounds)
    assert (copies.tolist(), failing.tolist()) == (numbered, failing_numbered)
    assert not list(scratch.iterdir())


def test_no_more_pairs_at_a_time_than_the_bound_or_those_of_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards = write_shards(tmp_path, mixed_records(150))
    fill = comparison.fill_pairs
    filled: list[int] = []

    def filling(shares: Any, low: int, high: int, count: int) -> Any:
        filled.append(count)
        assert count <= 40 or high == low + 1
        return fill(shares, low, high, count)

    monkeypatch.setattr(comparison, "fill_pairs", filling)
    near_steps(shards, 0.8, tmp_path, map, BOUNDS._replace(chunk_pairs=40))
    assert len(filled) > 3 and max(filled) > 20


def test_one_row_stands_for_all_of_its_prompt(tmp_path: Path) -> None:
    prompts = ["서울에서 부산까지 가는 가장 빠른 길", "서울에서 부산까지 가는 가장 빠른 길은", "전혀 다른 물음"]
    base: Record = {"data_id": None, "system": None, "history": None, "answer": "예"}
    records: list[Record] = [{**base, "question": prompts[i % 3]} for i in range(90)]
    read: list[int] = []

    def looking(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        for item in items:
            yield function(item)
            if isinstance(item, Extraction):
                starts = np.fromfile(item.sets.folder / f"{item.block.number:06}.sets", np.int64, 91)
                read.extend(np.flatnonzero(np.diff(starts)).tolist())

    groups = prompt_groups(write_shards(tmp_path, records), np.zeros(90, np.uint8), 0.8, tmp_path, looking)
    assert groups.of.tolist() == [0, 0, 2] * 30
    assert read == [0, 1]


def test_folders_of_two_steps_never_meet(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as one, scratch_folder(tmp_path) as other:
        assert one != other
