"""What is fuzzed begins right: the seeds of every target pass its check, and records that were changed a little do."""

import random
from pathlib import Path

import pytest

from tests.bad_files import LONG_FORM, SOAK
from tests.fuzz.mutation import mutated_records
from tests.fuzz.targets import TARGETS

pytestmark = LONG_FORM
SOME = 1000 if SOAK else 12


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_of_a_target_pass_its_check(name: str, tmp_path: Path) -> None:
    seeds = [seed for seed in TARGETS[name].seeds() if len(seed) < 8192]
    assert len(seeds) > 10
    for seed in random.Random(1).sample(seeds, min(SOME, len(seeds))):
        TARGETS[name].check(seed, tmp_path)


def test_changed_records_are_mapped_the_same_whatever_the_shards_and_the_container(tmp_path: Path) -> None:
    seeds, chance = list(TARGETS["mapping"].seeds()), random.Random(2)
    changed = 0
    for number in range(3 * SOME if SOAK else 40):
        data = chance.choice(seeds)
        for turn in range(3):
            data = mutated_records(data, 8192, 10 * number + turn, lambda unchanged, _: unchanged)
        changed += data not in seeds
        TARGETS["mapping"].check(data, tmp_path)
    assert changed > 20
