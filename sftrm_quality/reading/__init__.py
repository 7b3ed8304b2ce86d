"""Bytes to raw records with positions.

``discover`` finds the raw files, ``open_streams`` takes archives apart, ``open_document`` recognises what holds the
records of a stream and cuts it into shards; what each reader gives is in ``shards``. A loaded shard becomes a table,
odd objects and unreadable rows; ``read_again`` fetches single records again, and what is asked of a
record's payload later is in ``json_payloads``. Damage is never an exception here: it is a row with one of
``READ_REASONS``, and a file without records is an ``UnknownFile``.
"""

from sftrm_quality.reading.discover import SourceFile, content_hash, discover, hash_of, hashed
from sftrm_quality.reading.fetch import CELLS_AS_TEXTS, Places, payload_encoding, read_again
from sftrm_quality.reading.joined import Joined, Links, join
from sftrm_quality.reading.json import JsonShard, parse_record
from sftrm_quality.reading.json_payloads import Span, damage_spans, field_spans, naming, payload_value
from sftrm_quality.reading.opening import open_document
from sftrm_quality.reading.payloads import payload_columns
from sftrm_quality.reading.raw_streams import open_streams
from sftrm_quality.reading.reasons import READ_REASONS, UnknownFile
from sftrm_quality.reading.shards import LoadedShard, OpenDocument, ReadBatch, Shard
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.reading.tables import DueCells, json_cell
from sftrm_quality.reading.unreadable import position_columns
from sftrm_quality.reading.workbooks import WORKBOOK

__all__ = [
    "CELLS_AS_TEXTS",
    "READ_REASONS",
    "WORKBOOK",
    "DueCells",
    "Joined",
    "JsonShard",
    "Links",
    "LoadedShard",
    "OpenDocument",
    "Places",
    "RawStream",
    "ReadBatch",
    "Shard",
    "SourceFile",
    "Span",
    "UnknownFile",
    "content_hash",
    "damage_spans",
    "discover",
    "field_spans",
    "hash_of",
    "hashed",
    "join",
    "json_cell",
    "naming",
    "open_document",
    "open_streams",
    "parse_record",
    "payload_columns",
    "payload_encoding",
    "payload_value",
    "position_columns",
    "read_again",
]
