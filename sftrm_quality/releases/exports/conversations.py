"""Conversations as lists of messages, a column at once: system message, earlier turns, then the turns of the record."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, as_mask, list_offsets, lists_of, offsets_of, row_of_each
from sftrm_quality.records import MESSAGE

MESSAGES = pa.list_(MESSAGE)
TURN_PAIRS = pa.list_(pa.list_(pa.string()))
"""Earlier turns as pairs of a question and its answer."""


def conversations(system: pa.Array, history: pa.ListArray, turns: Sequence[tuple[str, pa.Array]]) -> pa.ListArray:
    """One conversation a row.

    Args:
        system: The system messages (string); null where there is none.
        history: Earlier turns, list<struct<role, content>>; null is none.
        turns: What follows in every row: its role, and its texts (string).

    Returns:
        list<struct<role, content>>.
    """
    rows, last = len(system), len(turns)
    with_system = as_mask(system.is_valid())
    earlier, row = history.flatten(), row_of_each(history)
    before = list_offsets(history)
    ends = offsets_of(with_system + np.diff(before) + last)
    place = np.empty(ends[-1], np.int64)
    place[ends[:-1][with_system]] = np.flatnonzero(with_system)
    number = np.arange(len(earlier))
    place[(ends[:-1] + with_system - before[:-1])[row] + number] = rows + number
    for at in range(last):
        place[ends[1:] - last + at] = rows + len(earlier) + at * rows + np.arange(rows)
    texts = [system, earlier.field("content"), *(texts for _, texts in turns)]
    roles = [_repeated("system", rows), earlier.field("role"), *(_repeated(role, rows) for role, _ in turns)]
    taken = pa.array(place)
    messages = pa.StructArray.from_arrays(
        [pa.concat_arrays(roles).take(taken), pa.concat_arrays(texts).take(taken)], fields=list(MESSAGE)
    )
    return lists_of(ends, messages)


def one_message(role: str, texts: pa.Array) -> pa.ListArray:
    """Lists of a single message each."""
    messages = pa.StructArray.from_arrays([_repeated(role, len(texts)), texts], fields=list(MESSAGE))
    return lists_of(np.arange(len(texts) + 1), messages)


def _repeated(role: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(role, pa.string()), rows)


def in_turn_pairs(history: pa.ListArray) -> Mask:
    """Which histories are questions of the user, each with the answer of the assistant: what pairs of texts can say."""
    earlier, row = history.flatten(), row_of_each(history)
    before = list_offsets(history)
    within = np.arange(len(earlier)) - before[:-1][row]
    role = earlier.field("role")
    as_due = np.where(within % 2 == 0, as_mask(pc.equal(role, "user")), as_mask(pc.equal(role, "assistant")))
    as_due &= as_mask(earlier.field("content").is_valid())
    wrong = np.zeros(len(history), np.int64)
    np.add.at(wrong, row, ~as_due)
    found: Mask = (wrong == 0) & (np.diff(before) % 2 == 0)
    return found


def turn_pairs(history: pa.ListArray) -> pa.ListArray:
    """Histories that are `in_turn_pairs` as list<list<string>>."""
    texts = history.flatten().field("content")
    return lists_of(list_offsets(history) // 2, lists_of(np.arange(0, len(texts) + 1, 2), texts))
