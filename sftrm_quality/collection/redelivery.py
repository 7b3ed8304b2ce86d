"""Redeliveries: quarantined records whose place one of a later file takes, for sources that say so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality import dedup
from sftrm_quality.arrays import Mask, Rows, as_ints, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.checks.results import CheckCount
from sftrm_quality.collection.shards import Shard
from sftrm_quality.config import RunConfig
from sftrm_quality.records import LabelKind, Severity, Stage
from sftrm_quality.sources import source_of

FileAndKind = tuple[str, LabelKind]


@dataclass(frozen=True)
class Replaced:
    """Failing rows whose place others took.

    rows: of failing rows, ascending. by: of each the row that took its place. counts: what the checks no longer count
    of them. reasons: of source file and label kind, how many of them failed for each. records: how many there are.
    """

    rows: Rows
    by: Rows
    counts: tuple[CheckCount, ...] = ()
    reasons: Mapping[FileAndKind, Mapping[str, int]] = field(default_factory=dict)
    records: Mapping[FileAndKind, int] = field(default_factory=dict)

    def within(self, start: int, rows: int) -> "Replaced":
        """Those among some failing rows that follow each other, numbered from 0; without counts."""
        first, last = np.searchsorted(self.rows, [start, start + rows])
        return Replaced(self.rows[first:last] - start, self.by[first:last])


_NONE = np.zeros(0, np.int64)
NOTHING_REPLACED = Replaced(_NONE, _NONE)


def replaced_by_later(shards: Sequence[Shard], passing: Mask, config: RunConfig) -> Replaced:
    """Find the records that were mended in a later file.

    Args:
        shards: All of them, in the order of rows, which is that of file names.
        passing: Of each row, whether it passed, beside all others too.
        config: Says which sources redeliver, and whose a file is.

    Returns:
        The quarantined rows of such a source for which a later file of it has a passing one of the same label kind and
        data_id. The first such file counts.

    Raises:
        StorageError: A file of a shard is missing or broken.
    """
    of_groups: dict[tuple[str, LabelKind], list[Shard]] = {}
    for shard in shards:
        name = shard.intake.source_file
        if config.source_settings(name).redelivery == "replaces":
            of_groups.setdefault((source_of(name, config), shard.label_kind), []).append(shard)
    if not of_groups:
        return NOTHING_REPLACED
    files = {name: place for place, name in enumerate(dict.fromkeys(shard.intake.source_file for shard in shards))}
    found = [_matched(own, passing, files) for own in of_groups.values()]
    rows = np.concatenate([_NONE, *(rows for rows, _ in found)])
    by = np.concatenate([_NONE, *(by for _, by in found)])
    order = np.argsort(rows)
    return _counted(shards, Replaced(rows[order], by[order]))


def _matched(shards: Sequence[Shard], passing: Mask, files: Mapping[str, int]) -> tuple[Rows, Rows]:
    """Failing rows of one source and label kind, and the row that takes the place of each."""
    keys, rows, in_file = [pa.nulls(0, pa.binary(16))], [_NONE], [_NONE]
    for shard in shards:
        if shard.failing:
            failing = _failing_keys(shard)
            named = np.flatnonzero(failing.is_valid().to_numpy(zero_copy_only=False))
            keys.append(failing.take(pa.array(named)))
            rows.append(shard.failing_start + named)
            in_file.append(np.full(len(named), files[shard.intake.source_file]))
    wanted = pa.concat_arrays(keys)
    ids = wanted.unique()
    if not len(ids):
        return _NONE, _NONE
    # Each id in each file has a number: what is at or behind that of the next file is later.
    step = len(files) + 1
    places, passed = [_NONE], [_NONE]
    for shard in shards:
        column = one_array(read_table(shard.keys_path, ["data_id_key"])["data_id_key"])
        found = as_ints(pc.index_in(column, value_set=ids), if_null=-1)
        chosen = np.flatnonzero((found >= 0) & passing[shard.start : shard.start + shard.rows])
        places.append(found[chosen] * step + files[shard.intake.source_file])
        passed.append(shard.start + chosen)
    place, row = np.concatenate(places), np.concatenate(passed)
    order = np.argsort(place, kind="stable")
    place, row = np.append(place[order], np.iinfo(np.int64).max), np.append(row[order], -1)
    of_id = as_ints(pc.index_in(wanted, value_set=ids))
    after = np.searchsorted(place, of_id * step + np.concatenate(in_file) + 1)
    later = place[after] // step == of_id
    return np.concatenate(rows)[later], row[after][later]


def _failing_keys(shard: Shard) -> pa.FixedSizeBinaryArray:
    """Of the failing rows of a shard, null for those without a data_id."""
    data_ids = one_array(read_table(shard.failing_path, ["data_id"])["data_id"])
    return dedup.data_id_keys(shard.label_kind, data_ids)


def _counted(shards: Sequence[Shard], replaced: Replaced) -> Replaced:
    """With what the checks no longer count, and the reasons of each file."""
    counts: list[CheckCount] = []
    reasons: dict[FileAndKind, Counter[str]] = {}
    records: Counter[FileAndKind] = Counter()
    for shard in shards:
        rows = replaced.within(shard.failing_start, shard.failing).rows
        if not len(rows):
            continue
        failing = read_table(shard.failing_path, ["stage", "reasons"])
        is_checked = pc.equal(one_array(failing["stage"]), Stage.CHECK)
        own = failing.take(pa.array(rows))
        of_checks = own.filter(pc.equal(own["stage"], Stage.CHECK))["reasons"].to_pylist()
        failed = Counter(reason for of_row in of_checks for reason in of_row)
        looked_at = shard.rows + (pc.sum(is_checked).as_py() or 0)
        counts += _uncounted(shard, failed, len(of_checks), looked_at)
        key = shard.intake.source_file, shard.label_kind
        reasons.setdefault(key, Counter()).update(reason for of_row in own["reasons"].to_pylist() for reason in of_row)
        records[key] += len(rows)
    return Replaced(replaced.rows, replaced.by, tuple(counts), reasons, records)


def _uncounted(shard: Shard, failed: Mapping[str, int], rows: int, looked_at: int) -> list[CheckCount]:
    """What is taken from the counts of the critical checks of a shard; of others the failures of a row are not known.

    Args:
        shard: The shard.
        failed: How many of the replaced rows failed each check.
        rows: How many there are.
        looked_at: How many rows of the shard were checked.
    """
    found = []
    for count in shard.intake.shards[shard.number].counts:
        if count.severity is Severity.CRITICAL:
            own = failed.get(count.reason, 0)
            # A check may look at some rows only, nobody knows which: those that failed it are among them.
            evaluated = rows if count.evaluated == looked_at else own
            name = count.suite, count.reason, count.severity, count.scope
            found.append(CheckCount(*name, evaluated=-evaluated, failed=-own, replaced=own))
    return found
