"""Delimited text: what is a table, what its rows are, and what damage costs."""

import csv
import gzip
import io
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import formats_of
from sftrm_quality.formats.reference import ReferenceRm, ReferenceSft
from sftrm_quality.intake.mapping import read_and_map
from sftrm_quality.reading import (
    Places,
    SourceFile,
    UnknownFile,
    discover,
    open_document,
    open_streams,
    payload_encoding,
    read_again,
)
from sftrm_quality.reading.delimited.dialect import Dialect
from sftrm_quality.reading.delimited.rows import RowReader
from sftrm_quality.reading.encodings import tell
from sftrm_quality.reading.spans import Spans
from sftrm_quality.reading.window import Window
from tests.reading_case import SCHEMA, Read, read, read_records
from tests.sentences import CHINESE, JAPANESE, KOREAN, TAIWANESE

NAMES = SCHEMA.names
SMALL = Limits(shard_records=3, shard_bytes=1024)
TEXT = st.text(
    st.one_of(st.sampled_from(",;|\t\"\n\r\\ '#[]{}가a1"), st.characters(exclude_categories=["Cs"])), max_size=12
)
ROWS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=12)

KNOWN = formats_of(())


def written(rows: Sequence[Sequence[str]], names: Sequence[str] = NAMES, **dialect: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows([names, *rows])
    return out.getvalue()


def numbered(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[str(n), *row] for n, row in enumerate(rows)]


def as_records(rows: Sequence[Sequence[str]], names: Sequence[str] = NAMES) -> list[dict[str, str | None]]:
    """What the columns of such rows are: an empty cell is absent."""
    return [dict(zip(names, (cell or None for cell in row), strict=True)) for row in rows]


def reading(
    folder: Path, data: str | bytes, limits: Limits | None = None, columns: Sequence[str] = (), encoding: str = "auto",
    schema: pa.Schema = SCHEMA,
) -> Read:  # fmt: skip
    path = folder / "raw"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    result = Read()
    for stream in open_streams(discover([path])[0]):
        assert not isinstance(stream, UnknownFile)
        opened = open_document(stream, limits or Limits(), folder, encoding, columns)
        if isinstance(opened, UnknownFile):
            result.unknown.append(opened)
        else:
            result.documents.append(opened)
            read_records(opened, limits or Limits(), schema, result)
    return result


def values(found: Read) -> list[Any]:
    return list(found.values.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delimited")


QUOTINGS = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]


@given(ROWS, st.sampled_from(",\t;|"), st.sampled_from(QUOTINGS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_clean_tables_are_what_pythons_csv_reads(
    folder: Path, rows: list[tuple[str, str]], delimiter: str, quoting: Any, line_end: str
) -> None:
    if line_end == "\r" or any("\r" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # else Python writes a line end of another kind without quotes
    text = written(numbered(rows), delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    truth = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    for limits in (Limits(), SMALL):
        found = reading(folder, text, limits)
        assert not found.unreadable and values(found) == as_records(truth)
        assert all(text.encode()[at:][:size] for at, size in found.spans.values())
    assert found.documents[0].container == ("tsv" if delimiter == "\t" else "csv")
    assert [json.loads(raw) for raw in found.raw.values()] == [
        {name: cell for name, cell in record.items() if cell} for record in as_records(truth)
    ]


@given(ROWS)
def test_backslashes_escape_where_they_certainly_do(folder: Path, rows: list[tuple[str, str]]) -> None:
    # Python writes quotes outside of quoted cells with a backslash, too, and its reader takes one away before anything.
    rows = [('he said "so", and', "\\ n"), *rows]
    text = written(numbered(rows), quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\")
    found = reading(folder, text)
    assert not found.unreadable and values(found) == as_records(numbered(rows))


def test_a_backslash_that_escapes_nothing_stays(folder: Path) -> None:
    found = reading(folder, 'question,answer\na,"\\"b\\" \\alpha \\n \\\\"\n')
    assert values(found)[0]["answer"] == '"b" \\alpha \\n \\'
    found = reading(folder, 'question,answer\na,"C:\\"\nb,"\\d"\nc\nd,"e"\n')  # the damage is another one
    assert values(found)[0]["answer"] == "C:\\" and found.reasons == ["cells_too_few"] and len(found.values) == 3


def test_quotes_that_are_mere_text(folder: Path) -> None:
    found = reading(folder, 'data_id\tanswer\n1\t"Well" she said\n2\tshe said "well"\n3\t"so" and "so"\n')
    assert [value["answer"] for value in values(found)] == ['"Well" she said', 'she said "well"', '"so" and "so"']


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize("index", [True, False])
def test_what_pandas_writes(folder: Path, separator: str, index: bool) -> None:
    made = pd.DataFrame(
        {"data_id": ["007", "1.0", "NA"], "question": ['a "b", c', "d\ne", ""], "answer": ["null", " f ", "한글\t"]}
    )
    found = reading(folder, made.to_csv(sep=separator, index=index))
    assert values(found) == as_records(made.to_numpy().tolist()) and not found.unreadable
    again = pd.read_csv(io.StringIO(made.to_csv(index=False)), dtype=str, keep_default_na=False)
    assert [tuple(v or "" for v in value.values()) for value in values(found)] == list(
        again.itertuples(index=False, name=None)
    )
    assert len(found.unread) == (3 if index else 0)  # the numbers of rows, in a column without a name


def test_where_a_row_is(folder: Path) -> None:
    text = 'data_id,question,answer\r\n\r\n1,a,b\r\n  \r\n2,"c\r\nd",e\r\n3,f,g'
    found = reading(folder, text)
    assert found.lines == {0: 3, 1: 5, 2: 7}
    assert [text[at : at + size] for at, size in found.spans.values()] == ["1,a,b", '2,"c\r\nd",e', "3,f,g"]


SENTENCES = [
    (KOREAN, "auto", "cp949", "cp949"), (KOREAN, "auto", "utf-16", "utf-16-le"),
    (CHINESE, "gb18030", "gb18030", "gb18030"),
    (TAIWANESE, "big5", "cp950", "cp950"), (JAPANESE, "shift_jis", "cp932", "cp932"),
    ([*JAPANESE, "ソ表｜能予"], "euc-jp", "euc-jp", "euc-jp"),
]  # fmt: skip


@pytest.mark.parametrize(("sentences", "declared", "codec", "seen"), SENTENCES)
@pytest.mark.parametrize("delimiter", [",", "|"])
def test_every_encoding(
    folder: Path, sentences: list[str], declared: str, codec: str, seen: str, delimiter: str
) -> None:
    rows = numbered([(one, f'"{one}"\n|,{one}') for one in sentences])
    data = written(rows, delimiter=delimiter).encode(codec)
    for stored in (data, gzip.compress(data)):
        for limits in (Limits(), SMALL):
            found = reading(folder, stored, limits, encoding=declared)
            assert values(found) == as_records(rows) and not found.unreadable
            assert found.documents[0].encoding == seen
        source = SourceFile(folder / "raw", "raw", len(stored))
        offsets, lengths = (np.array(column) for column in zip(*found.spans.values(), strict=True))
        places = Places(found.documents[0].container, found.documents[0].layout, offsets, offsets, lengths, seen)
        assert list(read_again(source, "raw", places)) == list(found.raw.values())
        assert payload_encoding(found.documents[0].container, seen) == "utf-8"


def test_no_sign_of_ours_is_half_a_letter_of_korean() -> None:
    second = {pair[1] for high in range(0x81, 0xFF) for low in range(256) if _is_letter(pair := bytes([high, low]))}
    assert second.isdisjoint(b'",\t;|\\\r\n')


def _is_letter(pair: bytes) -> bool:
    try:
        return len(pair.decode("cp949")) == 1
    except UnicodeDecodeError:
        return False


def test_bytes_that_are_no_text_cost_their_row(folder: Path) -> None:
    data = (
        written(numbered([("a", "b")] * 20))
        .encode()
        .replace(b"\n3,a", b"\n3,\xff")
        .replace(b"\n1,a", "\n1,한".encode("cp949"))
    )
    found = reading(folder, data)
    assert found.reasons == ["invalid_encoding"] * 2 and len(found.values) == 18
    assert found.unreadable[1]["details"] == ["byte 0xff at 2 of the record is not UTF-8"]


def test_an_encoding_is_told_by_rows_where_there_are_no_objects() -> None:
    rows = b"1,why?,so\n" * 30
    assert tell(b"\xff" + rows, 0, lines=True) == "utf-8" and tell(b"\xe9,\n" * 20 + rows, 2, lines=True) is None
    assert tell(b'\xff"}' + b'{"a": "b"}' * 30, 0, lines=True) == "utf-8"


TABLES = {
    "comma": "question,answer\na,b\n",
    "semicolon": "question;answer\na;b, c\n",
    "pipe": "question|answer\na|b\n",
    "tab, spaces": "a question\tits answer\na\tb\n",
    "korean": "질문,답\n가,나\n",
    "spaces in names": "the question,the answer\na,b\n",
    "spaces behind commas": "the question, the answer\n" + "a, b\n" * 5,
    "one column in quotes": '"text"\n"a, b"\n"c"\n',
    "one column, header without": 'text\n"a"\n"b ""c"""\n',
    "numbers of rows": ",question,answer\n0,a,b\n",
    "numbers of rows in tabs": "\tquestion\tanswer\n0\ta\tb\n1\tc\td\n",
    "half of it damaged": "question,answer\na,b\nc\nd,e,f\ng,h\ni,j\n",
}


@pytest.mark.parametrize("what", TABLES)
def test_what_certainly_is_a_table(folder: Path, what: str) -> None:
    assert reading(folder, TABLES[what]).documents


NO_TABLES = {
    "words": "그냥 글이다.\n안녕, 나는\n",
    "sentences": "Hello, world\nHow are you, friend\nfine\n",
    "two lines": "Dear Bob, hello\nyou know, I\n",
    "dialogue": "User: hi, you\nBot: hi, you\nUser: so, what\n",
    "log": "2024-01-01 10:00:00,123 INFO a\n2024-01-01 10:00:00,124 INFO b\n",
    "log with bars": "2024-01-01 | INFO | a\n2024-01-02 | INFO | b\n",
    "no header": "1,a\n2,b\n3,c\n",
    "a header only": "question,answer\n",
    "names only": "question,answer",
    "one column": "text\na\nb\n",
    "one column, a quoted word": 'text\na\n"b"\n',
    "one column, names of more": 'question,answer\n"a","b"c\n"a, b"\n',
    "ragged": "question,answer\na\nb\nc,d\ne\n",
    "markdown": "| question | answer |\n|---|---|\n| a | b |\n",
    "markdown without sides": "question | answer\n--- | ---\n" + "a | b\n" * 9,
    "terminal": " question | answer \n----------+--------\n a | b\n",
    "html": "<p>a, b</p>\n<p>c, d</p>\n",
    "ends of sentences": "Well.,So.\na,b\nc,d\n",
    "program": "import a, b\nx = f(a, b)\ny = g(a, b)\n",
    "yaml": "- question: a, b\n  answer: c, d\n",
    "quotes": '"Hello," he said.\n"So," she said.\n',
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_not_certainly_a_table(folder: Path, what: str) -> None:
    assert reading(folder, NO_TABLES[what]).unknown


def test_a_line_of_nothing_but_delimiters_is_no_header_of_a_million_names(folder: Path) -> None:
    begun = time.process_time()
    assert reading(folder, "a,b;c\td|" * (1 << 19) + "\n" + "," * 10).unknown
    assert time.process_time() - begun < 5  # an array for each name would take a minute


def test_names_that_are_not_unique_are_said(folder: Path) -> None:
    (unknown,) = reading(folder, "answer,010-1234-5678a,answer\na,b,c\n").unknown
    assert "CSV-like" in unknown.seen
    (unknown,) = reading(folder, "question,answer,answer\na,b,c\n").unknown
    assert unknown.seen == "table with more than one column 'answer'; give each a name of its own"


YAML = ["- question: a\n  answer: b\n", "data_info:\n  - question: a\n", "---\n- a\n", "# c\nversion: 2\nitems:\n- a\n"]
NO_YAML = [
    "- Note: a\n- That: b\n",
    "User: a\nBot: b\nUser: c\n",
    "User:\n  a\nBot:\n  b\nUser:\n  c\n",
    "Subject: a\nTo: b\n\ntext\n",
    "---\ntext\n---\n",
    "a\n",
]


@pytest.mark.parametrize("text", [*YAML, *NO_YAML])
def test_yaml_is_refused_by_name(folder: Path, text: str) -> None:
    (unknown,) = reading(folder, text).unknown
    assert ("YAML; convert it to JSON lines" in unknown.seen) == (text in YAML)


def test_declared_names(folder: Path) -> None:
    rows = numbered([("a, b", "c"), ("d", "e\nf")])
    without = written(rows).partition("\n")[2]
    assert reading(folder, without).unknown
    found = reading(folder, without, columns=NAMES)
    assert values(found) == as_records(rows) and found.lines == {0: 1, 1: 2}
    assert values(reading(folder, written(rows), columns=NAMES)) == as_records(rows)  # as the header
    found = reading(folder, "a, b\n\nc\n", columns=["answer"])
    assert [value["answer"] for value in values(found)] == ["a, b", "c"]
    (unknown,) = reading(folder, without, columns=["question", "answer"]).unknown
    assert unknown.seen == "text that is no table of 2 columns, as columns under sources declares them"
    assert values(reading(folder, '{"answer": "a"}\n', columns=NAMES))  # JSON is no table
    with pytest.raises(ValueError, match="names that differ"):
        SourceSettings(columns=["answer", "answer"])


DAMAGES = {
    "cell missing": ("1,a,b", "1,a", "cells_too_few"),
    "cell too many": ("1,a,b", "1,a,b,c", "cells_too_many"),
    "line break": ("1,a,b", "1,a,b c\n", None),
    "closing quote missing": ('1,"a, b",c', '1,"a, b,c', "unclosed_quote"),
    "closing quote missing before a quote": ('1,"a","b"', '1,"a,"b"', "quote_misplaced"),
    "closing quote missing, more lines": ('1,"a\nb",c', '1,"a\nb,c', "unclosed_quote"),
    "opening quote missing": ('1,"a, b",c', '1,a, b",c', "quote_misplaced"),
    "opening quote missing, whole row": ('1,"a",c', '1,a",c', "quote_misplaced"),
    "opening quote missing, more lines": ('1,"a\nb\nd",c', '1,a\nb\nd",c', "quote_misplaced"),
    "opening quote missing, last cell": ('1,c,"a\nb, d\ne"', '1,c,a\nb, d\ne"', "quote_misplaced"),
    "quote in quotes": ('1,"a b",c', '1,"a "b", d",c', "quote_misplaced"),
    "quote too many": ('1,"a b",c', '1,"a b"",c', "unclosed_quote"),
    "the header": ("1,a,b", "data_id,question,answer", "header_repeated"),
}


@pytest.mark.parametrize("what", DAMAGES)
@pytest.mark.parametrize("style", ["minimal", "all", "many lines"])
def test_damage_costs_the_damaged_row(folder: Path, what: str, style: str) -> None:
    _, damaged, reason = DAMAGES[what]
    text = {"minimal": "why, oh why?", "all": "why", "many lines": 'why,\n\noh "why"?'}[style]
    quoting = csv.QUOTE_ALL if style == "all" else csv.QUOTE_MINIMAL
    rows = [[str(n), f"{text} {n}", f"so {n}"] for n in range(10, 90)]
    for at in (0, 1, 40, 79):
        head, *records = [written([row], quoting=quoting).partition("\n")[2] for row in [NAMES, *rows]]
        records[at] = damaged if damaged.endswith("\n") else f"{damaged}\n"
        kept = [row for n, row in enumerate(rows) if n != at]
        for limits in (Limits(), SMALL):
            found = reading(folder, head + "".join(records), limits)
            if at == len(rows) - 1 and reason == "unclosed_quote":
                assert found.reasons == ["truncated_record"]  # nothing tells the two apart
            else:
                assert found.reasons == ([reason] if reason else [])
            assert [value for value in values(found) if value["data_id"] != "1"] == as_records(kept)
            if reason:
                assert found.unreadable[0]["payload"] == damaged


LINES_LIKE_ROWS = {
    # The quote that tells closes the cell that the lines are in.
    "before a closing quote": ('"a "b" c\nline two, x\nline three",y\n', "quote_misplaced"),
    "at the end": ('"a\nline two, x\nline three, y', "truncated_record"),
}


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
@pytest.mark.parametrize("what", LINES_LIKE_ROWS)
def test_a_line_of_a_damaged_cell_is_no_row(folder: Path, what: str, limits: Limits) -> None:
    damaged, reason = LINES_LIKE_ROWS[what]
    after = "" if reason == "truncated_record" else 'how,"so, so"\n' * 5
    found = reading(folder, "question,answer\n" + 'why,"so, so"\n' * 5 + damaged + after, limits)
    assert found.reasons == [reason] and len(found.values) == (10 if after else 5)
    assert found.unreadable[0]["payload"] == damaged.rstrip("\n")


def test_a_row_that_begins_like_the_others_goes_before_a_line_that_does_not(folder: Path) -> None:
    rows = "".join(f"{n},why,so\n" for n in range(20, 30))
    found = reading(folder, f'data_id,question,answer\n{rows}1,"a\nline two, x, y\n{rows}')
    assert found.reasons == ["unclosed_quote"] and len(found.values) == 20
    assert found.unreadable[0]["payload"] == '1,"a\nline two, x, y'


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
def test_damage_beside_damage_costs_no_row_between(folder: Path, limits: Limits) -> None:
    rows = "".join(f"{n},why,so\n" for n in range(100, 600))
    found = reading(folder, f'data_id,question,answer\n0,"a",b\n{rows}1,"a"b,c\n{rows}2,a",b\n{rows}', limits)
    assert found.reasons == ["quote_misplaced"] * 2 and len(found.values) == 1501


@pytest.mark.parametrize("limits", [Limits(), SMALL], ids=["whole", "small shards"])
@pytest.mark.parametrize("last", ["end", ""])
def test_a_quote_that_tells_may_be_far(folder: Path, limits: Limits, last: str) -> None:
    """Where one is, is looked for beyond what happens to be at hand."""
    lines = "".join(f"{'line ' * 40}, x, y\n" if n % 15 else "line\n" for n in range(100))
    damaged = f'1,"a "b" c\n{lines}{last}",y\n'
    rows = 'z,"a",b\n' * 5
    found = reading(folder, f"data_id,question,answer\n{rows}{damaged}{rows}", limits)
    assert found.reasons == ["quote_misplaced"] and len(found.values) == 10


def cut_rows(data: bytes, shard_bytes: int) -> list[tuple[int, int, str | None, int]]:
    """Offset, length, reason and line of every row."""
    window, found = Window(io.BytesIO(data)), []
    limits, dialect = Limits(shard_bytes=shard_bytes), Dialect(("a", "b", "c"), ",", "doubled", "\n", strict=True)
    for spans in RowReader(window, dialect, limits, 1).spans():
        assert isinstance(spans, Spans)
        for row, (start, end) in enumerate(zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)):
            found.append((window.offset + start, end - start, spans.broken.get(row), int(spans.lines[row])))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_windows_change_nothing(seed: int) -> None:
    chance = random.Random(seed)
    texts = ["why", "so, so", 'the "q"', "x\ny, z", "a " * 300]
    data = written([[str(n), *chance.choices(texts, k=2)] for n in range(600)]).encode()
    for _ in range(30):
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice([b'"', b"\n", b",", b'"\n', b""]) + data[at + chance.randrange(3) :]
    whole = cut_rows(data, 8 << 20)
    assert cut_rows(data, 1024) == whole == cut_rows(data, 5000)
    # Damage, and then nothing that tells for longer than a window.
    data = b'1,"a"b,c\n' + b"2,b,c\n" * 900 + b'3,c",d\n' + b"4,b,c\n"
    assert cut_rows(data, 1024) == cut_rows(data, 8 << 20)
    assert sum(reason is None for *_, reason, _ in cut_rows(data, 1024)) == 901


@given(ROWS, st.data())
def test_planted_damage_is_found_and_nothing_else(
    folder: Path, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    """A quote that is lost, anywhere among rows in quotes: the rows around it are as they were."""
    pieces = [written([row], quoting=csv.QUOTE_ALL).partition("\n")[2] for row in numbered(rows * 3)]
    head = written([], quoting=csv.QUOTE_ALL)
    at = data.draw(st.integers(0, len(pieces) - 1))
    quotes = [n for n, sign in enumerate(pieces[at]) if sign == '"' and _by_itself(pieces[at], n)]
    lost = data.draw(st.sampled_from(quotes))
    damaged = pieces[at][:lost] + pieces[at][lost + 1 :]
    found = reading(folder, head + "".join([*pieces[:at], damaged, *pieces[at + 1 :]]))
    others = [record for n, record in enumerate(as_records(numbered(rows * 3))) if n != at]
    assert [value for value in values(found) if value in others] == others
    assert found.reasons and len(values(found)) + len(found.reasons) <= len(pieces) + damaged.count("\n")


def _by_itself(piece: str, at: int) -> bool:
    """Whether a quote opens or closes a cell by itself, so that without it the row is another one."""
    return '"' not in (piece[at - 1 : at], piece[at + 1 : at + 2]) and piece[at - 1 : at] != ""


@given(ROWS, st.integers(1, 40))
def test_a_text_that_ends_early(folder: Path, rows: list[tuple[str, str]], cut: int) -> None:
    whole = written(numbered(rows)).encode()
    header, truth = written([]).encode(), as_records(numbered(rows))
    data = whole[: max(len(header), len(whole) - cut)]
    found = reading(folder, data)
    if found.unknown:  # no row is whole
        return
    kept = values(found)
    # A cut in the last cell, or behind it, cannot be seen.
    assert kept[:-1] == truth[: max(0, len(kept) - 1)]
    assert set(found.reasons) <= {"truncated_record", "invalid_encoding"}
    if found.reasons == ["truncated_record"]:
        assert found.ends_early
    if data.count(b'"') % 2:
        assert found.reasons


def test_a_stream_that_breaks_off(folder: Path) -> None:
    rows = numbered([(str(n**9), "b") for n in range(3000)])
    whole = gzip.compress(written(rows).encode())
    found = reading(folder, whole[: len(whole) // 2])
    assert found.reasons == ["stream_broken"] and found.ends_early and len(found.values) > 100
    for text in (written(rows), written(rows)[:-1]):  # without a last line end, too
        found = reading(folder, gzip.compress(text.encode())[:-8] + bytes(8))
        assert found.reasons == ["stream_broken"] and not found.ends_early and len(found.values) == 3000


def test_rows_beyond_the_limit(folder: Path) -> None:
    limits = Limits(shard_records=3, shard_bytes=1024, record_bytes=1 << 16)
    # Longer than what was looked at to recognise the text.
    rows = numbered([("a", "b"), ("x,\n" * 2_000_000, "b"), ("c", "d"), ("y" * (5 << 20), "b"), ("e", "f")])
    text = written(rows)
    found = reading(folder, text, limits)
    assert found.reasons == ["record_too_large"] * 2
    assert values(found) == as_records([rows[0], rows[2], rows[4]])
    assert [found.lines[n] for n in (0, 1, 2, 3, 4)] == [2, 3, 2_000_004, 2_000_005, 2_000_006]
    first = found.unreadable[0]
    assert (
        text.encode()[first["source_offset"] :][: first["source_length"]]
        == written([rows[1]]).partition("\n")[2].encode()[:-1]
    )


def test_a_quote_without_end_costs_its_row_also_beyond_the_limit(folder: Path) -> None:
    limits = Limits(shard_records=500, shard_bytes=1 << 16, record_bytes=1 << 16)
    rows = numbered([("a" * 2000, "b")] * 6000)
    text = written(rows).replace("\n17,a", '\n17,"a').replace("\n5000,a", '\n5000,"a')
    found = reading(folder, text, limits)
    assert found.reasons == ["unclosed_quote"] * 2 and len(found.values) == 5998


def test_a_first_row_that_is_longer_than_what_is_looked_at(folder: Path) -> None:
    rows = numbered([("x\n" * (3 << 20), "b"), ("c", "d")])
    assert [v["data_id"] for v in values(reading(folder, written(rows)))] == ["0", "1"]


def test_files_that_were_put_together(folder: Path) -> None:
    one = b"\xef\xbb\xbf" + written(numbered([("a", "b")]), quoting=csv.QUOTE_ALL).encode()
    found = reading(folder, one * 2)
    assert found.reasons == ["header_repeated"] and [v["data_id"] for v in values(found)] == ["0", "0"]


MORE = pa.schema([*SCHEMA, ("question_count", pa.int64()), ("history", pa.list_(pa.string()))])
SHORT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=9)
TURN = st.fixed_dictionaries({"role": st.just("user"), "content": SHORT})
RESPONSE = st.fixed_dictionaries(
    {"text": SHORT, "rank": st.integers(0, 5)}, optional={"by": SHORT, "score": st.floats(0, 1)}
)
RECORD = st.fixed_dictionaries(
    {"data_id": st.integers(0, 99).map(str), "question": SHORT.filter(bool), "answer": SHORT},
    optional={
        "question_count": st.integers(0, 2**40), "note": SHORT.filter(bool),
        "history": st.lists(TURN), "responses": st.lists(RESPONSE),
    },
)  # fmt: skip


@given(st.lists(RECORD, min_size=2, max_size=8), st.booleans())
def test_the_same_records_as_lines_and_as_a_table_are_the_same(
    folder: Path, records: list[dict[str, Any]], ranked: bool
) -> None:
    fmt, other = (ReferenceRm(), "answer") if ranked else (ReferenceSft(), "responses")
    lines = [{name: one for name, one in record.items() if one != "" and name != other} for record in records]
    columns = ["data_id", "question", "answer", "question_count", "note", "history", "responses"]
    cells = [[_cell(line.get(name, "")) for name in columns] for line in lines]
    as_lines = mapped(folder, "".join(json.dumps(line) + "\n" for line in lines), fmt)
    assert mapped(folder, written(cells, columns), fmt) == as_lines


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def mapped(folder: Path, text: str, fmt: Any) -> Any:
    (folder / "raw").write_text(text, "utf-8", newline="")
    (stream,) = open_streams(discover([folder / "raw"])[0])
    assert not isinstance(stream, UnknownFile)
    document = open_document(stream, Limits(), folder)
    assert not isinstance(document, UnknownFile)
    found: dict[Any, Any] = {}
    for shard in document.shards:
        found_here = read_and_map(shard, KNOWN, fmt, SourceSettings(), "data_id", Limits())
        for kind, candidates in found_here.candidates.items():
            rows = zip(candidates.rows.tolist(), candidates.table.to_pylist(), strict=True)
            found |= {(kind, row): {**one, "metadata": json.loads(one["metadata"] or "{}")} for row, one in rows}
            found |= {(kind, row): misfit.reason for row, misfit in candidates.misfits.items()}
    return found


def test_a_cell_of_json_is_a_list_only_where_one_is_due(folder: Path) -> None:
    ranked = '[{"text": "a", "rank": 1}, {"text": "b", "rank": 2, "model": 1.50}]'
    cells = [ranked, "[{'text': 'a'}]", "null", '[], "x": []', '[{"text": "a", "text": "b"}]', '{"text": "a"}']
    rows = [[str(n), ranked, cell] for n, cell in enumerate(cells)]
    found = mapped(folder, written(rows, ["data_id", "prompt", "responses"]), ReferenceRm())
    first = found.pop(("rm", 0))
    assert first["prompt"] == ranked and [one["rank"] for one in first["responses"]] == [1, 2]
    assert first["metadata"] == {"responses": [{}, {"model": 1.5}]}
    assert set(found.values()) == {"field_type_wrong"} and len(found) == len(cells) - 1


def test_real_questions_and_answers(real_files: Path, tmp_path: Path) -> None:
    path = real_files / "songys_chatbot" / "ChatbotData.csv"
    with path.open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    schema = pa.schema([(name, pa.string()) for name in ("Q", "A", "label")])
    found = read(path, tmp_path, schema=schema)
    assert values(found) == truth and len(truth) == 11823 and not found.unreadable
