"""Killed at any point: the old release is in force, whole, or the new one; the next run leaves what it should.

A killed run here is a fork with its tasks in its own process (`tests.faults`); `make soak` kills whole commands.
"""

import random
from collections import Counter

import pytest

from tests.faults.children import Zygote
from tests.faults.folders import again, every_release_is_whole, in_force, night, reported, tree

RANDOM_TRIES = 10
SECONDS_OF_A_RUN = 0.5


@pytest.fixture(scope="module")
def zygote(tmp_path_factory):
    with Zygote(tmp_path_factory.mktemp("warm")) as process:
        yield process


class Nights:
    """An output folder after a first night, and what a second one makes of it when nothing disturbs it."""

    def __init__(self, zygote, folder):
        self.zygote, self.folder, self.raw = zygote, folder, folder / "raw"
        self.before, self.out = folder / "before", folder / "out"
        assert zygote("run", raw=night(self.raw, 0), out=self.before).result == "published"
        night(self.raw, 1)
        self.after = again(self.before, folder / "after")
        assert zygote("run", raw=self.raw, out=self.after).result == "published"
        self.unchanged = again(self.after, folder / "unchanged")
        assert zygote("run", raw=self.raw, out=self.unchanged).result == "unchanged"
        self.old, self.new = in_force(self.before), in_force(self.after)
        assert self.old != self.new
        self.seen = set()
        self.tries = Counter()

    def fresh(self):
        return again(self.before, self.out)

    def look(self, ended):
        """What must hold after a try and after the run that follows it."""
        self.tries["killed" if ended.code == -9 else "at its end already"] += 1
        assert ended.code in (-9, 0), ended.told
        found = in_force(self.out)
        assert found in (self.old, self.new)
        published = found == self.new
        self.tries["new release in force" if published else "old release in force"] += 1
        every_release_is_whole(self.out)
        # What comes next depends on what is on the disk alone: two kills with a sync between them leave the same.
        state = hash(frozenset(tree(self.out).items()) | {published})
        if state in self.seen:
            return
        self.seen.add(state)
        assert self.zygote("run", raw=self.raw, out=self.out).result == ("unchanged" if published else "published")
        assert in_force(self.out) == self.new
        expected = tree(self.unchanged if published else self.after)
        if published:
            # Parts of the release before stay until the next release, and none of the new one may be kept yet.
            kept = {name for folder in (self.before, self.after) for name in tree(folder) if name[0].startswith(PARTS)}
            left = {name for name in tree(self.out) if name[0].startswith(PARTS)}
            assert left <= kept
            expected = Counter({name: n for name, n in expected.items() if not name[0].startswith(PARTS)})
            assert Counter({name: n for name, n in tree(self.out).items() if name not in left}) == expected
        else:
            assert tree(self.out) == expected
        assert Counter(reported(self.out)) == Counter(reported(self.unchanged if published else self.after))


PARTS = ".cache/parts"


@pytest.fixture(scope="module")
def nights(zygote, tmp_path_factory):
    return Nights(zygote, tmp_path_factory.mktemp("nights"))


def chosen(calls):
    """Every call around the lock and from the note on what is put in place to the end; some of those between."""
    first = next(n for n, (_, path) in enumerate(calls, 1) if ".publishing.json" in path)
    # The note, quarantine, duplicates, report, index, release and LATEST.
    assert sum(name in ("rename", "replace") for name, _ in calls[first - 2 :]) >= 7
    return [n for n in range(1, len(calls) + 1) if n <= 8 or n % 40 == 0 or n >= first - 2]


def test_killed_at_every_call_that_puts_something_in_place(nights):
    calls = nights.zygote("counted", raw=nights.raw, out=nights.fresh()).result
    for number in chosen(calls):
        ended = nights.zygote("killed_at_call", raw=nights.raw, out=nights.fresh(), number=number)
        assert ended.code == -9, (number, calls[number - 1])
        nights.look(ended)
    assert nights.tries["old release in force"] >= 20 and nights.tries["new release in force"] >= 10
    print(f"\n{len(calls)} calls in a run, {dict(nights.tries)}, {len(nights.seen)} different states of the folder")


@pytest.mark.soak
def test_killed_at_every_call_at_all(nights):
    calls = nights.zygote("counted", raw=nights.raw, out=nights.fresh()).result
    for number in range(1, len(calls) + 1):
        nights.look(nights.zygote("killed_at_call", raw=nights.raw, out=nights.fresh(), number=number))
    print(f"\n{len(calls)} calls in a run, {dict(nights.tries)}, {len(nights.seen)} different states of the folder")


def test_killed_at_random_moments(nights):
    moments = random.Random(6)
    for _ in range(RANDOM_TRIES):
        seconds = moments.uniform(0, SECONDS_OF_A_RUN)
        nights.look(nights.zygote("killed_after", raw=nights.raw, out=nights.fresh(), seconds=seconds))
    assert nights.tries["killed"] >= RANDOM_TRIES // 2
    print(f"\n{RANDOM_TRIES} random moments, {dict(nights.tries)}")
