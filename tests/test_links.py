"""No dead link on any page: a crawler follows every one through the site, also where a proxy serves it below a path."""

import http.client
import json
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import pytest

from flows.service.reach import Reach, declared_reach
from flows.service.site import ReportSite
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases.publish import all_releases
from sftrm_quality.reports import compare_releases
from sftrm_quality.reports.write import put_in_place, write_diff, write_report
from tests.conftest import ROOT
from tests.outputs import run_on
from tests.report_example import held, published, read

LINKS = ("href", "src", "action", "data", "poster", "formaction", "srcset")
FILTERS = {"source", "file", "reason", "kind", "outcome"}


@pytest.fixture(scope="module")
def reports(samples_run, tmp_path_factory):
    """The samples' run and a run that finds nothing new after it, two releases compared, pages of other verdicts."""
    output = OutputFolder(tmp_path_factory.mktemp("links") / "out")
    shutil.copytree(samples_run.out, output.root)
    assert run_on([ROOT / "data" / "raw"], output.root).verdict == "unchanged"
    (release,) = all_releases(output)
    diff = write_diff(compare_releases(release, release), output)
    summaries = [json.loads((output.report(run) / "report.json").read_text("utf-8")) for run in output.run_ids()]
    names = published()["history"]["runs"][0].keys()
    history = {"runs": [{name: report[name] for name in names} for report in summaries] * 2, "files": {}}
    for example in (published(), held() | {"run_id": "20261121T230413Z-8f3a5d"}):
        report = read(example | {"history": history})
        written = output.root / "written"
        (written / "rows").mkdir(parents=True)
        write_report(report, written)
        (written / "rows" / "index.js").write_text("sftrmIndex({})\n")
        put_in_place(written, output, report.run_id)
    return output, diff.name


class Seen(HTMLParser):
    """Where a page leads, and where one can be led on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in LINKS:
                self.links.add(value)
            if name == "id":
                self.ids.append(value)


class Crawler:
    """Follows links from a page as a browser does.

    site: the server. base: the address that people open. without_prefix: the proxy leaves out the path of that address.
    """

    def __init__(self, site: ReportSite, port: int, base: str, without_prefix: bool) -> None:
        self.port, self.base, self.without_prefix = port, base, without_prefix
        self.answers: dict[str, tuple[int, bytes, str]] = {}
        self.parsed: dict[str, Seen] = {}
        self.dead: list[tuple[str, str]] = []
        self.followed: set[str] = set()

    def get(self, url: str) -> tuple[int, bytes, str]:
        """The answer behind redirects, and where it is."""
        if url not in self.answers:
            path = urlsplit(url).path
            asked = path.removeprefix(urlsplit(self.base).path.rstrip("/")) if self.without_prefix else path
            client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            client.request("GET", asked, headers={"Host": urlsplit(self.base).netloc})
            with client.getresponse() as answer:
                found = answer.status, answer.read(), url
                to = answer.headers["Location"]
            client.close()
            self.answers[url] = self.get(urljoin(url, to)) if found[0] == 301 else found
        return self.answers[url]

    def seen(self, url: str) -> Seen:
        """What is on the page there, looked through once however many links lead to it."""
        _, body, at = self.get(url)
        if at not in self.parsed:
            self.parsed[at] = Seen(body.decode())
        return self.parsed[at]

    def crawl(self, *starts: str) -> None:
        waiting = [self.base, *(urljoin(self.base, start) for start in starts)]
        for start in waiting:
            if self.get(start)[0] != 200:
                self.dead.append(("start", start))
        pages: set[str] = set()
        while waiting:
            page = waiting.pop()
            if page in pages:
                continue
            pages.add(page)
            _, _, page = self.get(page)
            seen = self.seen(page)
            assert len(seen.ids) == len(set(seen.ids)), page
            for link in seen.links:
                to, fragment = urldefrag(urljoin(page, link))
                self.followed.add(link)
                status, body, _ = self.get(to) if to.startswith(self.base) else (0, b"", to)
                # The page of rows has its filters there.
                of_rows = re.search(r"/browse(\.\w\w)?\.html$", to)
                is_filter = of_rows and "=" in fragment and parse_qs(fragment).keys() <= FILTERS
                if status != 200 or (fragment and not is_filter and fragment not in self.seen(to).ids):
                    self.dead.append((page, link))
                elif body.lstrip().lower().startswith(b"<!doctype html"):
                    waiting.append(to)


@pytest.mark.parametrize("where", ["own address", "proxy", "proxy that leaves out the path"])
def test_every_link_of_every_page_leads_somewhere(reports, where):
    output, diff = reports
    reach = Reach() if where == "own address" else declared_reach(site_url="https://tools.example.com/sftrm/")
    with ReportSite(output.root, 0, reach) as site:
        crawler = Crawler(site, site.port, f"{site.address}/", where.endswith("path"))
        runs = output.run_ids()
        # Scripts of the page that leafs through rows ask for these.
        crawler.crawl(diff, *runs, *(f"{run}/rows/index.js" for run in runs if (output.report(run) / "rows").is_dir()))
    assert crawler.dead == []
    pages = [urlsplit(url).path for _, body, url in crawler.answers.values() if b"<!doctype html" in body[:20].lower()]
    for page in (*(f"{run}/index.html" for run in runs), f"{runs[0]}/browse.html", diff, "index.html"):
        assert any(found.endswith(f"/{page}") for found in pages), page
    assert {"#sources", "#checks", "#again", "report.json"} <= crawler.followed


def test_a_dead_link_is_noticed(reports):
    output, _ = reports
    page = output.root / "reports" / "dead" / "index.html"
    page.parent.mkdir()
    links = {"../nowhere/", "/", "../index.html#nowhere", "#nowhere", "../../LATEST", "https://example.com/", "//a"}
    page.write_text("<!doctype html>" + "".join(f'<a href="{link}">' for link in links) + '<a id="a" href="#a">')
    with ReportSite(output.root, 0, declared_reach(site_url="https://tools.example.com/sftrm/")) as site:
        crawler = Crawler(site, site.port, f"{site.address}/", False)
        crawler.crawl("dead")
    shutil.rmtree(page.parent)
    assert {link for at, link in crawler.dead if "/dead" in at} == links
