"""Columns: the same records in Parquet and Arrow are the same records, damage costs its rows, headers cannot lie."""

import gzip
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.errors import StorageError, TransientStorageError
from sftrm_quality.formats import formats_of
from sftrm_quality.intake.mapping import read_and_map
from sftrm_quality.reading import Places, UnknownFile, discover, open_document, open_streams, read_again
from sftrm_quality.reading.columnar import arrow as arrow_reader
from sftrm_quality.reading.columnar import opening
from sftrm_quality.reading.columnar import parquet as parquet_reader
from sftrm_quality.reading.columnar.pages import page_headers
from sftrm_quality.reading.tables.sizes import row_sizes
from tests.bad_files import SOAK
from tests.reading_case import Read, json_lines, read, record
from tests.tables_case import arrow, as_table, bad_texts, messages_of, parquet

FORMS = {
    "parquet": lambda table: parquet(table, row_group_size=7),
    "parquet-gzip": lambda table: gzip.compress(parquet(table), mtime=0),
    "parquet-zstd": lambda table: parquet(table, compression="zstd", use_dictionary=False, data_page_version="2.0"),
    "arrow": lambda table: arrow(table, rows=5),
    "arrow-lz4": lambda table: arrow(table, compression="lz4"),
    "stream": lambda table: arrow(table, "stream", rows=5),
    "stream-gzip": lambda table: gzip.compress(arrow(table, "stream", rows=5), mtime=0),
}
KNOWN = formats_of(())
CONTAINERS = {"parquet": "parquet", "arrow": "arrow_file", "stream": "arrow_stream"}


@pytest.fixture
def spill(tmp_path: Path) -> Path:
    (tmp_path / "spill").mkdir()
    return tmp_path / "spill"


def put(tmp_path: Path, data: bytes, name: str = "labels") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_recognised_by_content_and_gives_all_rows(form: str, tmp_path: Path, spill: Path) -> None:
    records = [record(number) for number in range(40)]
    path = put(tmp_path, FORMS[form](as_table(records)), "labels.json")
    for limits in (Limits(), Limits(shard_records=3), Limits(shard_bytes=1024)):
        found = read(path, spill, limits)
        assert list(found.values.values()) == records and found.fast == set(range(40))
        assert not found.unreadable and not found.ends_early
        (document,) = found.documents
        assert document.container == CONTAINERS[form.partition("-")[0]] and document.sample == records
        assert set(found.spans.values()) == {(-1, -1)} and set(found.lines.values()) == {-1}
    assert not list(spill.iterdir())


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"data_id": st.text(min_size=1, max_size=5).filter(lambda text: text.isprintable()), "answer": TEXTS},
        optional={"question": TEXTS, "question_count": st.integers(0, 2**40), "data_category": TEXTS,
                  "extra": st.lists(st.integers(), max_size=2).map(str), "nested": st.fixed_dictionaries({"a": TEXTS})},
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def candidates(path: Path, spill: Path, limits: Limits) -> Any:
    (stream,) = open_streams(discover([path])[0])
    opened = open_document(stream, limits, spill)
    assert not isinstance(opened, UnknownFile)
    tables, misfits = [], []
    for shard in opened.shards:
        mapped = read_and_map(
            shard, KNOWN, KNOWN.by_name["reference_sft"], SourceSettings(files="*"), "data_id", limits
        )
        (of_kind,) = mapped.candidates.values()
        for row in of_kind.table.to_pylist():
            # A table has one order of its fields for all rows.
            tables.append(row | {"metadata": row["metadata"] and json.loads(row["metadata"])})
        misfits += [(int(shard.indexes[row]), misfit.reason) for row, misfit in sorted(of_kind.misfits.items())]
        assert not mapped.batch.unreadable.num_rows
        if shard.spilled:
            shard.path.unlink()
    opened.close()
    return tables, misfits


@settings(max_examples=40)
@given(RECORDS, st.sampled_from(sorted(FORMS)), st.integers(1, 5))
def test_equal_records_give_equal_candidates(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], form: str, most: int
) -> None:
    folder = tmp_path_factory.mktemp("equal")
    (folder / "spill").mkdir()
    lines = put(folder, json_lines(records).encode(), "a")
    table = put(folder, FORMS[form](as_table(records)), "b")
    limits = Limits(shard_records=most)
    expected, misfits = candidates(lines, folder / "spill", limits)
    assert candidates(table, folder / "spill", limits) == (expected, misfits)


