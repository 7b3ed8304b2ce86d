"""One waiver, one correction: what people write into the files of reviews, and what of it decides."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sftrm_quality.decisions import SignedName, SignedReason
from sftrm_quality.records import LabelKind
from sftrm_quality.reviews.fields import Value, refuse_values
from sftrm_quality.words import number, say

_RECORD_ID = re.compile(r"((?:sft|rm)-[0-9a-f]{32})(?:-[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _of_content(record_id: str) -> str:
    """The part of a record_id that names the content: identical copies have it in common."""
    found = _RECORD_ID.fullmatch(record_id)
    if found is None:
        raise ValueError(say("no record_id, expected sft- or rm- and 32 digits of its content, as the report shows it"))
    return found[1]


def _day(value: object) -> object:
    # A whole number would be taken for seconds.
    if type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError(say("expected a day such as 2026-12-31"))


RecordId = Annotated[str, AfterValidator(_of_content)]
Day = Annotated[date, BeforeValidator(_day)]


class _Review(BaseModel):
    """by: a person's name. why: what they say."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    by: SignedName
    why: SignedReason


class Waiver(_Review):
    """Allows the records that it fits to fail a check: they are published all the same.

    reason: of the check. records: the content parts of their ids; or source: the name of a source; or files: a glob on
    the names of source files. until: the last day on which it counts.
    """

    reason: str = Field(min_length=1)
    records: tuple[RecordId, ...] = ()
    source: str = ""
    files: str = ""
    until: Day

    @model_validator(mode="after")
    def _fits_one_thing(self) -> Self:
        given = [name for name in ("records", "source", "files") if getattr(self, name)]
        if len(given) != 1:
            found = ", ".join(given) or say("none of them")
            raise ValueError(say("expected one of records, source and files, found {found}", found=found))
        return self

    @property
    def fits(self) -> str:
        """What it is about, in a few words."""
        if self.records:
            first, more = self.records[0], len(self.records) - 1
            return say("{record} and {count} more", record=first, count=number(more)) if more else first
        return self.source or self.files

    @property
    def content(self) -> dict[str, Any]:
        """All of it but the day, which only says whether it counts: a longer term makes no other release."""
        values = self.model_dump(mode="json", exclude={"until"})
        return {**values, "records": sorted(set(self.records))}

    @property
    def key(self) -> str:
        """By which its figures are found again: of its content."""
        return key_of(self.content)


class Correction(_Review):
    """New values for some fields of a record.

    record: the content part of its id, as delivered. set: by the field, as `fields.field_of` reads it.
    """

    record: RecordId
    set: dict[str, Any] = Field(min_length=1)

    @field_validator("set", mode="before")
    @classmethod
    def _is_an_object(cls, value: object) -> object:
        # What pydantic would say shows the value, which may be of a record.
        if not isinstance(value, dict) or not value:
            raise ValueError(say("set: expected an object of fields and their new values"))
        return value

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        refuse_values(self.kind, self.set)
        return self

    @property
    def kind(self) -> LabelKind:
        """Of the record."""
        return LabelKind(self.record.partition("-")[0])

    @property
    def content_hash(self) -> bytes:
        """Of the record's content as delivered."""
        return bytes.fromhex(self.record.partition("-")[2])

    @property
    def values(self) -> Mapping[str, Value]:
        """What is set, by the field."""
        return self.set

    @property
    def content(self) -> dict[str, Any]:
        """All of it."""
        return self.model_dump(mode="json")

    @property
    def line(self) -> str:
        """As a line of a file of corrections, without its end."""
        return json.dumps(self.content, ensure_ascii=False)


def key_of(content: Any) -> str:
    """A hash of what JSON can hold: 32 hexadecimal digits."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
