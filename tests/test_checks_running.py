"""Great Expectations at work: its traps, the parameters, and what a shard's counts become."""

import ast
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sftrm_quality.arrays import Mask
from sftrm_quality.checks import (
    FRAMES,
    RELEASE_FACTS,
    CheckCount,
    Scope,
    Suite,
    check_release,
    load_suites,
    run_suite,
    run_suite_on_each,
    sum_counts,
    verdict,
)
from sftrm_quality.checks.compiling import compile_suite
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.errors import SftrmError
from sftrm_quality.records import LabelKind, Severity
from tests.test_checks_reasons import GOOD, Row, frame, ranked, shipped

POLICIES = {"ties": "forbid", "unranked": "forbid"}


def suite_of(tmp_path: Path, name: str, *entries: dict[str, Any]) -> Suite:
    """A suite of only these entries."""
    for path in SHIPPED_EXPECTATIONS.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        if path.stem == name:
            document["expectations"] = list(entries)
        (tmp_path / path.name).write_text(json.dumps(document), encoding="utf-8")
    suite: Suite = getattr(load_suites(tmp_path), name)
    return suite


def entry(type_: str, reason: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": type_, "kwargs": kwargs, "severity": "critical", "meta": {"reason": reason}}


def test_no_frame_is_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.execution_engine import pandas_execution_engine

    def hashed(frame: pd.DataFrame) -> str:
        raise AssertionError("the frame is hashed on every validation: HASH_THRESHOLD has lost its meaning")

    monkeypatch.setattr(pandas_execution_engine, "hash_pandas_dataframe", hashed)
    run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {}), {})
    monkeypatch.setattr(pandas_execution_engine, "HASH_THRESHOLD", 1e9)
    with pytest.raises(AssertionError, match="HASH_THRESHOLD"):
        run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {}), {})


THEIR_OWN = """
def _get_domain_kwargs(self):
    domain_kwargs = {key: self.configuration.kwargs.get(key, self._get_default_value(key)) for key in self.domain_keys}
    missing_kwargs = set(self.domain_keys) - set(domain_kwargs.keys())
    if missing_kwargs:
        raise InvalidExpectationKwargsError(f'Missing domain kwargs: {list(missing_kwargs)}')
    return domain_kwargs

def _get_success_kwargs(self):
    domain_kwargs = self._get_domain_kwargs()
    success_kwargs = {
        key: self.configuration.kwargs.get(key, self._get_default_value(key)) for key in self.success_keys
    }
    success_kwargs.update(domain_kwargs)
    return success_kwargs
"""


