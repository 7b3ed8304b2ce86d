"""Whether responses are best because of where they are listed: by source file, where the order is the file's own."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from math import sqrt

from sftrm_quality.releases.profile import LISTED, Tally
from sftrm_quality.run_record import FirstListed, FirstListedInFile, FirstListedOf

Numbers = dict[int, Tally]
"""By number of responses, what `LISTED` names."""


def first_listed(files: Mapping[str, Tally], best_first: Collection[str]) -> FirstListed:
    """How often the response listed first is a best one, what chance would give, and how far that is in its sigmas.

    Args:
        files: By source file, what is counted of it (``listed:`` in the profile of rankings).
        best_first: Files of a format that lists the better response first; these are left out.

    Returns:
        Of all other files together, and of each with such records.
    """
    by_file = {name: _by_number(tally) for name, tally in files.items()}
    all_of_them: Numbers = defaultdict(lambda: dict.fromkeys(LISTED, 0))
    for name, numbers in by_file.items():
        for number, tally in numbers.items() if name not in best_first else ():
            for key in LISTED:
                all_of_them[number][key] += tally[key]
    in_files = (
        FirstListedInFile(source_file=name, **_beside_chance(numbers))
        for name, numbers in by_file.items()
        if numbers and name not in best_first
    )
    return FirstListed(
        **_beside_chance(all_of_them),
        by_number=tuple(
            FirstListedOf(
                responses=number,
                records=tally["records"],
                first_is_best=tally["first_is_best"],
                by_chance=round(tally["best"] / number, 1),
            )
            for number, tally in sorted(all_of_them.items())
        ),
        files=tuple(sorted(in_files, key=lambda file: (-abs(file.sigmas), file.source_file))),
        left_out=sum(tally["records"] for name in best_first for tally in by_file.get(name, {}).values()),
    )


def _by_number(tally: Tally) -> Numbers:
    numbers: Numbers = defaultdict(lambda: dict.fromkeys(LISTED, 0))
    for key, count in tally.items():
        number, name = key.split(":")
        numbers[int(number)][name] = count
    return numbers


def _beside_chance(numbers: Numbers) -> dict[str, float]:
    """Chance lists one of the best responses first in ``best`` of ``number`` times."""
    records = sum(tally["records"] for tally in numbers.values())
    first = sum(tally["first_is_best"] for tally in numbers.values())
    expected = sum(tally["best"] / number for number, tally in numbers.items())
    variance = sum(tally["best"] / number - tally["best_squared"] / number**2 for number, tally in numbers.items())
    return {
        "records": records,
        "first_is_best": first,
        "by_chance": round(expected, 1),
        "sigmas": round((first - expected) / sqrt(variance), 1) if variance > 0 else 0.0,
    }
