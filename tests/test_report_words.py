"""What the page of a run says in words: its verdict and why, what to look at, how it can be done again."""

from typing import Any

import pytest

from tests.page import Page, assert_well_made
from tests.report_example import BEFORE, RELEASE, RUN, held, published, run_page


@pytest.fixture
def report() -> dict[str, Any]:
    return published()


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
    page = assert_well_made(run_page(report))
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
    expected = "Expected: At most 30 % of the records are quarantined."
    assert f"release: quarantine_share Found: SFT share quarantined: 34 %. {expected}" in words
    assert "sft: answer_placeholder 3,904 of 1,225,685 failed" in words
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
        "./index.ko.html",
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
        assert f"{said} Expected: At most 30 % of the records are quarantined." in Page(run_page(report)).words("")


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
