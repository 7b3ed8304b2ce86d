"""What all values of the record have in common: they do not change, and hold nothing but their fields."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sftrm_quality.time_zones import known_time_zone

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
# As it was written, so that writing it again changes no character.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
TimeZone = Annotated[str, AfterValidator(known_time_zone)]


class Value(BaseModel):
    """A part of ``report.json`` or ``manifest.json``.

    Where a field is called otherwise in JSON (``from`` is a word of Python), its alias is that name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)

    def to_json(self) -> dict[str, Any]:
        """The value as ``json`` writes it: dicts, lists, strings, numbers.

        Returns:
            Its fields in the order in which the classes name them, those of bases first.
        """
        return self.model_dump(mode="json")
