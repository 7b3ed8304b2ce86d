"""Which raw files there are."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import xxhash

from sftrm_quality.errors import ConfigError, StorageError, TransientStorageError, storage_error_type
from sftrm_quality.words import phrase, say

_HASH_BLOCK = 1 << 20
# AI Hub delivers `x.zip.part0`, `x.zip.part1073741824`, …: the number is the byte at which a piece begins.
PIECE = re.compile(r"(?P<whole>.+\.zip)\.part(?P<offset>\d{1,15})", re.IGNORECASE | re.DOTALL)
# What operating systems and people leave beside data: never data itself.
IGNORED_NAMES = {"readme", "thumbs.db", "desktop.ini", "__macosx"}
IGNORED_PREFIXES = (".", "~$", "readme.")
IGNORED_SUFFIXES = (".md", ".rst")
_ARROW, _OF_A_DATASET, _OF_SPLITS = ".arrow", ("state.json", "dataset_info.json"), "dataset_dict.json"


@dataclass(frozen=True)
class SourceFile:
    """A raw file. ``source_file`` is its name in reports (posix, NFC), ``size`` is in bytes, ``content_hash`` the
    xxh3_128 of its bytes in hexadecimal, empty until ``hashed``.

    pieces: files that make it together, in order; ``path`` is the first of them then. None: it is one file.
    """

    path: Path
    source_file: str
    size: int
    content_hash: str = ""
    pieces: "tuple[Piece, ...]" = ()

    def in_pieces(self) -> "tuple[Piece, ...]":
        """Its pieces, one for a file that is whole."""
        return self.pieces or (Piece(self.path, 0, self.size),)


@dataclass(frozen=True)
class Piece:
    """A file that is a piece of a raw file. offset: where it begins in the whole, as its name says."""

    path: Path
    offset: int
    size: int


def hashed(file: SourceFile) -> SourceFile:
    """The same file with its content hash: reads all of it, so map it over files. Raises StorageError."""
    return replace(file, content_hash=hash_of(file))


def hash_of(file: SourceFile) -> str:
    """xxh3_128 of a raw file's bytes as they are now. Raises StorageError where it cannot be read."""
    return content_hash(*(piece.path for piece in file.in_pieces()))


