"""Expectations that no text of a record is damaged: garbled, or with tokens and turns of a chat template.

By two names each, for a column of texts and for responses; both may have ``others`` beside it.
"""

import numpy as np
import pyarrow as pa
from great_expectations.compatibility.pydantic import StrictStr

from sftrm_quality.arrays import Rows
from sftrm_quality.checks import signs, texts
from sftrm_quality.checks.custom.base import Columns
from sftrm_quality.checks.custom.contents import ContentsExpectation
from sftrm_quality.checks.custom.places import Place
from sftrm_quality.checks.garbled import garbled_in
from sftrm_quality.checks.template_tokens import CANDIDATE, template_tokens_in
from sftrm_quality.words import say


class _DamageExpectation(ContentsExpectation):
    """``question`` is the column of what the texts answer: they may speak of what is damage elsewhere."""

    question: StrictStr | None = None

    def columns_needed(self) -> list[str]:
        return [*super().columns_needed(), *([self.question] if self.question else [])]


class ExpectTextNotToBeGarbled(_DamageExpectation):
    """Nothing was lost: no U+FFFD, no control characters, no question marks for letters (``garbled.garbled_in``)."""

    column_type = pa.string()
    sign = signs.GARBLED

    def find(self, text: str, place: Place) -> str | None:
        span = next(garbled_in(text, place.asked(self.question)), None)
        if span is None:
            return None
        found = text[span[0] : span[1]]
        if found.strip("?¿"):
            return say("U+{code:04X}", code=ord(found)) if len(found) == 1 else texts.excerpt(found)
        return say("question marks in place of letters")


class ExpectEveryResponseNotToBeGarbled(ExpectTextNotToBeGarbled):
    """``ExpectTextNotToBeGarbled`` of responses."""


class ExpectTextToBeFreeOfTemplateTokens(_DamageExpectation):
    """No control token or turn of a chat template leaked into a text (``template_tokens.template_tokens_in``)."""

    column_type = pa.string()
    sign = signs.TOKEN

    def _possible(self, columns: Columns, name: str) -> Rows:
        signed = super()._possible(columns, name)
        # Signs are for all who look; most texts with this one have a heading, a list or a tag of HTML.
        _, column = texts.text_of_each(columns[name])
        return signed[np.flatnonzero(texts.matches(column.take(pa.array(signed)), CANDIDATE))]

    def find(self, text: str, place: Place) -> str | None:
        spans = template_tokens_in(text, place.asked(self.question), prompt=place.is_prompt)
        return texts.excerpt(text[slice(*spans[0])]) if spans else None


class ExpectEveryResponseToBeFreeOfTemplateTokens(ExpectTextToBeFreeOfTemplateTokens):
    """``ExpectTextToBeFreeOfTemplateTokens`` of responses."""
