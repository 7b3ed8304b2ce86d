"""Tables as text with damage in a row, or written in ways that nobody declared, and texts that are no tables."""

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.bad_files import BadFile, good, ids, korean

RECORDS = 5
NAMES = ("data_id", "question", "answer")
HEADER = ",".join(NAMES) + "\n"


def row(record: dict[str, Any], quoting: Any = csv.QUOTE_MINIMAL, **dialect: Any) -> str:
    """One record as a row with its line end."""
    out = io.StringIO()
    csv.writer(out, quoting=quoting, **{"lineterminator": "\n", **dialect}).writerow([record[name] for name in NAMES])
    return out.getvalue()


def rows(name: str, count: int = RECORDS, **dialect: Any) -> list[str]:
    return [row(good(name, number), **dialect) for number in range(count)]


class Damage(NamedTuple):
    """What becomes of a row, and the reason; ``last`` where it is the last row of the text."""

    change: Callable[[str], str | bytes]
    reason: str
    last: str = ""


def without_quote(number: int) -> Callable[[str], str]:
    """The row without one of its quotes, counted from the end."""

    def change(text: str) -> str:
        at = [place for place, sign in enumerate(text) if sign == '"'][number]
        return text[:at] + text[at + 1 :]

    return change


def inside(piece: bytes) -> Callable[[str], bytes]:
    """Some bytes in the middle of the answer."""
    return lambda text: text.encode().replace(b" {}[]", piece + b" {}[]", 1)


# The answer, which is the last cell, is in quotes in every style.
DAMAGES = {
    "cell-missing": Damage(lambda r: r.partition(",")[2], "cells_too_few"),
    "cell-more": Damage(lambda r: r[:-1] + ',"more"\n', "cells_too_many"),
    "quote-opening-missing": Damage(without_quote(-2), "quote_misplaced"),
    "quote-closing-missing": Damage(without_quote(-1), "unclosed_quote", last="truncated_record"),
    "quote-closing-doubled": Damage(lambda r: r[:-1] + '"\n', "unclosed_quote", last="truncated_record"),
    "quote-inside": Damage(lambda r: r.replace(" {}[]", ' "{}" []', 1), "quote_misplaced"),
    "text-behind-the-quote": Damage(lambda r: r[:-1] + " and more\n", "quote_misplaced"),
    "header-again": Damage(lambda _: HEADER, "header_repeated"),
    "byte-ff": Damage(inside(b"\xff"), "invalid_encoding"),
    "half-a-character": Damage(inside("한".encode()[:2]), "invalid_encoding"),
    "surrogate": Damage(inside(b"\xed\xa0\xbd"), "invalid_encoding"),
}


def damaged() -> Iterator[BadFile]:
    """Every damage in the middle, in the first row and in the last, in tables with more and with fewer quotes."""
    for what, damage in DAMAGES.items():
        for quoting, at in ((csv.QUOTE_ALL, 2), (csv.QUOTE_MINIMAL, 2), (csv.QUOTE_MINIMAL, 0), (csv.QUOTE_ALL, 4)):
            name = f"{what}-{'all' if quoting == csv.QUOTE_ALL else 'few'}-{at}.csv"
            texts = rows(name, quoting=quoting)
            changed = damage.change(texts[at])
            before, after = "".join([HEADER, *texts[:at]]), "".join(texts[at + 1 :])
            data = before.encode() + (changed if isinstance(changed, bytes) else changed.encode()) + after.encode()
            reason = damage.last if damage.last and at == RECORDS - 1 else damage.reason
            yield BadFile(name, data, ids(name, *(n for n in range(RECORDS) if n != at)), (reason,))


