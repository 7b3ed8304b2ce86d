"""The frames that suites check: the columns that an expectation may name, by suite and scope.

A *record* frame is a shard of candidates with their metadata and the forms of their texts. A *collection* frame has one
row per record that passed, with what only the whole collection shows about it. A *split* frame has one row per record
that might leak: those of a source that brought its own split, or all where splits are frozen. The release is checked on
one row of figures per label kind, the delivery on one per source file and one per source.
"""

from enum import StrEnum

import pyarrow as pa

from sftrm_quality.records import CANDIDATE_FIELDS, METADATA, LabelKind


class Scope(StrEnum):
    """The frame that a row expectation checks (``meta.scope`` of its entry)."""

    RECORD = "record"
    COLLECTION = "collection"
    SPLIT = "split"


def _forms(**types: pa.DataType) -> pa.Schema:
    forms = ("strict", "normalised", "folded")
    return pa.schema([(f"{name}_{form}", kind) for name, kind in types.items() for form in forms])


# The forms of texts (``text``) are made once per shard, for these checks and for the fingerprints after them.
# Null stays null.
FORM_FIELDS = {
    LabelKind.SFT: _forms(question=pa.string(), answer=pa.string()),
    LabelKind.RM: _forms(prompt=pa.string(), responses=pa.list_(pa.string())),
}
"""Columns that ``run_suite`` needs beside the candidate's own in scope ``record``."""

# Evidence columns name another record; null means that nothing speaks against this one.
_HELD_ONCE = [("data_id", pa.string()), ("first_holder", pa.string())]
_CONTRADICTED = [("contradicted_by", pa.string())]
_BESIDE = pa.schema([METADATA])
LOSERS_TIE = pa.field("losers_tie", pa.bool_())
"""Of an RM record: its format says that one response is better than several others, and nothing about these."""
_RM_BESIDE = pa.schema([METADATA, LOSERS_TIE])
_SPLIT = pa.schema([("held_out_in", pa.string())])

FRAMES = {
    LabelKind.SFT: {
        Scope.RECORD: pa.unify_schemas([CANDIDATE_FIELDS[LabelKind.SFT], _BESIDE, FORM_FIELDS[LabelKind.SFT]]),
        Scope.COLLECTION: pa.schema(_HELD_ONCE),
        Scope.SPLIT: _SPLIT,
    },
    LabelKind.RM: {
        Scope.RECORD: pa.unify_schemas([CANDIDATE_FIELDS[LabelKind.RM], _RM_BESIDE, FORM_FIELDS[LabelKind.RM]]),
        Scope.COLLECTION: pa.schema([*_HELD_ONCE, *_CONTRADICTED]),
        Scope.SPLIT: _SPLIT,
    },
}
"""Columns of the frame of a label kind and scope.

``first_holder``: record_id of the earlier record that holds the same data_id with other content. ``contradicted_by``:
record_id of a record that ranks the same responses to the same prompt the other way round. ``held_out_in``: the
held-out split that has the same prompt although the source declared this record as train.
"""

RELEASE_FACTS = pa.schema(
    [
        pa.field("label_kind", pa.string(), nullable=False),
        pa.field("records_published", pa.int64(), nullable=False),
        pa.field("repeated_record_ids", pa.int64(), nullable=False),
        pa.field("repeated_data_ids", pa.int64(), nullable=False),
        pa.field("prompts_in_two_splits", pa.int64(), nullable=False),
        pa.field("prompts_in_two_splits_across_kinds", pa.int64(), nullable=False),
        pa.field("near_prompts_in_two_splits", pa.int64(), nullable=False),
        pa.field("prompts_no_longer_held_out", pa.int64(), nullable=False),
        pa.field("empty_splits", pa.int64(), nullable=False),
        pa.field("split_share_off", pa.float64(), nullable=False),
        pa.field("share_quarantined", pa.float64(), nullable=False),
        pa.field("share_unreadable_files", pa.float64(), nullable=False),
        pa.field("ledger_difference", pa.int64(), nullable=False),
        pa.field("drop_against_previous", pa.float64(), nullable=False),
    ]
)
"""What the release suite checks: one row per label kind that received records.

``records_published``: records that the release would hold. ``repeated_record_ids``, ``repeated_data_ids``: ids held by
more than one published record (with ``ids.within: file``: within one source file). ``prompts_in_two_splits``: folded
prompts of this kind that are in more than one split; ``prompts_in_two_splits_across_kinds``: the same over the prompts
of all kinds together. ``near_prompts_in_two_splits``: groups of equal and near-equal prompts whose published records
are in more than one split (the same for both kinds). ``prompts_no_longer_held_out``: folded prompts of training records
of this kind that the current release has in validation or test. ``empty_splits``: splits without a record although
their share is above 0 and enough prompt groups exist to fill them. ``split_share_off``: 0 to 1, by how much the share
of a split is farther from the one asked for than chance explains. ``share_unreadable_files``: 0 to 1 of the bytes of
all raw files, those of no known format (the same for both kinds). ``share_quarantined``: 0 to 1 of the records
received, unreadable ones included; of those whose place a later file took, neither. ``ledger_difference``: received
minus everything accounted for. ``drop_against_previous``: 0 to 1, the share of records fewer than in the previous
release, 0 without one.
"""

DELIVERY_FACTS = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("source_file", pa.string()),
        pa.field("delivery", pa.string(), nullable=False),
        pa.field("received", pa.int64(), nullable=False),
        pa.field("read", pa.int64(), nullable=False),
        pa.field("failing", pa.int64(), nullable=False),
        pa.field("passed", pa.int64(), nullable=False),
        pa.field("duplicates", pa.int64(), nullable=False),
        pa.field("read_before", pa.int64(), nullable=False),
        pa.field("missing", pa.int64(), nullable=False),
        pa.field("published_gone", pa.int64(), nullable=False),
        pa.field("published_emptied", pa.int64(), nullable=False),
        pa.field("published_ends_early", pa.int64(), nullable=False),
        pa.field("empty", pa.int64(), nullable=False),
        pa.field("ends_early", pa.int64(), nullable=False),
        pa.field("unknown_format", pa.int64(), nullable=False),
        pa.field("usual_share", pa.float64()),
        pa.field("greatest_share", pa.float64()),
    ]
)
"""What the delivery suite checks: one row per source file, also of those that are gone, and one per source of which
several files were delivered (``source_file`` is null there, and the figures are the sums of those files).

``received``: records; ``read``: of these, that could be read. ``failing``: unreadable or quarantined, but for those
whose place a later file took. ``passed``: received that are neither unreadable nor quarantined; ``duplicates`` of
these. ``read_before``: records that could be read from the file for the current release, if its bytes changed since;
``missing``: how many fewer can be read now. ``published_gone``, ``published_emptied``, ``published_ends_early``:
records of the file that the current release has published, where the file is gone, has no record any more, or changed
and ends early. ``empty``, ``ends_early``, ``unknown_format``: 1 for a file that is, and for the first two one of which
the current release has published nothing. ``usual_share``, ``greatest_share``: of the failing shares of earlier
deliveries of the file or its series, their median and their greatest, 0 to 1; null where there are too few to know.
"""
