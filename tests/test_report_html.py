"""The pages: every figure is on them, foreign text is inert and visible, nothing is requested, the size is bounded."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from sftrm_quality.reports.html import render_index, render_run
from sftrm_quality.run_record import FileBefore, History, SplitMoves
from sftrm_quality.words import share
from tests.report_example import BEFORE, RELEASE, RUN, account, browse_page, held, index_page, published, read, run_page


@pytest.fixture
def report() -> dict[str, Any]:
    return published()


class Page(HTMLParser):
    """A page as a reader meets it: elements with their attributes, table rows, and the text of every section."""

    VOID = frozenset({"meta", "input"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.texts: dict[str, str] = {}
        self.style = ""
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


def _assert_well_made(html: str) -> Page:
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
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in page.style and "@import" not in page.style
    assert html.startswith('<!doctype html>\n<html lang="en">')
    html.encode()  # a lone surrogate would not be written
    return page


# What a stranger's text would have to add to do anything: no script, style attribute, handler, image, frame or form.
OUR_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "html head meta title style body header nav main section h1 h2 h3 p span strong small code pre mark bdi a div "
        "blockquote ul ol li dl dt dd time table caption thead tbody tfoot tr th td details summary svg rect g path "
        "text circle desc figure figcaption",
    )
)
OUR_ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        "lang charset http-equiv content name class id href datetime aria-label aria-labelledby aria-hidden role "
        "tabindex scope colspan viewbox preserveaspectratio focusable x width height y cx cy r d transform",
    )
)


def test_both_pages_are_well_made_and_ask_for_nothing(report: dict[str, Any]) -> None:
    for html in (run_page(report), run_page(held()), index_page([report]), index_page([])):
        _assert_well_made(html)
        assert not re.search(r"https?:|\bsrc=|<script|\bstyle=|\bon\w+=", html)


def _n(value: int) -> str:
    return f"{value:,}"


def test_the_ledger_is_on_the_page_and_adds_up(report: dict[str, Any]) -> None:
    flow = _assert_well_made(run_page(report)).words("flow")
    for kind, a in report["ledger"].items():
        assert (
            f"{_n(a['received'])} received = {_n(a['unreadable'])} unreadable + {_n(a['quarantined'])} quarantined + "
            f"{_n(a['duplicates'])} duplicates + {_n(a['published'])} published ✓ adds up"
        ) in flow
        s = report["splits"][kind]
        assert (
            f"{_n(a['published'])} published = {_n(s['train'])} train + {_n(s['validation'])} validation + "
            f"{_n(s['test'])} test ✓ adds up"
        ) in flow
    assert "unaccounted" not in flow


def test_a_ledger_that_does_not_close_says_so(report: dict[str, Any]) -> None:
    report["ledger"]["rm"]["received"] += 1_003
    report["splits"]["sft"]["test"] += 2
    flow = Page(run_page(report)).words("flow")
    assert flow.count("✓ adds up") == 2
    assert "27,622 published ✗ 1,003 unaccounted for" in flow and "57,740 test ✗ -2 unaccounted for" in flow


def test_the_flow_names_what_is_left_after_every_step(report: dict[str, Any]) -> None:
    page = Page(run_page(report))
    assert page.row("flow", "received") == ["", "1,240,318", ""]
    assert page.row("flow", "readable") == ["", "1,239,906", "−412 unreadable"]
    assert page.row("flow", "passed checks") == ["", "1,215,999", "−23,907 quarantined"]
    assert page.row("flow", "unique") == ["", "1,154,779", "−61,220 duplicates"]
    assert page.row("flow", "splits") == ["", "1,154,779", ""]
    assert "train 1,039,301 validation 57,740 test 57,738" in page.words("flow")


def _bars(html: str, before: str) -> list[tuple[str, str, str]]:
    """Class, start and width of the parts of the first bar after a text."""
    bar = html[html.index(before) :].split("</svg>")[0]
    return re.findall(r'<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)" height="1"/>', bar)


def test_bars_are_to_scale(report: dict[str, Any]) -> None:
    report["ledger"]["sft"] = account(1000, 0, 250, 150)
    report["splits"]["sft"] = {"train": 450, "validation": 100, "test": 50}
    report["files"] = [report["files"][0] | account(1000, 50, 250, 100)]
    html = run_page(report)
    assert _bars(html, "passed checks</th>") == [("published", "0", "75"), ("quarantined", "75", "25")]
    assert _bars(html, "unique</th>") == [("published", "0", "60"), ("duplicates", "60", "15")]
    assert _bars(html, "splits</th>") == [("train", "0", "45"), ("validation", "45", "10"), ("test", "55", "5")]
    outcomes = [
        ("published", "0", "60"),
        ("duplicates", "60", "10"),
        ("quarantined", "70", "25"),
        ("unreadable", "95", "5"),
    ]
    assert _bars(html[html.index('id="sources"') :], "vendor_a/sft_2026-11-21.json</a></bdi>") == outcomes
    assert _bars(index_page([report]), "SFT</th>") == [*_bars(html, "unique</th>"), ("quarantined", "75", "25")]
    assert _bars(html, "ranks_not_contiguous</a></code></th>") == [("quarantined", "0", "100")]
    assert _bars(html, "response_blank</a></code></th>") == [("quarantined", "0", f"{100 * 471 / 1402:.4g}")]


def test_every_source_is_shown_with_its_account(report: dict[str, Any]) -> None:
    page = Page(run_page(report))
    for file in report["files"]:
        kind = file["label_kind"].upper() if file["label_kind"] else "–"
        counts = [_n(file[k]) for k in ("unreadable", "quarantined", "duplicates", "published")]
        row = page.row("sources", file["source_file"])
        assert [*row[:3], *row[6:]] == [kind, _n(file["received"]), "", *counts]
        assert row[3] == share(file["unreadable"] + file["quarantined"], file["received"])
        assert file["note"] in page.words("sources")
    assert page.row("sources", "vendor_a/sft")[4:6] == [
        "+1.2 ptfiles like it: 1.0 % of 838,000",
        "share failing in the last 3 runs: 1.1 %, 1.2 %, 2.2 %",
    ]
    assert page.row("sources", "vendor_b/대화")[4:6] == ["±0 ptwas: 1.5 % of 398,001", ""]
    assert page.row("sources", "aihub/TL")[4:6] == ["new", ""]
    assert page.row("sources", "3 sources")[:2] == [
        "5 files",
        _n(sum(a["received"] for a in report["ledger"].values())),
    ]
    heads = [row[0].split("\n")[0] for row in page.rows["sources"][-5:]]
    assert heads == [f"{report['files'][i]['source_file']}" for i in (4, 0, 1, 2, 3)]
    assert "model (400,203), created_at (399,871)" in page.words("sources")


def test_checks_are_listed_worst_first_and_those_without_findings_are_folded(report: dict[str, Any]) -> None:
    report["checks"][3]["success"] = False
    report["gate"] = {"success": False, "failed": ["answer_placeholder"]}
    page = Page(run_page(report))
    heads = [row[0].split(": ")[1].split("\n")[0] for row in page.rows["checks"] if ": " in row[0]]
    assert [next(c["reason"] for c in report["checks"] if h.startswith(c["reason"])) for h in heads] == [
        "answer_placeholder",
        "ranks_not_contiguous",
        "answer_blank",
        "answer_refuses",
        "category_unclean",
        "question_blank",
        "quarantine_share",
    ]
    assert page.row("checks", "rm: ranks_not_contiguous") == [
        "critical",
        "1,402",
        "4.7 %",
        "–",
        "29,709",
        "90 %",
        "passes",
    ]
    assert page.row("checks", "sft: answer_placeholder")[5:] == ["99.95 %", "holds"]
    assert page.row("checks", "sft: answer_refuses") == [
        "warning",
        "25,104",
        "2.0 %",
        "–",
        "1,239,906",
        "99 %",
        "warns",
    ]
    assert page.row("checks", "sft: answer_blank")[2:4] == ["1.1 %", "+0.1 pt"]
    groups = [row[0] for row in page.rows["checks"] if len(row) == 1]
    assert groups == ["Each record by itself", "Each record by itself", "The release as a whole"]
    assert "and 2 checks that found nothing" in page.words("checks")


def test_every_reason_and_warning_has_its_number(report: dict[str, Any]) -> None:
    report["reasons"]["sft"]["duplicate_key"] = 9_000
    page = Page(run_page(report))
    heads = [row[0] for row in page.rows["reasons"][1:6]]
    assert heads == ["answer_blank", "duplicate_key", "answer_equals_question", "answer_placeholder", "data_id_reused"]
    for counts in (report["reasons"], report["warnings"]):
        for kind, reasons in counts.items():
            for reason, n in reasons.items():
                if n:
                    assert page.row("reasons", reason) == [
                        "",
                        _n(n),
                        share(n, report["ledger"][kind]["received"]),
                    ]
                else:
                    assert reason in page.words("reasons")
                    assert not any(row[0] == reason for row in page.rows["reasons"])
    assert "and 2 reasons with no records" in page.words("reasons") and "No warnings." in page.words("reasons")


def test_splits_groups_conflicts_and_moves(report: dict[str, Any]) -> None:
    page = Page(run_page(report))
    assert page.row("splits", "SFT") == [
        "1,039,301",
        "90.0 %",
        "57,740",
        "5.0 %",
        "57,738",
        "5.0 %",
        "1,154,779",
        "3,318",
    ]
    assert page.row("splits", "RM")[-2:] == ["27,622", "7"]
    assert "1,101,482 groups" in page.words("splits") and "has 96 records" in page.words("splits")
    assert "2 records moved to another split" in page.words("splits")
    assert page.row("splits", "sft-000000000000000000000000000000ab") == ["validation", "train"]
    report["split_moves"] = {"count": 0, "records": []}
    assert "No record moved" in Page(run_page(report)).words("splits")


def test_samples_are_grouped_with_how_many_there_are(report: dict[str, Any]) -> None:
    page = Page(run_page(report))
    for words in (
        "SFT answer_blank 2 of 14,220 shown",
        "SFT duplicate_key 1 of 1 shown",
        "ranks 1, 2, 4",
        "at stage read",
    ):
        assert words in page.words("failing")
    for sample in report["samples"]["quarantined"]:
        record = f"record {_n(sample['source_index'] + 1)}"
        place = f"line {_n(sample['source_line'])} ({record})" if sample["source_line"] else record
        place = f"{sample['source_file']}, {place} at stage {sample['stage']}"
        assert f"{place} sftrm why --out out {sample['record_id']}" in page.words("failing")
    assert page.row("duplicates", "SFT") == ["40,218", "21,002"] and page.row("duplicates", "RM") == ["201", "13"]
    assert "SFT near 1 of 21,002 shown" in page.words("duplicates")
    assert "similarity 0.87 to sft-000000000000000000000000000000c0" in page.words("duplicates")
    assert "equal to sft-000000000000000000000000000000d0" in page.words("duplicates")


@pytest.mark.parametrize(
    ("verdict", "previous", "sentence"),
    [
        ("published", None, f"PUBLISHED Release {RELEASE} is the current release."),
        ("unchanged", RELEASE, f"UNCHANGED The same data, settings and suites as release {RELEASE}, which stays"),
        (
            "held",
            BEFORE,
            f"HELD The gate let nothing through: release {BEFORE} stays current.",
        ),
        ("held", None, "HELD The gate let nothing through: there is no release yet."),
        ("checked", None, "CHECKED Nothing was to be published. The gate would let it through."),
    ],
)
def test_the_verdict_comes_first(report: dict[str, Any], verdict: str, previous: str | None, sentence: str) -> None:
    report = held() if verdict == "held" else report
    report |= {"verdict": verdict, "previous_release_id": previous}
    page = _assert_well_made(run_page(report))
    assert f"– {verdict} {sentence}" in page.words("")
    for fact in (RUN, "Started2026-11-21 23:04:12 UTC", "Job took3 min 07 s", "Peak memory1,062 MiB"):
        assert fact in page.words("")
    word = "published" if verdict in ("published", "unchanged") else "publishable"
    assert f"1,154,779 of 1,240,318 SFT records {word} (93.1 %)" in page.words("flow")


def test_a_held_run_says_why() -> None:
    report = held()
    report["gate"]["failed"].append("not_among_the_checks")
    words = Page(run_page(report)).words("")
    assert "Why it was held" in words and "not_among_the_checks" in words
    assert (
        "release: quarantine_share At most 30 % of the records are quarantined. Found: SFT share quarantined: 34 %."
        in words
    )
    assert "sft: answer_placeholder The answer is not a placeholder such as N/A. 3,904 of 1,225,685 failed" in words
    assert "failed (0.3 %); 99.95 % must pass." in words
    assert "Why it would be held" in Page(run_page({**report, "verdict": "checked"})).words("")
    assert "Why it" not in Page(run_page(published())).words("")


def test_a_run_can_be_done_again(report: dict[str, Any]) -> None:
    words = Page(run_page(report)).words("again")
    assert report["command"] in words
    for name, value in {
        **report["versions"],
        "Configuration": report["config_hash"],
        "Suites": report["suites_hash"],
    }.items():
        assert f"{name}{value}" in words


def test_what_is_no_report_is_named_and_no_link(report: dict[str, Any]) -> None:
    """Where reports are served, releases and quarantine are not."""
    report["history"]["runs"] = []
    report["browse"] = None
    page = Page(run_page(report))
    assert {link for link in page.attributes("a", "href") if link and link[0] != "#"} == {
        "report.json",
        "../index.html",
    }
    for path in report["paths"].values():
        assert path in page.words("again")
    report["paths"]["release"] = None
    assert "the release, with its" not in Page(run_page(report)).words("again")


def test_release_checks_speak_of_files_and_records() -> None:
    report = held()
    check = report["checks"][6]
    for name, value, said in (
        ("share_unreadable_files", "0.79 %", "1 file could not be read: vendor_b/README.jsonl (0.79 % of bytes)."),
        ("drop_against_previous", "0.535721", "Records would drop: SFT −40.0 % (1,924,632 → 1,154,779)."),
    ):
        check["detail"] = f"sft: {name} is {value}"
        report["changes"]["ledger"]["sft"]["published"] = 1_924_632
        assert f"At most 30 % of the records are quarantined. {said}" in Page(run_page(report)).words("")


def test_what_to_look_at_comes_first_the_new_before_the_known(report: dict[str, Any]) -> None:
    page = run_page(report)
    said = Page(page).words("findings")
    new, known = "vendor_a/sft_2026-11-21.json: 1.7 % failed. delivery: file_failing", "vendor_c/last.jsonl: no records"
    assert said.startswith("What to look at 1 new, 1 known") and said.index(new) < said.index(known)
    assert "1 known finding: earlier runs told of the same" in said and "since 20261120T230412Z-8f3a5d" in said
    assert page.index('id="findings"') < page.index('class="facts"')
    report["findings"] = []
    report["finding_counts"] = {"new": 0, "known": 0}
    assert "Nothing new, and nothing known." in Page(run_page(report)).words("findings")


def test_rows_that_are_not_listed_are_named(report: dict[str, Any]) -> None:
    assert "Browse 50,000 of 87,626 excluded rows" in Page(run_page(report)).words("failing")
    page = Page(browse_page(report))
    assert "50,000 of 87,626 rows" in page.words("") and "equal share" in page.words("")
    report["browse"]["listed"] = 87_626
    assert "Browse all 87,626 excluded rows" in Page(run_page(report)).words("failing")
    assert "87,626 rows, failing or duplicate, each" in Page(browse_page(report)).words("")


def test_personal_data_is_counted_and_the_page_says_that_it_is_published(report: dict[str, Any]) -> None:
    page = Page(run_page(report))
    most = "vendor_a/sft_2026-11-21.json 77"
    assert page.row("personal", "SFT email_found") == ["warning", "77", "<0.1 %", most]
    words = page.words("personal")
    assert "A warning keeps nothing back" in words and "Looked for and not found: RM email_found." in words
    assert "***@*******.***" in words and "sftrm why --out out sft-000000000000000000000000000000e1" in words
    report["personal_data"][0]["severity"] = "critical"
    assert "A warning keeps nothing back" not in Page(run_page(report)).words("personal")


def test_the_index_has_every_run_newest_first(report: dict[str, Any]) -> None:
    older = held() | {"run_id": "20261120T230400Z-11aa22", "started": "2026-11-20T18:04:00-05:00"}
    oldest = report | {"run_id": "20261120T230000Z-07c1d2", "started": "2026-11-20T23:03:00Z"}
    page = _assert_well_made(index_page([older, report, oldest]))
    assert page.texts["trends"].count("SFT: share of the records received") == 2  # the caption and the chart's title
    assert page.attributes("a", "href") == [f"./{r['run_id']}/index.html" for r in (report, older, oldest)]
    assert page.row("runs", "SFT") == ["1,240,318", "", "412", "23,907", "61,220", "1,154,779"]
    assert "HELD" in page.words("runs") and f"release {RELEASE}" in page.words("runs")
    assert "trends" not in Page(index_page([older, report])).texts
    assert "There is no run yet." in index_page([])


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
# Words from a short list, which nothing else is read as, times and their zone.
OURS = {
    "verdict",
    "mode",
    "started",
    "timezone",
    "status",
    "severity",
    "delivery",
    "suite",
    "scope",
    "label_kind",
    "stage",
    "kind",
    "from",
    "to",
}


def _with_every_text(value: Any, text: str, key: str = "") -> Any:
    """The figures with a stranger's text for every string and every name that could be one."""
    if isinstance(value, str):
        return value if key in OURS else text
    if isinstance(value, list):
        return [_with_every_text(entry, text) for entry in value]
    if isinstance(value, dict) and key in ("fields_unread", "versions"):
        return {text + name: _with_every_text(inner, text) for name, inner in value.items()}
    if isinstance(value, dict):
        return {k: _with_every_text(inner, text, k) for k, inner in value.items()}
    return value


