"""Counts by key, and the three ways in which columns become keys: lengths, names, small whole numbers."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints

Tally = dict[str, int]

# Lengths from 128 on keep their first seven binary digits: the next key is at most 1/64 away, so a quantile is
# exact to 1.6 %, and every power of two falls between two keys.
_DIGITS = 7
# Names that a label set has, with room. What is beyond is one key, so that a column of prose cannot fill the memory.
NAMES_KEPT = 1_024
NAME_CHARACTERS = 80
REST, MISSING = "rest", "missing"
_NAMED = "="


def of_lengths(lengths: Ints) -> Tally:
    """Lengths (0 or more), each rounded down to seven binary digits."""
    _, exponents = np.frexp(lengths)
    spare = np.maximum(exponents - _DIGITS, 0)
    return of_numbers(lengths >> spare << spare)


def of_numbers(numbers: Ints) -> Tally:
    """Whole numbers with few different values."""
    values, counts = np.unique(numbers, return_counts=True)
    return dict(zip(map(str, values.tolist()), counts.tolist(), strict=True))


def of_names(names: pa.Array) -> Tally:
    """Names, each behind a ``=`` and cut to 80 characters; ``missing`` counts the nulls."""
    found = pc.value_counts(pc.utf8_slice_codeunits(names, 0, NAME_CHARACTERS))
    tally: Tally = {}
    for name, count in zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True):
        tally[MISSING if name is None else _NAMED + name] = count
    return tally


def names_in(tally: Tally) -> list[tuple[str, int]]:
    """Names with their counts, the most frequent first, then by name."""
    named = [(key[len(_NAMED) :], count) for key, count in tally.items() if key.startswith(_NAMED)]
    return sorted(named, key=lambda pair: (-pair[1], pair[0]))


def without_rare_names(tally: Tally) -> Tally:
    """The tally with its NAMES_KEPT most frequent names, and the others as ``rest``, once there are four times more."""
    if len(tally) <= 4 * NAMES_KEPT:
        return tally
    names = names_in(tally)
    rest = tally.get(REST, 0) + sum(count for _, count in names[NAMES_KEPT:])
    kept = {_NAMED + name: count for name, count in names[:NAMES_KEPT]}
    return {**kept, REST: rest, **{key: tally[key] for key in (MISSING,) if key in tally}}


def add_to(total: Tally, more: Tally) -> None:
    """Add the counts of one tally to another, in place."""
    for key, count in more.items():
        total[key] = total.get(key, 0) + count


def sums(names: Iterable[str], columns: Ints) -> Tally:
    """The sum of every column (values x columns) under its name."""
    return dict(zip(names, columns.sum(axis=0).tolist(), strict=True))
