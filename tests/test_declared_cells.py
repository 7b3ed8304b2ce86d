"""Declared formats in tables as text: lists and objects are read in their cells, and an answer of JSON stays a text."""

import csv
import json

import pytest

from sftrm_quality.config import SourceSettings
from tests.declared_case import mapped

USER, GOOD, BAD = (
    {"role": role, "content": text} for role, text in (("user", "q?"), ("assistant", "a"), ("assistant", "b"))
)
JSON_TEXTS = ('{"x": 1}', '["a", "b"]', "[1, 2]", '[{"x": 1}]', "[]", "{}", '{"content": "a"}')


def rows(folder, *records):
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        for record in records:
            cells = ((k, v if isinstance(v, str) else json.dumps(v)) for k, v in record.items())
            writer.writerow(dict(cells))
    return path


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"conversations": [{"from": "human", "value": "q?"}, {"from": "gpt", "value": "a"}], "id": "x"}, "sharegpt"),
        ({"prompt": "q?", "chosen": [USER, GOOD], "rejected": [USER, BAD]}, "pair"),
        ({"chosen": [USER, GOOD], "rejected": [USER, BAD]}, "pair_implicit"),
        ({"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]}, "pair"),
        ({"prompt": "q?", "completion_0": "b", "completion_1": "a", "ranking": [1, 0]}, "kochatgpt_rm"),
        ({"question": "q?", "answer_0": "a", "answer_1": "b", "score_0": 1.5, "score_1": -1}, "scored_answers"),
        ({"prompt": "q?", "responses": ["a", "b"], "scores": [2, 1]}, "scored_responses"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_is_what_the_same_record_is_as_json(tmp_path, record, name):
    records = [{**record, "note": str(n)} for n in range(5)]
    as_lines = mapped(records)
    as_rows = mapped((), path=rows(tmp_path, *records))
    assert as_rows.format == as_lines.format == name
    assert as_rows.parts == as_lines.parts and not as_rows.misfits


@pytest.mark.parametrize("text", JSON_TEXTS)
def test_an_answer_of_json_is_a_text(tmp_path, text):
    """As a function is called, for instance: nothing says that it is a list of worse answers, or an object with one."""
    records = [{"prompt": f"call {n}", "chosen": text, "rejected": f"no {n}"} for n in range(5)]
    found = mapped((), path=rows(tmp_path, *records), source=SourceSettings())
    assert found.format == "pair" and not found.misfits
    assert [parts[0]["responses"] for parts in found.parts.values()] == [
        [(text, 1.0), (f"no {n}", 2.0)] for n in range(5)
    ]
