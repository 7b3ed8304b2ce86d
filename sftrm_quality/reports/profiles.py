"""What the published records are like, as figures of ``report.json``: from the profiles of the parts, added up."""

from collections.abc import Collection as AnyOf
from collections.abc import Sequence
from itertools import accumulate, pairwise

import pyarrow as pa

from sftrm_quality.collection import Collection
from sftrm_quality.formats import Declaration, Formats, declaration_of
from sftrm_quality.intake import FileIntake
from sftrm_quality.personal_data import mask_text
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import Part, PartFacts
from sftrm_quality.releases.profile import (
    LAST_RANK,
    MISSING,
    MOST_RESPONSES,
    NAMES,
    REST,
    TAKES,
    Profile,
    Tally,
    add,
    names_in,
)
from sftrm_quality.reports.directions import doubtful_directions
from sftrm_quality.reports.groups import duplicate_figures, split_figures
from sftrm_quality.reports.places import first_listed
from sftrm_quality.run_record import (
    Bin,
    DoubtfulDirection,
    Lengths,
    NameCount,
    Names,
    PairCounts,
    RankFigures,
    Ranking,
    RecordsWith,
    RmProfile,
    SftProfile,
)
from sftrm_quality.run_record import Profile as ReleaseProfile
from sftrm_quality.scripts import Script

NAMES_SHOWN = 20
_QUANTILES = {"p05": 0.05, "median": 0.5, "p95": 0.95, "p99": 0.99}
_SCRIPTS = [script.name.lower() for script in Script]


def release_profile(
    parts: Sequence[tuple[Part, PartFacts]],
    intakes: Sequence[FileIntake],
    formats: Formats,
    collection: Collection,
    facts: pa.Table,
    threshold: float,
) -> ReleaseProfile:
    """What the records of a release are like, their duplicates, and how their prompts are grouped.

    Args:
        parts: As they were read back.
        intakes: Of every raw file, with what tells the direction of its ranks.
        formats: Those of the run.
        collection: All records, with their outcomes.
        facts: Of the release, one row per label kind.
        threshold: Of near duplicates.

    Returns:
        The profile; a label kind without records has None.
    """
    totals: dict[LabelKind, Profile] = {kind: {} for kind in LabelKind}
    for part, of_part in parts:
        add(totals[part.label_kind], of_part.profile)
    sft, rm = (totals[kind] if totals[kind].get("records", {}).get("all") else None for kind in LabelKind)
    ranked = [intake for intake in intakes if intake.label_kind is LabelKind.RM]
    directions = {intake.source_file: intake.directions for intake in ranked}
    best_first = {
        intake.source_file for intake in ranked if any(one.lists_better_first for one in _declared(intake, formats))
    }
    by_format = {
        intake.source_file for intake in ranked if any(one.says_which_is_better for one in _declared(intake, formats))
    }
    return ReleaseProfile(
        sft=_of_sft(sft) if sft else None,
        rm=_of_rm(rm, doubtful_directions(directions, by_format), best_first) if rm else None,
        duplicates={kind: duplicate_figures(collection, kind, threshold) for kind in LabelKind},
        splits=split_figures(collection, facts),
    )


def _of_sft(total: Profile) -> SftProfile:
    return SftProfile(
        records=total["records"]["all"],
        question=lengths(total["question_chars"]),
        answer=lengths(total["answer_chars"]),
        scripts={
            question: {answer: total["scripts"].get(f"{question}>{answer}", 0) for answer in _SCRIPTS}
            for question in _SCRIPTS
        },
        names={name: _names(total[name]) for name in NAMES},
    )


def _declared(intake: FileIntake, formats: Formats) -> list[Declaration]:
    """By what its RM records are read, as far as it is no code."""
    names = {intake.format or "", *(name for shard in intake.shards for name in shard.formats)}
    declared = (declaration_of(formats.by_name[name]) for name in names if name in formats.by_name)
    return [one for one in declared if one is not None and one.label_kind is LabelKind.RM]


