"""Runs with declared repairs: what was delivered stays beside the release, under the id that it always had."""

import json
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality import dedup
from sftrm_quality.config_loading import load_config
from sftrm_quality.errors import StorageError
from sftrm_quality.job import Job
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind, Repair, SplitName
from sftrm_quality.releases.parts import Part
from sftrm_quality.releases.read_back import read_back
from tests.inline_workers import tasks_here
from tests.outputs import KINDS, Output, open_gate, run_on

ALL = json.dumps(list(map(str, Repair)))
DECLARED = f'sources=[{{"files": "*", "repairs": {ALL}}}]'
KOREAN = "서울은 대한민국의 수도이며 가장 큰 도시입니다."


def records():
    sft = [
        {
            "data_id": f"s{i}",
            "question": f"How does {i * 7919} differ from {i * 31}?",
            "answer": f"It is {i} more, says {i}.",
        }
        for i in range(24)
    ]
    rm = [
        {
            "data_id": f"r{i}",
            "prompt": f"Which of the {i * 7919} ways is best today?",
            "responses": [
                {"text": f"{word} of {i}.", "rank": r} for r, word in enumerate(("The first", "Any", "None"), 1)
            ],
        }
        for i in range(12)
    ]
    sft[1]["answer"] += "<|endoftext|>"
    sft[2]["answer"] += "\n<|im_end|>\n<|endoftext|>"
    sft[3]["answer"] = "<|endoftext|>"  # nothing would be left
    sft[4]["answer"] = unicodedata.normalize("NFD", KOREAN)
    sft[5]["answer"] = "Don&#39;t ask &quot;why&quot; but how, they say."
    sft[6] |= {"question": "Which token ends a text of GPT-2?", "answer": "It is <|endoftext|>"}
    sft[7] |= {"question": sft[1]["question"], "answer": sft[1]["answer"].removesuffix("<|endoftext|>")}
    # Changed and not mended, mended and failing all the same, by a text and by a number.
    sft[8]["answer"] += "<|im_end|>\n<|im_start|>user\nWhy?</s>"
    sft[9] |= {"question": " ", "answer": "Don&#39;t ask &quot;what&quot; but how, they say."}
    sft[10] |= {"question_count": -1, "answer": sft[10]["answer"] + "</s>"}
    rm[1]["responses"][1]["text"] = " "
    rm[2]["responses"][0]["text"] = ""
    rm[3]["responses"][2]["text"] += "</s>"
    return sft, rm


