"""A rollback holds: what a person left is not published again from the same inputs, until somebody says so."""

import json
import shutil
import subprocess

import pytest

from sftrm_quality import releases
from sftrm_quality.decisions import HeldDecision, read_decisions, signed, write_decisions
from sftrm_quality.errors import ConfigError, PermanentStorageError
from sftrm_quality.findings import read_past
from sftrm_quality.output import OutputFolder
from sftrm_quality.reports import renew_index
from sftrm_quality.run_record import Mode, Verdict
from tests.outputs import run_on

NAME, WHY = "Kim Ha-na", "half of the new answers are wrong"


class Night:
    """A folder of raw files that grows, and its output folder."""

    def __init__(self, folder):
        self.raw, self.out = folder / "raw", folder / "out"
        self.output = OutputFolder(self.out)

    def deliver(self, name, first, count=20):
        self.raw.mkdir(exist_ok=True)
        numbers = range(first, first + count)
        records = [
            {"data_id": f"{n}", "question": f"{n * 7919} or not?", "answer": f"{n * 104729}, not {n * 31337}."}
            for n in numbers
        ]
        (self.raw / name).write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")

    def run(self, mode=Mode.RUN):
        return run_on([self.raw], self.out, mode=mode)

    def back_to(self, release_id, name=NAME, why=WHY):
        releases.rollback(self.output, release_id, signed(name, why))

    def decide(self, held, action="publish_anyway"):
        """What `sftrm decide` keeps of a decision on a held run."""
        report = held.report
        made = HeldDecision(
            action=action,
            **dict(signed("Lee", "they are right after all")),
            release_id=report["planned_release_id"],
            failed=tuple(report["gate"]["failed"]),
            run_id=report["run_id"],
        )
        write_decisions(self.output, read_decisions(self.output).with_decision(made))

    @property
    def current(self):
        return self.output.current_release_id()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the nights of each test are, one after the other: a release goes by where its raw files are."""
    return tmp_path_factory.mktemp("nights") / "now"


@pytest.fixture
def night(place):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return Night(place)


@pytest.fixture(scope="module")
def made(place, tmp_path_factory):
    """The ids of the releases of two nights, and a copy of all that they made, as of which a person left the second."""
    place.mkdir()
    night = Night(place)
    night.deliver("a.jsonl", 0)
    first = night.run().report["release_id"]
    night.deliver("b.jsonl", 100)
    second = night.run().report["release_id"]
    night.back_to(first)
    kept = tmp_path_factory.mktemp("kept") / "two"
    # With its hard links.
    subprocess.run(["cp", "-a", place, kept], check=True)
    return (first, second), kept


@pytest.fixture
def two(made, night):
    """Two nights, the second of which a person left: the ids of both releases."""
    (first, second), kept = made
    night.raw.parent.rmdir()
    subprocess.run(["cp", "-a", kept, night.raw.parent], check=True)
    return first, second


def test_the_same_inputs_never_publish_what_was_left(night, two):
    first, second = two
    for known in (False, True, True):
        held = night.run()
        report = held.report
        assert (held.verdict, report["gate"]["failed"], night.current) == (Verdict.HELD, ["rolled_back"], first)
        assert (report["release_id"], report["planned_release_id"]) == (None, second)
        (finding,) = [f for f in report["findings"] if f["reason"] == "rolled_back"]
        assert (finding["suite"], finding["severity"], finding["known"]) == ("decisions", "critical", known)
        assert finding["text"].startswith(f"{NAME} left release {second} at 20")
        assert finding["text"].endswith(f" for {first}: {WHY}")
        (check,) = [c for c in report["checks"] if c["suite"] == "decisions"]
        assert (check["success"], check["severity"]) == (False, "critical") and "rollback" in check["description"]
        page = (held.report_folder / "index.html").read_text("utf-8")
        assert "What people decided" in page and f"{NAME} left release {second}" in page
    checked = night.run(Mode.CHECK)
    assert (checked.verdict, checked.report["gate"]["failed"]) == (Verdict.HELD, ["rolled_back"])


def test_other_inputs_are_published_and_end_it(night, two):
    _, second = two
    night.deliver("c.jsonl", 200)
    third = night.run()
    assert third.verdict is Verdict.PUBLISHED and not [c for c in third.report["checks"] if c["suite"] == "decisions"]
    night.deliver("d.jsonl", 300)
    assert night.run().verdict is Verdict.PUBLISHED
    # Ended for good: the same inputs again are what they make.
    for name in ("c.jsonl", "d.jsonl"):
        (night.raw / name).unlink()
    again = night.run()
    assert "rolled_back" not in again.report["gate"]["failed"]
    assert again.report["planned_release_id"] == second


def test_it_has_ended_when_the_release_that_it_led_to_is_published_by_a_run(night, two):
    """LATEST names the target of the rollback again, as it did when it began."""
    first, second = two
    night.deliver("c.jsonl", 200, 1)
    assert night.run().verdict is Verdict.PUBLISHED
    later = {name: (night.raw / name).read_bytes() for name in ("b.jsonl", "c.jsonl")}
    for name in later:
        (night.raw / name).unlink()
    gone = night.run()
    night.decide(gone)
    assert (night.run().verdict, night.current) == (Verdict.PUBLISHED, first)
    (night.raw / "b.jsonl").write_bytes(later["b.jsonl"])
    assert (night.run().verdict, night.current) == (Verdict.PUBLISHED, second)


def test_the_inputs_of_the_release_that_it_led_to_are_unchanged_and_end_nothing(night, two):
    first, _ = two
    later = (night.raw / "b.jsonl").read_bytes()
    (night.raw / "b.jsonl").unlink()
    assert (night.run().verdict, night.current) == (Verdict.UNCHANGED, first)
    (night.raw / "b.jsonl").write_bytes(later)
    assert (night.run().verdict, night.current) == (Verdict.HELD, first)


def test_who_decides_to_publish_it_ends_it_and_another_rollback_ends_that(night, two):
    first, second = two
    night.decide(night.run())
    published = night.run()
    assert (published.verdict, published.report["release_id"]) == (Verdict.PUBLISHED, second)
    assert published.report["decision"]["failed"] == ["rolled_back"]
    again = night.run()
    assert (again.verdict, again.report["findings"]) == (Verdict.UNCHANGED, [])
    night.back_to(first, why="they are wrong, I looked myself")
    for _ in range(2):
        assert (night.run().verdict, night.current) == (Verdict.HELD, first)


def test_a_decision_from_before_it_does_not_count_any_more(night, two):
    """Of the same release and for the same reason, on the rollback before this one."""
    first, second = two
    night.decide(night.run())
    night.back_to(second)  # before it was used
    night.back_to(first)
    assert (night.run().verdict, night.current) == (Verdict.HELD, first)


def test_who_goes_back_to_it_by_name_ends_it(night, two):
    first, second = two
    night.back_to(second, "Lee", "they are right after all")
    assert (night.run().verdict, night.current) == (Verdict.UNCHANGED, second)
    # Nobody has said that there was anything wrong with the one before.
    assert releases.decisions_of(night.output).left == {}
    night.back_to(first)
    assert (night.run().verdict, night.current) == (Verdict.HELD, first)


def test_further_back_everything_between_is_left(night, two):
    first, second = two
    night.deliver("c.jsonl", 200)
    third = night.run().report["release_id"]
    night.back_to(second)
    night.back_to(first)
    assert releases.decisions_of(night.output).left.keys() == {second, third}
    assert night.run().report["gate"]["failed"] == ["rolled_back"]
    (night.raw / "c.jsonl").unlink()
    assert (night.run().report["gate"]["failed"], night.current) == (["rolled_back"], first)
    night.back_to(third)
    assert releases.decisions_of(night.output).left.keys() == {second}


def test_nights_that_were_left_are_no_baseline(night, two):
    first, second = two
    names = [set(tallies.names) for tallies in read_past(night.output).files]
    assert names == [{"a.jsonl"}, {"a.jsonl", "b.jsonl"}]
    left = releases.decisions_of(night.output).no_baseline
    assert left == {second}
    assert [set(tallies.names) for tallies in read_past(night.output, left).files] == [{"a.jsonl"}]
    night.deliver("c.jsonl", 200)
    night.run()
    assert releases.decisions_of(night.output).no_baseline == {second}  # also when it has ended
    night.back_to(second)
    assert second not in releases.decisions_of(night.output).no_baseline
    assert first not in releases.decisions_of(night.output).no_baseline


def test_a_run_does_not_measure_by_nights_that_were_left(night, two, monkeypatch):
    from sftrm_quality import findings

    asked = []
    real = findings.read_past
    monkeypatch.setattr(
        findings, "read_past", lambda output, left, ended: asked.append(left) or real(output, left, ended)
    )
    night.run()
    (night.raw / "b.jsonl").unlink()
    night.run()
    assert asked == [{two[1]}, {two[1]}]


def test_going_where_one_is_already_says_and_changes_nothing(night, two):
    before = night.output.decisions.read_bytes()
    night.back_to(two[0])
    assert night.output.decisions.read_bytes() == before


def test_the_index_and_the_list_of_releases_say_who_left_what_and_why(night, two):
    import io

    from rich.console import Console

    from flows.commands.terminal import print_releases

    _, second = two
    renew_index(night.output)
    index = (night.out / "reports" / "index.html").read_text("utf-8")
    assert f"<bdi>{NAME}</bdi> left release" in index and WHY in index and second in index
    console = Console(file=io.StringIO(), width=200)
    print_releases(console, releases.all_releases(night.output), "Asia/Seoul", releases.decisions_of(night.output).left)
    lines = console.file.getvalue().splitlines()[1:]
    assert [f"left by {NAME} at 20" in line and WHY in line for line in lines] == [False, True]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"{", "decisions.json: Invalid JSON"),
        (b"\xff", "decisions.json: "),
        (b'{"version": 2}', "decisions.json: version: Input should be 1"),
        (b'{"version": 1, "held": [{}]}', "decisions.json: held.0.name: Field required"),
        (b'{"version": 1, "rejected": []}', "decisions.json: rejected: Extra inputs are not permitted"),
    ],
)
def test_a_run_without_the_decisions_that_were_made_publishes_nothing(night, two, broken, said):
    reports = sorted((night.out / "reports").iterdir())
    night.output.decisions.write_bytes(broken)
    with pytest.raises(PermanentStorageError) as refused:
        night.run()
    assert said in str(refused.value) and "move decisions.json away" in str(refused.value)
    assert str(refused.value).count("\n") == 0
    with pytest.raises(PermanentStorageError):
        night.back_to(two[1])
    assert night.current == two[0] and sorted((night.out / "reports").iterdir()) == reports
    night.output.decisions.unlink()
    assert (night.run().verdict, night.current) == (Verdict.PUBLISHED, two[1])


@pytest.mark.parametrize(
    ("name", "why", "option"),
    [("\u200b", WHY, "--by"), ("x" * 101, WHY, "--by"), (NAME, "ok", "--why"), (NAME, "", "--why")],
)
def test_nobody_acts_without_a_name_and_a_reason(name, why, option):
    with pytest.raises(ConfigError, match=rf"^{option}: .*; a name has 1 to 100 characters, a reason 3 to 2,000"):
        signed(name, why)