@settings(max_examples=40)
@given(st.integers(0, 39), st.binary(min_size=1, max_size=6), st.sampled_from(["parquet", "arrow", "stream"]))
def test_planted_bytes_that_are_no_text_are_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, row: int, damage: bytes, form: str
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "spill").mkdir()
    answers = [f"답 {number}".encode() for number in range(40)]
    answers[row] += damage
    table = pa.table({"data_id": [str(number) for number in range(40)], "answer": bad_texts(answers)})
    found = read(put(folder, FORMS[form](table)), folder / "spill")
    try:
        answers[row].decode()
    except UnicodeDecodeError:
        assert found.reasons == ["invalid_encoding"] and set(found.values) == set(range(40)) - {row}
        (bad,) = found.unreadable
        assert bad["source_index"] == row and bad["payload_bytes"] == b'{"data_id":"%d","answer":' % row + quoted(
            answers[row]
        )
    else:
        assert not found.unreadable and found.values[row]["answer"] == answers[row].decode()


def quoted(text: bytes) -> bytes:
    said = json.dumps(text.decode("utf-8", "surrogateescape"), ensure_ascii=False)
    return said.encode("utf-8", "surrogateescape") + b"}"


def test_bytes_that_are_no_text_inside_lists_and_objects(tmp_path: Path, spill: Path) -> None:
    texts = pa.StructArray.from_arrays([bad_texts([b"ok", b"\xfe", b"fine"]), pa.array([1, 2, 3])], ["text", "rank"])
    table = pa.table({"prompt": ["a", "b"], "responses": pa.ListArray.from_arrays([0, 1, 3], texts)})
    for data in (parquet(table), arrow(table)):
        found = read(put(tmp_path, data), spill)
        assert found.reasons == ["invalid_encoding"] and list(found.values) == [0]
        assert found.unreadable[0]["details"] == ["column 'responses': byte 0xfe at 0 of a text is not UTF-8"]


def test_places_that_lie_nowhere_and_bytes_that_are_no_text_in_one_column(tmp_path: Path, spill: Path) -> None:
    places = pa.array([0, 1, 2, 0, 1, 4, 4], pa.int32()).buffers()[1]
    texts = pa.Array.from_buffers(pa.string(), 6, [None, places, pa.py_buffer(b"a\xffbc")])
    found = read(put(tmp_path, arrow(pa.table({"data_id": list("123456"), "answer": texts}))), spill)
    assert {row["source_index"]: row["reasons"][0] for row in found.unreadable} == {
        1: "invalid_encoding", 2: "page_broken", 4: "invalid_encoding",
    }  # fmt: skip
    assert {row: value["answer"] for row, value in found.values.items()} == {0: "a", 3: "a", 5: ""}


def test_rows_have_the_sizes_of_their_values_in_slices_too() -> None:
    table = pa.table({
        "text": ["a", None, "가나", ""],
        "coded": pa.array(["xx", "y", None, "xx"]).dictionary_encode(),
        "list": [["a", "bcd"], None, [], ["가"]],
        "of": [[{"t": "ab", "n": 1}], [{"t": "c", "n": 2}, {"t": None, "n": 3}], None, []],
        "map": pa.array([[("k", "vv")], None, [("a", "b"), ("c", "d")], []], pa.map_(pa.string(), pa.string())),
        "fixed": pa.array([["a", "b"], ["c", "d"], ["", "efg"], None], pa.list_(pa.string(), 2)),
        "view": pa.array(["v" * 20, "", None, "w"], pa.string_view()),
    })  # fmt: skip
    expected = [1 + 2 + 4 + 10 + 3 + 2 + 20, 1 + 17 + 2, 6 + 4 + 3, 2 + 3 + 1]
    assert row_sizes(table).tolist() == expected
    for begin in range(4):
        for end in range(begin, 5):
            assert row_sizes(table.slice(begin, end - begin)).tolist() == expected[begin:end]


