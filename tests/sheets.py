"""Sheets for repair as people get and fill them: read and changed as files, without the product's code."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def text(value: str) -> str:
    """A cell in which somebody typed a text."""
    return f'<c r="{{at}}" s="{{style}}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def typed(number: str) -> str:
    """A number."""
    return f'<c r="{{at}}" s="{{style}}"><v>{number}</v></c>'


def dated(days: str) -> str:
    """A date, which is a number in a format of its own."""
    return f'<c r="{{at}}" s="{{date}}"><v>{days}</v></c>'


def formula(said: str, value: str | None = None) -> str:
    gave = "" if value is None else f"<v>{escape(value)}</v>"
    return f'<c r="{{at}}" s="{{style}}" t="str"><f>{escape(said)}</f>{gave}</c>'


class Book:
    """A workbook, whose cells are read by sheet, row and column, and filled as Excel fills them."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as book:
            self.parts = {name: book.read(name) for name in book.namelist()}
        workbook = ElementTree.fromstring(self.parts["xl/workbook.xml"])
        self.names = [sheet.get("name") for sheet in workbook.iter(f"{SHEET}sheet")]
        self.tables = {name: self._table(at) for at, name in enumerate(self.names, 1)}
        # One more format of cells: what Excel gives a cell in which somebody types a date.
        styles = self.parts["xl/styles.xml"].decode()
        self._date = int(re.search(r'<cellXfs count="([0-9]+)"', styles)[1])
        self.parts["xl/styles.xml"] = styles.replace(
            "</cellXfs>", '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        ).encode()

    def _part(self, name: str) -> str:
        return f"xl/worksheets/sheet{self.names.index(name) + 1}.xml"

    def _table(self, number: int) -> list[list[str]]:
        rows = []
        for row in ElementTree.fromstring(self.parts[f"xl/worksheets/sheet{number}.xml"]).iter(f"{SHEET}row"):
            cells: dict[int, str] = {}
            for cell in row:
                column = 0
                for letter in re.match("[A-Z]+", cell.get("r"))[0]:
                    column = 26 * column + ord(letter) - 64
                shown = "".join(one.text or "" for one in cell.iter(f"{SHEET}t"))
                value = cell.find(f"{SHEET}v")
                cells[column] = shown or ("" if value is None else value.text)
            rows.append([cells.get(at, "") for at in range(1, max(cells, default=0) + 1)])
        return rows

    def rows(self, name: str) -> list[dict[str, str]]:
        header, *rows = self.tables[name]
        return [dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in rows]

    def cell(self, name: str, record: str, column: str) -> str:
        """Where a cell is: F2."""
        header = self.tables[name][0]
        at, letters = header.index(column) + 1, ""
        while at:
            at, rest = divmod(at - 1, 26)
            letters = chr(65 + rest) + letters
        row = [one["record"] for one in self.rows(name)].index(record) + 2
        return f"{letters}{row}"

    def style(self, name: str, at: str) -> dict[str, object]:
        """What the format of a cell says: whether it is locked, and how numbers are shown."""
        found = re.search(rf'<c r="{at}"[^>]*? s="([0-9]+)"', self.parts[self._part(name)].decode())
        styles = ElementTree.fromstring(self.parts["xl/styles.xml"])
        xf = list(styles.find(f"{SHEET}cellXfs"))[int(found[1]) if found else 0]
        protection = xf.find(f"{SHEET}protection")
        locked = protection is None or protection.get("locked", "1") == "1"
        return {"locked": locked, "format": int(xf.get("numFmtId", "0"))}

    def fill(self, name: str, record: str, column: str, cell: str) -> None:
        at, part = self.cell(name, record, column), self._part(name)
        xml = self.parts[part].decode()
        changed, count = re.subn(
            rf'<c r="{at}" s="([0-9]+)"(?:/>|[^>]*>.*?</c>)',
            lambda found: cell.format(at=at, style=found[1], date=self._date),
            xml,
            count=1,
            flags=re.DOTALL,
        )
        assert count == 1, (name, at)
        self.parts[part] = changed.encode()

    def save(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, part in self.parts.items():
                book.writestr(name, part)
        return path


def csv_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def save_csv(path: Path, rows: list[dict[str, str]], delimiter: str = ";", codec: str = "utf-8-sig") -> Path:
    """As Excel saves it: quotes only where they are needed, its own delimiter, ? for what the encoding has not."""
    to = io.StringIO(newline="")
    writer = csv.DictWriter(to, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(to.getvalue().encode(codec, "replace"))
    return path


def jsonl_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
