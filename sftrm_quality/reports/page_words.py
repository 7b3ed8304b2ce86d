"""`say` for templates: the sentence is markup of ours, what is filled in is shown as `display.text` shows it."""

from markupsafe import Markup

from sftrm_quality import words
from sftrm_quality.reports import display


def say(sentence: str, /, **values: object) -> Markup:
    """A sentence with its parameters filled in, as markup.

    Args:
        sentence: As the catalogue has it, in English; markup in it is ours.
        values: Its parameters, escaped unless they are markup too. Without any, braces are text.

    Returns:
        The markup.
    """
    told = Markup(words.say(sentence))
    return told.format(**_shown(values)) if values else told


def say_of(one: str, many: str, count: int, /, **values: object) -> Markup:
    """A sentence about a number of things, as markup.

    Args:
        one: As English says it of one.
        many: As English says it of any other number.
        count: The number, which is the parameter ``count`` too.
        values: Further parameters.

    Returns:
        The markup.
    """
    return Markup(words.form_of(one, many, count)).format(count=words.number(count), **_shown(values))


def _shown(values: dict[str, object]) -> dict[str, object]:
    return {name: display.text(value) for name, value in values.items()}
