"""Files whose whole text is wrong: encodings, what surrounds the records, what is no text of records at all."""

import codecs
from collections.abc import Iterator

from tests.bad_files import BadFile, dumped, good, ids, korean, wrapped
from tests.sentences import CHINESE, FRENCH, GERMAN, JAPANESE, TAIWANESE

RECORDS = 3
ALL = range(RECORDS)


def _texts(name: str) -> list[str]:
    return dumped([good(name, n) for n in ALL])


def encoded() -> Iterator[BadFile]:
    """Documents and lines in every encoding, with and without what tells it."""
    unmarked = "UTF-16 text without a byte order mark"
    cases: list[tuple[str, str, bytes, bool, str]] = [
        ("utf8-bom", "utf-8", codecs.BOM_UTF8, True, ""),
        ("cp949", "cp949", b"", True, ""),
        ("utf16-le-bom", "utf-16-le", codecs.BOM_UTF16_LE, True, ""),
        ("utf16-be-bom", "utf-16-be", codecs.BOM_UTF16_BE, True, ""),
        ("utf16-le", "utf-16-le", b"", False, unmarked),
        ("utf16-be", "utf-16-be", b"", False, unmarked),
        ("utf32-le-bom", "utf-32-le", codecs.BOM_UTF32_LE, False, "UTF-32 text"),
        ("utf32-be-bom", "utf-32-be", codecs.BOM_UTF32_BE, False, "UTF-32 text"),
        ("utf16-mark-on-utf8", "utf-8", codecs.BOM_UTF16_LE, False, ""),
        ("ebcdic", "cp1026", b"", False, ""),
    ]
    for what, codec, mark, readable, refused in cases:
        for form in ("document", "lines"):
            name = f"{what}-{form}.json"
            texts = dumped([korean(name, n) for n in ALL]) if codec == "cp949" else _texts(name)
            # What has no Hangul is encoded as question marks: nobody reads these.
            data = mark + wrapped(form, texts).encode(codec, "replace")
            yield BadFile(name, data, ids(name, *ALL) if readable else (), refused=() if readable else (refused,))
    name = "utf16-odd-byte.json"
    yield BadFile(name, wrapped("lines", _texts(name)).encode("utf-16") + b"x", ids(name, *ALL), ("stream_broken",))
    name = "marks-in-the-middle.json"  # what `cat a b` makes of two files with byte order marks
    first, *rest = _texts(name)
    data = codecs.BOM_UTF8 + f"{first}\n".encode() + codecs.BOM_UTF8 + "\n".join(rest).encode()
    yield BadFile(name, data, ids(name, *ALL))
    name = "marks-between.json"
    data = wrapped("array", _texts(name)).replace("}, {", "},\ufeff {").encode()
    yield BadFile(name, data, ids(name, *ALL))
    name = "marks-in-utf16.json"
    data = "".join("\ufeff" + one + "\n" for one in _texts(name)).encode("utf-16-le")
    yield BadFile(name, data, ids(name, *ALL))
    name = "mixed-cp949.json"
    data = b"\n".join(t.encode("cp949" if n == 1 else "utf-8") for n, t in enumerate(_texts(name)))
    yield BadFile(name, data, ids(name, 0, 2), ("invalid_encoding",))
    undeclared = "neither UTF-8 nor Korean in CP949: declare its encoding under sources"
    for what, sentences, codec in (
        ("chinese", CHINESE, "gb18030"),
        ("taiwanese", TAIWANESE, "big5"),
        ("japanese", JAPANESE, "euc-jp"),
        ("japanese", JAPANESE, "shift_jis"),
        ("french", FRENCH, "cp1252"),
        ("german", GERMAN, "cp1252"),
        ("three-words", ["네, 네.", "예?", "응!"], "cp949"),
    ):
        name = f"{what}-{codec}.json"
        records = [good(name, n, question=one + "?", answer=one) for n, one in enumerate(sentences)]
        yield BadFile(name, wrapped("lines", dumped(records)).encode(codec), refused=(undeclared,))


