"""What people say of findings: it counts for the same finding, is shown everywhere, and changes no data."""

import io
import json
import logging
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.terminal import print_result
from flows.notification import news
from flows.ui import artifacts
from sftrm_quality import job, progress
from sftrm_quality.acts import NO_ACTS, Act, Acts, append_acts, read_acts
from sftrm_quality.decisions import signed
from sftrm_quality.errors import ConfigError
from sftrm_quality.findings import listed
from sftrm_quality.findings.found import Found
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import Severity
from sftrm_quality.run_record import Mode, Verdict, read_report_json
from sftrm_quality.time_zones import day_of
from tests.inline_workers import tasks_here
from tests.outputs import Output, load_config, report_of
from tests.report_example import held, read
from tests.test_rollbacks import Night

DAY = date(2026, 11, 30)
BY, NOTE = "Kim Ha-na", "the vendor writes <b>blank</b> lines; ticket 812"


def an_act(*fingerprints, kind="known", until=None, name=BY, run_id="r"):
    said = {"name": name, "reason": NOTE, "decided_at": datetime(2026, 11, 20, tzinfo=UTC)}
    about = {"run_id": run_id, "finding": "delivery: file_empty", "text": "b.jsonl: no records in it"}
    return Act(**said, **about, kind=kind, until=until, fingerprints=fingerprints)


@pytest.fixture
def output(tmp_path):
    return OutputFolder(tmp_path)


# The log.


def test_what_was_said_is_read_again_in_its_order(output):
    assert read_acts(output) == NO_ACTS
    first, second = an_act("a", "b"), an_act("a", kind="accepted", until=DAY)
    append_acts(output, [first])
    append_acts(output, [second])
    assert read_acts(output) == Acts((first, second))
    assert len(output.acts.read_bytes().splitlines()) == 2


def test_a_damaged_line_is_told_by_its_place_and_costs_no_other(output):
    append_acts(output, [an_act("a"), an_act("b"), an_act("c")])
    lines = output.acts.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"kind":"known"', b'"kind":"knows"')
    output.acts.write_bytes(b"".join([*lines, b"{\n", b"\n"]))
    acts = read_acts(output)
    assert [act.fingerprints for act in acts.made] == [("a",), ("c",)]
    assert [told.partition(": ")[0] for told in acts.damaged] == [f"{output.acts}, line {n}" for n in (2, 4, 5)]
    assert "kind: Input should be" in acts.damaged[0] and "Invalid JSON" in acts.damaged[1]
    append_acts(output, [an_act("d")])
    assert len(read_acts(output).made) == 3 and len(read_acts(output).damaged) == 3


@pytest.mark.parametrize("left", [1, 40, -2])
def test_half_a_line_of_a_power_cut_was_never_said(output, left):
    append_acts(output, [an_act("a"), an_act("b")])
    whole = output.acts.read_bytes()
    first = whole.index(b"\n") + 1
    output.acts.write_bytes(whole[: first + left if left > 0 else left])
    assert read_acts(output) == Acts((an_act("a"),))
    append_acts(output, [an_act("c")])
    assert read_acts(output) == Acts((an_act("a"), an_act("c")))


def test_a_last_line_without_its_end_was_said(output):
    """Editors leave it so."""
    append_acts(output, [an_act("a")])
    output.acts.write_bytes(output.acts.read_bytes().rstrip(b"\n"))
    assert read_acts(output) == Acts((an_act("a"),))
    append_acts(output, [an_act("b")])
    assert read_acts(output) == Acts((an_act("a"), an_act("b")))


def test_a_log_that_cannot_be_read_is_told(output):
    output.acts.mkdir()
    assert read_acts(output).made == () and str(output.acts) in read_acts(output).damaged[0]


@pytest.mark.parametrize(
    "wrong", [{"kind": "accepted"}, {"until": DAY}, {"kind": "nothing"}, {"name": "\u200b"}, {"run_id": ""}]
)
def test_what_is_no_act_is_refused(wrong):
    with pytest.raises(ValidationError):
        an_act("a", **wrong)
    with pytest.raises(ValidationError):
        an_act()


# Which one counts.


def test_of_each_fingerprint_the_newest_act_counts_to_the_end_of_its_day():
    accepted = an_act("a", "b", kind="accepted", until=DAY, run_id="first")
    acts = Acts((an_act("a", run_id="zeroth"), accepted, an_act("b", kind="sent", run_id="second")))
    assert acts.counting(DAY) == {"a": "first", "b": "second"}
    assert acts.counting(DAY + timedelta(days=1)) == {"b": "second"}
    assert acts.ended(DAY) == {} and acts.ended(DAY + timedelta(days=1)) == {"a": DAY}
    assert acts.recorded(["a"], DAY).counts and not acts.recorded(["a"], DAY + timedelta(days=1)).counts
    assert acts.recorded(["a", "b"], DAY).kind == "sent"
    # A part of it is open again.
    assert acts.recorded(["b", "a"], DAY + timedelta(days=1)).kind == "accepted"
    assert acts.recorded(["a", "c"], DAY) is acts.recorded([], DAY) is None


