"""A stretch of a text for a page: cut around what is marked in it, personal data masked."""

from collections.abc import Sequence

from sftrm_quality.personal_data import mask_text
from sftrm_quality.run_record import Passage

Pieces = list[tuple[str, bool]]

# A screen of text; the whole of it is one `sftrm why` away.
PASSAGE_CHARACTERS = 800
# What is shown before a defect that would lie beyond the passage.
_LEAD = 200
# More than the longest finding of personal data has: what begins or ends in the passage is masked whole.
_BEYOND = 700


def passage(text: str, marks: Sequence[tuple[int, int]] = (), id_: str | None = None) -> Passage:
    """The stretch of a text that is shown.

    It begins with the text, or before the first mark where that would be left out.

    Args:
        text: Of a record.
        marks: What is marked in it: places, in order and none over another.
        id_: Of the record, which is not masked.
    """
    first = 0
    if marks and marks[0][0] > PASSAGE_CHARACTERS - _LEAD:
        first = marks[0][0] - _LEAD
    pieces = _pieces(text, first, first + PASSAGE_CHARACTERS, marks, id_)
    return Passage(characters=len(text), first=first, pieces=tuple(pieces))


def _pieces(text: str, first: int, end: int, marks: Sequence[tuple[int, int]], id_: str | None) -> Pieces:
    # Masking keeps the length.
    start = max(0, first - _BEYOND)
    masked = mask_text(text[start : end + _BEYOND], id_)
    pieces: Pieces = []
    at, end = first, min(end, len(text))
    for mark_start, mark_end in marks:
        for upto, marked in ((mark_start, False), (mark_end, True)):
            upto = min(max(upto, at), end)
            if at < upto:
                pieces.append((masked[at - start : upto - start], marked))
                at = upto
    return [*pieces, (masked[at - start : end - start], False)] if at < end else pieces
