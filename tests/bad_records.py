"""Files in which one record, or the text between two, is damaged: what is done to it, and what it costs."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.bad_files import BadFile, dumped, good, ids, wrapped

RECORDS = 5


class Damage(NamedTuple):
    """What becomes of a record's text, and the reason for which it fails; when it is read or, a misfit, later."""

    change: Callable[[str], bytes | str]
    reason: str
    misfit: bool = False


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def value(text: str) -> Callable[[str], str]:
    """Another value for the question, whatever it was."""
    return lambda record: record[: record.index('"question": ')] + f'"question": {text}, ' + _answer(record)


def _answer(record: str) -> str:
    return record[record.index('"answer": ') :]


def inside(piece: bytes) -> Callable[[str], bytes]:
    """Some bytes in the middle of the question."""
    return lambda record: record.encode().replace(b'"question": "', b'"question": "' + piece, 1)


DAMAGES = {
    "brace-opening-missing": Damage(lambda r: r[1:], "invalid_json"),
    "brace-closing-missing": Damage(lambda r: r[:-1], "invalid_json"),
    "brace-closing-doubled": Damage(lambda r: r[:-1] + "]}", "invalid_json"),
    "quote-opening-missing": Damage(swap('"question": "', '"question": '), "invalid_json"),
    "quote-closing-missing": Damage(swap('", "answer"', ', "answer"'), "invalid_json"),
    "quote-opening-doubled": Damage(swap('"question": "', '"question": ""'), "invalid_json"),
    "quote-closing-doubled": Damage(swap('", "answer"', '"", "answer"'), "invalid_json"),
    "key-quote-missing": Damage(swap('"question"', '"question'), "invalid_json"),
    "key-without-quotes": Damage(swap('"question"', "question"), "invalid_json"),
    "single-quotes": Damage(swap('"question"', "'question'"), "invalid_json"),
    "colon-missing": Damage(swap('"question": ', '"question" '), "invalid_json"),
    "comma-missing": Damage(swap(', "question"', ' "question"'), "invalid_json"),
    "comma-trailing": Damage(lambda r: r[:-1] + ",}", "invalid_json"),
    "comment": Damage(swap('"question"', '/* why */ "question"'), "invalid_json"),
    "python-words": Damage(value("None"), "invalid_json"),
    "undefined": Damage(value("undefined"), "invalid_json"),
    "no-value": Damage(value(""), "invalid_json"),
    "half-escape": Damage(inside(b"\\u12"), "invalid_json"),
    "unknown-escape": Damage(inside(b"\\x41"), "invalid_json"),
    "number-leading-zero": Damage(value("007"), "invalid_json"),
    "number-plus": Damage(value("+1"), "invalid_json"),
    "number-hexadecimal": Damage(value("0x1F"), "invalid_json"),
    "number-unfinished": Damage(value("1."), "invalid_json"),
    "nul-byte": Damage(inside(b"\0"), "invalid_json"),
    "raw-tab": Damage(inside(b"\t"), "invalid_json"),
    "escape-byte": Damage(inside(b"\x1b[31m"), "invalid_json"),
    "nan": Damage(value("NaN"), "not_a_number"),
    "infinity": Damage(value("Infinity"), "not_a_number"),
    "minus-infinity": Damage(value("-Infinity"), "not_a_number"),
    "number-too-large": Damage(value("1e999"), "number_out_of_range"),
    "integer-of-5000-digits": Damage(value("9" * 5000), "number_out_of_range"),
    "high-surrogate-unpaired": Damage(inside(b"\\ud83d"), "lone_surrogate"),
    "low-surrogate-unpaired": Damage(inside(b"\\ude00"), "lone_surrogate"),
    "surrogates-swapped": Damage(inside(b"\\ude00\\ud83d"), "lone_surrogate"),
    "surrogate-in-a-key": Damage(swap('"question"', '"\\udfff": 1, "question"'), "lone_surrogate"),
    "key-twice": Damage(swap('"question"', '"question": "a", "question"'), "duplicate_key"),
    "key-twice-escaped": Damage(swap('"question"', '"quest\\u0069on": "a", "question"'), "duplicate_key"),
    "key-twice-below": Damage(swap('"question"', '"meta": {"a": 1, "a": 1}, "question"'), "duplicate_key"),
    "lists-10000-deep": Damage(value("[" * 10_000 + "]" * 10_000), "too_deep"),
    "objects-10000-deep": Damage(value('{"a":' * 10_000 + "1" + "}" * 10_000), "too_deep"),
    "own-key-10000-deep": Damage(value('{"data_id":' * 10_000 + "1" + "}" * 10_000), "too_deep"),
    "byte-ff": Damage(inside(b"\xff"), "invalid_encoding"),
    "cp949-text": Damage(inside("한글".encode("cp949")), "invalid_encoding"),
    "surrogate-as-utf8": Damage(inside(b"\xed\xa0\xbd\xed\xb8\x80"), "invalid_encoding"),
    "overlong-nul": Damage(inside(b"\xc0\x80"), "invalid_encoding"),
    "half-a-character": Damage(inside("한".encode()[:2]), "invalid_encoding"),
    "number-for-text": Damage(value("12"), "field_type_wrong", misfit=True),
    "boolean-for-text": Damage(value("true"), "field_type_wrong", misfit=True),
    "list-for-text": Damage(value('["why?"]'), "field_type_wrong", misfit=True),
    "object-for-text": Damage(value('{"text": "why?"}'), "field_type_wrong", misfit=True),
    "text-for-number": Damage(swap('"question"', '"question_count": "1", "question"'), "field_type_wrong", misfit=True),
    "fraction-for-count": Damage(swap('"question"', '"question_count": 1.5, "question"'), "field_type_wrong", True),
    "count-beyond-64-bits": Damage(swap('"question"', '"question_count": 1e300, "question"'), "field_type_wrong", True),
    "id-a-list": Damage(swap('"data_id": ', '"data_id": [1], "id": '), "field_type_wrong", misfit=True),
    "null-record": Damage(lambda _: "null", "not_an_object", misfit=True),
    "number-record": Damage(lambda _: "-1.5e3", "not_an_object", misfit=True),
    "text-record": Damage(lambda _: '"{\\"data_id\\": 1}"', "not_an_object", misfit=True),
    "list-record": Damage(lambda _: '[1, ["a"], {}]', "not_an_object", misfit=True),
    "blank-question": Damage(value('" \u200b"'), "question_blank", misfit=True),
    "question-missing": Damage(lambda r: '{"data_id": "x", ' + _answer(r), "question_blank", misfit=True),
}


def damaged() -> Iterator[BadFile]:
    """Every damage in the middle, of the first record, from which a reader learns, and of the last."""
    for what, damage in DAMAGES.items():
        for form, at in (("document", 2), ("lines", 2), ("document", 0), ("array", 4)):
            name = f"{what}-{form}-{at}.json"
            records = dumped([good(name, n) for n in range(RECORDS)])
            before, after = wrapped(form, [*records[:at], "@@", *records[at + 1 :]]).encode().split(b"@@")
            changed = damage.change(records[at])
            data = before + (changed if isinstance(changed, bytes) else changed.encode()) + after
            kept = ids(name, *(n for n in range(RECORDS) if n != at))
            rows = ((), (damage.reason,)) if damage.misfit else ((damage.reason,), ())
            yield BadFile(name, data, kept, *rows)


DAMAGED = list(damaged())
