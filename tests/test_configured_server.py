"""Whether a Prefect server is configured is told without Prefect, and as Prefect would tell it."""

import subprocess
import sys

import pytest

from flows.server import configured, configured_server
from tests.conftest import ROOT

ADDRESS = "http://127.0.0.1:4299/api"


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """A working folder and a home without anything, and nothing in the environment."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home" / ".prefect"
    home.mkdir(parents=True)
    (here := tmp_path / "here").mkdir()
    monkeypatch.setenv("HOME", str(home.parent))
    monkeypatch.chdir(here)
    return here, home


def test_nothing_names_one(nothing, monkeypatch):
    here, home = nothing
    (here / "pyproject.toml").write_text('[project]\nname = "labels"\ndependencies = ["prefect>=3"]\n')
    profile = '[profiles.ephemeral]\nPREFECT_SERVER_ALLOW_EPHEMERAL_MODE = "true"\n'
    (home / "profiles.toml").write_text(f'active = "ephemeral"\n\n{profile}')
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    monkeypatch.setattr(configured, "large_imports", None)  # or it would be asked for Prefect
    assert configured_server() is None


PLACES = {
    "environment": lambda here, home, env: env("PREFECT_API_URL", ADDRESS),
    "lower case": lambda here, home, env: env("prefect_api_url", ADDRESS),
    "profile of one's own": lambda here, home, env: (home / "profiles.toml").write_text(
        f'active = "ours"\n[profiles.ours]\nPREFECT_API_URL = "{ADDRESS}"\n'
    ),
    "prefect.toml": lambda here, home, env: (here / "prefect.toml").write_text(f'[api]\nurl = "{ADDRESS}"\n'),
    ".env": lambda here, home, env: (here / ".env").write_text(f"PREFECT_API_URL={ADDRESS}\n"),
    "pyproject.toml": lambda here, home, env: (here / "pyproject.toml").write_text(
        f'[tool.prefect.api]\nurl = "{ADDRESS}"\n'
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_wherever_prefect_looks_one_is_found(nothing, monkeypatch, place):
    """Asked as a command would, in a process of its own: Prefect reads its settings once."""
    PLACES[place](*nothing, monkeypatch.setenv)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    code = "from flows.server import configured_server; print(configured_server())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ADDRESS.removesuffix("/api"), done.stderr


@pytest.mark.parametrize(
    "profiles", ['active = "local"\n', "active = 'cloud'\n", '[profiles.x]\nprefect_api_url = "http://x/api"\n']
)
def test_a_profile_that_may_name_one_is_left_to_prefect(nothing, profiles):
    (nothing[1] / "profiles.toml").write_text(profiles)
    assert configured._may_be_configured()


@pytest.mark.parametrize("name", ["PREFECT_PROFILE", "PREFECT_PROFILES_PATH"])
def test_so_is_a_named_profile(nothing, monkeypatch, name):
    monkeypatch.setenv(name, "local")
    assert configured._may_be_configured()