def _hostile(report: dict[str, Any], text: str) -> dict[str, Any]:
    changed: dict[str, Any] = _with_every_text(report, text)
    for name in ("reasons", "warnings"):
        changed[name] = {kind: {f"{text}{r}": n for r, n in counts.items()} for kind, counts in report[name].items()}
    for mine, theirs in zip(changed["personal_data"], report["personal_data"], strict=True):
        mine["label_kind"] = theirs["label_kind"]
    for mine, theirs in zip(changed["samples"]["quarantined"], report["samples"]["quarantined"], strict=True):
        mine |= {"label_kind": theirs["label_kind"], "reason": text + theirs["reason"]}
    for mine, theirs in zip(changed["samples"]["duplicates"], report["samples"]["duplicates"], strict=True):
        mine |= {"label_kind": theirs["label_kind"], "kind": theirs["kind"]}
    return changed


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:20]) for text in HOSTILE])
def test_a_strangers_text_is_inert_and_all_of_it_can_be_seen(text: str) -> None:
    report = _hostile(held(), text)
    clean = _hostile(held(), "plain")
    for figures in (report, clean):  # looked up by names that are no longer there, shown nowhere
        figures["changes"] |= {"checks": {}, "files": {}}
        figures["history"]["files"] = {}
    clean_page = Page(run_page(clean))
    html = run_page(report)
    page = _assert_well_made(html)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
    )
    # The same elements in the same order, but for the signs that make the invisible visible; what is too long for a
    # link has none.
    unlike = {"mark"} if len(text) < 100 else {"mark", "a"}
    tags = [[tag for tag, _ in p.elements if tag not in unlike] for p in (clean_page, page)]
    assert tags[0] == tags[1]
    assert len(re.sub('href="[^"]*"', "", html)) < 200_000
    index = index_page([report])
    _assert_well_made(index)
    if len(text) < 100 and text.isprintable():
        assert text in page.words("failing") and text in page.words("sources")


