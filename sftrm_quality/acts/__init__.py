"""What people say of findings: known, accepted until a date, sent to the vendor. It changes no data."""

from sftrm_quality.acts.act import Act
from sftrm_quality.acts.counting import NO_ACTS, Acts
from sftrm_quality.acts.log import append_acts, read_acts

__all__ = ["NO_ACTS", "Act", "Acts", "append_acts", "read_acts"]
