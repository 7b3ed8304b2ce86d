"""The catalogue of texts, sftrm_quality/words/sftrm.pot: ``python -m tools.catalogue`` writes it anew from the code.

Babel finds the sentences: the arguments of `say`, `say_of` and `phrase` in Python and in templates, of `say`,
`sayNodes` and `sayOf` in scripts.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

_ROOT = Path(__file__).resolve().parent.parent
FILE = _ROOT / "sftrm_quality" / "words" / "sftrm.pot"
_METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract"), ("**.js", "javascript")]
_OPTIONS = {"**.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_KEYWORDS = {"say": None, "say_of": (1, 2), "phrase": None, "sayNodes": None, "sayOf": (1, 2)}
_HEADER = """\
# Every text for people of sftrm-quality, made from the code by `make catalogue`.
# A translation is a copy of it under the name of its language: sftrm_quality/words/ko.po for Korean.
#
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

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


def main() -> None:
    """Write it anew."""
    FILE.write_text(text(), "utf-8")
    print(FILE.relative_to(_ROOT))


if __name__ == "__main__":
    main()