def test_dictionaries_that_grow_or_change_between_batches(tmp_path: Path, spill: Path) -> None:
    texts = [["a", "b"], ["a", "b", "c"], ["z"], ["z", "y"]]
    for deltas in (True, False):
        sink = io.BytesIO()
        schema = pa.schema([("data_id", pa.string()), ("answer", pa.dictionary(pa.int32(), pa.string()))])
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)
        with pa.ipc.new_stream(sink, schema, options=options) as writer:
            for values in texts:
                coded = pa.DictionaryArray.from_arrays(pa.array(range(len(values)), pa.int32()), pa.array(values))
                writer.write_batch(pa.record_batch([pa.array(values), coded], schema=schema))
        found = read(put(tmp_path, sink.getvalue()), spill)
        assert [value["answer"] for value in found.values.values()] == [text for values in texts for text in values]
        assert not found.unreadable


def test_broken_rows_count_by_what_is_kept_of_them(tmp_path: Path, spill: Path) -> None:
    table = pa.table({"data_id": list(map(str, range(40))), "answer": bad_texts([b"\xff" + b"x" * 500] * 40)})
    (stream,) = open_streams(discover([put(tmp_path, arrow(table))])[0])
    document = open_document(stream, Limits(shard_bytes=2000), spill)
    assert not isinstance(document, UnknownFile)
    assert [len(shard) for shard in document.shards] == [3] * 13 + [1]


def test_tables_that_can_hold_no_records_are_named(tmp_path: Path, spill: Path) -> None:
    deep = pa.string()
    for _ in range(8):
        deep = pa.list_(deep)
    for table, said in {
        "no columns": (pa.table({"a": [1, 2]}).select([]), "it has no columns"),
        "deep": (pa.table({"a": pa.array([None], deep)}), "nested deeper than limits.nesting_depth (8)"),
    }.values():
        for data in (parquet(table), arrow(table, "stream")):
            (unknown,) = read(put(tmp_path, data), spill, Limits(nesting_depth=8)).unknown
            assert said in unknown.seen
    assert len(read(put(tmp_path, parquet(pa.table({"a": pa.array([None], deep)}))), spill).values) == 1


def test_a_row_is_kept_as_json_whatever_its_columns_are(tmp_path: Path, spill: Path) -> None:
    """What excluded rows show, and what reading them again gives."""
    table = pa.table({
        "data_id": pa.array(["1"], pa.large_string()),
        "answer": pa.array(["a"]).dictionary_encode(),
        "half": pa.array([np.float16(0.5)]),
        "day": pa.array([1], pa.date32()),
        "at": pa.array([0], pa.timestamp("us", "Nowhere/Town")),
        "blob": pa.array([b"\xff"]),
        "id": pa.array([b"0" * 16], pa.uuid()),
        "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
        "image": pa.array([{"bytes": b"\x89P", "path": None}]),
        "nan": pa.array([float("nan")]),
        "list": pa.array([[1, 2]], pa.list_(pa.int8(), 2)),
        "view": pa.array(["v" * 30], pa.string_view()),
    })  # fmt: skip
    expected = {
        "data_id": "1", "answer": "a", "half": 0.5, "day": "1970-01-02", "at": "1970-01-01T00:00:00+00:00",
        "blob": {"base64": "/w=="}, "id": "30303030-3030-3030-3030-303030303030", "map": {"k": 1},
        "image": {"bytes": {"base64": "iVA="}}, "list": [1, 2], "view": "v" * 30,
    }  # fmt: skip
    path = put(tmp_path, arrow(table))
    found = read(path, spill)
    assert json.loads(found.raw[0]) == expected and found.documents[0].sample == [expected]
    places = Places("arrow_file", "", *(np.array([value]) for value in (0, -1, -1)))
    assert list(read_again(discover([path])[0], "labels", places)) == [found.raw[0]]


@pytest.mark.parametrize("form", FORMS)
def test_single_rows_are_read_again(form: str, tmp_path: Path, spill: Path) -> None:
    path = put(tmp_path, FORMS[form](as_table([record(number) for number in range(40)])))
    raw = read(path, spill).raw
    container = CONTAINERS[form.partition("-")[0]]
    for wanted in ([0], [39], [3, 4, 21], list(range(40))):
        rows = np.array(wanted)
        again = list(read_again(discover([path])[0], "labels", Places(container, "", rows, rows, rows), spill))
        assert again == [raw[row] for row in wanted]
    beyond = np.array([5, 40])
    with pytest.raises(TransientStorageError, match=r"labels: row 40 cannot be read.*run again"):
        list(read_again(discover([path])[0], "labels", Places(container, "", beyond, beyond, beyond), spill))
    assert not list(spill.iterdir())


