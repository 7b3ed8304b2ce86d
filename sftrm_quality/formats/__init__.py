"""Raw formats: which one a file is in, decided by its records, never by its name.

Where a new format goes: a module beside these with a class that has `base.Format`'s members, and its name in FORMATS.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sftrm_quality.config import SourceSettings
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats.aihub import AihubRm, AihubSft
from sftrm_quality.formats.base import DATA_ID, Format, Unlabelled
from sftrm_quality.formats.nearest import Nearest, nearest_formats
from sftrm_quality.formats.prompts import PROMPTS_ONLY
from sftrm_quality.formats.reference import PROMPT_NAMES, ReferenceRm, ReferenceSft
from sftrm_quality.personal_data import mask_personal_data
from sftrm_quality.words import listed, phrase, say

FORMATS: Mapping[str, Format] = {f.name: f for f in (ReferenceSft(), ReferenceRm(), AihubSft(), AihubRm())}
_UNLABELLED = (PROMPTS_ONLY,)

FORMAT_REASONS = {
    "not_an_object": phrase("The record is a number, a text or a list where an object was expected."),
    "field_type_wrong": phrase(
        "A field has a value of another type: a list as answer, a number in quotes, a text as rank."
    ),
    "field_unexpected": phrase("A field that may carry label content is not read by the record's format."),
    "aliases_disagree": phrase("Two of prompt, input and question are given and differ."),
}


# Of a file of no known format, in its one sentence.
_SHOWN_NAMES = 12
_SHOWN_NAME = 40  # characters

# What of a reason's detail are names of fields; those of unread ones come as paths, one after another.
_FIELDS_BLAMED = {
    "field_type_wrong": re.compile(r"^(\w+)"),
    "field_unexpected": re.compile(r"(?:does not read (.+?)(?: and \d+ more)?|\(fields (.+)\))$"),
    "aliases_disagree": re.compile(rf"\b({'|'.join(PROMPT_NAMES)})\b"),
}


@dataclass(frozen=True)
class NoFormat:
    """No format fits; ``seen`` says what the records look like.

    fields: the names that their fields have, with the number of records that have them. nearest: see `nearest_formats`.
    """

    seen: str
    fields: Mapping[str, int] = field(default_factory=dict)
    nearest: tuple[Nearest, ...] = ()


def format_named(name: str) -> Format:
    """The format of that name. Raises ConfigError with the known names."""
    if name not in FORMATS:
        raise ConfigError(
            say("sources: format is '{name}', expected auto or one of {formats}", name=name, formats=", ".join(FORMATS))
        )
    return FORMATS[name]


def label_fields() -> str:
    """A pattern of the names of all fields that hold labels: a record without any fits no format."""
    return "|".join(dict.fromkeys(f.label_fields for f in FORMATS.values()))


def has_our_columns(header: Collection[str]) -> bool:
    """Whether a table with these columns has at least two of the fields that formats read."""
    return len({name for f in FORMATS.values() for name in f.wire_schema([], DATA_ID).names}.intersection(header)) > 1


def fields_blamed(reason: str, detail: str) -> list[str]:
    """Which fields of a record are the defect.

    Args:
        reason: One of ``FORMAT_REASONS``.
        detail: What was said of this record.

    Returns:
        Their names; none where the record as a whole is the defect.
    """
    if reason not in _FIELDS_BLAMED:
        return []
    if reason != "field_unexpected":
        return _FIELDS_BLAMED[reason].findall(detail)
    found = _FIELDS_BLAMED[reason].search(detail)
    return [path.rpartition(".")[2] for path in (found[1] or found[2]).split(", ")] if found else []


def format_of(record: object, main: Format, source: SourceSettings) -> Format:
    """The format of one record: its file's, where the record fits that or no other.

    Args:
        record: Any JSON value.
        main: The format of the file.
        source: What is declared about the file. A declared format is that of all its records.

    Returns:
        The format by which the record is read.
    """
    if source.format != "auto" or not isinstance(record, Mapping) or main.fits(record):
        return main
    return next((f for f in FORMATS.values() if f.fits(record)), main)


def recognise(sample: Sequence[object], source: SourceSettings) -> Format | Unlabelled | NoFormat:
    """Decide the format of a file: the one that most records of the sample fit, unless the source's settings name one.

    Args:
        sample: Parsed records from the beginning of the file.
        source: What is declared about the file.

    Returns:
        The format. `Unlabelled` where no record of the sample has a label: the caller makes sure that the rest of the
        file has none either. `NoFormat` where nothing fits.

    Raises:
        ConfigError: The settings name a format that is not known.
    """
    if source.format != "auto":
        return format_named(source.format)
    objects = [record for record in sample if isinstance(record, Mapping)]
    votes = {name: sum(f.fits(record) for record in objects) for name, f in FORMATS.items()}
    best = max(votes, key=lambda name: votes[name])
    if votes[best] > 0:
        return FORMATS[best]
    for shape in _UNLABELLED if objects else ():
        if all(map(shape.fits, objects)):
            return shape
    return no_format(sample)


def no_format(sample: Sequence[object]) -> NoFormat:
    """What records of no format look like: the fields that they have, and the format that this is nearest to.

    Args:
        sample: Parsed records.

    Returns:
        That no format fits, and what was seen.
    """
    objects = [record for record in sample if isinstance(record, Mapping)]
    if not objects:
        return NoFormat(say("{count} records, none of them an object", count=len(sample)))
    fields = Counter(_shown(str(name)) for record in objects for name in record)
    names = list(fields)
    nearest = nearest_formats(objects, FORMATS.values())
    seen = say("objects with the fields {fields}", fields=listed(names, _SHOWN_NAMES))
    if {"instruction", "input", "output"} <= set(names):
        seen = say("{seen} (looks like Alpaca)", seen=seen)
    if nearest:
        seen = say("{seen}; nearest: {formats}", seen=seen, formats="; ".join(map(str, nearest)))
    return NoFormat(seen, dict(fields), nearest)


def _shown(name: str) -> str:
    # A number that ends beyond what is shown is masked too.
    return mask_personal_data(name[: 4 * _SHOWN_NAME])[:_SHOWN_NAME]
