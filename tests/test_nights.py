"""Twelve nights of three vendors, as a team lives them: whatever goes wrong, its file is named first."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from flows.commands.terminal import print_result
from sftrm_quality.run_record import Report, read_report_json
from tests.outputs import run_on
from tests.vendors import deliver, delivery, file_of, write

A, B, C = (lambda night: file_of("namsan", night)), (lambda night: file_of("hangang", night)), "inwang/all.jsonl"


@dataclass(frozen=True)
class Night:
    """What a night ended with, and the page that people open in the morning."""

    report: Report
    page: str

    @property
    def new(self) -> list[tuple[str, str, str | None]]:
        return [(f.severity, f.reason, f.source_file) for f in self.report.findings if not f.known]

    @property
    def terminal(self) -> list[str]:
        shown = io.StringIO()
        print_result(Console(file=shown, width=500), self.report, Path("out"))
        return shown.getvalue().splitlines()


class Team:
    """The raw folder of the team and its output folder."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.out = folder / "raw", folder / "out"

    def night(self) -> Night:
        ran = run_on([self.raw], self.out)
        return Night(
            read_report_json((ran.report_folder / "report.json").read_bytes()),
            (ran.report_folder / "index.html").read_text("utf-8"),
        )

    def night_by_command(self) -> Night:
        """The same as a whole command."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
        call = [sys.executable, "-m", "flows.cli", "run", str(self.raw), "--out", str(self.out), "--workers", "1"]
        done = subprocess.run([*call, "--json"], env=environment, capture_output=True, text=True, check=False)
        report = read_report_json(done.stdout)
        assert done.returncode == (1 if report.verdict == "held" else 0), done.stderr
        return Night(report, (self.out / "reports" / report.run_id / "index.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Each night by its name. What was wrong is put right before the next one."""
    folder = tmp_path_factory.mktemp("nights")
    team = Team(folder)
    raw, seen = team.raw, {}
    deliver(raw, 1)
    seen["first"] = team.night()
    deliver(raw, 2)
    seen["good"] = team.night()

    deliver(raw, 3)
    late = (raw / A(3)).rename(folder / "late")
    seen["late file"] = team.night()
    late.rename(raw / A(3))
    deliver(raw, 4)
    seen["two at once"] = team.night()

    deliver(raw, 5)
    write(raw / A(5), delivery("namsan", 5, 100, failing=0.34))
    seen["34 % bad"] = team.night()
    seen["nothing new"] = team.night()

    deliver(raw, 6)
    write(raw / B(6), delivery("hangang", 6, 50, failing=1.0))
    seen["100 % bad"] = team.night()

    write(raw / B(6), delivery("hangang", 6, 50))
    seen["repaired"] = team.night()

    deliver(raw, 7)
    whole = (raw / C).read_bytes()
    (raw / C).write_bytes(whole[: len(whole) // 2])
    seen["cut"] = team.night()
    (raw / C).write_bytes(whole)
    team.night()

    deliver(raw, 8)
    whole = (raw / C).read_bytes()
    (raw / C).write_bytes(b"\n".join(whole.splitlines()[:200]) + b"\n")
    seen["shrunk"] = team.night()
    (raw / C).write_bytes(whole)
    team.night()

    deliver(raw, 9)
    lost = (raw / A(4)).rename(folder / "lost")
    seen["gone"] = team.night()
    seen["gone still"] = team.night()
    lost.rename(raw / A(4))
    team.night()

    deliver(raw, 10)
    (raw / B(2)).rename(raw / "hangang/rm_second.jsonl")
    seen["renamed"] = team.night()

    deliver(raw, 11)
    shutil.copy(raw / A(9), raw / A(11))
    seen["re-delivered"] = team.night()
    write(raw / A(11), delivery("namsan", 11, 100))
    team.night()

    deliver(raw, 12)
    (raw / B(12)).write_text("", "utf-8")
    seen["empty"] = team.night()
    write(raw / B(12), delivery("hangang", 12, 50))
    team.night()

    deliver(raw, 13)
    (raw / B(13)).write_text("".join(json.dumps({"speaker": n, "voice": str(n)}) + "\n" for n in range(50)), "utf-8")
    seen["unknown format"] = team.night()
    write(raw / B(13), delivery("hangang", 13, 50))
    team.night()

    deliver(raw, 14)
    (raw / A(7)).unlink()
    whole = (raw / C).read_bytes()
    (raw / C).write_bytes(whole[: len(whole) // 2])
    write(raw / A(14), delivery("namsan", 14, 100, failing=1.0))
    (raw / B(14)).write_text("", "utf-8")
    seen["everything at once"] = team.night_by_command()
    return seen


@pytest.mark.parametrize("night", ["first", "good", "late file", "two at once", "nothing new", "repaired", "renamed"])
def test_nobody_is_called_for_a_good_night(nights, night):
    report = nights[night].report
    assert nights[night].new == [] and not report.with_warnings
    assert report.verdict == ("unchanged" if night == "nothing new" else "published")


BAD = {
    "34 % bad": ("published", [("warning", "file_failing", A(5))]),
    "100 % bad": ("published", [("warning", "file_failing", B(6))]),
    "cut": ("held", [("critical", "file_ends_early", C)]),
    "shrunk": ("held", [("critical", "file_shrunk", C)]),
    "gone": ("held", [("critical", "file_gone", A(4))]),
    "re-delivered": ("published", [("warning", "file_redelivered", A(11))]),
    "empty": ("published", [("warning", "file_empty", B(12))]),
    "unknown format": ("published", [("warning", "file_unreadable", B(13))]),
    "everything at once": (
        "held",
        [
            ("critical", "file_ends_early", C),
            ("critical", "file_gone", A(7)),
            ("warning", "file_failing", A(14)),
            ("warning", "file_empty", B(14)),
        ],
    ),
}


@pytest.mark.parametrize("night", BAD)
def test_what_went_wrong_is_told_first_everywhere(nights, night):
    seen, (verdict, expected) = nights[night], BAD[night]
    assert seen.report.verdict == verdict
    assert [found for found in seen.new if found[1] in {reason for _, reason, _ in expected}] == expected
    assert seen.new[0] == expected[0]
    # On the page, in the terminal, the file of the first finding is in the first lines.
    items = re.findall(r"<li>(.*?)</li>", seen.page.replace("<wbr>", "").partition('id="findings"')[2], re.DOTALL)
    assert expected[0][2] in items[0]
    assert expected[0][2] in seen.terminal[1]
    assert seen.terminal[0].startswith("HELD" if verdict == "held" else "PUBLISHED WITH WARNINGS")
    assert str(seen.report.finding_counts) in seen.terminal[0]


def test_what_is_known_is_told_apart(nights):
    first, again = nights["gone"], nights["gone still"]
    assert first.new and not again.new and again.report.verdict == "held"
    known = {found.source_file: found for found in again.report.findings}
    assert known.keys() == {A(4), A(5)} and all(found.known for found in known.values())
    assert known[A(4)].since == first.report.run_id and known[A(5)].since == nights["34 % bad"].report.run_id
    assert "known" in again.terminal[1] and A(4) in again.terminal[1]
    assert [f.known for f in nights["nothing new"].report.findings] == [True]


def test_each_file_says_what_it_is_against_the_release_before(nights):
    def status(night, name):
        (found,) = {file.delivery for file in nights[night].report.files if file.source_file == name}
        return found

    assert status("good", A(1)) == "same" and status("good", A(2)) == "new" and status("good", C) == "changed"
    assert status("gone", A(4)) == "gone" and status("renamed", "hangang/rm_second.jsonl") == "renamed"
    assert status("nothing new", A(5)) == "same"
    gone = next(file for file in nights["gone"].report.files if file.source_file == A(4))
    assert (gone.received, gone.published, gone.source) == (0, 0, "namsan")


def test_the_ledger_closes_every_night(nights):
    for seen in nights.values():
        assert all(account.difference == 0 for account in seen.report.ledger.values())
