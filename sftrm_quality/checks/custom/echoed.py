"""An expectation that no answer says what was asked before it says anything."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Mask, as_mask
from sftrm_quality.checks import texts
from sftrm_quality.checks.custom.base import Columns, RowExpectation
from sftrm_quality.checks.custom.places import TEXT_OR_RESPONSES
from sftrm_quality.checks.echoes import asks_for_itself
from sftrm_quality.words import say


class ExpectTextNotToBeginWith(RowExpectation):
    """No text, or no response, begins with the text of the column ``other`` and goes on, both normalised.

    Shorter ones than ``minimum`` characters and those that ask for it (``echoes.asks_for_itself``) are not looked at.
    """

    other: StrictStr
    minimum: StrictInt

    @classmethod
    def can_check(cls, kind: pa.DataType) -> bool:
        return any(kind.equals(one) for one in TEXT_OR_RESPONSES)

    def columns_needed(self) -> list[str]:
        return [self.column, self.other, f"{self.column}_normalised", f"{self.other}_normalised"]

    def failing(self, columns: Columns) -> Mask:
        failing = np.zeros(len(columns[self.column]), bool)
        failing[[row for row, _ in self._found(columns)]] = True
        return failing

    def describe(self, columns: Columns) -> list[str]:
        found = dict(reversed(self._found(columns)))
        several = pa.types.is_list(columns[self.column].type)
        return [
            say("response {place} begins with {other}", place=found[row] + 1, other=self.other)
            if several
            else say("{column} begins with {other}", column=self.column, other=self.other)
            for row in range(len(columns[self.column]))
        ]

    def _found(self, columns: Columns) -> list[tuple[int, int]]:
        """Row and number of each text that begins so."""
        column = columns[f"{self.column}_normalised"]
        several = pa.types.is_list(column.type)
        flat = column.flatten() if several else column
        row = texts.text_of_each(columns[self.column])[0]
        asked = columns[f"{self.other}_normalised"].take(pa.array(row))
        same = pc.equal(pc.utf8_slice_codeunits(flat, 0, self.minimum), pc.utf8_slice_codeunits(asked, 0, self.minimum))
        longer = pc.greater(pc.binary_length(flat), pc.binary_length(asked))
        long_enough = pc.greater_equal(pc.utf8_length(asked), self.minimum)
        found: list[tuple[int, int]] = []
        for at in np.flatnonzero(as_mask(pc.and_(pc.and_(same, longer), long_enough))).tolist():
            one = int(row[at])
            question = columns[self.other][one].as_py()
            if flat[at].as_py().startswith(asked[at].as_py()) and not asks_for_itself(question):
                found.append((one, at - int(np.searchsorted(row, one))))
        return found
