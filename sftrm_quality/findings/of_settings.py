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


def refuse_what_is_never_used(config: RunConfig) -> None:
    """Entries to which earlier ones leave nothing.

    Args:
        config: The run's settings.

    Raises:
        ConfigError: There is one.
    """
    for number, source in enumerate(config.sources):
        for earlier in config.sources[:number]:
            if _takes_all_of(earlier.files, source.files):
                raise ConfigError(
                    say(
                        "sources.{number}.files: {files!r} is never used: the entry {earlier!r} before it takes "
                        "all of its files; put the narrower one first",
                        number=number,
                        files=source.files,
                        earlier=earlier.files,
                    )
                )
    folders = [entry.folder for entry in config.splits.from_folders]
    for number, folder in enumerate(folders):
        if folder in folders[:number]:
            raise ConfigError(
                say(
                    "splits.from_folders.{number}.folder: {folder!r} is named twice; one folder has one split",
                    number=number,
                    folder=folder,
                )
            )


def refuse_another_case(config: RunConfig, source_files: Sequence[str]) -> None:
    """Names that fit in another case only: vendor_b where the files are in Vendor_B.

    Args:
        config: The run's settings.
        source_files: The names of all source files, members of archives included.

    Raises:
        ConfigError: There is one.
    """
    for number, source in enumerate(config.sources):
        if not any(fnmatch.fnmatchcase(name, source.files) for name in source_files):
            glob = source.files.casefold()
            alike = next((name for name in source_files if fnmatch.fnmatchcase(name.casefold(), glob)), None)
            if alike is not None:
                raise ConfigError(
                    say(
                        "sources.{number}.files: {files!r} fits no file, but {alike!r} in another case; write it "
                        "as the files do",
                        number=number,
                        files=source.files,
                        alike=alike,
                    )
                )
    folders = {part for name in source_files for part in _folders(name)}
    for number, entry in enumerate(config.splits.from_folders):
        named = sorted(folder for folder in folders if folder.casefold() == entry.folder.casefold())
        if named and entry.folder not in named:
            raise ConfigError(
                say(
                    "splits.from_folders.{number}.folder: {folder!r} fits no folder, but {named!r} in another "
                    "case; write it as the folders do",
                    number=number,
                    folder=entry.folder,
                    named=named[0],
                )
            )


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
