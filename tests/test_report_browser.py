"""The report of a run over hostile records in a real browser: nothing of theirs runs, and everything can be read.

With SFTRM_SCREENSHOTS=docs/images it also takes the pictures of the docs.
"""

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pandas
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.service.site import ReportSite
from sftrm_quality.reports import position
from sftrm_quality.reports.html import render_browse
from sftrm_quality.run_record import Mode, read_report_json
from sftrm_quality.words import speaking
from tests.outputs import Output, open_gate, run_on
from tests.pseudo import Pseudo
from tests.report_example import published, run_page
from tests.test_report_sources import entry
from tests.vendors import deliver, delivery, file_of, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]
SECONDS = 1000
PICTURES = os.environ.get("SFTRM_SCREENSHOTS")
RUN = "window.ran = 1"
# The first five are those of which a sample of each reason is shown.
HOSTILE = (
    f"<script>{RUN}</script>",
    "\u202egnp.exe\u2066\u200f\u061c \u05d0\u05d1 rtl",
    "esc \x1b[31mred\x1b[0m \x1b]0;title\x07 csi \x9b31m",
    "nul \x00 del \x7f",
    "e" + "\u0301" * 300,
    f"</script><script>{RUN}</script>",
    f"</style></title></textarea></noscript><img src=x onerror='{RUN}'>",
    f"<svg onload='{RUN}'><style>@import url(http://evil.example/x);body{{display:none}}</style>",
    f"javascript:{RUN}",
    f"' onmouseover='{RUN}' x='",
    f"{{{{ {RUN} }}}}{{% raw %}}<!--",
    f"`${{{RUN}}}`\\'\"];{RUN};//\u2028{RUN}",
    "https://evil.example/x.png //evil.example/y <link rel=stylesheet href=//evil.example>",
    "w" * 100_000,
    "가" * 100_000,
    "\u200b" * 5_000,
)
# Not even a name of a file is to be trusted.
NAME = "<img src=x onerror=alert(1)>\u202e{{7*7}}.jsonl"
PRINTS = "'import json, sys; print(json.dumps(sys.argv[1:]))'"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of the report of a run over them, each as a question, an answer, a response and broken JSON."""
    base = tmp_path_factory.mktemp("hostile")
    (base / "raw").mkdir()
    lines, rankings = [], []
    for number, text in enumerate(HOSTILE):
        common = {"data_id": f"{number} {text[:300]}", "data_category": text[:300], "question_type": "x"}
        # Blank, so that it is quarantined; twice, so that the second one is a duplicate.
        lines += [{**common, "question": text, "answer": " "}, {**common, "question": f"? {text}", "answer": "so\x07"}]
        lines += [{**common, "data_id": f"{n}{number}", "question": f"{number} {text}", "answer": text} for n in "ab"]
        responses = [{"text": text, "rank": 2}, {"text": f"{text} <s>", "rank": 1}]
        rankings.append({**common, "prompt": text, "responses": responses})
    data = (
        "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + '\n{"question": "\\ud800", "answer": "x"}\n'
    )
    data += "".join(f'{{"question": "{text}\n' for text in HOSTILE if "\n" not in text)
    (base / "raw" / NAME).write_text(data, "utf-8")
    # A list, whose records have no lines.
    (base / "raw" / "rm.json.gz").write_bytes(gzip.compress(json.dumps(rankings).encode()))
    return run_on([base / "raw"], base / "out", open_gate(base / "suites")).report_folder


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Opens a page of a report and holds it to what every page must be, whatever was done with it."""
    contexts = []

    def open_page(address, width=1280, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_default_timeout(10 * SECONDS)
        page.complaints, page.asked = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        contexts.append((context, page, address.rsplit("/", 1)[0]))
        return page

    yield open_page
    for context, page, folder in contexts:
        assert page.complaints == []
        assert [url for url in page.asked if not url.startswith(f"{folder}/")] == []
        assert page.evaluate("window.ran") is None
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_of_hostile_records_is_readable_and_runs_nothing(report, opened, width, scheme):
    page = opened((report / "index.html").as_uri(), width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert len(page.asked) == 1
    shown = page.locator("#failing").inner_text()
    for text in (HOSTILE[0], "⟨U+202E⟩gnp.exe", "⟨U+001B⟩[31mred", "⟨U+0000⟩", "⟨U+0301⟩", "characters"):
        assert text in shown, text
    assert page.locator("#failing mark.defect").count() > 20
    # Nothing of a record became an element, and the dark page is dark.
    allowed = (
        "img, script:not(main + script), link, iframe, object, form, input, [onerror], [onload], [onmouseover], [style]"
    )
    assert page.locator(allowed).count() == 0
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (ground == "rgb(18, 21, 24)") is (scheme == "dark")


@pytest.fixture(scope="module")
def site(report):
    with ReportSite(report.parent.parent, 0) as site:
        yield f"{site.address}/{report.name}"


@pytest.mark.parametrize("over", ["file", "site"])
@pytest.mark.parametrize("width", [390, 1280])
def test_rows_can_be_leafed_through_filtered_and_searched(report, opened, site, over, width):
    address = (report / "browse.html").as_uri() if over == "file" else f"{site}/browse.html"
    page = opened(address, width, "dark" if over == "file" else "light")
    figures = json.loads((report / "report.json").read_text("utf-8"))
    every, blank = figures["browse"]["rows"], figures["reasons"]["sft"]["answer_blank"]
    assert every > 60 and blank > 10
    status, rows = page.locator("#status"), page.locator("#rows > li")
    playwright.expect(status).to_have_text(f"1–50 of {every} rows ")
    seen = rows.all_inner_texts()
    while page.get_by_role("button", name="Next").is_enabled():
        before = status.inner_text()
        page.get_by_role("button", name="Next").click()
        playwright.expect(status).not_to_have_text(before)
        seen += rows.all_inner_texts()
    assert len(seen) == every
    samples = [s for name in ("quarantined", "duplicates") for s in figures["samples"][name]]
    assert {s["source_line"] is None for s in samples} == {True, False}
    for sample in samples:
        (text,) = {text for text in seen if f"{figures['why']} {sample['record_id']}\n" in text}
        assert f", {position(sample['source_index'], sample['source_line'])} of " in text
    assert page.locator("#rows :is(img, script, svg, style, link, a, input)").count() == 0
    together = "\n".join(seen)
    for text in (HOSTILE[0], "⟨U+202E⟩gnp.exe", "⟨U+001B⟩[31mred", "⟨U+0000⟩", "more characters", "id 3 nul"):
        assert text in together, text
    page.get_by_role("button", name="Back").click()
    playwright.expect(status).not_to_contain_text(f"–{every} of")

    page.get_by_label("Reason").select_option("answer_blank")
    playwright.expect(status).to_have_text(f"1–{blank} of {blank} rows ")
    assert all("SFT answer_blank" in text for text in rows.all_inner_texts())
    assert set(page.locator("#rows mark.defect").all_inner_texts()) >= {'" "'}
    page.get_by_label("Kind").select_option("rm")
    playwright.expect(status).to_have_text("No row fits")
    page.get_by_label("Kind").select_option("")
    page.get_by_label("File").select_option("rm.json.gz")
    playwright.expect(status).to_have_text("No row fits")
    # The way back is the browser's.
    page.go_back()
    playwright.expect(status).to_have_text(f"1–{blank} of {blank} rows ")
    assert page.get_by_label("File").input_value() == ""
    page.go_forward()
    playwright.expect(status).to_have_text("No row fits")
    page.get_by_label("Reason").select_option("")
    playwright.expect(status).to_contain_text(f"of {len(HOSTILE)} rows")
    assert page.url == f"{address}#file=rm.json.gz"
    page.get_by_label("File").select_option("")
    page.get_by_label("Search").fill("GNP.exe")
    found = sum("gnp.exe" in text for text in seen)
    playwright.expect(status).to_contain_text(f"1–{found} of {found} rows")
    assert all("gnp.exe" in text for text in rows.all_inner_texts())
    page.get_by_label("Search").fill("no row says this")
    playwright.expect(status).to_have_text("No row fits")


def test_a_link_opens_the_page_filtered_and_the_page_says_the_command_for_the_rows_in_full(report, opened, tmp_path):
    figures = json.loads((report / "report.json").read_text("utf-8"))
    (entry,) = [file for file in figures["files"] if file["source_file"] == NAME]
    filters = {"source": entry["source"], "file": NAME, "reason": "answer_blank", "kind": "sft"}
    page = opened(f"{(report / 'browse.html').as_uri()}#{urlencode(filters)}")
    blank = figures["reasons"]["sft"]["answer_blank"]
    playwright.expect(page.locator("#status")).to_have_text(f"1–{blank} of {blank} rows ")
    for label, name in (("Source", "source"), ("File", "file"), ("Reason", "reason"), ("Kind", "kind")):
        assert page.get_by_label(label).input_value() == filters[name]
    # The name is a text of a shell, too, and what cannot be seen in it is written by its number.
    line = page.locator("#command code").inner_text()
    assert "\\U0000202E" in line
    words = json.loads(
        subprocess.check_output(["bash", "-c", f"python3 -c {PRINTS} {line}"], env={"LC_ALL": "C.UTF-8", **os.environ})
    )
    assert words[:2] == ["sftrm", "rows"]
    done = CliRunner().invoke(app, [*words[1:], "--to", str(tmp_path / "rows.xlsx")])
    assert done.exit_code == 0 and done.output.startswith(f"{blank} rows of run {report.name}")
    page.get_by_label("Reason").select_option("duplicate: exact")
    playwright.expect(page.locator("#command")).to_contain_text("duplicates file")
    # Names of another night, and what nobody can know.
    page.goto(f"{(report / 'browse.html').as_uri()}#file=gone.json")
    playwright.expect(page.locator("#status")).to_have_text("No row fits")
    assert page.get_by_label("File").input_value() == "gone.json"
    page.goto(f"{(report / 'browse.html').as_uri()}#new=1")
    playwright.expect(page.locator("#status")).to_contain_text("no release before to compare with")


def test_published_records_with_warnings_are_behind_the_filter_of_outcomes(report, opened):
    figures = json.loads((report / "report.json").read_text("utf-8"))
    browse, address = figures["browse"], (report / "browse.html").as_uri()
    every, warned = browse["rows"], browse["warned"]
    page = opened(address, 390)
    status, rows, outcome = page.locator("#status"), page.locator("#rows > li"), page.get_by_label("Outcome")
    playwright.expect(status).to_have_text(f"1–50 of {every} rows ")
    # What nobody asked for is not loaded.
    loaded = [url for url in page.asked if re.search(r"rows/\d+\.js$", url)]
    options = dict(text.rsplit(" (", 1) for text in outcome.locator("option").all_inner_texts())
    failing, twice = (int(options[name][:-1]) for name in ("failing", "duplicate"))
    assert failing + twice == every and options["published, with a warning"] == f"{warned})" and warned > 5
    assert options["failing or duplicate"] == f"{every})" and options["all of these"] == f"{every + warned})"

    outcome.select_option("warned")
    playwright.expect(status).to_contain_text(f"of {warned} rows")
    assert page.url == f"{address}#outcome=warned"
    assert {url for url in page.asked if re.search(r"rows/\d+\.js$", url)} > {*loaded}
    shown = rows.all_inner_texts()
    assert len(shown) == min(warned, 50) and all(
        re.search("published in (train|validation|test)", text) for text in shown
    )
    assert page.locator("#rows :is(img, script, svg, style, link, a, input)").count() == 0
    assert {*page.locator("#rows .part .name").all_inner_texts()} >= {"question", "answer"}
    # Sources, files and label kinds are those of the outcome.
    assert page.get_by_label("Kind").locator("option").all_inner_texts() == ["all", f"sft ({warned})"]
    assert "rm.json.gz" not in page.get_by_label("File").inner_text()
    released = {row["record_id"]: row for row in Output(report.parent.parent, figures).published("sft")}
    for text in shown:
        (record,) = [row for record_id, row in released.items() if f"{figures['why']} {record_id}\n" in text]
        assert (
            all(f"SFT {reason}" in text for reason in record["warnings"]) and f"published in {record['split']}" in text
        )

    # A reason that warns leads to its records, and one for which records fail to those.
    reason, count = max(browse["warned_reasons"]["sft"].items(), key=lambda pair: pair[1])
    page.get_by_label("Reason").select_option("answer_blank")
    playwright.expect(status).to_contain_text(f"of {figures['reasons']['sft']['answer_blank']} rows")
    assert outcome.input_value() == "" and page.url == f"{address}#reason=answer_blank"
    page.get_by_label("Reason").select_option(reason)
    playwright.expect(status).to_contain_text(f"1–{count} of {count} row")
    assert outcome.input_value() == "warned"
    outcome.select_option("duplicate")
    playwright.expect(status).to_contain_text(f"of {twice} row")
    assert page.get_by_label("Reason").input_value() == "" and page.url == f"{address}#outcome=duplicate"
    playwright.expect(page.locator("#command")).to_contain_text("duplicates file")
    page.go_back()
    playwright.expect(status).to_contain_text(f"of {count} row")
    # What the page says to pandas is there: by the reason, and by the file, whatever its name is.
    page.get_by_label("File").select_option(NAME)
    playwright.expect(status).to_contain_text(f"of {count} row")
    (said,) = page.locator("#command code").all_inner_texts()
    assert "\\U0000202E" in said
    found = eval(said.replace('"releases/', f'"{report.parent.parent}/releases/'), {"pandas": pandas})  # noqa: S307
    assert len(found) == count and all(reason in names for names in found["warnings"])

    outcome.select_option("all")
    page.get_by_label("Reason").select_option("")
    page.get_by_label("File").select_option("")
    playwright.expect(status).to_have_text(f"1–50 of {every + warned} rows ")
    page.get_by_label("Search").fill("GNP.exe")
    playwright.expect(status).to_contain_text("rows")
    outcome.select_option("warned")
    playwright.expect(rows.first).to_contain_text("gnp.exe")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Excerpts as CSV").click()
    header, *saved = csv.reader(io.StringIO(Path(saving.value.path()).read_bytes().decode("utf-8-sig"), newline=""))
    saved = [dict(zip(header, row, strict=True)) for row in saved]
    assert saved and all(row["outcome"] == "warned" and row["split"] and "gnp.exe" in row["excerpt"] for row in saved)
    page.goto(f"{address}#outcome=warned&new=1")
    playwright.expect(status).to_contain_text("none that names what warns of its records")


def test_rankings_that_would_be_published_are_shown_with_their_best_responses(tmp_path, opened):
    """A check publishes nothing; the second response of each ranking comes first where it is the best."""
    texts = [f"{place}: it is a river, {place} of them. " for place in range(1, 6)]
    lines = [
        {
            "data_id": f"r{n}",
            "prompt": f"What is river {n}?",
            "responses": [
                {"text": f"{text}{n} " + "It flows on and on. " * 60 * (place == 1), "rank": (place + n) % 5 + 1}
                for place, text in enumerate(texts, 1)
            ],
        }
        for n in range(7)
    ]
    write(tmp_path / "raw" / "r.jsonl", lines)
    ran = run_on([tmp_path / "raw"], tmp_path / "out", open_gate(tmp_path / "suites"), mode=Mode.CHECK)
    page = opened(f"{(ran.report_folder / 'browse.html').as_uri()}#reason=text_loops")
    playwright.expect(page.locator("#status")).to_contain_text("1–7 of 7 rows")
    first = page.locator("#rows > li").first
    playwright.expect(first).to_contain_text("would be published in ")
    names = first.locator(".part .name").all_inner_texts()
    assert names == ["prompt", "response 5, rank 1", "response 1, rank 2", "response 2, rank 3"]
    assert "and 2 more responses" in first.inner_text() and "more characters" in first.inner_text()
    assert page.locator("#command").inner_text() == "Nothing was published: these records are in no release."
    assert page.get_by_label("Outcome").locator("option:checked").inner_text() == "publishable, with a warning (7)"
    assert "failing (" not in page.get_by_label("Outcome").inner_text()


def test_what_is_shown_can_be_saved_as_cells_that_do_nothing(report, opened):
    page = opened((report / "browse.html").as_uri() + "#kind=rm&q=gnp.exe")
    playwright.expect(page.locator("#status")).to_contain_text("1–")
    count = page.locator("#rows > li").count()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Excerpts as CSV").click()
    assert saving.value.suggested_filename == f"excerpts-{report.name}.csv"
    saved = Path(saving.value.path()).read_bytes().decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(saved, newline=""))
    assert header[:3] == ["source", "source_file", "line"] and len(rows) == count > 0
    assert all(row[1] == "rm.json.gz" and row[2].startswith("record ") and "gnp.exe" in row[7] for row in rows)
    cells = page.evaluate("text => sftrmTexts.cell(text)", "=1+1\x1b\n")
    assert cells == '"\'=1+1⟨U+001B⟩\n"'
    for text in ("+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"):
        assert page.evaluate("text => sftrmTexts.cell(text)", text)[:2] in ("\"'", '"⟨')


def test_the_scripts_speak_the_language_of_the_page(report, opened):
    with speaking(Pseudo()):
        page_of_rows = render_browse(read_report_json((report / "report.json").read_bytes()))
    (report / "other.html").write_text(page_of_rows, "utf-8")
    page = opened(f"{(report / 'other.html').as_uri()}#kind=rm")
    playwright.expect(page.locator("#status")).to_contain_text("⟦")
    # What is filled in is between two pieces of a sentence.
    assert re.fullmatch(r"⟦⟧1⟦–⟧\d+⟦ of ⟧\d+⟦ rows⟧", page.locator("#status").inner_text())
    assert page.locator("#command").inner_text().startswith("⟦The failing rows of these filters, in full: ⟧sftrm rows")
    shown = page.locator("#rows > li").first.inner_text()
    assert shown.startswith("⟦⟧rm.json.gz⟦, ⟧⟦record ⟧") and "⟦id ⟧" in shown
    page.get_by_label("Search").fill("no row says this")
    playwright.expect(page.locator("#status")).to_have_text("⟦No row fits⟧")
    forms = page.evaluate("[1, 2, 199, 1234].map(n => sftrmTexts.sayOf('{first}–{last} of {count} row', '', n, {}))")
    assert [form.endswith(" row⟧") for form in forms] == [True, False, False, False]


def test_the_page_of_rows_says_in_korean_what_was_found(samples_run, opened):
    report = samples_run.out / "reports" / samples_run.report["run_id"]
    page = opened(f"{(report / 'browse.ko.html').as_uri()}#reason=invalid_json")
    playwright.expect(page.locator("#status")).to_contain_text("행 중 1–")
    assert "쉼표(,)가 와야 합니다" in page.locator("#rows").inner_text()
    assert "delimiter" not in page.locator("#rows").inner_text()
    # What is shown is found.
    page.get_by_label("검색").fill("쉼표(,)가")
    playwright.expect(page.locator("#status")).to_contain_text("행 중 1–")
    (led,) = page.get_by_role("link", name="English").all()
    led.click()
    playwright.expect(page.locator("h1")).to_contain_text("Rows of run")


def test_without_script_the_page_of_rows_says_where_they_are(report, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "browse.html").as_uri())
    assert page.get_by_text("This page needs the scripts in the folder rows").is_visible()
    assert page.get_by_text("quarantine.parquet").first.is_visible()
    context.close()


