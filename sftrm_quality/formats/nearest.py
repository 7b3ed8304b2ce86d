"""Of records of no format, the format that they are nearest to: it is told, and nothing follows from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.formats.base import Format, Record
from sftrm_quality.words import say


@dataclass(frozen=True)
class Nearest:
    """A format that half or more of the needed fields are there of, and the needed ones that are not.

    Nothing is missing where a field is there and holds something else: an object instead of a list.
    """

    format: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        if not self.missing:
            return say("{format}, whose fields hold something else here", format=self.format)
        return say("{format}, without {missing}", format=self.format, missing=say(" and ").join(self.missing))


def nearest_formats(objects: Sequence[Record], formats: Collection[Format]) -> tuple[Nearest, ...]:
    """The formats that have the greatest share of the fields that they need in most of some records.

    Args:
        objects: Records that are of none of them.
        formats: Those to choose from.

    Returns:
        All formats of that share, since nobody can tell which is meant; none where it is less than half.
    """
    shares = {f.name: [any(_most_have(objects, name) for name in names) for names in f.needs] for f in formats}
    best = max((sum(there) / len(there) for there in shares.values()), default=0)
    return tuple(
        Nearest(f.name, tuple(names[0] for names, there in zip(f.needs, shares[f.name], strict=True) if not there))
        for f in formats
        if 2 * best >= 1 and sum(shares[f.name]) / len(shares[f.name]) == best
    )


def _most_have(objects: Sequence[Record], path: str) -> bool:
    return 2 * sum(_has(record, path.split(".")) for record in objects) > len(objects)


def _has(value: object, path: Sequence[str]) -> bool:
    return not path or (isinstance(value, Mapping) and path[0] in value and _has(value[path[0]], path[1:]))
