"""Findings on settings that fit nothing, and refusals of those that cannot be meant so."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.findings.found import Found
from sftrm_quality.records import Severity
from sftrm_quality.words import say

# What a wildcard may stand for, to see whether one glob takes all that another one does.
_SAMPLES = ("", "x", "x/y.z")


def refuse_what_cannot_be_meant(config: RunConfig, raw_files: Sequence[str]) -> None:
    """Before anything is read: an entry that an earlier one leaves nothing to, a name that fits in another case only.

    Args:
        config: The run's settings.
        raw_files: The names of all raw files. Members of archives are not known yet.

    Raises:
        ConfigError: One of the settings is so.
    """
    for number, source in enumerate(config.sources):
        where = f"sources.{number}.files: {source.files!r}"
        for earlier in config.sources[:number]:
            if _takes_all_of(earlier.files, source.files):
                raise ConfigError(
                    f"{where} is never used: the entry {earlier.files!r} before it takes all of its files; "
                    "put the narrower one first"
                )
        if not any(fnmatch.fnmatchcase(name, source.files) for name in raw_files):
            alike = [name for name in raw_files if fnmatch.fnmatchcase(name.casefold(), source.files.casefold())]
            if alike:
                raise ConfigError(f"{where} fits no file, but {alike[0]!r} in another case; write it as the files do")
    folders = {part for name in raw_files for part in _folders(name)}
    seen: set[str] = set()
    for number, entry in enumerate(config.splits.from_folders):
        where = f"splits.from_folders.{number}.folder: {entry.folder!r}"
        if entry.folder in seen:
            raise ConfigError(f"{where} is named twice; one folder has one split")
        seen.add(entry.folder)
        alike = sorted(folder for folder in folders if folder.casefold() == entry.folder.casefold())
        if alike and entry.folder not in alike:
            raise ConfigError(f"{where} fits no folder, but {alike[0]!r} in another case; write it as the folders do")


def found_in_settings(config: RunConfig, source_files: Iterable[str]) -> list[Found]:
    """Sources and folders that fit nothing that is there.

    Args:
        config: The run's settings.
        source_files: The names of all source files, members of archives included.

    Returns:
        The findings. A source that is retired is not expected to fit.
    """
    names = list(source_files)
    folders = {part for name in names for part in _folders(name)}
    found = [
        _fits_nothing("source_fits_nothing", f"sources.{number}.files", source.files)
        for number, source in enumerate(config.sources)
        if not source.retired and not any(fnmatch.fnmatchcase(name, source.files) for name in names)
    ]
    return found + [
        _fits_nothing("folder_fits_nothing", f"splits.from_folders.{number}.folder", entry.folder)
        for number, entry in enumerate(config.splits.from_folders)
        if entry.folder not in folders
    ]


def _fits_nothing(reason: str, setting: str, value: str) -> Found:
    return Found(
        suite="settings",
        reason=reason,
        severity=Severity.WARNING,
        description="",
        about=(
            say("{setting}: {value} fits nothing, so that the setting has no effect", setting=setting, value=value),
        ),
        key=value,
    )


def _folders(source_file: str) -> tuple[str, ...]:
    """As splits are declared by: the members of an archive are in folders below those of the archive."""
    return PurePosixPath(source_file.replace("!/", "/")).parts[:-1]


def _takes_all_of(glob: str, narrower: str) -> bool:
    """Whether every file that fits ``narrower`` fits ``glob``, as far as samples of its wildcards show."""
    literal = re.sub(r"\[(.)[^]]*\]", r"\1", narrower).replace("?", "x")
    return all(fnmatch.fnmatchcase(literal.replace("*", sample), glob) for sample in _SAMPLES)
