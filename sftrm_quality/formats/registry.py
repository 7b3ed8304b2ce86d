"""The formats of a run, those that come with the product and those that its settings declare."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sftrm_quality.config import SourceSettings
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats.aihub import AihubRm, AihubSft
from sftrm_quality.formats.base import DATA_ID, Format, Unlabelled
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.fields import FieldsFormat
from sftrm_quality.formats.loading import builtin_declarations
from sftrm_quality.formats.nearest import Nearest, nearest_formats
from sftrm_quality.formats.prompts import PROMPTS_ONLY
from sftrm_quality.formats.reference import ReferenceRm, ReferenceSft
from sftrm_quality.formats.refused import may_be_declared, refusal
from sftrm_quality.formats.whole import WholeFormat
from sftrm_quality.personal_data import mask_text
from sftrm_quality.records import LabelKind
from sftrm_quality.words import listed, say

_UNLABELLED = (PROMPTS_ONLY,)
# Of a file of no known format, in its one sentence.
_SHOWN_NAMES = 12
_SHOWN_NAME = 40  # characters


@dataclass(frozen=True)
class NoFormat:
    """No format fits; ``seen`` says what the records look like, ``refused`` what to do about a shape that is known.

    fields: the names that their fields have, with the number of records that have them. nearest: see `nearest_formats`.
    declarable: those records for which somebody may declare a format, none where they are known to hold no labels.
    """

    seen: str
    fields: Mapping[str, int] = field(default_factory=dict)
    nearest: tuple[Nearest, ...] = ()
    refused: str = ""
    declarable: Sequence[Mapping[str, object]] = field(default=(), compare=False, repr=False)


class Formats:
    """All formats that files may be in, by name; those that were declared for the run come first.

    Args:
        declared: What the settings of the run declare.
    """

    def __init__(self, declared: Sequence[Declaration] = ()) -> None:
        known: Sequence[Format] = (ReferenceSft(), ReferenceRm(), AihubSft(), AihubRm())
        by_name = {declaration.name: _compiled(declaration) for declaration in declared}
        by_name |= {fmt.name: fmt for fmt in known if fmt.name not in by_name}
        by_name |= {one.name: _compiled(one) for one in builtin_declarations() if one.name not in by_name}
        self.by_name: Mapping[str, Format] = by_name
        self.declared = tuple(declared)

    def named(self, name: str) -> Format:
        """The format of that name. Raises ConfigError with the known names."""
        if name not in self.by_name:
            known = ", ".join(self.by_name)
            raise ConfigError(
                say("sources: format is '{name}', expected auto or one of {formats}", name=name, formats=known)
            )
        return self.by_name[name]

    def label_fields(self) -> str:
        """A pattern of the names of all fields that hold labels: a record without any fits no format."""
        return "|".join(dict.fromkeys(f.label_fields for f in self.by_name.values()))

    def has_our_columns(self, header: Collection[str]) -> bool:
        """Whether a table with these columns has at least two of the fields that formats read."""
        read = {name for f in self.by_name.values() for name in f.wire_schema([], DATA_ID).names}
        return len(read.intersection(header)) > 1

    def format_of(self, record: object, main: Format, source: SourceSettings) -> Format:
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
        return next((f for f in self.by_name.values() if f.fits(record)), main)

    def recognise(self, sample: Sequence[object], source: SourceSettings) -> Format | Unlabelled | NoFormat:
        """Decide the format of a file: the one that most of the sample fit, unless the source's settings name one.

        Args:
            sample: Parsed records from the beginning of the file.
            source: What is declared about the file.

        Returns:
            The format. `Unlabelled` where no record of the sample has a label: the caller makes sure that the rest of
            the file has none either. `NoFormat` where nothing fits.

        Raises:
            ConfigError: The settings name a format that is not known.
        """
        if source.format != "auto":
            return self.named(source.format)
        objects = [record for record in sample if isinstance(record, Mapping)]
        best: Format | None = None
        most = 0
        for one in self.by_name.values():
            if (votes := sum(map(one.fits, objects))) > most:
                best, most = one, votes
            # Of several that fit as many the first is taken: no format after one that fits all is worth a question.
            if most == len(objects):
                break
        if best is not None:
            return best
        for shape in _UNLABELLED if objects and not refusal(objects) else ():
            if all(map(shape.fits, objects)):
                return shape
        return self.no_format(sample)

    def no_format(self, sample: Sequence[object]) -> NoFormat:
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
        seen = say("objects with the fields {fields}", fields=listed(names, _SHOWN_NAMES))
        declarable = objects if may_be_declared(objects) else ()
        if refused := refusal(objects):
            return NoFormat(say("{seen}: {refused}", seen=seen, refused=refused), dict(fields), (), refused, declarable)
        nearest = nearest_formats(objects, self.by_name.values())
        if nearest:
            seen = say("{seen}; nearest: {formats}", seen=seen, formats="; ".join(map(str, nearest)))
        return NoFormat(seen, dict(fields), nearest, declarable=declarable)


@lru_cache(maxsize=16)
def formats_of(declared: tuple[Declaration, ...]) -> Formats:
    """The formats of a run; the same value for the same declarations, in this process."""
    return Formats(declared)


def declaration_of(fmt: Format) -> Declaration | None:
    """The declaration of a format; None of the reference format and AI Hub's, which are code."""
    return fmt.declaration if isinstance(fmt, FieldsFormat | WholeFormat) else None


def _compiled(declaration: Declaration) -> Format:
    if declaration.label_kind is LabelKind.SFT and declaration.answer is not None:
        return FieldsFormat(declaration)
    return WholeFormat(declaration)


def _shown(name: str) -> str:
    # A number that ends beyond what is shown is masked too.
    return mask_text(name[: 4 * _SHOWN_NAME])[:_SHOWN_NAME]
