"""Where the ids of a file come from: data_id, another field that is one, or the content."""

import json

import pytest

from sftrm_quality.intake.ids import DATA_ID, FROM_CONTENT, has_data_ids, id_field
from tests.outputs import Output, open_gate, run_on


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([{"id": 1}, {"id": 2}], "id"),
        ([{"uuid": "a"}, {"uuid": "b"}], "uuid"),
        ([{"idx": 0}, {"idx": 1}], "idx"),
        ([{"번호": "가-1"}, {"번호": "가-2"}], "번호"),
        ([{"id": 1, "uuid": "a"}, {"id": 1, "uuid": "b"}], "uuid"),  # the likelier name has the same id twice
        ([{"id": 1}, {"id": "1"}], FROM_CONTENT),  # one id, written in two ways
        ([{"id": 1}, {"id": None}], FROM_CONTENT),
        ([{"id": 1}, {"id": "nan"}], FROM_CONTENT),
        ([{"id": 1}, {"id": 1.5}], FROM_CONTENT),
        ([{"id": 1}, {"id": True}], FROM_CONTENT),
        ([{"id": 1}, {}], FROM_CONTENT),
        ([{"name": "a"}, {"name": "b"}], FROM_CONTENT),
        ([{"id": 1}, 5, {"id": 2}], "id"),  # what is no object has no id to miss
        ([{"id": 1}, {"id": 2, "data_id": "x"}], DATA_ID),  # wherever in the file the first one is
        ([{"id": 1}, {"id": 2, "data_id": 1.0}], DATA_ID),  # of a wrong type, and given
        ([{"id": 1}, {"id": 2, "data_id": " "}], "id"),
        ([{"id": 1}, {"id": 2, "data_id": "None"}], "id"),
    ],
)
def test_all_records_decide_where_the_ids_are(records, expected):
    def looked_at(only):
        return ({name: one[name] for name in only if name in one} if isinstance(one, dict) else one for one in records)

    assert id_field(records[:1], looked_at) == expected


@pytest.mark.parametrize(
    ("record", "has"),
    [
        ({"data_id": "a"}, True),
        ({"data_id": 0}, True),
        ({"data_id": ""}, False),
        ({"data_id": None}, False),
        (5, False),
    ],
)
def test_a_blank_data_id_is_none(record, has):
    assert has_data_ids([{}, record]) is has


def sft(number, **more):
    return {"question": f"What is {number} times {number}?", "answer": f"It is {number * number}.", **more}


def rm(number, **more):
    ranked = [{"text": f"Answer {number} at length", "rank": 1}, {"text": f"No {number}", "rank": 2}]
    return {"prompt": f"Say {number} in words.", "responses": ranked, **more}


def run_over(tmp_path, name="out", **files):
    raw = tmp_path / "raw"
    raw.mkdir(exist_ok=True)
    for stem, records in files.items():
        (raw / f"{stem}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    report = run_on([raw], tmp_path / name, open_gate(tmp_path / f"suites-{name}")).report
    return Output(tmp_path / name, report)


def test_files_without_data_ids_keep_their_records(tmp_path):
    output = run_over(
        tmp_path,
        a=[sft(n, uuid=f"u{n}") for n in range(250)],
        b=[rm(n) for n in range(5)],
        c=[sft(n, data_id=f"c{n}" if n != 302 else "") for n in range(300, 305)],
    )
    by_file = {}
    for row in (*output.published("sft"), *output.published("rm")):
        by_file.setdefault(row["source_file"], []).append((row["data_id"], row["metadata"]))
    assert sorted(by_file["a.jsonl"]) == sorted((f"u{n}", None) for n in range(250))
    ids = [data_id for data_id, _ in by_file["b.jsonl"]]
    assert len(set(ids)) == 5 and all(data_id.startswith("content-") for data_id in ids)
    assert len(by_file["c.jsonl"]) == 4
    assert [(row["source_index"], row["reasons"]) for row in output.quarantine] == [(2, ["data_id_blank"])]


def test_ids_from_content_are_of_the_content_and_of_nothing_else(tmp_path):
    """Neither of the file's name, nor of the order, nor of what becomes metadata; copies are duplicates."""
    ids = []
    for name, records in (("x", [sft(1), sft(2)]), ("y", [sft(2, note="b"), sft(1, note="a"), sft(1)])):
        folder = tmp_path / name
        folder.mkdir()
        output = run_over(folder, **{name: records})
        ids.append({row["question"]: row["data_id"] for row in output.published("sft")})
        assert len(output.duplicates) == len(records) - 2 and not output.quarantine
    assert ids[0] == ids[1] and len(ids[0]) == 2
