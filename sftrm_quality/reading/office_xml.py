"""Parts of workbooks: members of a zip archive that are XML, parsed so that they can do no harm."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO
from xml.parsers import expat

from sftrm_quality.words import say

_PART_BYTES = 4 << 20  # of what only lists sheets and formats
_BLOCK = 1 << 16
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""What reading parts of an archive raises where they are damaged, encrypted or packed in an odd way."""
Attributes = Mapping[str, str]


class BadPart(Exception):
    """A part of a workbook is no XML, or XML that nobody means well with."""


def read_part(archive: zipfile.ZipFile, name: str, start: Callable[[str, Attributes], None]) -> None:
    """The elements of a small part. Raises BadPart, and what archives raise."""
    if archive.getinfo(name).file_size > _PART_BYTES:
        raise BadPart(say("{name} has more than {length:,} bytes", name=name, length=_PART_BYTES))
    with archive.open(name) as part:
        for _ in parsed(part, start):
            pass


def parsed(
    part: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Parse a part block by block.

    Args:
        part: The part.
        start: Called with each element, its name without prefix, and its attributes, named likewise.
        end: Called with its name at its end.
        text: Called with pieces of text.

    Returns:
        An iterator that stops after each block.

    Raises:
        BadPart: It is no XML, says that it is in an encoding that nobody knows, or defines entities, which can make any
            size of a few bytes.
    """
    local: dict[str, str] = {}

    def name_of(name: str) -> str:
        found = local.get(name)
        if found is None:
            found = local[name] = name if name.startswith("xmlns") else name.rpartition(":")[2]
        return found

    def entity(*_: object) -> None:
        raise BadPart(say("it defines entities of its own"))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = lambda name, found: start(
        name_of(name), {name_of(key): value for key, value in found.items()}
    )
    if end is not None:
        close = end
        parser.EndElementHandler = lambda name: close(name_of(name))
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        while block := part.read(_BLOCK):
            parser.Parse(block, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise BadPart(str(error)) from error
    except LookupError as error:
        if isinstance(error, KeyError | IndexError):  # of who is called
            raise
        raise BadPart(str(error)) from error
