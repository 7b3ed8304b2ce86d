"""Splits: by group, stable, in the shares that were asked for, and what a source declared itself."""

import numpy as np
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import FolderSplit, Splits
from sftrm_quality.splits import NO_SPLIT, assign_splits, declared_split

TRAIN, VALIDATION, TEST = 0, 1, 2


def keys(rows, start=0):
    return np.frombuffer(b"".join(xxhash.xxh3_128_digest(b"%d" % (start + i)) for i in range(rows)), "V16")


def undeclared(rows):
    return np.full(rows, NO_SPLIT, np.int8)


def test_shares_are_those_that_were_asked_for():
    split = assign_splits(np.arange(20_000), keys(20_000), undeclared(20_000), Splits()).split
    shares = np.bincount(split, minlength=3) / 20_000
    assert shares == pytest.approx([0.9, 0.05, 0.05], abs=0.01)


@pytest.mark.parametrize(
    ("shares", "allowed"),
    [((1, 0, 0), {TRAIN}), ((0.5, 0.5, 0), {TRAIN, VALIDATION}), ((0.5, 0, 0.5), {TRAIN, TEST}), ((0, 0, 1), {TEST})],
)
def test_a_share_of_zero_gets_nothing(shares, allowed):
    settings = Splits(train=shares[0], validation=shares[1], test=shares[2])
    assert set(assign_splits(np.arange(2000), keys(2000), undeclared(2000), settings).split.tolist()) == allowed


def test_golden_draws():
    """These values are stored in released data: a change of the hash would move everybody's records."""
    split = assign_splits(np.arange(40), keys(40), undeclared(40), Splits(train=0.5, validation=0.3, test=0.2)).split
    assert "".join(map(str, split)) == GOLDEN


GOLDEN = "2000120121221102200000101001020010020120"


def test_another_salt_draws_anew():
    one = assign_splits(np.arange(500), keys(500), undeclared(500), Splits()).split
    two = assign_splits(np.arange(500), keys(500), undeclared(500), Splits(salt="again")).split
    assert (one != two).any()


@given(st.lists(st.integers(-1, 30), min_size=1, max_size=60), st.integers(0, 5))
def test_a_group_is_never_cut_and_follows_its_first_record(roots, seed):
    # Rows point to the first row of their group, or -1; make every root point to itself.
    rows = len(roots)
    groups = np.array([min(r, rows - 1) if r >= 0 else -1 for r in roots])
    for row in range(rows):
        if groups[row] >= 0:
            root = int(groups[row])
            groups[root] = root
            groups[row] = root
    groups = np.where(groups >= 0, groups[np.maximum(groups, 0)], -1)
    all_keys = keys(rows, seed * 1000)
    split = assign_splits(groups, all_keys, undeclared(rows), Splits(train=0.4, validation=0.3, test=0.3)).split
    assert ((split == NO_SPLIT) == (groups < 0)).all()
    for root in set(groups[groups >= 0].tolist()):
        assert len(set(split[groups == root].tolist())) == 1
        own = assign_splits(
            np.array([0]), all_keys[root : root + 1], undeclared(1), Splits(train=0.4, validation=0.3, test=0.3)
        )
        assert own.split[0] == split[root]


def test_a_declared_split_is_kept_and_what_would_leak_is_named():
    groups = np.array([0, 0, 2, 3, 3, 5, 5])
    declared = np.array([TRAIN, TEST, TRAIN, NO_SPLIT, VALIDATION, VALIDATION, TEST], np.int8)
    found = assign_splits(groups, keys(7), declared, Splits())
    assert found.split.tolist() == [TEST, TEST, TRAIN, VALIDATION, VALIDATION, TEST, TEST]
    assert found.held_out_in.tolist() == [TEST, -1, -1, -1, -1, TEST, -1]


def test_declared_by_the_innermost_folder_of_the_path():
    folders = [FolderSplit(folder="Training", split="train"), FolderSplit(folder="Validation", split="validation")]
    settings = Splits(from_folders=folders)
    assert declared_split("1.데이터/Training/TL.zip!/SFTlabel.json", settings) == TRAIN
    assert declared_split("Training/Validation/a.json", settings) == VALIDATION
    assert declared_split("Training.json", settings) == NO_SPLIT
    assert declared_split("Training/a.json", Splits()) == NO_SPLIT
