"""What the published records are like: lengths, scripts, names, rankings, duplicate clusters, prompt groups."""

from pydantic import Field

from sftrm_quality.records import ApartBy, DirectionSign, LabelKind, SplitName
from sftrm_quality.run_record.value import Count, Share, Value


class Bin(Value):
    """How many sizes lie in a range, both ends included; ``to`` is None for the last where it has no end."""

    from_: Count = Field(alias="from")
    to: int | None
    count: Count


class Lengths(Value):
    """Quantiles of lengths in characters, each the least length that so many texts do not exceed, and a histogram."""

    texts: Count
    longest: Count
    p05: Count
    median: Count
    p95: Count
    p99: Count
    histogram: tuple[Bin, ...]


class NameCount(Value):
    """A name and the number of records that have it."""

    name: str
    records: Count


class Names(Value):
    """The most frequent names, and what the others come to. all_counted: no name was too rare to be counted."""

    top: tuple[NameCount, ...]
    other: Count
    missing: Count
    different: Count
    all_counted: bool


class SftProfile(Value):
    """Published SFT records. scripts: of the question, then of the answer. names: by column."""

    records: Count
    question: Lengths
    answer: Lengths
    scripts: dict[str, dict[str, int]]
    names: dict[str, Names]


class Ranking(Value):
    """Pairs of responses with different ranks, and what the better one is like; see `releases/profile/rankings.py`."""

    compared: Count
    pairs: Count
    longer_wins: Count
    shorter_wins: Count
    tied_pairs: Count
    first_is_best: Count
    best: Count
    best_far_shortest: Count
    worst_far_shortest: Count


class PairCounts(Value):
    """Pairs that the records make by one way to take them.

    records: those that make any. median, most: of one of these; from 128 on counted to 1.6 %.
    """

    pairs: Count
    records: Count
    median: Count
    most: Count


class SignCount(Value):
    """A sign of the direction of ranks: of the records that have it, in how many what has it is above, or below.

    weight: the logarithm of the odds that it gives for ranks read upside down; below 0 it speaks against it. None in
    reports that are older than it.
    """

    sign: DirectionSign
    above: Count
    below: Count
    weight: float | None


class DoubtfulDirection(Value):
    """A source file whose ranks look as if they were read upside down, by all of its records that could be mapped.

    strong: all but certain. by_format: its format says which response is better, and no setting of the source. records:
    those with different ranks. log_odds: of it, as a logarithm; None in reports that are older than it, whose signs are
    those of length, and have no weights. signs: the heaviest first.
    """

    source_file: str
    strong: bool
    by_format: bool
    records: Count
    log_odds: float | None
    signs: tuple[SignCount, ...]


class RankFigures(Value):
    """Responses of one rank. mean_gap: how many characters more than the only best response of the record."""

    rank: Count
    and_worse: bool
    responses: Count
    mean_chars: float
    beside_best: Count
    mean_gap: float | None


class RecordsWith(Value):
    """RM records with something that the ranking has to do with."""

    too_many_responses: Count
    with_unranked: Count
    with_ties: Count


class FirstListedOf(Value):
    """Of records with so many responses: how often the response listed first is best, and what chance would give."""

    responses: Count
    records: Count
    first_is_best: Count
    by_chance: float


class _FirstListedIn(Value):
    records: Count
    first_is_best: Count
    by_chance: float
    sigmas: float


class _OfFile(Value):
    source_file: str


class FirstListedInFile(_FirstListedIn, _OfFile):
    """The same of the records of a source file; sigmas: how far that is from chance, in standard deviations."""


class _Places(Value):
    by_number: tuple[FirstListedOf, ...]
    files: tuple[FirstListedInFile, ...]
    left_out: Count


class FirstListed(_Places, _FirstListedIn):
    """The same of all files whose order is their own, and by file: those farthest from chance first.

    left_out: records of files of a format of chosen and rejected responses, which has no order of its own. Reports
    that are older than it count these, and no files.
    """


class RmProfile(Value):
    """Published RM records. responses: records by their number of responses. files: rankings by source file.

    pairs: by the setting ``pairs`` of exports; empty in records that are older than it.
    """

    records: Count
    prompt: Lengths
    response: Lengths
    scripts: dict[str, int]
    names: dict[str, Names]
    responses: dict[str, int]
    ranks: tuple[RankFigures, ...]
    unranked_responses: Count
    tied_pairs: Count
    records_with: RecordsWith
    most_responses_compared: Count
    preference: Ranking
    pairs: dict[str, PairCounts]
    first_listed: FirstListed
    files: dict[str, Ranking]
    doubtful_directions: tuple[DoubtfulDirection, ...]


class Cluster(Value):
    """A record that stays, with the number of records of its cluster, itself included."""

    record_id: str
    records: Count


class WouldStay(Value):
    """How many near duplicates are less alike than a higher threshold."""

    threshold: Share
    records: Count


class LargestTemplate(Value):
    """The template that most prompts share, and one of the records that were kept because of one."""

    record_id: str
    prompts: Count


class DuplicateFigures(Value):
    """Clusters (a record that stays, with all that went for it) by size, and near duplicates by similarity.

    kept_apart: records that stay although another one is nearly the same, by what tells the two apart. None where a
    version that did not tell them apart made the release, as is largest_template.
    """

    clusters: Count
    by_size: tuple[Bin, ...]
    largest: Cluster | None
    threshold: Share
    would_stay: tuple[WouldStay, ...]
    kept_apart: dict[ApartBy, Count] | None
    largest_template: LargestTemplate | None


class GroupCount(Value):
    """Prompt groups of a split, and the records of the largest."""

    count: Count
    largest: Count


class SharedPrompts(Value):
    """Prompts that are in two splits, by what was read back: within each kind, and over both."""

    records_read_back: Count
    within: dict[LabelKind, int]
    across_kinds: Count


class LargestGroup(Value):
    """The prompt group with the most records, and the first of these."""

    record_id: str
    records: Count
    split: SplitName


class SplitFigures(Value):
    """Prompt groups by split and by size.

    key_version: of the prompt keys that the splits were made by. largest: None without records, and in reports that are
    older than it.
    """

    groups: dict[SplitName, GroupCount]
    by_size: tuple[Bin, ...]
    shared_prompts: SharedPrompts
    key_version: Count
    largest: LargestGroup | None


class Profile(Value):
    """What the records of a release are like; None for a label kind without records."""

    sft: SftProfile | None
    rm: RmProfile | None
    duplicates: dict[LabelKind, DuplicateFigures]
    splits: SplitFigures
