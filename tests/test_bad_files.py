"""Every bad file: its good records are kept, what is not read has a reason, and the ledger knows of all of it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sftrm_quality.config import Limits
from sftrm_quality.reading import UnknownFile, discover, open_document, open_streams
from tests.bad_archives import ARCHIVES
from tests.bad_delimited import DELIMITED, NOT_TABLES
from tests.bad_files import LONG_FORM, SOAK, BadFile
from tests.bad_paths import hostile_folder
from tests.bad_records import DAMAGED
from tests.bad_tables import TABLES
from tests.bad_texts import TEXTS
from tests.bad_truncated import TRUNCATED
from tests.outputs import Output, open_gate, run_on
from tests.reading_case import SCHEMA, Read, read_records

pytestmark = LONG_FORM

BAD_FILES = [*TRUNCATED, *DAMAGED, *TEXTS, *ARCHIVES, *TABLES, *DELIMITED, *NOT_TABLES]
# Each file costs a run some 50 ms. The steps are such that every damage and every container occur.
SOME = [*TRUNCATED[::5], *DAMAGED[::3], *TEXTS, *ARCHIVES, *TABLES[::3], *DELIMITED[::4], *NOT_TABLES]
IN_A_RUN = BAD_FILES if SOAK else SOME
PARTS = {
    "cut": TRUNCATED,
    "damaged": DAMAGED,
    "text": TEXTS,
    "archive": ARCHIVES,
    "table": TABLES,
    "delimited": [*DELIMITED, *NOT_TABLES],
}
HANG_SECONDS = 120  # the slowest of them takes a second


@contextmanager
def no_hang() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise AssertionError(f"not done after {HANG_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_the_corpus_is_large_and_its_names_differ() -> None:
    names = [case.name for case in BAD_FILES]
    assert len(set(names)) == len(names) >= 200


@pytest.mark.parametrize("part", PARTS)
def test_every_bad_file_by_itself(tmp_path: Path, part: str) -> None:
    """Through the readers in this process: which records, which reasons, what is said of streams without records."""
    spill = tmp_path / "spill"
    spill.mkdir()
    wrong = []
    for case in PARTS[part]:
        path = tmp_path / "raw"
        path.write_bytes(case.data)
        with no_hang():
            found, unknown = _read_streams(path, spill)
        values = [value for one in found for value in one.values.values()]
        ids = tuple(
            value["data_id"] for value in values if isinstance(value, dict) and value.get("data_id") in case.kept
        )
        reasons = tuple(reason for one in found for reason in one.reasons)
        if case.kept and (ids, reasons, len(values)) != (case.kept, case.unreadable, len(case.kept + case.misfits)):
            wrong.append((case.name, ids, reasons, len(values)))
        if case.kept and not _said(case.refused, [file.seen for file in unknown]):
            wrong.append((case.name, [file.seen for file in unknown]))
        assert not list(spill.iterdir())
    assert not wrong


def _read_streams(path: Path, spill: Path) -> tuple[list[Read], list[UnknownFile]]:
    found, unknown = [], []
    for stream in open_streams(discover([path])[0]):
        opened = stream if isinstance(stream, UnknownFile) else open_document(stream, Limits(), spill)
        if isinstance(opened, UnknownFile):
            unknown.append(opened)
        else:
            found.append(Read())
            read_records(opened, Limits(), SCHEMA, found[-1])
    return found, unknown


def _said(expected: tuple[str, ...], seen: list[str]) -> bool:
    return len(expected) == len(seen) and all(word in note for word, note in zip(expected, seen, strict=True))


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory: pytest.TempPathFactory) -> Output:
    """One run over all of them in one folder, with paths in it that are no files of records."""
    folder = tmp_path_factory.mktemp("bad")
    raw = folder / "raw"
    raw.mkdir()
    for case in IN_A_RUN:
        (raw / case.name).write_bytes(case.data)
    hostile_folder(raw / "paths")
    with no_hang():
        return Output(folder / "out", run_on([raw], folder / "out", open_gate(folder / "suites")).report)


def _entries(output: Output, case: BadFile) -> list[dict[str, object]]:
    name = case.name
    return [f for f in output.report["files"] if f["source_file"] == name or f["source_file"].startswith(f"{name}!/")]


def test_the_ledger_knows_every_bad_file(bad_run: Output) -> None:
    wrong = []
    for case in IN_A_RUN:
        entries = _entries(bad_run, case)
        # A file of no known format has its records among the unknown ones, one where nobody can count them.
        read = [entry for entry in entries if entry["status"] != "unreadable"]
        counts = [sum(e[name] for e in read) for name in ("received", "published", "quarantined", "unreadable")]
        assert all(e["received"] == e["unreadable"] and e["published"] == 0 for e in entries if e not in read)
        unreadable = len(case.unreadable) if case.received else 0
        # A workbook without a record is skipped: of its note the same is asked.
        notes = [str(entry["note"]) for entry in entries if entry["status"] in ("unreadable", "skipped")]
        if counts != [case.received, len(case.kept), len(case.misfits), unreadable] or not _said(case.refused, notes):
            wrong.append((case.name, counts, notes))
    assert not wrong
    assert bad_run.report["verdict"] == "published"


def test_the_good_records_are_published_and_the_others_have_their_reasons(bad_run: Output) -> None:
    published = {row["data_id"] for kind in ("sft", "rm") for row in bad_run.published(kind)}
    assert {data_id for case in IN_A_RUN for data_id in case.kept} <= published
    reasons: dict[str, list[str]] = {}
    of_records = [row for row in bad_run.quarantine if row["reasons"] != ["unknown_format"]]
    for row in sorted(of_records, key=lambda row: (row["source_file"], row["source_index"])):
        reasons.setdefault(row["source_file"].partition("!/")[0], []).extend(row["reasons"])
    wrong = {
        case.name: reasons.get(case.name)
        for case in IN_A_RUN
        if case.received and sorted(reasons.get(case.name, [])) != sorted(case.unreadable + case.misfits)
    }
    assert not wrong


def test_paths_that_are_no_files_are_passed_and_odd_names_are_read(bad_run: Output, tmp_path: Path) -> None:
    expected = hostile_folder(tmp_path / "paths")
    found = {
        entry["source_file"].removeprefix("paths/"): entry["published"]
        for entry in bad_run.report["files"]
        if entry["source_file"].startswith("paths/")
    }
    assert found == expected
