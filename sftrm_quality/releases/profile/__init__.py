"""What a data file holds, as counts that can be added: lengths, scripts, labels, rankings. No text but label names.

A profile is counted batch by batch while a part is read back, so it describes what is published, and it is kept with
the part. The counts of two parts are added key by key; how the records are cut changes nothing.
"""

from sftrm_quality.releases.profile.counting import Profile, add, profile_of

__all__ = ["Profile", "add", "profile_of"]
