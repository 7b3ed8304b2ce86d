"""A person's decision on a held release: it counts only for what it was made for, and is told everywhere, inertly."""

import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from pydantic import ValidationError
from rich.console import Console

from flows.commands.terminal import print_releases, print_result
from sftrm_quality.config import CardSettings
from sftrm_quality.decisions import Decision, signed
from sftrm_quality.job import Job
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases import rollback
from sftrm_quality.releases.card import dataset_card
from sftrm_quality.releases.publish import all_releases
from sftrm_quality.run_record import Mode, Verdict
from tests.inline_workers import tasks_here
from tests.outputs import Output, Ran, load_config, open_gate, ran, run_on
from tests.page import without_our_script
from tests.report_example import figures_of, read, run_page
from tests.report_example import held as held_example
from tests.report_example import published as published_example

FAILED = ("answer_blank", "share_quarantined_too_high")
WHEN = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
WHO = signed("Lee", "it was better")
WORDS = {"name": "Kim Ha-na", "reason": "The vendor marks skipped questions so; agreed on 20 November."}


def write(path, rows, bad):
    """Records of which some have a blank answer; 5 of 25 is the most that the gate lets through."""
    answers = [f"{i * 104729} is the one, and {i * 31337} is not." for i in range(rows)] + [""] * bad
    path.parent.mkdir(parents=True, exist_ok=True)
    records = [{"data_id": f"{i}", "question": f"{i * 7919} or not?", "answer": a} for i, a in enumerate(answers)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


def run_to_the_gate(job):
    plan = job.plan()
    intakes = job.intake_files(plan, plan.files)
    collection = job.assign_splits(job.deduplicate(intakes))
    return plan, job.check_release(plan, intakes, collection, job.stage(plan, collection))


def decide(raw, out, *settings, mode=Mode.RUN, **given) -> Ran:
    """A run with a decision, to publish anyway what the gate finds unless told otherwise."""
    config = load_config(None, ["workers=1", *settings], {"raw": [raw], "out": out})
    with tasks_here(), Job(config, mode) as job:
        plan, checked = run_to_the_gate(job)
        fields = {"action": "publish_anyway", "decided_at": WHEN, "release_id": plan.release_id, "failed": FAILED}
        return ran(job.finish(plan, checked, Decision(**{**fields, **WORDS, **given})))


def told(result, out):
    """What the command prints of a run."""
    console = Console(file=io.StringIO(), width=200, soft_wrap=True)
    print_result(console, read(result.report), out)
    return console.file.getvalue()


def listed(out, width=200):
    console = Console(file=io.StringIO(), width=width)
    print_releases(console, all_releases(OutputFolder(out)), "Asia/Seoul")
    return console.file.getvalue()


class _Words(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.said, self.tags = "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.said += data


def words(html):
    return " ".join(_Words(html).said.split())


def page(result):
    return words((result.report_folder / "index.html").read_text("utf-8"))


def manifest(out, release_id):
    return json.loads((out / "releases" / release_id / "manifest.json").read_text("utf-8"))


@pytest.fixture
def paths(tmp_path):
    write(tmp_path / "raw" / "a.jsonl", 20, bad=30)
    return tmp_path / "raw", tmp_path / "out"


def test_a_held_release_is_published_by_decision_and_everything_says_so(paths):
    raw, out = paths
    held = run_on([raw], out)
    assert (held.verdict, held.report["decision"]) == (Verdict.HELD, None)
    assert held.report["gate"]["failed"] == list(FAILED)
    result = decide(raw, out)
    report = result.report
    release_id = report["release_id"]
    recorded = {
        "action": "publish_anyway",
        **WORDS,
        "decided_at": "2026-11-22T07:30:00Z",
        "release_id": release_id,
        "failed": list(FAILED),
        "applied": True,
    }
    assert (result.verdict, report["verdict"], report["decision"]) == (Verdict.PUBLISHED, "published", recorded)
    assert (out / "LATEST").read_text() == f"{release_id}\n"
    assert report["paths"]["release"] == f"releases/{release_id}"
    # What the gate found stays as it was found.
    assert report["gate"] == held.report["gate"] == manifest(out, release_id)["figures"]["gate"]
    assert json.loads((result.report_folder / "report.json").read_text("utf-8")) == report
    assert manifest(out, release_id)["decision"] == recorded
    said = page(result)
    assert (
        f"PUBLISHED BY DECISION of {WORDS['name']}: {WORDS['reason']} Release {release_id} is the current release."
        in said
    )
    assert "Decided 2026-11-22 16:30:00 KST." in said
    listed_there = said.split("Why the gate held it ")[1].split(" Run ")[0]
    assert all(f": {reason} " in listed_there for reason in FAILED)
    index = words((out / "reports" / "index.html").read_text("utf-8"))
    assert f"release {release_id}, by decision of {WORDS['name']}" in index
    lines = told(result, out).splitlines()
    assert lines[0].startswith(f"PUBLISHED BY DECISION of {WORDS['name']}: {WORDS['reason']}")
    assert lines[1] == "  3 known, see the report"
    assert not any("publishable" in line for line in lines)
    card = (out / "releases" / release_id / "README.md").read_text("utf-8")
    assert "**Published by decision.** The gate held this release: `answer_blank`, `share_quarantined" in card
    assert r"Kim Ha\-na decided to publish it" in card
    assert listed(out).splitlines()[1].split("  ")[-1].strip() == f"by decision of {WORDS['name']}"


def test_the_same_data_afterwards_is_unchanged_and_says_by_whom_it_was_published(paths):
    raw, out = paths
    first = decide(raw, out).report
    again = run_on([raw], out)
    assert (again.verdict, again.report["decision"]) == (Verdict.UNCHANGED, first["decision"])
    said = page(again)
    assert "UNCHANGED The same data" in said
    assert f"It was published by decision of {WORDS['name']}: {WORDS['reason']} Decided 2026-11-22" in said
    assert "Why the gate held it" in said and "share_quarantined_too_high" in said
    lines = told(again, out).splitlines()
    assert lines[0].startswith("UNCHANGED")
    assert lines[1] == f"  published by decision of {WORDS['name']}: {WORDS['reason']}"


def test_data_files_are_those_of_an_open_gate(paths, tmp_path):
    raw, out = paths
    by_decision = Output(out, decide(raw, out).report)
    opened = Output(tmp_path / "open", run_on([raw], tmp_path / "open", open_gate(tmp_path / "suites")).report)
    assert opened.report["decision"] is None and opened.report["gate"]["success"]
    assert by_decision.data_bytes() == opened.data_bytes()
    assert len(by_decision.published("sft")) == 20
    assert len(by_decision.quarantine) == len(opened.quarantine) == 30
    assert by_decision.outcomes.keys() == opened.outcomes.keys()


def test_a_rejected_release_stays_held(paths):
    raw, out = paths
    result = decide(raw, out, action="reject")
    assert (result.verdict, result.report["release_id"]) == (Verdict.HELD, None)
    assert (result.report["decision"]["action"], result.report["decision"]["applied"]) == ("reject", True)
    assert not (out / "LATEST").exists() and not (out / "releases").exists()
    assert f"Rejected by decision of {WORDS['name']}: {WORDS['reason']} Decided" in page(result)
    assert "Why it was held" in page(result)
    lines = told(result, out).splitlines()
    assert lines[0].startswith("HELD  nothing was published")
    assert lines[1] == f"  rejected by decision of {WORDS['name']}: {WORDS['reason']}"
    assert "by decision" not in (out / "reports" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("action", ["publish_anyway", "reject"])
@pytest.mark.parametrize(
    "other",
    [
        {"release_id": "r-0123456789abcdef"},
        {"failed": FAILED[:1]},
        {"failed": (*FAILED, "drop_too_large")},
        {"failed": (FAILED[0], FAILED[0])},
    ],
    ids=["another release", "fewer reasons", "more reasons", "other reasons"],
)
def test_a_decision_for_anything_else_is_not_used_and_the_report_says_so(paths, action, other):
    raw, out = paths
    result = decide(raw, out, action=action, **other)
    assert result.verdict is Verdict.HELD
    decision = result.report["decision"]
    assert decision["applied"] is False
    assert decision["release_id"] == other.get("release_id", decision["release_id"])
    assert not (out / "LATEST").exists() and not (out / "releases").exists()
    made_for = f"release {decision['release_id']}, held for {', '.join(decision['failed'])}"
    wish = "publish" if action == "publish_anyway" else "reject"
    said = f"The decision by {WORDS['name']} was for other data or other reasons and is not used: to {wish} {made_for}."
    assert f"{said} Reason given: {WORDS['reason']} Decided 2026-11-22" in page(result)
    assert told(result, out).splitlines()[1] == (
        f"  the decision by {WORDS['name']} was for other data or other reasons and is not used: {made_for}"
    )


def test_reasons_are_the_same_in_any_order(paths):
    raw, out = paths
    assert decide(raw, out, failed=FAILED[::-1]).verdict is Verdict.PUBLISHED


def test_a_decision_holds_for_one_night_only(paths):
    """New data make another release: it is held again, whoever decided on the one before."""
    raw, out = paths
    first = decide(raw, out).report
    decision = {key: value for key, value in first["decision"].items() if key != "applied"}
    write(raw / "a.jsonl", 20, bad=31)
    result = decide(raw, out, **decision)
    assert (result.verdict, result.report["decision"]["applied"]) == (Verdict.HELD, False)
    assert result.report["previous_release_id"] == first["release_id"]
    assert (out / "LATEST").read_text().strip() == first["release_id"]


def test_where_there_is_nothing_to_decide_a_decision_is_ignored(paths, tmp_path):
    raw, out = paths
    checked = decide(raw, out, mode=Mode.CHECK)
    assert (checked.verdict, checked.report["decision"]) == (Verdict.HELD, None)
    assert not (out / "LATEST").exists()
    for action in ("publish_anyway", "reject"):
        opened = decide(raw, tmp_path / action, open_gate(tmp_path / f"{action} suites"), action=action)
        assert (opened.verdict, opened.report["decision"]) == (Verdict.PUBLISHED, None)
        assert manifest(tmp_path / action, opened.report["release_id"])["decision"] is None
        assert "decision" not in page(opened).lower() + told(opened, out).lower() + listed(tmp_path / action)
        assert "decision" not in Output(tmp_path / action, opened.report).release.joinpath("README.md").read_text()


def test_rollback_leads_away_from_it_and_back(paths):
    raw, out = paths
    output = OutputFolder(out)
    write(raw / "a.jsonl", 20, bad=0)
    first = run_on([raw], out).report["release_id"]
    write(raw / "a.jsonl", 20, bad=30)
    second = decide(raw, out).report["release_id"]
    rollback(output, first, WHO)
    assert output.current_release_id() == first
    # Whoever rolled back is not overruled by the old decision.
    assert run_on([raw], out).report["gate"]["failed"] == [*FAILED, "rolled_back"]
    assert output.current_release_id() == first
    rollback(output, second, WHO)
    again = run_on([raw], out)
    assert (again.verdict, again.report["decision"]["name"]) == (Verdict.UNCHANGED, WORDS["name"])
    assert [line.endswith(WORDS["name"]) for line in listed(out).splitlines()[1:]] == [False, True]


def test_a_release_that_lies_there_already_says_by_whom_it_is_published_this_time(paths):
    """The gate looks at the current release too, so the same release can pass one night and be held another."""
    raw, out = paths
    output = OutputFolder(out)
    write(raw / "a.jsonl", 10, bad=0)
    small = run_on([raw], out).report["release_id"]
    before = (out / "releases" / small).stat().st_ino, Output(out, {}).data_bytes()
    write(raw / "a.jsonl", 40, bad=0)
    run_on([raw], out)
    write(raw / "a.jsonl", 10, bad=0)
    reasons = ["drop_too_large", "file_shrunk"]
    assert run_on([raw], out).report["gate"]["failed"] == reasons
    result = decide(raw, out, failed=tuple(reasons))
    assert (result.verdict, result.report["release_id"]) == (Verdict.PUBLISHED, small)
    assert ((out / "releases" / small).stat().st_ino, Output(out, {}).data_bytes()) == before
    assert manifest(out, small)["decision"] == result.report["decision"]
    assert manifest(out, small)["figures"]["gate"]["failed"] == reasons
    card = out / "releases" / small / "README.md"
    assert "Published by decision" in card.read_text("utf-8")
    unchanged = run_on([raw], out)
    assert (unchanged.verdict, unchanged.report["decision"]) == (Verdict.UNCHANGED, result.report["decision"])
    # And back: with no larger current release, the gate lets it through.
    output.latest.unlink()
    opened = run_on([raw], out)
    assert (opened.verdict, opened.report["decision"]) == (Verdict.PUBLISHED, None)
    assert manifest(out, small)["decision"] is None and "Published by decision" not in card.read_text("utf-8")


def test_a_manifest_from_before_decisions_is_read(paths):
    raw, out = paths
    write(raw / "a.jsonl", 20, bad=0)
    release_id = run_on([raw], out).report["release_id"]
    older = manifest(out, release_id)
    del older["decision"]
    (out / "releases" / release_id / "manifest.json").write_text(json.dumps(older), "utf-8")
    again = run_on([raw], out)
    assert (again.verdict, again.report["decision"]) == (Verdict.UNCHANGED, None)
    assert release_id in listed(out)
    # And one that lies there already when it is to be published again.
    (out / "LATEST").unlink()
    assert run_on([raw], out).verdict is Verdict.PUBLISHED


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mred\x1b[0m \x9b2J \x07",
    "\u202egnp.exe\u2066 \u200f\u061c",
    "[red]x[/red] [/] [link=https://evil.example]y[/link]",
    "*x* `y` ![z](javascript:w) | # &lt;b&gt; {{ 7 * 7 }}",
    "line\nanother\r\n---\n\n<b>x</b>\u2028y",
    "\u200b\u200b\u200b" * 30 + "abc",
]
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def rendered_card(out, result):
    card = Output(out, result.report).release.joinpath("README.md").read_text("utf-8")
    return _Words(MarkdownIt().enable("table").render(card.split("---\n", 2)[2]))


@pytest.fixture(scope="module")
def plainly_decided(tmp_path_factory):
    """The same with words that need no care: the tags of its report and of its card."""
    base = tmp_path_factory.mktemp("plainly")
    write(base / "raw" / "a.jsonl", 20, bad=30)
    plain = decide(base / "raw", base / "out")
    page = _Words((plain.report_folder / "index.html").read_text("utf-8"))
    return _tags(page), rendered_card(base / "out", plain).tags


def _tags(page):
    return [tag for tag in page.tags if tag != "mark"]


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:20]) for text in HOSTILE])
def test_a_persons_words_are_inert_wherever_they_are_shown(paths, plainly_decided, text):
    raw, out = paths
    result = decide(raw, out, name=text, reason=text)
    again = run_on([raw], out)
    rejected = decide(raw, out / "2", name=text, reason=text, action="reject")
    unused = decide(raw, out / "3", name=text, reason=text, release_id=text, failed=(text,))
    assert result.report["decision"]["name"] == text  # recorded as it was given
    pages = [(run.report_folder / "index.html").read_text("utf-8") for run in (result, again, rejected, unused)]
    pages.append((out / "reports" / "index.html").read_text("utf-8"))
    for html in pages:
        assert not UNSEEN.search(html)
        assert not re.search(r"<script|<img|<b>|<link", without_our_script(html))
    assert _tags(_Words(pages[0])) == plainly_decided[0]
    terminal = [told(run, out) for run in (result, again, rejected, unused)] + [listed(out)]
    for shown in terminal:
        assert not UNSEEN.search(shown)
    card = Output(out, result.report).release.joinpath("README.md").read_text("utf-8")
    assert not UNSEEN.search(card)
    assert "<script" not in card and "<img" not in card and "<b>" not in card  # some readers know no backslash
    rendered = rendered_card(out, result)
    assert rendered.tags == plainly_decided[1]
    if text.isprintable():
        assert " ".join(rendered.said.split()).count(text) == 2
        assert text in terminal[0] and text in words(pages[0]) and text in terminal[-1]


