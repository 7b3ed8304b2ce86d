"""Records of ``messages``: what they say, and what is wrong with some."""

from tests.declared.damaging import Damage, turn_damage
from tests.declared.making import conversation

MADE = conversation("messages", "role", "content")
DAMAGE: Damage = turn_damage("messages", "role", "content")
