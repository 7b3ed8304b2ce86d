"""Which records change their split while files arrive, night by night: three rules for the split of a prompt group.

    python -m benchmarks.split_moves [records per night]

Each night brings a file of new prompts, of variants of old ones (one word replaced, inserted or deleted) for 3, 6 or
10 % of its records, and of copies for 3 %. Variants are of any old prompt, or a third of them are of twenty popular
ones, which become templates by that. All prompts are grouped anew each night, as a run does.

- *most held out*: every prompt draws, the most held-out draw of a group counts. The product's rule.
- *smallest hash*: the prompt with the smallest key draws for its group.
- *first row*: the first prompt of the group draws, where names of new files sort behind, in front of, or between those
  of old ones. The product's rule until November 2026.

29 November 2026, 30 nights of 1,000 records; records that moved, all nights together, and the share of train in the end
(0.9 is asked for):

    variants                           3 %                  6 %                  10 %
    to train, to held out, train
    of any prompts
      most held out                      0     99  0.893        0    168  0.887        0    282  0.879
      smallest hash                     37     51  0.899       74     75  0.899      163    126  0.902
      first row, behind                  0      0  0.899        0      0  0.899        0      0  0.900
      first row, in front               91    107  0.898      190    191  0.899      389    325  0.904
      first row, between                32     38  0.899       67     67  0.899      125     98  0.902
    a third of them of popular prompts
      most held out                     83     97  0.899       84    142  0.894       75    229  0.886
      smallest hash                     42     53  0.903       69     64  0.903      101    109  0.900
      first row, behind                  8     17  0.903       13     13  0.902       12     16  0.901
      first row, in front              121    125  0.903      169    148  0.903      244    262  0.900
      first row, between                55     55  0.903       88     77  0.902      128    119  0.901

What the product's rule moves to train, it moves because the eighth variant of a popular prompt makes its text a
template, and its group falls apart. With templates left out of these runs (10 %, popular) it moved none, the first row
with files in front 1,424.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.label_texts import Texts
from benchmarks.shards import write_shard
from sftrm_quality import dedup
from sftrm_quality.collection.shards import hash_column
from sftrm_quality.config import Splits
from sftrm_quality.splits import NO_SPLIT, Groups, assign_splits
from sftrm_quality.splits.assignment import drawn_splits

NIGHTS = 30
VARIANTS = (0.03, 0.06, 0.10)
_THRESHOLD = 0.8
_COPIES = 0.03
_POPULAR, _POPULAR_SHARE = 20, 1 / 3
_SETTINGS = Splits()

Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


class Night(NamedTuple):
    """What a run knows: by record, in the order of arrival, the first record of its prompt group, whether it is the
    first of its prompt, and the key of its prompt (16 bytes). ``places``: by way to name files, the place of each."""

    groups: Rows
    prompts: npt.NDArray[np.bool_]
    keys: npt.NDArray[np.void]
    places: Mapping[str, Rows]


class Moves(NamedTuple):
    """Records that moved between successive nights, all nights together, and the share of train in the end."""

    to_train: int
    to_held_out: int
    train: float


def splits_by_rule(night: Night) -> dict[str, Codes]:
    """By rule, the split of each record; 0 is train."""
    none = np.full(len(night.groups), NO_SPLIT, np.int8)
    found = {
        "most held out": assign_splits(Groups(night.groups, night.prompts, [night.keys], none), none, _SETTINGS).split
    }
    deciding = {"smallest hash": np.argsort(np.argsort(night.keys.view("S16"), kind="stable"))}
    deciding |= {f"first row, new files {way}": place for way, place in night.places.items()}
    for rule, place in deciding.items():
        found[rule] = drawn_splits(night.keys[_least(night.groups, place)], _SETTINGS)
    return found


def _least(groups: Rows, place: Rows) -> Rows:
    """By record the one of its group that comes first."""
    first = np.full(len(groups), len(groups))
    np.minimum.at(first, groups, place)
    return np.argsort(place)[first[groups]]


def count_moves(nights: Iterator[Night]) -> dict[str, Moves]:
    """By rule, what moved."""
    before: dict[str, Codes] = {}
    to_train: dict[str, int] = {}
    to_held_out: dict[str, int] = {}
    for night in nights:
        found = splits_by_rule(night)
        for rule, split in found.items():
            old = before.get(rule, split[:0])
            now = split[: len(old)]
            to_train[rule] = to_train.get(rule, 0) + int(((old > 0) & (now == 0)).sum())
            to_held_out[rule] = to_held_out.get(rule, 0) + int(((old == 0) & (now > 0)).sum())
        before = found
    return {
        rule: Moves(to_train[rule], to_held_out[rule], float((split == 0).mean())) for rule, split in before.items()
    }


class Arrivals:
    """The prompts of one file after another."""

    def __init__(self, seed: int, records: int, variants: float, popular: bool) -> None:
        self._rng = np.random.default_rng(seed + 400)
        self._texts = Texts(seed + 401)
        self._records, self._variants, self._popular = records, variants, popular
        self._known: list[str] = []

    def next_file(self) -> list[str]:
        rng, new = self._rng, round(self._records * (1 - self._variants - _COPIES))
        korean = rng.random(new) < 0.7
        prompts = self._texts.block(np.clip(rng.lognormal(np.log(140), 0.5, new), 60, 600), korean)
        known = self._known or prompts
        for _ in range(round(self._records * self._variants)):
            asked = min(_POPULAR, len(known)) if self._popular and rng.random() < _POPULAR_SHARE else len(known)
            prompts.append(" ".join(self._texts.edited(known[int(rng.integers(asked))].split(" "), 1, rng)))
        prompts += [known[int(rng.integers(len(known)))] for _ in range(self._records - len(prompts))]
        rng.shuffle(prompts)
        self._known = self._known + prompts
        return prompts


def simulate(arrivals: Arrivals, nights: int, folder: Path) -> Iterator[Night]:
    """What the run of each night knows. Its files are in the order of names between each other."""
    names = np.random.default_rng(402).random(nights)
    shards: list[dedup.ShardKeys] = []
    for number in range(nights):
        prompts = pa.array(arrivals.next_file())
        answers = pa.array(["."] * len(prompts))
        shards.append(write_shard(folder, str(number), prompts, answers, _THRESHOLD))
        yield _night(shards, names[: number + 1], folder)


def _night(shards: list[dedup.ShardKeys], names: npt.NDArray[np.float64], folder: Path) -> Night:
    order = np.argsort(names)
    ordered = [shards[number] for number in order]
    templates = dedup.find_templates(ordered, folder)
    found = dedup.prompt_groups(ordered, templates.parts, _THRESHOLD, folder)
    sizes = np.array([shard.rows for shard in shards])
    starts = np.cumsum(sizes) - sizes
    arrived = np.concatenate([starts[number] + np.arange(sizes[number]) for number in order])
    place = np.argsort(arrived)  # the place of each record in the run
    hashes = [hash_column(shard.path, "prompt_key") for shard in shards]
    keys = np.ascontiguousarray(np.concatenate(hashes)).view("V16").reshape(-1)
    in_front = np.concatenate([sizes.sum() - np.cumsum(sizes)[n] + np.arange(sizes[n]) for n in range(len(sizes))])
    places = {"behind": np.arange(len(place)), "in front": in_front, "between": place}
    return Night(arrived[found.of][place], found.prompts[place], keys, places)


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for popular in (False, True):
        for variants in VARIANTS:
            with tempfile.TemporaryDirectory() as folder:
                found = count_moves(simulate(Arrivals(1, records, variants, popular), NIGHTS, Path(folder)))
            print(f"{variants:.0%} variants{', a third of popular prompts' if popular else ''}", flush=True)
            for rule, moves in found.items():
                print(f"  {rule:28}{moves.to_train:8,}{moves.to_held_out:8,}{moves.train:8.4f}", flush=True)


if __name__ == "__main__":
    main()
