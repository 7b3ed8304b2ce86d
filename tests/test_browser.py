"""The Prefect UI in a real browser, as the person of the night uses it: form, run, artifacts, decision.

With SFTRM_SCREENSHOTS=docs/images it also takes the pictures of the docs.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.service import Service
from tests.test_determinism import make_records, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]
MINUTES = 60_000


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    base = tmp_path_factory.mktemp("browser")
    raw = write(base / "raw", *make_records(40))
    service = Service(base / "home", raw, base / "out", "--on-hold", "ask")
    service.start()
    yield service
    service.stop()


@pytest.fixture
def page(service):
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(MINUTES)
        elsewhere = []
        page.on("request", lambda request: elsewhere.append(request.url) if outside(request.url, service) else None)
        yield page
        browser.close()
        assert not elsewhere, "the UI asked for something that is not on this machine"


def outside(url, service):
    return not url.startswith((service.prefect, service.site, "data:", "blob:", "ws://127.0.0.1"))


def keep(page, name):
    """A small picture for the docs, when they are wanted."""
    folder = os.environ.get("SFTRM_SCREENSHOTS")
    if folder:
        from io import BytesIO

        from PIL import Image

        picture = Image.open(BytesIO(page.screenshot()))
        picture.resize((960, 675)).quantize(64).save(Path(folder) / f"{name}.png", optimize=True)


def test_a_person_fills_in_the_form_and_sees_the_run(service, page):
    page.goto(f"{service.prefect}/v2/deployments/deployment/{service.deployment()['id']}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    page.get_by_text("Near-duplicate threshold").wait_for()
    for title in (
        "Raw files or folders",
        "Output folder",
        "Worker processes",
        "Train share",
        "Near-duplicate threshold",
    ):
        assert page.get_by_text(title, exact=True).first.is_visible(), title
    assert page.get_by_text("Jaccard of character 5-grams; 1 turns it off.").first.is_visible()
    keep(page, "form")
    threshold = page.get_by_label("Near-duplicate threshold")
    threshold.fill("7")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text(re.compile("greater than the maximum|must be <= 1|less than or equal to 1")).first.wait_for()
    threshold.fill("0.7")
    page.get_by_role("button", name="Submit").click()
    run = service.wait(lambda: [r for r in runs(service) if r["parameters"]["config"]["near"]["threshold"] == 0.7])[0]
    ended = service.ended(run["id"])
    assert ended["state_name"] == "Published"
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run['id']}?tab=Artifacts")
    page.get_by_text("sftrm-summary").first.wait_for()
    page.goto(f"{service.prefect}/v2/artifacts/key/sftrm-summary")
    page.get_by_text("Since the last release").first.wait_for()
    keep(page, "summary")
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run['id']}")
    page.get_by_text("read and check").first.wait_for()
    keep(page, "run")


def runs(service):
    return service.api.post("/flow_runs/filter", json={"sort": "START_TIME_DESC"}).json()


def test_a_person_decides_on_a_held_run(service, page):
    bad = "".join(f'{{"data_id": "x{i}", "question": "And number {i}?", "answer": " "}}\n' for i in range(100))
    (service.raw / "c_sft.jsonl").write_text(bad, "utf-8")
    run_id = service.trigger().raise_for_status().json()["id"]
    service.ended(run_id, {"PAUSED"})
    page.goto(f"{service.prefect}/v2/runs/flow-run/{run_id}")
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("Your name").first.wait_for()
    page.get_by_label("Your name").fill("Kim")
    page.get_by_label("Reason").fill("the vendor sent an empty batch, we know")
    keep(page, "held")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="publish_anyway").click()
    dialog.get_by_role("button", name=re.compile("Resume|Submit")).click()
    assert service.ended(run_id)["state_name"] == "Published"
