"""Small data for the tests of deduplication, and the slow, plain reference that they are held to."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from sftrm_quality.config import NearDuplicates
from sftrm_quality.dedup.exchange import Bounds
from sftrm_quality.dedup.fingerprints import fingerprint
from sftrm_quality.dedup.keys import ShardKeys
from sftrm_quality.dedup.parts import normalised_columns
from sftrm_quality.records import CANDIDATES, LabelKind
from sftrm_quality.text import normalise_text

Record = dict[str, Any]
"""A candidate as a dict; its label kind is told by the column it has: question or prompt."""

# A handful of texts: equal after normalisation, near-equal by all degrees, different, and too short for a shingle.
_SENTENCE = "the quick brown fox jumps over the lazy dog and then some"
texts = st.sampled_from(
    [
        *(_SENTENCE[:end] for end in (57, 55, 52, 49, 45, 40)),
        *(_SENTENCE[start:] for start in (2, 5, 9)),
        _SENTENCE.upper(),
        _SENTENCE.replace("quick", "quack"),
        "그리고 다음 날 아침에 우리는",
        "예",
        "네",
        " 예\u200b",
    ]
)


def _mostly(value: Any, others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([value] * 6 + [None]).flatmap(lambda drawn: others if drawn is None else st.just(value))


_turn = st.fixed_dictionaries({"role": st.just("user"), "content": texts})
_maybe = {
    "data_id": st.none() | st.sampled_from(["1", "2", "3"]),
    "system": _mostly("", st.sampled_from([None, "Be brief.", "be  brief."])),
    "history": _mostly([], st.none() | st.lists(_turn, max_size=2)),
}
# And few answers, so that two records rank the same ones.
_answers = st.sampled_from(["예", _SENTENCE, _SENTENCE[:55]]) | texts
_response_ranks = st.sampled_from([1.0, 1.0, 2.0, 2.0, 3.0, None])
_response = st.fixed_dictionaries({"text": _answers, "rank": _response_ranks})
# Two prompts that differ a little, so that most records meet another of the same prompt.
_prompts = st.sampled_from([_SENTENCE, _SENTENCE[:55]]) | texts
sft_records = st.fixed_dictionaries({**_maybe, "question": _prompts, "answer": _answers})
rm_records = st.fixed_dictionaries(
    {**_maybe, "prompt": _prompts, "responses": st.lists(_response, min_size=2, max_size=3)}
)
record_lists = st.lists(sft_records | rm_records, max_size=3) | st.lists(
    sft_records | rm_records, min_size=8, max_size=14
)
# Few prompts and answers: contradictions are likely, also of records with themselves and with several others.
_ranking = st.fixed_dictionaries({"text": st.sampled_from(["예", " 예", "네", "3"]), "rank": _response_ranks})
_rankings = st.fixed_dictionaries(
    {
        "data_id": st.none(),
        "system": st.none(),
        "history": st.none(),
        "prompt": st.sampled_from([_SENTENCE, _SENTENCE.upper(), "그래?"]),
        "responses": st.lists(_ranking, min_size=2, max_size=4),
    }
)
ranking_lists = st.lists(_rankings, max_size=3) | st.lists(_rankings | _rankings | sft_records, min_size=6, max_size=10)


# From everything in one task to a task for each row: many blocks and partitions, several ranges, chunks of one pair.
all_bounds = st.builds(
    Bounds,
    block_rows=st.integers(1, 16),
    range_rows=st.integers(1, 16),
    partition_rows=st.integers(1, 16),
    task_entries=st.integers(1, 40),
    chunk_pairs=st.integers(1, 40),
    chunk_words=st.integers(1, 1000),
)


def kind_of(record: Record) -> LabelKind:
    return LabelKind.SFT if "question" in record else LabelKind.RM


def candidates(kind: LabelKind, records: Sequence[Record]) -> pa.Table:
    return pa.Table.from_pylist(list(records), schema=CANDIDATES[kind])


def write_shards(
    folder: Path, records: Sequence[Record], cuts: Sequence[int] = (), threshold: float = 0.8, one_bucket: bool = False
) -> list[ShardKeys]:
    """Shards of the records in order, cut where the kind changes and at ``cuts`` (a repeated cut: an empty shard).

    ``one_bucket``: all bands are made equal, so that every pair is proposed and the result is exact.
    """
    near = NearDuplicates(threshold=threshold)
    kinds = [kind_of(record) for record in records]
    changes = [i for i in range(1, len(records)) if kinds[i] is not kinds[i - 1]]
    bounds = sorted([0, *(min(cut, len(records)) for cut in cuts), *changes, len(records)])
    shards = []
    for number, (start, stop) in enumerate(pairwise(bounds)):
        kind = kinds[start] if start < len(kinds) else LabelKind.SFT
        table = candidates(kind, records[start:stop])
        keys = fingerprint(kind, table, normalised_columns(kind, table), near)
        if one_bucket:
            for place, name in enumerate(keys.column_names):
                if "_band_" in name:
                    keys = keys.set_column(place, name, pa.array(np.zeros(len(table), np.uint32)))
        shard = ShardKeys(folder / f"{number}.keys.arrow", folder / f"{number}.records.arrow", kind, stop - start)
        for path, content in ((shard.path, keys), (shard.records_path, table)):
            with pa.ipc.new_file(path, content.schema) as writer:
                writer.write_table(content)
        shards.append(shard)
    return shards


def prompt_of(record: Record) -> tuple[str, tuple[tuple[str, str], ...], str]:
    turns = tuple((normalise_text(turn["role"]), normalise_text(turn["content"])) for turn in record["history"] or [])
    text = record["question"] if "question" in record else record["prompt"]
    return normalise_text(text), turns, normalise_text(record["system"] or "")


def responses_of(record: Record) -> list[tuple[str, float | None]]:
    if "answer" in record:
        return [(normalise_text(record["answer"]), None)]
    return [(normalise_text(response["text"]), response["rank"]) for response in record["responses"]]


def content_of(record: Record) -> tuple[Any, ...]:
    return kind_of(record), prompt_of(record), frozenset(text for text, _ in responses_of(record))


def jaccard(a: str, b: str) -> float:
    left, right = ({text[i : i + 5] for i in range(max(1, len(text) - 4))} - {""} for text in (a, b))
    return len(left & right) / len(left | right) if left | right else 1.0


def prompts_alike(a: Record, b: Record) -> float:
    (text, turns, system), (other_text, other_turns, other_system) = prompt_of(a), prompt_of(b)
    joined, other_joined = ("\x1e".join("\x1f".join(turn) for turn in t) for t in (turns, other_turns))
    return min(jaccard(text, other_text), jaccard(joined, other_joined), jaccard(system, other_system))


def alike(a: Record, b: Record, threshold: float) -> float:
    """The similarity of two records of a kind, or 0 below the threshold."""
    mine, free = responses_of(a), responses_of(b)
    if len(mine) != len(free):
        return 0.0
    least = prompts_alike(a, b)
    matched = []
    for text, rank in mine:
        best = max(free, key=lambda response: jaccard(text, response[0]))
        free.remove(best)
        least = min(least, jaccard(text, best[0]))
        matched.append((rank, best[1]))
    for (rank, other), (rank_2, other_2) in combinations(matched, 2):
        if None not in (rank, other, rank_2, other_2) and (rank - rank_2) * (other - other_2) < 0:
            return 0.0
    return least if least >= threshold else 0.0


def near_reference(records: Sequence[Record], alive: Sequence[bool], threshold: float) -> list[tuple[int, float]]:
    found = [(-1, 0.0)] * len(records)
    for row, record in enumerate(records):
        for earlier in range(row):
            both = alive[row] and alive[earlier] and found[earlier][0] == -1
            if both and kind_of(record) is kind_of(records[earlier]):
                similarity = alike(records[earlier], record, threshold)
                if similarity > found[row][1]:
                    found[row] = (earlier, similarity)
    return found


def groups_reference(records: Sequence[Record], alive: Sequence[bool], threshold: float) -> list[int]:
    groups = [row if alive[row] else -1 for row in range(len(records))]
    for a, b in combinations(range(len(records)), 2):
        if alive[a] and alive[b]:
            equal = prompt_of(records[a]) == prompt_of(records[b])
            if equal or (threshold < 1 and prompts_alike(records[a], records[b]) >= threshold):
                old, new = sorted((groups[a], groups[b]), reverse=True)
                groups = [new if group == old else group for group in groups]
    return groups


def contradictions_reference(records: Sequence[Record]) -> list[int]:
    def preferences(record: Record) -> set[tuple[str, str]]:
        ranked = [(text, rank) for text, rank in responses_of(record) if rank is not None]
        return {(a, b) for a, x in ranked for b, y in ranked if x < y and a != b}

    found = []
    for row, record in enumerate(records):
        opposite = {(b, a) for a, b in preferences(record)}
        others = [
            other
            for other, against in enumerate(records)
            if other != row and prompt_of(against) == prompt_of(record) and preferences(against) & opposite
        ]
        found.append(others[0] if others else -1)
    return found
