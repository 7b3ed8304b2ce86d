"""Great Expectations at work: results read strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from great_expectations.core import ExpectationSuite
from great_expectations.datasource.fluent import PandasDatasource
from great_expectations.expectations.expectation import Expectation

from sftrm_quality.arrays import Ints, Mask, Rows, as_mask, offsets_of, one_array
from sftrm_quality.checks.compiling import CompiledSuite, compile_suite
from sftrm_quality.checks.contexts import context_of_a_call, remembering
from sftrm_quality.checks.custom import RowExpectation
from sftrm_quality.checks.frames import DELIVERY_FACTS, FRAMES, RELEASE_FACTS, Scope
from sftrm_quality.checks.results import FAILURES, CheckCount, CheckedRows, CheckResult, enough_passed
from sftrm_quality.checks.signs import signs_of
from sftrm_quality.checks.suites import PARAMETERS, Entry, Suite
from sftrm_quality.checks.texts import excerpt
from sftrm_quality.errors import SftrmError
from sftrm_quality.records import LabelKind
from sftrm_quality.words import say

# Positions of all failing rows, and no failing values, which would be copied and end up in messages.
_RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}


def check_frames(
    suite: Suite, scope: Scope, tables: Sequence[pa.Table], parameters: Mapping[str, str]
) -> list[CheckedRows]:
    """See ``sftrm_quality.checks.run_suite_on_each``, also for arguments and errors."""
    fields = FRAMES[LabelKind(suite.name)][scope]
    frame = say("{suite} frame of scope {scope}", suite=suite.name, scope=scope)
    of_tables = [_columns(table, fields, frame) for table in tables]
    columns = {name: pa.concat_arrays([of_table[name] for of_table in of_tables]) for name in fields.names}
    entries = [entry for entry in suite.entries if entry.scope is scope]
    asked_for = {value["$PARAMETER"] for entry in entries for value in entry.kwargs.values() if isinstance(value, dict)}
    for name in sorted(asked_for | parameters.keys()):
        if parameters.get(name) not in PARAMETERS.get(name, ()):
            raise ValueError(
                say(
                    "parameter {name} is {parameters!r}, expected one of {known}",
                    name=name,
                    parameters=parameters.get(name),
                    known=dict(PARAMETERS),
                )
            )
    compiled = compile_suite(suite, scope)
    columns |= _signs(compiled, columns)
    columns |= _made(compiled, columns)
    return _checked(suite, entries, compiled, columns, parameters, offsets_of([len(table) for table in tables]))


def rows_that_fail(
    suite: Suite, scope: Scope, table: pa.Table, parameters: Mapping[str, str]
) -> list[tuple[Entry, Mask]]:
    """See ``sftrm_quality.checks.failing_rows``, also for arguments."""
    columns = _columns(table, FRAMES[LabelKind(suite.name)][scope], str(scope))
    compiled = compile_suite(suite, scope)
    columns |= _signs(compiled, columns)
    columns |= _made(compiled, columns)
    entries = [entry for entry in suite.entries if entry.scope is scope]
    return [
        (entry, _asking(expectation, parameters).failing({name: columns[name] for name in expectation.columns_read()}))
        for entry, expectation in zip(entries, compiled.expectations, strict=True)
        if isinstance(expectation, RowExpectation)
    ]


def check_deliveries(suite: Suite, facts: pa.Table) -> CheckedRows:
    """See ``sftrm_quality.checks.check_delivery``, also for arguments and errors."""
    columns = _columns(facts, DELIVERY_FACTS, say("delivery facts"))
    for field in DELIVERY_FACTS:
        if not field.nullable and columns[field.name].null_count:
            raise ValueError(
                say("delivery facts: {column} is null, expected a value for every file", column=field.name)
            )
    bounds = offsets_of([len(facts)])
    (checked,) = _checked(suite, suite.entries, compile_suite(suite), columns, {}, bounds)
    return checked


def _checked(
    suite: Suite,
    entries: Sequence[Entry],
    compiled: ExpectationSuite,
    columns: Mapping[str, pa.Array],
    parameters: Mapping[str, str],
    bounds: Ints,
) -> list[CheckedRows]:
    """One outcome for each of the frames that begin and end at the bounds."""
    frames = len(bounds) - 1
    counts: list[list[CheckCount]] = [[] for _ in range(frames)]
    failures = []
    outcomes = _outcomes(suite, entries, _run(compiled, columns, parameters))
    for entry, expectation, outcome in zip(entries, compiled.expectations, outcomes, strict=True):
        scope = entry.scope or suite.name
        evaluated = np.diff(_looked_at(expectation, columns, outcome)[bounds])
        failed = np.diff(np.searchsorted(outcome.failing, bounds))
        for own, *figures in zip(counts, evaluated.tolist(), failed.tolist(), strict=True):
            own.append(CheckCount(suite.name, entry.reason, entry.severity, scope, *figures))
        if len(outcome.failing):
            details = _describe(expectation, columns, outcome.failing, parameters)
            failures.append(_failures(entry, outcome.failing, details))
    everything = pa.concat_tables([FAILURES.empty_table(), *failures])
    # Stable, so that the reasons of a row keep the order of the suite.
    order = np.argsort(everything["row"].to_numpy(), kind="stable")
    everything = everything.take(order)
    rows = everything["row"].to_numpy()
    found = []
    for own, (first, end) in zip(counts, pairwise(bounds.tolist()), strict=True):
        start, stop = np.searchsorted(rows, [first, end]).tolist()
        mine = everything.slice(start, stop - start).set_column(
            0, FAILURES.field("row"), pa.array(rows[start:stop] - first)
        )
        found.append(CheckedRows(end - first, mine, tuple(own)))
    return found


def _looked_at(expectation: Expectation, columns: Mapping[str, pa.Array], outcome: "_Outcome") -> Ints:
    """How many of the first n rows were looked at, for every n: all, or those that are not null."""
    looked_at = np.ones(outcome.rows, bool)
    if outcome.evaluated < outcome.rows:
        looked_at = as_mask(columns[expectation.column].is_valid())
    so_far = offsets_of(looked_at)
    if so_far[-1] != outcome.evaluated:
        raise SftrmError(
            say(
                "{type}: Great Expectations looked at {found} rows, expected {expected}; nothing was checked",
                type=expectation.expectation_type,
                found=outcome.evaluated,
                expected=int(so_far[-1]),
            )
        )
    return so_far


def check_facts(suite: Suite, facts: pa.Table) -> list[CheckResult]:
    """See ``sftrm_quality.checks.check_release``, also for arguments and errors."""
    columns = _columns(facts, RELEASE_FACTS, say("release facts"))
    for name, column in columns.items():
        if column.null_count:
            raise ValueError(say("release facts: {name} is null, expected a figure for every label kind", name=name))
    results = []
    outcomes = _outcomes(suite, suite.entries, _run(compile_suite(suite), columns, {}))
    for entry, outcome in zip(suite.entries, outcomes, strict=True):
        name = entry.kwargs["column"]
        failing = ((columns["label_kind"][row].as_py(), columns[name][row].as_py()) for row in outcome.failing)
        results.append(
            CheckResult(
                suite=suite.name,
                reason=entry.reason,
                severity=entry.severity,
                evaluated=outcome.evaluated,
                failed=len(outcome.failing),
                mostly=entry.mostly,
                success=enough_passed(outcome.evaluated, len(outcome.failing), entry.mostly),
                detail=", ".join(
                    say("{kind}: {name} is {figure}", kind=kind, name=name, figure=_figure(name, value))
                    for kind, value in failing
                ),
            )
        )
    return results


def _columns(table: pa.Table, schema: pa.Schema, frame: str) -> dict[str, pa.Array]:
    """The columns of the frame, each as one array. Raises ValueError for a missing column or another type."""
    for field in schema:
        if field.name not in table.column_names or not table.schema.field(field.name).type.equals(field.type):
            raise ValueError(
                say(
                    "{frame}: expected a column {column} of {type}, found\n{schema}",
                    frame=frame,
                    column=field.name,
                    type=field.type,
                    schema=table.schema,
                )
            )
    return {name: one_array(table[name]) for name in schema.names}


def _signs(suite: ExpectationSuite, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The signs of the columns that some expectation wants them of, made once for all."""
    ours = (expectation for expectation in suite.expectations if isinstance(expectation, RowExpectation))
    signed = {name for expectation in ours for name in expectation.columns_signed()}
    return {f"{name}_signs": signs_of(columns[name]) for name in sorted(signed)}


