"""Raw files taken in one by one and in parallel: read, mapped, checked and fingerprinted, shard by shard."""

from sftrm_quality.intake.cache import cache_key, forget_others
from sftrm_quality.intake.files import Intake
from sftrm_quality.intake.raw_files import hashed_files, unless_changed
from sftrm_quality.intake.take_in import Intaker, ReadProgress

__all__ = [
    "Intake",
    "Intaker",
    "ReadProgress",
    "cache_key",
    "forget_others",
    "hashed_files",
    "unless_changed",
]
