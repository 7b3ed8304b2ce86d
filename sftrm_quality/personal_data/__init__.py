"""Numbers and addresses that belong to a person: where they are in a text, and how a text is shown without them.

A text on a page keeps its shape: what may be a person's is asterisks (``mask_text``), in a name or an id only what is
found (``mask_personal_data``). A piece of a text in a message loses every digit, whatever it is (``without_numbers``).
"""

from sftrm_quality.personal_data.finding import find_personal_data
from sftrm_quality.personal_data.found import PersonalData, PersonalKind, asterisks
from sftrm_quality.personal_data.masking import mask_personal_data, mask_text, without_numbers
from sftrm_quality.personal_data.residents import LATEST_BIRTH

__all__ = [
    "LATEST_BIRTH",
    "PersonalData",
    "PersonalKind",
    "asterisks",
    "find_personal_data",
    "mask_personal_data",
    "mask_text",
    "without_numbers",
]
