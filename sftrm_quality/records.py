"""The canonical records and every schema that travels between the stages.

A *candidate* is a record in canonical columns as it was delivered: ranks may still be 1.5 or missing, texts may be
null. What passes the checks becomes a published record, whose ranks are whole numbers.
"""

from enum import StrEnum

import pyarrow as pa


class LabelKind(StrEnum):
    """What a record teaches: one answer (SFT) or a ranking of several (RM)."""

    SFT = "sft"
    RM = "rm"


class NoKind(StrEnum):
    """Instead of a label kind, for records of files of no known format: nobody can tell what they are."""

    UNKNOWN = "unknown"


class SplitName(StrEnum):
    """The published parts, in the order in which they are written and reported."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Stage(StrEnum):
    """Where a record left the way."""

    READ = "read"
    FORMAT = "format"
    CHECK = "check"


class Severity(StrEnum):
    """What it means that a check fails, the worst first. ``critical`` quarantines rows and can close the gate."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class DuplicateKind(StrEnum):
    """How a duplicate is like the record that stays: the same to a reader, the same but for form, or nearly the same.

    In the order of the rounds.
    """

    EXACT = "exact"
    FOLDED = "folded"
    NEAR = "near"


class ApartBy(StrEnum):
    """What tells two records apart that are nearly the same, so that neither is a duplicate of the other."""

    TEMPLATE = "template"
    NUMBERS = "numbers"
    NEGATIONS = "negations"
    PASSAGE = "passage"


class Repair(StrEnum):
    """What a source may declare to be mended in its records, in the order in which it is done."""

    UNDO_MOJIBAKE = "undo_mojibake"
    DECODE_HTML_ENTITIES = "decode_html_entities"
    DECODE_EXCEL_ESCAPES = "decode_excel_escapes"
    COMPOSE_NFC = "compose_nfc"
    STRIP_END_TOKENS = "strip_end_tokens"
    DROP_BLANK_LOSERS = "drop_blank_losers"


class DirectionSign(StrEnum):
    """What responses have that says something of the direction of their ranks: mostly the worse ones have it."""

    BLANK = "blank"
    COPY = "copy"
    BROKEN = "broken"
    REFUSAL = "refusal"
    SHORT = "short"
    FAR_SHORTEST = "far_shortest"


MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
# float64, because a candidate's rank is what was delivered: 1, 1.0, 1.5 or nothing. The suite checks it.
CANDIDATE_RESPONSE = pa.struct([("text", pa.string()), ("rank", pa.float64()), ("score", pa.float64())])
RESPONSE = pa.struct([("text", pa.string()), ("rank", pa.int32()), ("score", pa.float64())])

# Columns that both label kinds carry besides their own.
_COMMON = [
    ("data_id", pa.string()),
    ("data_category", pa.string()),
    ("data_subcategory", pa.string()),
    ("question_type", pa.string()),
    ("question_count", pa.int64()),
]
_CONTEXT = [("system", pa.string()), ("history", pa.list_(MESSAGE))]

# The position of a record in its raw file: source_index counts records from 0, source_offset and source_length are
# bytes of the (decompressed) file, source_line counts from 1 and is null where the file has no lines of its own.
POSITION = [
    ("source_index", pa.int64()),
    ("source_offset", pa.int64()),
    ("source_length", pa.int64()),
    ("source_line", pa.int64()),
]

CANDIDATE_FIELDS = {
    LabelKind.SFT: pa.schema([*_COMMON, ("question", pa.string()), ("answer", pa.string()), *_CONTEXT]),
    LabelKind.RM: pa.schema(
        [*_COMMON, ("prompt", pa.string()), ("responses", pa.list_(CANDIDATE_RESPONSE)), *_CONTEXT]
    ),
}
"""Columns of a candidate, by label kind, without position."""

# Beside the record's own content, of which it is no part.
METADATA = pa.field("metadata", pa.string())

# What was found in the record and done to it, of which its content is no part either.
_NOTES = [
    pa.field("warnings", pa.list_(pa.string())),
    pa.field("repairs", pa.list_(pa.string())),
    pa.field("waived", pa.list_(pa.string())),
    pa.field("corrected_by", pa.string()),
]

CANDIDATES = {
    kind: pa.schema([*fields, METADATA, *_NOTES, *(pa.field(*p) for p in POSITION)])
    for kind, fields in CANDIDATE_FIELDS.items()
}
"""Columns of a spilled shard of candidates."""

DELIVERED = {
    kind: pa.schema([*fields, ("repaired_hash", pa.binary(16)), ("row", pa.int64())])
    for kind, fields in CANDIDATE_FIELDS.items()
}
"""Columns of the records of a spilled shard that were repaired or corrected, as they were delivered. ``repaired_hash``:
of their content as it is now; ``row``: among the candidates that passed."""

_LINEAGE = [("record_id", pa.string()), ("source_file", pa.string()), *POSITION]
PUBLISHED = {
    LabelKind.SFT: pa.schema(
        [*_COMMON, ("question", pa.string()), ("answer", pa.string()), *_CONTEXT, METADATA, *_NOTES, *_LINEAGE]
    ),
    LabelKind.RM: pa.schema(
        [*_COMMON, ("prompt", pa.string()), ("responses", pa.list_(RESPONSE)), *_CONTEXT, METADATA, *_NOTES, *_LINEAGE]
    ),
}
"""Columns of the released Parquet files."""

