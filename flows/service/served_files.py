"""What of ``OUT/reports`` is served: which names, as what, and how a file is opened."""

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from sftrm_quality.words import LANGUAGES

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
SVG = "image/svg+xml; charset=utf-8"
# Of pages in another language than the settings name.
_LANGUAGES = [f".{language}" for language in LANGUAGES]
# By name where only that name is served, else by suffix.
_TYPES = {
    **{f"{page}{language}.html": HTML for page in ("index", "browse") for language in ("", *_LANGUAGES)},
    "report.json": JSON,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": SVG,
    ".png": "image/png",
    ".parquet": "application/vnd.apache.parquet",
}
# Of a comparison of two releases, beside the index.
_DIFF = re.compile(r"diff-[A-Za-z0-9._-]+(\.html|\.json)")
# Every name that we write fits, and needs no escape in a URL. So nothing is decoded, and there is no way to write
# "..", a hidden file, a backslash or a NUL.
PATH = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9][A-Za-z0-9._-]*)?")


def content_type_of(names: Sequence[str]) -> str | None:
    """What a file is served as.

    Args:
        names: Its folders below the reports, and its own name.

    Returns:
        Its type; None where it is not served.
    """
    if len(names) == 1 and (diff := _DIFF.fullmatch(names[0])):
        return HTML if diff[1] == ".html" else JSON
    return _TYPES.get(names[-1]) or _TYPES.get(Path(names[-1]).suffix)


def open_below(root: Path, names: Sequence[str]) -> int:
    """A descriptor of the file ``root/name/…``, following no symbolic link below root.

    Name by name from the folder before it, so that nothing can be exchanged between a look and the opening.

    Args:
        root: The reports.
        names: Folders below it, and the name of the file.

    Returns:
        The descriptor, which is the caller's to close.

    Raises:
        OSError: It is not a plain file; IsADirectoryError for a folder.
    """
    opened = os.open(root, os.O_RDONLY)
    for name in names:
        try:
            # Opening a pipe must not wait for its other end.
            inner = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=opened)
        finally:
            os.close(opened)
        opened = inner
    mode = os.fstat(opened).st_mode
    if stat.S_ISREG(mode):
        return opened
    os.close(opened)
    raise IsADirectoryError if stat.S_ISDIR(mode) else PermissionError
