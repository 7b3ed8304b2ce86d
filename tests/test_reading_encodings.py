"""Which encoding a text is in, where nothing says it, and the encodings that must be declared."""

import codecs
import gzip
import itertools
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sftrm_quality.config import Limits
from sftrm_quality.reading import Places, SourceFile, encodings, read_again, texts
from sftrm_quality.reading.encodings import detect, span_of, tell, what_it_could_be
from sftrm_quality.reading.korean import ENOUGH, FEW
from sftrm_quality.reading.transcoded import LENGTHS, TranscodedWindow
from sftrm_quality.reading.window import Window
from tests.reading_case import document, json_lines, read, record
from tests.sentences import CHINESE, FRENCH, GERMAN, JAPANESE, KOREAN, TAIWANESE

SMALL = Limits(shard_records=7, shard_bytes=1024, record_bytes=1 << 20)
FOREIGN = [
    (CHINESE, "gb18030"), (CHINESE, "gbk"), (TAIWANESE, "big5"), (JAPANESE, "euc-jp"), (JAPANESE, "shift_jis"),
    (FRENCH, "cp1252"), (GERMAN, "cp1252"),
]  # fmt: skip


def told(data: bytes) -> str | None:
    window = Window(BytesIO(data))
    while window.data.isascii() and not window.at_end:
        window.grow(1 << 30)
    span = span_of(window)
    assert span is not None
    return tell(*span)


def records(sentences: list[str], copies: int = 1) -> list[dict[str, Any]]:
    return [
        {"data_id": str(n), "question": f"{n}? {one}", "answer": other}
        for n, (one, other) in enumerate(zip(sentences * copies, sentences[1:] * copies, strict=False))
    ]


@pytest.mark.parametrize("sentence", KOREAN)
def test_each_korean_sentence_is_korean(sentence: str) -> None:
    text = json.dumps({"question": sentence}, ensure_ascii=False)
    assert told(text.encode("cp949")) == "cp949" and told(text.encode()) == "utf-8"


@pytest.mark.parametrize(("sentences", "codec"), FOREIGN)
def test_no_other_language_is_korean(sentences: list[str], codec: str) -> None:
    """Neither the whole nor any part of it, however short."""
    data = " ".join(sentences)
    assert told(json_lines(records(sentences)).encode(codec)) is None
    for start, length in itertools.product(range(0, len(data), 3), (3, 12, 25, 60, 200)):
        piece = data[start : start + length]
        if not piece.isascii():
            assert told(piece.encode(codec)) != "cp949", piece


def test_few_letters_decide_nothing() -> None:
    letters = "".join(letter for letter in "".join(KOREAN) if "가" <= letter <= "힣")
    assert told(letters[: FEW - 1].encode("cp949")) is None
    assert told(letters[:FEW].encode("cp949")) == "cp949"
    mixed = letters[:8] + "뷁쒧쭓쀍"  # two thirds are too little of twelve, and enough of many
    assert told(mixed.encode("cp949")) is None
    assert told((mixed * 4).encode("cp949")) == "cp949" and len(mixed * 4) >= ENOUGH


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("size", [2, 3, 30])
def test_one_damaged_record_refuses_no_file(tmp_path: Path, size: int, indent: int | None) -> None:
    """Neither in Korean nor where all else is ASCII."""
    for damage in (b"\xff", b"\xe9", "한글".encode("cp949"), "é".encode("cp1252"), "한".encode()[:2]):
        for made in (record, lambda n: {"data_id": str(n), "question": "why?", "answer": "so"}):
            pieces = [json.dumps(made(n), ensure_ascii=False, indent=indent).encode() for n in range(size)]  # type: ignore[no-untyped-call]
            pieces[1] = pieces[1].replace(b'": "', b'": "' + damage + b" ", 1)
            for text in (b"[" + b",".join(pieces) + b"]", b'{"data_info": [' + b",".join(pieces) + b"]}"):
                (tmp_path / "a").write_bytes(text)
                result = read(tmp_path / "a", tmp_path)
                assert result.reasons == ["invalid_encoding"] and len(result.values) == size - 1, text


def test_a_character_that_the_span_cuts_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x" * 50 + "한글" * 10
    for size in range(1, 40):
        monkeypatch.setattr(encodings, "SPAN_BYTES", size)
        assert told(text.encode()) == "utf-8"


