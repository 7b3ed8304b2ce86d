"""Whose a raw file is: the name that is declared, else its first folder, else the series of its name."""

import re

from sftrm_quality.config import RunConfig

# A date, a running number, or several of them: what tells the files of one series apart.
_NUMBERS = re.compile(r"\d+(?:[-_.:]?\d+)*")
# In a folder only dates do: vendor_1 and vendor_2 are two vendors.
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:0[1-9]|[12]\d|3[01]))?")
_IN_ARCHIVE = "!/"
_DIGITS = re.compile(r"([0-9]+)")


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
        The name with ``#`` for each date in it, and for each number in the last part of it.
    """
    folders, slash, name = source_file.rpartition("/")
    return _DATE.sub("#", folders) + slash + _NUMBERS.sub("#", name)


def source_of(source_file: str, config: RunConfig) -> str:
    """The source of a file: a vendor, mostly.

    Args:
        source_file: A name as reports show it, archive members included.
        config: Has the names that are declared.

    Returns:
        ``sources[].name`` of the first entry that fits, else the first folder that is no date, else the series.
    """
    return source_by(source_file, config.source_settings(source_file).name)


def source_by(source_file: str, declared: str) -> str:
    """The source of a file of which it is known what is declared.

    Args:
        source_file: A name as reports show it, archive members included.
        declared: ``sources[].name`` of the entry that counts for it, else "".

    Returns:
        As `source_of`.
    """
    if declared:
        return declared
    *folders, name = raw_name(source_file).split("/")
    return next((folder for folder in folders if not _DATE.fullmatch(folder)), series_of(name))


def natural_key(name: str) -> list[tuple[int, str]]:
    """By what names are sorted as people count: ``n2`` is before ``n10``.

    Args:
        name: Of a file.

    Returns:
        A key for ``sorted``.
    """
    # Numbers by their length first: a name may have more digits than Python takes for a number.
    pieces = _DIGITS.split(name)
    digits = [piece.lstrip("0") for piece in pieces[1::2]]
    numbers = [(len(number), number) for number in digits]
    texts = [(0, piece) for piece in pieces[::2]]
    return [pair for both in zip(texts, [*numbers, (0, "")], strict=True) for pair in both]
