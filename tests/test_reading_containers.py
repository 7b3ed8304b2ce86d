"""What surrounds the records, and in which encoding: decided by content."""

import codecs
import gzip
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import zstandard

from sftrm_quality.config import Limits
from sftrm_quality.reading import Places, SourceFile, UnknownFile, read_again, texts
from tests.reading_case import Read, document, json_lines, read, record

RECORDS = [record(n) for n in range(40)]
IDS = [str(n) for n in range(40)]
SMALL = Limits(shard_records=7, shard_bytes=1024, record_bytes=1 << 20)

FORMS = {
    "compact": (document(RECORDS), "json_document"),
    "pretty": (document(RECORDS, indent=2), "json_document"),
    "one a line": (
        '{"data_info": [\n' + ",\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS) + "\n]}", "json_document",
    ),
    "array": (json.dumps(RECORDS, ensure_ascii=False), "json_array"),
    "pretty array": (json.dumps(RECORDS, indent=1), "json_array"),
    "lines": (json_lines(RECORDS), "json_lines"),
    "lines, CRLF, no end": (json_lines(RECORDS).replace("\n", "\r\n\n  \r\n").rstrip(), "json_lines"),
    "sequence": ("\n".join(json.dumps(r, indent=2, ensure_ascii=False) for r in RECORDS), "json_sequence"),
    "sequence with commas": (",\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS) + ",", "json_sequence"),
}  # fmt: skip


def put(folder: Path, data: bytes | str, name: str = "a.bin") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def check(result: Read, container: str, ids: list[str] = IDS) -> None:
    assert not result.unknown, result.unknown
    assert result.documents[0].container == container
    assert not result.unreadable, result.unreadable
    assert result.ids == ids and list(result.values) == list(range(len(ids)))


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp949"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_in_every_encoding(tmp_path: Path, form: str, encoding: str, limits: Limits) -> None:
    text, container = FORMS[form]
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    path = put(tmp_path, mark + text.encode(encoding))
    result = read(path, tmp_path, limits)
    check(result, container)
    source = SourceFile(path, path.name, path.stat().st_size)
    spans = [result.spans[i] for i in range(len(RECORDS))]
    offsets, lengths = np.array([s[0] for s in spans]), np.array([s[1] for s in spans])
    assert list(read_again(source, path.name, Places("json_lines", "", offsets, offsets, lengths))) == [
        result.raw[i] for i in range(len(RECORDS))
    ]
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    for index in (0, 1, 17, 39):
        assert json.loads(result.raw[index].decode(codec.removesuffix("-sig"))) == RECORDS[index]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("form", FORMS)