def write(folder, sft, rm):
    folder.mkdir()
    for name, found in (("a_sft", sft), ("b_rm", rm)):
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same files without and with their repairs declared."""
    base = tmp_path_factory.mktemp("repairs")
    raw, gate = write(base / "raw", *records()), open_gate(base / "suites")
    plain = Output(base / "plain", run_on([raw], base / "plain", gate).report)
    return raw, gate, plain, Output(base / "declared", run_on([raw], base / "declared", gate, DECLARED).report)


def by_id(rows):
    return {row["data_id"]: row for row in rows}


def originals(output, kind):
    return [
        row
        for path in sorted((output.release / "originals").glob(f"{kind}-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def test_what_is_repaired_is_published_and_says_so(both):
    _, _, plain, declared = both
    assert not (plain.release / "originals").exists()
    assert all(row["repairs"] == [] for kind in KINDS for row in plain.published(kind))
    now = by_id(declared.published("sft") + declared.published("rm"))
    done = {name: row["repairs"] for name, row in now.items() if row["repairs"]}
    end, losers = ["strip_end_tokens"], ["drop_blank_losers"]
    assert done == {
        "s1": end, "s2": end, "s4": ["compose_nfc"], "s5": ["decode_html_entities"], "r1": losers, "r3": end
    }  # fmt: skip
    assert now["s4"]["answer"] == KOREAN and now["s5"]["answer"] == 'Don\'t ask "why" but how, they say.'
    assert [one["rank"] for one in now["r1"]["responses"]] == [1, 2]
    assert {row["data_id"] for row in declared.quarantine} == {"s3", "s8", "s9", "s10", "r2"}
    # With its token gone it says what another record says.
    assert [(row["data_id"], row["kind"]) for row in declared.duplicates] == [("s7", "exact")]


def test_ids_are_those_of_what_was_delivered(both):
    """So that declaring a repair renames no record, and an id leads to the text in the raw file."""
    raw, _, plain, declared = both
    before = {place: row["record_id"] for place, (_, row) in plain.outcomes.items()}
    assert {place: row["record_id"] for place, (_, row) in declared.outcomes.items()} == before
    for kind in LabelKind:
        kept, published = originals(declared, kind), by_id(declared.published(kind))
        assert sorted(row["data_id"] for row in kept) == sorted(n for n, row in published.items() if row["repairs"])
        delivered = pa.Table.from_pylist(kept, schema=CANDIDATE_FIELDS[kind])
        hashes = [digest.hex() for digest in dedup.content_hashes(kind, delivered).to_pylist()]
        assert [row["record_id"].split("-")[1] for row in kept] == hashes
        for row in kept:
            assert (row["record_id"], row["repairs"]) == (
                published[row["data_id"]]["record_id"], published[row["data_id"]]["repairs"]
            )  # fmt: skip
    lines = [json.loads(line) for line in (raw / "a_sft.jsonl").read_text("utf-8").splitlines()]
    assert {row["answer"] for row in originals(declared, "sft")} == {lines[at]["answer"] for at in (1, 2, 4, 5)}


def test_the_report_counts_what_was_done_and_what_could_be(both):
    _, _, plain, declared = both
    done = {file["source_file"]: file["repairs"] for file in declared.report["files"]}
    assert done["a_sft.jsonl"] == {"compose_nfc": 1, "decode_html_entities": 2, "strip_end_tokens": 4}
    assert done["b_rm.jsonl"] == {"drop_blank_losers": 1, "strip_end_tokens": 1}
    assert all(file["repairable"] == {} for file in declared.report["files"])
    could = {file["source_file"]: file["repairable"] for file in plain.report["files"]}
    assert could["a_sft.jsonl"] == {
        "compose_nfc": {"records": 1, "passing": 0},
        "decode_html_entities": {"records": 2, "passing": 0},
        "strip_end_tokens": {"records": 3, "passing": 2},
    }
    assert could["b_rm.jsonl"] == {
        "drop_blank_losers": {"records": 1, "passing": 1},
        "strip_end_tokens": {"records": 1, "passing": 1},
    }
    # What is said to pass does.
    fewer = len(plain.quarantine) - len(declared.quarantine)
    assert fewer == sum(one["passing"] for file in could.values() for one in file.values()) == 4
    assert all(file["repairs"] == {} for file in plain.report["files"])
    pages = [
        (out.out / "reports" / out.report["run_id"] / "index.html").read_text("utf-8") for out in (plain, declared)
    ]
    assert "Repairs that are possible" in pages[0] and "Repairs that are possible" not in pages[1]
    assert "<code>drop_blank_losers</code>" in pages[0] and "<caption>Repaired</caption>" in pages[1]


def test_warnings_of_a_record_are_in_its_row(both):
    _, _, plain, declared = both
    said = {name: row["warnings"] for name, row in by_id(plain.published("sft")).items() if row["warnings"]}
    assert said["s4"][:1] == ["not_nfc"] and said["s5"] == ["text_escaped"]
    counted = {reason: count for reason, count in plain.report["warnings"]["sft"].items() if count}
    in_rows = [reason for row in plain.published("sft") for reason in row["warnings"]]
    in_rows += ["text_escaped"]  # of s9, which is quarantined
    assert {reason: in_rows.count(reason) for reason in counted} == counted
    assert not by_id(declared.published("sft"))["s5"]["warnings"]


def test_why_tells_what_was_delivered(both):
    _, _, _, declared = both
    told = CliRunner().invoke(app, ["why", "--out", str(declared.out), "s5"]).stdout
    assert "decode_html_entities" in told and "Don&#39;t ask &quot;why&quot;" in told
    assert "as delivered" not in CliRunner().invoke(app, ["why", "--out", str(declared.out), "s9"]).stdout


def test_the_next_night_links_the_originals_again(both, tmp_path):
    raw, gate, _, declared = both
    assert run_on([raw], declared.out, gate, DECLARED).verdict == "unchanged"
    more = write(tmp_path / "raw", *records())
    (more / "c_sft.jsonl").write_text(
        '{"data_id": "new", "question": "And that?", "answer": "That too, yes."}\n', "utf-8"
    )
    again = Output(declared.out, run_on([more], declared.out, gate, DECLARED).report)
    assert again.release != declared.release
    paths = [path.relative_to(declared.release) for path in declared.release.glob("originals/rm-*.parquet")]
    assert paths and all((again.release / p).stat().st_ino == (declared.release / p).stat().st_ino for p in paths)
    fresh = Output(tmp_path / "fresh", run_on([more], tmp_path / "fresh", gate, DECLARED).report)
    assert again.data_bytes() == fresh.data_bytes()


@pytest.fixture
def part(both, tmp_path):
    """A part with its originals, copied."""
    _, _, _, declared = both
    (path,) = declared.release.glob("originals/sft-train-*.parquet")
    copies = Part(LabelKind.SFT, SplitName.TRAIN, tmp_path / "sft" / path.name.removeprefix("sft-"), ())
    for source, to in (
        (path, copies.originals),
        (declared.release / "sft" / path.name.removeprefix("sft-"), copies.path),
    ):
        to.parent.mkdir(parents=True)
        pq.write_table(pq.read_table(source), to)
    return copies


def changed(path, column, change):
    table = pq.read_table(path)
    values = change(table[column].to_pylist())
    field = table.schema.field(column)
    pq.write_table(table.set_column(table.schema.get_field_index(column), field, pa.array(values, field.type)), path)


def test_a_part_reads_back_with_its_originals(part, tmp_path):
    with pytest.raises(StorageError, match="rows read back, 0 were to be written"):
        read_back(part, False, tmp_path / "hashes.npy")


@pytest.mark.parametrize(
    ("which", "column", "change"),
    [
        # What was delivered, what it became, what was done: none of them may be another one.
        ("originals", "answer", lambda values: [f"{values[0]}!", *values[1:]]),
        ("originals", "repaired_hash", lambda values: [bytes(16), *values[1:]]),
        ("originals", "record_id", lambda values: [values[-1], *values[1:]]),
        ("path", "answer", lambda values: [f"{value}!" if "how" in value else value for value in values]),
        ("path", "repairs", lambda values: [[] for _ in values]),
        ("path", "repairs", lambda values: [["compose_nfc"] for _ in values]),
        ("path", "corrected_by", lambda values: ["Kim" for _ in values]),
    ],
)
def test_a_part_that_is_not_what_was_repaired_is_refused(part, tmp_path, which, column, change):
    changed(getattr(part, which), column, change)
    with pytest.raises(StorageError, match="does not hold the content that was checked"):
        read_back(part, False, tmp_path / "hashes.npy")


def test_originals_that_are_gone_are_missed(part, tmp_path):
    part.originals.unlink()
    with pytest.raises(StorageError, match="does not hold the content that was checked"):
        read_back(part, False, tmp_path / "hashes.npy")


def test_inspect_names_what_repairs_would_change(both, tmp_path):
    raw, _, _, _ = both
    found = json.loads(CliRunner().invoke(app, ["inspect", str(raw), "--json"]).stdout)["files"]
    assert [file["repairs"] for file in found] == [
        {"decode_html_entities": 2, "compose_nfc": 1, "strip_end_tokens": 4},
        {"strip_end_tokens": 1, "drop_blank_losers": 1},
    ]
    config = tmp_path / "config.yaml"
    config.write_text("sources: [{files: '*', repairs: [compose_nfc]}]\n", "utf-8")
    told = CliRunner().invoke(app, ["inspect", str(raw / "a_sft.jsonl"), "--config", str(config)]).stdout
    assert "compose_nfc changes 1 record\n" in told
    assert "strip_end_tokens would change 4 records; if this source is known for it" in told


def test_a_repair_that_is_none_is_refused(both, tmp_path):
    from sftrm_quality.errors import ConfigError

    raw, _, _, _ = both
    with pytest.raises(ConfigError, match="repairs"):
        run_on([raw], tmp_path / "out", 'sources=[{"files": "*", "repairs": ["tidy_up"]}]')


def test_the_cut_into_shards_leaves_no_trace_in_originals(both, tmp_path):
    raw, gate, _, declared = both
    cut = Output(tmp_path / "out", run_on([raw], tmp_path / "out", gate, DECLARED, "limits.shard_records=5").report)
    assert cut.data_bytes() == declared.data_bytes()
    assert np.sum([len(originals(cut, kind)) for kind in KINDS]) == 6


def test_identical_records_of_two_sources_are_two_records_where_one_declares_a_repair(tmp_path):
    sft, rm = records()
    raw = write(tmp_path / "raw", [sft[0], sft[5]], rm[:1])
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in (sft[11], sft[12], sft[5])]
    (raw / "c_sft.jsonl").write_text("".join(lines), "utf-8")
    # They are near copies of each other, which is no matter here.
    settings = (DECLARED.replace("*", "c_*"), "ids.within=file", "near.threshold=1")
    out = Output(tmp_path / "out", run_on([raw], tmp_path / "out", open_gate(tmp_path / "suites"), *settings).report)
    (kept,) = originals(out, "sft")
    found = {row["source_file"]: row for row in out.published("sft") if row["data_id"] == "s5"}
    first, second = found["a_sft.jsonl"], found["c_sft.jsonl"]
    assert first["repairs"] == [] and first["answer"] == kept["answer"] != second["answer"]
    assert second["record_id"] == kept["record_id"] == f"{first['record_id']}-1"


def test_what_tells_the_direction_of_ranks_is_counted_before_repairs(tmp_path):
    """Blank losers say that the ranks are right, also where they are left out."""
    sft, rm = records()
    rm[4]["responses"][2]["text"] = " "
    raw = write(tmp_path / "raw", sft, rm)
    found = []
    for number, settings in enumerate(((), (DECLARED,))):
        config = load_config(None, ["workers=1", *settings], {"raw": [raw], "out": tmp_path / f"out{number}"})
        with tasks_here(), Job(config) as job:
            plan = job.plan()
            (rm,) = job.intake_file(plan, next(file for file in plan.files if file.source_file == "b_rm.jsonl"))
        found.append((rm.directions, rm.repairs))
    assert found[0][0] == found[1][0] and found[0][0]["blank_below"] == 1
    assert not found[0][1] and found[1][1]["drop_blank_losers"] == 2


def test_what_warns_of_a_record_beside_the_others_is_in_its_row_too(tmp_path):
    sft, rm = records()
    again = {**sft[11], "question": "Another question of the same id?"}
    raw = write(tmp_path / "raw", [sft[5], sft[11], sft[12], again], rm[:1])
    gate = open_gate(tmp_path / "suites")
    suite = json.loads((tmp_path / "suites" / "sft.json").read_text("utf-8"))
    (entry,) = (one for one in suite["expectations"] if one["meta"]["reason"] == "data_id_reused")
    entry["severity"] = "warning"
    (tmp_path / "suites" / "sft.json").write_text(json.dumps(suite), "utf-8")
    out = Output(tmp_path / "out", run_on([raw], tmp_path / "out", gate).report)
    rows = {(row["data_id"], row["question"]): row["warnings"] for row in out.published("sft")}
    assert rows["s11", again["question"]] == ["data_id_reused"]
    assert rows["s11", sft[11]["question"]] == [] and rows["s5", sft[5]["question"]] == ["text_escaped"]
