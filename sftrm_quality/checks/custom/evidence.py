"""Expectations on evidence: a column in which an earlier step names what speaks against the row, or null."""

import pyarrow as pa

from sftrm_quality.arrays import Mask, as_mask
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.words import say


class _NothingAgainst(RowExpectation):
    column_type = pa.string()

    def failing(self, columns: Columns) -> Mask:
        return as_mask(columns[self.column].is_valid())


class ExpectDataIdToBeHeldOnce(_NothingAgainst):
    """No earlier record of other content holds the same data_id."""

    def describe(self, columns: Columns) -> list[str]:
        return [
            say("the data_id is held by record {holder}", holder=holder) for holder in columns[self.column].to_pylist()
        ]


class ExpectRankingNotToBeContradicted(_NothingAgainst):
    """No other record ranks the same responses to the same prompt the other way round."""

    def describe(self, columns: Columns) -> list[str]:
        found = columns[self.column].to_pylist()
        return [say("record {other} ranks the same responses the other way round", other=other) for other in found]


class ExpectPromptNotToStandInAHeldOutSplit(_NothingAgainst):
    """The prompt of a record that its source declares as train is in no held-out split."""

    def describe(self, columns: Columns) -> list[str]:
        return [
            say("the same prompt is in the split {split}", split=split) for split in columns[self.column].to_pylist()
        ]