def test_a_long_name_never_breaks_the_ids_of_the_list(paths):
    raw, out = paths
    release_id = decide(raw, out, name="Maximiliana " * 8).report["release_id"]
    assert release_id in listed(out, width=80)


def test_the_longest_reason_is_shown_whole(paths):
    raw, out = paths
    reason = ("판매처와 합의한 대로 공개합니다. " * 200)[:1999] + "끝"
    result = decide(raw, out, name="가" * 100, reason=reason)
    assert f"of {'가' * 100}: {reason} Release" in page(result)
    assert reason in told(result, out)


def test_a_decision_that_lacks_a_figure_is_not_read():
    decision = Decision(action="reject", **WORDS, decided_at=WHEN, release_id="r-1", failed=FAILED)
    recorded = decision.recorded(applied=False).to_json()
    assert "not used: to reject release r-1" in words(run_page(held_example() | {"decision": recorded}))
    for key in recorded:
        lacking = {name: value for name, value in recorded.items() if name != key}
        with pytest.raises(ValueError, match=f"^decision.{key}: Field required$"):
            read(held_example() | {"decision": lacking})


def test_a_card_without_a_decision_has_no_gap():
    assert "\n\n\n" not in dataset_card("r-1", figures_of(published_example()), None, CardSettings())


def test_a_decision_needs_a_name_a_reason_a_time_and_something_that_failed():
    good = {"action": "reject", **WORDS, "decided_at": WHEN, "release_id": "r-1", "failed": FAILED}
    decision = Decision(**good)
    for key, wrong in (
        ("action", "publish"),
        ("name", ""),
        ("name", " \u200b\u3164\u2800"),
        ("name", "x" * 101),
        ("name", "\ud800"),
        ("reason", "ok"),
        ("reason", "o k"),
        ("reason", "ok\u200b\ufeff"),
        ("reason", "x" * 2001),
        ("decided_at", datetime(2026, 11, 22)),
        ("release_id", ""),
        ("failed", ()),
        ("applied", True),
    ):
        with pytest.raises(ValidationError):
            Decision(**{**good, key: wrong})
    for key, right in (("name", "김"), ("name", "x" * 100), ("reason", "합의함"), ("reason", "x" * 2000)):
        assert getattr(Decision(**{**good, key: right}), key) == right
    assert Decision(**{**good, "name": "  Kim\n"}).name == "Kim"
    with pytest.raises(ValidationError):
        decision.name = "somebody else"
    in_seoul = WHEN.astimezone(timezone(timedelta(hours=9)))
    assert Decision(**{**good, "decided_at": in_seoul}).recorded(True).decided_at == "2026-11-22T07:30:00Z"
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
