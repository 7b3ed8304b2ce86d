"""Suites turned into Great Expectations' own objects; which standard expectations may be used beside ours."""

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import great_expectations.exceptions as gx_exceptions
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from sftrm_quality.checks.bounds import bounds_problem
from sftrm_quality.checks.contexts import Graphs
from sftrm_quality.checks.custom import RowExpectation
from sftrm_quality.checks.custom.deliveries import CountExpectation
from sftrm_quality.checks.frames import DELIVERY_FACTS, FRAMES, RELEASE_FACTS, Scope
from sftrm_quality.checks.suites import RELEASE, Entry, Suite
from sftrm_quality.errors import SuiteError
from sftrm_quality.records import LabelKind
from sftrm_quality.words import say

_Usable = Callable[[pa.DataType], bool]


def _is_number(kind: pa.DataType) -> bool:
    return bool(pt.is_integer(kind) or pt.is_floating(kind))


def _is_scalar(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or _is_number(kind))


# Standard expectations that check each row by itself and were tried on Arrow columns. Left out on purpose: those whose
# verdict on a row depends on other rows (unique, increasing, z-scores: a shard is not the data set), of_type (checks
# the storage, not the data), json_schema (0.5 ms per row), and all that take SQL.
STANDARD_ROW_EXPECTATIONS: dict[str, _Usable] = {
    "expect_column_values_to_be_between": _is_number,
    "expect_column_values_to_be_in_set": _is_scalar,
    "expect_column_values_to_not_be_in_set": _is_scalar,
    "expect_column_values_to_match_regex": pt.is_string,
    "expect_column_values_to_not_match_regex": pt.is_string,
    "expect_column_value_lengths_to_be_between": pt.is_string,
    "expect_column_values_to_be_null": _is_scalar,
    "expect_column_values_to_not_be_null": _is_scalar,
}
# Of figures: the release's, the delivery's.
STANDARD_RELEASE_EXPECTATIONS: dict[str, _Usable] = {
    name: STANDARD_ROW_EXPECTATIONS[name]
    for name in (
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_not_be_in_set",
    )
}


def _re2_problem(pattern: object) -> str | None:
    if not isinstance(pattern, str):
        return say("expected a text")
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return say("not RE2: {error}", error=error)
    return None


def _bound_problem(value: object) -> str | None:
    return None if isinstance(value, int | float) and not isinstance(value, bool) else say("expected a number")


def _set_problem(values: object) -> str | None:
    return None if isinstance(values, list) and values else say("expected a list with at least one value")


# What Great Expectations leaves to the moment when rows are there. Pandas hands a pattern with a look-around or a
# back-reference, which RE2 refuses, to Python's engine, where one such pattern can take for ever.
_SETTINGS: dict[str, Callable[[object], str | None]] = {
    "regex": _re2_problem,
    "min_value": _bound_problem,
    "max_value": _bound_problem,
    "value_set": _set_problem,
}


class CompiledSuite(ExpectationSuite):  # type: ignore[misc]  # Great Expectations is not followed
    """A suite as Great Expectations runs it, with what it makes of it by parameters, which it need not make again."""

    def __init__(self, name: str, expectations: list[Expectation]) -> None:
        super().__init__(name=name, expectations=expectations)
        self.graphs: defaultdict[frozenset[tuple[str, str]], Graphs] = defaultdict(Graphs)


# A process has the suites of one run, by scope; they are compiled by whoever checks that they fit, and used later.
@lru_cache(maxsize=32)
def compile_suite(suite: Suite, scope: Scope | None = None) -> CompiledSuite:
    """The entries of a suite as Great Expectations can run them.

    Args:
        suite: As it was read.
        scope: Only the entries of this scope; all of them without it.

    Returns:
        The expectations in the order of the entries, each with its reason as ``meta``.

    Raises:
        SuiteError: One line for a type or a setting that does not fit the column.
    """
    if scope is not None:
        both = zip(compile_suite(suite).expectations, suite.entries, strict=True)
        return CompiledSuite(suite.name, [one for one, entry in both if entry.scope is scope])
    expectations = [
        _compile(
            say("{file}, expectation {number} ({type})", file=suite.file, number=number, type=entry.type),
            entry,
            suite.name,
        )
        for number, entry in enumerate(suite.entries, start=1)
    ]
    return CompiledSuite(suite.name, expectations)


