"""How texts for people are made: sentences of one catalogue, and numbers as people write them."""

from sftrm_quality.words.catalogue import form_of, listed, phrase, say, say_of, speaking
from sftrm_quality.words.numbers import bound, number, share

__all__ = ["bound", "form_of", "listed", "number", "phrase", "say", "say_of", "share", "speaking"]
