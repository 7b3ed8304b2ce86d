"""The environment of clients: `make clients`. None of them is a dependency of ours; tests are skipped without it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

_FOLDER = ROOT / ".venv-clients"
needs_clients = pytest.mark.skipif(
    not (_FOLDER / ".ready").exists(), reason="no TRL, LLaMA-Factory and others here (make clients)"
)


def by_clients(script: str, *arguments: str | Path) -> list[Any]:
    """What a script of this folder prints, a value of JSON a line.

    Args:
        script: Its name.
        arguments: Its arguments.

    Returns:
        The values.
    """
    command = [_FOLDER / "bin" / "python", ROOT / "tests" / "clients" / script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-8000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