def test_compression_changes_nothing(tmp_path: Path, form: str, pack: object) -> None:
    text, container = FORMS[form]
    plain = read(put(tmp_path, text, "plain"), tmp_path, SMALL)
    packed_path = put(tmp_path, pack(text.encode()), "packed")  # type: ignore[operator]
    packed = read(packed_path, tmp_path, SMALL)
    check(packed, container)
    assert (packed.values, packed.spans, packed.lines, packed.raw) == (
        plain.values, plain.spans, plain.lines, plain.raw,
    )  # fmt: skip
    source = SourceFile(packed_path, "packed", packed_path.stat().st_size)
    offsets = np.array([plain.spans[2][0], plain.spans[9][0]])
    assert list(read_again(source, "packed", Places("json_lines", "", offsets, offsets, np.array([5, 20])))) == [
        plain.raw[2][:5],
        plain.raw[9][:20],
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["packed", "plain"]


MEMBERS = {"source": "외주 A사", 'note\\"': ["}", {"x": 1}], "dataset_info": {"label_kind": "sft"}, "version": None}
BEHIND_MEMBERS = json.dumps({**MEMBERS, "data_info": RECORDS, "end": 1}, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("form", [*FORMS, "document with other members first"])
def test_the_first_look_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    text, container = FORMS.get(form, (BEHIND_MEMBERS, "json_document"))
    path = put(tmp_path, text)
    for head in [*range(1, 300), *range(300, len(text.encode()) + 2, 37)]:
        monkeypatch.setattr(texts, "HEAD_BYTES", head)
        check(read(path, tmp_path), container)


def test_lines_are_counted_with_blank_ones(tmp_path: Path) -> None:
    path = put(tmp_path, b'\n\n{"data_id":"a"}\n\n{"data_id":"b"}\nnonsense\n\n\n{"data_id":"c"}')
    for limits in (Limits(), SMALL):
        result = read(path, tmp_path, limits)
        assert [result.lines[i] for i in range(4)] == [3, 5, 6, 9]
        assert result.unreadable[0]["source_line"] == 6 and result.unreadable[0]["source_index"] == 2


def test_header_and_sample(tmp_path: Path) -> None:
    (opened,) = read(put(tmp_path, document(RECORDS * 10)), tmp_path).documents
    assert opened.header == {"name": "t"} and opened.sample == (RECORDS * 5)
    after = json.dumps({"data_info": RECORDS, "dataset_info": {"name": "late"}})
    result = read(put(tmp_path, after), tmp_path)
    check(result, "json_document")
    assert result.documents[0].header == {}


def test_data_info_is_found_wherever_it_stands(tmp_path: Path) -> None:
    around = {
        "note": 'a "data_info": [1] in a text',
        "nested": {"data_info": [1, 2], "list": [[{}]], "}": "]"},
        "big": ["x" * 1000] * 12_000,  # 12 MB: longer than the head that is looked at first
    }
    text = json.dumps({**around, "data_info": RECORDS, "tail": around}, ensure_ascii=False)
    check(read(put(tmp_path, text), tmp_path), "json_document")
    escaped = document(RECORDS).replace('"data_info"', '"data\\u005finfo"')
    check(read(put(tmp_path, escaped), tmp_path), "json_document")


def test_empty_lists_are_no_error(tmp_path: Path) -> None:
    for text in ('{"data_info": []}', ' {"dataset_info": {},\n"data_info":[ ] } ', "[]", "[ \n]"):
        result = read(put(tmp_path, text), tmp_path)
        assert not result.unknown and not result.unreadable and not result.values, text


UNKNOWN = {
    "": "empty file",
    " \n ": "only white space",
    "1,답\n2,나\n3,라\n": "CSV-like text",
    "1\tb\n2\td\n": "tab-separated",
    "Just some words.": "plain text",
    "[INFO] 2024-01-01 started\n[INFO] done": "JSON-like text",
    "<html></html>": "XML or HTML",
    "%PDF-1.7 xxx": "PDF",
    '{"dataset_info": {}, "records": [1]}': "no data_info list",
    '{"dataset_info": {},\n "data_info": {"a": 1}}': "data_info is an object, expected a list",
    '{"data_info": null}': "data_info is null",
    '{"dataset_info": {"name": ': "no data_info list",
    "PK\x03\x04 broken": "damaged zip",
    "\x00\x01\x02binary": "binary data",
    "123\n456\n": "plain text",
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_files_without_records_are_described(tmp_path: Path, text: str) -> None:
    result = read(put(tmp_path, text), tmp_path)
    (unknown,) = result.unknown
    assert UNKNOWN[text] in unknown.seen and not result.documents
    assert "2024" not in unknown.seen  # digits are masked: an excerpt may be anybody's number


def test_keys_of_an_unknown_document_are_named(tmp_path: Path) -> None:
    (unknown,) = read(put(tmp_path, '{"dataset_info": {}, "items": [], "' + "k" * 99 + '": 1}'), tmp_path).unknown
    assert unknown == UnknownFile("a.bin", unknown.seen)
    assert "'dataset_info', 'items', '" + "k" * 40 + "'" in unknown.seen


def test_large_document_without_records(tmp_path: Path) -> None:
    text = json.dumps({"dataset_info": {}, "rows": ["y" * 1000] * 9000})
    result = read(put(tmp_path, text), tmp_path, Limits(record_bytes=1 << 20))
    assert "no data_info list" in result.unknown[0].seen


def test_a_single_object_is_one_record(tmp_path: Path) -> None:
    check(read(put(tmp_path, json.dumps(record(0))), tmp_path), "json_lines", ["0"])
    check(read(put(tmp_path, json.dumps(record(0), indent=2)), tmp_path), "json_sequence", ["0"])


def test_first_line_damaged_or_a_comment_is_still_lines(tmp_path: Path) -> None:
    for first in ('{"data_id": "0", "question', "# exported by hand", '{"data_id": nothing}'):
        result = read(put(tmp_path, first + "\n" + json_lines(RECORDS)), tmp_path)
        assert result.documents[0].container == "json_lines" and result.ids == IDS
        assert [row["source_line"] for row in result.unreadable] == [1]


def test_first_record_longer_than_the_head(tmp_path: Path) -> None:
    big = record(0, padding="가" * 3_000_000)
    for text, container in ((json_lines([big, *RECORDS[1:]]), "json_lines"), (document([big, *RECORDS[1:]]), None)):
        result = read(put(tmp_path, text), tmp_path)
        check(result, container or "json_document")
        assert result.documents[0].sample


def test_ascii_beginning_does_not_decide_the_encoding(tmp_path: Path) -> None:
    ascii_part = [{"data_id": f"a{n}", "question": "x" * 1000, "answer": "y"} for n in range(6000)]
    for encoding in ("cp949", "utf-8"):
        path = put(tmp_path, json_lines([*ascii_part, *RECORDS]).encode(encoding))
        result = read(path, tmp_path, Limits(shard_bytes=1 << 20))
        assert not result.unreadable and result.ids[-40:] == IDS


def test_declared_encoding_and_utf16_without_mark(tmp_path: Path) -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        path = put(tmp_path, document(RECORDS).encode(codec))
        check(read(path, tmp_path, encoding="utf-16"), "json_document")
        assert "encoding: utf-16" in read(path, tmp_path).unknown[0].seen
    assert "UTF-32" in read(put(tmp_path, document(RECORDS).encode("utf-32")), tmp_path).unknown[0].seen


def test_records_of_another_encoding_cost_themselves(tmp_path: Path) -> None:
    lines = [json.dumps(r, ensure_ascii=False).encode("cp949" if n == 3 else "utf-8") for n, r in enumerate(RECORDS)]
    result = read(put(tmp_path, b"\n".join(lines)), tmp_path)
    assert result.reasons == ["invalid_encoding"] and 3 not in result.values and len(result.values) == 39
    assert result.unreadable[0]["payload_bytes"] == lines[3] and "\\x" in result.unreadable[0]["payload"]
    lines = [json.dumps(r, ensure_ascii=False).encode("utf-8" if n == 3 else "cp949") for n, r in enumerate(RECORDS)]
    lines[3] = lines[3].replace(b"?", b"\xff")
    result = read(put(tmp_path, b"\n".join(lines)), tmp_path)
    assert result.reasons == ["invalid_encoding"] and len(result.values) == 39


def test_broken_utf16_costs_its_record_and_positions_stay_right(tmp_path: Path) -> None:
    records = [*RECORDS[:5], record(5, emoji="😀😀"), *RECORDS[6:]]
    data = bytearray(document(records).encode("utf-16"))
    at = data.index("질문 4".encode("utf-16-le"))
    data[at : at + 2] = b"\x00\xd8"  # an unpaired high surrogate
    path = put(tmp_path, bytes(data))
    result = read(path, tmp_path, SMALL)
    assert result.reasons == ["invalid_encoding"] and len(result.values) == 39
    row = result.unreadable[0]
    assert row["payload_bytes"] == data[row["source_offset"] : row["source_offset"] + row["source_length"]]
    assert json.loads(result.raw[5].decode("utf-16-le")) == records[5]
    odd = read(put(tmp_path, bytes(data) + b"x"), tmp_path)
    assert odd.reasons == ["invalid_encoding", "stream_broken"]


@pytest.mark.parametrize("encoding", ["auto", "gb18030"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, encoding: str) -> None:
    limits = Limits(shard_bytes=1 << 18, record_bytes=1 << 20)
    peaks = []
    for copies in (2_000, 20_000):
        text = "[" + ",".join([json.dumps(record(1, pad="z" * 2000))] * copies) + "]"
        path = put(tmp_path, gzip.compress(text.encode(), 1))
        read(path, tmp_path, limits).values.clear()
        tracemalloc.start()
        from sftrm_quality.reading import RawStream, discover, open_document, open_streams

        (stream,) = open_streams(discover([path])[0])
        assert isinstance(stream, RawStream)
        opened = open_document(stream, limits, tmp_path, encoding)
        assert not isinstance(opened, UnknownFile)
        assert sum(len(shard.starts) for shard in opened.shards if shard.path.unlink() is None) == copies
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0] + (1 << 20)
