"""MinHash signatures in bands: equal bands propose a pair, the exact Jaccard decides (``near``, ``prompts``).

The hash functions are ours and fixed, because datasketch's and rensa's signatures change between their versions and a
stored fingerprint must not. Why numba: see the figures in ``benchmarks/signatures.py``.
"""

from functools import cache
from math import ceil, log, log1p

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.arrays import Ints, text_buffers
from sftrm_quality.dedup.kernels import fold_bands, lower_signatures

# A pair at the threshold shares no band once in 500 times; pairs above it much more rarely.
RECALL_AT_THRESHOLD = 0.998
# Signatures cost in proportion to the number of hash functions. 0.7 needs 170, below that recall is paid with rows
# that are fewer, which means more pairs to verify.
MOST_HASHES = 170


@cache
def band_shape(threshold: float) -> tuple[int, int]:
    """The shape of the bands for a threshold: the longest ones that reach the recall within ``MOST_HASHES``.

    A band of r rows of two sets of Jaccard s is equal with probability s**r, so b bands miss a pair with
    (1 - s**r)**b (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).

    Args:
        threshold: The least Jaccard of a pair that is to be found, 0 to 1.

    Returns:
        Bands, and rows per band. 0.8 gives (21, 6), 0.7 (34, 5); (0, 0) at 1, where there is nothing near.
    """
    shape = (0, 0)
    if threshold < 1:
        for rows in range(1, MOST_HASHES + 1):
            bands = ceil(log(1 - RECALL_AT_THRESHOLD) / log1p(-(threshold**rows)))
            if bands * rows <= MOST_HASHES:
                shape = (bands, rows)
    return shape


@cache
def hash_functions(count: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers (odd) and increments of ``count`` functions x → a·x + b mod 2**32.

    Drawn by SplitMix64 (S. Vigna, public domain) from the seed 1, so that the first n are the same for every count.
    """
    state, drawn = 1, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) % (1 << 64)
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % (1 << 64)
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % (1 << 64)
        drawn.append(z ^ (z >> 31))
    multipliers = np.array([z >> 32 | 1 for z in drawn], np.uint32)
    return multipliers, np.array([z & 0xFFFFFFFF for z in drawn], np.uint32)


def empty_signatures(rows: int, threshold: float) -> npt.NDArray[np.uint32]:
    """Signatures of empty sets, to be lowered by ``add_texts``.

    Args:
        rows: How many sets.
        threshold: That says the number of hash functions.

    Returns:
        Rows x hash functions.
    """
    bands, length = band_shape(threshold)
    return np.full((rows, bands * length), np.iinfo(np.uint32).max, np.uint32)


def add_texts(signatures: npt.NDArray[np.uint32], texts: pa.StringArray, text_starts: Ints, namespace: int) -> None:
    """Add the shingles of texts to the sets of rows, in place.

    Args:
        signatures: Of the sets (rows x hash functions), which are lowered.
        texts: Normalised, without nulls.
        text_starts: Row i has the texts from ``text_starts[i]`` to ``text_starts[i + 1]``.
        namespace: Any number; the same text under another one gives other shingles.
    """
    offsets, data = text_buffers(texts)
    multipliers, increments = hash_functions(signatures.shape[1])
    lower_signatures(signatures, data, offsets, text_starts, np.uint64(namespace), multipliers, increments)


def band_columns(signatures: npt.NDArray[np.uint32], threshold: float) -> npt.NDArray[np.uint32]:
    """The bands of signatures: 32 bits each, equal by chance once in 4 billion pairs.

    Args:
        signatures: Rows x hash functions.
        threshold: That they were made for.

    Returns:
        Bands x rows.
    """
    bands, length = band_shape(threshold)
    columns = np.empty((bands, len(signatures)), np.uint32)
    fold_bands(signatures, length, columns)
    return columns
