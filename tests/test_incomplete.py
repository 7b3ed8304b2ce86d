"""Files that end early: as many records as could be read are there, and everybody is told that more may be missing."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from flows.commands.terminal import print_result
from sftrm_quality.config import Limits
from sftrm_quality.reports import html
from sftrm_quality.run_record import Mode, read_report_json
from tests.bad_archives import ARCHIVES
from tests.bad_truncated import TRUNCATED
from tests.outputs import open_gate, run_on
from tests.reading_case import document, json_lines, read

RECORDS: list[dict[str, Any]] = [
    {"data_id": str(n), "question": f"what of {n * 7919} [{{}}]?", "answer": f"{n * 104729} is that", "tags": [[n], {}]}
    for n in range(12)
]
FORMS = {
    "document": document(RECORDS),
    "pretty": document(RECORDS, indent=2),
    "array": json.dumps(RECORDS),
    "lines": json_lines(RECORDS),
    "sequence": "\n".join(json.dumps(one, indent=1) for one in RECORDS),
}


def _is_whole(form: str, text: str) -> bool:
    """Whether nothing shows that a text was cut: lines and objects may end after each of them."""
    rest = text.strip()
    if form in ("lines", "sequence"):
        while rest:
            try:
                rest = rest[json.JSONDecoder().raw_decode(rest)[1] :].strip()
            except ValueError:
                return False
        return True
    return text == FORMS[form]


@given(form=st.sampled_from(sorted(FORMS)), place=st.floats(0, 1), small=st.booleans(), codec=st.booleans())
@settings(max_examples=300)
def test_every_cut_that_shows_is_told(
    tmp_path_factory: pytest.TempPathFactory, form: str, place: float, small: bool, codec: bool
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    text = FORMS[form][: round(place * len(FORMS[form]))]
    (folder / "a").write_bytes(text.encode("utf-16" if codec else "utf-8"))
    found = read(folder / "a", folder, Limits(shard_records=3, shard_bytes=1024) if small else Limits())
    if not found.unknown:
        assert found.ends_early is not _is_whole(form, text)
        assert found.ids == [one["data_id"] for one in RECORDS[: len(found.values)]]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("form", FORMS)
def test_every_stream_that_breaks_off_is_told(tmp_path: Path, form: str, pack: Any) -> None:
    packed = pack(FORMS[form].encode())
    for cut in range(len(packed) // 2, len(packed)):
        (tmp_path / "a").write_bytes(packed[:cut])
        found = read(tmp_path / "a", tmp_path)
        assert found.unknown or (found.ends_early and "stream_broken" in found.reasons)
    (tmp_path / "a").write_bytes(packed)
    assert not read(tmp_path / "a", tmp_path).ends_early


def test_what_is_damaged_and_does_not_end_early_is_not_called_so(tmp_path: Path) -> None:
    told = {}
    for case in [*ARCHIVES, *TRUNCATED]:
        (tmp_path / "a").write_bytes(case.data)
        found = read(tmp_path / "a", tmp_path)
        if found.documents and case.kept:
            told[case.name] = found.ends_early
    assert not any(
        told[f"{kind}-{what}.json"] for kind in ("gzip", "zstd") for what in ("trailing-garbage", "wrong-checksum")
    )
    assert all(told[f"{kind}-second-part-cut.json"] for kind in ("gzip", "zstd"))
    cut = [case for case in TRUNCATED if case.kept]
    assert [told[case.name] for case in cut] == [bool(case.unreadable) for case in cut]


def test_a_last_line_that_is_cut_behind_a_brace_is_half_a_record(tmp_path: Path) -> None:
    for last in ('{"data_id": "x", "more": {"a": 1}', '{"data_id": "x", "more": "}'):
        (tmp_path / "a").write_text(json_lines(RECORDS) + last)
        found = read(tmp_path / "a", tmp_path)
        assert found.reasons == ["truncated_record"] and found.ends_early
    (tmp_path / "a").write_text(json_lines(RECORDS) + '{"data_id": "x"]}')
    found = read(tmp_path / "a", tmp_path)
    assert found.reasons == ["invalid_json"] and not found.ends_early


@pytest.mark.parametrize("shard_bytes", [1 << 18, 8 << 20], ids=["beyond the window", "in the window"])
@pytest.mark.parametrize("form", ["lines", "sequence"])
def test_a_last_record_that_is_too_large_and_cut_is_told(tmp_path: Path, form: str, shard_bytes: int) -> None:
    limits = Limits(record_bytes=1 << 20, shard_bytes=shard_bytes)
    long = json.dumps({"data_id": "x", "answer": "y" * (5 << 20)})
    for text, early in ((FORMS[form] + "\n" + long, False), (FORMS[form] + "\n" + long[:-9], True)):
        (tmp_path / "a").write_text(text)
        found = read(tmp_path / "a", tmp_path, limits)
        assert (found.reasons, found.ends_early) == (["record_too_large"], early)
    packed = gzip.compress((FORMS[form] + "\n" + long).encode())
    (tmp_path / "a").write_bytes(packed[:-20])
    found = read(tmp_path / "a", tmp_path, limits)
    rows = ["record_too_large", "stream_broken"] if shard_bytes < len(long) else ["record_too_large"]
    assert found.reasons == rows and found.ends_early


def test_people_are_told_by_the_report_its_page_and_the_terminal(tmp_path: Path) -> None:
    raw, text = tmp_path / "raw", document(RECORDS * 40)
    raw.mkdir()
    prompts = json.dumps([{"data_id": str(n), "question": f"why {n}?"} for n in range(9)])
    (raw / "half.json").write_text(text[: text.index('"332') if '"332' in text else len(text) * 2 // 3])
    (raw / "prompts.json").write_text(prompts[:-1])
    (raw / "whole.json").write_text(document(RECORDS))
    for mode in (Mode.RUN, Mode.CHECK):  # the second time from the cache
        result = run_on(
            [raw], tmp_path / "out", *([open_gate(tmp_path / "suites")] if mode is Mode.RUN else []), mode=mode
        )
        files = {file["source_file"]: file for file in result.report["files"]}
        assert {name: file["incomplete"] for name, file in files.items()} == {
            "half.json": True, "prompts.json": True, "whole.json": False,
        }  # fmt: skip
    half = files["half.json"]
    read_records = half["received"] - half["unreadable"]
    assert 300 < read_records < 480 and half["unreadable"] == 1
    report = read_report_json(json.dumps(result.report))
    said = {file.source_file: file.ends_early for file in report.files}
    assert said == {
        "half.json": f"ends early after {read_records} records",
        "prompts.json": "ends early",
        "whole.json": "",
    }
    shown = io.StringIO()
    print_result(Console(file=shown, width=400), report, tmp_path / "out")
    findings = [finding for finding in result.report["findings"] if finding["reason"] == "new_file_ends_early"]
    told = {finding["source_file"]: finding for finding in findings}
    assert told.keys() == {"half.json", "prompts.json"}
    assert told["half.json"]["text"] == f"half.json: ends early after {read_records} records; it was cut off"
    if not told["half.json"]["known"]:
        assert told["half.json"]["text"] in shown.getvalue()
    page = html.render_run(report)
    assert page.count('<strong class="tag incomplete">incomplete</strong>') == 2
    assert f"ends early after {read_records} records · " in page
    # The files are below their sources, which have the same names in a flat folder.
    sources = page[page.index('id="sources"') : page.index('id="checks"')].replace("<wbr>", "")
    assert sources.rindex("half.json") < sources.rindex("prompts.json") < sources.rindex("whole.json")
