"""One run over the samples that many tests look at, and the real files of the team, where this machine has them."""

import gc
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
# Real label files may not be redistributed; they lie beside the checkout where a developer has them.
REAL = Path(os.environ.get("SFTRM_REAL_FILES", ROOT.parent / "shared" / "real"))

# Everybody's change is tried with the same examples, and fails only by its own fault; `make soak` looks for new ones.
# No deadline in either: it would fail by what else the machine does.
settings.register_profile("same_examples", derandomize=True, deadline=None)
settings.register_profile("new_examples", deadline=None)
settings.load_profile("new_examples" if os.environ.get("SFTRM_SOAK") else "same_examples")


# The files that take longest, since they start whole commands and servers, or many runs. They begin first, since the
# last file of all has a core for itself. A service, commands and a cluster are waited for too, so there is about one of
# these at a time. Each process has two files from the beginning: the first and the fourth, and so on.
_LONG = (
    *("service", "kills", "part_cache", "browser", "storage_faults", "dedup_global"),
    *("nights", "decisions", "determinism", "what_is_shown", "decide", "rollbacks", "memory", "work_pool", "reference"),
    *("benchmarks", "report_foreign", "findings", "preflight_of_runs", "cli"),
    *("exports", "bad_sizes", "reading_delimited", "dedup_exchange", "cases", "guard_browser", "training_steps"),
    *("clients", "publish", "cluster", "reading_damage", "trainers", "reviews_run", "acts", "reading_containers"),
    *("reading_parse", "housekeeping", "conservation", "report_browser", "other_readers", "bad_files", "profile_page"),
    *("docs", "checks_running", "cases_duplicates", "exports_of_releases", "incomplete"),
)


def pytest_collection_modifyitems(items):
    """Put them in front; a file's own order stays."""
    order = {f"test_{name}.py": number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection():
    """Without the garbage collector: what is imported and collected stays to the end, and it looks through it never."""
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def real_files():
    if not REAL.is_dir():
        pytest.skip(f"no real label files at {REAL} (set SFTRM_REAL_FILES)")
    return REAL


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder that all processes of this run of the tests have; what is in it one of them makes, under a lock."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def prefect_home(shared):
    """Makes homes for Prefect whose database has its tables: to make them takes Prefect six seconds each time.

    One that begins with nothing, as a user's does, is in `test_cli`.
    """
    template = shared / "prefect"
    with FileLock(shared / "prefect.lock"):
        if not template.exists():
            template.mkdir()
            environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
            environment |= {"PREFECT_HOME": str(template), "DO_NOT_TRACK": "1"}
            call = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
            subprocess.run(call, env=environment, check=True, capture_output=True)

    def make(home):
        home.mkdir()
        shutil.copy(template / "prefect.db", home)
        return home

    return make


@pytest.fixture(scope="session")
def samples_run(shared):
    """The result of a run over data/raw by two workers, and its output folder. Look, do not touch."""
    from tests.outputs import Output, report_of, run_on

    out = shared / "samples" / "out"
    with FileLock(shared / "samples.lock"):
        if not (out / "LATEST").exists():
            run_on([ROOT / "data" / "raw"], out, "workers=2")
    (report,) = out.glob("reports/*/report.json")
    return Output(out, report_of(out, report.parent.name))


@pytest.fixture(scope="session")
def labels_run(shared):
    """A run over the records of `tests/clients/labels.py`, its release with every export. Look, do not touch."""
    from sftrm_quality.releases.exports import TARGETS
    from tests.clients.labels import write_labels
    from tests.outputs import Output, open_gate, report_of, run_on

    folder = shared / "labels"
    with FileLock(shared / "labels.lock"):
        if not (folder / "out" / "LATEST").exists():
            exports = ", ".join(f"{{name: {name}}}" for name in TARGETS)
            splits = "splits={train: 0.6, validation: 0.2, test: 0.2}"
            raw = write_labels(folder / "raw")
            card = "card={license: cc0-1.0, languages: [ko, en]}"
            run_on([raw], folder / "out", open_gate(folder / "suites"), splits, card, f"exports=[{exports}]")
    (report,) = (folder / "out").glob("reports/*/report.json")
    return Output(folder / "out", report_of(folder / "out", report.parent.name))


@pytest.fixture(scope="session")
def tokenizer(labels_run, shared):
    """The folder of a tokenizer that was learnt from these records."""
    from tests.clients.environment import by_clients

    folder = shared / "labels" / "tokenizer"
    with FileLock(shared / "labels-tokenizer.lock"):
        if not folder.exists():
            texts = [record[name] for record in labels_run.published("sft") for name in ("question", "answer")]
            (shared / "labels" / "texts.json").write_text(json.dumps(texts), "utf-8")
            by_clients("tiny_tokenizer.py", folder, shared / "labels" / "texts.json")
    return folder


@pytest.fixture
def outcome_of(tmp_path):
    """The output of a run over one of ``cases/``; the gate stays open, so that all that would be published is seen."""
    from tests.outputs import Output, open_gate, run_on

    suites = open_gate(tmp_path / "suites")

    def run(name, *settings):
        report = run_on([ROOT / "tests" / "cases" / name], tmp_path / "out", suites, *settings).report
        return Output(tmp_path / "out", report)

    return run
