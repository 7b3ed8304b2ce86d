"""What a run makes of some records written as JSON lines, up to the checks: candidates and misfits by their place."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import Declaration, formats_of
from sftrm_quality.intake import NotRead, read_and_map, recognise_stream
from sftrm_quality.reading import SourceFile, open_streams

SOURCE = SourceSettings()
# Of a candidate, what its format decides; the rest is null where a test does not say otherwise.
_PARTS = ("question", "answer", "prompt", "responses", "system", "history")


@dataclass
class Mapped:
    """format: the file's, or what was said instead. records: candidates by source_index, in their order."""

    format: str
    records: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    misfits: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[int, str]:
        return {at: reason for at, (reason, _) in self.misfits.items()}

    @property
    def parts(self) -> dict[int, list[dict[str, Any]]]:
        """Of each candidate what is not null of its prompt, label and context; responses as (text, rank)."""
        return {at: [_parts(one) for one in of_record] for at, of_record in self.records.items()}


def _parts(candidate: dict[str, Any]) -> dict[str, Any]:
    parts = {name: value for name in _PARTS if (value := candidate.get(name)) is not None}
    if "responses" in parts:
        parts["responses"] = [(one["text"], one["rank"]) for one in parts["responses"]]
    if "history" in parts:
        parts["history"] = [(turn["role"], turn["content"]) for turn in parts["history"]]
    return parts


def mapped(
    records: Sequence[object],
    *declared: Declaration,
    source: SourceSettings = SOURCE,
    limits: Limits | None = None,
    path: Path | None = None,
) -> Mapped:
    """Read records, or a file, as a run would, without its checks."""
    formats, limits = formats_of(declared), limits or Limits()
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            path = Path(folder, "a.jsonl")
            path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        (stream,) = open_streams(SourceFile(path, path.name, path.stat().st_size))
        found = recognise_stream(stream, limits, Path(folder), source, formats)
        if isinstance(found, NotRead):
            return Mapped(found.note)
        result = Mapped(found.format.name)
        for shard in found.document.shards:
            read = read_and_map(shard, formats, found.format, source, found.id_field, limits)
            for candidates in read.candidates.values():
                for row, candidate in zip(candidates.rows.tolist(), candidates.table.to_pylist(), strict=True):
                    result.records.setdefault(int(shard.indexes[row]), []).append(candidate)
                for row, misfit in candidates.misfits.items():
                    result.misfits[int(shard.indexes[row])] = (misfit.reason, misfit.detail)
        found.document.close()
    return result


def one(record: object, *declared: Declaration, **source: Any) -> dict[str, Any] | tuple[str, str]:
    """The one candidate of a record, or its reason and detail."""
    result = mapped([record], *declared, source=SourceSettings(**source))
    if result.misfits:
        return result.misfits[0]
    (candidate,) = result.parts[0]
    return candidate
