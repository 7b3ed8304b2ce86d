"""A folder of paths that are no ordinary files, between a few that are."""

import os
import socket
from pathlib import Path

from tests.bad_files import dumped, good, wrapped

_SPARSE_BYTES = 64 << 20


def hostile_folder(folder: Path) -> dict[str, int]:
    """Make the folder; the names under which its files must be reported, each with its number of good records."""
    folder.mkdir()
    expected: dict[str, int] = {}

    def put(path: bytes | str, shown: str) -> Path:
        target = folder / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(wrapped("lines", dumped([good(shown, n) for n in range(2)])), "utf-8")
        expected[shown] = 2
        return target

    put("folder.json/inside.json", "folder.json/inside.json")  # a folder named like a file
    put("자료.json".encode("cp949"), "자료.json")
    put(b"neither-\xff\xfe.json", "neither-\\xff\\xfe.json")
    put("한.json".encode(), "한.json")
    put("two\nlines.json", "two\nlines.json")
    put("\x1b[31mred.json", "\x1b[31mred.json")
    put("n" * 250 + ".json", "n" * 250 + ".json")
    real = put("real.json", "real.json")
    (folder / "empty.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "device.json").symlink_to(os.devnull)
    (folder / "broken.json").symlink_to(folder / "nowhere.json")
    (folder / "self.json").symlink_to(folder / "self.json")
    (folder / "one.json").symlink_to(folder / "other.json")
    (folder / "other.json").symlink_to(folder / "one.json")
    (folder / "folder.json" / "up").symlink_to(folder)
    (folder / "above").symlink_to(folder.parent)
    (folder / "hard.json").hardlink_to(real)
    expected["hard.json"] = 0  # the same records, and so duplicates of…
    with (folder / "sparse.json").open("wb") as sparse:
        sparse.truncate(_SPARSE_BYTES)
    expected["sparse.json"] = 0
    # A socket's path may have 107 bytes; from inside the folder it needs only its name.
    here = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as plug:
            plug.bind("socket.json")
    finally:
        os.chdir(here)
    # …"hard.json" comes before "real.json", whose records are the duplicates then.
    expected["hard.json"], expected["real.json"] = 2, 0
    return expected
