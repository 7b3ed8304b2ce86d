"""Numbers as people write them: one style on every surface."""


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
