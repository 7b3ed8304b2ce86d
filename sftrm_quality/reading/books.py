"""Workbooks: what is one, and which sheets are in it."""

import re
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import IO

from sftrm_quality.config import Limits
from sftrm_quality.reading.extents import Extents
from sftrm_quality.reading.office_xml import DAMAGE, Attributes, BadPart, parsed, read_part
from sftrm_quality.words import say

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES, MIMETYPE = "[Content_Types].xml", "mimetype"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_WORKBOOK = "xl/workbook.xml"
# XML of sheets packs to between an eighth and a thirtieth, empty cells with formats to less.
_UNPACKED = 40


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: ``xlsx`` or ``ods``, its name as it is shown, the part that it is in, its number there."""

    kind: str
    name: str
    part: str
    number: int


def sheets_of(file: IO[bytes], limits: Limits) -> list[Sheet] | str | None:
    """The sheets of a workbook.

    Args:
        file: Any zip archive.
        limits: ``workbook_bytes`` is the most that is unpacked.

    Returns:
        The sheets in order; why they cannot be read; None where it is no workbook.
    """
    try:
        archive = zipfile.ZipFile(file)
        names = set(archive.namelist())
        if CONTENT_TYPES not in names and not _is_ods(archive, names):
            return None
    except DAMAGE:
        return None
    try:
        with archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > _UNPACKED * limits.workbook_bytes:
                return too_large(unpacked // _UNPACKED, limits)
            return _xlsx_sheets(archive, names) if CONTENT_TYPES in names else _ods_sheets(archive, names)
    except (*DAMAGE, BadPart) as error:
        return say("damaged workbook ({error}); save it again", error=error)


def too_large(size: int, limits: Limits) -> str:
    """What is said of a workbook that is not unpacked."""
    return say(
        "workbook of {size:,} bytes, limits.workbook_bytes allows {allowed:,}: save its sheets as CSV, or raise it",
        size=size,
        allowed=limits.workbook_bytes,
    )


def is_workbook(file: Extents) -> bool:
    """Whether a zip archive is no archive of files but a document of an office program."""
    try:
        with file.open() as opened, zipfile.ZipFile(opened) as archive:
            names = set(archive.namelist())
            return CONTENT_TYPES in names or _is_ods(archive, names)
    except (*DAMAGE, OSError):  # the archive's own reader says what is wrong
        return False


def of_ole(data: bytes) -> str:
    """What an old Microsoft document is, or an encrypted new one, which is kept in such a container."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return say("encrypted Office document; save it without a password")
    if any(name.encode("utf-16-le") + b"\0\0" in data for name in ("Workbook", "Book")):
        return say("old Excel workbook (.xls); save it as .xlsx or as CSV")
    return say("old Microsoft Office document")


def _is_ods(archive: zipfile.ZipFile, names: set[str]) -> bool:
    if MIMETYPE not in names or "content.xml" not in names:
        return False
    with archive.open(MIMETYPE) as mimetype:
        return mimetype.read(len(_ODS) + 1).strip() in (_ODS, _ODS + b"-template")


def _xlsx_sheets(archive: zipfile.ZipFile, names: set[str]) -> list[Sheet] | str:
    if _WORKBOOK not in names:
        if "xl/workbook.bin" in names:
            return say("binary Excel workbook (.xlsb); save it as .xlsx or as CSV")
        return say("Office document without sheets; save its table as CSV or as .xlsx")
    targets: dict[str, str] = {}
    found: list[tuple[str, str]] = []

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            found.append((attributes.get("name", ""), attributes.get("id", "")))

    read_part(archive, "xl/_rels/workbook.xml.rels", relation)
    read_part(archive, _WORKBOOK, sheet)
    parts = []
    for name, relation_id in found:
        target = targets.get(relation_id, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part not in names:
            raise BadPart(say("the sheet '{name}' is not in it", name=_shown(name)))
        if "/chartsheets/" not in part:  # pictures, without cells
            parts.append((name, part))
    shown = _all_shown([name for name, _ in parts])
    return [Sheet("xlsx", name, part, i) for i, (name, (_, part)) in enumerate(zip(shown, parts, strict=True))]


def _ods_sheets(archive: zipfile.ZipFile, names: set[str]) -> list[Sheet] | str:
    if "META-INF/manifest.xml" in names:
        encrypted = []
        read_part(archive, "META-INF/manifest.xml", lambda name, _: encrypted.append(name == "encryption-data"))
        if any(encrypted):
            return say("encrypted OpenDocument workbook; save it without a password")
    found: list[str] = []
    depth = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        if name == "table":
            if not depth:
                found.append(attributes.get("name", ""))
            depth += 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= name == "table"

    with archive.open("content.xml") as part:
        for _ in parsed(part, start, end):
            pass
    return [Sheet("ods", name, "content.xml", i) for i, name in enumerate(_all_shown(found))]


def _shown(name: str) -> str:
    """A name of a sheet in a name of a source file: nothing in it looks like a folder, or is invisible."""
    return re.sub(r"[\x00-\x1f\x7f/\\]", "_", unicodedata.normalize("NFC", name)).strip() or "_"


def _all_shown(names: list[str]) -> list[str]:
    """Different names, also where two are shown alike."""
    shown, times = [], Counter(map(_shown, names))
    for name in map(_shown, names):
        count, unique = 2, name
        while unique in shown or (unique != name and unique in times):
            unique, count = f"{name}#{count}", count + 1
        shown.append(unique)
    return shown
