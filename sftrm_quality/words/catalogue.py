"""Every text for people is a sentence of one catalogue with parameters, so that it can be said in another language.

The English sentence is the key, as in GNU gettext (https://www.gnu.org/software/gettext/manual/); braces in it name its
parameters, as `str.format` has them. ``sftrm.pot`` beside this file lists all of them, made from the code by ``make
catalogue``; a test holds it to the code, and another finds the texts that go round it.
"""

import gettext
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from sftrm_quality.words.numbers import number

_ENGLISH = gettext.NullTranslations()
_spoken: ContextVar[gettext.NullTranslations] = ContextVar("spoken", default=_ENGLISH)


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
        The text.
    """
    told = _spoken.get().gettext(sentence)
    return told.format(**values) if values else told


def say_of(one: str, many: str, count: int, /, **values: object) -> str:
    """A sentence about a number of things.

    Args:
        one: As English says it of one.
        many: As English says it of any other number.
        count: The number, which is the parameter ``count`` too.
        values: Further parameters.

    Returns:
        The text.
    """
    return form_of(one, many, count).format(count=number(count), **values)


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
