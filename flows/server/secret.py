"""The password of a Prefect server of ours: made once for each Prefect home, readable only by its owner."""

import os
import secrets
import stat
from pathlib import Path

from sftrm_quality.errors import ConfigError, storage_error_type
from sftrm_quality.words import say

# The environment variable by which the server's process gets the code of the link that signs a browser in.
SIGN_IN_CODE = "SFTRM_SIGN_IN_CODE"
_NAME = "sftrm-password"
_USER = "sftrm"


def password_file(home: Path) -> Path:
    """Where the password of a Prefect home is kept."""
    return home / _NAME


def new_code() -> str:
    """A code that nobody guesses."""
    return secrets.token_urlsafe(24)


def auth_string(home: Path) -> str:
    """Prefect's ``user:password`` for the servers of this home; made when there is none yet.

    Args:
        home: ``PREFECT_HOME``, which has the database that such a server works on.

    Raises:
        ConfigError: Others can read or change the file, or there is no such string in it.
        StorageError: It cannot be written.
    """
    path = password_file(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise storage_error_type(error)(
            say(
                "{path}: cannot keep the password of the Prefect server: {strerror}. Check the "
                "permissions of the folder, or name another one with PREFECT_HOME",
                path=path,
                strerror=error.strerror or error,
            )
        ) from error


def _make(path: Path) -> None:
    """Appears whole or not at all, and once: of two runs that start at the same time both take the same one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{_USER}:{secrets.token_urlsafe(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return
    finally:
        beside.unlink(missing_ok=True)


def _read(path: Path) -> str:
    # No link: it could lead to a file of somebody else's choice.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="ascii", errors="replace") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise ConfigError(
                say(
                    "{path}: others can read or change the password of the Prefect server (mode {S_IMODE:o}, "
                    "expected 600 and your own); delete it, a new one is made",
                    path=path,
                    S_IMODE=stat.S_IMODE(found.st_mode),
                )
            )
        text = file.read(1000).strip()
    user, colon, password = text.partition(":")
    if not (user and colon and len(password) >= 20 and text.isascii() and text.isprintable()):
        raise ConfigError(
            say("{path}: holds no user:password as this program makes it; delete it, a new one is made", path=path)
        )
    return text
