"""Copies and look-alikes, through the whole job: which go, which stay, and examples of those that should not."""

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow.parquet as pq

from benchmarks.data_sets import DataSet, data_set
from benchmarks.figures import Figure, Limit
from benchmarks.label_texts import jaccard, normalise, shingles
from benchmarks.meanings import LEAST_GONE, LEAST_KEPT, Meanings
from benchmarks.product import Product, outcome_of_run, release_files
from benchmarks.scoring import Mask
from benchmarks.tables import figure_row, publish
from sftrm_quality.text import difference

THRESHOLD = 0.8
_EXAMPLES = 3
_NOTES = """\
Texts, numbers and phrases are those of `benchmarks/variant_texts.py`, written without the tables of the product.
Precision: removed records that say what their survivors say and, if they are near duplicates, have a Jaccard of at
least 0.8 with them in question and answer, compared exactly."""


def measure_variants(records: int, seed: int, data: Path, report: Path) -> None:
    """Runs over variants and publishes ``variants``: shares of kinds and forms, examples of what is missed."""
    labels = data_set(data, "variants", records, seed)
    with tempfile.TemporaryDirectory(dir=data) as folder:
        product = Product(Path(folder), data_set(data, "sft", 10).document)
        out = Path(folder) / "variants"
        product.run(labels.document, out, threshold=THRESHOLD)
        survivor, near = survivors(out, labels.count)
        meanings = Meanings(labels.truth(), outcome_of_run(out, labels.count), survivor)
    texts = _texts(labels)
    found = list(figures(meanings, _less_alike(texts, survivor, near)))
    rows = [figure_row(figure, full_size=True) for figure in found]
    examples = {kind: _examples(meanings, kind, texts) for kind in (*LEAST_GONE, *LEAST_KEPT)}
    rows += [[f"{kind}: {text}", "", "", ""] for kind, texts_of in examples.items() for text in texts_of]
    everything = {"figures": [figure._asdict() for figure in found], "examples": examples}
    title = f"{records:,} records that are like each other, threshold {THRESHOLD}"
    publish("variants", title, ["what", "figure", "limit", "verdict"], rows, everything, report, _NOTES)


def survivors(out: Path, count: int) -> tuple[npt.NDArray[np.int64], Mask]:
    """By row of a run on one raw SFT file: the row that it duplicates (-1: none), and whether as a near duplicate."""
    row_of: dict[str, int] = {}
    for path in release_files(out, "sft/*.parquet"):
        table = pq.read_table(path, columns=["record_id", "data_id"]).to_pydict()
        row_of |= dict(zip(table["record_id"], map(_row, table["data_id"]), strict=True))
    survivor, near = np.full(count, -1, np.int64), np.zeros(count, bool)
    for path in out.glob("duplicates/*/*.parquet"):
        for found in pq.read_table(path, columns=["data_id", "duplicate_of", "kind"]).to_pylist():
            survivor[_row(found["data_id"])] = row_of[found["duplicate_of"]]
            near[_row(found["data_id"])] = found["kind"] == "near"
    return survivor, near


def figures(meanings: Meanings, less_alike: Mask) -> Iterator[Figure]:
    """The shares of all kinds with their limits, each followed by those of its forms.

    ``less_alike``: near duplicates that are less alike to their survivors than the threshold.
    """
    removed = meanings.outcome.removed
    wrong = meanings.wrong() | less_alike
    yield Figure("variants", f"precision, of {removed.sum():,} removed", _share(removed, wrong), digits=4)
    # Look-alikes have shares of their own, and are more than in any other data.
    others = removed & ~meanings.look_alikes()
    least = Limit(0.999, at_most=False)
    yield Figure("variants", f"precision without look-alikes, of {others.sum():,}", _share(others, wrong), least, 4)
    cut = int(meanings.cut_ones_stay().sum())
    yield Figure("variants", "cut copies that stay in the place of the whole one", cut, Limit(0), 0)
    form = meanings.column("form")
    for kind, share in {**LEAST_GONE, **LEAST_KEPT}.items():
        asked, missed = meanings.asked(kind), meanings.missed(kind)
        limit = None if share is None else Limit(share, at_most=False)
        what = f"{kind}: of {asked.sum():,}, that {'go' if kind in LEAST_GONE else 'stay'}"
        yield Figure("variants", what, _share(asked, missed), limit, 4)
        for name in sorted(set(form[asked].tolist())):
            of_form = asked & (form == name)
            yield Figure("variants", f"· {name}, of {of_form.sum():,}", _share(of_form, missed), digits=4)


def _row(data_id: str) -> int:
    return int(data_id.removeprefix("SFT-"))


def _share(asked: Mask, missed: Mask) -> float | None:
    return float(1 - (asked & missed).sum() / asked.sum()) if asked.any() else None


def _texts(labels: DataSet) -> list[tuple[str, str]]:
    with labels.lines.open("rb") as lines:
        return [(record["question"], record["answer"]) for record in map(orjson.loads, lines)]


def _less_alike(texts: list[tuple[str, str]], survivor: npt.NDArray[np.int64], near: Mask) -> Mask:
    found = np.zeros(len(texts), bool)
    for row in np.flatnonzero(near).tolist():
        pairs = zip(texts[row], texts[survivor[row]], strict=True)
        found[row] = min(jaccard(*(shingles(normalise(text)) for text in pair)) for pair in pairs) < THRESHOLD
    return found


def _examples(meanings: Meanings, kind: str, texts: list[tuple[str, str]]) -> list[str]:
    """What tells missed ones from their sources, or from the survivors of those that have none; a few of each form."""
    missed, form, source = meanings.missed(kind), meanings.column("form"), meanings.column("src").astype(np.int64)
    shown = []
    for name in sorted(set(form[missed].tolist())):
        for row in islice(np.flatnonzero(missed & (form == name)).tolist(), _EXAMPLES):
            other = source[row] if source[row] >= 0 else meanings.survivor[row]
            pairs = zip(texts[other], texts[row], strict=True)
            differing = [" ≠ ".join(difference(*pair)) for pair in pairs if pair[0] != pair[1]]
            shown.append(f"{name}, rows {other} and {row}: {'; '.join(differing)}")
    return shown
