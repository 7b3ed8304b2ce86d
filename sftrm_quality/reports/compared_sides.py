"""What is compared: a release, or what a run that published nothing would have published."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import STREAMED, Release, all_releases, effective_settings, find_release, hash_of
from sftrm_quality.run_record import Figures, ReleaseHead, Report, Verdict, read_report_json
from sftrm_quality.splits import SPLITS
from sftrm_quality.words import say

Codes = npt.NDArray[np.int8]
_BATCH_ROWS = 65_536
_NAMES = pa.array(list(map(str, SPLITS)))
# Beside the settings: a hash of what people wrote, whatever the folder is called.
_REVIEWS = "reviews"


class Side(Protocol):
    """One of the two, as far as they are compared. settings: None where they are not known."""

    @property
    def head(self) -> ReleaseHead: ...
    @property
    def figures(self) -> Figures: ...
    @property
    def settings(self) -> dict[str, Any] | None: ...
    @property
    def versions(self) -> dict[str, str]: ...

    def rows(self, kind: LabelKind) -> int:
        """How many records of a label kind it has; not fewer."""

    def records(self, kind: LabelKind) -> Iterator[tuple[list[bytes], Codes]]:
        """Their record_ids, and the positions of their splits in `SPLITS`, in batches."""


@dataclass(frozen=True)
class ReleaseSide:
    """A release."""

    release: Release

    @property
    def head(self) -> ReleaseHead:
        manifest = self.release.manifest
        return ReleaseHead(
            release_id=self.release.release_id,
            created=manifest.created,
            run_id=manifest.run_id,
            is_current=self.release.is_current,
            suites_hash=manifest.suites_hash,
            config_hash=hash_of(manifest.config),
        )

    @property
    def figures(self) -> Figures:
        return self.release.manifest.figures

    @property
    def settings(self) -> dict[str, Any]:
        manifest = self.release.manifest
        return {**manifest.config, _REVIEWS: manifest.reviews_hash}

    @property
    def versions(self) -> dict[str, str]:
        return self.release.manifest.versions

    def rows(self, kind: LabelKind) -> int:
        return sum(pq.read_metadata(file.path).num_rows for file in self.release.files_of(kind))

    def records(self, kind: LabelKind) -> Iterator[tuple[list[bytes], Codes]]:
        for file in self.release.files_of(kind):
            with pq.ParquetFile(file.path, **STREAMED) as opened:
                for batch in opened.iter_batches(_BATCH_ROWS, columns=["record_id"]):
                    yield _ids(batch), np.full(len(batch), SPLITS.index(file.split), np.int8)


@dataclass(frozen=True)
class RunSide:
    """A run that published nothing: a check, or one that was held."""

    report: Report
    passed: Path

    @property
    def head(self) -> ReleaseHead:
        return ReleaseHead(
            release_id=f"{self.report.verdict}-{self.report.run_id}",
            created=self.report.started,
            run_id=self.report.run_id,
            is_current=False,
            suites_hash=self.report.suites_hash,
            config_hash=self.report.config_hash,
        )

    @property
    def figures(self) -> Figures:
        return self.report

    @property
    def settings(self) -> dict[str, Any] | None:
        try:
            reviews = self.report.reviews.hash if self.report.reviews else None
            return (
                None
                if self.report.config is None
                else {**effective_settings(RunConfig(**self.report.config)), _REVIEWS: reviews}
            )
        except ValidationError:
            # Of another version.
            return None

    @property
    def versions(self) -> dict[str, str]:
        return self.report.versions

    def rows(self, kind: LabelKind) -> int:
        # Of both kinds: it only decides how many slices there are.
        return int(pq.read_metadata(self.passed).num_rows)

    def records(self, kind: LabelKind) -> Iterator[tuple[list[bytes], Codes]]:
        with pq.ParquetFile(self.passed, **STREAMED) as opened:
            for batch in opened.iter_batches(_BATCH_ROWS, columns=["record_id", "label_kind", "split"]):
                own = batch.filter(pc.equal(batch["label_kind"], str(kind)))
                yield _ids(own), pc.index_in(own["split"], _NAMES).to_numpy(zero_copy_only=False).astype(np.int8)


def run_side(output: OutputFolder, report: Report) -> RunSide:
    """What a run would have published.

    Args:
        output: The output folder.
        report: Of the run.

    Returns:
        The side to be compared.

    Raises:
        ConfigError: The run published its release, or what it would have published was deleted.
    """
    passed = output.report(report.run_id) / "passed.parquet"
    if report.verdict not in (Verdict.CHECKED, Verdict.HELD) or not passed.is_file():
        raise ConfigError(
            say(
                "{report}: not a check or a held run; compare its release, {release_id}",
                report=output.report(report.run_id),
                release_id=report.release_id,
            )
        )
    return RunSide(report, passed)


def _ids(batch: pa.RecordBatch) -> list[bytes]:
    found: list[bytes] = pc.cast(batch["record_id"], "binary").to_pylist()
    return found


def sides_named(
    output: OutputFolder, before: str | None, now: str | None
) -> tuple[Release | RunSide, Release | RunSide]:
    """What a person wants compared.

    Args:
        output: The output folder.
        before: The id of a release or of a run. Without the other it is compared with the current release: a run as
            what comes after it, a release as what was before it.
        now: The same. Without both, the current release is compared with the one before it.

    Returns:
        The two, the earlier first.

    Raises:
        ConfigError: There is no such release or run, or no release to compare with.
    """
    if before is not None and now is not None:
        return _named(output, before), _named(output, now)
    releases = all_releases(output)
    current = next((release for release in releases if release.is_current), None)
    if current is None:
        raise ConfigError(
            say("{root}: there is no current release to compare with; run sftrm run first", root=output.root)
        )
    if before is not None:
        one = _named(output, before)
        return (current, one) if isinstance(one, RunSide) else (one, current)
    earlier = [release for release in releases if release.manifest.created < current.manifest.created]
    if not earlier:
        raise ConfigError(
            say("{root}: no release is older than the current one; name two of `sftrm releases`", root=output.root)
        )
    return earlier[-1], current


def _named(output: OutputFolder, name: str) -> Release | RunSide:
    if name not in output.run_ids():
        return find_release(output, name)
    try:
        report = read_report_json((output.report(name) / "report.json").read_bytes())
    except ValueError as error:
        raise ConfigError(
            say("{report}: damaged report ({error}); compare another run", report=output.report(name), error=error)
        ) from error
    return run_side(output, report)
