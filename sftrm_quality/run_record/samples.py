"""Records that the report shows: quarantined, duplicate, borderline, with personal data. Texts are cut and masked.

A sample says where its record is: in which source file, as which record (counted from 0), and in which line (counted
from 1; None where the file has no lines of its own, or an older version wrote the report).
"""

from sftrm_quality.records import ApartBy, DuplicateKind, LabelKind, Stage
from sftrm_quality.run_record.value import Count, Share, Value
from sftrm_quality.words import recognised


class Passage(Value):
    """A stretch of a text: characters of the whole text (None: there is no text), the first one shown, and its pieces
    with whether they are marked."""

    characters: Count | None
    first: Count
    pieces: tuple[tuple[str, bool], ...]


class _Text(Value):
    name: str
    rank: str | None


class SamplePart(Passage, _Text):
    """One text of a record. rank: of a response; a response without one has ``none``."""


class QuarantineSample(Value):
    """A quarantined or unreadable record, for one of its reasons; ``also`` are its others."""

    reason: str
    detail: str
    also: tuple[str, ...]
    label_kind: LabelKind
    record_id: str
    source_file: str
    source_index: Count
    source_line: Count | None
    stage: Stage
    parts: tuple[SamplePart, ...]
    parts_left_out: Count

    @property
    def said_detail(self) -> str:
        """The detail in the language that is spoken."""
        return recognised(self.detail)


class DuplicateSample(Value):
    """A record that was removed as the duplicate of another one."""

    label_kind: LabelKind
    record_id: str
    duplicate_of: str
    kind: DuplicateKind
    similarity: Share
    source_file: str
    source_index: Count
    source_line: Count | None
    parts: tuple[SamplePart, ...]
    parts_left_out: Count


class DifferingPart(Value):
    """A text of two near duplicates, cut around where they begin to differ."""

    name: str
    gone: str
    stayed: str


class BorderlinePair(Value):
    """A near duplicate that only just was one."""

    label_kind: LabelKind
    record_id: str
    duplicate_of: str
    similarity: Share
    parts: tuple[DifferingPart, ...]


class ApartPair(Value):
    """A record that stays although another one is nearly the same, and what tells the two apart.

    prompts: how many share the template, 0 where it is no template. one, other: what the record and the other one have
    where they differ, in a few words; empty where one only has more.
    """

    label_kind: LabelKind
    record_id: str
    apart_from: str
    by: ApartBy
    similarity: Share
    prompts: Count
    one: str
    other: str


class _WithPersonalData(Value):
    reason: str
    label_kind: LabelKind
    record_id: str
    source_file: str
    source_index: Count
    source_line: Count | None
    name: str


class PersonalSample(Passage, _WithPersonalData):
    """A published record with personal data. name: of the text that holds it."""


class Samples(Value):
    """All of them."""

    quarantined: tuple[QuarantineSample, ...]
    duplicates: tuple[DuplicateSample, ...]
    borderline: tuple[BorderlinePair, ...]
    apart: tuple[ApartPair, ...]
    personal: tuple[PersonalSample, ...]


NO_SAMPLES = Samples(quarantined=(), duplicates=(), borderline=(), apart=(), personal=())
