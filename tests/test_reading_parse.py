"""The fast parser never takes what the strict one refuses, and both read the same values."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sftrm_quality.config import Limits, RunConfig
from sftrm_quality.reading import JsonShard, parse_record
from sftrm_quality.reading.json.syntax import certify, field_tree
from tests.reading_case import json_lines, read, record

SCHEMA = pa.schema(
    [
        ("a", pa.string()),
        ("n", pa.int64()),
        ("f", pa.float64()),
        ("b", pa.bool_()),
        ("o", pa.struct([("a", pa.string()), ("f", pa.float64())])),
        ("l", pa.list_(pa.struct([("a", pa.string()), ("n", pa.int64())]))),
    ]
)
REFUSED = {
    "invalid_json": [
        b"",
        b"{",
        b'{"a":}',
        b'{"a":"x",}',
        b'{"a":"x"}//c',
        b'{"a":"x"}{"a":"y"}',
        b'{"a":"x"} {"a":"y"}',
        b'{"n":01}',
        b'{"n":+1}',
        b'{"f":1.}',
        b'{"f":.5}',
        b'{"f":1e}',
        b'{"n":-}',
        b"{'a':1}",
        b"{a:1}",
        b'{"a":"x\ty"}',
        b'{"z":"x\x00y"}',
        b'{"a":"\\x"}',
        b'{"a":"\\u12g4"}',
        b'{"z":tru}',
        b'{"z":nul}',
        b'{"a" "x"}',
        b'{"z":[1,]}',
        b'{"z":[1 2]}',
        b'{"a":"x"]',
        b'{"a":"x"}\x00',
        b'\xef\xbb\xbf{"a":"x"}',
        b'{"a":"x"}garbage',
        b'{"a":"x"\xc2\xa0}',
        b'{"z":0x10}',
        b'{"z":"unended',
        b'{"z":{"y":1}',
    ],
    "invalid_encoding": [
        b'{"a":"\xff"}',
        b'{"z":"\xff"}',
        b'{"z":"\xc0\xaf"}',
        b'{"z":"\xed\xa0\x80"}',
        b'{"z":"\xe0\x80\x80"}',
        b'{"z":"\xf4\x90\x80\x80"}',
        b'{"z":"\xf0\x80\x80\x80"}',
        b'{"z":"\xea\xb0"}',
        b'{"\xff":1}',
        b'{"z":"\xb0\xa1"}',
        b'{"z":"\xf5\x80\x80\x80"}',
        b'{"z":"\xf0\x9f\x98"}',
        b'{"z":"\xc3"}',
        b'{"z":"\xea\xb0\x41"}',
    ],
    "duplicate_key": [
        b'{"a":"x","a":"y"}',
        b'{"z":1,"z":2}',
        b'{"z":{"q":1,"q":2}}',
        b'{"l":[{"a":"x","a":"x"}]}',
        b'{"a":"x","\\u0061":"y"}',
        b'{"\xea\xb0\x80":1,"\xea\xb0\x80":1}',
        b'{"":1,"":1}',
    ],
    "not_a_number": [b'{"z":NaN}', b'{"f":NaN}', b'{"f":Infinity}', b'{"f":-Infinity}', b'{"z":[NaN]}'],
    "number_out_of_range": [
        b'{"f":1e999}',
        b'{"z":-1e400}',
        b'{"n":' + b"1" * 5000 + b"}",
        b'{"z":1' + b"0" * 400 + b".5}",
    ],
    "lone_surrogate": [
        b'{"a":"\\ud800"}',
        b'{"z":"\\udc00"}',
        b'{"z":"\\udc00\\udc00"}',
        b'{"z":"\\ud800\\ud800"}',
        b'{"z":"\\ud83dx"}',
        b'{"\\ud800":1}',
        b'{"z":"\\uDC00\\uD800"}',
        b'{"z":"\\ud800\\n"}',
    ],
    "too_deep": [b'{"z":' + b"[" * 128 + b"]" * 128 + b"}", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b"[" * 100_000],
}
ACCEPTED: list[Any] = [
    b'{"a":"\\u0000"}',
    b'{"a":"\\ud83d\\ude00"}',
    b'{"a":"\xf0\x9f\x98\x80 \xea\xb0\x80"}',
    b"{}",
    b' {"n":1\r\n, "f":-0.0e-1}\t',
    b'{"z":' + b"[" * 127 + b"]" * 127 + b"}",
    b'{"n":9223372036854775807,"f":1e22}',
    b'{"a":"\\/\\b\\f\\n\\r\\t\\\\\\""}',
    b'{"z":99999999999999999999,"o":{"a":null},"l":[]}',
    b'{"l":[{"n":1},null,{}],"b":true}',
    b'{"a":null,"o":null,"l":null}',
    b'{"f":5,"z":{"z":{"z":1}}}',
    b'{"o":{"a":"x"},"l":[{"a":"y"},{"a":"z"}],"a":"u"}',
    b'{"f":1E+2,"\\u0061":"x"}',
    b'{"a":"' + b"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf" + b'"}',
]
UNFIT = [
    b"null",
    b"5",
    b'"text"',
    b"[1]",
    b"true",
    b'{"a":1}',
    b'{"n":"1"}',
    b'{"n":1.0}',
    b'{"n":9223372036854775808}',
    b'{"o":[]}',
    b'{"l":{}}',
    b'{"l":[1]}',
    b'{"b":0}',
    b'{"f":"1"}',
]


def is_certified(text: bytes) -> bool:
    clean, _ = certify(np.frombuffer(text, np.uint8), np.array([0]), np.array([len(text)]), 128, field_tree({}))
    return bool(clean[0])


@pytest.mark.parametrize("reason", REFUSED)
def test_every_refusal_has_its_reason_and_no_fast_way(reason: str) -> None:
    for text in REFUSED[reason]:
        value, found, detail = parse_record(text, 128)
        assert (value, found) == (None, reason), text
        assert detail and not is_certified(text), text


def test_valid_records_are_accepted_by_the_strict_parser() -> None:
    for text in [*ACCEPTED, *UNFIT]:
        assert parse_record(text, 128) == (json.loads(text), None, None)


def test_ordinary_records_take_the_fast_way() -> None:
    slow = [text for text in ACCEPTED if not is_certified(text.strip())]
    assert slow == [text for text in ACCEPTED if b'"\\u0061":' in text]  # an escape in a key


def shard_of(folder: Path, records: list[bytes]) -> JsonShard:
    path = folder / "shard"
    path.write_bytes(b"\n".join(records))
    starts = np.cumsum([0, *(len(text) + 1 for text in records)], dtype=np.int64)[:-1]
    lengths = np.array([len(text) for text in records], np.int64)
    numbers = np.arange(len(records), dtype=np.int64)
    return JsonShard(
        "s",
        path,
        False,
        0,
        path.stat().st_size,
        "utf-8",
        0,
        starts,
        starts + lengths,
        starts,
        lengths,
        numbers,
        {},
    )


def project(value: Any, kind: pa.DataType) -> Any:
    """What a table of that type holds of a value: fields that are missing are null, others are not there."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {f.name: project(value.get(f.name), f.type) for f in (kind.field(i) for i in range(kind.num_fields))}
    if pa.types.is_list(kind):
        return [project(item, kind.value_type) for item in value]
    return value


