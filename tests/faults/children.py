"""Tries in processes of their own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tests.conftest import ROOT
from tests.faults.folders import night

# A mount namespace of its own: small file systems that nobody else sees and that go with the process.
_OWN_MOUNTS = ["unshare", "--mount", "--propagation", "private"]


@dataclass(frozen=True)
class Ended:
    """How a try ended. code: the exit code, -N for signal N. told: what it returned as JSON, or its error."""

    code: int
    told: str
    cpu_seconds: float

    @property
    def result(self):
        assert self.code == 0, self.told
        return json.loads(self.told)


def own_mounts():
    """The command that gives a process mounts of its own; None where this user may not have them."""
    for options in ([], ["--map-root-user"]):
        command = [*_OWN_MOUNTS, *options]
        if shutil.which(command[0]) and not subprocess.run([*command, "true"], capture_output=True).returncode:
            return command
    return None


class Zygote:
    """Forks of one process that has imported everything, and made one run into ``folder``. A context."""

    def __init__(self, folder, prefix=()):
        night(folder / "raw", 0)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.faults.zygote", folder / "raw", folder / "out"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, do, **arguments):
        """One try: a function of `actions` (or of a module that is named) with arguments that are JSON or paths."""
        order = {"do": do if "." in do else f"actions.{do}", **arguments}
        self._process.stdin.write(json.dumps(order, default=str) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
