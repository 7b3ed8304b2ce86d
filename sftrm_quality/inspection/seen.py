"""What is seen of a file that is read, shard by shard; nothing of it grows with the number of records."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from sftrm_quality.checks.texts import excerpt
from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.formats import Formats, declaration_of
from sftrm_quality.formats.rest import Read, rest_of
from sftrm_quality.formats.unread import unread_fields
from sftrm_quality.formats.whole import WholeFormat
from sftrm_quality.formats.wire import Misfit
from sftrm_quality.intake import MappedShard, Recognised, read_and_map
from sftrm_quality.personal_data import mask_personal_data, mask_text
from sftrm_quality.reading import DueCells
from sftrm_quality.records import LabelKind, Repair
from sftrm_quality.repairs import repair
from sftrm_quality.run_record import ReasonFound, RecordShown
from sftrm_quality.words import say

_RECORDS_SHOWN = 3
"""Of each label kind: enough to see whether everything is where it belongs."""
_ELEMENTS_SHOWN = 9
"""Responses or turns of a record; the real files that were seen have five responses."""
_FIELDS_COUNTED = 1000
"""Names of fields per file. Where there are more, keys are data; memory is bounded."""
# Of an id, in characters, as of any other text; a number that ends beyond them is masked too. Of a name, too.
_ID, _LOOKED_AT = 60, 1000
_ALWAYS_SHOWN = ("question", "answer", "prompt", "responses")


@dataclass
class Seen:
    """Counts of a file so far, and the first records of it."""

    formats: Formats
    encoding: str = "utf-8"
    kinds: Counter[LabelKind] = field(default_factory=Counter)
    reasons: dict[str, ReasonFound] = field(default_factory=dict)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    repairs: Counter[str] = field(default_factory=Counter)
    shown: dict[LabelKind, list[RecordShown]] = field(default_factory=dict)

    def add(self, mapped: MappedShard, found: Recognised, source: SourceSettings) -> None:
        """Count one more shard.

        Args:
            mapped: The shard.
            found: How its file is read.
            source: What is declared about the file.
        """
        shard, failing = mapped.loaded.shard, []
        if self.encoding == "utf-8":
            self.encoding = shard.encoding
        refused = mapped.batch.unreadable.select(["source_index", "reasons", "details"]).to_pylist()
        self.kinds[found.format.label_kind] += len(refused)
        failing += [(row["source_index"], row["reasons"][0], row["details"][0]) for row in refused]
        for kind, candidates in mapped.candidates.items():
            self.kinds[kind] += len(candidates.table) + len(candidates.misfits)
            failing += [(int(shard.indexes[row]), m.reason, m.detail) for row, m in candidates.misfits.items()]
            ties = "forbid" if source.ties == "drop_record" else source.ties
            self.repairs.update(repair(kind, candidates.table, tuple(Repair), candidates.losers_tie, ties).counts())
            shown = self.shown.setdefault(kind, [])
            rows = candidates.rows[: _RECORDS_SHOWN - len(shown)].tolist()
            for row, record in zip(rows, candidates.table.slice(0, len(rows)).to_pylist(), strict=True):
                line = int(shard.lines[row])
                shown.append(
                    RecordShown(
                        label_kind=kind,
                        source_index=int(shard.indexes[row]),
                        source_line=line if line > 0 else None,
                        fields=_shown(record),
                    )
                )
        for index, reason, detail in sorted(failing):
            before = self.reasons.get(reason) or ReasonFound(reason=reason, count=0, source_index=index, detail=detail)
            self.reasons[reason] = before.model_copy(update={"count": before.count + 1})
        self._add_unread(mapped, found, source)

    def _add_unread(self, mapped: MappedShard, found: Recognised, source: SourceSettings) -> None:
        """Count the fields that nobody reads: records of the batch that have none are not among its unread ones."""
        for row in mapped.batch.unread.tolist():
            record = mapped.loaded.value(row)
            of_main = self.formats.format_of(record, found.format, source) is found.format
            self._add_record(record, mapped.wire if of_main else None, found, source, mapped.loaded.cells)
        for _, record in mapped.batch.objects:
            if isinstance(record, dict):
                self._add_record(record, None, found, source, mapped.loaded.cells)

    def _add_record(
        self, record: Mapping[str, Any], read: pa.Schema | None, found: Recognised, source: SourceSettings, cells: bool
    ) -> None:
        fmt = self.formats.format_of(record, found.format, source)
        if isinstance(fmt, WholeFormat):
            record = fmt.of_cells(record) if cells else record
            whole_record = fmt.read(record, found.id_field)
            if isinstance(whole_record, Misfit):
                return  # its reason is told
            shape: Read = whole_record.shape
        else:  # mapped by itself where nothing was read in a batch
            wire = fmt.wire_schema([record], found.id_field) if read is None else read
            record = DueCells(wire).of(record)[0] if cells else record
            shape = wire
        declared = declaration_of(fmt)
        left_out, kept = (tuple(declared.ignore), declared.keep) if declared else ((), ())
        outcomes: dict[str, str] = {}
        if source.ignore:
            whole = rest_of(record, shape)
            outcomes = {name: "ignored" for name in source.ignore if rest_of(record, shape, [name]) != whole}
        left = unread_fields(record, rest_of(record, shape, (*source.ignore, *left_out)), shape)
        outcomes |= {
            name: "field_unexpected" if content and name.split(".")[0] not in kept else "metadata"
            for name, content in left.items()
        }
        for name, outcome in outcomes.items():
            name = mask_text(name[:_LOOKED_AT])
            if name in self.unread or len(self.unread) < _FIELDS_COUNTED:
                self.unread.setdefault(name, Counter())[outcome] += 1


def seen_of(found: Recognised, source: SourceSettings, config: RunConfig, formats: Formats) -> Seen:
    """Read all of a file. Its document is closed then.

    Args:
        found: How it is read.
        source: What is declared about it.
        config: The settings of the run.
        formats: The run's.

    Returns:
        What was seen.
    """
    seen = Seen(formats)
    try:
        for shard in found.document.shards:
            seen.add(read_and_map(shard, formats, found.format, source, found.id_field, config.limits), found, source)
            if shard.spilled:
                shard.path.unlink()
    finally:
        found.document.close()
    return seen


def _shown(record: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a candidate as excerpts; what is null or empty only where a record needs it."""
    fields: dict[str, str] = {}
    for name, value in record.items():
        if name == "data_id" and value is not None:
            fields[name] = mask_personal_data(value[:_LOOKED_AT])[:_ID]
        elif isinstance(value, str):
            fields[name] = excerpt(value)
        elif isinstance(value, list) and value:
            fields |= {f"{name}[{at}]": _element(one) for at, one in enumerate(value[:_ELEMENTS_SHOWN])}
            if len(value) > _ELEMENTS_SHOWN:
                fields[name] = say("and {count} more", count=len(value) - _ELEMENTS_SHOWN)
        elif value is not None and value != []:
            fields[name] = str(value)
        elif name in _ALWAYS_SHOWN:
            fields[name] = "null" if value is None else "none"
    return fields


def _element(one: Mapping[str, Any] | None) -> str:
    """``rank 1: '…'`` of a response, ``'user': '…'`` of a turn."""
    if one is None:
        return "null"
    if "role" in one:
        return f"{excerpt(one['role'])}: {excerpt(one['content'])}"
    parts = [say("no rank") if one["rank"] is None else say("rank {rank:g}", rank=one["rank"])]
    if one["score"] is not None:
        parts.append(say("score {score:g}", score=one["score"]))
    return f"{', '.join(parts)}: {excerpt(one['text'])}"
