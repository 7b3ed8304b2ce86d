"""A census of marks: in how many records each is found that may be left over from somebody's tools.

Counted exactly within a shard, of which the most frequent are kept. A text has at most eight (`MARKS_PER_TEXT`), so
that a mark that is not kept is in at most 8 of 500 texts: 1.6 %, of SFT records 3.2 %. What is in more is there
whatever the order of files and the cut of shards.
"""

import re

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import one_array, text_buffers
from sftrm_quality.checks.texts import text_of_each
from sftrm_quality.intake.mark_scan import CLASSES, scan
from sftrm_quality.records import LabelKind

MARKS_PER_SHARD = 500
"""In a shard of web pages there are thousands, each in one record."""

_TEXTS = {
    LabelKind.SFT: ("question", "answer", "system", "history"),
    LabelKind.RM: ("prompt", "responses", "system", "history"),
}
_DIGITS = re.compile("[0-9]+")


def marks_in(kind: LabelKind, records: pa.Table) -> dict[str, int]:
    """In how many records each mark is found.

    Args:
        kind: Of the records.
        records: In candidate columns.

    Returns:
        The most frequent marks in the order of their texts, numbers in them as ``0``.
    """
    hashes, rows = [], []
    shown: dict[int, str] = {}
    for name in _TEXTS[kind]:
        row_of, texts = text_of_each(one_array(records[name]))
        offsets, data = text_buffers(texts)
        found, text, starts, ends = scan(data, offsets, CLASSES)
        hashes.append(found)
        rows.append(row_of[text].astype(np.uint64))
        # Every place of a mark has the same text, but for its digits.
        marks, first = np.unique(found, return_index=True)
        for mark, start, end in zip(marks.tolist(), starts[first], ends[first], strict=True):
            shown.setdefault(mark, _DIGITS.sub("0", bytes(data[start:end]).decode()))
    # Of one record and mark, once.
    pairs = np.unique(np.column_stack([np.concatenate(hashes), np.concatenate(rows)]), axis=0)
    marks, counts = np.unique(pairs[:, 0], return_counts=True)
    of_marks = {shown[mark]: count for mark, count in zip(marks.tolist(), counts.tolist(), strict=True)}
    kept = sorted(of_marks.items(), key=lambda mark: (-mark[1], mark[0]))[:MARKS_PER_SHARD]
    return dict(sorted(kept))
