"""Runs with reviews: what a person allows is published and counted apart, what a person corrects says so."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality import dedup
from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, SplitName
from sftrm_quality.releases.parts import Part
from sftrm_quality.releases.read_back import read_back
from tests.outputs import Output, open_gate, run_on
from tests.test_reviews import folder_of

AS_OF = "as_of=2026-12-01"
BY = {"by": "Kim Min-ji", "why": "seen, and right as it is"}


def sft_records(name: str, count: int = 24) -> list[dict[str, object]]:
    return [
        {
            "data_id": f"{name}{i}",
            "question": f"How does {name} {i * 7919} differ from {i * 31}?",
            "answer": f"It is {i} more than {name}, says {i}.",
        }
        for i in range(count)
    ]


def rm_records(count: int = 12) -> list[dict[str, object]]:
    return [
        {
            "data_id": f"r{i}",
            "prompt": f"Which of the {i * 7919} ways is best today?",
            "responses": [
                {"text": f"{word} of {i}.", "rank": rank} for rank, word in enumerate(("The first", "Any", "None"), 1)
            ],
        }
        for i in range(count)
    ]


def write(folder: Path, **files: list[dict[str, object]]) -> Path:
    for name, records in files.items():
        path = folder / f"{name.replace('__', '/')}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return folder


def raw_of(folder: Path) -> Path:
    """Two vendors. Of A, two answers are blank, one of them with a placeholder for its question; of B, one answer."""
    a, b, rm = sft_records("a"), sft_records("b"), rm_records()
    a[1]["answer"] = " "
    a[2] |= {"question": "TODO", "answer": " "}
    a[3]["question"] = "TODO"
    b[1]["answer"] = "TODO"
    b[2]["answer"] = None
    rm[3]["responses"][1]["text"] = None
    rm[1]["responses"][1]["text"] = ""
    rm[2]["responses"][0]["rank"] = 2
    return write(folder, vendor_a__sft=a, vendor_b__sft=b, vendor_b__rm=rm)


def waiver(reason: str, **what: object) -> dict[str, object]:
    return {"reason": reason, **BY, "until": "2026-12-31", **what}


def correction(record: str, **values: object) -> dict[str, object]:
    return {"record": record, "set": {name.replace("__", "."): value for name, value in values.items()}, **BY}


class Night:
    """Runs on the same files."""

    def __init__(self, base: Path) -> None:
        self.base, self.raw, self.gate = base, raw_of(base / "raw"), open_gate(base / "suites")
        self.plain = self.run("plain")
        self.ids = {row["data_id"]: row["record_id"] for _, row in self.plain.outcomes.values()}

    def run(self, name: str, *settings: str, reviews: Path | None = None) -> Output:
        given = [f"reviews={reviews}", AS_OF] if reviews else []
        return Output(self.base / name, run_on([self.raw], self.base / name, self.gate, *given, *settings).report)

    def reviews(self, name: str, waivers=None, **corrections) -> Path:
        return folder_of(self.base / name, waivers, **corrections)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    return Night(tmp_path_factory.mktemp("reviews"))


def by_id(rows):
    return {row["data_id"]: row for row in rows}


def reasons(output):
    return {row["data_id"]: row["reasons"] for row in output.quarantine}


def files(output):
    return {(file["source_file"], file["label_kind"]): file for file in output.report["files"]}


def checks(output, kind="sft"):
    return {check["reason"]: check for check in output.report["checks"] if check["suite"] == kind}


def findings(output):
    return {one["reason"]: one["text"] for one in output.report["findings"] if one["suite"] == "reviews"}


def originals(output, kind):
    return [
        row
        for path in sorted((output.release / "originals").glob(f"{kind}-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def test_without_reviews_nothing_is_reviewed(night):
    plain = night.plain
    rows = [*plain.published("sft"), *plain.published("rm"), *plain.quarantine]
    assert {tuple(row["waived"]) for row in rows} == {()} and {row["corrected_by"] for row in rows} == {None}
    assert plain.report["reviews"] is None and plain.report["review_counts"] is None
    assert reasons(plain) == {
        "a1": ["answer_blank"],
        "a2": ["question_placeholder", "answer_blank"],
        "a3": ["question_placeholder"],
        "b1": ["answer_placeholder"],
        "b2": ["answer_blank"],
        "r1": ["response_blank"],
        "r2": ["ranks_not_contiguous"],
        "r3": ["response_blank"],
    }


def test_a_folder_of_which_nothing_is_effective_changes_no_byte(night):
    ended = night.reviews("ended", [waiver("answer_blank", source="vendor_a", until="2026-11-30")])
    output = night.run("out_ended", reviews=ended)
    assert output.release.name == night.plain.release.name
    assert output.data_bytes() == night.plain.data_bytes()
    assert findings(output) == {
        "waiver_ended": "waivers.yaml, waiver 1: the waiver of answer_blank for vendor_a by Kim Min-ji ended on "
        "2026-11-30; delete it, or give it another day"
    }
    assert output.report["reviews"]["as_of"] == "2026-12-01"
    assert output.report["reviews"]["waivers"][0]["ended"]


def test_what_a_waiver_fits_is_published_and_counted_apart(night):
    reviews = night.reviews(
        "waivers",
        [
            waiver("answer_blank", source="vendor_a"),
            waiver("response_blank", files="*/rm.jsonl"),
            waiver("answer_placeholder", records=[night.ids["b1"], night.ids["a1"] + "-7"]),
            waiver("answer_blank", records=[night.ids["b2"]]),
        ],
    )
    exports = 'exports=[{"name": "messages"}, {"name": "pairs"}]'
    output = night.run("out_waivers", exports, reviews=reviews)
    waived = {
        row["data_id"]: row["waived"] for kind in ("sft", "rm") for row in output.published(kind) if row["waived"]
    }
    assert waived == {
        **{"a1": ["answer_blank"], "b1": ["answer_placeholder"], "b2": ["answer_blank"]},
        **{"r1": ["response_blank"], "r3": ["response_blank"]},
    }
    # Of two reasons one is allowed: the other one counts.
    assert reasons(output) == {
        "a2": ["question_placeholder"],
        "a3": ["question_placeholder"],
        "r2": ["ranks_not_contiguous"],
    }
    assert by_id(output.quarantine)["a2"]["waived"] == ["answer_blank"]
    counted = {name: (one["failed"], one["waived"]) for name, one in checks(output).items() if one["waived"]}
    assert counted == {"answer_blank": (0, 3), "answer_placeholder": (0, 1)}
    assert checks(output)["answer_blank"]["evaluated"] == checks(night.plain)["answer_blank"]["evaluated"]
    assert {key: one["waived"] for key, one in files(output).items()} == {
        ("vendor_a/sft.jsonl", "sft"): 1,
        ("vendor_b/rm.jsonl", "rm"): 2,
        ("vendor_b/sft.jsonl", "sft"): 2,
    }
    assert [one["allowed"] for one in output.report["reviews"]["waivers"]] == [2, 2, 1, 1]
    assert findings(output) == {}
    assert output.release.name != night.plain.release.name
    for kind in ("sft", "rm"):
        account = output.report["ledger"][kind]
        assert account["received"] == account["quarantined"] + account["duplicates"] + account["published"]


def test_what_does_nothing_is_a_finding(night):
    reviews = night.reviews(
        "idle",
        [waiver("question_blank", source="vendor_b"), waiver("answer_blank", records=[night.ids["b1"]])],
        kim=[
            correction(night.ids["b3"], answer="Changed."),
            correction("sft-" + "0" * 32, answer="Nobody has it."),
            correction(
                night.ids["r1"], responses__4__text="There is no fourth.", responses__1__text="Nor is this set."
            ),
        ],
    )
    output = night.run("out_idle", reviews=reviews)
    texts = [one["text"] for one in output.report["findings"] if one["suite"] == "reviews"]
    assert sorted(texts) == [
        "corrections/kim.jsonl: 2 of 3 corrections fit nothing, the first in line 2: no record was delivered with that "
        "content, or it has no such response or turn",
        "waivers.yaml, waiver 1: the waiver of question_blank for vendor_b by Kim Min-ji fits nothing: no record there "
        "fails it",
        f"waivers.yaml, waiver 2: the waiver of answer_blank for {night.ids['b1']} by Kim Min-ji fits nothing: no "
        "record there fails it",
    ]
    assert [(one["corrections"], one["unused"]) for one in output.report["reviews"]["corrections"]] == [(3, 2)]
    assert by_id(output.published("sft"))["b3"]["answer"] == "Changed."
    assert not by_id(output.published("rm")).get("r1")


@pytest.fixture(scope="module")
def corrected_night(night):
    reviews = night.reviews(
        "corrections",
        None,
        kim=[
            correction(night.ids["a1"], answer="It is 1 more, as Kim says."),
            correction(night.ids["a2"], answer="Its question stays what it was."),
            correction(night.ids["r1"] + "-3", responses__2__text="Any of them, says Kim."),
        ],
        lee=[
            {**correction(night.ids["a1"], question="How do they differ, by Lee?", question_count=2), "by": "Lee"},
            correction(night.ids["r2"], responses__1__rank=1, data_category="ways"),
        ],
    )
    return night.run("out_corrections", reviews=reviews)


def test_what_is_corrected_is_published_under_its_id_with_its_old_text_beside_it(night, corrected_night):
    output = corrected_night
    sft, rm = by_id(output.published("sft")), by_id(output.published("rm"))
    corrected = {name: row["corrected_by"] for name, row in (sft | rm).items() if row["corrected_by"]}
    assert corrected == {"a1": "Kim Min-ji, Lee", "r1": "Kim Min-ji", "r2": "Kim Min-ji"}
    assert (sft["a1"]["answer"], sft["a1"]["question"]) == ("It is 1 more, as Kim says.", "How do they differ, by Lee?")
    assert sft["a1"]["question_count"] == 2
    assert [one["text"] for one in rm["r1"]["responses"]] == ["The first of 1.", "Any of them, says Kim.", "None of 1."]
    assert [one["rank"] for one in rm["r2"]["responses"]] == [1, 2, 3] and rm["r2"]["data_category"] == "ways"
    assert all((sft | rm)[name]["record_id"] == night.ids[name] for name in corrected)
    # What is corrected is checked like any other record.
    assert reasons(output) == {
        name: own for name, own in reasons(night.plain).items() if name in ("a3", "b1", "b2", "r3")
    } | {"a2": ["question_placeholder"]}
    assert by_id(output.quarantine)["a2"]["corrected_by"] == "Kim Min-ji"
    assert {key[0]: one["corrected"] for key, one in files(output).items()} == {
        "vendor_a/sft.jsonl": 1,
        "vendor_b/rm.jsonl": 2,
        "vendor_b/sft.jsonl": 0,
    }
    for kind, names in ((LabelKind.SFT, ["a1"]), (LabelKind.RM, ["r1", "r2"])):
        kept = originals(output, kind)
        assert [(row["data_id"], row["corrected_by"]) for row in kept] == [(name, corrected[name]) for name in names]
        delivered = pa.Table.from_pylist(kept, schema=CANDIDATE_FIELDS[kind])
        hashes = [digest.hex() for digest in dedup.content_hashes(kind, delivered).to_pylist()]
        assert [row["record_id"].split("-")[1] for row in kept] == hashes
    assert findings(output) == {}


def test_a_corrected_record_may_be_waived_and_repaired_too(night):
    """Corrections come first, since they name responses by the places that people see."""
    reviews = night.reviews(
        "together",
        [waiver("answer_placeholder", files="vendor_a/*"), waiver("question_placeholder", records=[night.ids["a3"]])],
        kim=[
            correction(night.ids["a1"], answer="TODO"),
            correction(night.ids["a3"], answer="Said by Kim.</s>"),
            correction(night.ids["r2"], responses__1__rank=1, responses__2__text=" "),
        ],
    )
    declared = 'sources=[{"files": "*", "repairs": ["strip_end_tokens", "drop_blank_losers"]}]'
    output = night.run("out_together", declared, reviews=reviews)
    sft, rm = by_id(output.published("sft")), by_id(output.published("rm"))
    assert (sft["a1"]["answer"], sft["a1"]["waived"]) == ("TODO", ["answer_placeholder"])
    assert (sft["a3"]["answer"], sft["a3"]["repairs"]) == ("Said by Kim.", ["strip_end_tokens"])
    assert sft["a3"]["waived"] == ["question_placeholder"] and sft["a3"]["corrected_by"] == "Kim Min-ji"
    assert [(one["text"], one["rank"]) for one in rm["r2"]["responses"]] == [("The first of 2.", 1), ("None of 2.", 2)]
    assert (rm["r2"]["repairs"], rm["r2"]["corrected_by"]) == (["drop_blank_losers"], "Kim Min-ji")
    assert [row["data_id"] for row in originals(output, "sft")] == ["a1", "a3"]


@pytest.mark.parametrize(
    ("which", "column", "change"),
    [
        # A text that nobody set, a correction that nobody made, another one's original.
        ("path", "answer", lambda values: [f"{value}!" if "Kim" in value else value for value in values]),
        ("path", "corrected_by", lambda values: [None for _ in values]),
        ("originals", "answer", lambda values: [f"{value}!" for value in values]),
        ("originals", "repaired_hash", lambda values: [bytes(16) for _ in values]),
    ],
)
def test_a_part_that_is_not_what_was_corrected_is_refused(corrected_night, tmp_path, which, column, change):
    release = corrected_night.release
    (path,) = release.glob("originals/sft-*.parquet")
    part = Part(LabelKind.SFT, SplitName.TRAIN, tmp_path / "sft" / path.name.removeprefix("sft-"), ())
    for source, to in ((path, part.originals), (release / "sft" / part.path.name, part.path)):
        to.parent.mkdir(parents=True)
        table = pq.read_table(source)
        if to == getattr(part, which):
            at = table.schema.get_field_index(column)
            values = pa.array(change(table[column].to_pylist()), table.schema.field(at).type)
            table = table.set_column(at, table.schema.field(at), values)
        pq.write_table(table, to)
    with pytest.raises(StorageError, match="does not hold the content that was checked"):
        read_back(part, False, tmp_path / "hashes.npy")


def told_why(output, record):
    return CliRunner().invoke(app, ["why", "--out", str(output.out), record]).stdout


def test_why_tells_who_allowed_and_who_corrected(night):
    reviews = night.reviews(
        "why",
        [waiver("answer_placeholder", source="vendor_b")],
        kim=[correction(night.ids["a1"], answer="It is more.")],
    )
    output = night.run("out_why", reviews=reviews)
    waived, corrected = told_why(output, "b1"), told_why(output, night.ids["a1"])
    assert "answer_placeholder, by Kim Min-ji until 2026-12-31: seen, and right as it is" in waived
    assert "corrected" not in waived
    assert re.search(
        "corrected by +Kim Min-ji\n +answer, as delivered +\n +answer, as published +It is more.", corrected
    )
    page = (output.out / "reports" / output.report["run_id"] / "index.html").read_text("utf-8")
    assert "<caption>Waivers</caption>" in page and "<caption>Corrections</caption>" in page
    # The next night finds the release unchanged and what it was made of still in the cache.
    before = {path.name for path in (output.out / ".cache").iterdir()}
    assert sum("-" in name for name in before) == 2
    again = run_on([night.raw], output.out, night.gate, f"reviews={reviews}", "as_of=2026-12-31")
    assert (again.verdict, again.report["reviews"]["as_of"]) == ("unchanged", "2026-12-31")
    assert [one["allowed"] for one in again.report["reviews"]["waivers"]] == [1]
    assert {path.name for path in (output.out / ".cache").iterdir()} == before


def test_a_reason_that_cannot_be_waived_stops_the_run_before_it_begins(night):
    reviews = night.reviews("refused", [waiver("ranks_not_contiguous", source="vendor_b")])
    with pytest.raises(
        ConfigError, match=r"waiver 1: 'ranks_not_contiguous' cannot be waived; expected .*answer_blank"
    ):
        night.run("out_refused", reviews=reviews)
    assert not (night.base / "out_refused").exists()


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """Eight records of a vendor fail. Four are mended the next day, one the day after it. Of the others one is
    mended in the same file, one only by another vendor, and one under an id that somebody else has."""
    base = tmp_path_factory.mktemp("mended")
    first = sft_records("d", 20)
    whole = [dict(one) for one in first]
    for one in first[:8]:
        one["answer"] = " "
    files = {
        "v__day9": [*first, whole[5]],
        "v__day10": [*whole[:4], first[4]],
        "v__day11": [whole[4], whole[6]],
        "a__day1": [whole[6] | {"answer": "It is more, as the first vendor says."}],
        "w__day12": [whole[7] | {"answer": "It is more, as another vendor says."}],
    }
    return base, write(base / "raw", **files)


def test_without_a_word_mended_records_leave_the_night_held(mended):
    base, raw = mended
    ran = run_on([raw], base / "keeps")
    assert (ran.verdict, ran.report["gate"]["failed"]) == ("held", ["answer_blank", "share_quarantined_too_high"])
    assert all(file["replaced"] == 0 for file in ran.report["files"])


def test_a_redelivery_takes_the_place_of_what_was_quarantined(mended):
    base, raw = mended
    ran = run_on([raw], base / "replaces", 'sources=[{"files": "v/*", "redelivery": "replaces"}]')
    assert ran.verdict == "published"
    output = Output(base / "replaces", ran.report)
    mended_ids = {(row["source_file"], row["data_id"]): row["record_id"] for row in output.published("sft")}
    by = {(row["source_file"], row["data_id"]): row["replaced_by"] for row in output.quarantine}
    assert by == {
        **{("v/day9.jsonl", f"d{i}"): mended_ids["v/day10.jsonl", f"d{i}"] for i in range(4)},
        **{(f"v/{day}.jsonl", "d4"): mended_ids["v/day11.jsonl", "d4"] for day in ("day9", "day10")},
        **{("v/day9.jsonl", name): None for name in ("d5", "d6", "d7")},
        ("v/day11.jsonl", "d6"): None,
    }
    check = checks(output)["answer_blank"]
    assert (check["evaluated"], check["failed"], check["replaced"]) == (30 - 6, 3, 6)
    assert checks(output)["question_blank"]["evaluated"] == 30 - 6
    assert checks(output)["question_too_long"]["evaluated"] == 30
    assert checks(output, "release")["share_quarantined_too_high"]["success"]
    # What was replaced stays where it is.
    assert output.report["reasons"]["sft"]["answer_blank"] == 9
    assert output.report["ledger"]["sft"]["quarantined"] == 10
    counted = {name: (one["replaced"], one["replaced_reasons"]) for (name, _), one in files(output).items()}
    assert counted == {
        "v/day9.jsonl": (5, {"answer_blank": 5}),
        "v/day10.jsonl": (1, {"answer_blank": 1}),
        "v/day11.jsonl": (0, {}),
        "a/day1.jsonl": (0, {}),
        "w/day12.jsonl": (0, {}),
    }
    assert re.search(rf"replaced by +{mended_ids['v/day10.jsonl', 'd0']}\n", told_why(output, "d0"))


def test_ids_of_a_file_name_no_records_of_another(mended):
    _, raw = mended
    with pytest.raises(ConfigError, match=r"sources\.0\.redelivery is replaces and ids.within is file"):
        run_on([raw], raw, 'sources=[{"redelivery": "replaces"}]', "ids={within: file}")


class _Given(NamedTuple):
    """What a night is made from."""

    days: frozenset[int]
    waivers: frozenset[str]
    corrected: frozenset[str]
    as_of: str
    replaces: bool


_NIGHTS = st.builds(
    _Given,
    st.frozensets(st.sampled_from([9, 10]), min_size=1),
    st.frozensets(st.sampled_from(["source", "records", "ended"])),
    st.frozensets(st.sampled_from(["d1", "d2", "gone"])),
    st.sampled_from(["2026-12-01", "2027-02-01"]),
    st.booleans(),
)


class _Histories:
    """Makes nights, each from files of its own making: the order of reviews and their files is another each time."""

    def __init__(self, base: Path) -> None:
        self.base, self.gate, self.count = base, open_gate(base / "suites"), 0
        first = sft_records("d", 8)
        whole = [dict(one) for one in first]
        first[1]["answer"] = first[2]["answer"] = first[3]["answer"] = " "
        first[4]["question"] = "TODO"
        self.days = {9: first, 10: [whole[3], *sft_records("e", 3)]}
        self.ids: dict[str, str] = {"gone": "sft-" + "0" * 32}
        rows = self.night(_Given(frozenset([9]), frozenset(), frozenset(), "2026-12-01", False), base / "ids").outcomes
        self.ids |= {row["data_id"]: row["record_id"] for _, row in rows.values()}

    def night(self, given: _Given, out: Path) -> Output:
        self.count += 1
        raw, reviews = self.base / f"raw{self.count}", self.base / f"reviews{self.count}"
        write(raw, **{f"v__day{day}": self.days[day] for day in given.days})
        written = {
            "source": waiver("question_placeholder", source="v", until="2027-01-01"),
            "records": waiver("answer_blank", records=[self.ids.get("d1", "sft-" + "1" * 32)], until="2027-12-31"),
            "ended": waiver("answer_blank", files="*", until="2026-11-30"),
        }
        corrections = {
            f"{name}_{self.count}": [correction(self.ids[name], answer=f"{name}.")] for name in given.corrected
        }
        waivers = [written[name] for name in sorted(given.waivers, reverse=bool(self.count % 2))]
        folder_of(reviews, waivers, **corrections)
        sources = json.dumps([{"files": "*", "redelivery": "replaces" if given.replaces else "keeps"}])
        settings = (f"reviews={reviews}", f"as_of={given.as_of}", f"sources={sources}")
        return Output(out, run_on([raw], out, self.gate, *settings).report)


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    return _Histories(tmp_path_factory.mktemp("histories"))


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_NIGHTS, min_size=1, max_size=2), _NIGHTS)
def test_what_was_before_changes_no_byte(histories, before, last):
    kept, fresh = (histories.base / f"{name}{histories.count}" for name in ("kept", "fresh"))
    for night in before:
        histories.night(night, kept)
    after, by_itself = histories.night(last, kept), histories.night(last, fresh)
    assert after.release.name == by_itself.release.name
    assert after.data_bytes() == by_itself.data_bytes()
    for name in ("ledger", "reasons", "review_counts"):
        assert after.report[name] == by_itself.report[name], name
