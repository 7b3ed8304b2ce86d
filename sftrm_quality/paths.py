"""Paths that people name, on the command line, in YAML and in forms."""

import re
from pathlib import Path

from sftrm_quality.words import say

# Of an address, also with one slash, which is what pathlib leaves of two.
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)


def refuse_address(path: Path) -> None:
    """Refuse ``s3://bucket`` and the like, of which pathlib would make a folder ``s3:`` here.

    Args:
        path: As somebody wrote it.

    Raises:
        ValueError: It is an address. The message shows its scheme and no more, since there may be a password in it.
    """
    if scheme := _SCHEME.match(str(path)):
        raise ValueError(
            say(
                "{scheme}:// begins an address, expected a path; mount it, or copy what is there, and name that folder",
                scheme=scheme[1],
            )
        )


def local_path(path: Path) -> Path:
    """Refuse what names no file or folder here.

    Args:
        path: As somebody wrote it.

    Returns:
        The same path.

    Raises:
        ValueError: It is an address, or no name that the system or a report takes.
    """
    refuse_address(path)
    try:
        named = str(path).encode()
    except UnicodeEncodeError as error:
        raise ValueError(say("a name that is not UTF-8; rename it, or name the folder around it")) from error
    if b"\0" in named:
        raise ValueError(say("no file or folder can have that name"))
    return path
