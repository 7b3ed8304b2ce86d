"""Old releases and rows of old runs are deleted when somebody asks: whole, never what is named, and pages say so."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality import housekeeping, job, releases
from sftrm_quality.config import PruneSettings
from sftrm_quality.decisions import read_decisions, signed
from sftrm_quality.errors import ConfigError, PermanentStorageError, TransientStorageError
from sftrm_quality.reports import compare_releases, sides_named
from sftrm_quality.run_record import Verdict, read_report_json
from tests.conftest import ROOT
from tests.faults.folders import every_release_is_whole
from tests.outputs import report_of, run_on
from tests.test_rollbacks import Night
from tests.test_run_record import OLDER_MANIFEST, OLDER_REPORT

LATER = datetime.now(UTC) + timedelta(days=40)


class Nights(Night):
    """Its runs by their verdicts, oldest first."""

    def going(self, keep_releases=None, keep_days=None, **given):
        settings = PruneSettings(keep_releases=keep_releases, keep_days=keep_days)
        return housekeeping.what_goes(self.output, settings, **given)

    def prune(self, keep_releases=None, keep_days=None, **given):
        with self.output.locked(0, print):
            return housekeeping.delete(self.output, self.going(keep_releases, keep_days, **given))

    @property
    def reports(self):
        return [report_of(self.out, run_id) for run_id in self.output.run_ids()]

    @property
    def published(self):
        return [report["release_id"] for report in self.reports if report["verdict"] == "published"]

    def with_rows(self):
        """The runs that have some, by what they have."""
        named = {path.parent.name for path in self.out.glob("reports/*/rows")}
        for folder in ("quarantine", "duplicates"):
            named |= {path.name for path in (self.out / folder).iterdir()}
        return named


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """Four releases, each with more files; between the second and the third a held run. Copy, do not touch."""
    night = Nights(tmp_path_factory.mktemp("nights"))
    for number in range(4):
        night.deliver(f"{number}.jsonl", 100 * number, 30)
        if number == 2:
            (night.raw / "0.jsonl").rename(night.raw.parent / "away")
            assert night.run().verdict is Verdict.HELD
            (night.raw.parent / "away").rename(night.raw / "0.jsonl")
        assert night.run().verdict is Verdict.PUBLISHED
    return night


@pytest.fixture
def nights(four, tmp_path):
    """With its hard links, and the raw files elsewhere."""
    subprocess.run(["cp", "-a", four.out, tmp_path / "out"], check=True)
    shutil.copytree(four.raw, tmp_path / "raw")
    return Nights(tmp_path)


def test_by_number_the_oldest_go_with_the_rows_of_their_runs_and_every_report_stays(nights):
    first, second, third, fourth = nights.published
    runs = {report["release_id"]: report["run_id"] for report in nights.reports}
    before = nights.with_rows()
    going = nights.going(2)
    assert going.releases == (first, second) and going.runs == (runs[first], runs[second]) and not going.kept
    reports = {path: path.read_bytes() for path in nights.out.glob("reports/*/report.json")}
    pages = {path: path.read_bytes() for path in nights.out.glob("reports/*/index.html")}
    nights.prune(2)
    assert {path.name for path in (nights.out / "releases").iterdir()} == {third, fourth}
    assert every_release_is_whole(nights.out) == 2 and nights.current == fourth
    assert nights.with_rows() == before - {runs[first], runs[second]}
    assert {path: path.read_bytes() for path in nights.out.glob("reports/*/report.json")} == reports
    assert {path: path.read_bytes() for path in nights.out.glob("reports/*/index.html")} == pages
    assert not nights.going(2) and not nights.output.staging.exists()
    assert nights.run().verdict is Verdict.UNCHANGED


def test_pages_lead_to_one_that_says_that_the_rows_are_deleted(nights):
    first = nights.reports[0]
    nights.prune(2)
    folder = nights.out / "reports" / first["run_id"]
    pages = {"index.html", "index.ko.html", "browse.html", "browse.ko.html"}
    assert {path.name for path in folder.iterdir()} == {"report.json", *pages}
    assert "삭제" in (folder / "browse.ko.html").read_text("utf-8")
    page = (folder / "browse.html").read_text("utf-8")
    assert "The rows of this run were deleted" in page and first["command"] in page and "<script" not in page
    index = (nights.out / "reports" / "index.html").read_text("utf-8")
    assert index.count("this release was deleted") == 2
    # Also of a run whose report says more than this version knows.
    report = nights.out / "reports" / nights.reports[2]["run_id"] / "report.json"
    report.write_text(json.dumps(nights.reports[2] | {"more": 1}), "utf-8")
    nights.prune(keep_days=30, now=LATER)
    assert "were deleted" in report.with_name("browse.html").read_text("utf-8")
    nights.deliver("5.jsonl", 900)
    nights.run()
    assert (nights.out / "reports" / "index.html").read_text("utf-8").count("this release was deleted") == 2


def test_by_days_rows_go_whose_release_is_gone_or_never_was_and_nothing_younger(nights):
    held = next(report["run_id"] for report in nights.reports if report["verdict"] == "held")
    assert not nights.going(keep_days=30)
    assert (nights.going(keep_days=30, now=LATER).releases, nights.going(keep_days=30, now=LATER).runs) == ((), (held,))
    young = nights.going(1, 30)
    assert not young and set(young.kept) == set(nights.published[:3])
    assert set(young.kept.values()) == {"younger than 30 days"}
    old = nights.going(1, 30, now=LATER)
    assert old.releases == tuple(nights.published[:3]) and len(old.runs) == 4
    nights.prune(1, 30, now=LATER)
    assert nights.with_rows() == {nights.reports[-1]["run_id"]}


def test_the_rows_of_the_newest_run_stay_also_when_it_published_nothing(nights):
    (nights.raw / "0.jsonl").unlink()
    assert nights.run().verdict is Verdict.HELD
    newest = nights.reports[-1]["run_id"]
    assert newest not in nights.going(1, 1, now=LATER).runs
    assert nights.reports[-2]["run_id"] not in nights.going(1, 1, now=LATER).runs  # of the current release


def test_what_is_named_stays_and_says_why(nights):
    first, second, third, fourth = nights.published
    nights.back_to(second)
    going = nights.going(1)
    # The newest is one that was left; what is current is named, too.
    assert going.releases == (first, third)
    assert going.kept == {second: "it is the current release"}
    nights.back_to(first)
    assert nights.going(1).releases == (third,)
    assert nights.going(1).kept[second] == "a rollback by Kim Ha-na names it"
    assert nights.going(1, frozen=[third]).kept[third] == "the frozen splits name it"
    nights.back_to(fourth)
    night = {"run_id": "x", "release_id": third, "current": first, "was_there": False}
    (nights.out / ".publishing.json").write_text(json.dumps(night))
    assert nights.going(1).kept[third] == "a run that has not ended names it"


def test_what_a_decision_names_stays(nights):
    (nights.raw / "0.jsonl").unlink()
    held = nights.run()
    nights.decide(held)
    decided = nights.run()
    assert decided.report["decision"]
    (nights.raw / "4.jsonl").write_bytes((nights.raw / "1.jsonl").read_bytes().replace(b'"1', b'"5'))
    nights.run()
    named = decided.report["release_id"]
    assert nights.going(1).kept == {named: "a decision by Lee names it"}
    # As of one that was made in the form of Prefect.
    nights.output.decisions.unlink()
    assert read_decisions(nights.output).held == () and nights.going(1).kept == {named: "a decision by Lee names it"}


def test_a_release_whose_manifest_is_damaged_stays_with_its_rows(nights):
    first = nights.reports[0]
    (nights.out / "releases" / first["release_id"] / "manifest.json").write_text("{")
    going = nights.going(1, 1, now=LATER)
    assert first["release_id"] not in going.releases and first["run_id"] not in going.runs


def test_nothing_is_deleted_when_the_current_release_is_among_it(nights):
    going = nights.going(1)
    (nights.out / "LATEST").write_text(going.releases[0])
    with pytest.raises(PermanentStorageError, match="nothing was"):
        housekeeping.delete(nights.output, going)
    assert every_release_is_whole(nights.out) == 4


def test_what_is_freed_is_what_has_no_other_name(nights, tmp_path):
    """Releases share equal parts by hard links, and with the cache."""
    two = releases.all_releases(nights.output)[:2]
    two = [replace(release, folder=tmp_path / release.release_id) for release in two]
    one, other = (release.folder for release in two)
    for folder in (one, other):
        (folder / "sft").mkdir(parents=True)
        (folder / "manifest.json").write_bytes(b"x" * 3)
        (folder / "sft" / "own.parquet").write_bytes(b"x" * 50)
    (one / "sft" / "a.parquet").write_bytes(b"x" * 700)
    (other / "sft" / "b.parquet").hardlink_to(one / "sft" / "a.parquet")
    assert housekeeping.size_of([one]) == housekeeping.Size(53, 700)
    assert housekeeping.size_of([one, other]) == housekeeping.Size(806, 0)
    both = {release.release_id: housekeeping.Size(53, 700) for release in two}
    assert housekeeping.sizes_of(two) == both
    (tmp_path / "cached").hardlink_to(one / "sft" / "own.parquet")
    # Not of another release; but deleting it frees nothing.
    assert housekeeping.sizes_of(two) == both
    assert housekeeping.size_of([one]) == housekeeping.Size(3, 750)


def test_by_command_nothing_goes_without_yes(nights):
    def sftrm(*given):
        return CliRunner().invoke(app, [*given, "--out", str(nights.out)])

    shown = sftrm("releases")
    assert shown.exit_code == 0 and "own" in shown.output and shown.output.count("0.") == 8
    dry = sftrm("prune", "--keep-releases", "2")
    assert dry.exit_code == 0 and "nothing was deleted; the same with --yes deletes it" in dry.output
    assert [line.split(",")[0] for line in dry.output.splitlines()[:2]] == [
        f"would go: release {release_id}" for release_id in nights.published[:2]
    ]
    assert every_release_is_whole(nights.out) == 4
    done = sftrm("prune", "--keep-releases", "2", "--yes")
    assert done.exit_code == 0 and done.output.startswith("deleted: 2 releases, the rows of 2 runs; "), done.output
    assert every_release_is_whole(nights.out) == 2
    assert sftrm("prune", "--keep-releases", "2", "--yes").output == "nothing to delete\n"
    refused = sftrm("prune")
    assert refused.exit_code == 2 and "say how much stays" in refused.output
    assert sftrm("prune", "--set", "prune.keep_releases=1").output.startswith(
        f"would go: release {nights.published[2]}"
    )
    first = nights.published[0]
    for asked in (("rollback", first, "--by", "Kim", "--why", "it was better"), ("diff", first)):
        told = sftrm(*asked)
        assert told.exit_code == 2 and f"release '{first}', which run" in told.output and "a backup" in told.output
    rows = sftrm("rows", "--run", nights.reports[0]["run_id"])
    assert rows.exit_code == 2 and "is not there any more; name a newer run with --run" in rows.output
    report = sftrm("report", nights.reports[0]["run_id"])
    gone = f"releases/{first}, quarantine/{nights.reports[0]['run_id']}/quarantine.parquet"
    assert report.exit_code == 0 and f"deleted since: {gone}\n" in report.output
    assert "deleted since" not in sftrm("report").output


def test_the_release_by_which_splits_are_frozen_stays(nights, tmp_path):
    first = nights.published[0]
    file = tmp_path / "frozen.parquet"

    def sftrm(*given):
        return CliRunner().invoke(app, [*given, "--out", str(nights.out)])

    assert sftrm("splits", "freeze", first, "--to", str(file)).exit_code == 0
    stays = f"stays: release {first}: the frozen splits name it"
    asked = ("prune", "--keep-releases", "1", "--set")
    assert stays in sftrm(*asked, f"splits.frozen={file}").output
    run_on([nights.raw], nights.out, f"splits.frozen={file}")
    assert stays in sftrm("prune", "--keep-releases", "1").output
    assert stays in sftrm(*asked, "workers=1").output
    file.unlink()
    refused = sftrm("prune", "--keep-releases", "1", "--yes")
    assert refused.exit_code == 2 and "splits.frozen" in refused.output and every_release_is_whole(nights.out) == 5


def test_a_held_run_without_rows_is_not_compared(nights):
    held = next(report for report in nights.reports if report["verdict"] == "held")
    compare_releases(*sides_named(nights.output, held["run_id"], None))
    nights.prune(keep_days=30, now=LATER)
    with pytest.raises(ConfigError, match=r"its rows were deleted.*check the same raw files again.*sftrm run"):
        sides_named(nights.output, held["run_id"], None)


def test_a_night_that_publishes_deletes_what_the_setting_says_and_tells_it_in_one_line(nights):
    first, second, third, fourth = nights.published
    nights.deliver("4.jsonl", 900)
    ran = run_on([nights.raw], nights.out, "prune={keep_releases: 3}")
    assert ran.verdict is Verdict.PUBLISHED
    runs = [nights.reports[0]["run_id"], nights.reports[1]["run_id"]]
    assert ran.report["pruned"] == {"releases": [first, second], "runs": runs}
    assert {path.name for path in (nights.out / "releases").iterdir()} == {third, fourth, ran.report["release_id"]}
    page = (ran.report_folder / "index.html").read_text("utf-8")
    assert "deleted by the setting prune: 2 old releases, the rows of 2 old runs" in page
    told = CliRunner().invoke(app, ["report", "--out", str(nights.out)]).output
    assert "pruned      deleted by the setting prune: 2 old releases" in told
    index = (nights.out / "reports" / "index.html").read_text("utf-8")
    assert index.count("this release was deleted") == 2
    # A night that publishes nothing deletes nothing.
    again = run_on([nights.raw], nights.out, "prune={keep_releases: 1}")
    assert again.verdict is Verdict.UNCHANGED and again.report["pruned"] is None
    assert every_release_is_whole(nights.out) == 3


def test_the_setting_makes_no_other_release(nights):
    assert run_on([nights.raw], nights.out, "prune={keep_releases: 1, keep_days: 1}").verdict is Verdict.UNCHANGED


def test_the_newest_release_is_the_one_that_a_night_is_about_to_publish(nights):
    coming = housekeeping.Coming("x", "r-coming")
    assert nights.going(1, coming=coming).releases == tuple(nights.published)
    assert nights.going(4, coming=coming).releases == (nights.published[0],)
    again = housekeeping.Coming("x", nights.published[0])
    assert nights.going(2, coming=again).releases == tuple(nights.published[1:3])


def copied(nights, to, leaves_out=()):
    """The output folder elsewhere, without some names, and the old one gone."""
    shutil.copytree(nights.out, to, ignore=shutil.ignore_patterns(*leaves_out))
    shutil.rmtree(nights.out)
    return to


def test_a_folder_that_was_moved_is_unchanged_and_goes_on(nights, tmp_path):
    current, moved = nights.current, copied(nights, tmp_path / "elsewhere" / "moved")
    raw = nights.raw.rename(tmp_path / "delivered")
    again = run_on([raw], moved)
    assert (again.verdict, again.report["release_id"]) == (Verdict.UNCHANGED, current)
    (raw / "5.jsonl").write_bytes((raw / "1.jsonl").read_bytes().replace(b'"1', b'"7').replace(b" or not", b" or"))
    assert run_on([raw], moved).verdict is Verdict.PUBLISHED
    assert every_release_is_whole(moved) == 5


def test_a_backup_is_what_the_guide_says(nights, tmp_path):
    """With what begins with a dot left out, and each name of the table copied."""
    nights.back_to(nights.published[2])
    nights.decide(nights.run(), "reject")
    guide = (ROOT / "docs" / "housekeeping.md").read_text("utf-8").partition("## Backup")[2].partition("\n## ")[0]
    listed = {
        name.rstrip("/") for row in re.findall(r"^\| (`.*?) \|", guide, re.M) for name in re.findall("`(.*?)`", row)
    }
    report = read_report_json(json.dumps(nights.reports[-1]))
    finding = report.findings[0]
    with nights.output.locked(0, print):
        job.store_acts(
            nights.output, report, [job.act_on(report, finding, "known", None, signed("Kim", "it is known"))]
        )
    backup = copied(nights, tmp_path / "backup", (".*",))
    assert {path.name for path in backup.iterdir()} == listed
    again = run_on([nights.raw], backup)
    assert (again.verdict, again.report["gate"]["failed"]) == (Verdict.HELD, ["rolled_back"])
    assert again.report["decision"]["action"] == "reject"
    known = [finding["known"] for finding in again.report["findings"]]
    assert known and all(known) and again.report["findings"][0]["act"]["note"] == "it is known"
    last = nights.raw / "3.jsonl"
    record = json.loads(last.read_text("utf-8").splitlines()[0])["data_id"]
    why = CliRunner().invoke(app, ["why", record, "--out", str(backup)])
    assert why.exit_code == 0 and "3.jsonl" in why.output


@pytest.mark.skipif(not shutil.which("flock"), reason="no flock here")
def test_while_a_backup_has_the_lock_no_run_writes(nights):
    lock = nights.out / ".lock"
    with subprocess.Popen(["flock", lock, "cat"], stdin=subprocess.PIPE) as backup:
        while subprocess.run(["flock", "--nonblock", lock, "true"], check=False).returncode == 0:
            assert backup.poll() is None
        with pytest.raises(TransientStorageError), nights.output.locked(0, lambda _: None):
            pass
        backup.stdin.close()
        backup.wait()
    with nights.output.locked(0, print):
        assert subprocess.run(["flock", "--nonblock", lock, "true"], check=False).returncode == 1


def test_what_an_older_version_wrote_is_read(nights):
    """Its release is listed and deleted like others, its run is on the page of all runs, and the nights go on."""
    report, manifest = (json.loads(path.read_text("utf-8")) for path in (OLDER_REPORT, OLDER_MANIFEST))
    folder = nights.out / "reports" / report["run_id"]
    folder.mkdir()
    shutil.copy(OLDER_REPORT, folder / "report.json")
    (folder / "rows").mkdir()
    (folder / "browse.html").write_text("as it was")
    release = nights.out / "releases" / manifest["release_id"]
    release.mkdir()
    shutil.copy(OLDER_MANIFEST, release / "manifest.json")
    assert report["release_id"] == release.name
    assert release.name in CliRunner().invoke(app, ["releases", "--out", str(nights.out)]).output
    shown = CliRunner().invoke(app, ["report", report["run_id"], "--out", str(nights.out)])
    assert shown.exit_code == 0 and report["run_id"] in shown.output
    nights.deliver("5.jsonl", 800)
    assert nights.run().verdict is Verdict.PUBLISHED
    assert report["run_id"] in (nights.out / "reports" / "index.html").read_text("utf-8")
    assert nights.going(5).releases == (release.name,) and nights.going(5).runs == (report["run_id"],)
    nights.prune(5)
    assert not release.exists() and "were deleted" in (folder / "browse.html").read_text("utf-8")
