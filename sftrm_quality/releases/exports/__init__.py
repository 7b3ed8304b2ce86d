"""Exports: the records of a release as trainers take them, made of its data files only and read back.

A target is a module with its columns and where its rules were read, and a line in `registry`.
"""

from sftrm_quality.releases.exports.making import EXPORTS, DataFiles, Earlier, make_exports
from sftrm_quality.releases.exports.placing import (
    add_exports,
    export_is_stale,
    forget_unlisted_exports,
    put_exports_in_place,
)
from sftrm_quality.releases.exports.registry import TARGETS

__all__ = [
    "EXPORTS",
    "TARGETS",
    "DataFiles",
    "Earlier",
    "add_exports",
    "export_is_stale",
    "forget_unlisted_exports",
    "make_exports",
    "put_exports_in_place",
]
