"""No page of somebody else reads, changes or starts anything through a Prefect server of ours, in a real browser.

The pages send the right password with every request, which no real one has: only the guard stops them here.
"""

import base64
import shutil

import httpx
import psutil
import pytest

from tests.other_pages import ATTACKS, NOTHING_LEARNT, in_a_sandbox, page_on_another_port
from tests.service import Service
from tests.test_determinism import make_records, write

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")


class Target:
    """A server of ours: its address, and its API for somebody who may use it."""

    def __init__(self, address, home):
        self.address = address
        password = (home / "sftrm-password").read_text().strip()
        self.headers = {"Authorization": f"Basic {base64.b64encode(password.encode()).decode()}"}
        self.api = httpx.Client(base_url=f"{address}/api", timeout=30, headers=self.headers)

    def flows(self):
        found = self.api.post("/flows/filter", json={"limit": 200}).raise_for_status().json()
        return {flow["name"] for flow in found}


@pytest.fixture(scope="module")
def serving(tmp_path_factory, prefect_home):
    base = tmp_path_factory.mktemp("guarded")
    service = Service(prefect_home(base / "home"), write(base / "raw", *make_records(10)), base / "out")
    service.start()
    target = Target(service.prefect, service.home)
    target.service = service
    yield target
    service.stop()


@pytest.fixture
def target(serving):
    return serving


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as running:
        # A name of somebody's that leads to this machine; and a browser that does not ask before a page reaches it.
        rules = ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"]
        rules += ["--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"]
        browser = running.chromium.launch(executable_path=CHROMIUM, args=rules)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, target):
    """With the password in every request, whoever's page sends it."""
    context = chromium.new_context(extra_http_headers=target.headers)
    yield context.new_page()
    context.close()


def nothing_came_of(found, target):
    assert len(found) > 40
    learnt = {name: seen for name, seen in found.items() if seen not in NOTHING_LEARNT}
    assert learnt == {}
    assert [name for name in target.flows() if name.startswith("evil")] == []


def test_a_page_on_another_port(page, target):
    with page_on_another_port("<!doctype html><body>") as port:
        page.goto(f"http://127.0.0.1:{port}/")
        nothing_came_of(page.evaluate(ATTACKS, target.address), target)


def test_a_page_under_another_name_that_leads_here(page, target):
    """A page of that name and port, as after DNS rebinding: to the browser it is of one origin with the server."""
    rebound = target.address.replace("127.0.0.1", "evil.example")
    page.route("**/attack", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><body>"))
    page.goto(f"{rebound}/attack")
    found = page.evaluate(ATTACKS, rebound)
    # Of one's own origin any answer can be looked into; it is a refusal each time.
    nothing_came_of(found, target)
    status = page.evaluate("base => fetch(`${base}/api/health`).then(answer => answer.status)", rebound)
    assert status == 421


def test_a_sandboxed_frame(page, target):
    with page_on_another_port(in_a_sandbox(target.address)) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        nothing_came_of(page.evaluate("window.found"), target)


def test_no_page_frames_one_of_ours(page, target):
    frame = f'<!doctype html><body><iframe src="{target.address}/v2/deployments"></iframe>'
    with page_on_another_port(frame) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_timeout(1000)
        assert [f.url for f in page.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_a_window_that_another_page_opens_tells_it_nothing(page, target):
    """Links from messages may lead to our pages; the page with the link gets no hold of the window."""
    with page_on_another_port("<!doctype html><body>") as port:
        page.goto(f"http://127.0.0.1:{port}/")
        for ours, shows in (("/api/admin/version", "403"), ("/v2/deployments", None)):
            with page.context.expect_page() as opened:
                page.evaluate("address => { window.held = open(address); }", f"{target.address}{ours}")
            # A new window begins as about:blank, which is loaded too and still held.
            opened.value.wait_for_url(f"{target.address}{ours}**")
            if shows:
                assert shows in opened.value.inner_text("body")
        page.wait_for_function("window.held.closed")


def test_the_same_attempts_from_a_page_of_the_server_itself_succeed(page, target):
    """Or the tests above would show nothing."""
    page.goto(f"{target.address}/api/health")
    found = page.evaluate(ATTACKS, target.address)
    assert found["read /api/admin/version cors"].startswith('"3.')
    assert '"evil-json"' in found["preflighted json"]
    assert found["socket /api/events/out prefect"] == "opened"
    # Without the header that only a client or a page of ours sends, nothing is taken even here.
    assert found["send text cors"] == found["send buffer no-cors"] == "refused"
    made = {name for name in target.flows() if name.startswith("evil")}
    assert {"evil-json", "evil-beacon-json blob"} <= made
    for name in made:
        flow = target.api.get(f"/flows/name/{name}").json()
        target.api.delete(f"/flows/{flow['id']}", headers={"Content-Type": "application/json"}).raise_for_status()


def test_a_service_whose_server_is_gone_ends_too(serving):
    """Whatever watches over it starts it again; without a server it would only complain. The last test of `serving`."""
    service = serving.service
    children = psutil.Process(service.process.pid).children()
    (server,) = [child for child in children if "flows.server" in child.cmdline()]
    server.kill()
    assert service.process.wait(timeout=30) == 3
    service.wait(lambda: any(line.startswith("error: the Prefect server ended") for line in service.lines))
