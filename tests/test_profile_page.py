"""The profile on the page: its numbers are those of report.json, and a stranger's text stays text."""

import copy

import pytest

from sftrm_quality.reports.html import render_run
from sftrm_quality.words import share as share_of
from tests.page import HOSTILE, Page, assert_well_made
from tests.report_example import published, read, run_page


def doubted(samples_run):
    """The samples' own, with a file whose ranks look upside down, and one that only may."""
    found = copy.deepcopy(samples_run.report)
    rm = found["profile"]["rm"]
    name = next(iter(rm["files"]))
    signs = [{"sign": sign, "above": 31, "below": 9, "weight": 2.0} for sign in ("refusal", "short")]
    of_all = {"records": 60, "log_odds": 3.1, "signs": signs}
    rm["doubtful_directions"] = [
        {"source_file": name, "strong": True, "by_format": False, **of_all},
        {"source_file": "b.json", "strong": False, "by_format": True, **of_all},
    ]
    place = {"records": 100, "by_chance": 50.0}
    rm["first_listed"] |= {
        "left_out": 7,
        "files": [
            {"source_file": "sorted.json", **place, "first_is_best": 100, "sigmas": 10.0},
            {"source_file": "upper.json", **place, "first_is_best": 75, "sigmas": 5.0},
            {"source_file": "large.json", **place, "records": 10_000, "first_is_best": 80, "sigmas": 6.0},
            {"source_file": "chance.json", **place, "first_is_best": 65, "sigmas": 3.0},
        ],
    }
    return found


@pytest.fixture
def report(samples_run):
    return doubted(samples_run)


def n(*values):
    return [f"{value:,}" for value in values]


def test_lengths_scripts_and_names_are_those_of_the_report(report):
    page = assert_well_made(run_page(report))
    quantiles = ("texts", "p05", "median", "p95", "p99", "longest")
    for section, parts in (("sft", ("question", "answer")), ("rm", ("prompt", "response"))):
        figures = report["profile"][section]
        for part in parts:
            assert page.row(section, part.capitalize()) == n(*(figures[part][name] for name in quantiles))
            rows = [["".join(cell).strip() for cell in row] for row in page.rows[section]]
            for found in figures[part]["histogram"]:
                head = f"{found['from']:,}" + (f"–{found['to']:,}" if found["to"] > found["from"] else "")
                tail = [*n(found["count"]), share_of(found["count"], figures[part]["texts"])]
                assert [head, "", *tail] in rows
        for names in figures["names"].values():
            for entry in names["top"]:
                tail = [*n(entry["records"]), share_of(entry["records"], figures["records"])]
                assert [entry["name"].replace("\n", "⏎"), "", *tail] in rows
    crossed = report["profile"]["sft"]["scripts"]
    assert page.row("sft", "Hangul")[:3] == n(*(crossed["hangul"][answer] for answer in ("hangul", "latin", "mixed")))
    assert f"{report['conflicts']['sft']} question appears in several records" in page.words("sft")


def test_rankings_are_those_of_the_report(report):
    page = Page(run_page(report))
    rm = report["profile"]["rm"]
    health, first = rm["preference"], rm["first_listed"]
    for word, count in (("longer", health["longer_wins"]), ("shorter", health["shorter_wins"])):
        share = share_of(count, health["pairs"])
        assert page.row("rm", f"the {word} response wins") == ["", *n(count), share]
    words = page.words("rm")
    assert f"best in {first['first_is_best']} of {first['records']} records" in words
    assert f"chance would give {round(first['by_chance'])} (" in words
    for row in rm["ranks"]:
        gap = "–" if row["rank"] == 1 else f"{row['mean_gap']:+.1f}".replace("-", "−")
        assert page.row("rm", str(row["rank"])) == [*n(row["responses"]), f"{row['mean_chars']:.1f}", gap]
    for check in report["checks"]:
        if check["reason"] in ("ranking_contradicted", "score_contradicts_rank"):
            assert f"{check['failed']} of the {check['evaluated']} records checked" in words
    assert words.count("the declared rank direction is probably wrong:") == 1
    assert "refusals are ranked above others in 31 of 40 records that have one, the shorter responses win 31" in words
    assert "b.json: the better and the worse responses may be exchanged" in words
    assert "sorted.json: the response listed first is best in all of 100 records" in words
    assert "upper.json: the response listed first is best in 75 of 100 records (75.0 %)" in words
    assert "large.json" not in words and "chance.json" not in words
    assert "7 records are left out here" in words


