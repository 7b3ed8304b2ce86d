"""Members of archives: what they are called, and pieces of one archive that make it together."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sftrm_quality.reading.discover import PIECE, is_ignored
from sftrm_quality.reading.extents import Extents
from sftrm_quality.reading.window import ByteStream
from sftrm_quality.words import say


class DamagedArchive(Exception):
    """The list of members cannot be read, or not to its end. Raised behind those that were found."""


@dataclass(frozen=True)
class Member:
    """A member of an archive.

    position: where it is in the archive, by which members of one name are told apart. size: in bytes, None where only
    reading tells. lies: its bytes, where they lie in the archive as they are, so that it can be an archive itself.
    obstacle: why it cannot be read, else "".
    """

    name: str
    position: int
    size: int | None
    open: Callable[[], ByteStream] = field(repr=False, compare=False)
    lies: Extents | None = None
    obstacle: str = ""


def text_of_name(name: str) -> str:
    """A name as people see it: no leading slashes, NFC. It is shown and never used as a path."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").lstrip("/"))


def named(members: Iterable[Member]) -> Iterator[Member]:
    """The members that are data, in the order of their names, each with a name of its own.

    A second member of a name gets a number, one that no other member bears as its name.
    """
    kept = [m for m in members if not any(map(is_ignored, set(m.name.split("/")) - {".", ".."}))]
    taken = {member.name for member in kept}
    seen: Counter[str] = Counter()
    for member in sorted(kept, key=lambda member: (member.name, member.position)):
        name = shown = member.name
        seen[name] += 1
        while seen[name] > 1 and shown in taken:
            shown = f"{name}#{seen[name]}"
            seen[name] += shown in taken
        taken.add(shown)
        yield replace(member, name=shown)


def whole_archives(members: Sequence[Member]) -> list[Member]:
    """Members with those joined that are pieces of one archive; a gap between them is an obstacle that names it."""
    groups: dict[str, list[tuple[int, Member]]] = {}
    names = {member.name for member in members}
    others = []
    for member in members:
        found = PIECE.fullmatch(member.name)
        if found and member.lies is None and not member.obstacle:
            packed = say("piece of a zip archive that is packed once more; unpack the outer archive first")
            others.append(replace(member, obstacle=packed))
        elif found and found["whole"] not in names and not member.obstacle:
            groups.setdefault(found["whole"], []).append((int(found["offset"]), member))
        else:
            others.append(member)
    return [*others, *(_whole(name, pieces) for name, pieces in groups.items())]


def _whole(name: str, pieces: list[tuple[int, Member]]) -> Member:
    pieces.sort(key=lambda piece: (piece[0], piece[1].position))
    lies = Extents(())
    for _, piece in pieces:
        assert piece.lies is not None
        lies = lies.joined(piece.lies)
    first = pieces[0][1]
    missing = gap([(offset, piece.lies.size if piece.lies else 0) for offset, piece in pieces], name)
    return Member(name, first.position, lies.size, lies.open, lies, missing)


def gap(pieces: Sequence[tuple[int, int]], name: str) -> str:
    """What is missing between pieces of one archive.

    Args:
        pieces: Of each where it begins and its bytes, in order.
        name: Of the archive.

    Returns:
        A sentence that names the gap; "" where there is none. What is missing behind the last one nobody can tell here.
    """
    end = 0
    for begin, size in pieces:
        if begin > end:
            piece = f"{name}.part{end}"
            return say(
                "pieces of a zip archive without bytes {end:,} to {last:,}: {name} is missing",
                end=end,
                last=begin - 1,
                name=piece,
            )
        if begin < end:
            return say(
                "pieces of a zip archive that overlap at byte {begin:,}: get {name} again", begin=begin, name=name
            )
        end = begin + size
    return ""
