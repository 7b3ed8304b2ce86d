"""What shapes the shards of a raw file besides its bytes and name: one value, for workers, cache and release ids."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import xxhash
from pydantic import BaseModel

from sftrm_quality.checks import Suite, Suites
from sftrm_quality.config import BESIDE_SHARDS, Limits, NearDuplicates, RunConfig, SourceSettings, settings_of
from sftrm_quality.formats import FOR_PEOPLE, Declaration, Formats, formats_of
from sftrm_quality.records import LabelKind
from sftrm_quality.versions import versions


@dataclass(frozen=True)
class ShardSettings:
    """A worker sees these and no other settings, and the key is made from all of them: neither can miss one."""

    sources: tuple[SourceSettings, ...]
    limits: Limits
    near: NearDuplicates
    sft: Suite
    rm: Suite
    declared: tuple[Declaration, ...]

    @classmethod
    def of(cls, config: RunConfig, suites: Suites, formats: Formats) -> Self:
        """Those of a run.

        Args:
            config: The run's settings.
            suites: The run's suites.
            formats: The run's formats; those that come with the product are code like any other.

        Returns:
            What of them shapes shards.
        """
        return cls(tuple(config.sources), config.limits, config.near, suites.sft, suites.rm, formats.declared)

    def source(self, source_file: str) -> SourceSettings:
        """What is declared about a source file."""
        return settings_of(self.sources, source_file)

    @property
    def formats(self) -> Formats:
        """Those of the run."""
        return formats_of(self.declared)

    def suite(self, kind: LabelKind) -> Suite:
        """The suite for records of a label kind."""
        return self.sft if kind is LabelKind.SFT else self.rm

    def key(self) -> str:
        """A hash of all of it and of the versions that it is used by: equal keys and equal bytes give equal shards."""
        return self._key

    @cached_property
    def _key(self) -> str:
        content = {field.name: _content(getattr(self, field.name)) for field in fields(self)}
        return xxhash.xxh3_128_hexdigest(json.dumps([content, versions()], sort_keys=True).encode())


# What says nothing of how records are read.
_BESIDE: Mapping[type[BaseModel], frozenset[str]] = {SourceSettings: BESIDE_SHARDS, Declaration: FOR_PEOPLE}


def _content(value: BaseModel | Suite | tuple[BaseModel, ...]) -> object:
    if isinstance(value, Suite):
        return value.hash
    if isinstance(value, tuple):
        return [_content(one) for one in value]
    return value.model_dump(mode="json", exclude=set(_BESIDE.get(type(value), ())))
