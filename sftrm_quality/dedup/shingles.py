"""Shingles: the runs of five characters of a normalised text, as 64-bit hashes.

Korean needs characters: on edited Korean text, runs of three words find 91-94 % of the pairs that runs of five
characters find at a true Jaccard of 0.8, and 12-21 % against 75-93 % at 0.7-0.8.

A text shorter than five characters is its own single shingle, so that 예, 네 and 3 are compared whole and never become
equal by having no shingles at all. An empty text (no history, no system message) has none.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.arrays import Ints, text_buffers
from sftrm_quality.dedup.kernels import hash_texts, keep_unique


def shingle_sets(texts: pa.StringArray) -> tuple[npt.NDArray[np.uint64], Ints]:
    """The shingle sets of texts.

    Args:
        texts: Normalised, without nulls.

    Returns:
        All hashes, sorted and unique within a text, 8 bytes each; and where each set begins: set i is
        ``hashes[starts[i]:starts[i + 1]]``.
    """
    offsets, data = text_buffers(texts)
    hashes, starts = hash_texts(data, offsets)
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        hashes[start:end].sort()  # numpy's vectorised sort: five times numba's
    starts = keep_unique(hashes, starts)
    return hashes[: starts[-1]], starts
