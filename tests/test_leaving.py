"""A command leaves nothing undone that Python would have done at its end, but for the freeing of memory."""

import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
import atexit, logging, logging.handlers, sys, threading, time
from flows.leaving import Leaving

class Freed:
    def __del__(self):
        print("freed", flush=True)

freed = Freed()
leaving = Leaving()
logging.getLogger().addHandler(logging.handlers.MemoryHandler(9, 99, logging.StreamHandler(sys.stdout)))
atexit.register(print, "registered later")
threading.Thread(target=lambda: (time.sleep(0.3), print("a thread"))).start()
logging.error("a line")
print("a text without an end", end="")
{end}
"""


def ended(end):
    call = [sys.executable, "-c", SCRIPT.format(end=end)]
    return subprocess.run(call, cwd=ROOT, capture_output=True, text=True)


def test_all_is_done_and_nothing_is_freed():
    done = ended("leaving.with_code(3); sys.exit(3)")
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == "a text without an enda thread\nregistered later\na line\n"


def test_what_ends_without_a_code_ends_as_python_does():
    done = ended("raise ValueError('no end')")
    assert done.returncode == 1 and done.stderr.endswith("ValueError: no end\n")
    assert done.stdout.endswith("freed\n")


def test_a_reader_that_left_changes_no_code():
    call = f"{sys.executable} -m flows.cli formats | true; exit ${{PIPESTATUS[0]}}"
    assert subprocess.run(["bash", "-c", call], cwd=ROOT, capture_output=True).returncode == 0