def check_agreement(folder: Path, records: list[bytes]) -> None:
    shard = shard_of(folder, records)
    batch = shard.load(Limits()).parse(SCHEMA, Limits())
    strict = [parse_record(text, 128) for text in records]
    for row, seen in zip(batch.table_rows.tolist(), batch.table.to_pylist(), strict=True):
        value, reason, _ = strict[row]
        assert reason is None and seen == project(value, pa.struct(list(SCHEMA))), records[row]
    for row, value in batch.objects:
        assert strict[row] == (value, None, None), records[row]
    unreadable = {row["source_index"]: row["reasons"] for row in batch.unreadable.to_pylist()}
    assert unreadable == {row: [reason] for row, (_, reason, _) in enumerate(strict) if reason}
    rows = [*batch.table_rows.tolist(), *(row for row, _ in batch.objects), *unreadable]
    assert sorted(rows) == list(range(len(records)))


def test_one_shard_of_everything(tmp_path: Path) -> None:
    every = [*ACCEPTED, *UNFIT, *(text for texts in REFUSED.values() for text in texts)]
    good = b'{"a":"x","n":1,"l":[{"a":"y"}]}'
    check_agreement(tmp_path, [text for odd in every for text in (odd, *[good] * 40)])


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["\\", '"', "{}", "[", "한글", "😀"]
)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
KEYS = st.sampled_from(["a", "n", "f", "b", "o", "l", "z", "키", ""])
VALUES = st.recursive(SCALAR, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=4), max_leaves=12)
FITTING = st.fixed_dictionaries(
    {},
    optional={
        "a": st.none() | TEXT,
        "n": st.none() | st.integers(-(2**63), 2**63 - 1),
        "f": st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
        "b": st.none() | st.booleans(),
        "o": st.none() | st.fixed_dictionaries({"a": TEXT, "z": VALUES}),
        "l": st.none() | st.lists(st.fixed_dictionaries({}, optional={"a": TEXT, "n": st.integers(0, 9)}), max_size=3),
        "키": VALUES,
    },
)


@st.composite
def records(draw: st.DrawFn) -> bytes:
    value = draw(FITTING | VALUES | st.dictionaries(KEYS, VALUES))
    text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.none() | st.just(1))).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        piece = draw(
            st.binary(max_size=2) | st.sampled_from([b'"a":1,', b"\\ud800", b"\\", b",", b"}", b"1", b"e5", b"NaN"])
        )
        text = text[:at] + piece + text[at + draw(st.integers(0, 2)) :]
    return text


@given(st.lists(records(), min_size=1, max_size=8))
@settings(max_examples=600)
def test_fast_and_strict_agree(tmp_path_factory: pytest.TempPathFactory, texts: list[bytes]) -> None:
    check_agreement(tmp_path_factory.mktemp("agree"), texts)


