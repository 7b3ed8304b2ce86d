"""Whether the declared rank direction of a source file can be right: what the responses at either end are like.

Two stories are compared by how well they tell what was counted: the ranks are read as they are meant, or upside down.
Each sign (a blank response, a refusal, …) has a share, in how many of the records that have it the responses with it
are above the others. What that share is in files read as they are meant is said below, as Beta distributions; read
upside down it is the other way round. Every file has shares of its own, which these spread over: a thousand records
more of the same file say little more than the first hundred, and no sign says more than how seldom it is turned round
for honest reasons. Logarithms of the odds that signs give are added, as those of independent witnesses are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from math import exp, lgamma, log

from sftrm_quality.records import DirectionSign
from sftrm_quality.run_record import DoubtfulDirection, SignCount

# Odds of a file that is read upside down before anything of it was seen: one in twenty. The reference description
# contradicts itself about it (docs/formats.md), so that it is no rare slip; most vendors do it right all the same.
_BEFORE = log(0.05 / 0.95)
# From there on it is more probable than not, and is told.
_TOLD = 0.0
# From there on it is "probably wrong": nineteen to one.
_STRONG = log(0.95 / 0.05)
# Fewer records than these say too little to trouble anybody, however much they agree.
_RECORDS = 20
# What two records have, or one in a hundred, is an accident: of what people mean by their ranks it says nothing.
_LEAST_SHARE = 0.01
_LEAST = 3
# What fewer than one in twenty have may be of prompts of one sort, for which it is right: in parts of 200 records of
# HH-RLHF, all of its five refusals, or its three silent responses, are often the better ones.
_OFTEN = 0.05
_SILENT_IF_RARE, _TURNED_IF_RARE = 0.35, 0.06
# Where more than half of the records have a refusal, the file is about what to refuse, and either may be wanted.
_ABOUT_REFUSALS = 0.5


@dataclass(frozen=True)
class _Expected:
    """How a sign is in files whose ranks are read as they are meant.

    shares: Beta distributions (weight, a, b) of the share of records in which what has the sign is above. silent: how
    many files there are in which it says nothing, and about a half is above (Beta of ``about_half`` twice). turned: how
    many in which it is as if upside down, for honest reasons.
    """

    shares: tuple[tuple[float, float, float], ...]
    silent: float
    about_half: float
    turned: float


# Annotators err in a seventh of such records.
_SELDOM = ((1.0, 1.0, 6.0),)
_EXPECTED: Mapping[DirectionSign, _Expected] = {
    # Nothing was the best that could be said: a few records of sets on harmlessness (9 of 2,312 of HH-RLHF).
    DirectionSign.BLANK: _Expected(_SELDOM, silent=0.03, about_half=2, turned=0.002),
    # A task of which the prompt as a whole is the answer; none was seen.
    DirectionSign.COPY: _Expected(_SELDOM, silent=0.03, about_half=2, turned=0.002),
    # The better responses come from a model whose tokens were left in, the worse ones from people.
    DirectionSign.BROKEN: _Expected(_SELDOM, silent=0.1, about_half=2, turned=0.03),
    # Refusals are wanted: sets on harmlessness have them above in three of four records (49 of 64 of HH-RLHF).
    DirectionSign.REFUSAL: _Expected(_SELDOM, silent=0.25, about_half=2, turned=0.025),
    # The longer response wins 55 to 65 % of the pairs of public preference sets (Singhal et al. 2023, "A Long Way to
    # Go"), 44 to 67 % by set; nearly all where the worse ones were made to be bad. Turned where brevity is wanted.
    DirectionSign.SHORT: _Expected(((0.75, 21.0, 29.0), (0.25, 1.0, 6.0)), silent=0.3, about_half=20, turned=0.03),
    # Stubs belong at the bottom. The same honest reasons.
    DirectionSign.FAR_SHORTEST: _Expected(((0.5, 4.0, 7.0), (0.5, 1.0, 6.0)), silent=0.3, about_half=6, turned=0.03),
}
# Two looks at the same: what says more counts, the other one does not.
_LENGTH = (DirectionSign.SHORT, DirectionSign.FAR_SHORTEST)


def doubtful_directions(
    files: Mapping[str, Mapping[str, int]], by_format: Collection[str] = ()
) -> tuple[DoubtfulDirection, ...]:
    """Source files whose ranks are more probably read upside down than not, the most certain first.

    Args:
        files: By name, what `checks.directions` counts of them.
        by_format: Those whose format says which response is better.

    Returns:
        The files. ``strong``: it is nineteen to one.
    """
    found = [
        _doubt(name, counts, name in by_format)
        for name, counts in files.items()
        if counts.get("records", 0) >= _RECORDS
    ]
    told = [(odds, file) for odds, file in found if odds > _TOLD]
    return tuple(file for _, file in sorted(told, key=lambda pair: (-pair[0], -pair[1].records, pair[1].source_file)))


def _doubt(source_file: str, counts: Mapping[str, int], by_format: bool) -> tuple[float, DoubtfulDirection]:
    """The logarithm of the odds that its ranks are read upside down, and what is told where they are high."""
    records = counts["records"]
    weights = {
        sign: _weight(sign, counts[f"{sign}_above"], counts[f"{sign}_below"], records)
        for sign in DirectionSign
        if counts[f"{sign}_above"] + counts[f"{sign}_below"]
    }
    if all(sign in weights for sign in _LENGTH):
        weights[min(_LENGTH, key=lambda sign: abs(weights[sign]))] = 0.0
    log_odds = round(_BEFORE + sum(weights.values()), 2)
    signs = (
        SignCount(sign=sign, above=counts[f"{sign}_above"], below=counts[f"{sign}_below"], weight=round(weight, 2))
        for sign, weight in sorted(weights.items(), key=lambda pair: -pair[1])
    )
    return log_odds, DoubtfulDirection(
        source_file=source_file,
        strong=log_odds > _STRONG,
        by_format=by_format,
        records=records,
        log_odds=log_odds,
        signs=tuple(signs),
    )


def _weight(sign: DirectionSign, above: int, below: int, records: int) -> float:
    """The logarithm of the odds that a sign gives: how much better the story of upside down tells its counts."""
    expected, found = _EXPECTED[sign], above + below
    if sign not in _LENGTH and found < max(_LEAST, _LEAST_SHARE * records):
        return 0.0
    if sign not in _LENGTH and found < _OFTEN * records:
        expected = replace(expected, silent=_SILENT_IF_RARE, turned=_TURNED_IF_RARE)
    if sign is DirectionSign.REFUSAL and found > _ABOUT_REFUSALS * records:
        expected = replace(expected, turned=(1 - expected.silent) / 2)
    return _told_by(expected, below, above) - _told_by(expected, above, below)


def _told_by(expected: _Expected, above: int, below: int) -> float:
    """The logarithm of the probability of these counts in a file whose ranks are read as they are meant."""
    usual = 1 - expected.silent - expected.turned
    parts = [(expected.silent, expected.about_half, expected.about_half)]
    for weight, a, b in expected.shares:
        parts += [(usual * weight, a, b), (expected.turned * weight, b, a)]
    logs = [log(weight) + _log_beta(above + a, below + b) - _log_beta(a, b) for weight, a, b in parts]
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
