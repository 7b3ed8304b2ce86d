"""Large bad files: memory that does not grow with them, and time that does not grow with their square."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sftrm_quality.config import Limits
from tests.bad_files import LONG_FORM, SOAK
from tests.bad_sizes import LARGE, MIB, Large

pytestmark = LONG_FORM

# Where time grows with the square, one of these files takes minutes; all of them together take half a minute.
TIMEOUT_SECONDS = 7200 if SOAK else 300
# A window may hold twice the largest record, and is copied when it grows.
MOST_MIB = 5 * Limits().record_bytes // MIB


def size(case: Large) -> int:
    return case.soak if SOAK else case.size


def read_in_child(folder: Path, names: list[str]) -> list[dict[str, Any]]:
    for name in names:
        with (folder / name).open("wb") as file:
            file.writelines(LARGE[name].parts(size(LARGE[name])))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bad_sizes", *(str(folder / name) for name in names)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.skipif(not resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, reason="the system counts no peak memory")
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_large_bad_files_take_little_and_keep_their_good_records(tmp_path: Path, packed: bool) -> None:
    names = ["nothing-wrong", *(name for name in LARGE if name.startswith(("gzip", "zstd")) == packed)]
    results = read_in_child(tmp_path, list(dict.fromkeys(names)))
    at_rest = results[0]["peak_mib"]
    wrong = []
    for name, found in zip(dict.fromkeys(names), results, strict=True):
        case = LARGE[name]
        good = (size(case) + 1) // 2 if case.good is None else case.good
        if (found["good"], set(found["reasons"])) != (good, set(case.reasons)):
            wrong.append((name, found))
        if found["peak_mib"] - at_rest > MOST_MIB:
            wrong.append((name, f"{found['peak_mib']} MiB, {at_rest} at rest"))
        if name.startswith("tiny-"):
            assert found["records"] == size(case)
    assert not wrong
