"""Records of ``sharegpt``: what they say, and what is wrong with some."""

from tests.declared.damaging import Damage, turn_damage
from tests.declared.making import conversation

MADE = conversation("conversations", "from", "value")
DAMAGE: Damage = turn_damage("conversations", "from", "value")
