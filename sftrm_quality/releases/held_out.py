"""What the current release held out, and where it is now: the last guard against training on what is measured by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality import dedup
from sftrm_quality.arrays import digest_halves, one_array
from sftrm_quality.dedup.parts import PROMPT_COLUMN
from sftrm_quality.errors import OwnFileError
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases.manifest import Release
from sftrm_quality.releases.parts import STREAMED, Part
from sftrm_quality.releases.read_back import PartFacts
from sftrm_quality.splits import SPLITS, FrozenSplits
from sftrm_quality.words import say

_BATCH_ROWS = 2_048


def prompt_keys_of(release: Release, splits: Sequence[SplitName]) -> dict[SplitName, pa.FixedSizeBinaryArray]:
    """The prompt keys of a release, made anew from its files: those that it was made with may be of another version.

    Args:
        release: A published one.
        splits: Of these splits.

    Returns:
        By split, binary(16), as often as records have them.

    Raises:
        OwnFileError: A file of the release is damaged.
    """
    found: dict[SplitName, list[pa.Array]] = {split: [] for split in splits}
    for kind in LabelKind:
        columns = [PROMPT_COLUMN[kind], "history", "system"]
        for file in release.files_of(kind):
            if file.split not in found:
                continue
            try:
                with pq.ParquetFile(file.path, **STREAMED) as parquet:
                    for batch in parquet.iter_batches(_BATCH_ROWS, columns=columns):
                        found[file.split].append(dedup.prompt_keys(kind, pa.Table.from_batches([batch])))
            except (OSError, pa.ArrowException) as error:
                raise OwnFileError(
                    say(
                        "{path}: cannot be read ({error}); run again to rebuild the release",
                        path=file.path,
                        error=error,
                    )
                ) from error
    return {split: one_array(pa.chunked_array(keys, pa.binary(16))) for split, keys in found.items()}


def frozen_splits_of(release: Release) -> FrozenSplits:
    """The split of each prompt of a release.

    A prompt that is in two splits, as releases of older versions may have it, is frozen in the one that is held out
    most.

    Args:
        release: A published one.

    Raises:
        OwnFileError: A file of the release is damaged.
    """
    keys = prompt_keys_of(release, SPLITS)
    codes = np.repeat(np.arange(len(SPLITS), dtype=np.int8), [len(keys[split]) for split in SPLITS])
    digests = np.concatenate([np.zeros((0, 2), np.uint64), *(digest_halves(keys[split]) for split in SPLITS)])
    # As bytes, big end first: ascending, and of equal keys the last split first.
    order = np.lexsort((-codes, *(digests[:, half].byteswap() for half in (1, 0))))
    digests, codes = digests[order], codes[order]
    firsts = np.append(True, (digests[1:] != digests[:-1]).any(axis=1))[: len(codes)]
    whole = np.ascontiguousarray(digests[firsts])
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(whole), [None, pa.py_buffer(whole)])
    return FrozenSplits(array, codes[firsts], release.release_id)


def no_longer_held_out(parts: Sequence[tuple[Part, PartFacts]], current: Release | None) -> dict[LabelKind, int]:
    """How many prompts that the current release holds out are in train now.

    Args:
        parts: What is to be published, as it was read back.
        current: The current release, None without a whole one.

    Returns:
        By label kind of the training records, each prompt once.

    Raises:
        OwnFileError: A file of the current release is damaged.
    """
    found = dict.fromkeys(LabelKind, 0)
    if current is None:
        return found
    keys = prompt_keys_of(current, [SplitName.VALIDATION, SplitName.TEST]).values()
    held_out = np.unique(np.concatenate([np.zeros((0, 2), np.uint64), *map(digest_halves, keys)]), axis=0)
    for kind in LabelKind:
        train = [f.prompts for p, f in parts if p.label_kind == kind and p.split == SplitName.TRAIN]
        found[kind] = _in_common(held_out, train)
    return found


def _in_common(held_out: npt.NDArray[np.uint64], train: Sequence[npt.NDArray[np.uint64]]) -> int:
    """How many of the held-out keys (each there once) are in train. Few first halves are: only they are looked at."""
    firsts = held_out[:, 0]
    possible = [keys[np.isin(keys[:, 0], firsts)] for keys in train]
    also = np.unique(np.concatenate([np.zeros((0, 2), np.uint64), *possible]), axis=0)
    both, times = np.unique(np.concatenate([held_out, also]), axis=0, return_counts=True)
    return int(np.count_nonzero(times[: len(both)] > 1))