def test_where_no_order_is_the_files_own_nothing_is_said_of_it(report):
    first = report["profile"]["rm"]["first_listed"]
    first |= {"records": 0, "first_is_best": 0, "by_chance": 0.0, "sigmas": 0.0, "by_number": [], "files": []}
    words = assert_well_made(run_page(report)).words("rm")
    assert "listed first is best in" not in words and "7 records are left out here" in words


def test_clusters_and_groups_are_those_of_the_report(report):
    page = Page(run_page(report))
    words = page.words("duplicates")
    for figures in report["profile"]["duplicates"].values():
        assert f"{figures['clusters']} records kept" in words and figures["largest"]["record_id"] in words
        for row in figures["would_stay"]:
            assert f"{row['records']} would be kept at {row['threshold']}" in words
    for pair in report["samples"]["borderline"]:
        assert (
            f"{pair['record_id']} removed, duplicate of {pair['duplicate_of']}, similarity {pair['similarity']:.4f}"
            in words
        )
        for part in pair["parts"]:
            assert " ".join(part["gone"].split()) in words and " ".join(part["stayed"].split()) in words
    splits = report["profile"]["splits"]
    for name, figures in splits["groups"].items():
        assert page.row("splits", name) == n(figures["count"], figures["largest"])
    assert "No prompt is in two splits." in page.words("splits")
    assert f"{splits['shared_prompts']['records_read_back']:,} records were read back" in page.words("splits")
    splits["shared_prompts"] |= {"across_kinds": 7, "within": {"sft": 3, "rm": 0}}
    assert "two splits: 7 over both kinds, 3 in SFT, 0 in RM." in Page(run_page(report)).words("splits")


def test_kinds_without_records_and_releases_without_a_profile(report):
    report["profile"] |= {"sft": None, "rm": None}
    page = assert_well_made(run_page(report))
    assert "No SFT record is published." in page.words("sft") and "No RM record is published." in page.words("rm")
    del report["profile"]
    assert "sft" not in assert_well_made(run_page(report)).texts
    assert "sft" not in Page(run_page(published())).texts


def hostile(report, text):
    """A stranger's text wherever the profile shows one, as often and as long as it can be there."""
    profile = report["profile"]
    for kind in ("sft", "rm"):
        for name in profile[kind]["names"].values():
            name["top"] = [{"name": text[:80], "records": 5}] * 20
    doubted = profile["rm"]["doubtful_directions"][0]
    profile["rm"]["doubtful_directions"] = [doubted | {"source_file": text}]
    profile["rm"]["responses"] = {str(responses): 1 for responses in range(2, 258)}
    parts = [{"name": "answer", "gone": f"{text} x"[:302], "stayed": f"y {text}"[:302]}] * 2
    report["samples"]["borderline"] = [report["samples"]["borderline"][0] | {"parts": parts}] * 10
    # As values, which share what is the same.
    found = read(report)
    rm = found.profile.rm.model_copy(update={"doubtful_directions": found.profile.rm.doubtful_directions * 5_000})
    return found.model_copy(update={"profile": found.profile.model_copy(update={"rm": rm})})


@pytest.fixture(scope="module")
def plain(samples_run):
    return assert_well_made(render_run(hostile(doubted(samples_run), "plain")))


@pytest.mark.parametrize("text", [*HOSTILE, "\u200b " * 150], ids=[ascii(text[:20]) for text in (*HOSTILE, "\u200b ")])
def test_a_strangers_text_is_inert_and_bounded(report, text, plain):
    html = render_run(hostile(report, text))
    page = assert_well_made(html)
    tags = [[tag for tag, _ in p.elements if tag not in ("mark", "wbr")] for p in (plain, page)]
    assert tags[0] == tags[1]
    assert len(html.encode()) < 1_000_000
    assert "and 4,980 more files: see report.json" in page.words("rm")
    assert "and 236 more numbers of responses: see report.json" in page.words("rm")
