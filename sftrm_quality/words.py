"""How texts for people are made: sentences of one catalogue with parameters, and numbers as people write them.

The English sentence is the key, as gettext has it; braces in it name its parameters.
"""


def say(sentence: str, /, **values: object) -> str:
    """A sentence with its parameters filled in.

    Args:
        sentence: As the catalogue has it.
        values: Its parameters, by the names in its braces.

    Returns:
        The text.
    """
    return sentence.format(**values)


def say_of(one: str, many: str, count: int, /, **values: object) -> str:
    """A sentence about a number of things.

    Args:
        one: As it is said of one.
        many: As it is said of any other number.
        count: The number, which is the parameter ``count`` too.
        values: Further parameters.

    Returns:
        The text.
    """
    return say(one if count == 1 else many, count=number(count), **values)


def number(value: int) -> str:
    """A count with thousands separators."""
    return f"{value:,}"


def share(part: int, whole: int) -> str:
    """A part of a whole in percent with one decimal; what is not quite nothing or all never looks like it."""
    if whole == 0:
        return "–"
    if part in (0, whole):
        return "100 %" if part else "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<0.1 %"
    return ">99.9 %" if percent > 99.9 else f"{percent:.1f} %"


def bound(value: float) -> str:
    """A bound between 0 and 1 in percent with as many decimals as it was written with: 99.95 % is not 100 %."""
    return f"{100 * value:.10g} %"
