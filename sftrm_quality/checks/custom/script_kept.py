"""An expectation that an answer is in the script of its question."""

from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import Field as PydanticField
from great_expectations.compatibility.pydantic import StrictInt, StrictStr

from sftrm_quality.arrays import Ints, as_ints
from sftrm_quality.checks.custom.answers import AnswerExpectation, answers_of, phrases_problem
from sftrm_quality.checks.custom.base import Columns
from sftrm_quality.checks.phrases import compiled_phrases
from sftrm_quality.checks.prose import scripts_differ
from sftrm_quality.words import say


class ExpectAnswerToKeepTheScript(AnswerExpectation):
    """An answer to a question in Hangul has Hangul, one to a question in Latin letters has Latin letters.

    Neither is in a third script.

    ``other`` is the column of the question; see ``prose.scripts_differ`` for ``minimum`` and ``share``. Not checked:
    questions with one of the ``requests``, and answers to Latin ones that have, code included, more Latin letters than
    Hangul.
    """

    other: StrictStr
    minimum: StrictInt
    share: Annotated[float, PydanticField(gt=0.5, le=1)]
    requests: list[StrictStr]

    def columns_needed(self) -> list[str]:
        return [self.column, self.other, f"{self.other}_normalised"]

    def columns_signed(self) -> list[str]:
        return [self.column, self.other]

    def problem(self) -> str | None:
        return phrases_problem("requests", self.requests)

    def describe(self, columns: Columns) -> list[str]:
        found = self.found_in(columns)
        return [
            say(
                "{text} is in {found} letters, {other} in {expected} ones",
                text=self.checked_text,
                found=found[row][1],
                other=self.other,
                expected=found[row][0],
            )
            for row in range(len(columns[self.column]))
        ]

    def found_in(self, columns: Columns) -> dict[int, tuple[str, str]]:
        """By row that fails: the scripts of the question and of the answer."""
        row, text, sign = answers_of(columns, self.column, f"{self.column}_signs")
        question, asked = columns[self.other], columns[f"{self.other}_signs"]
        hangul, latin = (_count(sign, name) for name in ("hangul", "latin"))
        q_hangul, q_latin = (_count(asked, name)[row] for name in ("hangul", "latin"))
        # The counts include code and formulas, so they only say which answers cannot fail.
        korean_asked = (q_hangul >= self.minimum / 4 * self.share) & (hangul == 0)
        latin_asked = (q_latin > q_hangul) & (q_latin >= self.minimum / 4 * self.share) & (latin <= hangul)
        length = as_ints(pc.binary_length(text))
        # Many bytes are neither: signs, digits, or letters of a third script.
        third = (length - 3 * hangul - latin > 0.4 * length) & (q_hangul + q_latin >= self.minimum / 4 * self.share)
        possible = pa.array(np.flatnonzero((korean_asked | latin_asked | third) & (length >= self.minimum)))
        rows = pa.array(row[possible.to_numpy()])
        requested = compiled_phrases(tuple(self.requests))
        found: dict[int, tuple[str, str]] = {}
        for one, asked_for, normalised, answer in zip(
            rows.to_pylist(),
            question.take(rows).to_pylist(),
            columns[f"{self.other}_normalised"].take(rows).to_pylist(),
            text.take(possible).to_pylist(),
            strict=True,
        ):
            if one not in found and requested.first_in(normalised) is None:
                script = scripts_differ(asked_for, answer, self.minimum, self.share)
                if script:
                    found[one] = script
        return found


def _count(sign: pa.Array, name: str) -> Ints:
    return as_ints(pc.struct_field(sign, name))