def test_long_words_may_break_anywhere() -> None:
    style = Page(run_page(published())).style
    assert re.search(r"^body \{[^}]*overflow-wrap: anywhere", style, re.MULTILINE)
    assert re.search(r"^\.scroll \{ overflow-x: auto", style, re.MULTILINE)


@pytest.mark.parametrize(
    "text", ['"' * 500, "\u200b" * 500, "한" * 500, "😀" * 500], ids=["quotes", "invisible", "Hangul", "emoji"]
)
def test_a_page_is_below_2_mb_whatever_the_data(text: str) -> None:
    # Names of our own making are as long as we make them, and are whole in links.
    ours = ("run_id", "release_id", "previous_release_id", "paths")
    small = _hostile(held(), text) | {name: held()[name] for name in ours}
    for sample in (*small["samples"]["quarantined"], *small["samples"]["duplicates"]):
        sample["parts"] = [sample["parts"][0] | {"characters": 800, "pieces": [[text, True]] * 2}] * 6
    small["samples"]["quarantined"][0]["also"] = [text] * 5
    small["reasons_together"]["sft"] = [{"reasons": [text, text], "records": 5}] * 200
    small["files"][1]["fields_unread"] = {f"{text}{n}": n for n in range(50)}
    small["history"]["runs"][0]["run_id"] = RUN
    # Made great as values, which share what is the same: as JSON it would be gigabytes.
    read_small = read(small)
    template, changes, samples = read_small.files[1], read_small.changes, read_small.samples
    names = [f"{n:05d}{text}" for n in range(10_000)]
    report = _with(
        read_small,
        files=tuple(_with(template, source_file=name, source=name) for name in names),
        changes=_with(
            changes,
            sentences=(text,) * 3,
            by_file=changes.by_file * 10_000,
            files=dict.fromkeys(names, FileBefore(received=9, failing=3, same_name=False)),
        ),
        history=History(
            runs=read_small.history.runs[:1] * 30,
            files=dict.fromkeys(names, (0.123456,) * 14),
            sources=dict.fromkeys(names, (0.123456,) * 14),
        ),
        split_moves=SplitMoves(count=10_000, records=read_small.split_moves.records * 5_000),
        samples=_with(
            samples,
            quarantined=tuple(_with(samples.quarantined[0], reason=f"{n % 60}{text}") for n in range(1_000)),
            duplicates=samples.duplicates * 500,
        ),
    )
    html = render_run(report)
    assert len(html.encode()) < 2_000_000
    page = _assert_well_made(html)
    assert "and 9,750 more files: see report.json" in page.words("sources")
    assert page.row("sources", "10,000 sources")[:2] == ["10,000 files", _n(10_000 * template.received)]
    assert "and 9,900 more sources: see report.json" in page.words("sources")
    shown = page.words("failing").count(" at stage ")
    assert 80 < shown < 300
    assert "and 45 more" in page.words("sources")
    assert f"and {1_000 - shown} more samples: see report.json" in page.words("failing")
    assert "and 188 more pairs: see report.json" in page.words("reasons")
    assert "50 of 10,000 shown" in page.words("splits")
    assert "9,975 more differences" in page.words("changes")
    for more in ("4,980 more new findings", "and 4,980 more: see report.json"):
        assert more in page.words("findings")
    index = render_index([_with(report.summary, run_id=f"{RUN}{n}") for n in range(3_000)], older=7)
    assert len(index.encode()) < 2_000_000
    assert "and 2,807 older runs" in Page(index).words("runs")


def _with(value: Any, **changed: Any) -> Any:
    return value.model_copy(update=changed)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_and_bars_contrast_with_their_background(scheme: int) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    themes = re.findall(r":root \{([^}]*--ink[^}]*)\}", Page(run_page(published())).style)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", themes[scheme]))

    def contrast(one: str, other: str) -> float:
        dark, light = sorted((_luminance(colours[one]), _luminance(colours[other])))
        return (light + 0.05) / (dark + 0.05)

    for ground in ("ground", "panel"):
        for ink in ("ink", "soft", "link", "held", "published"):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast("soft", "mark") >= 4.5
    for accent in ("published", "unchanged", "held", "checked"):
        assert contrast("on-accent", accent) >= 4.5, accent
    for outcome in ("kept", "validation", "test", "duplicates", "quarantined", "unreadable"):
        assert contrast(outcome, "panel") >= 3, outcome
