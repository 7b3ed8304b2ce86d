"""Whose a raw file is: the name that is declared, else its first folder, else the series of its name."""

import re

from sftrm_quality.config import RunConfig

# A date, a running number, or several of them: what tells the files of one series apart.
_NUMBERS = re.compile(r"\d+(?:[-_.:]?\d+)*")
_IN_ARCHIVE = "!/"


def raw_name(source_file: str) -> str:
    """The raw file that a source file is in: the archive of a member, else the file itself.

    Args:
        source_file: A name as reports show it.

    Returns:
        The name of what lies on the disk.
    """
    return source_file.partition(_IN_ARCHIVE)[0]


def series_of(source_file: str) -> str:
    """What a file's name has in common with those of other nights: deliveries carry dates and numbers.

    Args:
        source_file: A name as reports show it.

    Returns:
        The name with ``#`` for each date or number.
    """
    return _NUMBERS.sub("#", source_file)


def source_of(source_file: str, config: RunConfig) -> str:
    """The source of a file: a vendor, mostly.

    Args:
        source_file: A name as reports show it, archive members included.
        config: Has the names that are declared.

    Returns:
        ``sources[].name`` of the first entry that fits, else the first folder, else, in a flat folder, the series.
    """
    if declared := config.source_settings(source_file).name:
        return declared
    folder, separator, _ = raw_name(source_file).partition("/")
    return folder if separator else series_of(folder)
