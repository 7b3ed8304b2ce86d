"""Splits: by group, stable, in the shares that were asked for, and what a source declared itself."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import FolderSplit, Splits
from sftrm_quality.errors import ConfigError
from sftrm_quality.splits import (
    NO_SPLIT,
    FrozenSplits,
    Groups,
    assign_splits,
    declared_split,
    read_frozen,
    write_frozen,
)

TRAIN, VALIDATION, TEST = 0, 1, 2


def keys(rows, start=0):
    return np.frombuffer(b"".join(xxhash.xxh3_128_digest(b"%d" % (start + i)) for i in range(rows)), "V16")


def undeclared(rows):
    return np.full(rows, NO_SPLIT, np.int8)


def groups_of(of, start=0, frozen=None):
    """Each row has a prompt of its own."""
    rows = len(of)
    codes = undeclared(rows) if frozen is None else np.array(frozen, np.int8)
    return Groups(np.array(of), np.ones(rows, np.bool_), [keys(rows, start)], codes)


def split_of(rows, settings=None):
    return assign_splits(groups_of(np.arange(rows)), undeclared(rows), settings or Splits()).split


def test_shares_are_those_that_were_asked_for():
    shares = np.bincount(split_of(20_000), minlength=3) / 20_000
    assert shares == pytest.approx([0.9, 0.05, 0.05], abs=0.01)


@pytest.mark.parametrize(
    ("shares", "allowed"),
    [((1, 0, 0), {TRAIN}), ((0.5, 0.5, 0), {TRAIN, VALIDATION}), ((0.5, 0, 0.5), {TRAIN, TEST}), ((0, 0, 1), {TEST})],
)
def test_a_share_of_zero_gets_nothing(shares, allowed):
    settings = Splits(train=shares[0], validation=shares[1], test=shares[2])
    assert set(split_of(2000, settings).tolist()) == allowed


def test_golden_draws():
    """These values are stored in released data: a change of the hash would move everybody's records."""
    assert "".join(map(str, split_of(40, Splits(train=0.5, validation=0.3, test=0.2)))) == GOLDEN


GOLDEN = "2000120121221102200000101001020010020120"


def test_another_salt_draws_anew():
    assert (split_of(500) != split_of(500, Splits(salt="again"))).any()


def _rooted(roots):
    """Groups from arbitrary pointers: every row points to the first row of its group."""
    of = list(range(len(roots)))
    for row, root in enumerate(roots):
        a, b = of[row], of[min(root, len(roots) - 1)]
        of = [min(a, b) if group in (a, b) else group for group in of]
    return of


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(0, 5))
def test_a_group_is_never_cut_and_takes_the_most_held_out_of_its_draws(roots, seed):
    of = _rooted(roots)
    settings = Splits(train=0.4, validation=0.3, test=0.3)
    rows = len(of)
    split = assign_splits(groups_of(of, seed * 1000), undeclared(rows), settings).split
    drawn = assign_splits(groups_of(range(rows), seed * 1000), undeclared(rows), settings).split
    assert split.tolist() == [max(drawn[i] for i in range(rows) if of[i] == of[row]) for row in range(rows)]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.data())
def test_what_is_held_out_never_comes_to_train_when_groups_grow_together(roots, data):
    settings = Splits(train=0.5, validation=0.25, test=0.25)
    fewer = [root if data.draw(st.booleans()) else row for row, root in enumerate(roots)]
    before, after = (
        assign_splits(groups_of(_rooted(of)), undeclared(len(roots)), settings).split for of in (fewer, roots)
    )
    assert (after >= before).all()


def test_copies_of_a_prompt_draw_once():
    prompts = np.array([True, False, True, False])
    groups = Groups(np.array([0, 0, 2, 2]), prompts, [keys(4)[:1], keys(4)[1:]], undeclared(4))
    drawn = split_of(4, Splits(train=0.5, validation=0.3, test=0.2))
    split = assign_splits(groups, undeclared(4), Splits(train=0.5, validation=0.3, test=0.2)).split
    assert split.tolist() == [drawn[0], drawn[0], drawn[2], drawn[2]]


def test_frozen_prompts_keep_their_splits_and_what_ties_train_to_a_held_out_one_is_named():
    groups = groups_of([0, 0, 0, 3, 3, 5, 5, 7], frozen=[TRAIN, TEST, -1, TRAIN, -1, VALIDATION, TEST, -1])
    found = assign_splits(groups, undeclared(8), Splits(train=0, validation=0, test=1))
    assert found.split.tolist() == [TRAIN, TEST, TEST, TRAIN, TRAIN, VALIDATION, TEST, TEST]
    assert found.held_out_in.tolist() == [-1, -1, TEST, -1, -1, -1, -1, -1]


def test_frozen_splits_are_read_as_they_were_written(tmp_path):
    frozen = FrozenSplits(
        pa.array([bytes(key) for key in keys(9)], pa.binary(16)), np.array([0, 1, 2] * 3, np.int8), "r-1"
    )
    for name in ("one", "two"):
        write_frozen(frozen, 2, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = read_frozen(tmp_path / "one", 2)
    assert (again.keys, again.splits.tolist(), again.release_id) == (frozen.keys, frozen.splits.tolist(), "r-1")
    asked = pa.array([bytes(key) for key in keys(3, 7)], pa.binary(16))
    assert again.of(asked).tolist() == [1, 2, NO_SPLIT]
    with pytest.raises(
        ConfigError, match=r"version 2, this version of sftrm-quality has 3.*sftrm splits freeze r-1 --to"
    ):
        read_frozen(tmp_path / "one", 3)
    (tmp_path / "text").write_text("no list")
    pq.write_table(pa.table({"prompt_key": [1]}), tmp_path / "table")
    for name, message in (("text", "cannot be read"), ("table", "has no frozen splits"), ("absent", "cannot be read")):
        with pytest.raises(ConfigError, match=rf"splits.frozen: .*{name} {message}"):
            read_frozen(tmp_path / name, 2)


def test_a_declared_split_is_kept_and_what_would_leak_is_named():
    groups = np.array([0, 0, 2, 3, 3, 5, 5])
    declared = np.array([TRAIN, TEST, TRAIN, NO_SPLIT, VALIDATION, VALIDATION, TEST], np.int8)
    found = assign_splits(groups_of(groups), declared, Splits())
    assert found.split.tolist() == [TEST, TEST, TRAIN, VALIDATION, VALIDATION, TEST, TEST]
    assert found.held_out_in.tolist() == [TEST, -1, -1, -1, -1, TEST, -1]


def test_declared_by_the_innermost_folder_of_the_path():
    folders = [FolderSplit(folder="Training", split="train"), FolderSplit(folder="Validation", split="validation")]
    settings = Splits(from_folders=folders)
    assert declared_split("1.데이터/Training/TL.zip!/SFTlabel.json", settings) == TRAIN
    assert declared_split("Training/Validation/a.json", settings) == VALIDATION
    assert declared_split("Training.json", settings) == NO_SPLIT
    assert declared_split("Training/a.json", Splits()) == NO_SPLIT
