"""The Prefect server that the user has configured, if any; told without Prefect, which takes two seconds to import."""

import os
import re
from pathlib import Path

from sftrm_quality.imports import large_imports

# What names a server in the environment: its address, or profiles.
_NAMES = {"PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"}
# Where else Prefect looks, in the working folder, and how its settings are written there. That a project needs Prefect
# says nothing.
_WRITTEN = {".env": re.compile("prefect_", re.IGNORECASE), "pyproject.toml": re.compile(r"\btool\W{1,9}prefect\b")}
# A profile of the user's with an address, or one of Prefect's own that is made the active one.
_PROFILE = re.compile(r"api_url|^\s*active\s*=\s*[\"'](?!ephemeral[\"'])", re.IGNORECASE | re.MULTILINE)


def configured_server() -> str | None:
    """The address of the server that the user has configured, by ``PREFECT_API_URL`` or a profile of Prefect's."""
    if not _may_be_configured():
        return None
    with large_imports():
        from prefect.settings import get_current_settings

    address = get_current_settings().api.url
    return address.removesuffix("/api") if address else None


def _may_be_configured() -> bool:
    """Whether anything names a server; where nothing does, Prefect would find none."""
    if any(name.upper() in _NAMES for name in os.environ):
        return True
    if any(setting.search(_text(Path(name))) for name, setting in _WRITTEN.items()):
        return True
    home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    return Path("prefect.toml").exists() or bool(_PROFILE.search(_text(home / "profiles.toml")))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
