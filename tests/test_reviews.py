"""Files of reviews: what is read, and what is refused, with the place and what is expected."""

import json
from datetime import date
from pathlib import Path

import pytest

from sftrm_quality.checks import read_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS, RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.findings import DeliveredFile, delivery_facts, found_by_checks
from sftrm_quality.job import same_settings
from sftrm_quality.records import Severity
from sftrm_quality.reviews import Correction, DatedReviews, Waiver, read_reviews, refuse_reasons
from sftrm_quality.run_record import NO_RECORDS, Check, DeliveryStatus
from tests.report_example import held, read
from tests.test_ordinary_nights import entry

SFT = "sft-" + "0123456789abcdef" * 2
RM = "rm-" + "fedcba9876543210" * 2
SIGNED = {"by": "Kim Min-ji", "why": "seen and found right"}


def waiver(**values: object) -> dict[str, object]:
    return {"reason": "answer_placeholder", "source": "hangang", **SIGNED, "until": "2026-12-31", **values}


def correction(**values: object) -> dict[str, object]:
    return {"record": SFT, "set": {"answer": "네, 맞습니다."}, **SIGNED, **values}


def folder_of(
    folder: Path, waivers: list[dict[str, object]] | None = None, **corrections: list[dict[str, object]]
) -> Path:
    """A folder of reviews: waivers, and corrections by the names of their files."""
    folder.mkdir(exist_ok=True)
    if waivers is not None:
        (folder / "waivers.yaml").write_text(json.dumps({"waivers": waivers}), "utf-8")
    for name, entries in corrections.items():
        (folder / "corrections").mkdir(exist_ok=True)
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        (folder / "corrections" / f"{name}.jsonl").write_text(lines, "utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ConfigError) as error:
        read_reviews(folder)
    return str(error.value)


def test_waivers_and_corrections_are_read_with_their_places(tmp_path):
    folder = folder_of(tmp_path / "r", [waiver()], kim=[correction()], lee=[correction(record=RM, set={"prompt": "?"})])
    (folder / "README.md").write_text("notes of ours")
    reviews = read_reviews(folder)
    assert [one.place for one in reviews.waivers] == ["waivers.yaml, waiver 1"]
    assert reviews.waivers[0].entry == Waiver(**waiver())
    assert [(one.place, one.entry.record) for one in reviews.corrections] == [
        ("corrections/kim.jsonl, line 1", SFT),
        ("corrections/lee.jsonl, line 1", RM),
    ]


def test_waivers_as_people_write_them(tmp_path):
    (folder := tmp_path / "r").mkdir()
    (folder / "waivers.yaml").write_text(
        "waivers:\n"
        "  - reason: answer_placeholder\n"
        f"    records: [{SFT}, {SFT}-2]\n"
        "    by: 김민지\n"
        "    why: 원문 그대로입니다\n"
        "    until: 2026-12-31\n",
        "utf-8",
    )
    (read,) = read_reviews(folder).waivers
    assert (read.entry.records, read.entry.until) == ((SFT, SFT), date(2026, 12, 31))
    assert read.entry.content["records"] == [SFT]


def test_a_whole_record_id_names_the_content():
    assert Correction(**correction(record=f"{SFT}-3")).record == SFT


def test_a_folder_without_files_has_no_reviews(tmp_path):
    assert not read_reviews(tmp_path)
    (tmp_path / "waivers.yaml").write_text("waivers:\n")
    assert not read_reviews(tmp_path)


def test_a_waiver_counts_on_its_last_day(tmp_path):
    reviews = read_reviews(folder_of(tmp_path / "r", [waiver()], kim=[correction()]))
    assert DatedReviews(reviews, date(2026, 12, 31)).effective == reviews
    assert DatedReviews(reviews, date(2026, 12, 31)).ended == ()
    after = DatedReviews(reviews, date(2027, 1, 1))
    assert (after.effective.waivers, after.effective.corrections) == ((), reviews.corrections)
    assert after.ended == reviews.waivers


def test_the_hash_goes_by_what_is_said_and_not_by_where(tmp_path):
    two = waiver(files="a/*", source="")
    one_file = read_reviews(
        folder_of(tmp_path / "a", [waiver(), two], kim=[correction(), correction(record=RM, set={"prompt": "?"})])
    )
    divided = folder_of(tmp_path / "b", [two, waiver(until="2030-01-01")], b=[correction()])
    folder_of(divided, None, a=[correction(record=f"{RM}-1", set={"prompt": "?"}), correction()])
    assert one_file.hash == read_reviews(divided).hash
    for other in (waiver(reason="answer_blank"), waiver(why="another reason"), waiver(source="nuri")):
        assert (
            read_reviews(folder_of(tmp_path / "c", [other])).hash
            != read_reviews(folder_of(tmp_path / "d", [waiver()])).hash
        )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": None}, "waivers.yaml, waiver 1: reason: Input should be a valid string, found None"),
        ({"source": ""}, "waiver 1: expected one of records, source and files, found none of them"),
        ({"files": "*"}, "waiver 1: expected one of records, source and files, found source, files"),
        ({"until": 20261231}, "waiver 1: until: expected a day such as 2026-12-31, found 20261231"),
        ({"until": "2026-02-30"}, "waiver 1: until: "),
        ({"until": None}, "waiver 1: until: expected a day such as 2026-12-31, found None"),
        ({"by": " \u200b"}, "waiver 1: by: 0 visible characters, expected at least 1"),
        ({"why": "."}, "waiver 1: why: 1 visible characters, expected at least 3"),
        ({"whose": "kim"}, "waiver 1: whose: unknown key, known are by, why, reason, records, source, files, until"),
        ({"source": "", "records": ["sft-1"]}, "waiver 1: records.0: no record_id, expected sft- or rm- and 32 digits"),
    ],
)
def test_a_waiver_that_cannot_be_meant_is_refused(values, said, tmp_path):
    assert said in refused(folder_of(tmp_path / "r", [waiver(**values)]))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"record": "x"}, "corrections/kim.jsonl, line 1: record: no record_id, expected sft- or rm- and 32 digits"),
        ({"set": {}}, "line 1: set: expected an object of fields and their new values"),
        ({"set": "secret text"}, "line 1: set: expected an object of fields and their new values"),
        ({"set": {"prompt": "?"}}, "line 1: 'prompt' is no field of SFT records, expected question, answer, data_id,"),
        ({"set": {"history.0.content": "?"}}, "line 1: 'history.0.content' is no field of SFT records"),
        ({"set": {"answer": None}}, "line 1: answer: expected a text"),
        ({"set": {"answer": {"text": "secret text"}}}, "line 1: answer: expected a text"),
        ({"set": {"question_count": True}}, "line 1: question_count: expected a whole number"),
        ({"set": {"question_count": 2**63}}, "line 1: question_count: expected a whole number"),
        ({"record": RM, "set": {"responses.1.rank": 1.5}}, "line 1: responses.1.rank: expected a whole number"),
        ({"record": RM, "set": {"responses.1.rank": 2**31}}, "line 1: responses.1.rank: expected a whole number"),
        ({"record": RM, "set": {"responses.1.score": 10**400}}, "line 1: responses.1.score: expected a number"),
        ({"record": RM, "set": {"responses.2": "?"}}, "line 1: 'responses.2' is no field of RM records, expected"),
        ({"by": ""}, "line 1: by: 0 visible characters"),
        ({"until": "2026-12-31"}, "line 1: until: unknown key, known are by, why, record, set"),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(values, said, tmp_path):
    message = refused(folder_of(tmp_path / "r", None, kim=[correction(**values)]))
    assert said in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "line 2: expected the keys by, record, set, why"),
        ("{", "line 2: not a JSON object"),
        ('{"by": "a", "by": "b"}', "line 2: not a JSON object: a key occurs twice"),
        ('{"set": {"score": NaN}}', "line 2: not a JSON object: NaN is not a JSON number"),
        ('{"by": "\\ud800"}', "line 2: not a JSON object: an unpaired surrogate"),
        ("[" * 100_000, "line 2: not a JSON object"),
    ],
)
def test_a_line_that_is_no_json_is_refused(line, said, tmp_path):
    folder = folder_of(tmp_path / "r", None, kim=[correction()])
    with (folder / "corrections" / "kim.jsonl").open("a") as file:
        file.write(line)
    assert said in refused(folder)


