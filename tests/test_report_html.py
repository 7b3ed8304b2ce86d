"""The pages have every figure of the report, and adding up is shown."""

import re
from typing import Any

import pytest
from jinja2 import Environment

from sftrm_quality.reports import html as pages
from sftrm_quality.reports import prepare_pages
from sftrm_quality.words import share
from tests.page import Page, assert_well_made, without_our_script
from tests.report_example import RELEASE, account, browse_page, held, index_page, published, run_page


@pytest.fixture
def report() -> dict[str, Any]:
    return published()


def test_both_pages_are_well_made_and_ask_for_nothing(report: dict[str, Any]) -> None:
    for html in (run_page(report), run_page(held()), index_page([report]), index_page([])):
        assert_well_made(html)
        assert not re.search(r"https?:|\bsrc=|<script|\bstyle=|\bon\w+=", without_our_script(html))


def _n(value: int) -> str:
    return f"{value:,}"


def test_the_ledger_is_on_the_page_and_adds_up(report: dict[str, Any]) -> None:
    flow = assert_well_made(run_page(report)).words("flow")
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
    html = html.replace("<wbr>", "")
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
    assert page.row("duplicates", "SFT") == ["40,218", "0", "21,002"]
    assert page.row("duplicates", "RM") == ["201", "0", "13"]
    assert "SFT near 1 of 21,002 shown" in page.words("duplicates")
    assert "similarity 0.87 to sft-000000000000000000000000000000c0" in page.words("duplicates")
    assert "equal to sft-000000000000000000000000000000d0" in page.words("duplicates")


def test_rows_that_are_not_listed_are_named(report: dict[str, Any]) -> None:
    assert "Browse 50,000 of 87,626 excluded rows" in Page(run_page(report)).words("failing")
    page = Page(browse_page(report))
    assert "50,000 of 87,626 rows" in page.words("") and "equal share" in page.words("")
    report["browse"]["listed"] = 87_626
    assert "Browse all 87,626 excluded rows" in Page(run_page(report)).words("failing")
    assert "87,626 rows, failing or duplicate, each" in Page(browse_page(report)).words("")
    assert "10,000 of 25,242 published records that a check warns of" in Page(browse_page(report)).words("")
    report["browse"]["warned_listed"] = 25_242
    assert "leads to the 25,242 published records" in Page(browse_page(report)).words("")
    report["browse"]["warned"] = 0
    assert "a check warns of" not in Page(browse_page(report)).words("")


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
    page = assert_well_made(index_page([older, report, oldest]))
    assert page.texts["trends"].count("SFT: share of the records received") == 2  # the caption and the chart's title
    runs = [f"./{r['run_id']}/index.html" for r in (report, older, oldest)]
    assert page.attributes("a", "href") == [*runs, "./index.ko.html"]
    assert page.row("runs", "SFT") == ["1,240,318", "", "412", "23,907", "61,220", "1,154,779"]
    assert "HELD" in page.words("runs") and f"release {RELEASE}" in page.words("runs")
    assert "trends" not in Page(index_page([older, report])).texts
    assert "There is no run yet." in index_page([])


def test_no_template_is_compiled_once_the_pages_are_prepared(monkeypatch):
    pages._environment.cache_clear()
    prepare_pages()
    monkeypatch.setattr(Environment, "compile", None)
    for page in (run_page(published()), browse_page(published()), index_page([published()])):
        assert page
