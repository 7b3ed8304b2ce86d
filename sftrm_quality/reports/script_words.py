"""What the scripts of a page say, in the language of the page: a table that the page brings as data.

The scripts are the same in every language; a sentence of theirs that is not in the table is said in English.
"""

import json
import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup

from sftrm_quality.words import form_of, say

# A test holds these to what Babel finds in the scripts.
_TEXT = r'"((?:[^"\\\n]|\\.)*)"'
_SAID = re.compile(rf"\b(?:say|sayNodes)\(\s*{_TEXT}")
_COUNTED = re.compile(rf"\bsayOf\(\s*{_TEXT},\s*{_TEXT}")
# Whichever form a language has of a number, in gettext its last two digits decide, and whether there are more before.
_NUMBERS = range(200)


def said_by(script: str) -> Iterator[tuple[str, ...]]:
    """The sentences that a script says.

    Args:
        script: Its source.

    Yields:
        A sentence; both of its forms where it is about a number of things.
    """
    for pattern in (_SAID, _COUNTED):
        for found in pattern.finditer(script):
            yield tuple(json.loads(f'"{text}"') for text in found.groups())


def sentences_for(scripts: Iterable[str]) -> Markup:
    """Their sentences in the language that is spoken, as JSON to be put into a page.

    Args:
        scripts: Their sources.

    Returns:
        By the English sentence, the other one, or its ``forms`` and which ``of`` them each number has; "" in English.
    """
    table: dict[str, str | dict[str, list[str] | list[int]]] = {}
    for sentence, *many in (found for script in scripts for found in said_by(script)):
        if many:
            spoken = [form_of(sentence, many[0], number) for number in _NUMBERS]
            forms = list(dict.fromkeys(spoken))
            if not {*forms} <= {sentence, *many}:
                table[sentence] = {"forms": forms, "of": [forms.index(form) for form in spoken]}
        elif (told := say(sentence)) != sentence:
            table[sentence] = told
    # No text of a translation ends the element that it is in.
    return Markup(json.dumps(table, ensure_ascii=False).replace("<", "\\u003c")) if table else Markup("")