def test_what_great_expectations_asks_an_expectation_for_is_what_we_ask_for() -> None:
    """Its own methods, which ours stand for, are those that ours do the same as."""
    from great_expectations.expectations import expectation

    from sftrm_quality.checks import contexts

    replaced = {"_get_domain_kwargs": contexts._domain_kwargs, "_get_success_kwargs": contexts._success_kwargs}
    tree = ast.parse(Path(str(expectation.__file__)).read_text("utf-8"))
    (own,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Expectation")
    methods = [n for n in own.body if isinstance(n, ast.FunctionDef) and n.name in replaced]

    def without_types(method: ast.FunctionDef) -> ast.FunctionDef:
        method.returns = None
        method.body = [
            ast.Assign([n.target], n.value, lineno=n.lineno) if isinstance(n, ast.AnnAssign) and n.value else n
            for n in method.body
        ]
        return method

    assert [ast.unparse(without_types(method)) for method in methods] == [
        ast.unparse(node) for node in ast.parse(THEIR_OWN).body
    ]
    assert {name: getattr(expectation.Expectation, name) for name in replaced} == replaced


def test_a_standard_expectation_keeps_what_it_was_given_and_its_defaults() -> None:
    from great_expectations.expectations.core import ExpectColumnValuesToBeBetween

    given = ExpectColumnValuesToBeBetween(column="question_count", min_value=0, mostly=0.5)
    assert given._get_success_kwargs() == {
        "column": "question_count", "min_value": 0, "max_value": None, "strict_min": False, "strict_max": False,
        "mostly": 0.5, "batch_id": None, "row_condition": None, "condition_parser": None,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["sft", "rm"])
def test_what_is_made_once_in_a_call_changes_no_result(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configurations, expectations and arrays are remembered within a call, graphs of metrics for all calls; ids of
    metrics are made in another way, and the context does less."""
    from contextlib import nullcontext

    from great_expectations.core.id_dict import IDDict
    from great_expectations.data_context import EphemeralDataContext

    from sftrm_quality.checks import contexts, running

    def found() -> object:
        checked_rows = run_suite(shipped(kind), Scope.RECORD, some_rows(kind), POLICIES)
        facts = pa.Table.from_pylist([dict.fromkeys(RELEASE_FACTS.names, 0) | {"label_kind": "sft"}], RELEASE_FACTS)
        return checked_rows.failures, checked_rows.counts, check_release(shipped("release"), facts)

    compile_suite.cache_clear()
    ours = found()
    with monkeypatch.context() as patch:
        patch.setattr(contexts, "_their_graphs", None)
        assert found() == ours  # by what the first call made
    monkeypatch.setattr(running, "remembering", nullcontext)
    monkeypatch.setattr(IDDict, "to_id", contexts._their_id_of)
    of_ours = {name for name, value in vars(contexts._ContextOfACall).items() if callable(value)}
    assert of_ours and of_ours <= set(dir(EphemeralDataContext))
    monkeypatch.setattr(contexts, "_ContextOfACall", EphemeralDataContext)
    assert found() == ours


def test_each_column_of_a_frame_is_made_an_array_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from sftrm_quality.checks.custom import base

    made: list[pa.Array] = []
    monkeypatch.setattr(base, "one_array", lambda column: made.append(column) or column)
    expectations = compile_suite(shipped("sft"), Scope.RECORD).expectations
    read = [name for one in expectations if isinstance(one, base.RowExpectation) for name in one.columns_read()]
    for _ in range(2):
        made.clear()
        run_suite(shipped("sft"), Scope.RECORD, some_rows("sft"), POLICIES)
        assert len(made) == len(set(read)) < len(read)


def test_ids_of_equal_values_are_equal_and_others_differ() -> None:
    from great_expectations.core.id_dict import IDDict

    from sftrm_quality.checks import contexts

    kinds: list[dict[str, Any]] = [
        {}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": "2"}, {"a": 1, "b": None},
        {"a": [1, 2], "b": {"c": 3, "d": 4}}, {"b": {"d": 4, "c": 3}, "a": [1, 2]},
    ]  # fmt: skip
    for one in kinds:
        for other in kinds:
            theirs = contexts._their_id_of(IDDict(one)) == contexts._their_id_of(IDDict(other))
            assert (IDDict(one).to_id() == IDDict(other).to_id()) == theirs
    # What JSON has no type for.
    assert IDDict({"a": np.int64(1), "b": 2}).to_id() == IDDict({"b": 2, "a": np.int64(1)}).to_id()


def test_an_expectation_that_raises_is_not_zero_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    from sftrm_quality.checks.custom.damaged import ExpectTextNotToBeGarbled

    def broken(self: object, columns: object) -> None:
        raise ArithmeticError("out of\ncheese")

    monkeypatch.setattr(ExpectTextNotToBeGarbled, "failing", broken)
    for _ in range(2):
        with pytest.raises(SftrmError, match=r"sft\.json, question_garbled .*out of cheese"):
            run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {}), {})


def test_an_expectation_that_gives_no_mask_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from sftrm_quality.checks.custom.damaged import ExpectTextNotToBeGarbled

    monkeypatch.setattr(ExpectTextNotToBeGarbled, "failing", lambda self, columns: np.zeros(1, dtype=int))
    with pytest.raises(SftrmError, match="one bool per row expected"):
        run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {}), {})


def test_a_lost_result_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from sftrm_quality.checks import running

    run = running._run
    monkeypatch.setattr(running, "_run", lambda *arguments: run(*arguments)[1:])
    suite = shipped("sft")
    expected = sum(entry.scope is Scope.RECORD for entry in suite.entries)
    with pytest.raises(SftrmError, match=f"{expected} expectations gave {expected - 1} results"):
        run_suite(suite, Scope.RECORD, frame("sft", Scope.RECORD, {}), {})


@pytest.mark.parametrize("order", [1, -1])
def test_results_are_joined_by_reason_and_not_by_place(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from sftrm_quality.checks import running

    run = running._run
    monkeypatch.setattr(running, "_run", lambda *arguments: run(*arguments)[::order])
    checked_rows = run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {"answer": ""}), {})
    assert {count.reason: count.failed for count in checked_rows.counts if count.failed} == {"answer_blank": 1}


def test_policies_reach_our_expectations_and_do_not_stay() -> None:
    table = frame("rm", Scope.RECORD, ranked(1, 2, 2, 3), ranked(1, 2, 2, 4), ranked(1, 2, None))
    suite = shipped("rm")
    for _ in range(2):
        for ties, failing in (("forbid", [0, 1]), ("dense", [1]), ("competition", [0])):
            checked_rows = run_suite(suite, Scope.RECORD, table, {"ties": ties, "unranked": "allow"})
            assert checked_rows.failures["row"].to_pylist() == failing
            assert set(checked_rows.failures["reason"].to_pylist()) == {"ranks_not_contiguous"}
            assert f"(ties: {ties})" in checked_rows.failures["detail"][0].as_py()


def test_a_policy_that_is_missing_or_unknown_is_a_fault_of_the_caller() -> None:
    table = frame("rm", Scope.RECORD, ranked(1, 2))
    with pytest.raises(ValueError, match="ties"):
        run_suite(shipped("rm"), Scope.RECORD, table, {"ties": "sparse", "unranked": "allow"})
    with pytest.raises(ValueError, match="unranked"):
        run_suite(shipped("rm"), Scope.RECORD, table, {"ties": "dense"})


def test_a_frame_that_does_not_fit_is_a_fault_of_the_caller() -> None:
    table = frame("sft", Scope.RECORD, {})
    with pytest.raises(ValueError, match="answer_normalised"):
        run_suite(shipped("sft"), Scope.RECORD, table.drop_columns("answer_normalised"), {})
    text_count = pa.array(["1"])
    with pytest.raises(ValueError, match="question_count"):
        run_suite(shipped("sft"), Scope.RECORD, table.set_column(4, "question_count", text_count), {})


@pytest.mark.parametrize("kind", LabelKind)
@pytest.mark.parametrize("scope", Scope)
def test_an_empty_frame_is_checked(kind: LabelKind, scope: Scope) -> None:
    suite = shipped(kind)
    checked_rows = run_suite(suite, scope, FRAMES[kind][scope].empty_table(), POLICIES)
    assert [count.reason for count in checked_rows.counts] == [e.reason for e in suite.entries if e.scope is scope]
    assert all(count.evaluated == count.failed == 0 for count in checked_rows.counts)
    assert checked_rows.failures.num_rows == 0


def test_a_scope_without_entries_checks_nothing() -> None:
    suite = shipped("sft")
    of_records = replace(suite, entries=tuple(e for e in suite.entries if e.scope is Scope.RECORD))
    assert run_suite(of_records, Scope.SPLIT, frame("sft", Scope.SPLIT, {"held_out_in": "test"}), {}).counts == ()


def test_slices_and_chunks_are_checked_like_whole_tables() -> None:
    changes: list[Row] = [{}, ranked(1, 3), {"responses": None}, {"prompt": ""}, ranked(1, 2, scores=(1, 2)), {}]
    whole = frame("rm", Scope.RECORD, *changes, *changes)
    expected = run_suite(shipped("rm"), Scope.RECORD, frame("rm", Scope.RECORD, *changes), POLICIES).failures
    assert run_suite(shipped("rm"), Scope.RECORD, whole.slice(6), POLICIES).failures == expected
    chunked = pa.concat_tables([whole.slice(6, 2), whole.slice(8, 0), whole.slice(2, 4)])
    assert run_suite(shipped("rm"), Scope.RECORD, chunked, POLICIES).failures == expected


def test_threads_get_their_own_results_under_their_own_policies() -> None:
    suite = shipped("rm")
    policies = {"forbid": "1, 2, 3", "dense": "1, 2, 2, 3", "competition": "1, 2, 2, 4"}

    def failing(number: int) -> list[dict[str, Any]]:
        ties = list(policies)[number % 3]
        changes = [ranked(1, 3) if row == number else ranked(1, 2) for row in range(30)]
        table = frame("rm", Scope.RECORD, *changes)
        found: list[dict[str, Any]] = run_suite(
            suite, Scope.RECORD, table, {**POLICIES, "ties": ties}
        ).failures.to_pylist()
        return [{"row": failure["row"], "detail": failure["detail"]} for failure in found]

    with ThreadPoolExecutor(8) as pool:
        for number, found in enumerate(pool.map(failing, range(30))):
            ties = list(policies)[number % 3]
            detail = f"ranks 1, 3, expected a sequence such as {policies[ties]} (ties: {ties})"
            assert found == [{"row": number, "detail": detail}]


def test_the_frame_is_released() -> None:
    def frames() -> int:
        gc.collect()
        return sum(isinstance(thing, pd.DataFrame) for thing in gc.get_objects())

    # The first call with a suite makes what all others use.
    compile_suite.cache_clear()
    before = frames()
    table = frame("sft", Scope.RECORD, *([{"answer": "x" * 1000}] * 1000))
    allocated = pa.total_allocated_bytes()
    checked_rows = run_suite(shipped("sft"), Scope.RECORD, table, {})
    assert checked_rows.counts
    assert frames() == before
    assert pa.total_allocated_bytes() - allocated < 100_000


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {"answer": ""}), {})
    assert capfd.readouterr() == ("", "")


STANDARD = [
    ("expect_column_values_to_be_between", {"column": "question_count", "max_value": 5}, "question_count", 5, 6, True),
    ("expect_column_values_to_be_in_set",
     {"column": "data_category", "value_set": ["QA"]}, "data_category", "QA", "q", True),
    ("expect_column_values_to_not_be_in_set",
     {"column": "data_category", "value_set": ["q"]}, "data_category", "QA", "q", True),
    ("expect_column_values_to_match_regex", {"column": "answer", "regex": "^가"}, "answer", "가나", "나가", True),
    ("expect_column_values_to_not_match_regex", {"column": "answer", "regex": "^나"}, "answer", "가나", "나가", True),
    ("expect_column_value_lengths_to_be_between",
     {"column": "answer", "max_value": 2}, "answer", "가나", "가나다", True),
    ("expect_column_values_to_be_null", {"column": "data_subcategory"}, "data_subcategory", None, "x", False),
    ("expect_column_values_to_not_be_null", {"column": "data_category"}, "data_category", "QA", None, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "kwargs", "column", "good", "bad", "skips_null"), STANDARD, ids=[s[0] for s in STANDARD]
)
def test_standard_expectations_work_on_arrow_columns(
    type_: str, kwargs: dict[str, Any], column: str, good: object, bad: object, skips_null: bool, tmp_path: Path
) -> None:
    suite = suite_of(tmp_path, "sft", entry(type_, "mine", **kwargs))
    # More failures than Great Expectations shows by itself (20, 200), and every position must come back.
    changes: list[Row] = [{column: good}, *([{column: bad}] * 300), {column: None} if skips_null else {column: good}]
    checked_rows = run_suite(suite, Scope.RECORD, frame("sft", Scope.RECORD, *changes), {})
    assert checked_rows.failures["row"].to_pylist() == list(range(1, 301))
    assert checked_rows.counts == (
        CheckCount("sft", "mine", Severity.CRITICAL, "record", 301 if skips_null else 302, 300),
    )
    assert column in checked_rows.failures["detail"][0].as_py()
    empty = run_suite(suite, Scope.RECORD, frame("sft", Scope.RECORD), {})
    assert empty.counts == (CheckCount("sft", "mine", Severity.CRITICAL, "record", 0, 0),)


def count(reason: str, evaluated: int, failed: int) -> CheckCount:
    return CheckCount("sft", reason, Severity.CRITICAL, "record", evaluated, failed)


def test_mostly_applies_to_the_sums_of_the_shards() -> None:
    suite = shipped("sft")
    assert next(e for e in suite.entries if e.reason == "answer_blank").mostly == 0.8
    bad_shard, good_shard = count("answer_blank", 10, 10), count("answer_blank", 40, 0)
    results = {result.reason: result for result in verdict([bad_shard, good_shard], [suite])}
    assert (results["answer_blank"].evaluated, results["answer_blank"].failed) == (50, 10)
    assert results["answer_blank"].success
    one_more = {
        result.reason: result for result in verdict([bad_shard, good_shard, count("answer_blank", 1, 1)], [suite])
    }
    assert one_more["answer_blank"].holds_the_release
    assert not one_more["answer_blank"].success
    # Every expectation has its line, and what evaluated nothing succeeds.
    assert [result.reason for result in verdict([], [suite])] == [e.reason for e in suite.entries]
    assert all(result.success and result.evaluated == 0 for result in verdict([], [suite]))


def test_a_warning_never_holds_the_release() -> None:
    suite = shipped("sft")
    failed = CheckCount("sft", "category_unclean", Severity.WARNING, "record", 10, 10)
    (result,) = [r for r in verdict([failed], [suite]) if r.reason == "category_unclean"]
    assert not result.success
    assert not result.holds_the_release


@given(st.integers(1, 10**6), st.integers(0, 1000))
def test_mostly_is_exact_at_its_bound(tenths: int, thousandths: int) -> None:
    from sftrm_quality.checks.results import enough_passed

    evaluated, mostly = 1000 * tenths, thousandths / 1000
    may_fail = (1000 - thousandths) * tenths
    assert enough_passed(evaluated, may_fail, mostly)
    assert may_fail == evaluated or not enough_passed(evaluated, may_fail + 1, mostly)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_sums_do_not_depend_on_how_shards_are_cut(shards: list[tuple[str, int, int]]) -> None:
    counts = [count(*shard) for shard in shards]
    whole = sum_counts(counts)
    assert sum(c.evaluated for c in whole) == sum(c.evaluated for c in counts)
    assert sum(c.failed for c in whole) == sum(c.failed for c in counts)
    assert len({c.reason for c in whole}) == len(whole)
    for cut in range(len(counts)):
        assert sum_counts([*sum_counts(counts[:cut]), *counts[cut:]]) == whole


def facts(*changes: Row) -> pa.Table:
    return pa.Table.from_pylist([{**GOOD["release"], **change} for change in changes], schema=RELEASE_FACTS)


def test_the_release_names_the_label_kind_and_the_figure() -> None:
    found = check_release(shipped("release"), facts({}, {"label_kind": "rm", "share_quarantined": 0.42}))
    failed = {result.reason: result for result in found if not result.success}
    assert set(failed) == {"share_quarantined_too_high", "share_quarantined_high"}
    assert failed["share_quarantined_too_high"].holds_the_release
    assert not failed["share_quarantined_high"].holds_the_release
    assert failed["share_quarantined_too_high"].detail == "rm: share_quarantined is 42 %"
    assert (failed["share_quarantined_too_high"].evaluated, failed["share_quarantined_too_high"].failed) == (2, 1)
    assert [result.reason for result in found] == [e.reason for e in shipped("release").entries]


def test_a_new_expectation_is_checked_by_what_the_suite_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list beside the fields has to name them for the metric to get their values."""
    from great_expectations.compatibility.pydantic import StrictInt
    from great_expectations.expectations import registry

    from sftrm_quality.checks.custom.base import Columns, RowExpectation

    # Classes register themselves; this one is gone when the test is over.
    monkeypatch.setattr(registry, "_registered_expectations", dict(registry._registered_expectations))

    class ExpectTextToBeOfLength(RowExpectation):
        length: StrictInt = 1
        column_type = pa.string()

        def failing(self, columns: Columns) -> Mask:
            return np.array([len(text) != self.length for text in columns[self.column].to_pylist()])

        def describe(self, columns: Columns) -> list[str]:
            return [f"not {self.length}"] * len(columns[self.column])

    suite = suite_of(tmp_path, "sft", entry("expect_text_to_be_of_length", "length", column="data_id", length=2))
    found = run_suite(suite, Scope.RECORD, frame("sft", Scope.RECORD, {"data_id": "a"}, {"data_id": "ab"}), {})
    assert found.failures.to_pylist() == [{"row": 0, "reason": "length", "severity": "critical", "detail": "not 2"}]


def test_counts_that_were_written_are_read_as_they_were() -> None:
    count = CheckCount("sft", "mine", Severity.WARNING, "record", 10, 3)
    read = CheckCount.from_json(json.loads(json.dumps(asdict(count))))
    assert read == count
    assert read.severity is Severity.WARNING
    assert shipped("sft").entries[0].severity is Severity.CRITICAL


def test_a_figure_that_is_missing_is_never_a_pass() -> None:
    table = facts({})
    nothing = pa.nulls(1, pa.int64())
    column = table.column_names.index("ledger_difference")
    with pytest.raises(ValueError, match="ledger_difference is null"):
        check_release(shipped("release"), table.set_column(column, "ledger_difference", nothing))
    with pytest.raises(ValueError, match="ledger_difference"):
        check_release(shipped("release"), table.drop_columns("ledger_difference"))


def some_rows(kind: str) -> pa.Table:
    """Rows of which some fail, and of which some have no question count."""
    changes = {
        "sft": [{}, {"answer": " "}, {"question_count": None}, {"question_count": -1}, {"answer": "", "question": ""}],
        "rm": [{}, ranked(1, 3), {"prompt": ""}, ranked(1, 1), {}],
    }[kind]
    return frame(kind, Scope.RECORD, *(changes * 3))


@pytest.mark.parametrize("kind", ["sft", "rm"])
@settings(max_examples=5)
@given(cuts=st.lists(st.integers(0, 15), max_size=5))
def test_frames_that_are_checked_together_give_what_each_gives(kind: str, cuts: list[int]) -> None:
    table = some_rows(kind)
    bounds = [0, *sorted(cuts), len(table)]
    tables = [table.slice(first, end - first) for first, end in pairwise(bounds)]
    together = run_suite_on_each(shipped(kind), Scope.RECORD, tables, POLICIES)
    for own, expected in zip(together, tables, strict=True):
        by_itself = run_suite(shipped(kind), Scope.RECORD, expected, POLICIES)
        assert (own.rows, own.counts) == (by_itself.rows, by_itself.counts)
        assert own.failures == by_itself.failures


def test_rows_that_nobody_looked_at_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of a frame are told from its nulls, and must add up to what Great Expectations says."""
    from sftrm_quality.checks import running

    real = running._outcomes

    def one_fewer(*arguments: Any) -> Any:
        return [replace(outcome, evaluated=outcome.evaluated - 1) for outcome in real(*arguments)]

    monkeypatch.setattr(running, "_outcomes", one_fewer)
    with pytest.raises(SftrmError, match="looked at 1 rows, expected 2; nothing was checked"):
        run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {}, {}), {})
