"""``sftrm formats``: what is read, with an example of each, and a declaration to copy."""

import json
import re

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from sftrm_quality.formats import Declaration, builtin_declarations, formats_of
from sftrm_quality.formats.listing import formats_shown
from sftrm_quality.words import speaking_in
from tests.declared_case import mapped

NAMES = list(formats_of(()).by_name)


def sftrm(*arguments):
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["formats", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_table_has_every_format_with_its_label_kind_and_what_it_is():
    rows = [line.split(maxsplit=2) for line in sftrm().stdout.splitlines()[1:-1]]
    assert [(name, kind.lower()) for name, kind, _ in rows] == [
        (name, fmt.label_kind) for name, fmt in formats_of(()).by_name.items()
    ]
    assert {declared.name: declared.about for declared in builtin_declarations()}.items() <= {
        name: about.strip() for name, _, about in rows
    }.items()


def test_every_format_says_what_it_is_in_korean_too():
    with speaking_in("ko"):
        shown = {one.name: one.about for one in formats_shown(formats_of(()))}
    assert all(re.search("[가-힣]", about) for about in shown.values()), shown
    assert shown["messages"] == "role과 content가 있는 메시지의 대화, 마지막이 답변"


def test_json_has_the_same_with_examples_that_are_read():
    found = json.loads(sftrm("--json").stdout)
    assert [one["name"] for one in found] == NAMES and all(one["built_in"] and one["about"] for one in found)
    for one in found:
        read = mapped([one["example"]])
        # A message of a tree is read together with the others.
        assert (read.format, list(read.reasons.values())) == (
            one["name"],
            ["tree_malformed"] if one["name"] == "open_assistant_messages" else [],
        )
        assert (one["declaration"] is None) == one["name"].startswith(("reference", "aihub"))


@pytest.mark.parametrize("declared", builtin_declarations(), ids=lambda one: one.name)
def test_what_is_printed_of_a_format_declares_it(declared):
    assert Declaration.model_validate(yaml.safe_load(sftrm(declared.name).stdout)) == declared


def test_a_format_that_is_code_of_its_own_shows_an_example():
    printed = sftrm("aihub_rm").stdout
    assert "has no declaration" in printed and yaml.safe_load(printed)["example"]["answer01"]["ranking"] == 1


def test_declared_formats_are_marked_and_come_first(tmp_path):
    declared = {"name": "mine", "label_kind": "sft", "about": "ours", "prompt": {"parts": ["q"]}, "answer": "a"}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(declared), "utf-8")
    setting = ("--set", f"formats={tmp_path}")
    assert sftrm(*setting).stdout.splitlines()[1].split() == ["mine", "SFT", "ours", "(declared)"]
    assert json.loads(sftrm("mine", "--json", *setting).stdout)[0]["built_in"] is False


def test_a_name_that_is_none_and_a_wrong_declaration_are_one_line(tmp_path):
    done = sftrm("alpaka")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: no format is called 'alpaka'; known are reference_sft, ")
    (tmp_path / "mine.yaml").write_text("name: mine", "utf-8")
    done = sftrm("--set", f"formats={tmp_path}")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and "label_kind: Field required" in done.stderr
