"""Messages of trees, a record each: what is read is what the trees say, and each message ends in exactly one place."""

import csv
import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.reading.joined.links import roots_of
from tests.declared import MAKERS
from tests.declared.open_assistant_messages import flat, mixed
from tests.declared_case import mapped
from tests.outputs import Output, open_gate, run_on


def message(own, parent=None, text="", rank=None, **more):
    role = "assistant" if rank is not None else "prompter"
    return {"message_id": own, "parent_id": parent, "role": role, "text": text or own, "rank": rank, **more}


def tree(name, question, best="first", worse="second"):
    return [
        message(name, text=question),
        message(f"{name}-a", name, best, 0),
        message(f"{name}-b", name, worse, 1),
    ]


@pytest.mark.parametrize("container", ["lines", "array", "parquet", "csv", "gzip", "utf16"])
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_messages_in_any_order_say_what_their_trees_say(tmp_path, container, data):
    trees = data.draw(st.lists(MAKERS["open_assistant"], min_size=1, max_size=4))
    messages = mixed(data.draw, [one for n, (record, _) in enumerate(trees) for one in flat(record["prompt"], f"{n}")])
    path = written(tmp_path / f"{container}.any", messages, container)
    limits = Limits(shard_records=data.draw(st.sampled_from([1, 3, 50])))
    found = mapped((), path=path, limits=limits, source=SourceSettings())
    assert (found.format, found.misfits) == ("open_assistant_messages", {})
    truth = {f"{n}m0": told for n, (_, told) in enumerate(trees)}
    at = {one["message_id"]: place for place, one in enumerate(messages)}
    assert found.parts == {at[root]: told for root, told in truth.items()}


def output(folder, *settings):
    out = folder / "out"
    return Output(out, run_on([folder / "raw"], out, open_gate(folder / "suites"), *settings).report)


def written(path, messages, container):
    names = list(dict.fromkeys(name for one in messages for name in one))
    if container == "parquet":
        columns = {name: [one.get(name) for one in messages] for name in names}
        pq.write_table(pa.table(columns), path, row_group_size=3)
    elif container == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(messages)
    else:
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in messages)
        text = json.dumps(messages) if container == "array" else lines
        raw = text.encode("utf-16" if container == "utf16" else "utf-8")
        path.write_bytes(gzip.compress(raw) if container == "gzip" else raw)
    return path


def test_a_message_is_in_a_tree_or_by_itself_for_a_reason():
    lost = message("lost", "nobody", "kept apart", 0)
    messages = [
        *tree("t", "a question?"),
        lost,
        message("below", "lost", "what is below it is, too"),
        message("t-b", "t", "another of that id", 2),
        message("own", "own", "a circle", 0),
        message("left", "right", "a larger one", 0),
        message("right", "left", "a larger one", 0),
        {"instruction": "What is this?", "output": "A record of another format."},
        5,
        *tree("u", "another question?"),
    ]
    found = mapped(messages)
    assert found.misfits[3] == (
        "tree_malformed",
        "no message of the file has its parent_id as message_id, or that of one above it; or an earlier one has its "
        "message_id",
    )
    assert found.reasons == {**dict.fromkeys(range(3, 9), "tree_malformed"), 10: "not_an_object"}
    assert {at: [one["data_id"] for one in of_row] for at, of_row in found.records.items()}[0] == ["t"]
    assert sorted(found.records) == [0, 9, 11]
    assert json.loads(found.records[0][0]["metadata"])["message_tree"][1] == {"message_id": "t-a", "parent_id": "t"}


def test_a_tree_of_too_many_levels_is_refused():
    chain = [message("m0"), *(message(f"m{n + 1}", f"m{n}", rank=0 if n % 2 == 0 else None) for n in range(250))]
    last = chain[-1]["message_id"]
    assert mapped(chain[:250]).reasons == {0: "no_ranking"}
    assert mapped(chain).misfits == {0: ("tree_malformed", "more than 250 messages, one below another")}
    assert last == "m250"