def _compile(where: str, entry: Entry, suite: str) -> Expectation:
    try:
        expectation = ExpectationConfiguration(
            type=entry.type,
            kwargs=dict(entry.kwargs),
            severity=entry.severity.value,
            description=entry.description,
            meta={"reason": entry.reason},
        ).to_domain_obj()
    except gx_exceptions.ExpectationNotFoundError:
        raise SuiteError(
            say("{where}: no expectation of that type; expectations/README.md lists what there is", where=where)
        ) from None
    except ValidationError as error:
        raise SuiteError(say("{where}: {problem}", where=where, problem=_one_line(error))) from error
    except (TypeError, ValueError, gx_exceptions.GreatExpectationsError) as error:
        raise SuiteError(say("{where}: {problem}", where=where, problem=" ".join(str(error).split()))) from error
    _fit(where, expectation, entry, suite)
    return expectation


def _fit(where: str, expectation: Expectation, entry: Entry, suite: str) -> None:
    """Refuse an expectation that cannot check that column of that frame."""
    columns, frame = _frame(suite, entry.scope)
    if isinstance(expectation, RowExpectation) and suite != RELEASE:
        needed, checked = expectation.columns_needed(), expectation.columns_checked()
        usable: _Usable = expectation.can_check
        if problem := expectation.problem():
            raise SuiteError(say("{where}: {problem}", where=where, problem=problem))
    else:
        allowed = STANDARD_RELEASE_EXPECTATIONS if entry.scope is None else STANDARD_ROW_EXPECTATIONS
        if entry.type not in allowed:
            raise SuiteError(
                say(
                    "{where}: cannot be used here; of the standard expectations {allowed} can",
                    where=where,
                    allowed=", ".join(sorted(allowed)),
                )
            )
        for name, problem_of in _SETTINGS.items():
            if name in entry.kwargs and (found := problem_of(entry.kwargs[name])):
                raise SuiteError(
                    say(
                        "{where}: {name!r} is {value!r}: {found}",
                        where=where,
                        name=name,
                        value=entry.kwargs[name],
                        found=found,
                    )
                )
        usable = allowed[entry.type]
        needed = checked = [entry.kwargs["column"]]
    # Those on the delivery have bounds of their own kind and say so themselves.
    if not isinstance(expectation, CountExpectation) and (
        problem := bounds_problem(entry.kwargs, is_figure=entry.scope is None)
    ):
        raise SuiteError(say("{where}: {problem}; correct it, or take the entry out", where=where, problem=problem))
    for name in needed:
        if name not in columns.names:
            raise SuiteError(
                say(
                    "{where}: no column {name!r} in the {frame}; it has {names}",
                    where=where,
                    name=name,
                    frame=frame,
                    names=", ".join(columns.names),
                )
            )
    for name in checked:
        kind = columns.field(name).type
        if not usable(kind):
            raise SuiteError(
                say(
                    "{where}: cannot check the column {name!r}, which is {kind}; choose another column",
                    where=where,
                    name=name,
                    kind=kind,
                )
            )


def _frame(suite: str, scope: Scope | None) -> tuple[pa.Schema, str]:
    """The columns that an entry may name, and what people call them."""
    if scope is None:
        return (RELEASE_FACTS if suite == RELEASE else DELIVERY_FACTS), say("{suite} facts", suite=suite)
    return FRAMES[LabelKind(suite)][scope], say("{suite} frame of scope {scope}", suite=suite, scope=scope)


def _one_line(error: ValidationError) -> str:
    problems: list[dict[str, Any]] = error.errors()
    return "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
