"""Personal data that the checks found: how much of each kind, in which files, and a few places, masked."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask, one_array
from sftrm_quality.arrow_files import read_table
from sftrm_quality.checks import Entry, Suites
from sftrm_quality.checks.personal import SIGNS
from sftrm_quality.checks.signs import has_sign, signs_of
from sftrm_quality.checks.texts import text_of_each
from sftrm_quality.collection import Collection, Shard
from sftrm_quality.intake import FileIntake
from sftrm_quality.personal_data import LATEST_BIRTH, PersonalData, find_personal_data
from sftrm_quality.records import LabelKind, Severity
from sftrm_quality.reports.passages import passage
from sftrm_quality.run_record import FileCount, PersonalFigures, PersonalSample
from sftrm_quality.splits import SPLITS

# Enough to see what kind of text they are in.
SAMPLES_OF_EACH = 3
_CHECK = "expect_record_to_be_free_of_personal_data"


def personal_figures(intakes: Sequence[FileIntake], suites: Suites) -> tuple[PersonalFigures, ...]:
    """What every check for personal data found in the records that were checked, by label kind.

    Args:
        intakes: What reading the source files gave.
        suites: By which they were checked.

    Returns:
        One entry per check, also of those that found none.
    """
    found = []
    for label_kind, entry in _entries(suites):
        files = {
            intake.source_file: sum(_failed(intake, number, entry) for number in range(len(intake.shards)))
            for intake in intakes
            if intake.label_kind == label_kind
        }
        by_file = sorted(((name, n) for name, n in files.items() if n), key=lambda pair: (-pair[1], pair[0]))
        found.append(
            PersonalFigures(
                label_kind=label_kind,
                reason=entry.reason,
                kind=entry.kwargs["kind"],
                severity=Severity(entry.severity),
                records=sum(n for _, n in by_file),
                files=tuple(FileCount(source_file=name, records=n) for name, n in by_file),
            )
        )
    return tuple(found)


def personal_samples(collection: Collection, suites: Suites) -> tuple[PersonalSample, ...]:
    """The first published records with a finding of each check, at most SAMPLES_OF_EACH, the finding marked and masked.

    Only shards in which a check found something are looked through, until there are enough: one shard each, usually.
    """
    samples: list[PersonalSample] = []
    room = {(kind, entry.reason): SAMPLES_OF_EACH for kind, entry in _entries(suites)}
    for shard in collection.shards:
        for kind, entry in _entries(suites):
            most = room[kind, entry.reason]
            if kind == shard.label_kind and most and _failed(shard.intake, shard.number, entry):
                found = list(_of_shard(collection, shard, entry, most))
                room[kind, entry.reason] -= len(found)
                samples += found
    return tuple(sorted(samples, key=lambda s: (s.label_kind, s.reason)))


def _entries(suites: Suites) -> Iterator[tuple[LabelKind, Entry]]:
    for kind, suite in ((LabelKind.SFT, suites.sft), (LabelKind.RM, suites.rm)):
        yield from ((kind, entry) for entry in suite.entries if entry.type == _CHECK)


def _failed(intake: FileIntake, shard: int, entry: Entry) -> int:
    return sum(count.failed for count in intake.shards[shard].counts if count.reason == entry.reason)


def _of_shard(collection: Collection, shard: Shard, entry: Entry, most: int) -> Iterator[PersonalSample]:
    columns = [entry.kwargs["column"], *entry.kwargs.get("others", ())]
    table = read_table(shard.records_path, [*columns, "source_index", "source_line"])
    published = collection.outcome[shard.start : shard.start + shard.rows] < len(SPLITS)
    found: dict[int, tuple[str, str, PersonalData]] = {}
    for name in columns:
        rows = islice(_findings(one_array(table[name]), published, entry), most)
        for row, text, one in rows:
            found.setdefault(row, (name, text, one))
    for row, (name, text, one) in sorted(found.items())[:most]:
        yield PersonalSample(
            reason=entry.reason,
            label_kind=shard.label_kind,
            record_id=collection.record_ids(np.array([shard.start + row]))[0],
            source_file=shard.intake.source_file,
            source_index=table["source_index"][row].as_py(),
            source_line=table["source_line"][row].as_py(),
            name="response" if name == "responses" else name,
            **dict(passage(text, [(one.start, one.end)])),
        )


def _findings(column: pa.Array, published: Mask, entry: Entry) -> Iterator[tuple[int, str, PersonalData]]:
    """Row, text and first finding of the published rows in which a check finds some, in order, each row once."""
    kind, latest_birth = entry.kwargs["kind"], entry.kwargs.get("latest_birth", LATEST_BIRTH)
    rows, texts = text_of_each(column)
    last = -1
    for place in np.flatnonzero(has_sign(signs_of(texts), SIGNS) & published[rows]).tolist():
        text = texts[place].as_py()
        one = next((one for one in find_personal_data(text, latest_birth) if one.kind == kind), None)
        if one is not None and rows[place] != last:
            last = int(rows[place])
            yield last, text, one