ORIGINALS = {
    kind: pa.schema(
        [
            ("record_id", pa.string()),
            ("repairs", pa.list_(pa.string())),
            ("corrected_by", pa.string()),
            ("repaired_hash", pa.binary(16)),
            *fields,
        ]
    )
    for kind, fields in CANDIDATE_FIELDS.items()
}
"""Columns of the originals of a release: its repaired and corrected records as they were delivered."""

LINEAGE_COLUMNS = [name for name, _ in _LINEAGE]

# One row per record that could not be read, could not be mapped, or failed a critical check.
_FAILING = [("data_id", pa.string())]
# What people have to do with it all the same.
_REVIEWED = [("waived", pa.list_(pa.string())), ("corrected_by", pa.string())]
SHARD_QUARANTINE = pa.schema(
    [
        *_FAILING,
        *POSITION,
        ("stage", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("details", pa.list_(pa.string())),
        *_REVIEWED,
        ("content_hash", pa.binary(16)),
        # The record's own text. Bytes that are not UTF-8 are shown as \xNN here and kept unchanged in payload_bytes.
        ("payload", pa.string()),
        ("payload_bytes", pa.binary()),
    ]
)
QUARANTINE = pa.schema(
    [
        ("record_id", pa.string()),
        ("label_kind", pa.string()),
        ("data_id", pa.string()),
        ("source_file", pa.string()),
        *POSITION,
        ("stage", pa.string()),
        ("reasons", pa.list_(pa.string())),
        ("details", pa.list_(pa.string())),
        *_REVIEWED,
        ("replaced_by", pa.string()),
        ("payload", pa.string()),
        ("payload_bytes", pa.binary()),
    ]
)
DUPLICATES = pa.schema(
    [
        ("record_id", pa.string()),
        ("label_kind", pa.string()),
        ("data_id", pa.string()),
        ("duplicate_of", pa.string()),
        ("kind", pa.string()),
        ("similarity", pa.float64()),
        ("source_file", pa.string()),
        *POSITION,
        ("payload", pa.string()),
        ("payload_bytes", pa.binary()),
    ]
)
# Beside the report of a run: records that were published although another one is nearly the same.
KEPT_APART = pa.schema(
    [
        ("record_id", pa.string()),
        ("label_kind", pa.string()),
        ("apart_from", pa.string()),
        ("by", pa.string()),
        ("similarity", pa.float64()),
        ("prompts", pa.int64()),
    ]
)

COLUMNS = {
    "data_id": "The id that the source gave; where a file has none, one from the record's content.",
    "data_category": "The category, as delivered (AI Hub: `main`).",
    "data_subcategory": "The category below it (AI Hub: `middle`).",
    "question_type": "The type of question, as delivered.",
    "question_count": "How many questions were asked before and with this one, as delivered.",
    "question": "The question that the answer is for.",
    "answer": "The one answer.",
    "prompt": "The prompt that the responses are for.",
    "responses": "Responses with their ranks, in the order of the source. Rank 1 is best; a higher score is better.",
    "system": "The system message, where the source has one.",
    "history": "Earlier turns, oldest first.",
    "metadata": "The record without what was read of it, as JSON, numbers as written; null where all was read.",
    "warnings": "The reasons of the checks that warn of the record, in the order of the suite; empty for none.",
    "repairs": "The declared repairs that changed it; what was delivered is in originals/. Empty for none.",
    "waived": "Reasons that it fails for and a waiver allows, in the order of the suite; empty for none.",
    "corrected_by": "Who corrected it; what was delivered is in originals/. Null where nobody did.",
    "repaired_hash": "Of a changed record: xxh3_128 of its content as it is now, made as the hash in `record_id`.",
    "replaced_by": "The `record_id` of the record that a later file brought in its place; null for none.",
    "record_id": "Stable: a hash of label kind and the content as delivered, and a number for identical copies.",
    "label_kind": "`sft` or `rm`; in the quarantine also `unknown`, for a whole file of no known format.",
    "source_file": "The raw file, relative to the raw folder; a member of an archive behind `!/`.",
    "source_index": "Which record of the file, counted from 0.",
    "source_offset": "First byte of the record in the (decompressed) file.",
    "source_length": "Bytes of the record in the (decompressed) file.",
    "source_line": "Line that the record begins in, counted from 1; null where the file has no lines of its own.",
    "stage": "Where the record left the way: `read`, `format` or `check`.",
    "reasons": "Every reason, in the order of the suite; see expectations/README.md.",
    "details": "What was found, one text per reason. Personal data is masked.",
    "duplicate_of": "The `record_id` of the published record that says the same.",
    "kind": "`exact` (equal after normalisation) or `near`.",
    "similarity": "Jaccard similarity of character 5-grams, 0 to 1; 1 for exact duplicates.",
    "payload": "The record's own text. Bytes that are not UTF-8 are shown as `\\xNN`.",
    "payload_bytes": "The record's own bytes, where its text cannot hold them; else null.",
}
"""What each column of the published, quarantine and duplicates files holds."""


def unreviewed(rows: int) -> dict[str, pa.Array]:
    """The columns of failing records with which people have nothing to do.

    Args:
        rows: How many there are.

    Returns:
        The columns by their names.
    """
    return {"waived": pa.array([[]] * rows, pa.list_(pa.string())), "corrected_by": pa.nulls(rows, pa.string())}
