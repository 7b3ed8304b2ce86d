"""Every number on the page is in report.json, as `display` formats it, or follows from numbers beside it there."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from sftrm_quality.config import RunConfig
from sftrm_quality.reports import display
from sftrm_quality.sources import source_of
from sftrm_quality.time_zones import moment
from sftrm_quality.words import share as share_of
from tests.report_example import held, published, run_page

# Texts of records, names, commands and times: shown as they are, and no figures.
FOREIGN = {"bdi", "code", "pre", "blockquote", "time", "style", "script", "title"}
# small: descriptions of checks, which are sentences of the suites; class chart: the axes of charts, whose scales are
# round numbers that the charting library chooses (tests/test_report_charts.py compares their points).
# class detail: what a check found in a record, in its words.
FOREIGN_CLASSES = {"chart", "detail"}
BLOCKS = {"tr", "p", "li", "caption", "summary", "div", "h1", "h2", "h3", "figcaption"}
# Said in words on every page, and no figure of the data: "Last 14 runs", "from 128 on they are counted to 1.6 %",
# "Public preference sets have 55 to 65 %".
WORDS = {"14", "128", "1.6", "65"}
WHOLES = {"received", "evaluated", "records", "texts", "pairs", "clusters", "published", "received_before", "count"}
TOKEN = re.compile(r"(?<![\w.])[<>]?[+−±]?(\d+(?:,\d{3})*(?:\.\d+)?)(?: (%|pt))?(?!\w)")


class Blocks(HTMLParser):
    """The texts of rows, paragraphs and the like, without what is foreign."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = [""]
        self._skipped: list[str] = []
        self.feed(html[html.index("<body>") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            return
        classes = set((dict(attrs).get("class") or "").split())
        if self._skipped or tag in FOREIGN or classes & FOREIGN_CLASSES or (tag == "small" and not classes):
            self._skipped.append(tag)
        elif tag in BLOCKS:
            self.texts.append("")
        else:
            self.texts[-1] += " "

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped.pop()
        elif tag in BLOCKS:
            self.texts.append("")
        else:
            self.texts[-1] += " "

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.texts[-1] += data


def numbers(value: Any) -> list[float]:
    """All numbers of report.json; of texts, only ranks are numbers."""
    if isinstance(value, bool):
        return []
    if isinstance(value, dict):
        keys = [int(key) for key in value if key.isdigit()]
        ranks = [float(value["rank"])] if str(value.get("rank", "")).isdigit() else []
        return [*keys, *ranks, *(n for inner in value.values() for n in numbers(inner))]
    if isinstance(value, list):
        return [n for inner in value for n in numbers(inner)]
    return [value] if isinstance(value, int | float) else []


def by_source(report: dict[str, Any]) -> list[dict[str, int]]:
    """The account of each source, and how many files it has."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in report["files"]:
        found.setdefault(file.get("source") or source_of(file["source_file"], RunConfig()), []).append(file)
    places = ("received", "unreadable", "quarantined", "duplicates", "published")
    return [
        {name: sum(file[name] for file in files) for name in places} | {"files": len({f["source_file"] for f in files})}
        for files in found.values()
    ]


def repairs_by_source(report: dict[str, Any]) -> list[int]:
    """Records of each source that a repair changed, or would."""
    found: Counter[tuple[str, str, str]] = Counter()
    for file in report["files"]:
        source = file.get("source") or file["source_file"]
        found.update({(source, name, "done"): count for name, count in file["repairs"].items()})
        for name, counts in file["repairable"].items():
            found.update({(source, name, of): count for of, count in counts.items()})
    return list(found.values())


def derived(report: dict[str, Any]) -> list[float]:
    """Counts of what is listed, and sums and differences that the page itself shows as such."""
    found: list[float] = []
    for account in report["ledger"].values():
        readable = account["received"] - account["unreadable"]
        found += [readable, readable - account["quarantined"], account["published"]]
    files = report["files"]
    found += [
        sum(f[name] for f in files) for name in ("received", "unreadable", "quarantined", "duplicates", "published")
    ]
    found += [len(files)]
    for source in by_source(report):
        found += source.values()
    found += repairs_by_source(report)
    found += [len(by_source(report))]
    for counts in (report["reasons"], report["warnings"]):
        found += [sum(1 for n in of_kind.values() if not n) for of_kind in counts.values()]
    quiet = [c for c in report["checks"] if not c["failed"] and c["success"]]
    found += [len(quiet)]
    for name, by in (("quarantined", "reason"), ("duplicates", "kind")):
        groups = {(s["label_kind"], s[by]) for s in report["samples"][name]}
        for group in groups:
            those = [s for s in report["samples"][name] if (s["label_kind"], s[by]) == group]
            found += [len(those), len({s["source_file"] for s in those})]
    found += [len(report["samples"].get(name, ())) for name in ("borderline", "personal")]
    found += [len(report["history"]["runs"])]
    found += [len(ids) for ids in (report["pruned"] or {}).values()]
    found += [
        s["source_index"] + 1 for name in report["samples"] for s in report["samples"][name] if "source_index" in s
    ]
    found += [s["source_line"] for of in report["samples"].values() for s in of if s.get("source_line")]
    found += [float(n) for check in report["checks"] for n in re.findall(r" is ([0-9.]+)", check["detail"])]
    for kind, counts in report["duplicates"].items():
        found += [sum(counts.values()), report["splits"][kind]["train"]]
    return found


def strings(value: Any, timezone: str) -> set[str]:
    """The texts of report.json with a digit in them, as the page shows them: times as moments, seconds as durations."""
    if isinstance(value, dict):
        own = {moment(value["started"], timezone)} if "started" in value else set()
        own |= {display.duration(value["seconds"])} if "seconds" in value else set()
        return own.union(*(strings(inner, timezone) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(strings(inner, timezone) for inner in value))
    return (
        {" ".join(value.split())}
        if isinstance(value, str) and re.search(r"[0-9].*[^0-9]|[^0-9].*[0-9]", value)
        else set()
    )


def shares(value: Any) -> set[str]:
    """Shares of two counts of the same object of report.json, and steps from one share to another."""
    if isinstance(value, list):
        return set().union(*map(shares, value))
    if not isinstance(value, dict):
        return set()
    counts = sorted({n for n in value.values() if isinstance(n, int) and not isinstance(n, bool)})
    own = {share_of(part, whole) for part in counts for whole in counts if 0 < whole >= part}
    if "unreadable" in value:  # of an account, both together are failing
        own.add(share_of(value["unreadable"] + value["quarantined"], value["received"]))
    return own.union(*map(shares, value.values()))


def wholes(value: Any) -> set[int]:
    """Counts that are wholes, by what they are called."""
    if isinstance(value, list):
        return set().union(*map(wholes, value))
    if not isinstance(value, dict):
        return set()
    own = {n for name, n in value.items() if name in WHOLES and isinstance(n, int)}
    return own.union(*map(wholes, value.values()))


def steps(report: dict[str, Any]) -> set[str]:
    """How the share of failures of every check moved since the release before."""
    found = set()
    for check in report["checks"]:
        before = report["changes"]["checks"].get(f"{check['suite']}: {check['reason']}")
        if before and before["evaluated"] and check["evaluated"]:
            step = check["failed"] / check["evaluated"] - before["failed"] / before["evaluated"]
            found.add(display.points(step))
    return found


def forms(value: float) -> set[str]:
    plain = {f"{value:,}", f"{value}", f"{value:.0f}", f"{value:,.0f}", f"{value:.1f}", f"{value:.2f}", f"{value:.4f}"}
    plain |= {f"{abs(value):.1f}", f"{100 * value:.1f}", f"{100 * value:.10g}"}
    return plain


def unaccounted(report: dict[str, Any], html: str) -> list[tuple[str, str]]:
    """Numbers on the page that are in no way those of the report, with the text around them."""
    known = [*numbers(report), *derived(report)]
    written = set().union(*map(forms, known)) | WORDS
    totals = wholes(report)
    sums = {name: sum(f[name] for f in report["files"]) for name in ("received", "unreadable", "quarantined")}
    percent, said = (
        shares([report, sums, *by_source(report)]) | steps(report),
        sorted(strings(report, report["timezone"]), key=len, reverse=True),
    )
    missing = []
    for block in Blocks(html).texts:
        text = " ".join(block.split())
        for string in said:
            text = text.replace(string, "…")
        tokens = list(TOKEN.finditer(text))
        beside = {int(m[1].replace(",", "")) for m in tokens if not m[2] and "." not in m[1]}
        for token in tokens:
            # A share of a number beside it, of another one of the report.
            of_row = any(share_of(part, n) == token[0] for part in beside for n in totals) if token[2] else False
            if not of_row and token[0] not in percent and token[1] not in written:
                missing.append((token[0], text[:160]))
    return missing


@pytest.fixture(params=["example", "held", "samples"])
def report(request, samples_run):
    return {"example": published, "held": held, "samples": lambda: samples_run.report}[request.param]()


def test_every_number_of_the_page_is_one_of_the_report(report):
    html = run_page(report)
    assert unaccounted(report, html) == []
    assert sum(len(TOKEN.findall(text)) for text in Blocks(html).texts) > 150


def test_a_number_that_is_not_in_the_report_is_noticed(samples_run):
    html = run_page(samples_run.report)
    cells = Counter(re.findall(r'<td class="n">([^<]+)</td>', html))
    for cell in ("3.0 %", "230"):
        assert cells[cell]
        wrong = {"3.0 %": "86.3 %", "230": "98,765"}[cell]
        changed = html.replace(f'<td class="n">{cell}</td>', f'<td class="n">{wrong}</td>', 1)
        assert [token for token, _ in unaccounted(samples_run.report, changed)] == [wrong]
