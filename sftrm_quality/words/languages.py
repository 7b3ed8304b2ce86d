"""The languages that are spoken. ``ko.po`` beside this file is written by people; ``make catalogue`` makes ``ko.mo`` of
it, which Python's own gettext reads, so that nothing else is needed to run."""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sftrm_quality.words.catalogue import ENGLISH, LANGUAGES, Language, language_of, speak, speaking, spoken

DEFAULT_LANGUAGE: Language = "en"
VARIABLE = "SFTRM_LANGUAGE"
"""Of the environment: the language of what is said where no configuration is read, such as --help."""

# As a language calls itself, on the link that leads to it.
OWN_NAMES: dict[Language, str] = {"en": "English", "ko": "한국어"}


@cache
def catalogue_of(language: Language) -> gettext.NullTranslations:
    """The sentences of a language by the English ones. What it does not have is said in English.

    Args:
        language: Its code.

    Returns:
        The catalogue.
    """
    if language == "en":
        return ENGLISH
    with (Path(__file__).parent / f"{language}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def language_spoken() -> Language:
    """The code of the language in which everything is said here."""
    return language_of(spoken())


@contextmanager
def speaking_in(language: Language) -> Iterator[None]:
    """Say everything inside in a language.

    Args:
        language: Its code.
    """
    with speaking(catalogue_of(language)):
        yield


def speak_from_here(language: Language) -> None:
    """Say everything in a language from here on, until the context ends: a command that has read its settings.

    Args:
        language: Its code.
    """
    speak(catalogue_of(language))


def asked_for() -> Language | None:
    """The language that the environment asks for; None where it asks for none that we speak."""
    wanted = os.environ.get(VARIABLE, "").strip().lower()
    return next((language for language in LANGUAGES if language == wanted), None)


def language_around() -> Language:
    """The same, English where it asks for none."""
    return asked_for() or DEFAULT_LANGUAGE
