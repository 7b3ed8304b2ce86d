"""Sources on the page of a run: their sums and nights, which files are folded, and the links to just these rows."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sftrm_quality.config import RunConfig
from sftrm_quality.findings import Past, Tallies
from sftrm_quality.output import OutputFolder
from sftrm_quality.reports.browse import browse_of
from sftrm_quality.reports.comparison import history_with
from sftrm_quality.reports.rows_links import check_link, rows_link
from sftrm_quality.reports.sources_shown import FILES_UNFOLDED, sources_shown
from sftrm_quality.run_record import FileEntry, Verdict
from tests.outputs import open_gate, run_on
from tests.page import Page
from tests.report_example import account, figures_of, published, read, run_page
from tests.vendors import delivery, file_of, write

NAMED = RunConfig(raw=["raw"], out="out", sources=[{"files": "a/*", "name": "Alpha"}])


def entry(name: str, received: int, failing: int, source: str = "", **others: Any) -> dict[str, Any]:
    like = published()["files"][0] | {"reasons": {"answer_blank": failing} if failing else {}, "source": source}
    return like | {"source_file": name, "fields_unread": {}} | account(received, 0, failing, 0) | others


def report_with(files: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    report = published() | {"files": files, "findings": []} | changed
    report["changes"] = report["changes"] | {"files": {}, "by_file": changed.get("by_file", [])}
    report["history"] = report["history"] | {"files": {}, "sources": changed.get("sources", {})}
    for name in ("by_file", "sources"):
        report.pop(name, None)
    return report


def night(**files: tuple[int, int]) -> Tallies:
    entries = [entry(name.replace("_", "/"), received, failing) for name, (received, failing) in files.items()]
    return Tallies(read(report_with(entries)).files)


def test_the_nights_of_a_source_are_weighted_by_the_records_of_its_files() -> None:
    earlier = (night(a_1=(100, 10), a_2=(300, 10), b_1=(10, 5)), night(b_1=(10, 0), a_9=(0, 0)), night(a_3=(50, 25)))
    report = report_with([entry("a/4", 200, 50), entry("b/1", 10, 0), entry("c/1", 10, 1)])
    run, past = read(report).summary, Past((), earlier, (), {})
    history = history_with(run, figures_of(report), past, NAMED)
    assert history.sources == {"Alpha": (0.05, None, 0.5, 0.25), "b": (0.5, 0.0, None, 0.0)}
    again = history_with(run.model_copy(update={"verdict": Verdict.UNCHANGED}), figures_of(report), past, NAMED)
    assert again.sources == {"Alpha": (0.05, None, 0.5), "b": (0.5, 0.0, None)}


def test_sources_are_summed_worst_first_with_their_nights() -> None:
    files = [
        entry("a/1.json", 1_000, 10, "a"),
        entry("a/2.json", 3_000, 30, "a", label_kind="rm"),
        entry("b/1.json", 100, 50, "b"),
        entry("c/1.json", 10, 0, "c"),
        entry("c/2.json", 0, 0, "c", status="gone", delivery="gone"),
    ]
    page = Page(run_page(report_with(files, sources={"b": [0.25, None, 0.5]})))
    heads = [" ".join(row[0].split()) for row in page.rows["sources"][1:4]]
    assert heads == ["b", "a", "c"]
    # Files, received, share, failing, nights, unreadable, quarantined, duplicates, published.
    assert page.row("sources", "a") == ["2", "4,000", "", "1.0 %", "", "0", "40", "0", "3,960"]
    nights = "share failing in the last 2 runs: 25.0 %, 50.0 %"
    assert page.row("sources", "b") == ["1", "100", "", "50.0 %", nights, "0", "50", "0", "50"]
    assert page.row("sources", "c")[:2] == ["11 gone", "10"]
    assert page.row("sources", "3 sources")[:4] == ["5 files", "4,110", "", "2.2 %"]


def test_files_without_a_source_are_of_their_folder_or_series() -> None:
    files = [entry("a/1.json", 10, 0), entry("n_1.json", 10, 0), entry("n_2.json", 10, 0)]
    shown = sources_shown(read(report_with(files)), 0)["sources"]
    assert [(source.name, source.files) for source in shown] == [("n_#.json", 2), ("a", 1)]


def many(count: int) -> list[dict[str, Any]]:
    return [entry(f"v{n % 3}/{n:03}.json", 100, n % 7, f"v{n % 3}") for n in range(count)]


def test_a_few_files_are_all_in_full() -> None:
    shown = sources_shown(read(report_with(many(FILES_UNFOLDED))), 0)
    assert len(shown["files"]) == FILES_UNFOLDED and shown["folded"] == []


def test_of_many_files_only_those_with_something_to_see_are_open() -> None:
    files = many(FILES_UNFOLDED + 10)
    files[3] |= {"status": "unreadable"}
    files[4] |= {"incomplete": True}
    files[5] |= {"status": "gone", "delivery": "gone"}
    step = {
        "label_kind": "sft",
        "reason": "r",
        "before": 0,
        "now": 9,
        "received_before": 9,
        "received_now": 9,
        "step": 1.0,
    }
    steps = [step | {"source_file": "v0/006.json"}, step | {"source_file": "v1/007.json"}]
    finding = {
        "suite": "delivery",
        "reason": "x",
        "severity": "warning",
        "label_kind": None,
        "source": "v2",
        "usual": None,
    }
    finding |= {
        "source_file": "v2/008.json",
        "files": ["v2/008.json", "v0/009.json"],
        "file_count": 2,
        "count": 1,
        "of": 2,
    }
    finding |= {"since": "now", "known": False, "text": "this is it", "fingerprints": [], "act": None}
    report = report_with(files, by_file=steps, findings=[finding])
    shown = sources_shown(read(report), steps=1)
    assert {file.source_file for file in shown["files"]} == {f"v{n % 3}/{n:03}.json" for n in (3, 4, 5, 6, 8, 9)}
    folded = {source.name: source.folded for source in shown["folded"]}
    assert sum(map(len, folded.values())) == len(files) - 6 and set(folded) == {"v0", "v1", "v2"}
    assert all(file.source == name for name, of_source in folded.items() for file in of_source)
    html = run_page(report).replace("<wbr>", "")
    section = html[html.index('id="sources"') : html.index('id="checks"')]
    assert section.count("<details>") == 3 and "<details open" not in section
    assert all(section.count(f">{file['source_file']}<") == 1 for file in files)


def test_a_page_of_many_sources_is_bounded() -> None:
    files = [entry(f"{n:05}x/a.json", 10, 1, f"{n:05}x") for n in range(2_000)]
    html = run_page(report_with(files))
    assert len(html.encode()) < 1_000_000
    html = html.replace("<wbr>", "")
    assert "and 1,940 more sources" in html and "and 1,700 more files" in html and "2,000 sources" in html
    # All of the files that are shown are in some table.
    assert "Other sources: 270 files" in html and html.count("x/a.json<") == 300


def filters(href: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(href).fragment).items()}


@pytest.mark.parametrize("name", ["a b&c=d#e/%41+.json", "한글/n!.jsonl", "'\"<b>\u202e"])
def test_a_link_to_rows_brings_the_names_as_they_are(name: str) -> None:
    report = read(published())
    href = str(rows_link(report, source=name, file=name, reason="r", kind="sft")).replace("&amp;", "&")
    assert href.startswith("./browse.html#")
    assert filters(href) == {"source": name, "file": name, "reason": "r", "kind": "sft"}


def test_there_is_a_link_only_where_a_page_knows_the_rows() -> None:
    report = published()
    assert rows_link(read(report | {"browse": None}), reason="r") == ""
    assert rows_link(read(report), file="한" * 200) == ""
    # The rows of another run, whose settings called a source otherwise.
    elsewhere = {"page": "../other/browse.html", "known_sources": ["b"]}
    other = read(report | {"browse": report["browse"] | elsewhere})
    assert rows_link(other, source="a") == "" and rows_link(other, source="a", reason="r") == ""
    assert rows_link(other, source="b") == "./../other/browse.html#source=b"
    assert rows_link(other, reason="r") == "./../other/browse.html#reason=r"
    # What an older version wrote of it knows nothing of names.
    del elsewhere["known_sources"]
    old = {name: value for name, value in report["browse"].items() if name != "known_sources"}
    assert rows_link(read(report | {"browse": old | elsewhere}), source="vendor_a") == ""
    assert rows_link(read(report | {"browse": old}), source="vendor_a") == "./browse.html#source=vendor_a"


def test_a_check_that_warns_leads_to_published_records_where_some_are_listed() -> None:
    report = published()
    report["browse"]["warned_reasons"] = {"sft": {"answer_refuses": 3}}
    now = read(report)
    assert check_link(now, "sft", "answer_blank", "critical") == "./browse.html#reason=answer_blank&amp;kind=sft"
    found = "./browse.html#source=a&amp;reason=answer_refuses&amp;kind=sft&amp;outcome=warned"
    assert check_link(now, "sft", "answer_refuses", "warning", "a") == found
    assert check_link(now, "rm", "answer_refuses", "warning") == check_link(now, "sft", "text_loops", "warning") == ""
    assert check_link(read(report | {"browse": None}), "sft", "answer_refuses", "warning") == ""


def test_an_unchanged_run_leads_to_the_rows_of_the_run_that_made_the_release(tmp_path: Path) -> None:
    raw, out, gate = tmp_path / "raw", tmp_path / "out", open_gate(tmp_path / "suites")
    for vendor in ("namsan", "inwang", "hangang"):
        write(raw / file_of(vendor, 1), delivery(vendor, 1, 10, failing=0.3))

    def sources_linked() -> dict[str, str]:
        page = Page((run_on([raw], out, gate).report_folder / "index.html").read_text("utf-8"))
        links = [href.split("#source=") for href in page.attributes("a", "href") if href and "#source=" in href]
        return {name: page for page, name in links if "&" not in name}

    assert sources_linked() == dict.fromkeys(("namsan", "inwang", "hangang"), "./browse.html")
    (first,) = (out / "reports").glob("*/browse.html")
    there = f"./../{first.parent.name}/browse.html"
    assert sources_linked() == dict.fromkeys(("namsan", "inwang", "hangang"), there)
    # Names are settings that make no new release; that page has those of its night.
    report = read(json.loads((first.parent / "report.json").read_text("utf-8")))
    for names, known in (
        ({"namsan": "Namsan"}, ("hangang", "inwang")),
        ({"namsan": "inwang", "inwang": "namsan"}, ("hangang",)),
    ):
        files = [file.model_copy(update={"source": names.get(file.source, file.source)}) for file in report.files]
        browse = browse_of(OutputFolder(out), report.run_id, files)
        assert browse is not None and browse.known_sources == known
    first.unlink()
    assert sources_linked() == {}


def test_every_source_file_reason_and_check_with_rows_leads_to_them_and_no_other(samples_run: Any) -> None:
    report = samples_run.report
    page = Page(run_page(report))
    links = [filters(href) for href in page.attributes("a", "href") if href and "browse.html#" in href]
    excluded = [(row, row["reasons"]) for row in samples_run.quarantine]
    excluded += [(row, []) for row in samples_run.duplicates]
    of_kinds = {kind: samples_run.published(kind) for kind in ("sft", "rm")}
    warned = [(row | {"label_kind": kind}, row["warnings"]) for kind, rows in of_kinds.items() for row in rows]
    sources = {file["source_file"]: file["source"] for file in report["files"]}
    for link in links:
        # Each leads somewhere.
        assert any(
            link.get("source", sources[row["source_file"]]) == sources[row["source_file"]]
            and link.get("file", row["source_file"]) == row["source_file"]
            and link.get("kind", row["label_kind"]) == row["label_kind"]
            and (link.get("reason") in (None, *reasons))
            for row, reasons in (warned if link.get("outcome") == "warned" else excluded)
        ), link
    linked = {tuple(link.items()) for link in links}
    for row, reasons in excluded:
        kind = (("kind", row["label_kind"]),)
        assert (("source", sources[row["source_file"]]),) in linked
        if row["label_kind"] != "unknown":
            assert (("file", row["source_file"]), *kind) in linked
            assert all((("reason", reason), *kind) in linked for reason in reasons)
    named = {(row["label_kind"], reason) for row, reasons in warned for reason in reasons}
    assert len(named) > 10
    for kind, reason in named:
        assert links.count({"reason": reason, "kind": kind, "outcome": "warned"}) >= 2
    # Reasons in both tables, of checks and of reasons.
    reason = next(r for row, reasons in excluded for r in reasons if row["stage"] == "check")
    assert sum(link.get("reason") == reason and "file" not in link and "source" not in link for link in links) >= 2


def test_an_entry_is_read_as_the_product_reads_it() -> None:
    assert isinstance(read(report_with([entry("a/1", 1, 0)])).files[0], FileEntry)