def test_a_file_is_traced_counted_and_its_texts_are_kept(tmp_path):
    again = [message("v", text="a question?"), message("v-1", "v", "second", 1), message("v-2", "v", "first", 0)]
    messages = [*tree("t", "a question?"), *tree("u", "", "", " "), message("w", text="nobody answers"), *again]
    lines = [json.dumps(one) for one in messages]
    lines[4:4] = ['{"message_id": "broken", "text": "no end']
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "messages.jsonl").write_text("\n".join([*lines, json.dumps(message("x", "broken", "c", 0))]))
    run = output(tmp_path)
    (file,) = run.report["files"]
    assert file["note"] == "10 messages of 4 trees" and file["container"] == "joined_json_lines"
    counts = {name: file[name] for name in ("received", "unreadable", "quarantined", "duplicates", "published")}
    assert counts == {"received": 6, "unreadable": 1, "quarantined": 3, "duplicates": 1, "published": 1}
    quarantine = {row["source_index"]: row for row in run.quarantine}
    assert {at: row["reasons"] for at, row in quarantine.items()} == {
        3: ["response_blank"],
        4: ["invalid_json"],
        7: ["no_ranking"],
        11: ["tree_malformed"],
    }
    assert (quarantine[4]["payload"], quarantine[4]["source_line"]) == (lines[4], 5)
    assert quarantine[3]["payload"] == '{{"message_tree":[{}]}}'.format(",".join([lines[3], *lines[5:7]]))
    (duplicate,) = run.duplicates
    assert (duplicate["data_id"], duplicate["source_index"], duplicate["source_line"]) == ("v", 8, 9)
    assert duplicate["payload"] == '{{"message_tree":[{}]}}'.format(",".join(lines[8:11]))


@pytest.mark.parametrize("kind", ["encoding", "columns"])
def test_a_duplicate_is_read_again_as_its_source_is_declared(tmp_path, kind):
    messages = [*tree("t", "où ?", "là", "ailleurs"), *tree("u", "où ?", "là", "ailleurs")]
    (tmp_path / "raw").mkdir()
    path = tmp_path / "raw" / "messages.any"
    if kind == "encoding":
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in messages), "cp1252")
        declared = "encoding: cp1252"
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["" if cell is None else cell for cell in one.values()] for one in messages])
        declared = f"columns: [{', '.join(messages[0])}]"
    run = output(tmp_path, f'sources=[{{files: "*", {declared}}}]')
    (duplicate,) = run.duplicates
    (read,) = [json.loads(duplicate["payload"])["message_tree"]]
    assert [one["message_id"] for one in read] == ["u", "u-a", "u-b"] and read[1]["text"] == "là"


def test_a_tree_of_more_bytes_than_a_shard_has_one_of_its_own():
    messages = [*tree("t", "a question?", "x" * 600, "y" * 600), *tree("u", "another?")]
    assert sorted(mapped(messages, limits=Limits(shard_bytes=1024)).records) == [0, 3]


def test_more_messages_than_are_put_together_are_named():
    found = mapped(
        [*tree("t", "a question?"), *tree("u", "another?")], limits=Limits(joined_records=5, shard_records=2)
    )
    assert "more than the 5 that are put together (limits.joined_records)" in found.format and not found.records


def test_a_tree_that_is_too_large_is_one_unreadable_record(tmp_path):
    messages = [*tree("t", "a question?", "x" * 600, "y" * 600), *tree("u", "another?")]
    (tmp_path / "raw").mkdir()
    written(tmp_path / "raw" / "messages.jsonl", messages, "lines")
    run = output(tmp_path, "limits.record_bytes=1024")
    (row,) = run.quarantine
    assert (row["source_index"], row["reasons"], row["stage"]) == (0, ["record_too_large"], "read")
    assert row["details"][0].endswith("bytes in 3 records, limits.record_bytes allows 1,024")
    assert run.report["ledger"]["rm"]["published"] == 1


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_roots_are_found_as_a_person_finds_them(links):
    """Step by step from each row to the row above it."""
    first = {own: at for at, (own, _) in reversed(list(enumerate(links))) if own}
    truth = []
    for at, (own, _) in enumerate(links):
        here, steps = at if first.get(own) == at else None, 0
        while here is not None and links[here][1] and steps <= len(links):
            here, steps = first.get(links[here][1]), steps + 1
        truth.append(-1 if here is None or links[here][1] else here)
    ids, parents = (np.array([pair[side] for pair in links], np.uint64) for side in (0, 1))
    assert roots_of(ids, parents).tolist() == truth
