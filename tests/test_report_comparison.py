"""What changed, what is a finding, and the history: pure functions of the figures, and their sums over a real run."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.findings import FILE_RUNS, READ_RUNS, TREND_RUNS, Past, Tallies, newest_runs, read_past
from sftrm_quality.output import OutputFolder
from sftrm_quality.reports.changes import changes
from sftrm_quality.reports.comparison import changes_since, history_with, steps_by_file
from sftrm_quality.run_record import DeliveryStatus, FileBefore, FileEntry, Verdict
from tests.report_example import figures_of, published, read, summary_of

HOSTILE = "vendor</script>\u202e\x1b[31m%s{{7*7}}_1.jsonl"


def file_json(name: str, received: int, **reasons: int) -> dict[str, Any]:
    failing = sum(reasons.values())
    account = {"received": received, "unreadable": 0, "quarantined": failing, "duplicates": 0, "published": 0}
    read = {"format": None, "container": None, "encoding": None, "note": "", "incomplete": False}
    read |= {
        "fields_unread": {},
        "source": "v",
        "delivery": "same",
        "warnings": {},
        "repairs": {},
        "repairable": {},
        "marks": {},
        "waived": 0,
        "corrected": 0,
        "replaced": 0,
        "replaced_reasons": {},
    }
    return {"source_file": name, "label_kind": "sft", "status": "read", **read, **account, "reasons": reasons}


def file(name: str, received: int, **reasons: int) -> FileEntry:
    return FileEntry(**file_json(name, received, **reasons))


def nights(rates: list[float], name: str = "a.jsonl", received: int = 10_000) -> list[Tallies]:
    return [Tallies([file(name, received, blank=round(rate * received))]) for rate in rates]


def test_reasons_by_file_sum_to_the_reasons_of_all_files(samples_run: Any) -> None:
    sums: dict[str, dict[str, int]] = {"sft": {}, "rm": {}}
    for entry in samples_run.report["files"]:
        if entry["status"] == "unreadable":
            assert entry["reasons"] == {"unknown_format": entry["unreadable"]}
            continue
        for reason, count in entry["reasons"].items():
            assert count > 0
            of_kind = sums[entry["label_kind"]]
            of_kind[reason] = of_kind.get(reason, 0) + count
    for kind, reasons in samples_run.report["reasons"].items():
        assert sums[kind] == {reason: count for reason, count in reasons.items() if count}
    # Also those that only the whole collection shows.
    assert sums["rm"]["ranking_contradicted"] and sums["sft"]["data_id_reused"]


def test_reasons_by_file_are_those_of_the_quarantine(samples_run: Any) -> None:
    expected: dict[str, dict[str, int]] = {}
    for row in samples_run.quarantine:
        for reason in row["reasons"]:
            of_file = expected.setdefault(row["source_file"], {})
            of_file[reason] = of_file.get(reason, 0) + 1
    assert {f["source_file"]: f["reasons"] for f in samples_run.report["files"] if f["reasons"]} == expected


def test_a_file_of_its_own_name_is_compared_with_itself_and_not_with_its_series() -> None:
    before = Tallies([file("part1.json", 1_000, blank=500), file("part2.json", 1_000)])
    (step,) = steps_by_file([file("part1.json", 1_000, blank=510), file("part2.json", 1_000)], before)
    assert (step.before, step.now, step.step) == (500, 510, 0.01)
    assert not steps_by_file([file("part1.json", 1_000, blank=504)], before)
    (step,) = steps_by_file([file("part3.json", 1_000)], before)
    assert (step.before, step.received_before, step.step) == (500, 2_000, -0.25)


def test_steps_are_ordered_by_records_and_name_new_files() -> None:
    before = Tallies([file("a.json", 100)])
    found = steps_by_file([file("a.json", 100, blank=50), file("b.json", 10_000, blank=100), file("c.json", 0)], before)
    assert [(s.source_file, s.received_before) for s in found] == [("b.json", 0), ("a.json", 100)]


def test_sentences() -> None:
    now, before = published(), published()
    for figures in (now, before):
        figures["files"] = [file_json("a.json", 1_000, blank=10), file_json("b.json", 100_000, blank=1_000)]
    now["reasons"]["sft"]["answer_blank"] += 12_403
    now["files"][1]["quarantined"] = 2_000
    files = [file("a.json", 1), file("b.json", 1), file("c.json", 1)]
    files[1:] = [
        one.model_copy(update={"delivery": DeliveryStatus(s)})
        for one, s in zip(files[1:], ("new", "gone"), strict=True)
    ]
    said = changes(Verdict.PUBLISHED, figures_of(now), files, figures_of(before))
    assert said[0] == "Published: SFT records unchanged (1,154,779); RM records unchanged (27,622)."
    assert said[1] == "Reasons that moved: SFT answer_blank 1.1 % → 2.1 %."
    assert said[2] == "Files: 1 new, 1 gone, 1 the same."
    assert changes(Verdict.HELD, figures_of(now), files, figures_of(before))[0].startswith("Publishable: ")
    assert changes(Verdict.PUBLISHED, figures_of(now), files, None) == ("There was no release before.",)


def test_the_comparison_of_a_first_of_a_second_and_of_an_unchanged_run() -> None:
    past = Past((), tuple(nights([0.01] * 6, HOSTILE)), (), {})
    report = published() | {"files": [file_json(HOSTILE, 1_000, blank=300)]}
    first = changes_since(Verdict.PUBLISHED, figures_of(report), (), None)
    assert (first.ledger, first.by_file, first.files) == (None, (), {})
    files = [file_json(HOSTILE, 1_000, blank=10), file_json("gone_1.json", 5), file_json("x_1.json", 5)]
    before = figures_of(published() | {"files": files})
    report["files"].append(file_json("x_2.json", 0))
    figures, run = figures_of(report), summary_of(report)
    found = changes_since(Verdict.PUBLISHED, figures, figures.files, before)
    assert [step.source_file for step in found.by_file] == [HOSTILE]
    assert found.files[HOSTILE] == FileBefore(received=1_000, failing=10, same_name=True)
    history = history_with(run, figures, past)
    assert history.files[HOSTILE] == (*[0.01] * 6, 0.3)
    assert history.runs == (run,)
    again = changes_since(Verdict.UNCHANGED, figures, figures.files, before)
    unchanged = history_with(run.model_copy(update={"verdict": Verdict.UNCHANGED}), figures, past)
    assert again.by_file == unchanged.runs == ()
    assert unchanged.files[HOSTILE] == (0.01,) * 6
    assert read(report | {"changes": found.to_json(), "history": history.to_json()}).changes == found


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=4), st.text(max_size=5))
def test_a_comparison_with_oneself_finds_nothing(counts: list[tuple[int, int]], name: str) -> None:
    files = [file(f"{name}{'x' * n}", failing + rest, blank=failing) for n, (failing, rest) in enumerate(counts)]
    assert not steps_by_file(files, Tallies(files))


def put(output: OutputFolder, number: int, **changed: Any) -> None:
    folder = output.report(f"20261101T{number:06d}Z-aaaaaa")
    folder.mkdir(parents=True)
    report = published() | {"run_id": folder.name, **changed}
    (folder / "report.json").write_text(json.dumps(report), "utf-8")


def test_history_is_read_from_the_newest_reports_that_can_be_read(tmp_path: Any) -> None:
    output = OutputFolder(tmp_path)
    assert read_past(output) == Past((), (), (), {})
    for number in range(40):
        put(output, number)
    put(output, 50, verdict="held")
    put(output, 51, verdict="unchanged")
    put(output, 52, verdict="checked")
    put(output, 53, report_version=0)
    put(output, 54)
    (output.report("20261101T000054Z-aaaaaa") / "report.json").write_text("{")
    past = read_past(output)
    assert len(past.runs) == TREND_RUNS - 1 and len(past.files) == FILE_RUNS
    assert past.runs[-1].verdict is Verdict.HELD and past.runs[-2].run_id.startswith("20261101T000039")
    assert past.runs[0].run_id < past.runs[1].run_id


def test_no_run_reads_more_reports_than_the_index_shows(tmp_path: Any) -> None:
    output = OutputFolder(tmp_path)
    for number in range(READ_RUNS + 5):
        folder = output.report(f"r{number:04d}")
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps(published() | {"run_id": folder.name}))
    read = [run.run_id for run in newest_runs(output)]
    assert (len(read), read[0], read[-1]) == (READ_RUNS, "r0204", "r0005")


def test_reports_from_before_reasons_by_file_are_a_history_without_reasons(tmp_path: Any) -> None:
    output = OutputFolder(tmp_path)
    put(output, 1, files=[{k: v for k, v in file_json("a.json", 1_000, blank=10).items() if k != "reasons"}])
    (older,) = read_past(output).files
    assert older.names["a.json"].failing == 10 and not older.names["a.json"].reasons
