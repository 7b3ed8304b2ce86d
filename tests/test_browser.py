"""The Prefect UI in a real browser, as the person of the night uses it: form, run, artifacts, decision.

With SFTRM_SCREENSHOTS=docs/images it also takes the pictures of the docs.
"""

import json
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from sftrm_quality.config import SHIPPED_EXPECTATIONS
from tests.service import Service
from tests.test_determinism import make_records, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")
SECONDS = 1000
ADDRESSES = "http://evil.example/x www.evil.example me@evil.example"
HOSTILE = f" ![i](http://evil.example/i.png) <img src=http://evil.example/j.png> [l](http://evil.example/) {ADDRESSES}"
HOSTILE_NAME = "![i](www.evil.example) <img src=x> [evil](x) me@evil.example **evil**.jsonl"
# The graph of a run is drawn without a graphics card, sixty times a second: a core for as long as it is on the page.
ONE_FRAME_A_SECOND = """
const next = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = draw => setTimeout(() => next(draw), 1000);
window.cancelAnimationFrame = clearTimeout;
"""
BAD = "".join(f'{{"data_id": "x{i}", "question": "And number {i}?", "answer": " "}}\n' for i in range(100))


@pytest.fixture(scope="module")
def service(tmp_path_factory, prefect_home):
    base = tmp_path_factory.mktemp("browser")
    raw = write(base / "raw", *make_records(40))
    suites = base / "suites"
    suites.mkdir()
    for name in ("sft.json", "rm.json", "release.json"):
        suite = json.loads((SHIPPED_EXPECTATIONS / name).read_text("utf-8"))
        for entry in suite["expectations"]:
            entry["description"] += HOSTILE
        (suites / name).write_text(json.dumps(suite), "utf-8")
    service = Service(prefect_home(base / "home"), raw, base / "out", "--on-hold", "ask", "--expectations", str(suites))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def browser(service):
    """A browser that is signed in. One for all tests: it keeps what Prefect's pages load, and what they are made of."""
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Asia/Seoul", reduced_motion="reduce"
        )
        context.set_default_timeout(120 * SECONDS)
        context.add_init_script(ONE_FRAME_A_SECOND)
        # As a person does it: with the link, once.
        page = context.new_page()
        page.goto(service.sign_in_link())
        page.wait_for_url("**/v2/deployments")
        # Prefect's page forgets the password when its first question is broken off, as by going elsewhere.
        page.get_by_role("link", name="Deployments", exact=True).wait_for()
        page.close()
        yield context
        browser.close()


@pytest.fixture
def page(service, browser):
    asked = set()
    page = browser.new_page()
    page.on("request", lambda request: asked.add(request.url))
    yield page
    page.close()
    here = (f"{service.prefect}/", f"{service.site}/", "data:", "blob:")
    assert asked and [url for url in asked if not url.startswith(here)] == []


# The descriptions of these suites end with it, which is nothing to show in docs; joiners in it break its addresses.
WITHOUT = """text => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const shown = data => data.replaceAll('\\u2060', '').replaceAll(text, '')
  while (texts.nextNode()) texts.currentNode.data = shown(texts.currentNode.data)
}"""


