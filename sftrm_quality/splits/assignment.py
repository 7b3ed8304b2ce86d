"""The split of each prompt group, drawn prompt by prompt.

Each folded prompt draws its own split; a group takes the most held-out of its draws. So groups that records join keep
what is held out. The first row of a group would decide as well, but for the file that arrives and sorts in front of
it: over 30 simulated nights that moved 32 to 389 held-out records to train, this rule none. Where a prompt becomes a
template its group falls apart, and each of its prompts is drawn for itself: that moved 75 to 84, and holds the release
(``benchmarks/split_moves.py``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import xxhash

from sftrm_quality.arrays import Mask, Rows
from sftrm_quality.config import Splits
from sftrm_quality.records import SplitName

SPLITS = tuple(SplitName)
"""From the one that is trained on to the one that is most held out."""
NO_SPLIT = -1

Codes = npt.NDArray[np.int8]
Keys = npt.NDArray[np.generic]  # 16 bytes per row


@dataclass(frozen=True)
class Groups:
    """Prompt groups.

    of: for each row the first row of its group. prompts: one row of each folded prompt (mask). keys: of all rows, one
    piece after the other, so that no more than a piece is held. frozen: the split that the prompt of each row is frozen
    in, `NO_SPLIT` for none.
    """

    of: Rows
    prompts: Mask
    keys: Iterable[Keys]
    frozen: Codes


@dataclass(frozen=True)
class Assignment:
    """Splits of all rows, as positions in `SPLITS`.

    ``held_out_in`` is not -1 for a row that would leak: its source declared another split than the one in which its
    prompt is held out, or it ties a prompt that is frozen in train to one that is frozen in that split.
    """

    split: Codes
    held_out_in: Codes


def declared_split(source_file: str, settings: Splits) -> int:
    """The split that a folder of a file's path names. The innermost folder wins; members of archives count as below the
    folders of their archive.

    Args:
        source_file: the file's name in reports.
        settings: name the folders of each split.

    Returns:
        A position in `SPLITS`, `NO_SPLIT` where no folder names one.
    """
    named = {entry.folder: entry.split for entry in settings.from_folders}
    for folder in reversed(PurePosixPath(source_file.replace("!/", "/")).parts):
        if folder in named:
            return SPLITS.index(SplitName(named[folder]))
    return NO_SPLIT


def drawn_splits(prompt_keys: Keys, settings: Splits) -> Codes:
    """One draw per prompt key: 53 bits of salted xxh3, compared with the cumulated shares.

    Args:
        prompt_keys: 16 bytes per row.
        settings: shares and salt.
    """
    salt, joined = settings.salt.encode() + b"\0", prompt_keys.tobytes()
    hashes = (xxhash.xxh3_64_intdigest(salt + joined[at : at + 16]) >> 11 for at in range(0, len(joined), 16))
    draws = np.fromiter(hashes, np.float64, len(prompt_keys)) * 2.0**-53
    bounds = np.cumsum([settings.train, settings.validation])
    drawn = np.searchsorted(bounds, draws, side="right").astype(np.int8)
    # A share of 0 gets nothing, whatever rounding does to the bounds.
    return drawn if settings.test > 0 else np.minimum(drawn, 1 if settings.validation > 0 else 0).astype(np.int8)


def assign_splits(groups: Groups, declared: Codes, settings: Splits) -> Assignment:
    """The split of every row.

    Frozen prompts keep theirs, and the others of their group follow them. Else the most held-out split that a source
    declared for a record of the group counts, else the most held-out of the draws of its prompts.

    Args:
        groups: over all rows that passed their own checks, duplicates too.
        declared: the split that the source declared for each row, `NO_SPLIT` for none.
        settings: shares and salt.
    """
    rows = len(groups.of)
    drawn = np.full(rows, NO_SPLIT, np.int8)
    start = 0
    for keys in groups.keys:
        chosen = start + np.flatnonzero(groups.prompts[start : start + len(keys)])
        drawn[chosen] = drawn_splits(keys[chosen - start], settings)
        start += len(keys)
    of_group = _most_held_out(groups.of, drawn)
    of_group = np.where((strongest := _most_held_out(groups.of, declared)) == NO_SPLIT, of_group, strongest)
    frozen = _most_held_out(groups.of, groups.frozen)
    of_group = np.where(frozen == NO_SPLIT, of_group, frozen)
    split = np.where(groups.frozen == NO_SPLIT, of_group[groups.of], groups.frozen).astype(np.int8)
    in_train = np.zeros(rows, np.bool_)
    in_train[groups.of[groups.frozen == 0]] = True
    tied = (in_train & (frozen > 0))[groups.of] & (groups.frozen == NO_SPLIT)
    leaks = ((declared != NO_SPLIT) & (declared != split)) | tied
    return Assignment(split, np.where(leaks, split, NO_SPLIT).astype(np.int8))


def _most_held_out(groups: Rows, splits: Codes) -> Codes:
    """By first row of each group the most held-out of the splits of its rows."""
    found = np.full(len(groups), NO_SPLIT, np.int8)
    given = splits != NO_SPLIT
    np.maximum.at(found, groups[given], splits[given])
    return found
