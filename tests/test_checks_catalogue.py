"""The catalogue of reasons and the list of expectations say what the suites and the code say."""

import re

import pytest

from sftrm_quality.checks import Suite, load_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS

README = (SHIPPED_EXPECTATIONS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["sft", "rm", "release", "delivery"])
def test_the_catalogue_has_every_reason_in_the_order_of_the_suite(name: str) -> None:
    suite: Suite = getattr(load_suites(SHIPPED_EXPECTATIONS), name)
    (section,) = re.findall(rf"### [^\n]*\(`{name}\.json`\)\n(.*?)(?=\n###)", README, re.DOTALL)
    written = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]+) \|", section, re.MULTILINE)
    assert [(reason, severity) for reason, severity, _ in written] == [(e.reason, e.severity) for e in suite.entries]


def test_the_list_of_expectations_is_complete() -> None:
    from great_expectations.expectations.registry import (
        get_expectation_impl,
        list_registered_expectation_implementations,
    )

    from sftrm_quality.checks.compiling import STANDARD_ROW_EXPECTATIONS
    from sftrm_quality.checks.custom import RowExpectation

    (table,) = re.findall(r"\| expectation \| settings .*?\n\n", README, re.DOTALL)
    rows = dict(re.findall(r"^\| (`expect_[^|]+) \|([^|]*)\|", table, re.MULTILINE))
    listed = {name: cell for names, cell in rows.items() for name in re.findall(r"`(expect_\w+)`", names)}
    own = {
        name: get_expectation_impl(name)
        for name in list_registered_expectation_implementations()
        if issubclass(get_expectation_impl(name), RowExpectation)
    }
    assert own.keys() <= listed.keys()
    settings = "|".join({setting for expectation in own.values() for setting in expectation.settings()})
    for name, expectation in own.items():
        assert set(re.findall(rf"`({settings})`", listed[name])) == set(expectation.settings())
    short = {re.sub("^expect_column_values", "…", name) for name in STANDARD_ROW_EXPECTATIONS}
    written = set(re.findall(r"`((?:expect_column_|…)\w+)`", table))
    assert {re.sub("^expect_column_values", "…", name) for name in written} == short


def test_the_catalogue_has_every_reason_of_reading_and_formats() -> None:
    from sftrm_quality.formats import FORMAT_REASONS
    from sftrm_quality.reading import READ_REASONS

    (section,) = re.findall(r"<!-- reasons of reading and formats: begin -->\n(.*?)<!--", README, re.DOTALL)
    written = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]+) \|", section, re.MULTILINE)
    expected = [(name, "read", text) for name, text in READ_REASONS.items()]
    assert written == expected + [(name, "format", text) for name, text in FORMAT_REASONS.items()]
