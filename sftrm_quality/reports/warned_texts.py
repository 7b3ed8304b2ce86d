"""Published records with warnings as the page of rows gets them: the beginnings of their texts, and repairs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from sftrm_quality.arrow_files import read_table
from sftrm_quality.collection import hash_column, record_ids
from sftrm_quality.personal_data import mask_text
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import Segment
from sftrm_quality.reports.browse_rows import BEYOND, WARNED, BrowseRow, Names, shown_id
from sftrm_quality.reports.equal_shares import equal_share
from sftrm_quality.reports.warned_places import newest_first, warned_before
from sftrm_quality.reports.warned_rows import WarnedRows

# Of all texts of a record together. An answer begins behind its question, so it is twice what is shown of a raw record.
TEXT_CHARACTERS = 600
# The best ones: of more, each would have a line or less.
RESPONSES = 3
_COMMON = ["data_id", "source_index", "source_line", "warnings", "repairs"]
_TEXTS = {LabelKind.SFT: ["question", "answer"], LabelKind.RM: ["prompt", "responses"]}

Row = dict[str, Any]


class WarnedTexts:
    """The listed rows, the newest files first, each in the order of its records.

    compared: whether the release before says of which records it warned.
    """

    def __init__(self, warned: WarnedRows, before: Sequence[Path] | None, names: Names) -> None:
        """Read the rows.

        Args:
            warned: Those that are listed.
            before: The parts of the release before; None without one.
            names: Codes of names.
        """
        self._names = names
        rows = [
            row for part in warned.parts for one in part.segments for row in _rows(part.label_kind, part.split, one)
        ]
        self._rows = newest_first(rows, lambda row: (row["source_file"], row["source_index"]))
        known = warned_before(before, [row["record_id"] for row in rows]) if before is not None else None
        self.compared = known is not None
        self._known = known or set()

    def rows(self) -> Iterator[BrowseRow]:
        """They, as `templates/browse.js` reads them."""
        for row in self._rows:
            kind = row["label_kind"]
            file = self._names.files[row["source_file"]]
            reasons = tuple(self._names.reasons[kind, reason] for reason in row["warnings"])
            new = self.compared and row["record_id"] not in self._known
            place = [row["record_id"], shown_id(row["data_id"]), file, row["source_index"], row["source_line"], reasons]
            parts, left_out = _parts(row)
            shown = equal_share({number: len(text) for number, (text, *_) in enumerate(parts)}, TEXT_CHARACTERS)
            # Masking keeps the length.
            texts = [mask_text(text[: shown + BEYOND], row["data_id"])[:shown] for text, *_ in parts]
            said = [[*name, len(cut), len(text)] for cut, (text, *name) in zip(texts, parts, strict=True)]
            # In the places of excluded rows, what only these have behind them.
            columns = ["\n".join(texts), 0, [], "", "", int(new), 0, [], WARNED, row["split"], row["repairs"]]
            json = orjson.dumps([*place, *columns, said, left_out])
            yield BrowseRow(json, WARNED, file, self._names.kinds[kind], reasons, new)


def _rows(kind: LabelKind, split: str, segment: Segment) -> Iterator[Row]:
    table = read_table(segment.records_path, [*_COMMON, *_TEXTS[kind]]).take(pa.array(segment.rows))
    hashes = hash_column(segment.keys_path, "content_hash")[segment.rows]
    ids = record_ids(kind, hashes, segment.copy_numbers)
    about = {"label_kind": kind, "split": split, "source_file": segment.source_file}
    for number, record_id, row in zip(segment.rows.tolist(), ids, table.to_pylist(), strict=True):
        warnings = [*row["warnings"], *segment.warned.get(number, ())]
        yield {**row, **about, "record_id": record_id, "warnings": warnings}


def _parts(row: Row) -> tuple[list[tuple[str, str, int | None, int | None]], int]:
    """Texts, each with its name, and of a response its place and rank; how many responses are left out."""
    if row["label_kind"] is LabelKind.SFT:
        return [(row[name] or "", name, None, None) for name in _TEXTS[LabelKind.SFT]], 0
    # Whatever suites of somebody's own let through.
    responses = [(one or {}).get for one in row["responses"] or ()]
    ranked = sorted(((get("rank"), place, get("text") or "") for place, get in enumerate(responses, 1)), key=_by_rank)
    best = [(text, "response", place, None if rank is None else int(rank)) for rank, place, text in ranked[:RESPONSES]]
    return [(row["prompt"] or "", "prompt", None, None), *best], len(ranked) - len(best)


def _by_rank(response: tuple[float | None, int, str]) -> tuple[bool, float, int]:
    rank, place, _ = response
    return rank is None, rank or 0.0, place
