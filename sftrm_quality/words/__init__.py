"""How texts for people are made: sentences of one catalogue in the languages that there are, and numbers in them."""

from sftrm_quality.words.catalogue import (
    LANGUAGES,
    Form,
    Language,
    Said,
    described,
    error_text,
    form_of,
    joined,
    listed,
    made_of,
    phrase,
    retold,
    say,
    say_of,
    speaking,
    without_full_stop,
)
from sftrm_quality.words.languages import (
    DEFAULT_LANGUAGE,
    OWN_NAMES,
    VARIABLE,
    language_around,
    language_spoken,
    speaking_in,
)
from sftrm_quality.words.numbers import number
from sftrm_quality.words.recognised import recognised, recognised_skeletons, skeleton_of
from sftrm_quality.words.shares import bound, percent, share

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "OWN_NAMES",
    "VARIABLE",
    "Form",
    "Language",
    "Said",
    "bound",
    "described",
    "error_text",
    "form_of",
    "joined",
    "language_around",
    "language_spoken",
    "listed",
    "made_of",
    "number",
    "percent",
    "phrase",
    "recognised",
    "recognised_skeletons",
    "retold",
    "say",
    "say_of",
    "share",
    "skeleton_of",
    "speaking",
    "speaking_in",
    "without_full_stop",
]