def around() -> Iterator[BadFile]:
    """Whole records with something wrong around them."""
    joined, deep = "R0, R1, R2", "[" * 10_000 + "]" * 10_000
    everything = ids("{name}", *ALL)
    trailing = ("trailing_data",)
    cases: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
        "two-documents": (f'{{"data_info": [{joined}]}}{{"data_info": [{joined}]}}', everything, trailing),
        "two-documents-on-lines": (f'{{"data_info": [{joined}]}}\n{{"data_info": [{joined}]}}\n', everything, trailing),
        "two-arrays": ("[R0, R1] [R2]", everything, ("invalid_json",)),
        "text-behind": (f'{{"data_info": [{joined}]}} done', everything, trailing),
        "nul-behind": (f'{{"data_info": [{joined}]}}' + "\0" * 512, everything, trailing),
        "brace-behind": (f'{{"data_info": [{joined}]}}}}', everything, trailing),
        "bracket-behind": (f"[{joined}]]", everything, trailing),
        "brace-missing": (f'{{"data_info": [{joined}]', everything, ("unclosed_document",)),
        "brackets-missing": (f'{{"data_info": [{joined}', everything, ("unclosed_document",)),
        "opening-brace-missing": (f'"data_info": [{joined}]}}', everything, ()),
        "opening-braces-doubled": (f'{{{{"data_info": [{joined}]}}', everything, ()),
        "opening-bracket-missing": (f"{joined}]", everything, ("invalid_json",)),
        "assigned": (f'var labels = {{"data_info": [{joined}]}};', everything, trailing),
        "list-twice": ('{"data_info": [R0], "data_info": [R1, R2]}', ids("{name}", 0), ("duplicate_key",)),
        "commas-missing": ('{"data_info": [R0 R1 R2]}', everything, ()),
        "commas-doubled": ('{"data_info": [,R0,, R1, ,R2,]}', everything, ()),
        "garbage-between": ('{"data_info": [R0, ??? , R1, R2]}', everything, ("invalid_json",)),
        "quote-between": ('{"data_info": [R0, " R1, R2]}', everything, ("invalid_json",)),
        "bracket-between": ('{"data_info": [R0, ], R1, R2]}', everything, ("invalid_json",)),
        "brace-between": ('{"data_info": [R0, }, R1, R2]}', everything, ("invalid_json",)),
        "header-broken": (f'{{"dataset_info": {{"name: "x"}}, "data_info": [{joined}]}}', everything, ()),
        "header-unclosed": (f'{{"dataset_info": {{"name": "x", "data_info": [{joined}]}}', everything, ()),
        "header-of-10000-levels": (f'{{"dataset_info": {deep}, "data_info": [{joined}]}}', everything, ()),
        "header-of-a-megabyte": (f'{{"dataset_info": "{"x" * (1 << 20)}", "data_info": [{joined}]}}', everything, ()),
        "header-a-list": (f'{{"dataset_info": [1], "data_info": [{joined}]}}', everything, ()),
        "lines-and-blanks": ("\n\n \t\nR0\n\r\n\nR1\n \nR2\n\n", everything, ()),
        "lines-of-old-macs": ("R0\rR1\rR2", everything, ()),
        "lines-with-commas": ("R0,\nR1,\nR2", everything, ()),
        "lines-in-a-list": ("[R0,\nR1,\nR2\n]", everything, ()),
        "lines-behind-a-title": ("# exported\nR0\nR1\nR2\n", everything, ("invalid_json",)),
        "lines-two-on-one": ("R0\nR1 R2\n", ids("{name}", 0), ("invalid_json",)),
        "line-of-brackets": ("R0\n" + "][" * 1000 + "\nR1\nR2\n", everything, ("invalid_json",)),
        "line-of-quotes": ("R0\n" + '"' * 1001 + "\nR1\nR2\n", everything, ("invalid_json",)),
        "sequence-with-garbage": ("R0 ?? R1 R2", everything, ("invalid_json",)),
    }  # fmt: skip
    for what, (text, kept, unreadable) in cases.items():
        name = f"{what}.json"
        for number, record in enumerate(_texts(name)):
            text = text.replace(f"R{number}", record)
        yield BadFile(name, text.encode(), tuple(one.format(name=name) for one in kept), unreadable)


