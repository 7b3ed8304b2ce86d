"""What is said, stored beside its English text so that it can be said in any language: sentence and parameters."""

from __future__ import annotations

from sftrm_quality.run_record.value import Value
from sftrm_quality.words import Form, Language, Said, made_of


class Told(Value):
    """A sentence of the catalogue as it was said.

    sentence: in English, with its parameters in braces. many: the form for any other number than one, where it is
    about a number of things, and count that number. values: by parameter; a text may be such a sentence itself.
    elsewhere: the whole text by language, of what is in no catalogue: the description of a check.
    """

    sentence: str
    values: dict[str, Told | int | float | str | None]
    many: str | None
    count: int
    elsewhere: dict[Language, str]


def told_of(text: str) -> Told | None:
    """How a text was said.

    Args:
        text: In English.

    Returns:
        Its sentence and parameters; None of a text of which that is not known.
    """
    return _told(text.form) if isinstance(text, Said) else None


def text_of(told: Told | None, english: str) -> str:
    """What was stored, in the language that is spoken.

    Args:
        told: How it was said; None in what older versions wrote.
        english: The text as it was stored.

    Returns:
        The text; the English one where it is not known how it was said.
    """
    return made_of(_form(told)) if told else english


def _told(form: Form) -> Told:
    return Told(
        sentence=form.sentence,
        values={name: _stored(value) for name, value in form.values.items()},
        many=form.many,
        count=form.count,
        elsewhere=dict(form.elsewhere),
    )


def _stored(value: object) -> Told | int | float | str | None:
    if isinstance(value, BaseException) and len(value.args) == 1 and isinstance(value.args[0], Said):
        value = value.args[0]
    if isinstance(value, Said):
        return _told(value.form)
    return value if value is None or isinstance(value, int | float) else str(value)


def _form(told: Told) -> Form:
    values = {name: made_of(_form(one)) if isinstance(one, Told) else one for name, one in told.values.items()}
    return Form(told.sentence, values, told.many, told.count, told.elsewhere)