def files_failing(*names):
    return [
        Found("delivery", "file_failing", Severity.WARNING, "", source="v", files=((name, name),), count=1, of=2)
        for name in names
    ]


def test_what_is_acted_on_is_known_and_told_apart_from_what_is_not():
    found = files_failing("a", "b", "c", "d", "e")
    acts = Acts((an_act(found[0].fingerprint),))
    names = {finding.files: (finding.known, finding.act is not None) for finding in listed(found, {}, "r", acts, DAY)}
    assert names == {("b", "c", "d", "e"): (False, False), ("a",): (True, True)}
    everyone = Acts((an_act(*(one.fingerprint for one in found)),))
    (finding,) = listed(found, {}, "r", everyone, DAY)
    assert finding.known and finding.act.name == BY
    # One that is new does not hide behind the others; those that are left are the same still.
    more = listed([*found, *files_failing("f")], {}, "r", everyone, DAY)
    assert [(len(finding.files), finding.known) for finding in more] == [(1, False), (5, True)]
    assert [finding.known for finding in listed(found[:4], {}, "r", everyone, DAY)] == [True]


# Nights.


class Nights(Night):
    def read(self, ran):
        return read_report_json((ran.report_folder / "report.json").read_bytes())

    def say(self, ran, reason, kind="known", until=None, name=BY):
        report = self.read(ran)
        finding = next(found for found in report.findings if found.reason == reason)
        with self.output.locked(0, print):
            job.store_acts(self.output, report, [job.act_on(report, finding, kind, until, signed(name, NOTE))])

    def page(self, ran):
        return (ran.report_folder / "index.html").read_text("utf-8")

    @property
    def index(self):
        return (self.out / "reports" / "index.html").read_text("utf-8")

    def finding(self, ran, reason):
        (found,) = [found for found in ran.report["findings"] if found["reason"] == reason]
        return found


@pytest.fixture
def nights(tmp_path):
    night = Nights(tmp_path)
    night.deliver("a.jsonl", 0)
    (night.raw / "b.jsonl").write_text("")
    return night


def today(report):
    return day_of(datetime.now(UTC), report["timezone"])


SHOWN = "Kim Ha-na knows of it: the vendor writes &lt;b&gt;blank&lt;/b&gt; lines; ticket 812"


def test_it_is_shown_on_the_page_in_the_index_and_to_later_nights(nights):
    first = nights.run()
    before = (first.report_folder / "report.json").read_bytes()
    data = Output(nights.out, first.report).data_bytes()
    assert nights.finding(first, "file_empty")["act"] is None
    nights.say(first, "file_empty")
    assert (first.report_folder / "report.json").read_bytes() == before
    assert SHOWN in nights.page(first) and nights.index.count(SHOWN) == 1
    again = nights.run()
    act = nights.finding(again, "file_empty")["act"]
    assert (act["kind"], act["name"], act["note"], act["counts"]) == ("known", BY, NOTE, True)
    assert SHOWN in nights.page(again) and nights.index.count(SHOWN) == 2
    assert Output(nights.out, again.report).data_bytes() == data and again.verdict is Verdict.UNCHANGED
    shown = artifacts.summary(nights.read(again))
    assert r"Kim Ha\-na knows of it" in shown and "<b>" not in shown
    # Another file that is empty is another finding.
    (nights.raw / "c.jsonl").write_text("")
    nights.deliver("d.jsonl", 300)
    later = nights.run()
    acts = {found["source_file"]: found["act"] for found in later.report["findings"]}
    assert acts["c.jsonl"] is None and acts["b.jsonl"]["name"] == BY


def test_what_is_accepted_of_a_check_calls_nobody_the_night_after(nights):
    checked = nights.run(Mode.CHECK)
    nights.say(checked, "file_empty", "accepted", today(checked.report))
    night = nights.run()
    found = nights.finding(night, "file_empty")
    assert found["known"] and found["since"] == checked.report["run_id"]
    assert night.report["finding_counts"] == {"new": 0, "known": 1}


