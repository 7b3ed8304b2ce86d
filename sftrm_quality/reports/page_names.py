"""What pages are called: `index.html` in the language of the settings, `index.ko.html` beside it in another one.

A report says which language that is (``language``), so that links lead to pages in their own language even after the
setting has changed.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sftrm_quality.words import LANGUAGES, OWN_NAMES, Language, language_spoken, speaking_in

INDEX_PAGE = "index.html"
BROWSE_PAGE = "browse.html"


class OtherPage(NamedTuple):
    """The same page in another language: its code, what it calls itself, the link."""

    language: Language
    name: str
    link: str


def named_in(page: str, language: Language, plain: Language | None) -> str:
    """What a page is called in a language.

    Args:
        page: Its path in the language of the settings: ``../index.html``.
        language: The wanted one.
        plain: The language of pages without a language in their names; None where there are no others.

    Returns:
        The path.
    """
    return page if plain in (None, language) else f"{page.removesuffix('.html')}.{language}.html"


def page_in(page: str, plain: Language | None) -> str:
    """The same in the language that is spoken, for links from one page to another.

    Args:
        page: As for `named_in`.
        plain: The same.

    Returns:
        The path.
    """
    return named_in(page, language_spoken(), plain)


def other_pages(page: str, plain: Language | None) -> list[OtherPage]:
    """The page in the languages that are not spoken.

    Args:
        page: Its name in the language of the settings.
        plain: As for `named_in`.

    Returns:
        One for each.
    """
    others = [code for code in LANGUAGES if code != language_spoken() and plain is not None]
    return [OtherPage(code, OWN_NAMES[code], named_in(page, code, plain)) for code in others]


def in_all_languages(page: str, plain: Language | None, render: Callable[[], str]) -> Iterator[tuple[str, str]]:
    """A page in every language in which it is written.

    Args:
        page: Its name in the language of the settings.
        plain: As for `named_in`.
        render: Makes it in the language that is spoken.

    Yields:
        Its name and itself.
    """
    for code in LANGUAGES:
        if plain is not None or code == "en":
            with speaking_in(code):
                yield named_in(page, code, plain), render()
