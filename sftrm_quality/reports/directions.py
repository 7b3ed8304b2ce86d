"""Whether the declared rank direction of a source file can be right: what its best responses look like."""

from collections.abc import Mapping

from sftrm_quality.run_record import DoubtfulDirection, Ranking

# Below this the shares below are noise.
_RECORDS = 50
# The longer response wins 55 to 65 % of the pairs of public preference sets (Singhal et al. 2023, "A Long Way to Go").
# Under 40 % somebody asks for short answers, or the ranks are read upside down.
_LONGER_WINS = 0.4
# Refusals, stubs and broken answers are far shorter than their rivals and belong at the bottom. Read upside down they
# are best: at the top three times as often as at the bottom, in at least a twentieth of the records.
_TIMES = 3
_FAR_SHORTEST = 0.05


def doubtful_directions(files: Mapping[str, Ranking]) -> tuple[DoubtfulDirection, ...]:
    """Source files in which short responses win, the most records first.

    ``strong``: both signs are there, that the longer response
    seldom wins and that what is far the shortest is ranked best. Either by itself can have honest causes.
    """
    found = []
    for source_file, counts in files.items():
        unequal = counts.longer_wins + counts.shorter_wins
        if counts.compared < _RECORDS or not unequal:
            continue
        short_wins = counts.longer_wins < _LONGER_WINS * unequal
        short_best = (
            counts.best_far_shortest >= _FAR_SHORTEST * counts.compared
            and counts.best_far_shortest >= _TIMES * counts.worst_far_shortest
        )
        if short_wins or short_best:
            found.append(DoubtfulDirection(source_file=source_file, strong=short_wins and short_best, **dict(counts)))
    return tuple(sorted(found, key=lambda file: (not file.strong, -file.compared, file.source_file)))
