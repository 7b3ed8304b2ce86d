"""Which kinds of personal data the texts of a column have: looked for once, for the checks of all kinds."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask, flat, list_offsets, lists_of
from sftrm_quality.checks.signs import AT, DIGITS, LETTERED, has_sign
from sftrm_quality.checks.texts import text_of_each
from sftrm_quality.personal_data import PersonalKind, find_personal_data

FIRST_YEAR, LAST_YEAR = 2020, 2099
"""What ``latest_birth`` may be: numbers have no century of their own before and after."""
SIGNS = DIGITS | AT | LETTERED
"""Texts without any of these signs have no personal data."""

_BIT = {kind: 1 << number for number, kind in enumerate(PersonalKind)}


def kinds_found(columns: Mapping[str, pa.Array], name: str, latest_birth: int) -> pa.Array:
    """The kinds in the texts of a column.

    Args:
        columns: Those of a frame, with the signs of the one that is looked through.
        name: Of that column: strings, or responses.
        latest_birth: See ``find_personal_data``.

    Returns:
        Of each text a number in which each kind has a bit: one a row, or a list of them a row.
    """
    _, texts = text_of_each(columns[name])
    found = np.zeros(len(texts), np.uint8)
    possible = np.flatnonzero(has_sign(flat(columns[f"{name}_signs"]), SIGNS))
    for place, text in zip(possible.tolist(), texts.take(pa.array(possible)).to_pylist(), strict=True):
        for one in find_personal_data(text, latest_birth):
            found[place] |= _BIT[one.kind]
    values = pa.array(found)
    return lists_of(list_offsets(columns[name]), values) if pa.types.is_list(columns[name].type) else values


def has_kind(found: pa.Array, kind: PersonalKind) -> Mask:
    """True for the texts in which a kind is.

    Args:
        found: As ``kinds_found`` gives it.
        kind: That is asked for.
    """
    mask: Mask = (flat(found).to_numpy() & _BIT[kind]) > 0
    return mask
