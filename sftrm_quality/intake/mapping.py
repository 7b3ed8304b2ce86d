"""The records of a shard in candidate columns, each by its own format, and those that cannot be mapped."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality import dedup
from sftrm_quality.arrays import Mask, Rows, one_array
from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import Formats, declaration_of
from sftrm_quality.formats.base import ColumnFormat, Format
from sftrm_quality.formats.ranks import tied
from sftrm_quality.formats.rest import Shape, rest_as_json, rest_of, shape_of
from sftrm_quality.formats.unread import unread_content
from sftrm_quality.formats.whole import WholeFormat
from sftrm_quality.formats.wire import Misfit, conform
from sftrm_quality.reading import DueCells, LoadedShard, ReadBatch, Shard, payload_value
from sftrm_quality.records import CANDIDATE_FIELDS, METADATA, LabelKind
from sftrm_quality.words import say

# A shard's own types let it be parsed in batches; so many of its records tell them, evenly spread.
_SAMPLE = 16
_CONTENT_ID_DIGITS = 24
"""Hexadecimal digits of an id from content: two of a billion different records get the same one with odds of 6e-12."""


@dataclass(frozen=True)
class Candidates:
    """Mapped records of one label kind in raw order: candidate columns with ``metadata``, and their rows in the shard.

    misfits: records of the kind that could not be mapped, by row. formats: how many records are not read by the format
    of the file, by the name of that by which they are. fields_unread: names of fields that are in the
    metadata, with the number of records that have them. losers_tie: of each candidate, whether its format says so
    (`whole.ReadRecord`).
    """

    table: pa.Table
    rows: Rows
    losers_tie: Mask
    misfits: Mapping[int, Misfit]
    formats: Counter[str]
    fields_unread: Counter[str]


@dataclass
class _OfKind:
    """What was found of a label kind so far."""

    tables: list[pa.Table] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    metadata: dict[int, str] = field(default_factory=dict)
    misfits: dict[int, Misfit] = field(default_factory=dict)
    formats: Counter[str] = field(default_factory=Counter)
    fields_unread: Counter[str] = field(default_factory=Counter)
    losers_tie: list[int] = field(default_factory=list)

    def add(self, result: pa.Table, rows: Rows, misfits: Mapping[int, Misfit], kept: Rows) -> None:
        self.tables.append(result)
        self.rows.append(rows[kept])
        self.misfits.update({int(rows[row]): misfit for row, misfit in misfits.items()})


@dataclass(frozen=True)
class MappedShard:
    """A shard with what reading and mapping made of it: see `LoadedShard`, `ReadBatch`, `Candidates`.

    wire: the fields that its records were read by, those in a batch.
    """

    loaded: LoadedShard
    wire: pa.Schema
    batch: ReadBatch
    candidates: Mapping[LabelKind, Candidates]


def read_and_map(
    shard: Shard, formats: Formats, main: Format, source: SourceSettings, id_field: str, limits: Limits
) -> MappedShard:
    """Take a shard from its bytes to candidates, which is all that comes before the checks.

    Args:
        shard: The shard.
        formats: Those of the run.
        main: The format of its file.
        source: What is declared about the file.
        id_field: Where its ids are, "" for ids from the content.
        limits: Bounds of memory.

    Returns:
        Every record of the shard, mapped, misfit or unreadable.

    Raises:
        StorageError: Its bytes cannot be read any more.
    """
    loaded = shard.load(limits)
    wire = wire_of_shard(loaded, main, id_field)
    batch = loaded.parse(wire, limits)
    return MappedShard(loaded, wire, batch, map_shard(loaded, batch, wire, formats, main, source, id_field))


def wire_of_shard(loaded: LoadedShard, fmt: Format, id_field: str) -> pa.Schema:
    """The fields that a format reads, with the types that most records of the shard have.

    Args:
        loaded: The shard.
        fmt: The format.
        id_field: Where the ids are, "" for nowhere.

    Returns:
        The schema. Records of other types are mapped one by one: only the speed depends on it.
    """
    count = len(loaded.rows)
    sample = []
    for i in np.unique(np.linspace(0, max(0, count - 1), min(count, _SAMPLE)).astype(np.int64)).tolist():
        try:
            sample.append(loaded.value_at(i))
        except ValueError:
            continue
    return fmt.wire_schema(sample, id_field)


def map_shard(
    loaded: LoadedShard,
    batch: ReadBatch,
    wire: pa.Schema,
    formats: Formats,
    main: Format,
    source: SourceSettings,
    id_field: str,
) -> dict[LabelKind, Candidates]:
    """Map whole batches by the format of the file, and by itself each record that is not of it or not as expected.

    Args:
        loaded: The shard.
        batch: Its records as they were parsed.
        wire: The schema that they were parsed by.
        formats: Those of the run.
        main: The format of the file.
        source: What is declared about the file.
        id_field: Where the ids are, "" for ids from the content.

    Returns:
        Candidates and misfits by label kind; that of the file is always among them.
    """
    found: dict[LabelKind, _OfKind] = defaultdict(_OfKind)
    of_main = found[main.label_kind]
    labels = re.compile(main.label_fields)
    due, out_of_batch = DueCells(wire), []
    shape, names = shape_of(wire), frozenset(wire.names)
    single: list[tuple[int, object]] = list(batch.objects)
    is_whole = isinstance(main, WholeFormat)
    for row in batch.table_rows.tolist() if is_whole else batch.unread.tolist():
        payload: Callable[[], bytes] = partial(loaded.text_of, row)
        value = loaded.value(row)
        # Which answers an AI Hub record has is its own affair; the batch has those of the records that told its types.
        more_labels = any(name not in names and labels.fullmatch(name) for name in value)
        if is_whole or more_labels or formats.format_of(value, main, source) is not main:
            single.append((row, value))
            out_of_batch.append(row)
            continue
        if loaded.cells:
            value, payload = due.of(value)
        if not _keep_rest(payload, row, value, shape, main, source, of_main):
            out_of_batch.append(row)
    if not is_whole:
        kept = np.flatnonzero(~np.isin(batch.table_rows, out_of_batch))
        table = batch.table.take(pa.array(kept)) if out_of_batch else batch.table
        result = cast("ColumnFormat", main).to_candidates(table, source, id_field)
        of_main.add(result.candidates, batch.table_rows[kept], result.misfits, result.rows)
    _one_by_one(loaded, single, formats, main, source, id_field, found)
    return _candidates(found, source, id_field)


def map_payloads(
    payloads: Sequence[bytes], cells: bool, formats: Formats, main: Format, source: SourceSettings, id_field: str
) -> dict[LabelKind, Candidates]:
    """Map records of one file once more, by their payloads as they are kept with the reasons for which they fail.

    Args:
        payloads: Each one JSON value in UTF-8.
        cells: Whether their values are texts of cells.
        formats: Those of the run that read them.
        main: The format of their file.
        source: What is declared about it.
        id_field: Where their ids are, "" for ids from the content.

    Returns:
        Candidates and misfits by label kind; rows are places among the payloads.

    Raises:
        ValueError: One of them is no JSON value.
    """
    found: dict[LabelKind, _OfKind] = defaultdict(_OfKind)
    values: list[tuple[int, object]] = [(row, payload_value(payload)) for row, payload in enumerate(payloads)]
    _one_by_one(_KeptPayloads(payloads, cells), values, formats, main, source, id_field, found)
    return _candidates(found, source, id_field)


def _candidates(
    found: Mapping[LabelKind, _OfKind], source: SourceSettings, id_field: str
) -> dict[LabelKind, Candidates]:
    return {
        kind: _together(
            kind,
            of_kind,
            from_content=not id_field,
            without_ties=kind is LabelKind.RM and source.ties == "drop_record",
        )
        for kind, of_kind in found.items()
    }


class _Texts(Protocol):
    """What has the payloads of records, as a loaded shard has them."""

    @property
    def cells(self) -> bool: ...

    def text_of(self, row: int) -> bytes: ...


@dataclass(frozen=True)
class _KeptPayloads:
    payloads: Sequence[bytes]
    cells: bool

    def text_of(self, row: int) -> bytes:
        return self.payloads[row]


def _one_by_one(
    loaded: _Texts,
    single: list[tuple[int, object]],
    formats: Formats,
    main: Format,
    source: SourceSettings,
    id_field: str,
    found: dict[LabelKind, _OfKind],
) -> None:
    """Records by themselves, each by its own format; those that are read as columns together where types are equal."""
    groups: dict[tuple[str, pa.Schema], tuple[Format, dict[int, Mapping[str, object]]]] = {}
    whole: dict[str, tuple[WholeFormat, list[int], list[Mapping[str, object]]]] = {}
    for row, value in single:
        fmt = formats.format_of(value, main, source)
        of_kind = found[fmt.label_kind]
        if fmt is not main:
            of_kind.formats[fmt.name] += 1
        if isinstance(fmt, WholeFormat):
            payload: Callable[[], bytes] = partial(loaded.text_of, row)
            if loaded.cells and isinstance(value, Mapping):
                value = fmt.of_cells(value)
            read = fmt.read(value, id_field)
            if isinstance(read, Misfit):
                of_kind.misfits[row] = read
            elif _keep_rest(payload, row, value, read.shape, fmt, source, of_kind):
                _, rows, candidates = whole.setdefault(fmt.name, (fmt, [], []))
                rows += [row] * len(read.candidates)
                candidates += read.candidates
                of_kind.losers_tie += [row] if read.losers_tie else []
            continue
        types = fmt.wire_schema([value], id_field)
        if loaded.cells and isinstance(value, dict):
            value, payload = DueCells(types).of(value)
        else:
            payload = partial(loaded.text_of, row)
        if not _keep_rest(payload, row, value, shape_of(types), fmt, source, of_kind):
            continue
        fitted = conform(value, types, id_field)
        if isinstance(fitted, Misfit):
            of_kind.misfits[row] = fitted
        else:
            groups.setdefault((fmt.name, types), (fmt, {}))[1][row] = fitted
    for (_, types), (fmt, records) in groups.items():
        in_rows = np.array(list(records), np.int64)
        table = pa.Table.from_pylist(list(records.values()), schema=types)
        result = cast("ColumnFormat", fmt).to_candidates(table, source, id_field)
        found[fmt.label_kind].add(result.candidates, in_rows, result.misfits, result.rows)
    for of_whole, rows, candidates in whole.values():
        of_kind = found[of_whole.label_kind]
        of_kind.tables.append(of_whole.candidates(candidates, source))
        of_kind.rows.append(np.array(rows, np.int64))


def _keep_rest(
    payload: Callable[[], bytes],
    row: int,
    value: object,
    read: Shape,
    fmt: Format,
    source: SourceSettings,
    to: _OfKind,
) -> bool:
    """Keep what is not read of a record as its metadata. False where it may be content: then it is a misfit."""
    declared = declaration_of(fmt)
    ignored = (*source.ignore, *declared.ignore) if declared else source.ignore
    kept = declared.keep if declared else ()
    if not isinstance(value, dict) or not (rest := rest_of(value, read, ignored)):
        return True
    if (misfit := unread_content(value, rest, read, fmt.name, kept)) is not None:
        to.misfits[row] = misfit
        return False
    to.metadata[row] = rest_as_json(payload, read, ignored, rest)
    to.fields_unread.update(map(str, rest))
    return True


def _together(kind: LabelKind, found: _OfKind, from_content: bool, without_ties: bool) -> Candidates:
    tables = found.tables or [CANDIDATE_FIELDS[kind].empty_table()]
    rows = np.concatenate([np.zeros(0, np.int64), *found.rows])
    order = np.argsort(rows, kind="stable")
    order = order[~np.isin(rows[order], list(found.misfits))]
    table, rows = pa.concat_tables(tables).take(pa.array(order)).combine_chunks(), rows[order]
    if without_ties and (ties := tied(one_array(table["responses"]))).any():
        # Of a tree the other rankings stay.
        misfit = Misfit("ranks_tied", say("two responses share a rank (ties: drop_record)"))
        found.misfits.update({int(row): misfit for row in rows[ties]})
        table, rows = table.filter(pa.array(~ties)).combine_chunks(), rows[~ties]
    if from_content:
        hashes = dedup.content_hashes(kind, table).to_pylist()
        ids = pa.array([f"content-{digest.hex()[:_CONTENT_ID_DIGITS]}" for digest in hashes], pa.string())
        # A message of a tree has an id of its own, wherever the file has its ids.
        ids = pc.coalesce(table["data_id"], ids)
        table = table.set_column(table.schema.get_field_index("data_id"), "data_id", ids)
    if found.metadata:
        metadata = pa.array([found.metadata.get(row) for row in rows.tolist()], METADATA.type)
    else:
        metadata = pa.nulls(len(rows), METADATA.type)
    return Candidates(
        table.append_column(METADATA, metadata),
        rows,
        np.isin(rows, found.losers_tie),
        found.misfits,
        found.formats,
        found.fields_unread,
    )
