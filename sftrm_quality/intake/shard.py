"""Shards, whole, in a worker process: raw bytes → checked candidates, their keys, and the failing records."""

from collections.abc import Sequence
from itertools import chain

import pyarrow as pa

from sftrm_quality import dedup
from sftrm_quality.checks import CheckedRows, Scope, run_suite_on_each
from sftrm_quality.config import SourceSettings
from sftrm_quality.intake.mapping import Candidates, read_and_map
from sftrm_quality.intake.repairable import repairable, with_forms
from sftrm_quality.intake.results import ShardSummary
from sftrm_quality.intake.shard_tables import write_tables
from sftrm_quality.intake.shard_task import MappedRecords, ShardTask
from sftrm_quality.reading import LoadedShard
from sftrm_quality.records import SHARD_QUARANTINE, LabelKind, Repair
from sftrm_quality.repairs import repair
from sftrm_quality.reviews import allowed, correct, waivable


def process_shards(tasks: Sequence[ShardTask]) -> list[dict[LabelKind, ShardSummary]]:
    """Take shards from their bytes to spilled tables (`write_tables`) for each label kind in them.

    Args:
        tasks: Of one run, together no larger than a shard. They are checked together, which changes no result.

    Returns:
        The summaries of each, by label kind. Unreadable records are of the file's label kind, for which there is always
        one.
    """
    of_tasks = [_mapped(task) for task in tasks]
    together: dict[tuple[LabelKind, tuple[tuple[str, str], ...]], list[MappedRecords]] = {}
    for one in chain.from_iterable(of_tasks):
        together.setdefault((one.kind, tuple(one.policies.items())), []).append(one)
    summaries: dict[tuple[int, LabelKind], ShardSummary] = {}
    for (kind, policies), group in together.items():
        suite = group[0].task.settings.suite(kind)
        found = run_suite_on_each(suite, Scope.RECORD, [one.frame for one in group], dict(policies))
        checked = [_waived(one, checked_rows) for one, checked_rows in zip(group, found, strict=True)]
        repairs = repairable(suite, group, checked, dict(policies))
        for one, checked_rows, possible in zip(group, checked, repairs, strict=True):
            summaries[id(one.task), kind] = write_tables(one, checked_rows, possible)
    return [
        {one.kind: summaries[id(task), one.kind] for one in mapped}
        for task, mapped in zip(tasks, of_tasks, strict=True)
    ]


def _waived(mapped: MappedRecords, checked_rows: CheckedRows) -> CheckedRows:
    reviews = mapped.task.reviews
    if not reviews:
        return checked_rows
    may_be = waivable(mapped.task.settings.suite(mapped.kind))
    return checked_rows.waiving(allowed(checked_rows, mapped.kind, mapped.delivered, reviews, may_be))


def _mapped(task: ShardTask) -> list[MappedRecords]:
    settings = task.settings
    main = settings.formats.by_name[task.format]
    source = settings.source(task.shard.source_file)
    mapped = read_and_map(task.shard, settings.formats, main, source, task.id_field, settings.limits)
    unreadable = {kind: SHARD_QUARANTINE.empty_table() for kind in LabelKind} | {
        main.label_kind: mapped.batch.unreadable
    }
    return [
        _of_kind(task, mapped.loaded, kind, candidates, unreadable[kind], source)
        for kind, candidates in mapped.candidates.items()
    ]


def _of_kind(
    task: ShardTask,
    loaded: LoadedShard,
    kind: LabelKind,
    candidates: Candidates,
    unreadable: pa.Table,
    source: SourceSettings,
) -> MappedRecords:
    losers_tie = candidates.losers_tie
    # What ties is gone by then; what is left has none.
    ties = "forbid" if source.ties == "drop_record" else source.ties
    delivered = dedup.content_hashes(kind, candidates.table)
    # First, while responses are at the places that people see.
    corrected = correct(kind, candidates.table, delivered, task.reviews.changes)
    repaired = repair(kind, corrected.table, list(map(Repair, source.repairs)), losers_tie, ties)
    frame = with_forms(kind, repaired.table, losers_tie)
    changed = len(repaired.rows) or len(corrected.rows)
    return MappedRecords(
        task,
        loaded,
        kind,
        candidates,
        unreadable,
        source,
        policies={"ties": ties, "unranked": source.unranked},
        delivered=delivered,
        corrected=corrected,
        repaired=repaired,
        frame=frame,
        # Blank losers are evidence, also where they are left out.
        as_delivered=with_forms(kind, candidates.table, losers_tie) if changed else frame,
    )