def test_infinity_is_no_score(tmp_path):
    folder = folder_of(tmp_path / "r", None, kim=[])
    entry = json.dumps(correction(record=RM, set={"responses.1.score": 0})).replace(": 0}", ": 1e999}")
    (folder / "corrections" / "kim.jsonl").write_text(entry)
    assert "responses.1.score: expected a number" in refused(folder)


def test_two_values_for_one_field_are_refused_with_both_places(tmp_path):
    folder = folder_of(tmp_path / "r", None, a=[correction()], b=[correction(set={"answer": "아니요."})])
    said = refused(folder)
    assert "corrections/b.jsonl, line 1: sets answer of" in said
    assert "than corrections/a.jsonl, line 1" in said
    assert "아니요" not in said


def test_other_fields_and_the_same_value_are_no_contradiction(tmp_path):
    again = correction(by="Lee")
    other = correction(set={"question": "맞습니까?"})
    assert len(read_reviews(folder_of(tmp_path / "r", None, a=[correction()], b=[again, other])).corrections) == 3


@pytest.mark.parametrize(
    "name", ["waiver.yaml", "waivers.yml", "kim.jsonl", "corrections/kim.json", "corrections/a/b.jsonl"]
)
def test_a_file_that_nobody_would_read_is_refused(name, tmp_path):
    (path := tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert f"{path}: not read here; expected waivers.yaml, and corrections in corrections/*.jsonl" in refused(tmp_path)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    assert "no folder" in refused(tmp_path / "none")
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / "a.jsonl").write_bytes(b"{\xff}")
    assert "a.jsonl: not UTF-8 at byte 1" in refused(tmp_path)
    (tmp_path / "corrections" / "a.jsonl").unlink()
    for text in ("[1]", "waivers: 1", "waivers: []\nother: 1", "waivers: [", "a: &a 1"):
        (tmp_path / "waivers.yaml").write_text(text)
        assert "waivers.yaml: " in refused(tmp_path)


