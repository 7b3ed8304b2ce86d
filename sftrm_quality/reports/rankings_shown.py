"""What the page shows of rankings: of lists that grow with the number of files or of responses, the first."""

from typing import Any

from markupsafe import escape

from sftrm_quality.findings import doubt_in_words
from sftrm_quality.run_record import FirstListedInFile, RmProfile

DIRECTIONS_SHOWN = 20
PLACES_SHOWN = 20
RESPONSE_NUMBERS_SHOWN = 20
# Of some hundred files none is farther by chance.
_FAR = 4
# What is less than a tenth of the records is no reason to shuffle a list.
_LEAST_SHARE = 0.1


def rankings_shown(rm: RmProfile | None) -> dict[str, Any]:
    """What the page shows of rankings.

    Args:
        rm: The profile of RM records; None without any.

    Returns:
        Values for the template: doubtful, files with what is said of each, which is never cut; places, files in which
        the response listed first is far more or far less often best than by chance; responses, records by their number
        of responses.
    """
    if rm is None:
        return {"doubtful": [], "places": [], "responses": []}
    most = sorted(rm.responses.items(), key=lambda pair: (-pair[1], int(pair[0])))[:RESPONSE_NUMBERS_SHOWN]
    return {
        "doubtful": [(file, escape(doubt_in_words(file))) for file in rm.doubtful_directions[:DIRECTIONS_SHOWN]],
        "places": [file for file in rm.first_listed.files if _is_far_from_chance(file)][:PLACES_SHOWN],
        "responses": sorted(most, key=lambda pair: int(pair[0])),
    }


def _is_far_from_chance(file: FirstListedInFile) -> bool:
    return abs(file.sigmas) >= _FAR and abs(file.first_is_best - file.by_chance) >= _LEAST_SHARE * file.records
