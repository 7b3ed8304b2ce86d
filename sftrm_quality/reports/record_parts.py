"""A record as people read it: its question and answer, or its prompt and the responses by rank."""

from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import Formats
from sftrm_quality.formats.base import DATA_ID, ColumnFormat
from sftrm_quality.formats.whole import WholeFormat
from sftrm_quality.formats.wire import Misfit, conform
from sftrm_quality.reading import payload_value

# A longer record is shown as it is in its file: nobody reads it, and taking it apart needs several times its size.
_LONGEST = 1 << 20
PAYLOAD = "record"


@dataclass(frozen=True)
class RecordPart:
    """One text of a record. column: of the candidate, or PAYLOAD for the raw record as a whole.

    rank and place (from 1, as delivered) are those of a response; a response without a rank has ``none``.
    """

    name: str
    column: str
    text: str | None
    rank: str | None = None
    place: int | None = None


def record_parts(
    payload: str, formats: Formats, format_name: str | None, source: SourceSettings, column: str | None
) -> list[RecordPart]:
    """The texts of a raw record, responses in the order of their ranks; the raw text where it cannot be taken apart.

    Args:
        payload: The record as it is in the raw file.
        formats: Those of the run.
        format_name: Of the file; None where none is known.
        source: What is declared about the file.
        column: One more that is wanted, if the candidate has it.

    Returns:
        The parts, in that order.
    """
    candidate = _candidate(payload, formats, format_name, source)
    if candidate is None:
        return [RecordPart(PAYLOAD, PAYLOAD, payload)]
    texts: list[str] = [name for name in ("question", "answer", "prompt") if name in candidate]
    if column is not None and column not in (*texts, "responses") and column in candidate:
        texts.insert(0, column)
    parts = [RecordPart(name, name, _as_text(candidate[name])) for name in texts]
    responses = [(place, response or {}) for place, response in enumerate(candidate.get("responses") or (), 1)]
    for place, response in sorted(responses, key=lambda pair: _by_rank(pair[1].get("rank"))):
        rank = response.get("rank")
        shown = "none" if rank is None else f"{rank:g}"
        parts.append(RecordPart(f"response {place}", "responses", response.get("text"), shown, place))
    return parts


def _candidate(
    payload: str, formats: Formats, format_name: str | None, source: SourceSettings
) -> dict[str, Any] | None:
    if format_name is None or format_name not in formats.by_name or len(payload) > _LONGEST:
        return None
    try:
        record = payload_value(payload)
        fmt = formats.format_of(record, formats.by_name[format_name], source)
        if isinstance(fmt, WholeFormat):
            read = fmt.read(record, DATA_ID)
            return None if isinstance(read, Misfit) else fmt.candidates(read.candidates[:1], source).to_pylist()[0]
        wire = fmt.wire_schema([record], DATA_ID)
        fitted = conform(record, wire, DATA_ID)
        if isinstance(fitted, Misfit):
            return None
        rows = (
            cast("ColumnFormat", fmt)
            .to_candidates(pa.Table.from_pylist([fitted], schema=wire), source, DATA_ID)
            .candidates.to_pylist()
        )
    except (ValueError, pa.ArrowException):  # the reason why many fail
        return None
    return rows[0] if rows else None


def _as_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _by_rank(rank: float | None) -> tuple[bool, float]:
    return rank is None, rank or 0.0
