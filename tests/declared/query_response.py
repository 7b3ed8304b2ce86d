"""Records of ``query_response``: what they say, and what is wrong with some."""

from tests.declared.damaging import Damage, having
from tests.declared.making import plain

MADE = plain("query", "question", "prompt", answer="response")
DAMAGE: Damage = [("field_type_wrong", having(response=["a"]))]
