"""A number as people write it: one style on every surface, the same in every language that we speak."""


def number(value: int) -> str:
    """A count with thousands separators."""
    return f"{value:,}"
