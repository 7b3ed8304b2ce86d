"""The process pool: what its workers do when the process that they work for is gone, and what they do not import."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

MAIN = """
import os, signal, time
from sftrm_quality.workers import processes
if __name__ == "__main__":
    with processes.ProcessWorkers(3, preload="json") as workers:
        print(len(list(workers.map(time.sleep, [0.3] * 3))), "are busy", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""
# What has lost its parent becomes a child of this one, as in the session of a desktop or a container.
ADOPTING = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
subprocess.run([sys.executable, sys.argv[1]])
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
print("all are gone")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt those of others")
def test_workers_without_a_main_process_end_and_kill_nobody_else(tmp_path):
    (tmp_path / "main.py").write_text(MAIN)
    call = [sys.executable, "-c", ADOPTING, tmp_path / "main.py"]
    ended = subprocess.run(call, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["3 are busy", "all are gone"]


SCRIPT = """
from sftrm_quality.workers import processes

print("begins")
before = __spec__, globals().get("__file__")
with processes.ProcessWorkers(2, preload="json") as workers:
    print(list(workers.map(abs, [-1, -2, -3])))
assert before == (__spec__, globals().get("__file__"))
"""


@pytest.mark.parametrize("how", ["as a file", "as a module", "from standard input"])
def test_a_script_begins_once_and_no_worker_imports_it(tmp_path, how):
    """Also one that does not look whether it is the main one."""
    (tmp_path / "script.py").write_text(SCRIPT)
    given = {"as a file": ["script.py"], "as a module": ["-m", "script"], "from standard input": ["-"]}[how]
    call, path = [sys.executable, *given], {"PYTHONPATH": f"{ROOT}:{tmp_path}"}
    ended = subprocess.run(call, cwd=tmp_path, env=path, input=SCRIPT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "begins\n[1, 2, 3]\n"