def test_what_it_could_be_is_said_and_masked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(json_lines(records(CHINESE)).encode("gb18030"))
    (unknown,) = read(tmp_path / "a", tmp_path).unknown
    assert "neither UTF-8 nor Korean in CP949: declare its encoding under sources" in unknown.seen
    assert 'gb18030 "请用三句话总结今天会议的"' in unknown.seen and "cp949" not in unknown.seen
    # The second byte of a letter may be a bracket or a backslash, and one damaged byte hides nothing.
    japanese = "メートルの表が予想とソースで違う。".encode("cp932") * 20
    for text in (japanese, japanese[:-1] + b"\xfd"):
        assert 'shift_jis "メートルの表が予想とソー"' in what_it_could_be(text)
        assert not any(other in what_it_could_be(text) for other in ('euc-jp "', 'big5 "'))
    assert "2024" not in what_it_could_be("é 2024-01-01".encode("cp1252"))
    (tmp_path / "a").write_bytes(",".join(FRENCH).encode("cp1252"))
    assert "text, 3" in read(tmp_path / "a", tmp_path).unknown[0].seen


DECLARED = [
    ([*CHINESE, "亄亅〇㐂𠮷", "€"], "gb18030", "gb18030"),
    (TAIWANESE, "big5", "cp950"),
    ([*JAPANESE, "ソ表ｱｲｳ能予"], "shift_jis", "cp932"),
    (JAPANESE, "euc-jp", "euc-jp"),
    (FRENCH, "cp1252", "cp1252"),
    (["네.", "예?", "응!"], "cp949", "cp949"),
]
FORMS = {
    "compact": lambda r: document(r), "pretty": lambda r: document(r, indent=2), "lines": json_lines,
    "array": lambda r: json.dumps(r, ensure_ascii=False),
    "sequence": lambda r: "\n".join(json.dumps(one, indent=1, ensure_ascii=False) for one in r),
}  # fmt: skip


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("sentences", "encoding", "codec"), DECLARED)
def test_every_form_in_every_declared_encoding(
    tmp_path: Path, sentences: list[str], encoding: str, codec: str, form: str, limits: Limits
) -> None:
    made = records(sentences, 6)
    data = FORMS[form](made).encode(codec)
    for name, stored in (("plain", data), ("packed", gzip.compress(data))):
        path = tmp_path / name
        path.write_bytes(stored)
        result = read(path, tmp_path, limits, encoding)
        assert not result.unknown and not result.unreadable
        assert result.documents[0].encoding == codec and list(result.values.values()) == made
        assert [json.loads(result.raw[n].decode(codec)) for n in result.raw] == made
        assert all(data[at : at + size] == result.raw[n] for n, (at, size) in result.spans.items())
        source = SourceFile(path, name, path.stat().st_size)
        offsets, lengths = (np.array(column) for column in zip(*result.spans.values(), strict=True))
        assert list(read_again(source, name, Places("json_lines", "", offsets, offsets, lengths))) == list(
            result.raw.values()
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["packed", "plain"]


@pytest.mark.parametrize(("sentences", "encoding", "codec"), DECLARED)
def test_what_cannot_be_decoded_costs_its_record(
    tmp_path: Path, sentences: list[str], encoding: str, codec: str
) -> None:
    bad = {"cp1252": b"\x81", "cp932": b"\x85\x3a"}.get(codec, b"\xff")
    lines = [json.dumps(one, ensure_ascii=False).encode(codec) for one in records(sentences, 6)]
    lines[2] = lines[2].replace(b'"question": "', b'"question": "' + bad)
    (tmp_path / "a").write_bytes(b"\n".join(lines))
    result = read(tmp_path / "a", tmp_path, SMALL, encoding)
    assert result.reasons == ["invalid_encoding"] and len(result.values) == len(lines) - 1
    row = result.unreadable[0]
    assert row["payload_bytes"] == lines[2] and row["source_offset"] == len(b"\n".join(lines[:2])) + 1
    assert f"is not {codec.upper()}" in row["details"][0]


def test_a_record_beyond_the_limit_keeps_the_beginning_of_its_own_bytes(tmp_path: Path) -> None:
    long = {"data_id": "long", "question": "表" * 600_000, "answer": "能"}
    text = json_lines([*records(JAPANESE), long, *records(JAPANESE)]).encode("cp932")
    (tmp_path / "a").write_bytes(text)
    result = read(tmp_path / "a", tmp_path, SMALL, "shift_jis")
    assert result.reasons == ["record_too_large"] and len(result.values) == 2 * len(records(JAPANESE))
    row = result.unreadable[0]
    begin = text.index(b'{"data_id": "long"')
    assert row["source_offset"] == begin and row["source_length"] == text.index(b"\n", begin) - begin
    assert text[begin:].startswith(row["payload_bytes"]) and len(row["payload_bytes"]) > 10_000


@given(
    codec=st.sampled_from(sorted(LENGTHS)),
    parts=st.lists(st.one_of(st.binary(max_size=9), st.text(max_size=9)), max_size=12),
    steps=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), max_size=8),
    block=st.integers(1, 9),
)
@example("utf-16-le", [b"\x00\xd8"], [], 4)
@example("utf-16-le", [b"\x00\xd8\x00"], [], 2)
@example("cp932", [b"\x81"], [], 1)
@example("gb18030", [b"\x81\x30\x81"], [], 3)
@settings(max_examples=300)
def test_a_transcoded_window_hands_on_every_byte_of_its_source(
    codec: str, parts: list[bytes | str], steps: list[tuple[int, int]], block: int
) -> None:
    """Whatever is in it: the bytes of each part of the text are those that it came from, at their own positions."""
    data = b"".join(part if isinstance(part, bytes) else part.encode(codec, "ignore") for part in parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sftrm_quality.reading.transcoded._BLOCK", block)
        window, seen = TranscodedWindow(BytesIO(data), codec), b""
        for size, dropped in [*steps, (1 << 20, 1 << 20)]:
            window.fill(size)
            assert len(window.data) >= size or window.at_end
            stop = min(dropped, len(window.data))
            while stop < len(window.data) and 0x80 <= window.data[stop] < 0xC0:
                stop += 1
            assert window.source_offset(0) == len(seen)
            piece = bytes(window.original(0, stop))
            assert window.source_offset(stop) == len(seen) + len(piece)
            errors = "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"
            assert window.data[:stop] == piece.decode(codec, errors).encode("utf-8", "surrogatepass")
            window.drop(stop)
            seen += piece
    odd = codec.startswith("utf-16") and len(data) % 2
    assert seen == data[: len(data) - odd] and bool(window.damage) == bool(odd)


# Long ones: with small shards each of them is a shard.
LATE = 100


def late(folder: Path, name: str, tail: bytes) -> Path:
    """A text whose first five megabytes are ASCII: more than what is looked at to tell an encoding."""
    head = json_lines([{"data_id": f"a{n}", "question": "x" * 50_000, "answer": "y"} for n in range(LATE)]).encode()
    assert len(head) > encodings.SPAN_BYTES
    (folder / name).write_bytes(head + tail)
    return folder / name


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
def test_letters_that_come_late_are_told_and_never_guessed(tmp_path: Path, limits: Limits) -> None:
    korean = json_lines(records(KOREAN)).encode("cp949")
    path = late(tmp_path, "korean", korean)
    for stored in (path.read_bytes(), gzip.compress(path.read_bytes())):
        path.write_bytes(stored)
        result = read(path, tmp_path, limits)
        assert not result.unreadable and list(result.values.values())[LATE:] == records(KOREAN)
    result = read(late(tmp_path, "french", json_lines(records(FRENCH)).encode("cp1252")), tmp_path, limits)
    assert set(result.reasons) == {"invalid_encoding"} and len(result.values) == LATE
    first, *others = json_lines(records(KOREAN)).encode().splitlines(keepends=True)
    result = read(late(tmp_path, "damaged", first.replace(b"? ", b"? \xff") + b"".join(others)), tmp_path, limits)
    assert result.reasons == ["invalid_encoding"] and len(result.values) == LATE + len(others)


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.sampled_from(sorted(FORMS)), st.booleans())
@settings(max_examples=60)
def test_marks_between_records_cost_nothing(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], form: str, utf16: bool
) -> None:
    """As files with marks are put together: in front of each record, some of them before the first."""
    folder, made = tmp_path_factory.mktemp("marks"), records(KOREAN[:7])
    text = FORMS[form](made)
    if form in ("compact", "pretty"):
        counts = [0, *counts[1:]]  # nothing but white space is in front of a document's first record
    for number, count in enumerate(counts):
        begin = text.rindex("{", 0, text.index(f'"data_id": "{number}"'))
        text = text[:begin] + "\ufeff" * count + text[begin:]
    (folder / "a").write_bytes(codecs.BOM_UTF16_LE + text.encode("utf-16-le") if utf16 else text.encode())
    for limits in (Limits(), SMALL):
        result = read(folder / "a", folder, limits)
        assert not result.unreadable and not result.unknown and list(result.values.values()) == made


def test_a_mark_decides_against_a_declaration() -> None:
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        found = detect(mark + b"{}", "gb18030")
        assert not isinstance(found, str) and (found.name, found.mark) == (name, len(mark))


def test_a_mark_that_the_window_cuts_is_still_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "HEAD_BYTES", 64)
    limits = Limits(shard_records=100, shard_bytes=1024)
    for pad in range(960, 1000):
        made = [{"data_id": "0", "answer": "x" * pad}, *records(KOREAN)]
        text = json.dumps(made, ensure_ascii=False).replace("}, {", "},\ufeff {")
        (tmp_path / "a").write_text(text, "utf-8")
        result = read(tmp_path / "a", tmp_path, limits)
        assert not result.unreadable and result.ids == [one["data_id"] for one in made], pad