def _made(suite: ExpectationSuite, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns that some expectation makes of others, made once for all."""
    ours = (expectation for expectation in suite.expectations if isinstance(expectation, RowExpectation))
    makers = {name: make for expectation in ours for name, make in expectation.columns_made().items()}
    return {name: make(columns) for name, make in makers.items()}


def _run(suite: CompiledSuite, columns: Mapping[str, pa.Array], parameters: Mapping[str, str]) -> list[Any]:
    if not suite.expectations:
        return []
    frame = pd.DataFrame({name: _series(array) for name, array in columns.items()})
    source = PandasDatasource(name="shards")
    asset = source.add_dataframe_asset("shard")
    context_of_a_call().data_sources.add_pandas(datasource=source)
    batch = asset.get_batch(asset.build_batch_request(options={"dataframe": frame}))
    with remembering(suite.graphs[frozenset(parameters.items())]):
        found = batch.validate(suite, result_format=_RESULT_FORMAT, expectation_parameters=dict(parameters))
    return list(found.results)


def _series(column: pa.Array) -> pd.Series:
    """Numbers as numpy has them, where none is null: Great Expectations compares others one by one (7 µs each)."""
    if column.null_count == 0 and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return pd.Series(column.to_numpy())
    return pd.Series(pd.arrays.ArrowExtensionArray(column))


@dataclass(frozen=True)
class _Outcome:
    """How many rows there were, how many of them an expectation looked at, and the positions of those that failed."""

    rows: int
    evaluated: int
    failing: Rows


def _outcomes(suite: Suite, entries: Sequence[Entry], results: list[Any]) -> list[_Outcome]:
    """One outcome per entry, in their order. Raises SftrmError where Great Expectations gave none."""
    # Results come in an order of Great Expectations' own, so they are joined on the reason.
    by_reason = {result.expectation_config.meta["reason"]: result for result in results}
    if not len(results) == len(by_reason) == len(entries):
        raise SftrmError(
            say(
                "{file}: {count} expectations gave {results} results; nothing was checked",
                file=suite.file,
                count=len(entries),
                results=len(results),
            )
        )
    outcomes = []
    for entry in entries:
        found = by_reason[entry.reason].result
        # An expectation whose metric raised has an empty result; read as figures it would be zero failures.
        failing = np.sort(np.array(found.get("unexpected_index_list") or [], dtype=np.int64))
        if found.get("unexpected_count") != len(failing):
            problem = _raised(by_reason[entry.reason])
            raise SftrmError(
                say(
                    "{file}, {reason} ({type}): the rows could not be checked: {problem}",
                    file=suite.file,
                    reason=entry.reason,
                    type=entry.type,
                    problem=problem,
                )
            )
        rows = found["element_count"]
        outcomes.append(_Outcome(rows, rows - found.get("missing_count", 0), failing))
    return outcomes


def _raised(result: Any) -> str:
    """The message of what a metric raised, on one line."""
    raised = result.exception_info
    if "exception_message" not in raised:  # one entry a metric that failed
        raised = next(iter(raised.values()))
    return " ".join(str(raised["exception_message"]).split())


def _describe(
    expectation: Any, columns: Mapping[str, pa.Array], failing: Rows, parameters: Mapping[str, str]
) -> list[str]:
    """What was found in each of the failing rows."""
    if isinstance(expectation, RowExpectation):
        asking = _asking(expectation, parameters)
        return asking.describe({name: columns[name].take(failing) for name in asking.columns_read()})
    column = expectation.column
    return [
        say("{column} is {shortened}", column=column, shortened=_shortened(value))
        for value in columns[column].take(failing).to_pylist()
    ]


def _asking(expectation: RowExpectation, parameters: Mapping[str, str]) -> RowExpectation:
    """An expectation with the source's policies in place of their names."""
    asked = ((name, getattr(expectation, name)) for name in expectation.settings())
    given = {name: parameters[value["$PARAMETER"]] for name, value in asked if isinstance(value, dict)}
    asking: RowExpectation = expectation.copy(update=given)
    return asking


def _shortened(value: str | float | None) -> str:
    return f"{value:g}" if isinstance(value, float | int) else excerpt(value)


def _figure(name: str, value: str | float | None) -> str:
    """A share as a person says it: in percent, like the sentence of the check that it fails."""
    return f"{100 * value:.3g} %" if name.startswith("share_") and isinstance(value, float) else _shortened(value)


def _failures(entry: Entry, failing: Rows, details: list[str]) -> pa.Table:
    same = [pa.repeat(pa.scalar(text, pa.string()), len(failing)) for text in (entry.reason, entry.severity)]
    return pa.Table.from_arrays([pa.array(failing), *same, pa.array(details, pa.string())], schema=FAILURES)
