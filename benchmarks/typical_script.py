"""What people do today: pandas, a function for each row, drop_duplicates, datasketch, a random split.

    python -m benchmarks.typical_script SFT_DOCUMENT.json OUT_DIR [--no-near]

One SFT document in the reference form, as ``make_labels`` writes it. The style is the usual one on purpose: the script
is what the product is compared with, so nothing in it is to be made faster.
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

import pandas as pd

_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        r"<\|[a-z_]+\|>|</?s>|\[/?INST\]",
        r"\d{6}-[1-4]\d{6}",
        r"01[016789]-?\d{3,4}-?\d{4}",
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    )
]


def acceptable(row: pd.Series) -> bool:
    text = row["answer"].strip()
    return 10 <= len(text) <= 4000 and not any(p.search(row["answer"]) for p in _PATTERNS)


def normalised(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).casefold().strip()


def not_near(df: pd.DataFrame) -> list[bool]:
    """Which rows are near no row before them."""
    from datasketch import MinHash, MinHashLSH

    lsh, keep = MinHashLSH(threshold=0.8, num_perm=128), []
    for data_id, text in zip(df["data_id"], df["norm"], strict=True):
        m = MinHash(num_perm=128)
        for j in range(max(1, len(text) - 4)):
            m.update(text[j : j + 5].encode())
        if lsh.query(m):
            keep.append(False)
            continue
        lsh.insert(data_id, m)
        keep.append(True)
    return keep


def main(source: str, out: Path, near: bool) -> None:
    with Path(source).open(encoding="utf-8") as file:
        df = pd.json_normalize(json.load(file)["data_info"])
    df["ok"] = df.apply(acceptable, axis=1)
    df["norm"] = df["answer"].apply(normalised)
    df["key"] = df["question"] + "\x1f" + df["norm"]
    df = df[df["norm"].str.len() > 0].drop_duplicates("key")
    if near:
        df = df[not_near(df)]
    shuffled = df.sample(frac=1, random_state=0)
    n = len(shuffled)
    out.mkdir(parents=True, exist_ok=True)
    bounds = {"train": (0, 0.9), "validation": (0.9, 0.95), "test": (0.95, 1)}
    for name, (first, last) in bounds.items():
        part = shuffled[int(n * first) : int(n * last)]
        part.drop(columns=["norm", "key"]).to_parquet(out / f"{name}.parquet", compression="zstd")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), "--no-near" not in sys.argv)