def keep(page, name, height=900, part=None):
    """A small picture of a page or a part of it for the docs, when they are wanted."""
    folder = os.environ.get("SFTRM_SCREENSHOTS")
    if folder:
        from io import BytesIO

        from PIL import Image

        page.set_viewport_size({"width": 1280, "height": height})
        page.evaluate(WITHOUT, f"{HOSTILE}.")
        page.wait_for_timeout(2 * SECONDS)
        small = Image.open(BytesIO((part or page).screenshot())).convert("RGB")
        if part is None:
            small = small.resize((960, height * 960 // 1280), Image.Resampling.LANCZOS)
        small.quantize(128, dither=Image.Dither.NONE).save(Path(folder) / f"{name}.png", optimize=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def click_run(service, page, how):
    page.goto(f"{service.prefect}/v2/deployments")
    page.get_by_role("link", name="nightly", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=how).click()


def open_form(service, page):
    click_run(service, page, "Custom run")
    page.get_by_label("Near-duplicate threshold").wait_for()


def open_artifacts(service, page, run_id, *keys):
    """Those that the page of a run shows, one after the other."""
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run_id}?tab=Artifacts")
    for key in keys:
        page.get_by_text(key, exact=True).first.wait_for()
    for key in keys:
        # Where the key leads, and what of a run that was held and resumed it leads to, differs by version and moment.
        wanted = {"flow_run_id": {"any_": [run_id]}, "key": {"any_": [key]}}
        asked = service.api.post("/artifacts/filter", json={"artifacts": wanted, "sort": "CREATED_DESC", "limit": 1})
        page.goto(f"{service.prefect}/v2/artifacts/artifact/{asked.raise_for_status().json()[0]['id']}")
        yield key


def runs(service):
    return service.api.post("/flow_runs/filter", json={"sort": "START_TIME_DESC"}).raise_for_status().json()


def with_threshold(service, threshold):
    return [run for run in runs(service) if run["parameters"]["config"]["near"]["threshold"] == threshold]


def test_the_form_says_what_it_asks_for_and_is_filled_in(service, page):
    open_form(service, page)
    labels = [text.removesuffix(" (Optional)") for text in page.locator("label:visible").all_inner_texts()]
    wanted = ["mode", "config", "Raw files or folders", "Output folder", "Near-duplicate threshold", "Train share"]
    wanted += ["Validation share", "Test share", "Worker processes", "Engine", "on_hold"]
    assert [label for label in labels if label in wanted] == wanted
    # No field falls back on an editor for JSON, or on tabs of types.
    assert page.locator(".cm-editor:visible").count() == 0
    for help_text in (
        "How much of their text two records must share",
        "check does all the same and publishes nothing",
        "together they must be 1",
        "One for each core is usual",
    ):
        assert page.get_by_text(help_text).is_visible(), help_text
    values = {
        "Output folder": str(service.out),
        "Near-duplicate threshold": "0.8",
        "Train share": "0.9",
        "Test share": "0.05",
        "Worker processes": "2",
    }
    assert {label: page.get_by_label(label).input_value() for label in values} == values
    # Other folders are as easily named; the pictures have those of the docs.
    page.get_by_text(str(service.raw), exact=True).fill("/srv/labels/raw")
    page.get_by_label("Output folder").fill("/srv/labels/out")
    keep(page, "form", 1500)


def test_a_wrong_value_is_refused_at_the_form(service, page):
    open_form(service, page)
    threshold = page.get_by_label("Near-duplicate threshold")
    threshold.fill("7")
    page.get_by_role("button", name="Submit").click()
    assert threshold.evaluate("field => field.validationMessage") == "Value must be less than or equal to 1."
    assert page.url.split("?")[0].endswith("/run") and with_threshold(service, 7) == []


def test_a_person_runs_it_and_sees_what_became_of_it(service, page):
    open_form(service, page)
    page.get_by_label("Near-duplicate threshold").fill("0.7")
    page.get_by_role("button", name="Submit").click()
    (run,) = service.wait(lambda: with_threshold(service, 0.7))
    # Prefect's page of a run that one watched stops asking at its end: graph and logs may be of its beginning. And
    # to draw it meanwhile takes more than the run.
    page.goto("about:blank")
    service.ended(run["id"])
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run['id']}")
    page.get_by_text(re.compile("^Published")).first.wait_for()
    page.get_by_text("8 Task runs").wait_for()
    page.get_by_text("passed their own checks").first.wait_for()
    keep(page, "run")

    opened = open_artifacts(service, page, run["id"], "sftrm-summary", "sftrm-checks", "sftrm-report", "sftrm-progress")
    assert next(opened) == "sftrm-summary"
    page.get_by_role("heading", name="PUBLISHED").wait_for()
    page.get_by_role("row", name="RM 40 0 0 0 40").wait_for()
    page.get_by_role("row", name=re.compile("SFT answer_blank critical 4")).wait_for()
    keep(page, "summary")
    page.goto(page.get_by_role("link", name="Report of this run").get_attribute("href"))
    page.get_by_text(re.compile("published", re.IGNORECASE)).first.wait_for()
    assert page.url.startswith(service.site)

    assert next(opened) == "sftrm-checks"
    page.get_by_role("cell", name="sft: answer_blank").wait_for()
    assert page.get_by_role(
        "row", name=re.compile("passed sft: answer_blank 4 40 10.00 % 20.00 % critical")
    ).is_visible()
    assert next(opened) == "sftrm-report"
    page.get_by_role("link", name="Quality report").wait_for()
    assert next(opened) == "sftrm-progress"
    page.get_by_text("Raw files read and checked").first.wait_for()


@pytest.fixture(scope="module")
def hostile_raw(service):
    """What the gate holds, and a file whose name is markup."""
    (service.raw / HOSTILE_NAME).write_text(
        '{"data_id": "h", "question": "Whose name is it?", "answer": "Nobody\'s."}\n'
    )
    (service.raw / "c_sft.jsonl").write_text(BAD, "utf-8")


def quick_runs(service):
    """Those that somebody started without changing anything."""
    parameters = service.deployment()["parameters"]
    return [run for run in runs(service) if not run["auto_scheduled"] and run["parameters"] == parameters]


def test_a_quick_run_starts_at_once_with_what_the_nightly_run_has(service, page, hostile_raw):
    assert quick_runs(service) == []
    click_run(service, page, "Quick run")
    page.get_by_text("Flow run created").first.wait_for()
    assert page.get_by_role("dialog").count() == 0 and len(quick_runs(service)) == 1


@pytest.fixture(scope="module")
def hostile_run(service, hostile_raw):
    """A night with that. A person decides on it in the last test."""
    (run,) = quick_runs(service) or [service.quick_run()]
    return service.ended(run["id"], {"PAUSED"})


def nothing_of_it_is_markup(page):
    """No image, link or markup of what is hostile on the page that is shown; it is there as text."""
    elements = "[...document.querySelectorAll('a, img, strong, em, b, del, h1, h2')]"
    parts = f"{elements}.map(e => [e.href, e.src, e.tagName === 'A' ? '' : e.innerText].join(' '))"
    assert [part for part in page.evaluate(parts) if "evil" in part] == []


@pytest.mark.parametrize("ui", ["/v2", ""])
def test_what_others_wrote_stays_text_on_every_page(service, page, hostile_run, ui):
    """Descriptions of suites and names of files, which can be addresses, images and markup."""
    run = service.flow_run(hostile_run["id"])
    artifacts = service.artifacts(run["id"])
    shown = 0
    for key in ("sftrm-summary", "sftrm-checks", "sftrm-report"):
        page.goto(f"{service.prefect}{ui}/artifacts/artifact/{artifacts[key]['id']}")
        page.get_by_text(re.compile("PUBLISHED|answer_blank|Release r-")).first.wait_for()
        page.wait_for_timeout(SECONDS)
        shown += page.locator("body").inner_text().count("evil")
        nothing_of_it_is_markup(page)
    assert shown > 30
    for tab in ("Logs", "TaskRuns", "Details", "Parameters", "Artifacts"):
        page.goto(f"{service.prefect}{ui}/runs/flow-run/{run['id']}?tab={tab}")
        page.get_by_text(run["name"]).first.wait_for()
        page.wait_for_timeout(SECONDS)
        nothing_of_it_is_markup(page)


def test_a_person_decides_on_a_held_run(service, page, hostile_run):
    run_id = hostile_run["id"]
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run_id}")
    page.get_by_text("Suspended", exact=True).first.wait_for()
    page.get_by_role("button", name="Open menu").click()
    page.get_by_role("menuitem", name="Resume").click()
    form = page.get_by_role("dialog")
    form.get_by_text("Held by answer_blank").wait_for()
    assert form.get_by_role("link", name="the report").get_attribute("href").startswith(service.site)
    form.get_by_role("button", name="Resume").click()
    # By the name under which the form has the field.
    refusal = page.get_by_text("'decision' is a required property")
    refusal.wait_for()
    assert service.flow_run(run_id)["state_name"] == "Suspended"

    form.get_by_label("Decision").click()
    page.get_by_role("option", name="publish_anyway").click()
    form.get_by_label("Name", exact=True).fill("Kim")
    form.get_by_label("Reason").fill("the vendor sent an empty batch, we know")
    form.get_by_label("Say of the findings that hold it").click()
    page.get_by_role("option", name="known").click()
    refusal.wait_for(state="hidden")
    keep(page, "held", part=form)
    # Prefect's dialog looks at the errors from before it asked its server: after a refusal a click may only clear them.
    for _ in range(4):
        form.get_by_role("button", name="Resume").click()
        with suppress(playwright.TimeoutError):
            form.wait_for(state="detached", timeout=10 * SECONDS)
            break
    assert form.count() == 0
    page.goto("about:blank")
    assert service.ended(run_id)["state_name"].startswith("Published")
    said = [json.loads(line) for line in (service.out / "acts.jsonl").read_text("utf-8").splitlines()]
    assert said and {(act["kind"], act["name"]) for act in said} == {("known", "Kim")}
    assert next(open_artifacts(service, page, run_id, "sftrm-summary"))
    page.get_by_role("heading", name="PUBLISHED").wait_for()
