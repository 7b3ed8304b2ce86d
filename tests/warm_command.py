"""The command ``sftrm`` in forks of one process that has imported everything once: a command costs what it does.

For what a user sees of commands that make no run. What it takes to start one is in `test_cli`, with real processes.
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback

from tests.conftest import ROOT


class WarmCommand:
    """Calls ``sftrm``. A context."""

    def __init__(self, environment):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_command"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments):
        """The command with these arguments, as `subprocess.run` gives it."""
        given = list(map(str, arguments))
        self._process.stdin.write(json.dumps(given) + "\n")
        self._process.stdin.flush()
        return subprocess.CompletedProcess(["sftrm", *given], *json.loads(self._process.stdout.readline()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def _child(arguments, out, err):
    from flows import cli

    # What comes in there is not for it.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.argv = ["sftrm", *arguments]
    # For a command that begins again.
    sys.orig_argv = [sys.executable, "-m", "flows.cli", *arguments]
    code = 70
    try:
        cli.main()
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _serve():
    from flows.prefect_settings import set_defaults

    set_defaults(quiet=True)
    # What the commands import only when they need it.
    import apprise  # noqa: F401
    import prefect  # noqa: F401

    import sftrm_quality.job  # noqa: F401

    for line in sys.stdin:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            if not (pid := os.fork()):
                _child(json.loads(line), out.fileno(), err.fileno())
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            print(json.dumps([code, *(_text(file) for file in (out, err))]), flush=True)


def _text(file):
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


if __name__ == "__main__":
    _serve()
