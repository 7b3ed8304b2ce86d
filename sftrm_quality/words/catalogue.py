"""Every text for people is a sentence of one catalogue with parameters, so that it can be said in another language.

The English sentence is the key, as in GNU gettext (https://www.gnu.org/software/gettext/manual/); braces in it name its
parameters, as `str.format` has them. ``sftrm.pot`` beside this file lists all of them, made from the code by ``make
catalogue``; a test holds it to the code, and another finds the texts that go round it. `languages` has translations.

A text knows how it was said (`Said`): what was made in English to be stored, or in the middle of a run, is said again
where a person reads it in another language (`again`).
"""

import gettext
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal, get_args

from sftrm_quality.words.numbers import number

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

ENGLISH = gettext.NullTranslations()
_spoken: ContextVar[gettext.NullTranslations] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(catalogue: gettext.NullTranslations) -> Iterator[None]:
    """Say everything inside in another language. Only what is shown: whatever is stored stays English.

    Args:
        catalogue: The sentences of that language by the English ones.
    """
    before = _spoken.set(catalogue)
    try:
        yield
    finally:
        _spoken.reset(before)


def speak(catalogue: gettext.NullTranslations) -> None:
    """Say everything in another language from here on.

    Args:
        catalogue: As for `speaking`, which goes back at its end.
    """
    _spoken.set(catalogue)


def language_of(catalogue: gettext.NullTranslations) -> Language:
    """The code of a language; English for a catalogue that names none.

    Args:
        catalogue: Its sentences.

    Returns:
        The code.
    """
    code = catalogue.info().get("language", "en")
    return next((language for language in LANGUAGES if language == code), "en")


def spoken() -> gettext.NullTranslations:
    """The catalogue in which everything is said here."""
    return _spoken.get()


@dataclass(frozen=True, slots=True)
class Form:
    """How a text was said. many, count: where it is about a number of things.

    elsewhere: the whole text by language, of what is in no catalogue: the description of a check.
    """

    sentence: str
    values: Mapping[str, object]
    many: str | None = None
    count: int = 0
    elsewhere: Mapping[Language, str] = field(default_factory=dict)


class Said(str):
    """A text that knows how it was said. For all else it is a text."""

    form: Form


def made_of(form: Form) -> Said:
    """A text by how it is said, in the language that is spoken here.

    Args:
        form: Its sentence and parameters.

    Returns:
        The text.
    """
    catalogue = _spoken.get()
    if form.many is None:
        told = catalogue.gettext(form.sentence) if form.sentence else ""
    else:
        told = catalogue.ngettext(form.sentence, form.many, form.count)
    if form.elsewhere:
        told = form.elsewhere.get(language_of(catalogue), form.sentence)
    elif form.values:
        told = told.format(**{name: again(value) for name, value in form.values.items()})
    text = Said(told)
    text.form = form
    return text


def again(value: object) -> object:
    """A text in the language that is spoken here, whichever it was made in.

    Args:
        value: What `say` gave, an error that was raised with it, or anything else.

    Returns:
        The text; anything else as it is.
    """
    if isinstance(value, Said):
        return made_of(value.form)
    if isinstance(value, BaseException) and len(value.args) == 1 and isinstance(value.args[0], Said):
        return made_of(value.args[0].form) if type(value).__str__ is BaseException.__str__ else value
    return value


def retold(text: str) -> str:
    """The same for a text.

    Args:
        text: Said in any language.

    Returns:
        The text in the language that is spoken here, where it is known how it was said.
    """
    return made_of(text.form) if isinstance(text, Said) else text


def error_text(error: BaseException) -> str:
    """What an error says, in the language that is spoken here.

    Args:
        error: Any.

    Returns:
        Its text.
    """
    return str(again(error))


def phrase(sentence: str) -> str:
    """A sentence of the catalogue that is said later, for constants: `say` says it then.

    Args:
        sentence: In English.

    Returns:
        The same.
    """
    return sentence


def say(sentence: str, /, **values: object) -> str:
    """A sentence with its parameters filled in.

    Args:
        sentence: As the catalogue has it, in English.
        values: Its parameters, by the names in its braces. Without any, braces are text.

    Returns:
        The text, which knows how it was said.
    """
    return made_of(Form(sentence, values))


def say_of(one: str, many: str, count: int, /, **values: object) -> str:
    """A sentence about a number of things.

    Args:
        one: As English says it of one.
        many: As English says it of any other number.
        count: The number, which is the parameter ``count`` too.
        values: Further parameters.

    Returns:
        The text, which knows how it was said.
    """
    return made_of(Form(one, {"count": number(count), **values}, many, count))


def described(text: str, elsewhere: Mapping[Language, str]) -> str:
    """A text that is in no catalogue and brings its translations, as suites do.

    Args:
        text: In English.
        elsewhere: The same in other languages, by their codes.

    Returns:
        The text, which knows them.
    """
    return made_of(Form(text, {}, elsewhere=elsewhere)) if elsewhere else text


def without_full_stop(text: str) -> str:
    """A text as a part of another sentence.

    Args:
        text: Any; one of `described` keeps its translations.

    Returns:
        The text without a full stop at its end, in every language that it has.
    """
    if not isinstance(text, Said) or not text.form.elsewhere:
        return text.rstrip(".")
    form = text.form
    return described(form.sentence.rstrip("."), {code: one.rstrip(".") for code, one in form.elsewhere.items()})


def joined(separator: str, texts: Sequence[str]) -> str:
    """Texts one after the other, which can be said again together.

    Args:
        separator: What is between them, without braces.
        texts: The texts.

    Returns:
        One text.
    """
    if not any(isinstance(text, Said) for text in texts):
        return separator.join(texts)
    values = {f"part{number}": text for number, text in enumerate(texts)}
    return made_of(Form(separator.join(f"{{{name}}}" for name in values), values))


def listed(names: Sequence[str], most: int, count: int | None = None) -> str:
    """The first names of a list, and how many more there are.

    Args:
        names: Texts, at least one.
        most: How many are named.
        count: How many there are, where ``names`` are only the first of them.

    Returns:
        The text.
    """
    shown = ", ".join(names[:most])
    more = (len(names) if count is None else count) - len(names[:most])
    return say("{names} and {count} more", names=shown, count=number(more)) if more > 0 else shown


def form_of(one: str, many: str, count: int) -> str:
    """Which form of a sentence is said of a number of things, its braces still open.

    Args:
        one: As for `say_of`.
        many: The same.
        count: The number.

    Returns:
        The form.
    """
    return _spoken.get().ngettext(one, many, count)
