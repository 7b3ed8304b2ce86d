"""Which MinHash: CPU seconds and recall of four ways to make the same 21 bands of 6, start-up included.

    python -m benchmarks.signatures [texts]

Half of the texts are copies of the other half with 1 to 8 of 106 words replaced: a Jaccard of 0.75 to 0.97.
Each way runs in a process of its own, from import to bands, on one core.

22 November 2026, two cores of an Intel Xeon with AVX-512, Python 3.11, numba 0.68, numpy 2.4, rensa 0.5.0; 50,000 texts
of some 480 characters:

    way                          CPU s   of it start-up   peak MiB   recall
    numba (dedup/minhash.py)      1.3         0.7            518     0.9999
    rensa on our 5-gram hashes    2.1         0.7            989     1.0000
    rensa on 5-grams as strings   3.0         0.0            139     0.9999
    numpy, 126 functions          4.5         0.7            943     0.9995

Past its start-up (reading the compiled code; 1.5 s more where it is compiled for the first time) numba needs half of
what rensa needs on the same hashes, and a fifth of rensa on strings. And the hash functions are ours: a library's
signatures may change with its version, a stored fingerprint must not.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa

THRESHOLD = 0.8
PERMUTATIONS, LENGTH = 126, 6


def make_texts(count: int) -> list[str]:
    """Originals at even places, each followed by its edited copy."""
    rng = np.random.default_rng(1)
    words = ["".join(map(chr, rng.integers(0xAC00, 0xAC00 + 1200, rng.integers(2, 6)))) for _ in range(60_000)]
    texts = []
    for _ in range(count // 2):
        chosen = [words[i] for i in rng.integers(0, len(words), 106)]
        edited = list(chosen)
        for place in rng.integers(0, len(edited), rng.integers(1, 9)):
            edited[place] = words[int(rng.integers(0, len(words)))]
        texts += [" ".join(chosen), " ".join(edited)]
    return texts


def by_numba(texts: list[str]) -> np.ndarray:
    from sftrm_quality.dedup.minhash import add_texts, empty_signatures

    signatures = empty_signatures(len(texts), THRESHOLD)
    add_texts(signatures, pa.array(texts), np.arange(len(texts) + 1), 1)
    return signatures


def by_rensa_tokens(texts: list[str]) -> np.ndarray:
    from rensa import RMinHash

    signatures = np.empty((len(texts), PERMUTATIONS), np.uint32)
    for row, text in enumerate(texts):
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update([text[i : i + 5] for i in range(len(text) - 4)])
        signatures[row] = sketch.digest()
    return signatures


def by_rensa_hashes(texts: list[str]) -> np.ndarray:
    from rensa import RMinHash

    from sftrm_quality.dedup.shingles import shingle_sets

    hashes, starts = shingle_sets(pa.array(texts))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, starts.astype(np.uint64), PERMUTATIONS, 1)
    return np.array(matrix.to_rows(), np.uint32)


def by_numpy(texts: list[str]) -> np.ndarray:
    from sftrm_quality.dedup.minhash import hash_functions
    from sftrm_quality.dedup.shingles import shingle_sets

    hashes, starts = shingle_sets(pa.array(texts))
    short = (hashes >> np.uint64(32)).astype(np.uint32)
    multipliers, increments = (column[:, None] for column in hash_functions(PERMUTATIONS))
    signatures = np.empty((len(texts), PERMUTATIONS), np.uint32)
    for row, (start, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        signatures[row] = (multipliers * short[start:end] + increments).min(axis=1)
    return signatures


WAYS = {way.__name__: way for way in (by_numba, by_rensa_hashes, by_rensa_tokens, by_numpy)}


def measure(way: str, count: int) -> dict[str, float]:
    texts = make_texts(count)
    before = time.process_time()
    signatures = WAYS[way](texts)
    seconds = time.process_time() - before
    equal = (signatures[::2] == signatures[1::2]).reshape(-1, PERMUTATIONS // LENGTH, LENGTH).all(axis=2).any(axis=1)
    near = np.array([true_jaccard(a, b) >= THRESHOLD for a, b in zip(texts[::2], texts[1::2], strict=True)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_seconds": round(seconds, 2), "peak_mib": round(peak), "recall": round(float(equal[near].mean()), 4)}


def true_jaccard(a: str, b: str) -> float:
    left, right = ({text[i : i + 5] for i in range(len(text) - 4)} for text in (a, b))
    return len(left & right) / len(left | right)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    for way in WAYS:
        for texts in (10, count):  # ten texts: what start-up costs
            run = [sys.executable, "-m", "benchmarks.signatures", way, str(texts)]
            found = json.loads(subprocess.run(run, check=True, capture_output=True).stdout)
            print(f"{way:16} {texts:7} texts  {found}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
