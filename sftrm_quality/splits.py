"""Splits by prompt group: no prompt in two splits, and a record keeps its split from night to night."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt
import xxhash

from sftrm_quality.arrays import Rows
from sftrm_quality.config import Splits
from sftrm_quality.records import SplitName

SPLITS = tuple(SplitName)
NO_SPLIT = -1

Codes = npt.NDArray[np.int8]
Keys = npt.NDArray[np.void]  # 16 bytes each


@dataclass(frozen=True)
class Assignment:
    """Splits of all rows, as positions in `SPLITS`; -1 for rows without a group.

    ``held_out_in`` is not -1 where a source declared another split for a row than the one in which its prompt is
    held out: such a row would leak.
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


def _drawn(prompt_keys: Keys, settings: Splits) -> Codes:
    """One draw per prompt key: 53 bits of salted xxh3, compared with the cumulated shares."""
    salt = settings.salt.encode() + b"\0"
    draws = (
        np.fromiter(
            (xxhash.xxh3_64_intdigest(salt + key.tobytes()) >> 11 for key in prompt_keys), np.float64, len(prompt_keys)
        )
        * 2.0**-53
    )
    bounds = np.cumsum([settings.train, settings.validation])
    drawn = np.searchsorted(bounds, draws, side="right").astype(np.int8)
    # A share of 0 gets nothing, whatever rounding does to the bounds.
    return drawn if settings.test > 0 else np.minimum(drawn, 1 if settings.validation > 0 else 0).astype(np.int8)


def assign_splits(groups: Rows, prompt_keys: Keys, declared: Codes, settings: Splits) -> Assignment:
    """Draw a split for each prompt group. Held-out splits win over train, and test over validation.

    Args:
        groups: for each row the first row of its group, -1 for rows that are out.
        prompt_keys: the key of the normalised prompt of every row; that of a group's first row decides its draw.
        declared: the split that the source declared for each row, `NO_SPLIT` for none.
        settings: shares and salt.
    """
    split = np.full(len(groups), NO_SPLIT, np.int8)
    held_out_in = split.copy()
    alive = groups >= 0
    roots, group = np.unique(groups[alive], return_inverse=True)
    drawn = _drawn(prompt_keys[roots], settings)
    strongest = np.full(len(roots), NO_SPLIT, np.int8)
    np.maximum.at(strongest, group, declared[alive])
    of_group = np.where(strongest == NO_SPLIT, drawn, strongest).astype(np.int8)
    split[alive] = of_group[group]
    leaks = alive & (declared != NO_SPLIT) & (declared != split)
    held_out_in[leaks] = split[leaks]
    return Assignment(split, held_out_in)
