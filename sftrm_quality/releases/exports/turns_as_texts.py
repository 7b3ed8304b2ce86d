"""What formats of plain texts have in common: earlier turns as pairs of texts, a system text that may be empty."""

import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import one_array
from sftrm_quality.releases.exports.conversations import TURN_PAIRS, in_turn_pairs, turn_pairs

LAST_COLUMNS = [("system", pa.string()), ("history", TURN_PAIRS)]
NOT_IN_TURNS = "history_not_in_turns"
"""The rule that leaves out a record whose earlier turns are not user and assistant in turn (tools, two in a row):
pairs of texts cannot say it, and loaders would take them for what they are not."""


def in_turns(records: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The records whose earlier turns pairs of texts can say, and how many others there are.

    Args:
        records: With a column ``history``.

    Returns:
        Some of them, and the left out by their rule.
    """
    fits = in_turn_pairs(one_array(records["history"]))
    if fits.all():
        return records, {}
    return records.filter(pa.array(fits)), {NOT_IN_TURNS: int((~fits).sum())}


def last_columns(records: pa.Table) -> list[pa.Array]:
    """Their columns in the order of LAST_COLUMNS.

    A text of no characters where there is no system message: loaders that see only nulls first take no text later.
    """
    return [pc.fill_null(one_array(records["system"]), ""), turn_pairs(one_array(records["history"]))]


def nothing(rows: int) -> pa.Array:
    """A column of texts without characters."""
    return pa.repeat(pa.scalar("", pa.string()), rows)
