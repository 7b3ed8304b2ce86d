"""What a run is about to do: its raw files, hashed, and the release that they make."""

import logging
from dataclasses import dataclass

from sftrm_quality import findings, progress, releases
from sftrm_quality.errors import DecisionError
from sftrm_quality.intake import ReadProgress, hashed_files, refuse_fields_of_no_record
from sftrm_quality.job.opening import RunContext
from sftrm_quality.reading import SourceFile
from sftrm_quality.releases import Release
from sftrm_quality.words import say

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is to be done: the raw files, the id of the release that they make, and the current release.

    damaged_files: of the current release. A damaged one still tells the gate how much it had, and is never unchanged.
    progress: how much of the files was read so far, over all of them.
    """

    files: tuple[SourceFile, ...]
    release_id: str
    current: Release | None
    damaged_files: tuple[str, ...]
    progress: ReadProgress

    @property
    def unchanged(self) -> bool:
        return self.current is not None and self.current.release_id == self.release_id and not self.damaged_files


def plan_of(run: RunContext) -> Plan:
    """Find the raw files, hash them, and see whether the release that they make is the current one already.

    Args:
        run: What reads them.

    Returns:
        What the steps after this one work on.

    Raises:
        ConfigError: There is no raw file, two would have one name, or a setting cannot be meant as it is.
        StorageError: A file cannot be read.
    """
    refuse_fields_of_no_record(run.config, run.formats)
    files = hashed_files(run.config.raw, run.config.workers)
    names = [file.source_file for file in files]
    # What is in an archive is known when it was read, and looked at then.
    if not any(name.lower().endswith(".zip") for name in names):
        findings.refuse_another_case(run.config, names)
    size = sum(file.size for file in files)
    wanted = releases.release_id(files, run.config, run.suites, run.formats, run.effective)
    _log.info("%d raw files, %.1f MB, make %s", len(files), size / 1e6, wanted)
    release, damaged = releases.release_and_damage(run.output)
    if damaged:
        progress.tell(
            say(
                "{root}: the current release is damaged, it will be replaced: {damaged}",
                root=run.output.root,
                damaged=", ".join(damaged[:5]),
            )
        )
    return Plan(files, wanted, release, tuple(damaged), ReadProgress(size))


def must_make(plan: Plan, decided_release_id: str | None) -> None:
    """Go on only where a plan makes what a person decided on.

    Args:
        plan: The plan.
        decided_release_id: The release, None where nobody decided.

    Raises:
        DecisionError: The inputs make another one by now.
    """
    if decided_release_id not in (None, plan.release_id):
        raise DecisionError(
            say(
                "nothing was published: the decision is on release {release_id}, and what that was to be "
                "made from has changed since (raw files, suites or versions) and makes {another}. Run "
                "again, and decide on that",
                release_id=decided_release_id,
                another=plan.release_id,
            )
        )
