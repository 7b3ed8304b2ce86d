"""Prefect's server beside a run is killed: the run ends in seconds, says so, and nothing is half published."""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest
from filelock import FileLock

from tests.conftest import ROOT
from tests.service import PATIENCE
from tests.test_determinism import make_records, write

# Prefect's own client would ask for minutes.
SECONDS = 30


class Run:
    def __init__(self, home, raw, out, *options):
        self.out = out
        mine = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "run", str(raw), "--out", str(out), "--workers", "2", *options],
            env={**mine, "PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait(self, look):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if found := look():
                return found
            time.sleep(0.002)
        raise AssertionError(self.process.communicate())

    def server(self):
        return next(c for c in psutil.Process(self.process.pid).children() if "flows.server" in c.cmdline())

    def killed_server(self):
        """Kill it; exit code, standard output and error of the run."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.server().kill()
        out, err = self.process.communicate(timeout=SECONDS)
        _, alive = psutil.wait_procs(family, timeout=SECONDS)
        assert alive == []
        assert "Traceback" not in err and "resource_tracker" not in err
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def home(tmp_path_factory, prefect_home):
    return prefect_home(tmp_path_factory.mktemp("without") / "home")


@pytest.fixture
def raw(tmp_path):
    return write(tmp_path / "raw", *make_records(20))


def test_before_it_is_published(home, raw, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with FileLock(out / ".lock"):
        run = Run(home, raw, out)
        assert "another run is writing" in run.process.stderr.readline()
        code, _, err = run.killed_server()
    assert code == 3
    said = "error: Prefect's server ended before the run did; nothing was published. Run again: what was read is in the"
    assert said in err.splitlines()[-1]
    assert not (out / "LATEST").exists()


def test_in_the_middle(home, raw, tmp_path):
    run = Run(home, raw, tmp_path / "out")
    run.wait(lambda: (run.out / ".staging").is_dir() and list(run.out.glob(".staging/*/*")))
    code, _, err = run.killed_server()
    assert code == 3 and "Prefect's server ended before the run did" in err
    assert not (run.out / "LATEST").exists() and not (run.out / ".staging").exists()


def test_after_it_is_published(home, raw, tmp_path):
    run = Run(home, raw, tmp_path / "out", "--json")
    run.wait((run.out / "LATEST").is_file)
    # It ends when it is told to, and not later: then nothing of the run is left to be told.
    run.server().suspend()
    code, out, err = run.killed_server()
    assert code == 0 and "the run itself is complete" in err
    report = json.loads(out)
    assert report["verdict"] == "published" and report["release_id"] == (run.out / "LATEST").read_text().strip()
    assert not (run.out / ".staging").exists()


def test_who_ends_the_process_first_has_the_last_word(tmp_path):
    """Ctrl-C kills Prefect's server too, and the thread that watches it must not take that for news."""
    code = """
import sys, threading, time
from pathlib import Path
from flows import stopping
from sftrm_quality.output import OutputFolder

def end_children():
    stopping._end_children = lambda: None
    gone = (output, None, lambda: False, lambda: 0)
    threading.Thread(target=stopping.stop_without_server, args=gone, daemon=True).start()
    time.sleep(1)

stopping._end_children = end_children
output = OutputFolder(Path(sys.argv[1]))
with stopping._first_to_end:
    stopping._end(output, lambda: 130)
"""
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, timeout=PATIENCE)
    assert ended.returncode == 130
