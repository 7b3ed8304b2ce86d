"""Records of ``prompt_completion``: what they say, and what is wrong with some."""

from tests.declared.damaging import Damage, having
from tests.declared.making import plain

MADE = plain("prompt", answer="completion")
DAMAGE: Damage = [("field_type_wrong", having(completion=True)), ("field_type_wrong", having(prompt={"a": "b"}))]
