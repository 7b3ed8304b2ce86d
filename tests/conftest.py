"""One run over the samples that many tests look at, and the real files of the team, where this machine has them."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
# Real label files may not be redistributed; they lie beside the checkout where a developer has them.
REAL = Path(os.environ.get("SFTRM_REAL_FILES", ROOT.parent / "shared" / "real"))

# Everybody's change is tried with the same examples, and fails only by its own fault; `make soak` looks for new ones.
# No deadline in either: it would fail by what else the machine does.
settings.register_profile("same_examples", derandomize=True, deadline=None)
settings.register_profile("new_examples", deadline=None)
settings.load_profile("new_examples" if os.environ.get("SFTRM_SOAK") else "same_examples")


@pytest.fixture(scope="session")
def real_files():
    if not REAL.is_dir():
        pytest.skip(f"no real label files at {REAL} (set SFTRM_REAL_FILES)")
    return REAL


@pytest.fixture(scope="session")
def samples_run(tmp_path_factory):
    """The result of a run over data/raw, and its output folder. Look, do not touch."""
    from tests.outputs import Output, run_on

    out = tmp_path_factory.mktemp("samples") / "out"
    result = run_on([ROOT / "data" / "raw"], out)
    return Output(out, result.report)