@pytest.mark.parametrize(
    "reason",
    [
        "unreadable",
        "unknown_format",
        "data_id_blank",
        "data_id_reused",
        "ranking_contradicted",
        "prompt_in_held_out_split",
        "rank_missing",
        "rank_not_integer",
        "ranks_not_contiguous",
        "too_few_ranked",
        "question_too_long",
    ],
)
def test_a_reason_that_cannot_be_waived_is_refused(reason, tmp_path):
    suites = read_suites(SHIPPED_EXPECTATIONS)
    reviews = read_reviews(folder_of(tmp_path / "r", [waiver(), waiver(reason=reason)]))
    with pytest.raises(ConfigError) as error:
        refuse_reasons(reviews, suites)
    assert f"waivers.yaml, waiver 2: '{reason}' cannot be waived; expected" in str(error.value)
    assert "answer_placeholder" in str(error.value)
    refuse_reasons(DatedReviews(reviews, date(2027, 1, 1)).effective, suites)


def test_what_was_replaced_is_no_fault_of_its_file(tmp_path):
    mended, other = entry("a/x.jsonl", 100, 40), entry("b/y.jsonl", 100, 40)
    mended = mended.model_copy(
        update={"quarantined": 40, "unreadable": 0, "replaced": 40, "replaced_reasons": {"answer_blank": 40}}
    )
    check = Check(
        suite="sft", reason="answer_blank", severity=Severity.CRITICAL, evaluated=160, failed=40, waived=0, replaced=40,
        mostly=0.8, success=False, detail="", detail_said=None, check="expect_text_to_be_visible", description="",
            descriptions={}, scope="record",
    )  # fmt: skip
    ledger = dict.fromkeys(("sft", "rm", "unknown"), NO_RECORDS)
    assert [(one.source, one.count) for one in found_by_checks([check], [mended, other], {}, ledger, None)] == [
        ("b", 40)
    ]
    delivered = [
        DeliveredFile(one.source_file, one.source, DeliveryStatus.NEW, (one,), (), "") for one in (mended, other)
    ]
    rows = delivery_facts(delivered, [], RunConfig()).to_pylist()
    assert [(row["failing"], row["passed"]) for row in rows] == [(0, 60), (40, 60)]


def test_what_is_decided_is_made_again_as_of_the_day_that_it_was_held_on(tmp_path):
    report = read(held())
    assert same_settings(report, tmp_path).as_of == report.reviews.as_of == "2026-11-22"
    assert same_settings(report.model_copy(update={"reviews": None}), tmp_path).as_of == ""
