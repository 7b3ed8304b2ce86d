"""The catalogue of texts: ``python -m tools.catalogue`` writes sftrm_quality/words/sftrm.pot anew from the code, brings
the translations beside it to the same sentences, and compiles them.

Babel finds the sentences: the arguments of `say`, `say_of` and `phrase` in Python and in templates, of `say`,
`sayNodes` and `sayOf` in scripts. What --help says is found in the commands, what formats are in their declarations.
"""

import io
from datetime import UTC, datetime
from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from flows.cli import app
from flows.help_texts import help_texts
from sftrm_quality.words import LANGUAGES

_ROOT = Path(__file__).resolve().parent.parent
FILE = _ROOT / "sftrm_quality" / "words" / "sftrm.pot"
_METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract"), ("**.js", "javascript")]
_OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS = {"say": None, "say_of": (1, 2), "phrase": None, "form_of": (1, 2), "sayNodes": None, "sayOf": (1, 2)}
_HEADER = """\
# Every text for people of sftrm-quality, made from the code by `make catalogue`.
# A translation is a copy of it under the name of its language: sftrm_quality/words/ko.po for Korean.
#
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

"""

_TRANSLATED = """\
# Every text for people of sftrm-quality in another language. People write the msgstr, `make catalogue` all else, and
# {language}.mo beside it, which the program reads.
#
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"

"""


def collected() -> Catalog:
    """The sentences of the code.

    Returns:
        By English sentence, with the files that say it; those in braces in it are its parameters.
    """
    catalogue = Catalog(fuzzy=False)
    for folder in ("flows", "sftrm_quality"):
        for name, _, sentence, comments, context in extract_from_dir(
            _ROOT / folder, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, strip_comment_tags=True
        ):
            place = [(f"{folder}/{Path(name).as_posix()}", 0)]
            catalogue.add(sentence, None, locations=place, auto_comments=comments, context=context)
    for sentence in dict.fromkeys(help_texts(typer.main.get_command(app))):
        catalogue.add(sentence, locations=[("flows/commands, --help", 0)])
    # How each value is filled in is Python's `str.format`, which Babel knows under this name.
    for message in catalogue:
        if message.id and "{" in (message.id if isinstance(message.id, str) else message.id[1]):
            message.flags = {"python-brace-format"}
    return catalogue


def text() -> str:
    """The catalogue as a file of GNU gettext, without dates and line numbers: the same code makes the same bytes."""
    written = io.BytesIO()
    write_po(written, collected(), width=120, sort_output=True, include_lineno=False, omit_header=True)
    return _HEADER + written.getvalue().decode()


def translation(language: str) -> Catalog:
    """The sentences of the code with their translations.

    Args:
        language: Its code.

    Returns:
        In the order of ``sftrm.pot``; a sentence that nobody has translated has an empty text.
    """
    catalogue = Catalog(language, fuzzy=False)
    with _file(language).open("rb") as file:
        known = read_po(file, language)
    for message in collected():
        if message.id:
            before = known.get(message.id)
            catalogue.add(
                message.id,
                before.string if before is not None else "",
                locations=message.locations,
                flags=message.flags - {"fuzzy"},
                user_comments=before.user_comments if before is not None else (),
            )
    return catalogue


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _file(language: str) -> Path:
    return FILE.with_name(f"{language}.po")


def translated_text(language: str) -> str:
    """The translation as a file of GNU gettext: the same sentences make the same bytes.

    Args:
        language: Its code.

    Returns:
        The content of ``ko.po``.
    """
    catalogue, written = translation(language), io.BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=True)
    header = _TRANSLATED.format(language=language, forms=catalogue.plural_forms)
    return header + written.getvalue().decode()


def compiled(language: str) -> bytes:
    """The translation as Python reads it, without what is not translated yet.

    Args:
        language: Its code.

    Returns:
        The content of ``ko.mo``.
    """
    written = io.BytesIO()
    with _file(language).open("rb") as file:
        catalogue = read_po(file, language)
    for message in [*catalogue]:
        if message.id and not all(_forms(message.string)):
            catalogue.delete(message.id)
    # No date and no name of a tool: the same translation makes the same bytes.
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Language", language),
        ("Plural-Forms", catalogue.plural_forms),
    ]
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(written, catalogue)
    return written.getvalue()


def main() -> None:
    """Write all of them anew."""
    FILE.write_text(text(), "utf-8")
    print(FILE.relative_to(_ROOT))
    for language in LANGUAGES:
        if language != "en":
            _file(language).write_text(translated_text(language), "utf-8")
            compiled_file = FILE.with_name(f"{language}.mo")
            compiled_file.write_bytes(compiled(language))
            print(_file(language).relative_to(_ROOT), compiled_file.relative_to(_ROOT))


if __name__ == "__main__":
    main()
