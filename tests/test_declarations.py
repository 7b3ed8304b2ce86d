"""Wrong declarations end in one line that names the file, the key, what was found and what was expected."""

import json

import pytest
import yaml

from sftrm_quality.errors import ConfigError
from sftrm_quality.formats import Declaration, builtin_declarations, read_declarations
from sftrm_quality.formats.fields_needed import fields_needed, missing_field
from tests.outputs import run_on

SFT = {"name": "mine", "label_kind": "sft", "prompt": {"parts": ["q"]}, "answer": "a"}
RM = {"name": "mine", "label_kind": "rm", "prompt": {"parts": ["q"]}}
VERDICT = {"first_answer": "a", "second_answer": "b", "field": "v", "first": 1, "second": 2}


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**SFT, "name": "My format"}, "name: String should match pattern"),
        ({**SFT, "label_kind": "dpo"}, "label_kind: Input should be 'sft' or 'rm', found 'dpo'"),
        ({**SFT, "answers": "a"}, "answers: unknown key, known are name, label_kind"),
        ({**SFT, "prompt": {"parts": ["q"], "joined": " "}}, "prompt.joined: unknown key, known are parts, joiner"),
        ({**SFT, "prompt": {"parts": []}}, "prompt.parts: Tuple should have at least 1 item"),
        ({**SFT, "prompt": {"parts": [["q", ".x"]]}}, "prompt.parts.0.1: String should match pattern"),
        ({**SFT, "answer": 5}, "answer: Input should be a valid tuple, found 5"),
        (without(SFT, "label_kind"), "label_kind: Field required"),
        (without(SFT, "answer"), "an SFT format has either answer or messages, and no responses"),
        ({**SFT, "messages": {"path": "m"}}, "an SFT format has either answer or messages"),
        ({**SFT, "pair": {"chosen": "c", "rejected": "r"}}, "an SFT format has either answer or messages"),
        (without(SFT, "prompt"), "answer needs a prompt"),
        ({**SFT, "rank_base": 0}, "answer has no ranks: rank_base and rank_direction say nothing"),
        ({**SFT, "answer": "q.a"}, "q.a is in q, which is read as a text: expected one of them"),
        ({**SFT, "id": "a.id"}, "id: String should match pattern"),
        (
            {"name": "mine", "label_kind": "sft", "messages": {"path": "m"}, "history": "h"},
            "messages is read whole: history is not read beside it",
        ),
        ({**SFT, "messages": {"path": "m", "roles": {"kunde": "customer"}}}, "messages.roles.kunde: Input should be"),
        (RM, "an RM format has one of listed, numbered, verdict, pair, transcripts, tree, and no answer"),
        ({**RM, "answer": "a", "verdict": VERDICT}, "an RM format has one of"),
        ({**RM, "verdict": VERDICT, "pair": {"chosen": "c", "rejected": "r"}}, "an RM format has one of"),
        ({**without(RM, "prompt"), "verdict": VERDICT}, "verdict needs a prompt or messages"),
        ({**RM, "verdict": {**VERDICT, "tie": [3, "2"]}}, "verdict: the code '2' is in second and in tie"),
        ({**RM, "verdict": {**VERDICT, "second": 1.0}}, "verdict: the code '1' is in first and in second"),
        ({**RM, "verdict": {**VERDICT, "first": []}}, "verdict.first: Tuple should have at least 1 item"),
        ({**RM, "verdict": {**VERDICT, "first": [None]}}, "verdict.first.0: Input should be a valid string"),
        ({**RM, "verdict": {**VERDICT, "annotators": "first"}}, "verdict.annotators: Input should be 'majority'"),
        ({**RM, "verdict": VERDICT, "rank_direction": "highest_is_best"}, "verdict has no ranks"),
        ({**RM, "listed": {"path": "r", "text": "t"}}, "listed needs rank, score, ranks or scores"),
        ({**RM, "listed": {"path": "r", "rank": "n"}}, "listed.rank and listed.score are fields of objects"),
        ({**RM, "numbered": {"field": "r_{}"}}, "numbered needs rank, ranks or score"),
        ({**RM, "numbered": {"field": "r_{}", "rank": "n"}}, "numbered.rank is a field of objects"),
        ({**RM, "numbered": {"field": "r", "ranks": "n"}}, "numbered.field: String should match pattern"),
        (
            {**without(RM, "prompt"), "tree": {"parent": "p", "replies": "r"}},
            "tree.parent is given: tree.replies is not",
        ),
        ({**RM, "tree": {}}, "tree is read whole: prompt is not read beside it"),
        ({**RM, "transcripts": {"chosen": "c", "rejected": "r"}}, "transcripts is read whole: prompt is not read"),
    ],
)
def test_a_wrong_declaration_is_one_line(tmp_path, values, said):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), "utf-8")
    with pytest.raises(ConfigError) as error:
        read_declarations(tmp_path)
    assert str(error.value).startswith(f"{path}: ") and said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "expected the keys of a declaration"),
        ("", "expected the keys of a declaration"),
        ("name: [", "not a readable YAML file"),
        ("name: a\nname: b", "the key name occurs twice"),
        ("name: &a b", "anchors and aliases are not taken"),
        ("name: !!python/name:os.system x", "only plain values"),
    ],
)
def test_a_file_that_is_no_declaration_is_one_line(tmp_path, text, said):
    (tmp_path / "mine.yml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"mine\.yml: ") as error:
        read_declarations(tmp_path)
    assert said in str(error.value)


def test_one_name_is_declared_once_and_other_files_are_no_declarations(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump(SFT), "utf-8")
    (tmp_path / "README.md").write_text("# ours", "utf-8")
    with pytest.raises(ConfigError, match=r"b\.yaml: the name mine is that of a\.yaml too"):
        read_declarations(tmp_path)
    (tmp_path / "b.yaml").unlink()
    assert read_declarations(tmp_path) == (Declaration(**SFT),)
    with pytest.raises(ConfigError, match="is no folder; name one with a YAML file per format"):
        read_declarations(tmp_path / "a.yaml")


@pytest.mark.parametrize("declared", builtin_declarations(), ids=lambda one: one.name)
def test_the_example_of_a_format_has_each_field_that_it_needs(declared):
    assert missing_field(declared, [declared.example]) is None
    needed = list(fields_needed(declared))
    assert needed and all(one.paths for one in needed)
    for one in needed:
        assert missing_field(declared, [{"x": 1}]) == needed[0]
        assert not one.is_in({"x": 1})


@pytest.mark.parametrize(
    ("changes", "records", "key"),
    [
        ({}, [], None),
        ({}, [{"q": None, "a": None}], None),
        ({}, [{"q": "?"}, {"a": "!"}], None),
        ({}, [{"a": "!"}], "prompt.parts"),
        ({}, [{"q": "?"}], "answer"),
        ({"prompt": {"parts": ["q", "more"]}, "system": "s", "history": "h"}, [{"q": "?", "a": "!"}], None),
        ({"category": "c.main"}, [{"q": "?", "a": "!", "c": {"middle": 1}}], "category"),
        ({"id": "key"}, [{"q": "?", "a": "!"}], "id"),
    ],
)
def test_the_field_that_no_record_has(changes, records, key):
    missing = missing_field(Declaration(**{**SFT, **changes}), records)
    assert (missing.key if missing else None) == key


@pytest.mark.parametrize(
    ("part", "record", "key"),
    [
        ({"listed": {"path": "r", "text": "t", "rank": "n"}}, {"q": "?", "r": [{"t": "a"}]}, "listed.rank"),
        ({"listed": {"path": "r", "text": "t", "rank": "n"}}, {"q": "?", "r": []}, None),
        ({"listed": {"path": "r", "scores": "s"}}, {"q": "?", "r": ["a"]}, "listed.scores"),
        ({"numbered": {"field": "r_{}", "ranks": "n"}}, {"q": "?", "r": "a", "n": [1]}, "numbered.field"),
        ({"numbered": {"field": "r_{}", "text": "t", "rank": "n"}}, {"q": "?", "r_1": {"t": 1}}, "numbered.rank"),
        ({"verdict": VERDICT}, {"q": "?", "a": "x", "b": "y"}, "verdict.field"),
        ({"messages": {"path": "m"}, "verdict": VERDICT}, {"m": [], "a": "x", "b": "y", "v": 1}, None),
    ],
)
def test_the_field_of_responses_that_no_record_has(part, record, key):
    missing = missing_field(Declaration(**RM, **part), [record])
    assert (missing.key if missing else None) == key


def test_a_format_named_for_files_that_have_not_its_fields_ends_the_run_before_it_reads(tmp_path):
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "mine.yaml").write_text(yaml.safe_dump({**SFT, "answer": "out.txt"}), "utf-8")
    (tmp_path / "raw" / "v").mkdir(parents=True)
    (tmp_path / "raw" / "v" / "0.jsonl").write_text("", "utf-8")
    for name in "abcd":
        record = {"q": "?", "out": {"txt" if name == "d" else "text": "!"}}
        (tmp_path / "raw" / "v" / f"{name}.jsonl").write_text(json.dumps(record), "utf-8")
    settings = [f"formats={tmp_path / 'formats'}", "sources=[{files: 'v/*', format: mine}]"]
    with pytest.raises(ConfigError) as error:
        run_on([tmp_path / "raw"], tmp_path / "out", *settings)
    assert str(error.value) == (
        "sources: the format mine of 'v/*' has answer: out.txt, which none of the first 3 records of "
        "v/a.jsonl, v/b.jsonl, v/c.jsonl has; they have q, out"
    )
    # One of them is enough; the others are a fault of the delivery, and told as one.
    (tmp_path / "raw" / "v" / "a.jsonl").write_text(json.dumps({"q": "?", "out": {"txt": "!"}}), "utf-8")
    report = run_on([tmp_path / "raw"], tmp_path / "out", *settings).report
    assert report["ledger"]["sft"]["received"] == 4