def test_after_its_day_it_is_told_once_more(nights):
    first = nights.run()
    fingerprints = nights.finding(first, "file_empty")["fingerprints"]
    assert nights.finding(nights.run(), "file_empty")["known"]
    over = an_act(*fingerprints, kind="accepted", until=today(first.report) - timedelta(days=1))
    append_acts(nights.output, [over])
    # Told today already, after its day.
    assert nights.finding(nights.run(), "file_empty")["known"]
    for run_id in nights.output.run_ids():
        path = nights.out / "reports" / run_id / "report.json"
        report = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(report | {"started": "2026-11-01T00:00:00+00:00"}), "utf-8")
    again = nights.run()
    found = nights.finding(again, "file_empty")
    assert not found["known"] and found["since"] == again.report["run_id"] and again.report["with_warnings"]
    assert found["act"]["counts"] is False and "accepted it until" in nights.page(again)
    assert news._to_look_at(nights.read(again)) == [
        f"{found['text']}; {BY} accepted it until {over.until}, which is over: {NOTE}"
    ]
    assert nights.finding(nights.run(), "file_empty")["known"]


def test_nobody_is_called_again_for_what_holds_and_is_known(nights):
    first = nights.run()
    (nights.raw / "a.jsonl").rename(nights.raw.parent / "away")
    held = nights.run()
    assert held.verdict is Verdict.HELD and first.verdict is Verdict.PUBLISHED
    assert news.calls(nights.read(held))
    again = nights.read(nights.run())
    assert not again.finding_counts.new and news.calls(again)  # as ever: what holds calls every night
    for reason in held.report["gate"]["failed"]:
        assert news.calls(nights.read(nights.run()))
        nights.say(held, reason, "sent")
        assert news.calls(nights.read(nights.run()))
        nights.say(held, reason, "accepted", today(held.report))
    quiet = nights.run()
    assert quiet.verdict is Verdict.HELD and not news.calls(nights.read(quiet))
    assert all("accepts it until" in told for told in news._to_look_at(nights.read(quiet)))
    shown = Console(file=io.StringIO(), width=500)
    print_result(shown, nights.read(quiet), nights.out)
    assert f", known; {BY} accepts it until" in shown.file.getvalue()


def holding(*findings, failed=("a",), new=0):
    """A held run with critical findings, each a reason and the kind of what was said of it."""
    example = held()
    like = example["findings"][1]
    said = [
        {**like, "reason": reason, "severity": "critical", "known": True, "act": kind and {**like["act"], **kind}}
        for reason, kind in findings
    ]
    gate = {"success": False, "failed": list(failed)}
    return read(example | {"findings": said, "gate": gate, "finding_counts": {"new": new, "known": len(said)}})


@pytest.mark.parametrize(
    ("findings", "more", "calls"),
    [
        ([("a", {"kind": "accepted"})], {}, False),
        ([("a", {"kind": "known", "until": None})], {}, False),
        ([("a", {"kind": "sent", "until": None})], {}, True),
        ([("a", {"kind": "accepted", "counts": False})], {}, True),
        ([("a", None)], {}, True),
        # Of two files only one is accepted; something else holds it; nothing says what; there is something new.
        ([("a", {"kind": "accepted"}), ("a", None)], {}, True),
        ([("a", {"kind": "accepted"})], {"failed": ("a", "b")}, True),
        ([], {}, True),
        ([("a", {"kind": "accepted"})], {"new": 1}, True),
    ],
)
def test_a_held_run_calls_unless_all_that_holds_it_is_known_or_accepted(findings, more, calls):
    assert news.calls(holding(*findings, **more)) == calls


def test_a_decision_made_later_keeps_what_was_said_on_the_page(nights):
    first = nights.run()
    assert first.verdict is Verdict.PUBLISHED
    (nights.raw / "a.jsonl").rename(nights.raw.parent / "away")
    held = nights.run()
    nights.say(held, "file_gone", "sent")
    with nights.output.locked(0, print):
        report = job.held_run(nights.output)
        job.store_decision(nights.output, report, job.decision_on(report, "reject", signed("Lee", "send it back")))
    page = nights.page(held)
    assert "Kim Ha-na sent it to the vendor" in page and "Lee" in page


def test_a_run_tells_of_a_damaged_log_and_goes_on(nights):
    nights.output.root.mkdir()
    nights.output.acts.write_bytes(b"nothing\n")
    heard = []
    with progress.hearing(heard.append):
        assert nights.run().verdict is Verdict.PUBLISHED
    assert [told for told in heard if "acts.jsonl, line 1: no act" in told] == heard[-1:] and heard


# Commands.


