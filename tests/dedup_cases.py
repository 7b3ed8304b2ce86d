"""Small data for the tests of deduplication, and the slow, plain reference that they are held to."""

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from sftrm_quality.config import NearDuplicates
from sftrm_quality.dedup.exchange import BOUNDS, Bounds, Map
from sftrm_quality.dedup.fingerprints import fingerprint
from sftrm_quality.dedup.keys import ShardKeys
from sftrm_quality.dedup.near import NearDuplicatesFound, near_duplicates
from sftrm_quality.dedup.parts import form_columns
from sftrm_quality.dedup.similarity import Apart
from sftrm_quality.records import CANDIDATES, LabelKind
from sftrm_quality.text import fold_text, negations, normalise_text, numbers, strict_text

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
        _SENTENCE.replace("and then", "and not"),
        _SENTENCE.replace("some", "7"),
        _SENTENCE.replace("lazy dog and then", "old cat that hums"),
        _SENTENCE.replace("quick brown", "quick, brown") + "!",
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
_ranking = st.fixed_dictionaries({"text": st.sampled_from(["예", " 예", "네", "예!", "3"]), "rank": _response_ranks})
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


def fingerprints(kind: LabelKind, table: pa.Table, near: NearDuplicates) -> pa.Table:
    """Those of candidates that no check warns of."""
    return fingerprint(kind, table, form_columns(kind, table), np.zeros(len(table), np.uint16), near)


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
        keys = fingerprints(kind, table, near)
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


def near_steps(
    shards: Sequence[ShardKeys],
    threshold: float,
    scratch: Path,
    map: Map = map,
    bounds: Bounds = BOUNDS,
    keep_whole: bool = True,
) -> NearDuplicatesFound:
    """Near duplicates among all rows, of which none is templated and the first is preferred."""
    rows = sum(shard.rows for shard in shards)
    nothing = np.zeros(rows, np.uint8), np.full(rows, -1)
    given = (np.ones(rows, np.bool_), *nothing, np.arange(rows), keep_whole, threshold)
    return near_duplicates(shards, *given, scratch, map, bounds)


# The three parts of a prompt: text, history, system message, each as one text.
Parts = tuple[str, str, str]


def parts_of(record: Record, form: Callable[[str], str]) -> Parts:
    turns = ((normalise_text(turn["role"]), form(turn["content"])) for turn in record["history"] or [])
    text = record["question"] if "question" in record else record["prompt"]
    return form(text), "\x1e".join("\x1f".join(turn) for turn in turns), form(record["system"] or "")


def prompt_of(record: Record) -> Parts:
    return parts_of(record, fold_text)


def responses_of(record: Record) -> list[tuple[str, float | None]]:
    if "answer" in record:
        return [(record["answer"], None)]
    return [(response["text"], response["rank"]) for response in record["responses"]]


def content_of(record: Record) -> tuple[Any, ...]:
    texts = frozenset(strict_text(text) for text, _ in responses_of(record))
    return kind_of(record), parts_of(record, strict_text), texts


def apart_form(record: Record) -> Callable[[str], str]:
    """The form by which the responses of a record are told apart."""
    texts = [text for text, _ in responses_of(record)]
    return strict_text if len({*map(fold_text, texts)}) < len({*map(strict_text, texts)}) else fold_text


def folded_content_of(record: Record) -> tuple[Any, ...]:
    form = apart_form(record)
    return kind_of(record), prompt_of(record), frozenset(form(text) for text, _ in responses_of(record))


def shingles(text: str) -> set[str]:
    text = normalise_text(text)
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))} - {""}


def jaccard(a: str, b: str) -> float:
    left, right = shingles(a), shingles(b)
    return len(left & right) / len(left | right) if left | right else 1.0


def prompts_alike(a: Record, b: Record) -> float:
    return min(map(_jaccard_of_parts, parts_of(a, normalise_text), parts_of(b, normalise_text)))


def _jaccard_of_parts(a: str, b: str) -> float:
    """Of texts that are normal already; separators of turns would not survive another time."""
    left, right = ({text[i : i + 5] for i in range(max(1, len(text) - 4))} - {""} for text in (a, b))
    return len(left & right) / len(left | right) if left | right else 1.0


def mark_apart(a: str, b: str) -> int:
    if numbers(a) != numbers(b):
        return Apart.NUMBERS
    counts = negations(pa.array([normalise_text(text) for text in (a, b)]))
    return Apart.NEGATIONS if counts[0] != counts[1] else 0


def differ_in_passage(a: str, b: str) -> bool:
    """Whether each of two texts has a stretch of some weight that shares no run of five characters with the other."""

    def heaviest(text: str, other: str) -> int:
        covered = {i + k for i in range(len(text) - 4) if text[i : i + 5] in other for k in range(5)}
        stretches = "".join(" " if i in covered else ("c" if ord(c) >= 0x1100 else "l") for i, c in enumerate(text))
        return max((3 * s.count("c") + s.count("l") for s in stretches.split()), default=0)

    return heaviest(a, b) >= 24 <= heaviest(b, a)