# What axe-core looks for: WCAG 2.2 at A and AA, in which is the size of what is touched, and what it holds to be good,
# such as landmarks of different names.
BARRIERS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Takes longest, and `test_report_foreign.py` computes it from the style sheet.
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}


def test_axe_finds_no_barrier_on_a_page(samples_run, opened):
    report = samples_run.out / "reports" / samples_run.report["run_id"]
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-core is not installed")
    for name, width in (
        ("index.html", 375),
        ("browse.html", 375),
        ("browse.html#outcome=all", 375),
        ("../index.html", 375),
        ("index.ko.html", 375),
    ):
        path, _, filters = name.partition("#")
        page = opened(f"{(report / path).resolve().as_uri()}#{filters}", width)
        if name.startswith("browse.html"):
            playwright.expect(page.locator("#status")).to_contain_text("1–")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        page.evaluate(axe.AXE_FILE_PATH.read_text("utf-8"))
        found = page.evaluate("options => axe.run(options)", BARRIERS)["violations"]
        assert [(rule["id"], [node["html"][:100] for node in rule["nodes"]]) for rule in found] == [], (name, width)


def test_sources_and_files_can_be_sorted_and_come_back_to_the_order_of_the_page(tmp_path, browser, opened):
    files = {"b_2/x.jsonl": (120, 6), "b_10/x.jsonl": (9, 4), "a/x.jsonl": (1_100, 5), "c/x.jsonl": (50, 0)}
    report = published() | {"files": [entry(name, *counts, name.split("/")[0]) for name, counts in files.items()]}
    report["changes"] = report["changes"] | {"files": {}}
    address = (tmp_path / "index.html").as_uri()
    (tmp_path / "index.html").write_text(run_page(report), "utf-8")
    page = opened(address)
    tables = page.locator("table.sources")
    assert tables.count() == 2
    for table, suffix in ((tables.nth(0), ""), (tables.nth(1), "/x.jsonl")):
        names = table.locator("tbody th bdi")

        def heads(table=table):
            return [head.get_attribute("aria-sort") for head in table.locator("thead th").all()]

        def order(names=names, suffix=suffix):
            return [name.removesuffix(suffix) for name in names.all_inner_texts()]

        as_made = order()
        assert as_made == ["b_2", "a", "b_10", "c"]
        received = table.get_by_role("button", name="Received")
        received.click()
        assert order() == ["a", "b_2", "c", "b_10"] and [h for h in heads() if h] == ["descending"]
        # By the keyboard, which stays where it is.
        received.press("Enter")
        assert order() == ["b_10", "c", "b_2", "a"] and [h for h in heads() if h] == ["ascending"]
        received.press("Space")
        assert order() == as_made and not any(heads())
        table.get_by_role("button", name="Failing").click()
        assert order() == ["b_10", "b_2", "a", "c"]
        table.get_by_role("button", name="File" if suffix else "Source", exact=True).click()
        assert order() == ["a", "b_2", "b_10", "c"]
        assert heads() == ["ascending", *[None] * (len(heads()) - 1)]
        assert table.get_by_role("button", name="Share").count() == 0
        # Its caption says which order it was made in.
        assert not table.locator("caption:not([hidden])").count()
    assert tables.nth(0).locator("tr").last.inner_text().startswith("4 sources")
    # Without script the table is as it was made, and nothing on it promises more.
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator("table.sources button").count() == 0
    assert plain.locator("table.sources").first.locator("tbody th bdi").all_inner_texts() == as_made
    context.close()