def test_by_command_findings_are_listed_and_said_something_of(nights):
    def sftrm(*given):
        return CliRunner().invoke(app, [*given, "--out", str(nights.out)])

    def act(*given):
        return sftrm("act", *given, "--by", BY, "--note", NOTE)

    run_id = nights.run().report["run_id"]
    (nights.raw / "c.jsonl").write_text("")
    newest = nights.run().report["run_id"]
    listed_ = sftrm("findings")
    assert listed_.exit_code == 0 and newest in listed_.output.splitlines()[0]
    handle = next(line.split()[0] for line in listed_.output.splitlines() if "b.jsonl" in line)
    other = next(line.split()[0] for line in listed_.output.splitlines() if "c.jsonl" in line)
    assert len(handle) == len(other) == 6
    (older,) = json.loads(sftrm("findings", run_id, "--json").output)
    assert older["handle"] == handle and older["reason"] == "file_empty"
    said = act(handle, "--sent")
    assert said.exit_code == 0 and said.output == f"b.jsonl: no records in it: {BY} sent it to the vendor: {NOTE}\n"
    assert f"; {BY} sent it to the vendor: {NOTE}" in sftrm("findings").output
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    made = json.loads(act(other[:6], newest, "--accepted-until", until, "--json").output)
    assert made["until"] == until and made == json.loads(nights.output.acts.read_text("utf-8").splitlines()[-1])
    before = nights.output.acts.read_bytes()
    for given, told in (
        ((handle,), "say one of --known, --accepted-until DATE and --sent"),
        ((handle, "--known", "--sent"), "say one of"),
        (("0" * 16, "--known"), f"no finding of run {newest}; there are "),
        (("", "--known"), "no finding of run"),
        ((other, run_id, "--known"), f"no finding of run {run_id}; there are {handle}"),
        ((handle, "--accepted-until", "2026-11-01"), "2026-11-01: over; today is "),
        ((handle, "nobody", "--known"), "no run 'nobody'"),
    ):
        refused = act(*given)
        assert refused.exit_code == 2 and told in refused.output, refused.output
    short = sftrm("act", handle, "--known", "--by", BY, "--note", "ok")
    assert short.exit_code == 2 and "--note: 2 visible characters" in short.output
    assert nights.output.acts.read_bytes() == before
    nights.output.acts.write_bytes(b"?\n" + before)
    assert "acts.jsonl, line 1: no act" in sftrm("findings").output
    with nights.output.locked(0, print):
        assert act(handle, "--known").exit_code == 3


def test_a_handle_is_as_long_as_it_must_be():
    class Named:
        def __init__(self, *fingerprints):
            self.fingerprints = fingerprints

    findings = [Named("abcdef0123456789", "ffffffffffffffff"), Named("abcdef0223456789"), Named("0123456789abcdef")]
    assert job.handles(findings) == ["abcdef01", "abcdef02", "012345"]


def test_a_handle_of_two_findings_names_none(nights):
    report = nights.read(nights.run())
    twice = report.model_copy(update={"findings": report.findings * 2})
    with pytest.raises(ConfigError, match="2 findings of run"):
        job.finding_named(twice, report.findings[0].fingerprints[0][:3])


def test_what_was_said_after_a_run_is_in_its_report_by_command(nights):
    first = nights.run()
    nights.say(first, "file_empty", "sent")
    told = CliRunner().invoke(app, ["report", "--out", str(nights.out)])
    assert f"{BY} sent it to the vendor" in told.output
    assert report_of(nights.out, first.report["run_id"])["findings"][0]["act"] is None


@pytest.mark.parametrize("until", ["2999-12-31", "2026-02-30", "2026-01-01"])
def test_what_the_form_of_a_held_run_says_is_kept_or_told_and_the_run_ends_as_it_does(nights, monkeypatch, until):
    from flows import ingest
    from flows.ui import hold

    nights.run()
    (nights.raw / "a.jsonl").rename(nights.raw.parent / "away")
    answer = {"decision": "reject", "name": BY, "reason": NOTE, "accepted_until": until}
    monkeypatch.setattr(hold, "read_flow_run_input", lambda key: answer)
    # As outside of a flow.
    monkeypatch.setattr(ingest, "get_run_logger", lambda: logging.getLogger("a run"))
    heard = []
    monkeypatch.setattr(logging.getLogger("a run"), "warning", lambda text, said: heard.append(said))
    config = load_config(None, ["workers=1"], {"raw": [nights.raw], "out": nights.out})
    with tasks_here(), job.Job(config) as running:
        result = running.all_steps()
        ingest._keep_what_was_said(running, running.plan(), result.report)
    said = {act.finding for act in read_acts(nights.output).made}
    assert result.verdict is Verdict.HELD
    if until.startswith("2999"):
        assert said == {"delivery: file_gone", "release: drop_too_large", "release: nothing_published"} and not heard
        assert "accepts it until 2999-12-31" in nights.page(result)
    else:
        assert not said and len(heard) == 1 and "what was said of the findings is not kept" in heard[0]