WITHOUT_RECORDS = {
    "empty": (b"", "empty file"),
    "white-space": (b" \r\n\t" * 100, "only white space"),
    "only-a-mark": (codecs.BOM_UTF8, ""),
    "only-a-utf16-mark": (codecs.BOM_UTF16_LE, ""),
    "nul-bytes": (b"\0" * 4096, "binary data"),
    "one-nul": (b"\0", "binary data"),
    "null": (b"null", ""),
    "true": (b"true", ""),
    "number": (b"12345", ""),
    "text": (b'"text"', ""),
    "nan": (b"NaN", ""),
    "opening-brace": (b"{", "JSON"),
    "closing-brace": (b"}", ""),
    "closing-bracket": (b"]", ""),
    "quote": (b'"', ""),
    "backslash": (b"\\", ""),
    "empty-object": (b"{}", ""),
    "data-info-an-object": (b'{"data_info": {"data_id": "1"}}', "data_info is an object, expected a list"),
    "data-info-null": (b'{"dataset_info": {}, "data_info": null}', "data_info is null, expected a list"),
    "data-info-a-text": (b'{"data_info": "[]"}', "data_info is a string, expected a list"),
    "data-info-a-number": (b'{"data_info": 1}', "data_info is no list, expected a list"),
    "data-info-missing": (b'{"dataset_info": {}, "records": []}', "no data_info list"),
    "numbers": (b'{"data_info": [1, 2, 3]}', "no known format"),
    "nulls": (b'{"data_info": [null, null]}', "no known format"),
    "lists": (b"[[1], [2], []]", "no known format"),
    "list-in-the-list": (b'{"data_info": [[{"data_id": "1", "question": "a?", "answer": "b"}]]}', "no known format"),
    "arrays-on-lines": (b'[{"data_id": "1", "answer": "b"}]\n[{"data_id": "2", "answer": "b"}]\n', "no known format"),
    "other-objects": (b'[{"who": 1}, {"who": 2}]', "no known format"),
    "brackets-10000": (b"[" * 10_000, ""),
    "braces-10000": (b"{" * 10_000, ""),
    "objects-10000-unclosed": (b'{"a":' * 10_000, ""),
    "html": (b"<html><body>404</body></html>", "XML or HTML"),
    "lfs-pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 84977953\n",
        "Git LFS pointer: run git lfs pull, then run again",
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "PDF document"),
    "parquet": (b"PAR1" + b"\0" * 40 + b"PAR1", "Parquet file"),
    "xz": (b"\xfd7zXZ\x00\x00", "xz-compressed file"),
    "bzip2": (b"BZh91AY&SY", "bzip2-compressed file"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00", "7z archive"),
    "random-bytes": (bytes(range(255, 0, -1)) * 8, ""),
    "words-below-blank-lines": (b"\n" * 30 + b"words", "plain text"),
    "words": ("그냥 글이다.".encode(), "plain text"),
}
NO_RECORDS = {"empty-list": b"[]", "empty-data-info": b'{"dataset_info": {}, "data_info": []}'}

TEXTS = [
    *encoded(),
    *around(),
    *(BadFile(f"{what}.json", data, refused=(seen,)) for what, (data, seen) in WITHOUT_RECORDS.items()),
    *(BadFile(f"{what}.json", data) for what, data in NO_RECORDS.items()),
]
