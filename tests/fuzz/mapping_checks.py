"""What must be true of mapping, whatever the records are.

Records are mapped as a run maps them, as JSON lines and, where they fit into one, as a table. It is a fault if

- anything is raised,
- a record is neither a candidate nor a misfit nor unreadable, or two of these, or candidates of two label kinds,
- a candidate has other columns than its label kind, or metadata that is no JSON object,
- what becomes of a record depends on how the records are cut into shards, or its texts on the container,
- proposing a declaration for records of no format fails.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import formats_of
from sftrm_quality.formats.proposing import propose
from sftrm_quality.intake import NotRead, read_and_map, recognise_stream
from sftrm_quality.reading import SourceFile, open_streams
from sftrm_quality.records import CANDIDATE_FIELDS, METADATA
from tests.fuzz.reading_checks import SMALL, WHOLE
from tests.tables_case import as_table, parquet

SOURCE = SourceSettings()
FORMATS = formats_of(())
_TEXTS = ("question", "answer", "prompt", "responses", "system", "history")


class Became(NamedTuple):
    """What became of the records of a file, by their place: candidates, or the reason of a misfit, or of damage."""

    candidates: dict[int, list[dict[str, Any]]]
    reasons: dict[int, str]

    def texts(self, place: int) -> str:
        """What its candidates say, without numbers, which columns of a table have in other types; nothing is null."""
        said = [[one.get(name) or None for name in _TEXTS] for one in self.candidates[place]]
        return re.sub(r"'(rank|score)': [^,}]*", "", repr(said))


def check_mapping(data: bytes, work: Path) -> None:
    """Records as JSON lines, whole and in small shards, and the same as a table."""
    lines = work / "raw"
    lines.write_bytes(data)
    whole, cut = (became(lines, work, limits) for limits in (WHOLE, SMALL))
    damaged = {reason for one in (whole, cut) if one is not None for reason in one.reasons.values()}
    if "invalid_json" not in damaged:  # see `reading_checks`
        assert repr(whole) == repr(cut), "what becomes of a record depends on the shards"
    table = _as_parquet(data)
    if table is None:
        return
    (work / "table").write_bytes(table)
    whole_table, cut_table = (became(work / "table", work, limits) for limits in (WHOLE, SMALL))
    assert repr(whole_table) == repr(cut_table), "what becomes of a row depends on the shards"
    if whole is not None and whole_table is not None and not whole.reasons and not whole_table.reasons:
        for place in whole.candidates:
            assert whole.texts(place) == whole_table.texts(place), "a record says something else in a table"


def became(path: Path, work: Path, limits: Limits) -> Became | None:
    """What becomes of the records of a file; None where it is of no format."""
    spill = work / "spill"
    spill.mkdir(exist_ok=True)
    streams = list(open_streams(SourceFile(path, "raw", path.stat().st_size)))
    if len(streams) != 1 or not hasattr(streams[0], "open"):
        return None
    found = recognise_stream(streams[0], limits, spill, SOURCE, FORMATS)
    if isinstance(found, NotRead):
        if found.no_format is not None and found.no_format.declarable:
            propose(found.no_format.declarable)
        return None
    result = Became({}, {})
    for shard in found.document.shards:
        _map(shard, found.format, found.id_field, limits, result)
        if shard.spilled:
            shard.path.unlink()
    found.document.close()
    return Became(dict(sorted(result.candidates.items())), dict(sorted(result.reasons.items())))


def _map(shard: Any, main: Any, id_field: str, limits: Limits, result: Became) -> None:
    read = read_and_map(shard, FORMATS, main, SOURCE, id_field, limits)
    unreadable = {row["source_index"]: row["reasons"][0] for row in read.batch.unreadable.to_pylist()}
    places = shard.indexes.tolist()
    seen = {places.index(place) for place in unreadable}
    result.reasons.update(unreadable)
    for kind, candidates in read.candidates.items():
        assert candidates.table.schema.equals(pa.schema([*CANDIDATE_FIELDS[kind], METADATA])), "other columns"
        rows = candidates.rows.tolist()
        assert rows == sorted(rows), "not in their order"
        assert not (set(rows) | set(candidates.misfits)) & seen, "in two places"
        assert not set(rows) & set(candidates.misfits), "a candidate and a misfit"
        seen |= set(rows) | set(candidates.misfits)
        for row, candidate in zip(rows, candidates.table.to_pylist(), strict=True):
            if candidate["metadata"] is not None:
                assert isinstance(json.loads(candidate["metadata"]), dict), "metadata is no object"
            result.candidates.setdefault(places[row], []).append(candidate)
        for row, misfit in candidates.misfits.items():
            result.reasons[places[row]] = misfit.reason
    assert seen == set(range(len(shard))), "lost"


def _as_parquet(data: bytes) -> bytes | None:
    """The same records as a table, where their fields have one type each."""
    try:
        records = [json.loads(line) for line in data.splitlines() if line.strip()]
        if not records or not all(isinstance(record, dict) and record for record in records):
            return None
        return parquet(as_table(records))
    except (ValueError, TypeError, RecursionError, OverflowError, pa.ArrowException):
        return None