def whole() -> Iterator[BadFile]:
    """Tables without damage, in forms that a reader may stumble over."""
    everything = range(RECORDS)
    styles: dict[str, dict[str, Any]] = {
        "tabs": {"delimiter": "\t"}, "semicolons": {"delimiter": ";"}, "pipes": {"delimiter": "|"},
        "windows": {"lineterminator": "\r\n"}, "old-macs": {"lineterminator": "\r", "quoting": csv.QUOTE_ALL},
        "backslashes": {"quoting": csv.QUOTE_ALL, "doublequote": False, "escapechar": "\\"},
    }  # fmt: skip
    for what, dialect in styles.items():
        name = f"{what}.csv"
        header = row(dict(zip(NAMES, NAMES, strict=True)), **dialect)
        yield BadFile(name, (header + "".join(rows(name, **dialect))).encode(), ids(name, *everything))
    for what, codec, mark in (
        ("table-utf8-mark", "utf-8", codecs.BOM_UTF8), ("table-utf16", "utf-16-le", codecs.BOM_UTF16_LE),
        ("table-utf16-be", "utf-16-be", codecs.BOM_UTF16_BE),
    ):  # fmt: skip
        name = f"{what}.csv"
        yield BadFile(name, mark + (HEADER + "".join(rows(name))).encode(codec), ids(name, *everything))
    name = "table-cp949.csv"
    text = HEADER + "".join(row(korean(name, n)) for n in range(3))
    yield BadFile(name, text.encode("cp949"), ids(name, 0, 1, 2))
    name = "blank-lines.csv"
    yield BadFile(name, (HEADER + "\n" + "\n \t\n".join(rows(name)) + "\r\n\n").encode(), ids(name, *everything))
    name = "no-last-line-end.csv"
    yield BadFile(name, (HEADER + "".join(rows(name)))[:-1].encode(), ids(name, *everything))
    name = "put-together.csv"
    one, two = HEADER + "".join(rows(name)[:3]), HEADER + "".join(rows(name)[3:])
    data = codecs.BOM_UTF8 + one.encode() + codecs.BOM_UTF8 + two.encode()
    yield BadFile(name, data, ids(name, *everything), ("header_repeated",))
    name = "numbers-of-rows.csv"
    numbered = [f"{n},{text}" for n, text in enumerate(rows(name))]
    yield BadFile(name, (f",{HEADER}" + "".join(numbered)).encode(), ids(name, *everything))


def cut_short() -> Iterator[BadFile]:
    """Tables that end in a row."""
    for what, at in (("in-quotes", -9), ("behind-a-delimiter", None), ("in-the-first-cell", 4)):
        name = f"cut-{what}.csv"
        *others, last = rows(name)
        cut = last[: last.index(",") + 1] if at is None else last[:at]
        yield BadFile(name, (HEADER + "".join(others) + cut).encode(), ids(name, 0, 1, 2, 3), ("truncated_record",))
    name = "cut-packed.csv"
    texts = rows(name)
    whole = gzip.compress((HEADER + "".join(texts)).encode())
    yield BadFile(name, whole[:-4], ids(name, 0, 1, 2, 3, 4), ("stream_broken",))


NO_TABLES = {
    "header-only": (HEADER.encode(), "CSV with our column names"),
    "without-header": (b"1,why?,so\n2,how?,so\n", "CSV-like text"),
    "columns-of-others": ("질문,답\n가,나\n다,라\n".encode(), "no known format: csv, 2 records"),
    "columns-of-others-in-tabs": (b"who\tsaid\na\tb\n", "no known format: tsv, 1 records"),
    "names-twice": (b"question,answer,answer\na,b,c\n", "table with more than one column 'answer'"),
    "one-column": (b"answer\na\nb\n", "plain text"),
    "rows-of-any-length": (b"question,answer\na\nb,c,d\ne\nf,g,h\n", "CSV with our column names"),
    "markdown-table": (b"| question | answer |\n|---|---|\n| a | b |\n", "plain text"),
    "list-of-words": (b"apples, pears\nplums, figs\n", "CSV-like text"),
    "log-with-commas": (b"2026-11-01 10:00:00,123 INFO a\n2026-11-01 10:00:01,456 INFO b\n", "CSV-like text"),
    "dialogue": (b"A: well, so\nB: so, well\nA: oh, yes\n", "CSV-like text"),
    "only-delimiters": (b",,,\n,,,\n", "CSV-like text"),
    "only-quotes": (b'"' * 999 + b"\n" + b'"' * 999, "plain text"),
    "yaml-list": (b"- question: a, b\n  answer: c\n- question: d\n  answer: e\n", "YAML; convert it to JSON lines"),
    "yaml-document": (b"---\ndata_info:\n  - question: a\n", "YAML; convert it to JSON lines"),
    "table-in-chinese": (
        "问题,答案\n今天天气怎么样,今天很好我们走吧\n".encode("gb18030"),
        "neither UTF-8 nor",
    ),
}

DELIMITED = [*damaged(), *whole(), *cut_short()]
NOT_TABLES = [BadFile(f"{what}.csv", data, refused=(seen,)) for what, (data, seen) in NO_TABLES.items()]
