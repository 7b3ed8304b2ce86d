"""The product's own targets: what is measured, and the limit of each figure. For two cores."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from rich.console import Console

from benchmarks.data_sets import DataSet, data_set
from benchmarks.families import FAMILIES, write_family
from benchmarks.figures import Figure, Limit
from benchmarks.incremental import first_run_and_one_more
from benchmarks.measure import Usage
from benchmarks.product import SFTRM, Product, outcome_of_run
from benchmarks.scoring import score
from benchmarks.splits import prompts_in_two_splits
from benchmarks.start_up import median_wall
from benchmarks.tables import figure_row, publish

_MILLION = 1_000_000
_NOTES = """\
CPU and memory (PSS) are of all processes together; MiB are 2**20 bytes. Limits without a
verdict hold for one million records and for no other size."""


class Session:
    """The data and the runs that several targets look at, each made once."""

    def __init__(self, records: int, data: Path, work: Path, script: Path | None) -> None:
        """``script`` is the hand-tuned one that `hand_tuned` compares with, None where there is none."""
        self.script = script
        self.records = records
        self.data = data
        self.work = work
        self.product = Product(work, self.labels("sft", 10).document)
        self._runs: dict[Path, Usage] = {}

    def labels(self, kind: str, count: int, seed: int = 1, shape: str = "reference") -> DataSet:
        return data_set(self.data, kind, count, seed, shape)

    def run(self, data: DataSet, workers: int = 2, threshold: float = 0.8) -> tuple[Usage, Path]:
        """The cost of a first run over a data set, and where its output is."""
        out = self.work / f"{data.folder.name}-{workers}-{threshold}"
        if out not in self._runs:
            self._runs[out] = self.product.run(data.document, out, workers=workers, threshold=threshold)
        return self._runs[out], out


def size(session: Session) -> Iterator[Figure]:
    """SFT: the given number of records, and twice as many."""
    one, _ = session.run(session.labels("sft", session.records))
    two, _ = session.run(session.labels("sft", 2 * session.records))
    # 1.0 GB in MiB.
    limits = {"CPU s": None, "peak MiB": Limit(954, of_a_million=True), "wall s": None}
    for usage, count in ((one, session.records), (two, 2 * session.records)):
        for what, value in (("CPU s", usage.cpu_seconds), ("peak MiB", usage.peak_mib), ("wall s", usage.wall_seconds)):
            yield Figure("size", f"{count:,} SFT, {what}", value, limits[what] if usage is one else None, 1)
    yield Figure("size", "CPU of twice the records", two.cpu_seconds / one.cpu_seconds, Limit(2.2))
    yield Figure("size", "peak of twice the records", two.peak_mib / one.peak_mib, Limit(1.3))


def rm(session: Session) -> Iterator[Figure]:
    """RM: three tenths of the given number of records."""
    count = session.records * 3 // 10
    usage, _ = session.run(session.labels("rm", count))
    yield Figure("rm", f"{count:,} RM, CPU s", usage.cpu_seconds, Limit(65, of_a_million=True), 1)
    yield Figure("rm", f"{count:,} RM, peak MiB", usage.peak_mib, digits=1)
    yield Figure("rm", f"{count:,} RM, wall s", usage.wall_seconds, digits=1)


def workers(session: Session) -> Iterator[Figure]:
    """Two workers instead of one."""
    labels = session.labels("sft", session.records)
    (one, _), (two, _) = (session.run(labels, workers=count) for count in (1, 2))
    yield Figure("workers", "wall of one worker, s", one.wall_seconds, digits=1)
    yield Figure(
        "workers", "wall of two, of that of one", two.wall_seconds / one.wall_seconds, Limit(0.6, of_a_million=True)
    )


def hand_tuned(session: Session) -> Iterator[Figure]:
    """SFT of the AI Hub shape against the hand-tuned script of the same job with fewer checks, one after the other."""
    if session.script is None:
        yield Figure("hand_tuned", "no --script was named", None)
        return
    labels = session.labels("sft", session.records, shape="aihub")
    ours, _ = session.run(labels)
    theirs = session.product.measure(
        [sys.executable, session.script, labels.document, session.work / "tuned", "procs", "2"]
    )
    for name, usage in (("sftrm run", ours), ("the script", theirs)):
        yield Figure("hand_tuned", f"{labels.count:,} SFT, {name}, CPU s", usage.cpu_seconds, digits=1)
        yield Figure("hand_tuned", f"{labels.count:,} SFT, {name}, wall s", usage.wall_seconds, digits=1)
        yield Figure("hand_tuned", f"{labels.count:,} SFT, {name}, peak MiB", usage.peak_mib, digits=1)
    ratio = ours.cpu_seconds / theirs.cpu_seconds
    yield Figure("hand_tuned", "CPU, of the script's", ratio, Limit(1.3, of_a_million=True))
    yield Figure("hand_tuned", "peak MiB", ours.peak_mib, Limit(954, of_a_million=True), 1)


def small_files(session: Session) -> Iterator[Figure]:
    """A thousand files of a hundred records, against a run on ten records."""
    labels = session.labels("sft", 100_000)
    raw = session.work / "small"
    raw.mkdir()
    with labels.lines.open("rb") as lines:
        for number in range(1000):
            (raw / f"f{number:04}.jsonl").write_bytes(b"".join(islice(lines, 100)))
    start = session.product.run(session.labels("sft", 10).document, session.work / "small-start")
    many = session.product.run(raw, session.work / "small-out")
    one = session.product.run(labels.lines, session.work / "small-one")
    yield Figure("small_files", "CPU s of 10 records", start.cpu_seconds, digits=1)
    yield Figure("small_files", "CPU s of 100,000 records in one file", one.cpu_seconds, digits=1)
    yield Figure(
        "small_files",
        "CPU s of 1,000 files of 100 beyond the start",
        many.cpu_seconds - start.cpu_seconds,
        Limit(20),
        1,
    )


def loop(session: Session) -> Iterator[Figure]:
    """What people wait for at a shell: a file of 1,000 records, and a run with nothing new."""
    file = session.labels("sft", 1000).lines
    for command, limit in (("check", 5), ("inspect", 5)):
        out = session.work / f"loop-{command}"
        options = ["--out", out] if command == "check" else []
        usage = session.product.measure([SFTRM, command, file, *options])
        yield Figure("loop", f"sftrm {command}, 1,000 records, wall s", usage.wall_seconds, Limit(limit))
        wall = median_wall(session.product, [SFTRM, command, file, *options], 3)
        yield Figure("loop", "the same, seen before, wall s", wall, Limit(3))
    labels = session.labels("sft", session.records)
    _, out = session.run(labels)
    wall = median_wall(session.product, [SFTRM, "run", labels.document, "--out", out], 3)
    yield Figure("loop", f"sftrm run, {labels.count:,} records, nothing new, wall s", wall, Limit(5))


def script(session: Session) -> Iterator[Figure]:
    """The usual script, with its near-duplicate step, on a twentieth of the records."""
    labels = session.labels("sft", session.records // 20)
    ours, _ = session.run(labels)
    command = [sys.executable, "-m", "benchmarks.typical_script"]
    theirs = session.product.measure([*command, labels.document, session.work / "typical"])
    yield Figure("script", f"{labels.count:,} SFT, CPU s", ours.cpu_seconds, digits=1)
    yield Figure("script", f"{labels.count:,} SFT, CPU s of the usual script", theirs.cpu_seconds, digits=1)
    ratio = theirs.cpu_seconds / ours.cpu_seconds
    yield Figure("script", "CPU of the script, of ours", ratio, Limit(30, at_most=False, of_a_million=True), 1)


def quality(session: Session) -> Iterator[Figure]:
    """Recall and precision against the truth at both thresholds, and prompts in two splits."""
    labels = session.labels("sft", session.records)
    truth = labels.truth()
    for threshold in (0.8, 0.7):
        _, out = session.run(labels, threshold=threshold)
        found = score(truth, outcome_of_run(out, labels.count), labels.answers, threshold)
        shares = {
            "exact recall": (found.exact_recall, 1.0),
            "near recall, Jaccard ≥ 0.8": (found.near_recall, 0.995),
            "precision": (found.precision, 0.999),
        }
        if threshold == 0.7:
            shares["near recall, Jaccard 0.7 to 0.8"] = (found.lower_recall, 0.98)
        for what, (value, least) in shares.items():
            yield Figure("quality", f"threshold {threshold}: {what}", value, Limit(least, at_most=False), 5)
        yield Figure("quality", f"threshold {threshold}: originals lost", found.originals_lost, Limit(0), 0)
        shared = prompts_in_two_splits(out)
        yield Figure("quality", f"threshold {threshold}: prompts in two splits", shared, Limit(0), 0)


def incremental(session: Session) -> Iterator[Figure]:
    """Twenty files of a twentieth each, then one more of a fifth of that size, against a run from nothing."""
    labels = session.labels("sft", session.records)
    more = session.labels("sft", max(session.records // 100, 10), seed=2)
    found = first_run_and_one_more(session.product, labels, more)
    yield Figure("incremental", "CPU s of a run over all files", found.full.cpu_seconds, digits=1)
    yield Figure("incremental", "CPU s of one more file", found.more.cpu_seconds, digits=1)
    part = found.more.cpu_seconds / found.full.cpu_seconds
    yield Figure("incremental", "CPU of one more file, of all", part, Limit(0.10, of_a_million=True), 3)
    yield Figure("incremental", "data files that differ", found.differing_files, Limit(0), 0)


def families(session: Session) -> Iterator[Figure]:
    """One template behind a tenth of the given number of records, against as many as long that share nothing."""
    count = session.records // 10
    for family in FAMILIES:
        usages = {}
        for shared in (True, False):
            raw = session.work / f"{family}-{shared}.jsonl"
            write_family(raw, family, count, shared)
            usages[shared] = session.product.run(raw, session.work / f"{family}-{shared}")
        one, other = usages[True], usages[False]
        yield Figure("families", f"{count:,} {family}, CPU s", one.cpu_seconds, digits=1)
        yield Figure("families", f"{count:,} {family}, peak MiB", one.peak_mib, digits=1)
        # Their pairs are proposed and compared, and told apart; that must not grow with the square of their number.
        yield Figure(
            "families", f"{family}, CPU of those that share nothing", one.cpu_seconds / other.cpu_seconds, Limit(2)
        )
        yield Figure(
            "families", f"{family}, peak of those that share nothing", one.peak_mib / other.peak_mib, Limit(1.5)
        )


def exports(session: Session) -> Iterator[Figure]:
    """The release as trainers take it, by `sftrm export`."""
    labels = session.labels("sft", session.records)
    _, out = session.run(labels)
    for name, form in (("messages", "parquet"), ("messages", "jsonl"), ("alpaca", "parquet"), ("mlx", "jsonl")):
        usage = session.product.measure([SFTRM, "export", "--to", name, "--format", form, "--out", out])
        what = f"{labels.count:,} SFT as {name}, {form}"
        yield Figure("exports", f"{what}, CPU s", usage.cpu_seconds, Limit(15, of_a_million=True), 1)
        yield Figure("exports", f"{what}, peak MiB", usage.peak_mib, digits=1)


def help_text(session: Session) -> Iterator[Figure]:
    """How long `sftrm --help` takes."""
    yield Figure("help", "sftrm --help, wall s", median_wall(session.product, [SFTRM, "--help"], 5), Limit(0.6))


TARGETS: dict[str, Callable[[Session], Iterator[Figure]]] = {
    "hand_tuned": hand_tuned,
    "size": size,
    "rm": rm,
    "workers": workers,
    "script": script,
    "quality": quality,
    "incremental": incremental,
    "small_files": small_files,
    "loop": loop,
    "families": families,
    "exports": exports,
    "help": help_text,
}


def measure_targets(names: Sequence[str], records: int, data: Path, report: Path, script: Path | None = None) -> None:
    """Measures the named targets one after the other, and publishes ``targets``."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    data.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(dir=data) as folder:
        session = Session(records, data, Path(folder), script)
        for name in names:
            heading = f"{name}: {TARGETS[name].__doc__}"
            console.print(heading)
            rows.append([heading, "", "", ""])
            for figure in TARGETS[name](session):
                figures.append(figure)
                rows.append(figure_row(figure, full_size=records == _MILLION))
                console.print(f"  {' '.join(rows[-1])}")
    found = [
        {
            **figure._asdict(),
            "limit": figure.limit and figure.limit._asdict(),
            "verdict": figure.verdict(full_size=records == _MILLION),
        }
        for figure in figures
    ]
    title = f"Targets, at {records:,} records"
    publish("targets", title, ["what", "figure", "limit", "verdict"], rows, found, report, _NOTES)
