"""Immutable releases: data files, what is excluded, manifest, the one atomic switch, and questions about records."""

from sftrm_quality.releases.exports import (
    EXPORTS,
    TARGETS,
    DataFiles,
    Earlier,
    add_exports,
    forget_unlisted_exports,
    make_exports,
)
from sftrm_quality.releases.facts import count_repeated, release_facts
from sftrm_quality.releases.held_out import frozen_splits_of
from sftrm_quality.releases.known_records import KnownRecords, excluded_of_release, published_of_release, read_known
from sftrm_quality.releases.manifest import (
    PublishedFile,
    Release,
    damaged_files,
    effective_settings,
    hash_of,
    raw_hash,
    release_id,
)
from sftrm_quality.releases.moves import MOVES
from sftrm_quality.releases.part_cache import keep as keep_parts
from sftrm_quality.releases.parts import STREAMED, Part, Segment
from sftrm_quality.releases.publish import (
    all_releases,
    current_suites_hash,
    find_release,
    finish_staged,
    put_release_in_place,
    release_and_damage,
    switch_to,
)
from sftrm_quality.releases.read_back import PartFacts
from sftrm_quality.releases.rollbacks import decisions_of, rollback, settled_decisions
from sftrm_quality.releases.stage import StagedRelease, stage_release, write_moves, write_passed
from sftrm_quality.releases.trace import Trace, trace
from sftrm_quality.releases.unfinished import (
    all_or_nothing,
    named_by_unfinished,
    nothing_moving,
    take_back_unfinished,
)

__all__ = [
    "EXPORTS",
    "MOVES",
    "STREAMED",
    "TARGETS",
    "DataFiles",
    "Earlier",
    "KnownRecords",
    "Part",
    "PartFacts",
    "PublishedFile",
    "Release",
    "Segment",
    "StagedRelease",
    "Trace",
    "add_exports",
    "all_or_nothing",
    "all_releases",
    "count_repeated",
    "current_suites_hash",
    "damaged_files",
    "decisions_of",
    "effective_settings",
    "excluded_of_release",
    "find_release",
    "finish_staged",
    "forget_unlisted_exports",
    "frozen_splits_of",
    "hash_of",
    "keep_parts",
    "make_exports",
    "named_by_unfinished",
    "nothing_moving",
    "published_of_release",
    "put_release_in_place",
    "raw_hash",
    "read_known",
    "release_and_damage",
    "release_facts",
    "release_id",
    "rollback",
    "settled_decisions",
    "stage_release",
    "switch_to",
    "take_back_unfinished",
    "trace",
    "write_moves",
    "write_passed",
]
