"""Files that people write by hand, suites and configuration, read within bounds."""

import os
import stat
from pathlib import Path

from sftrm_quality.words import say

# The longest suite shipped has some 30 kB. PyYAML needs seconds for this much.
_BYTES = 1 << 20


def read_settings_file(path: Path) -> str:
    """The text of a plain file of at most 1 MiB, in UTF-8, without a byte order mark.

    Raises OSError for anything else (a pipe or a device would never end), UnicodeDecodeError for another encoding,
    and ValueError for a path that no system takes.
    """
    # Opening a pipe must not wait for its other end.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(say("not a plain file"))
        content = file.read(_BYTES + 1)
    if len(content) > _BYTES:
        raise OSError(say("more than {bytes:,} bytes", bytes=_BYTES))
    return content.decode("utf-8-sig")
