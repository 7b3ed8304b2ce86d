"""What a data file holds, as counts that can be added: lengths, scripts, labels, rankings. No text but label names.

A profile is counted batch by batch while a part is read back, so it describes what is published, and it is kept with
the part. The counts of two parts are added key by key; how the records are cut changes nothing.
"""

from sftrm_quality.releases.profile.counting import NAMES, Profile, add, profile_of
from sftrm_quality.releases.profile.policies import TAKES
from sftrm_quality.releases.profile.rankings import LAST_RANK, LISTED, MOST_RESPONSES
from sftrm_quality.releases.profile.tallies import MISSING, REST, Tally, names_in

__all__ = [
    "LAST_RANK",
    "LISTED",
    "MISSING",
    "MOST_RESPONSES",
    "NAMES",
    "REST",
    "TAKES",
    "Profile",
    "Tally",
    "add",
    "names_in",
    "profile_of",
]