def test_members_of_archives_are_read(tmp_path: Path, spill: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/labels.parquet", parquet(as_table([record(1)])))
        archive.writestr("x/labels.arrow", arrow(as_table([record(2)]), "stream"))
    found = read(path, spill)
    assert [document.source_file for document in found.documents] == [
        "a.zip!/x/labels.arrow",
        "a.zip!/x/labels.parquet",
    ]


@pytest.mark.parametrize("shard_bytes", [3000, 1 << 20])
def test_shards_are_cut_by_rows_and_by_bytes_whatever_the_row_groups(
    shard_bytes: int, tmp_path: Path, spill: Path
) -> None:
    records = [record(number, question="가" * 100 * (number % 5)) for number in range(50)]
    limits = Limits(shard_records=9, shard_bytes=shard_bytes)
    lengths = []
    for data in (parquet(as_table(records), row_group_size=50), parquet(as_table(records), row_group_size=3),
                 arrow(as_table(records), rows=11)):  # fmt: skip
        (stream,) = open_streams(discover([put(tmp_path, data)])[0])
        document = open_document(stream, limits, spill)
        assert not isinstance(document, UnknownFile)
        shards = list(document.shards)
        lengths.append([len(shard) for shard in shards])
        assert sum(shard.length for shard in shards) <= len(data)
        tables = [shard.load(limits).table for shard in shards]  # type: ignore[attr-defined]
        assert all(len(table) <= 9 for table in tables)
        assert all(row_sizes(table).sum() <= shard_bytes or len(table) == 1 for table in tables)
        for shard in shards:
            shard.path.unlink()
    assert lengths[0] == lengths[1] == lengths[2] and sum(lengths[0]) == 50


def test_a_long_record_is_unreadable_and_its_beginning_kept(tmp_path: Path, spill: Path) -> None:
    records = [record(0), record(1, question="긴 질문 " * 30_000), record(2)]
    found = read(put(tmp_path, parquet(as_table(records))), spill, Limits(record_bytes=100_000))
    assert found.reasons == ["record_too_large"] and set(found.values) == {0, 2}
    (row,) = found.unreadable
    assert 60_000 < len(row["payload"].encode()) < 80_000 and '"data_id":"1"' in row["payload"]


def test_a_value_that_a_dictionary_repeats_counts_as_often_as_it_is_meant(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a megabyte that 200 rows name is 100 MB: decoded some rows at a time, and cut by what it comes to."""
    monkeypatch.setattr(parquet_reader, "_PAGE_BYTES", 4 << 20)
    table = pa.table({"data_id": list(map(str, range(200))), "answer": ["x" * (1 << 19)] * 200})
    path = put(tmp_path, parquet(table, compression="zstd"))
    assert path.stat().st_size < 1 << 20
    del table
    before = pa.total_allocated_bytes()
    (stream,) = open_streams(discover([path])[0])
    document = open_document(stream, Limits(), spill)
    assert not isinstance(document, UnknownFile)
    peak, rows = 0, 0
    for shard in document.shards:
        rows += len(shard)
        peak = max(peak, shard.path.stat().st_size, pa.total_allocated_bytes() - before)
        shard.path.unlink()
    assert rows == 200 and peak < 40 << 20


def test_a_large_record_batch_is_mapped_and_read_in_ranges(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrow_reader, "_IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(arrow_reader, "_MAPPED_BYTES", 2000)
    records = [record(number) for number in range(300)]
    coded = as_table(records).append_column("kind", pa.array(["a", "b", None] * 100).dictionary_encode())
    found = read(put(tmp_path, arrow(coded)), spill)
    assert list(found.values.values()) == records and not found.unreadable
    assert not list(spill.iterdir())


def test_a_row_group_that_breaks_in_the_middle_keeps_the_rows_before(tmp_path: Path, spill: Path) -> None:
    data = parquet(as_table([record(number) for number in range(500)]), use_dictionary=False, compression="none",
                   data_page_size=2000, write_batch_size=10, write_page_checksum=True)  # fmt: skip
    at = data.index('답 \\"300'.encode()) if b'\\"300' in data else data.index("질문 300?".encode())
    path = put(tmp_path, data[:at] + b"\xee" + data[at + 1 :])
    seen: list[Read] = [read(path, spill, limits) for limits in (Limits(), Limits(shard_records=70))]
    for found in seen:
        assert list(found.values) == list(range(len(found.values))) and 200 < len(found.values) <= 300
        assert found.reasons == ["page_broken"] * (500 - len(found.values))
        assert [row["source_index"] for row in found.unreadable] == list(range(len(found.values), 500))
    assert seen[0].values == seen[1].values
    assert "row group 0: its rows cannot be read from row" in seen[0].unreadable[0]["details"][0]


def header_at(data: bytes, column: int) -> int:
    return int(pq.read_metadata(io.BytesIO(data)).row_group(0).column(column).data_page_offset)


def test_no_header_of_a_page_makes_room_for_gigabytes(tmp_path: Path, spill: Path) -> None:
    data = parquet(as_table([record(number) for number in range(50)]), use_dictionary=False, compression="zstd",
                   write_statistics=False)  # fmt: skip
    at = header_at(data, 1)
    assert data[at] == 0x15 and data[at + 1] == 0 and data[at + 2] == 0x15  # a data page, and its unpacked size
    length = 1
    while data[at + 2 + length] & 0x80:
        length += 1
    # As many bytes as the size had can say 2 GiB only where there are five of them: the header is made longer.
    huge = b"\xfe\xff\xff\xff\x0f"
    packed = data[: at + 3] + huge + data[at + 3 + length :]
    (header, *_) = page_headers(io.BytesIO(packed), at, len(packed))
    assert header.unpacked == 2**31 - 1
    before = pa.default_memory_pool().max_memory()
    found = read(put(tmp_path, packed), spill)
    assert pa.default_memory_pool().max_memory() < before + (64 << 20)
    assert found.unknown or set(found.reasons) == {"page_broken"}


def test_headers_of_all_pages_are_passed_as_arrow_does(tmp_path: Path) -> None:
    table = as_table([record(number, more=[{"a": "b" * (number % 7)}]) for number in range(2000)])
    for options in ({}, {"data_page_version": "2.0"}, {"compression": "gzip", "write_page_checksum": True}):
        data = parquet(table, data_page_size=3000, **options)
        group = pq.read_metadata(io.BytesIO(data)).row_group(0)
        for i in range(group.num_columns):
            column = group.column(i)
            begin = column.dictionary_page_offset or column.data_page_offset
            headers = list(page_headers(io.BytesIO(data), begin, begin + column.total_compressed_size))
            assert sum(one.size + one.packed for one in headers) == column.total_compressed_size
            assert sum(one.size + one.unpacked for one in headers) == column.total_uncompressed_size
            assert [one.is_dictionary for one in headers] == [True] + [False] * (len(headers) - 1)


def test_a_batch_that_says_more_than_it_holds_is_one_row(tmp_path: Path, spill: Path) -> None:
    data = arrow(as_table([record(number) for number in range(6)]), "stream", rows=3)
    begin, body, _ = messages_of(data)[1]
    head = data[begin:body]
    at = begin + head.index(struct.pack("<q", 3))
    for rows in (1 << 50, 2**63 - 1):
        lying = data[:at] + struct.pack("<q", rows) + data[at + 8 :]
        found = read(put(tmp_path, lying), spill)
        assert found.reasons == ["page_broken"] and len(found.values) == 3
    nodes = struct.pack("<qq", 3, 0)
    assert head.count(nodes) == 3  # one for each column
    for values, nulls in ((-4251398048237748222, 0), (1 << 60, 0), (3, 4)):
        lying = data[:begin] + head.replace(nodes, struct.pack("<qq", values, nulls), 1) + data[body:]
        found = read(put(tmp_path, lying), spill)
        assert found.reasons == ["page_broken"] * 3 and list(found.values) == [3, 4, 5]
    negative = read(put(tmp_path, data[:at] + struct.pack("<q", -5) + data[at + 8 :]), spill)
    assert negative.reasons == ["stream_broken"] and negative.ends_early


def test_a_compressed_batch_that_says_terabytes_is_not_unpacked(tmp_path: Path, spill: Path) -> None:
    data = arrow(as_table([record(number) for number in range(6)]), "stream", rows=3, compression="zstd")
    _, body, end = messages_of(data)[1]
    lying = data[:body] + data[body:end].replace(data[body + 0 : body + 8], struct.pack("<q", 1 << 40), 1) + data[end:]
    before = pa.default_memory_pool().max_memory()
    found = read(put(tmp_path, lying), spill)
    assert found.reasons == ["page_broken"] * 3 and "unpacks to more than" in found.unreadable[0]["details"][0]
    assert len(found.values) == 3 and pa.default_memory_pool().max_memory() < before + (64 << 20)


@settings(max_examples=600 if SOAK else 40, deadline=None)
@given(st.sampled_from(["parquet", "arrow", "arrow-lz4", "stream"]), st.data())
def test_no_flipped_bytes_crash_a_reader_and_none_loses_rows_in_silence(
    tmp_path_factory: pytest.TempPathFactory, form: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    (folder / "spill").mkdir()
    table = as_table([record(number) for number in range(12)]).append_column(
        "kind", pa.array(["a", "b"] * 6).dictionary_encode()
    )
    whole = FORMS[form](table)
    at = data.draw(st.integers(8, len(whole) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=9))
    found = read(put(folder, whole[:at] + noise + whole[at + len(noise) :]), folder / "spill")
    # The number of rows is in the file, too: a damaged one may be any that its bytes could hold.
    again = read(folder / "labels", folder / "spill", Limits(shard_records=max(2, len(found.unreadable) // 4)))
    assert (repr(found.values), found.reasons) == (repr(again.values), again.reasons)
    assert found.unknown or len(found.values) + len(found.unreadable) >= 1
    assert not list((folder / "spill").iterdir())


def test_a_file_that_cannot_be_read_is_no_damage(tmp_path: Path, spill: Path) -> None:
    path = put(tmp_path, parquet(as_table([record(1)])))
    (stream,) = open_streams(discover([path])[0])
    path.unlink()
    with pytest.raises((StorageError, FileNotFoundError)):
        open_document(stream, Limits(), spill)


def test_a_gzip_bomb_of_columns_does_not_fill_the_disk(
    tmp_path: Path, spill: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "is_bomb", lambda unpacked, packed: unpacked > 100 * packed)
    found = read(put(tmp_path, gzip.compress(b"PAR1\0" + b"\0" * 5_000_000)), spill)
    assert "refused as a bomb" in found.unknown[0].seen and not list(spill.iterdir())


def test_texts_that_only_begin_like_columns_are_texts(tmp_path: Path, spill: Path) -> None:
    for text in ("PARENT of a child\n1 2\n", "PAR1 is a word\n1 2\n", "ARROW1 of many\n"):
        (unknown,) = read(put(tmp_path, text.encode()), spill).unknown
        assert "begins with" in unknown.seen


def test_what_datasets_writes_beside_its_arrow_files_is_no_raw_file(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    table = datasets.Dataset.from_list([record(number) for number in range(6)])
    datasets.DatasetDict({"train": table}).save_to_disk(str(tmp_path / "raw/saved"))
    for folder, name in (("raw/saved/train", "labels.json"), ("raw/other", "state.json")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(json_lines([record(9)]))
    found = [file.source_file for file in discover([tmp_path / "raw"])]
    assert found == ["other/state.json", "saved/train/data-00000-of-00001.arrow", "saved/train/labels.json"]
    spill = tmp_path / "spill"
    spill.mkdir()
    assert [len(document.sample) for document in read(tmp_path / "raw/saved", spill).documents] == [6, 1]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_who_asks_for_some_fields_is_given_no_others(form: str, tmp_path: Path, spill: Path) -> None:
    """Ids are looked for in all records of a file, whose texts are not made for that."""
    records = [{"id": n, "question": f"q {n}", "answer": f"a {n}"} for n in range(4)]
    rows = [",".join(map(str, one.values())) for one in records]
    text = "\n".join(["id,question,answer", *rows[:2], "one,two", *rows[2:], ""])
    path = put(tmp_path, parquet(as_table(records)) if form == "parquet" else text.encode())
    (stream,) = open_streams(discover([path])[0])
    assert not isinstance(stream, UnknownFile)
    for only, expected in ((["id"], [{"id": n} for n in range(4)]), (["no", "such"], [{}] * 4), (None, records)):
        document = open_document(stream, Limits(), spill)
        assert not isinstance(document, UnknownFile)
        payloads = [payload for shard in document.shards for payload in shard.payloads(only)]
        document.close()
        found = [json.loads(payload) for payload in payloads if payload]
        shown = [{name: str(value) for name, value in one.items()} for one in expected]
        assert [{name: str(value) for name, value in one.items()} for one in found] == shown
        assert payloads.count(b"") == (form == "csv")
    for shard in spill.iterdir():
        shard.unlink()