def _of_rm(total: Profile, doubtful: tuple[DoubtfulDirection, ...], best_first: AnyOf[str]) -> RmProfile:
    return RmProfile(
        records=total["records"]["all"],
        prompt=lengths(total["prompt_chars"]),
        response=lengths(total["response_chars"]),
        scripts={script: total["prompt_scripts"].get(script, 0) for script in _SCRIPTS},
        names={name: _names(total[name]) for name in NAMES},
        responses=_in_order(total["responses"]),
        ranks=_by_rank(total),
        unranked_responses=total["ranks"]["unranked"],
        tied_pairs=total["ranking"]["tied_pairs"],
        records_with=RecordsWith(**{name: count for name, count in total["records"].items() if name != "all"}),
        most_responses_compared=MOST_RESPONSES,
        preference=Ranking(**total["ranking"]),
        pairs={take: _pair_counts(total["pairs"][take], lengths(total[f"pairs:{take}"])) for take in TAKES},
        first_listed=first_listed(_of_files(total, "listed:"), best_first),
        files={name: Ranking(**tally) for name, tally in _of_files(total, "file:").items()},
        doubtful_directions=doubtful,
    )


def _of_files(total: Profile, what: str) -> Profile:
    """The tallies of source files whose names begin so, by file."""
    return {name[len(what) :]: tally for name, tally in sorted(total.items()) if name.startswith(what)}


def lengths(tally: Tally) -> Lengths:
    """Quantiles of lengths in characters, each the least length that so many do not exceed, and a histogram.

    Lengths from 128 on are rounded down by at most 1.6 %, quantiles with them. The bins of the histogram begin at
    powers of two; none at either end is empty.
    """
    values = sorted((int(length), count) for length, count in tally.items())
    total = sum(count for _, count in values)
    if not total:
        return Lengths(texts=0, longest=0, **dict.fromkeys(_QUANTILES, 0), histogram=())
    running = list(accumulate(count for _, count in values))
    quantiles = {
        name: next(length for (length, _), up_to in zip(values, running, strict=True) if up_to >= share * total)
        for name, share in _QUANTILES.items()
    }
    edges = [0, *(2**power for power in range(32))]
    bins = [
        Bin(from_=first, to=end - 1, count=sum(count for length, count in values if first <= length < end))
        for first, end in pairwise(edges)
    ]
    filled = [number for number, found in enumerate(bins) if found.count]
    return Lengths(
        texts=total,
        longest=values[-1][0],
        **quantiles,
        histogram=tuple(bins[filled[0] : filled[-1] + 1]),
    )


def _names(tally: Tally) -> Names:
    """The most frequent names, and what the others come to. ``all_counted``: no name was too rare to be counted."""
    names = names_in(tally)
    return Names(
        top=tuple(NameCount(name=mask_text(name), records=count) for name, count in names[:NAMES_SHOWN]),
        other=sum(count for _, count in names[NAMES_SHOWN:]) + tally.get(REST, 0),
        missing=tally.get(MISSING, 0),
        different=len(names),
        all_counted=REST not in tally,
    )


def _pair_counts(pairs: int, of_records: Lengths) -> PairCounts:
    return PairCounts(pairs=pairs, records=of_records.texts, median=of_records.median, most=of_records.longest)


def _in_order(tally: Tally) -> Tally:
    return {key: tally[key] for key in sorted(tally, key=int)}


def _by_rank(total: Profile) -> tuple[RankFigures, ...]:
    """Of every rank: responses, their mean length, and how much longer they are than the only best of their prompt."""
    return tuple(
        RankFigures(
            rank=int(rank),
            and_worse=int(rank) == LAST_RANK,
            responses=count,
            mean_chars=round(total["rank_chars"][rank] / count, 1),
            beside_best=(beside := total["rank_beside_best"].get(rank, 0)),
            mean_gap=round(total["rank_gap"][rank] / beside, 1) if beside else None,
        )
        for rank, count in _in_order({k: v for k, v in total["ranks"].items() if k != "unranked"}).items()
    )
