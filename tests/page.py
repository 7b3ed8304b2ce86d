"""A page of a report as a reader meets it, what holds for every page, and texts that would break it if they could."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files


class Page(HTMLParser):
    """A page as a reader meets it: elements with their attributes, table rows, and the text of every section."""

    VOID = frozenset({"meta", "input", "wbr"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.texts: dict[str, str] = {}
        self.style = ""
        self.script = ""
        self._open: list[str] = []
        self._section = ""
        self._cell = False
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
        elif tag == "tr":
            self.rows.setdefault(self._section, []).append([])
        elif tag in ("td", "th"):
            self.rows[self._section][-1].append("")
            self._cell = True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"
        if tag == "section":
            self._section = ""
        elif tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            self.style += data
            return
        if self._open[-1:] == ["script"]:
            self.script += data
            return
        self.texts[self._section] = self.texts.get(self._section, "") + data
        if self._cell:
            self.rows[self._section][-1][-1] += data

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attributes[name] for t, attributes in self.elements if t == tag and name in attributes]

    def row(self, section: str, head: str) -> list[str]:
        """The cells beside the first row head that begins like this."""
        cells = [[" ".join(cell.split()) for cell in row] for row in self.rows[section]]
        return next(row[1:] for row in cells if row and row[0].startswith(head))

    def words(self, section: str) -> str:
        return " ".join(self.texts[section].split())


def assert_well_made(html: str) -> Page:
    """What holds for every page whatever its data: closed elements, our own markup only, nothing to run or fetch."""
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {tag for tag, _ in page.elements} <= OUR_ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= OUR_ATTRIBUTES
    assert all(scope in ("col", "row", "rowgroup") for scope in page.attributes("th", "scope"))
    assert len(page.attributes("th", "scope")) == sum(tag == "th" for tag, _ in page.elements)
    for link in page.attributes("a", "href"):
        assert link in {f"#{i}" for i in ids} | {"report.json", "../index.html"} or re.match(
            r"\./[\w.%/-]+(#[\w.%+=&~-]+)?$", link or ""
        )
    (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    # On some pages one script, which is ours to the letter.
    assert page.script in ("", OUR_SCRIPT) and html.count("<script>") == bool(page.script)
    scripts = f"script-src '{digest(OUR_SCRIPT)}'; " if page.script else ""
    assert (
        policy == f"default-src 'none'; {scripts}style-src '{digest(page.style)}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in page.style and "@import" not in page.style
    assert html.startswith('<!doctype html>\n<html lang="en">')
    html.encode()  # a lone surrogate would not be written
    return page


OUR_SCRIPT = files("sftrm_quality.reports").joinpath("templates/sort.js").read_text("utf-8")


def digest(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def without_our_script(html: str) -> str:
    return html.replace(f"<script>{OUR_SCRIPT}</script>", "")


# What a stranger's text would have to add to do anything: no script, style attribute, handler, image, frame or form.
OUR_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body header nav main section h1 h2 h3 p span strong small code pre mark bdi a div "
        "blockquote ul ol li dl dt dd time table caption thead tbody tfoot tr th td details summary svg rect g path "
        "text circle desc figure figcaption wbr script",
    )
)
OUR_ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        "lang hreflang charset http-equiv content name class id href datetime aria-label aria-labelledby aria-hidden "
        "role tabindex scope colspan viewbox preserveaspectratio focusable x width height y cx cy r d transform",
    )
)


HOSTILE = (
    "<script>alert(1)</script>",
    "</style></title></blockquote><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}<!--",
    "&lt;b&gt;&#60;",
    "\u202egnp.exe\u2066\u200f\u061c",
    "nul\x00 esc\x1b[31mred\x1b[0m del\x7f csi\x9b",
    "//evil.example/x",
    "https://evil.example/x",
    "e" + "\u0301" * 300,
    "w" * 100_000,
    '"' * 100_000,
    "\u200b" * 100_000,
    "가" * 100_000,
)
