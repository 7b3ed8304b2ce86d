"""File intake, one by one and in parallel: raw files read, mapped, checked and fingerprinted, shard by shard."""

from sftrm_quality.intake.cache import cache_key, forget_others
from sftrm_quality.intake.context import IntakeContext, ReadProgress
from sftrm_quality.intake.declared_fields import refuse_fields_of_no_record
from sftrm_quality.intake.file_intake import intake_files
from sftrm_quality.intake.mapping import MappedShard, map_payloads, read_and_map
from sftrm_quality.intake.raw_files import hashed_files, unless_changed
from sftrm_quality.intake.recognition import NotRead, Recognised, recognise_stream
from sftrm_quality.intake.results import FileIntake
from sftrm_quality.intake.shard_settings import ShardSettings

__all__ = [
    "FileIntake",
    "IntakeContext",
    "MappedShard",
    "NotRead",
    "ReadProgress",
    "Recognised",
    "ShardSettings",
    "cache_key",
    "forget_others",
    "hashed_files",
    "intake_files",
    "map_payloads",
    "read_and_map",
    "recognise_stream",
    "refuse_fields_of_no_record",
    "unless_changed",
]
