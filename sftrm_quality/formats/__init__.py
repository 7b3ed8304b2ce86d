"""Raw formats: which one a file is in, decided by its records, never by its name.

Where a new format goes: a module beside these with a class that has `base.Format`'s members, and its name in FORMATS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.config import SourceSettings
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats.aihub import AihubRm, AihubSft, has_no_answers
from sftrm_quality.formats.base import Format
from sftrm_quality.formats.reference import ReferenceRm, ReferenceSft

FORMATS: Mapping[str, Format] = {f.name: f for f in (ReferenceSft(), ReferenceRm(), AihubSft(), AihubRm())}

FORMAT_REASONS = {
    "not_an_object": "The record is a number, a text or a list where an object was expected.",
    "field_type_wrong": "A field has a value of another type: a list as answer, a number in quotes, a text as rank.",
    "field_unexpected": "A field that may carry label content is not read by the file's format.",
    "aliases_disagree": "Two of prompt, input and question are given and differ.",
}


@dataclass(frozen=True)
class NoAnswers:
    """The file holds prompts only (AI Hub's SFTdata, RMdata, PPOdata): known, counted, skipped."""


@dataclass(frozen=True)
class NoFormat:
    """No format fits; ``seen`` says what the records look like."""

    seen: str


def format_named(name: str) -> Format:
    """The format of that name. Raises ConfigError with the known names."""
    if name not in FORMATS:
        raise ConfigError(f"sources: format is '{name}', expected auto or one of {', '.join(FORMATS)}")
    return FORMATS[name]


def recognise(sample: Sequence[object], source: SourceSettings) -> Format | NoAnswers | NoFormat:
    """The format that most records of the sample fit, unless the source's settings name one.

    A sample in which no record has any answer is `NoAnswers`; the caller makes sure that the rest of the file has
    none either.
    """
    if source.format != "auto":
        return format_named(source.format)
    objects = [record for record in sample if isinstance(record, Mapping)]
    votes = {name: sum(f.fits(record) for record in objects) for name, f in FORMATS.items()}
    best = max(votes, key=lambda name: votes[name])
    if votes[best] > 0:
        return FORMATS[best]
    if objects and all(has_no_answers(record) for record in objects):
        return NoAnswers()
    if not objects:
        return NoFormat(f"{len(sample)} records, none of them an object")
    names = list(dict.fromkeys(str(name)[:40] for record in objects for name in record))
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return NoFormat(f"objects with the fields {', '.join(names[:12])}{more}")
