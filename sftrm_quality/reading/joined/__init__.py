"""Files whose records refer to each other, such as messages of trees: what belongs together becomes one record."""

from sftrm_quality.reading.joined.again import joined_again
from sftrm_quality.reading.joined.links import Links
from sftrm_quality.reading.joined.opening import Joined, is_joined, join

__all__ = ["Joined", "Links", "is_joined", "join", "joined_again"]