def templated_apart(a: Record, b: Record, templated: int) -> bool:
    parts = zip(prompt_of(a), prompt_of(b), strict=True)
    return any(one != other and templated >> part & 1 for part, (one, other) in enumerate(parts))


def alike(a: Record, b: Record, threshold: float, templated: int = 0) -> tuple[float, int, int]:
    """The similarity of two records of a kind, or 0 below the threshold; what tells them apart; which is shorter."""
    mine, free = responses_of(a), responses_of(b)
    if len(mine) != len(free):
        return 0.0, 0, 0
    least, apart = prompts_alike(a, b), 0
    matched = []
    less = [True, True]
    more = 0
    for text, rank in mine:
        best = max(free, key=lambda response: (jaccard(text, response[0]), not mark_apart(text, response[0])))
        free.remove(best)
        least = min(least, jaccard(text, best[0]))
        apart = max(apart, mark_apart(text, best[0]))
        less = [less[0] and shingles(text) <= shingles(best[0]), less[1] and shingles(best[0]) <= shingles(text)]
        more += len(shingles(best[0])) - len(shingles(text))
        matched.append((rank, best[1]))
    for (rank, other), (rank_2, other_2) in combinations(matched, 2):
        if None not in (rank, other, rank_2, other_2) and (rank - rank_2) * (other - other_2) < 0:
            return 0.0, 0, 0
    if least < threshold:
        return 0.0, 0, 0
    shorter = 0 if less[0] == less[1] or abs(more) < 3 else -1 if less[0] else 1
    if templated_apart(a, b, templated):
        return least, Apart.TEMPLATE, shorter
    marks = map(mark_apart, parts_of(a, strict_text), parts_of(b, strict_text))
    apart = max(0 if shorter else apart, *marks)
    if not apart and any(map(differ_in_passage, prompt_of(a), prompt_of(b))):
        apart = Apart.PASSAGE
    return least, apart, shorter


class NearReference(NamedTuple):
    """By row the survivor and the similarity; and of pairs that are told apart, by what and how alike they are."""

    found: list[tuple[int, float]]
    apart: dict[tuple[int, int], tuple[int, float]]


def near_reference(
    records: Sequence[Record],
    alive: Sequence[bool],
    threshold: float,
    templated: Sequence[int] | None = None,
    rank: Sequence[int] | None = None,
    keep_whole: bool = True,
) -> NearReference:
    rows = range(len(records))
    bits = templated or [0] * len(records)
    near: dict[tuple[int, int], float] = {}
    apart: dict[tuple[int, int], tuple[int, float]] = {}
    cut = set()
    for a, b in combinations(rows, 2):
        if alive[a] and alive[b] and kind_of(records[a]) is kind_of(records[b]):
            similarity, by, shorter = alike(records[a], records[b], threshold, bits[a] | bits[b])
            if similarity and by:
                apart[a, b] = by, similarity
            elif similarity:
                near[a, b] = similarity
                cut |= {a} if shorter < 0 else {b} if shorter > 0 else set()
    ranks = rank if rank is not None else rows
    order = sorted(rows, key=lambda row: (keep_whole and row in cut, ranks[row]))
    found = [(-1, 0.0)] * len(records)
    for place, row in enumerate(order):
        for other in order[:place]:
            similarity = near.get((min(row, other), max(row, other)), 0.0)
            if found[other][0] == -1 and similarity > found[row][1]:
                found[row] = (other, similarity)
    return NearReference(found, apart)


def groups_reference(records: Sequence[Record], threshold: float, templated: Sequence[int]) -> list[int]:
    groups = list(range(len(records)))
    # What is connected is so by the first row of each prompt: templates are known of that one.
    first = [next(i for i in range(row + 1) if prompt_of(records[i]) == prompt_of(records[row])) for row in groups]
    for a, b in combinations(range(len(records)), 2):
        equal = prompt_of(records[a]) == prompt_of(records[b])
        near = threshold < 1 and first[a] == a and first[b] == b
        near = near and prompts_alike(records[a], records[b]) >= threshold
        if equal or (near and not templated_apart(records[a], records[b], templated[a] | templated[b])):
            old, new = sorted((groups[a], groups[b]), reverse=True)
            groups = [new if group == old else group for group in groups]
    return groups


def contradictions_reference(records: Sequence[Record]) -> list[int]:
    def preferences(record: Record) -> set[tuple[str, str]]:
        form = apart_form(record)
        ranked = [(form(text), rank) for text, rank in responses_of(record) if rank is not None]
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