def test_paper_begins_with_a_page_of_summary_and_has_what_was_unfolded(samples_run, opened):
    page = opened((samples_run.out / "reports" / samples_run.report["run_id"] / "index.html").as_uri())
    printed = pages_of(page)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert pages_of(page) > printed + 5
    page.reload()
    page.evaluate("document.querySelectorAll('main > :not(#flow, #changes, #sources)').forEach(e => e.remove())")
    page.evaluate("document.querySelectorAll('#sources > *').forEach(e => e.remove())")
    assert pages_of(page) == 2
    page.evaluate("document.querySelector('#sources').remove()")
    assert pages_of(page) == 1
    page.emulate_media(media="print")
    assert page.locator("#flow").bounding_box()["y"] < page.locator("#changes").bounding_box()["y"]


def pages_of(page):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


# Names in tables and rows, each as often as a line breaks in it, with the character after which it does.
BREAKS = """[...document.querySelectorAll("td code, th code, th bdi, .place bdi, #rows code bdi")].flatMap(name => {
  const walker = document.createTreeWalker(name, NodeFilter.SHOW_TEXT), range = document.createRange(), found = [];
  let before = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) for (let n = 0; n < node.length; n++) {
    range.setStart(node, n);
    range.setEnd(node, n + 1);
    const here = {character: node.data[n], top: Math.round(range.getBoundingClientRect().top)};
    if (before && here.top > before.top + 4) found.push([before.character, name.innerText]);
    before = here;
  }
  return found;
})"""


