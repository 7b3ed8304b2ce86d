"""Bounds that cannot be meant: checks that nothing can fail, or that nothing can pass."""

from collections.abc import Mapping
from typing import Any

from sftrm_quality.words import phrase, say

_NEVER_FAILS, _NEVER_PASSES = phrase("it can never fail"), phrase("it can never pass")
# Of settings of our own expectations that count characters or responses, the least that means anything.
_LEAST = {"within": 1, "maximum": 1, "minimum": 0}


def bounds_problem(kwargs: Mapping[str, Any], is_figure: bool) -> str | None:
    """What is wrong with the bounds of an entry.

    Args:
        kwargs: Of an entry whose settings have the right types.
        is_figure: Whether its column is a figure of the release or of the delivery: a count, which is at least 0, or a
            share (by its name), which is from 0 to 1.

    Returns:
        Words for an error; None when nothing is wrong.
    """
    for name, least in _LEAST.items():
        value = kwargs.get(name)
        if isinstance(value, int) and value < least:
            return say("{name!r} is {value}, expected at least {least}", name=name, value=value, least=least)
    if kwargs.get("minimum") == 0 and kwargs.get("maximum") is None:
        return say("'minimum' is 0: {it_can}", it_can=say(_NEVER_FAILS))
    if kwargs.get("regex") == "":
        return say("'regex' is empty, which every text matches")
    if "" in (patterns := kwargs.get("patterns", [])):
        return say("'patterns' is {patterns}, expected no empty one", patterns=patterns)
    return _between_problem(kwargs, is_figure)


def _between_problem(kwargs: Mapping[str, Any], is_figure: bool) -> str | None:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None and low > high:
        return say(
            "'min_value' {low} is above 'max_value' {high}: {it_can}",
            low=low,
            high=high,
            it_can=say(_NEVER_PASSES),
        )
    if not is_figure or (low is None and high is None):
        return None
    most = 1 if str(kwargs.get("column")).startswith(("share_", "drop_")) else None
    if (high is not None and high < 0) or (low is not None and most is not None and low > most):
        return _of_figure(kwargs["column"], most, _NEVER_PASSES)
    if (low is None or low <= 0) and (high is None or (most is not None and high >= most)):
        return _of_figure(kwargs["column"], most, _NEVER_FAILS)
    return None


def _of_figure(column: str, most: int | None, it_can: str) -> str:
    if most is None:
        return say("{column!r} is from 0 on: {it_can}", column=column, it_can=say(it_can))
    return say("{column!r} is from 0 to {most}: {it_can}", column=column, most=most, it_can=say(it_can))