def test_one_odd_record_does_not_slow_the_others(tmp_path: Path) -> None:
    records = [{"a": "x", "n": n} for n in range(5000)]
    for n in (17, 3000, 4999):
        records[n]["a"] = n
    batch = shard_of(tmp_path, [json.dumps(r).encode() for r in records]).load(Limits()).parse(SCHEMA, Limits())
    assert batch.table.num_rows > 4880 and {row for row, _ in batch.objects} >= {17, 3000, 4999}
    assert batch.table["n"].to_pylist() == batch.table_rows.tolist()


def test_records_with_fields_that_nobody_reads_are_named(tmp_path: Path) -> None:
    schema = pa.schema(
        [("a", pa.string()), ("b", pa.list_(pa.struct([("c", pa.string()), ("d", pa.list_(pa.string()))])))]
    )
    read = ['{"a": "x", "b": [{"c": "y", "d": ["z"]}, {}]}', "{}", '{"b": null, "a": null}', '{"b": []}']
    unread = ['{"키": 1}', '{"a": "x", "e": null}', '{"b": [{"c": "y"}, {"a": "y"}]}', '{"b": [{"d": [], "b": []}]}']
    texts = [text.encode() for text in (*read, *unread)]
    batch = shard_of(tmp_path, texts).load(Limits()).parse(schema, Limits())
    assert len(batch.table) == len(texts) and batch.unread.tolist() == [4, 5, 6, 7]


_names = st.sampled_from(["a", "b", "c", "키"])
_trees = st.recursive(st.just({}), lambda below: st.dictionaries(_names, below, max_size=3), max_leaves=8)
_values = st.recursive(
    st.sampled_from([None, 1, "t"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_names, inside, max_size=3),
    max_leaves=12,
)


def _all_known(value: Any, tree: dict[str, Any]) -> bool:
    if isinstance(value, list):
        return all(_all_known(one, tree) for one in value)
    return not isinstance(value, dict) or all(k in tree and _all_known(v, tree[k]) for k, v in value.items())


@given(_trees, st.lists(st.dictionaries(_names, _values, max_size=3), max_size=6))
def test_the_walker_finds_unread_fields_on_every_level(tree: dict[str, Any], records: list[dict[str, Any]]) -> None:
    texts = [json.dumps(record, ensure_ascii=False).encode() for record in records]
    ends = np.cumsum([0, *map(len, texts)])
    clean, unread = certify(
        np.frombuffer(b"".join(texts) or b" ", np.uint8), ends[:-1], ends[1:], 128, field_tree(tree)
    )
    assert clean.all() and unread.tolist() == [not _all_known(record, tree) for record in records]


def test_wide_objects_and_hash_twins_are_left_to_the_strict_parser(tmp_path: Path) -> None:
    wide = json.dumps({f"k{n}": n for n in range(300)}).encode()
    check_agreement(tmp_path, [wide, wide[:-1] + b',"k7":1}'])
    nested = json.dumps([{str(i): {str(j): j for j in range(100)} for i in range(100)}])
    check_agreement(tmp_path, [b'{"z":' + nested.encode() + b"}"])


def test_unreadable_rows_carry_everything(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json_lines([record(0)]) + '{"data_id": "1", "answer": \n', encoding="utf-8")
    (row,) = read(tmp_path / "a", tmp_path).unreadable
    assert row["payload"] == '{"data_id": "1", "answer":' and row["payload_bytes"] is None
    assert (row["source_index"], row["source_line"], row["source_length"]) == (1, 2, 26)
    assert row["details"] == ["Expecting value, 26 bytes into the record"] and len(row["content_hash"]) == 16


def test_a_file_that_shrinks_is_a_storage_error(tmp_path: Path) -> None:
    from sftrm_quality.errors import StorageError

    shard = shard_of(tmp_path, [b'{"a":"x"}'] * 9)
    shard.path.write_bytes(b"{}")
    with pytest.raises(StorageError, match="changed while it was read"):
        shard.load(Limits())
    shard.path.unlink()
    with pytest.raises(StorageError, match="cannot be read"):
        shard.load(Limits())


def test_the_deepest_nesting_that_can_be_configured_is_parsed() -> None:
    deepest = RunConfig.model_validate({"limits": {"nesting_depth": 500}}).limits.nesting_depth
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        text = f'{opening * deepest}"\\u0041"{closing * deepest}'.encode()
        assert parse_record(text, deepest)[1] is None
        assert parse_record(text[:-1] + closing.encode() * 2, deepest)[1] == "invalid_json"
    with pytest.raises(ValidationError, match="less than or equal to 500"):
        RunConfig.model_validate({"limits": {"nesting_depth": 501}})


def test_a_key_that_occurs_twice_among_very_many_is_found() -> None:
    """In proportion to the number of keys: in proportion to its square this would take hours."""
    keys = "".join(f'"k{n}": 1, ' for n in range(200_000))
    _, reason, detail = parse_record(f'{{{keys}"k199999": 2}}'.encode(), 8)
    assert (reason, detail) == ("duplicate_key", "key 'k199999' occurs twice in one object")
