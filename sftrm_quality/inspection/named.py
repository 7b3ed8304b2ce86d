"""Which raw files are to be inspected: paths, or names as a report shows them."""

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.reading import SourceFile, discover, open_streams
from sftrm_quality.words import say

_MEMBER = "!/"


@dataclass(frozen=True)
class Inspected:
    """What is to be inspected: a raw file, or only the member of an archive that has this name in reports."""

    file: SourceFile
    only: str | None = None


def find_inspected(paths: Sequence[str], config: RunConfig) -> list[Inspected]:
    """The raw files that are meant.

    Args:
        paths: Files and folders; or names as a report shows them, which are looked for below the raw folders.
        config: The settings of a run. Files below its raw folders have the names that they have in its report.

    Returns:
        The files in the order of the paths, each once.

    Raises:
        ConfigError: Nothing is there.
        StorageError: A folder cannot be listed.
    """
    try:
        raw = discover(config.raw)
    except ConfigError:  # no raw folder: nothing has a name in a report
        raw = []
    by_path = {os.path.realpath(file.path): file for file in raw}
    found = []
    for path in paths:
        if _is_there(path):
            files = discover([Path(path)])
            found += [Inspected(by_path.get(os.path.realpath(file.path), file)) for file in files]
        else:
            found.append(_named(path, raw, by_path, config))
    return list(dict.fromkeys(found))


def _named(name: str, raw: Sequence[SourceFile], by_path: Mapping[str, SourceFile], config: RunConfig) -> Inspected:
    """A file by its name in a report, or a member of an archive by a name or path."""
    name = unicodedata.normalize("NFC", name)
    by_name = {file.source_file: file for file in raw}
    if name in by_name:
        return Inspected(by_name[name])
    parts = name.split(_MEMBER)
    for count in range(1, len(parts)):
        archive, member = _MEMBER.join(parts[:count]), _MEMBER.join(parts[count:])
        file = by_name.get(archive)
        if file is None and _is_there(archive) and Path(archive).is_file():
            (at_path,) = discover([Path(archive)])
            file = by_path.get(os.path.realpath(at_path.path), at_path)
        if file is not None:
            return _member(file, f"{file.source_file}{_MEMBER}{member}")
    raise ConfigError(
        say(
            "{name}: no such file or folder, and no raw file of this name below {folders}. Copy a name "
            "from a report, and name other raw folders with --config or --set 'raw=[FOLDER]'.",
            name=name,
            folders=", ".join(map(str, config.raw)),
        )
    )


def _member(file: SourceFile, name: str) -> Inspected:
    members = [stream.source_file for stream in open_streams(file)]
    if name not in members:
        raise ConfigError(
            say(
                "{name}: no such member; {path} has {members}",
                name=name,
                path=file.path,
                members=", ".join(members[:5]),
            )
        )
    return Inspected(file, name)


def _is_there(path: str) -> bool:
    """Whether there is such a file or folder; a name of a report may be none that the system takes."""
    try:
        return Path(path).exists()
    except OSError:
        return False