def content_hash(*paths: Path) -> str:
    """xxh3_128 of the bytes of files, 32 hexadecimal digits. Raises StorageError where one cannot be read."""
    digest = xxhash.xxh3_128()
    for path in paths:
        try:
            with path.open("rb", buffering=0) as file:
                while block := file.read(_HASH_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise raw_file_error(error, path, phrase("read")) from error
    return digest.hexdigest()


def raw_file_error(error: OSError, path: Path, done: str) -> StorageError:
    """What the system says of a raw file that was there when the run began.

    Args:
        error: The system's.
        path: The file.
        done: What cannot be done with it: read, opened.

    Returns:
        The error to raise. A file that is gone is being replaced, and may be whole the next time.
    """
    failed = TransientStorageError if isinstance(error, FileNotFoundError) else storage_error_type(error)
    return failed(
        say(
            "{path}: cannot be {done} ({strerror}). Check the file and its permissions, run again.",
            path=path,
            done=say(done),
            strerror=error.strerror,
        )
    )


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is left out: hidden, README*, *.md, *.rst, Office locks (``~$``),
    Thumbs.db, desktop.ini, __MACOSX."""
    low = name.casefold()
    return low in IGNORED_NAMES or low.startswith(IGNORED_PREFIXES) or low.endswith(IGNORED_SUFFIXES)


def discover(raw: Sequence[Path]) -> list[SourceFile]:
    """The regular files in and below ``raw``, sorted by ``source_file``.

    A folder's files are named relative to it, a file by its name; with several roots the root's own name comes
    first. Ignored names (``is_ignored``), what ``save_to_disk`` of Hugging Face writes beside its Arrow files, and
    whatever is not a regular file (sockets, pipes, devices, broken links) are left out; linked folders are entered
    once. A file that is named itself is never ignored.
    Raises ConfigError for a missing path, for two files of one name and where nothing is found, StorageError for a
    folder that cannot be listed.
    """
    found: dict[str, SourceFile] = {}
    for root in raw:
        if not root.exists():
            raise ConfigError(
                say("{root}: no such file or folder. Name existing files or folders of raw data.", root=root)
            )
        prefix = f"{root.resolve().name}/" if len(raw) > 1 and root.is_dir() else ""
        for path in _walk(root) if root.is_dir() else [root]:
            relative = path.relative_to(root).as_posix() if root.is_dir() else path.name
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                if path == root:
                    raise ConfigError(
                        say("{root}: a pipe or device, expected a file or folder. Save it as a file first.", root=root)
                    )
                continue
            file = SourceFile(path, _name_as_text(prefix + relative), status.st_size)
            if (other := found.get(file.source_file)) is not None:
                raise ConfigError(
                    say(
                        "{path} and {other} would both be called '{source_file}' in the reports. Rename one of "
                        "them or its folder, or name their common parent folder instead.",
                        path=other.path,
                        other=file.path,
                        source_file=file.source_file,
                    )
                )
            found[file.source_file] = file
    if not found:
        where = ", ".join(map(str, raw)) or say("an empty list")
        raise ConfigError(
            say(
                "No raw files in {where} (README.md and hidden files are passed over). Put label files there.",
                where=where,
            )
        )
    return sorted(_whole_files(found), key=lambda file: file.source_file)


def _whole_files(found: Mapping[str, SourceFile]) -> Iterator[SourceFile]:
    """The files, those that are pieces of one archive as that archive; not where it lies beside them, too."""
    pieces: dict[str, list[Piece]] = {}
    for name, file in found.items():
        parts = PIECE.fullmatch(name)
        if parts and parts["whole"] not in found:
            pieces.setdefault(parts["whole"], []).append(Piece(file.path, int(parts["offset"]), file.size))
        else:
            yield file
    for name, of_one in pieces.items():
        of_one.sort(key=lambda piece: (piece.offset, piece.path))
        yield SourceFile(of_one[0].path, name, sum(piece.size for piece in of_one), pieces=tuple(of_one))


def _name_as_text(name: str) -> str:
    """A name for reports. One that is not UTF-8 on disk is CP949 in Korea; what is neither keeps its bytes as \\xNN."""
    written = os.fsencode(name)
    for encoding in ("utf-8", "cp949"):
        try:
            return unicodedata.normalize("NFC", written.decode(encoding))
        except UnicodeDecodeError:
            continue
    return written.decode("utf-8", errors="backslashreplace")


def _unreadable(error: OSError) -> NoReturn:
    said = say(
        "{folder}: cannot be listed ({strerror}). Check its permissions.",
        folder=error.filename,
        strerror=error.strerror,
    )
    raise storage_error_type(error)(said) from error


def _beside_arrow_files(folder: Path, names: Sequence[str]) -> frozenset[str]:
    """What `datasets` of Hugging Face writes beside the Arrow files of ``save_to_disk``, and above those of splits."""
    if any(name.endswith(_ARROW) for name in names):
        return frozenset({*_OF_A_DATASET, _OF_SPLITS})
    if _OF_SPLITS in names and any(folder.glob(f"*/*{_ARROW}")):
        return frozenset({_OF_SPLITS})
    return frozenset()


def _walk(root: Path) -> Iterator[Path]:
    entered = {os.path.realpath(root)}
    for folder, subfolders, names in os.walk(root, onerror=_unreadable, followlinks=True):
        here = Path(folder)
        # A link may lead to a folder above or beside: every folder is entered once, so that no walk is endless.
        kept = []
        for name in sorted(subfolders):
            target = os.path.realpath(here / name)
            if not is_ignored(name) and target not in entered:
                entered.add(target)
                kept.append(name)
        subfolders[:] = kept
        beside = _beside_arrow_files(here, names)
        for name in sorted(names):
            if not is_ignored(name) and name not in beside and (here / name).exists():
                yield here / name