def test_names_break_between_their_words_only(tmp_path, opened):
    raw, out = tmp_path / "raw", tmp_path / "out"
    for name in ("vendor_with_a_long_name/rankings_of_annotators_in_november_2026.final.jsonl", file_of("namsan", 4)):
        write(raw / name, delivery("namsan", 4, 20, failing=0.3))
    folder = run_on([raw], out, open_gate(tmp_path / "suites")).report_folder
    for page_name, breaks in (("index.html", 8), ("browse.html", 1)):
        page = opened((folder / page_name).as_uri(), 375)
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        if page_name == "browse.html":
            playwright.expect(page.locator("#status")).to_contain_text("1–")
        found = page.evaluate(BREAKS)
        assert len(found) >= breaks
        assert [one for one in found if one[0] not in "/_-. !"] == []


def test_pictures_of_the_report_of_the_samples(samples_run, opened):
    folder = samples_run.out / "reports" / samples_run.report["run_id"]
    for name, width, height in (("report", 1280, 960), ("report-phone", 390, 844)):
        page = opened((folder / "index.html").as_uri(), width)
        assert page.get_by_role("heading", name="PUBLISHED").is_visible()
        if PICTURES:
            keep(page, Path(PICTURES) / f"{name}.png", width, height)


@pytest.mark.skipif(not PICTURES, reason="only takes pictures: SFTRM_SCREENSHOTS=docs/images")
def test_pictures_of_a_morning(tmp_path, monkeypatch, opened):
    """Three vendors; last night one sent bad answers, another one nothing, and a file of theirs was lost."""
    pictures, raw, out = Path(PICTURES).absolute(), Path("raw"), Path("out")
    monkeypatch.chdir(tmp_path)
    for night in (1, 2, 3):
        deliver(raw, night)
    run_on([raw], out)
    deliver(raw, 4)
    records = delivery("namsan", 4, 100, failing=0.34)
    for number, record in enumerate(records):
        # Not every machine that takes pictures has letters for Hangul.
        record |= {"data_category": "general", "question_type": "why", "question": f"Why is the sky blue ({number})?"}
    write(raw / file_of("namsan", 4), records)
    (raw / file_of("hangang", 4)).write_text("", "utf-8")
    (raw / file_of("hangang", 1)).unlink()
    folder = run_on([raw], out).report_folder.absolute()
    page = opened((folder / "index.html").as_uri(), 1000)
    keep(page, pictures / "findings.png", 1000, 600)
    page = opened((folder / "browse.html").as_uri() + "#source=namsan&reason=answer_blank", 1000)
    playwright.expect(page.locator("#status")).to_contain_text("1–")
    keep(page, pictures / "rows.png", 1000, 620)


def keep(page, path, width, height):
    from io import BytesIO

    from PIL import Image

    page.set_viewport_size({"width": width, "height": height})
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
