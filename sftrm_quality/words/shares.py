"""Parts of a whole as people write them: 12.3 % in English, 12.3% in Korean."""

from sftrm_quality.words.catalogue import say


def share(part: int, whole: int) -> str:
    """A part of a whole in percent with one decimal; what is not quite nothing or all never looks like it."""
    if whole == 0:
        return "–"
    if part in (0, whole):
        return percent("100" if part else "0")
    exact = 100 * part / whole
    if exact < 0.1:
        return percent("<0.1")
    return percent(">99.9" if exact > 99.9 else f"{exact:.1f}")


def bound(value: float) -> str:
    """A bound between 0 and 1 in percent with as many decimals as it was written with: 99.95 % is not 100 %."""
    return percent(f"{100 * value:.10g}")


def percent(figure: str) -> str:
    """A figure that is in percent already.

    Args:
        figure: As it is written, without its sign.

    Returns:
        The same with it.
    """
    return say("{figure} %", figure=figure)
