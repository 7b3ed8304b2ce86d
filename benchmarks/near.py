"""Near-duplicate search only: ours and three peers, each on the same texts, in one process of its own.

    python -m benchmarks.near {ours,datatrove,datasketch,rensa} TEXTS.parquet KEPT.npy

TEXTS has ``row`` (0, 1, …), ``question`` and ``answer``, normalised, none blank, exact copies included; KEPT is one
bool per row. Ours looks at both columns, as it always does; the peers get the answers. (Copies in the data have the
question of their source.) All are to find a Jaccard of 0.8 of runs of five characters, and are used as their own
documentation shows, faster variants first. Where they let the bands be set, these favour recall as ours do: 21 bands
of 6 hashes find a pair at 0.8 with a probability of 0.998, the peers' defaults with 0.40 (datasketch) and 0.92
(datatrove).
"""

import sys
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

THRESHOLD = 0.8
BANDS, LENGTH = 21, 6
Kept = npt.NDArray[np.bool_]


def _runs(text: str) -> list[str]:
    return [text[i : i + 5] for i in range(max(1, len(text) - 4))]


def ours(path: Path) -> Kept:
    """The library's own steps: fingerprints of shards, then templates and near duplicates."""
    from benchmarks.shards import write_shard
    from sftrm_quality import dedup

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batches = enumerate(pq.ParquetFile(path).iter_batches(8192))
        shards = [write_shard(folder, str(n), one["question"], one["answer"], THRESHOLD) for n, one in batches]
        rows = sum(shard.rows for shard in shards)
        templates = dedup.find_templates(shards, folder)
        prompts = dedup.equal_rows(shards, "prompt_key", None, folder)
        of_all = np.ones(rows, bool), templates.parts, prompts, np.arange(rows)
        found = dedup.near_duplicates(shards, *of_all, False, THRESHOLD, folder)
    return found.duplicate_of < 0


def datasketch(path: Path) -> Kept:
    """MinHashLSH with MinHash.generator (batches) and xxhash in the place of SHA-1; the first of a pair stays."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    texts = pq.read_table(path)["answer"].to_pylist()
    lsh = MinHashLSH(num_perm=128, params=(BANDS, LENGTH))
    kept = np.ones(len(texts), bool)
    runs = ([run.encode() for run in set(_runs(text))] for text in texts)
    for row, sketch in enumerate(MinHash.generator(runs, num_perm=128, hashfunc=xxhash.xxh32_intdigest)):
        if lsh.query(sketch):
            kept[row] = False
        else:
            lsh.insert(row, sketch, check_duplication=False)
    return kept


def rensa(path: Path) -> Kept:
    """RMinHashDeduplicator with LSH, in batches. It checks candidates against its estimate of the Jaccard.

    An estimate of 128 hashes is off by 0.035 (standard deviation at 0.8): asked for 0.8 it drops half of the pairs at
    0.8, so it is asked for two deviations less.
    """
    from rensa import RMinHashDeduplicator

    texts = iter(enumerate(pq.read_table(path)["answer"].to_pylist()))
    deduplicator = RMinHashDeduplicator(threshold=0.73, num_perm=128, use_lsh=True)
    kept: list[bool] = []
    while batch := list(islice(texts, 1000)):
        kept += deduplicator.add_pairs([(str(row), _runs(text)) for row, text in batch])
    return np.array(kept)


def datatrove(path: Path) -> Kept:
    """The four MinHash stages with the local executor, one worker. Characters as its words, its own n-grams of them."""
    import xxhash
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.utils.text import TextNormConfig
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Characters(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return list(text)

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return [(0, len(text))]

    as_given = TextNormConfig(
        lowercase=False,
        norm_whitespace=False,
        remove_punctuation=False,
        norm_unicode_diacritics=False,
        norm_numbers=False,
    )
    config = MinhashConfig(n_grams=5, num_buckets=BANDS, hashes_per_bucket=LENGTH, norm_config=as_given)
    kept = np.zeros(pq.read_metadata(path).num_rows, bool)

    def documents() -> ParquetReader:
        return ParquetReader(str(path.parent), glob_pattern=path.name, text_key="answer", id_key="row")

    def mark_kept(data, rank=0, world_size=1):  # type: ignore[no-untyped-def]
        for document in data:
            kept[int(document.id)] = True
            yield document

    with tempfile.TemporaryDirectory() as folder:
        signatures, buckets, removals = (f"{folder}/{name}" for name in ("signatures", "buckets", "removals"))
        sign = MinhashDedupSignature(signatures, config, Characters())
        # Its own hash function gives str to xxhash, which from version 4 on takes bytes only.
        sign._hash_func = lambda run: xxhash.xxh64_intdigest(run.encode())
        stages = [
            ([documents(), sign], 1),
            ([MinhashDedupBuckets(signatures, buckets, config=config, lines_to_buffer=1000)], BANDS),
            ([MinhashDedupCluster(buckets, removals, config, lines_to_buffer=1000)], 1),
            ([documents(), MinhashDedupFilter(removals), mark_kept], 1),
        ]
        for number, (pipeline, tasks) in enumerate(stages):
            LocalPipelineExecutor(pipeline, tasks, workers=1, logging_dir=f"{folder}/log-{number}").run()
    return kept


TOOLS: dict[str, Callable[[Path], Kept]] = {tool.__name__: tool for tool in (ours, datatrove, datasketch, rensa)}


if __name__ == "__main__":
    np.save(sys.argv[3], TOOLS[sys.argv[1]](Path(sys.argv[2])))
