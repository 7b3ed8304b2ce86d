"""What all our expectations share: one metric, the positions of the failing rows, computed on Arrow arrays.

Great Expectations' own column map expectations drop nulls, build eight metrics each and hand the failing values around.
Ours have one metric each, check nulls themselves and give only positions.
"""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictStr
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.model_field_types import MostlyField
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from sftrm_quality.arrays import Mask, one_array
from sftrm_quality.checks.contexts import kept_in_a_call
from sftrm_quality.checks.results import enough_passed
from sftrm_quality.words import say

# Great Expectations sends all warnings of the process to logging when it is imported; they are the program's own.
logging.captureWarnings(False)

Columns = Mapping[str, pa.Array]

_FAILING_ROWS = "rows.failing"


class RowExpectation(BatchExpectation, ABC):  # type: ignore[misc]  # Great Expectations is not followed
    """The base of our expectations: one column of the frame, a yes or no for every row.

    A subclass names the type of column that it checks, its fields are its settings, and it has two methods:
    ``failing``, which says which rows fail, and ``describe``, which says what was found in them.
    """

    column: StrictStr
    mostly: MostlyField = 1.0

    column_type: ClassVar[pa.DataType]

    @classmethod
    def settings(cls) -> tuple[str, ...]:
        """The names of its own fields: what an entry of a suite may say besides ``column`` and ``mostly``."""
        return tuple(name for name in cls.__fields__ if name not in RowExpectation.__fields__)

    @abstractmethod
    def failing(self, columns: Columns) -> Mask:
        """Which rows do not meet the expectation.

        Args:
            columns: Those of ``columns_read``, of equal length.

        Returns:
            A bool for each row, True where it fails.
        """

    @abstractmethod
    def describe(self, columns: Columns) -> list[str]:
        """What was found in rows that failed: short, with texts as masked excerpts only.

        Args:
            columns: Those of ``columns_read``, with only these rows.

        Returns:
            A text for each row.
        """

    def columns_needed(self) -> list[str]:
        """The columns of the frame that ``failing`` and ``describe`` read; the first one is of ``column_type``."""
        return [self.column]

    def columns_signed(self) -> list[str]:
        """Columns whose signs (see ``checks.signs``) are needed too, each as one more column: ``answer_signs``."""
        return []

    def columns_made(self) -> Mapping[str, Callable[[Columns], pa.Array]]:
        """More columns, made of those of the frame and their signs: once for all expectations that name them."""
        return {}

    def columns_read(self) -> list[str]:
        """Everything that ``failing`` and ``describe`` read."""
        signed = (f"{name}_signs" for name in self.columns_signed())
        return [*self.columns_needed(), *signed, *self.columns_made()]

    def columns_checked(self) -> list[str]:
        """The columns that have to be of a type that the expectation can check."""
        return [self.column]

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        """Whether a column of that type can be checked."""
        return bool(cls.column_type.equals(kind))

    def problem(self) -> str | None:
        """What is wrong with the settings of a suite entry, beyond their types; None when nothing is."""
        return None

    def get_validation_dependencies(self, execution_engine: Any = None, runtime_configuration: Any = None) -> Any:
        """Ask Great Expectations for the one metric.

        Its own way there collects all settings, each out of a copy of them all (5 ms of the 40 to check the RM records
        of a shard), and ours needs none of them.
        """
        metric = MetricConfiguration(
            _FAILING_ROWS,
            metric_domain_kwargs={"batch_id": self.batch_id},
            metric_value_kwargs={
                "expectation_type": self.expectation_type,
                "column": self.column,
                "settings": {name: getattr(self, name) for name in self.settings()},
            },
        )
        wanted = (runtime_configuration or {}).get("result_format", self.result_format)
        return ValidationDependencies({_FAILING_ROWS: metric}, parse_result_format(wanted))

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        rows, failing = metrics[_FAILING_ROWS]
        return {
            "success": enough_passed(rows, len(failing), self.mostly),
            "result": {
                "element_count": rows,
                "unexpected_count": len(failing),
                "unexpected_percent": 100 * len(failing) / rows if rows else 0.0,
                "unexpected_index_list": failing,
            },
        }


@lru_cache(maxsize=512)
def _expectation(kind: str, column: str, settings: str) -> RowExpectation:
    """An expectation as a metric is asked for it, made once for all shards: to check its fields takes 0.4 ms."""
    expectation: RowExpectation = get_expectation_impl(kind)(column=column, **json.loads(settings))
    return expectation


class FailingRows(TableMetricProvider):  # type: ignore[misc]
    """The metric: the number of rows, and the positions of the failing ones in ascending order."""

    metric_name = _FAILING_ROWS
    value_keys = ("expectation_type", "column", "settings")

    @metric_value(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[int, list[int]]:
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        settings = json.dumps(metric_value_kwargs["settings"])
        expectation = _expectation(metric_value_kwargs["expectation_type"], metric_value_kwargs["column"], settings)
        # The frame's columns are Arrow arrays in a pandas coat: nothing is copied, and each is asked for once.
        arrays = kept_in_a_call(frame)
        read = expectation.columns_read()
        for name in read:
            if name not in arrays:
                arrays[name] = one_array(pa.array(frame[name].array))
        failing = expectation.failing({name: arrays[name] for name in read})
        if failing.dtype != bool or failing.shape != (len(frame),):
            raise TypeError(
                say(
                    "{expectation}: one bool per row expected, {dtype}{shape} found",
                    expectation=expectation.expectation_type,
                    dtype=failing.dtype,
                    shape=failing.shape,
                )
            )
        return len(frame), np.flatnonzero(failing).tolist()
