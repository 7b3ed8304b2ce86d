"""Bounds that cannot be meant: checks that nothing can fail, or that nothing can pass."""

from collections.abc import Mapping
from typing import Any

_NEVER_FAILS, _NEVER_PASSES = "it can never fail", "it can never pass"
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
            return f"{name!r} is {value}, expected at least {least}"
    if kwargs.get("minimum") == 0 and kwargs.get("maximum") is None:
        return f"'minimum' is 0: {_NEVER_FAILS}"
    if kwargs.get("regex") == "":
        return "'regex' is empty, which every text matches"
    if "" in (patterns := kwargs.get("patterns", [])):
        return f"'patterns' is {patterns}, expected no empty one"
    return _between_problem(kwargs, is_figure)


def _between_problem(kwargs: Mapping[str, Any], is_figure: bool) -> str | None:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None and low > high:
        return f"'min_value' {low} is above 'max_value' {high}: {_NEVER_PASSES}"
    if not is_figure or (low is None and high is None):
        return None
    most = 1 if str(kwargs.get("column")).startswith(("share_", "drop_")) else None
    if (high is not None and high < 0) or (low is not None and most is not None and low > most):
        return f"{kwargs['column']!r} is from 0{f' to {most}' if most else ' on'}: {_NEVER_PASSES}"
    if (low is None or low <= 0) and (high is None or (most is not None and high >= most)):
        return f"{kwargs['column']!r} is from 0{f' to {most}' if most else ' on'}: {_NEVER_FAILS}"
    return None
