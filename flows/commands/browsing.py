"""Opening a page in the browser of whoever sits here, in silence: what a browser says of itself is no news of ours."""

import os
import subprocess
import sys
from pathlib import Path

# A desktop's opener hands the page over and ends; without a desktop it becomes the browser, and stays.
_SECONDS = 5


def opened(page: Path) -> bool:
    """Open a page.

    Args:
        page: A file.

    Returns:
        Whether there is a browser that takes it.
    """
    is_mac = sys.platform == "darwin"
    # Without a screen the opener would look for a browser of the terminal, which takes it over or fails at length.
    if not is_mac and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))):
        return False
    try:
        opener = subprocess.Popen(
            ["open" if is_mac else "xdg-open", page.resolve()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C later in this terminal is not for it.
            start_new_session=True,
        )
        return opener.wait(_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
