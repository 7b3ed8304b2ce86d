"""The catalogue of texts is what the code says, and its sentences can be said in another order and in other forms."""

import gettext
import json
import string
from typing import ClassVar

import pytest

from sftrm_quality import words
from sftrm_quality.reports import page_words
from sftrm_quality.reports.html import browse_scripts
from sftrm_quality.reports.script_words import said_by, sentences_for
from tests.pseudo import Pseudo
from tools import catalogue


@pytest.fixture(scope="module")
def messages():
    """Both forms of each sentence, or the only one, with the files that say it."""
    found = [message for message in catalogue.collected() if message.id]
    return [
        ((message.id,) if isinstance(message.id, str) else message.id, [name for name, _ in message.locations])
        for message in found
    ]


def parameters(sentence):
    return [name for _, name, *_ in string.Formatter().parse(sentence) if name is not None]


def test_the_file_for_translators_is_what_the_code_says():
    assert catalogue.FILE.read_text("utf-8") == catalogue.text(), "run make catalogue and commit sftrm.pot"


def test_parameters_have_names_and_those_of_one_are_those_of_many(messages):
    assert len(messages) > 400
    for forms, files in messages:
        for form in forms:
            fields = [field for field in string.Formatter().parse(form) if field[1] is not None]
            assert all(name.isidentifier() for _, name, _, _ in fields), (form, files)
        assert len({frozenset(parameters(form)) - {"count"} for form in forms}) == 1, (forms, files)


def test_the_scripts_of_a_page_are_read_as_translators_read_them(messages):
    of_scripts = {forms for forms, files in messages if any(name.endswith(".js") for name in files)}
    assert {found for script in browse_scripts().values() for found in said_by(script)} == of_scripts
    assert len(of_scripts) > 10


class _Backwards(gettext.NullTranslations):
    """A language with another order of words, and with three forms: of one, of few, of many."""

    SENTENCES: ClassVar = {"{file}, {position} of {source}": "{source}: {position} <b>of {file}</b>", "none": "nada"}
    FORMS = ("{what}: {count}", "{what}: few, {count}", "{what}: many, {count}")

    def gettext(self, message):
        return self.SENTENCES.get(message, message)

    def ngettext(self, msgid1, msgid2, n):
        return self.FORMS[0 if n == 1 else 1 if n % 10 in (2, 3) and n % 100 not in (12, 13) else 2]


def test_a_sentence_is_filled_in_whatever_its_order_and_form():
    where = {"file": "a<b>.json", "position": "line 1", "source": "x"}
    assert words.say("{file}, {position} of {source}", **where) == "a<b>.json, line 1 of x"
    with words.speaking(_Backwards()):
        assert words.say("{file}, {position} of {source}", **where) == "x: line 1 <b>of a<b>.json</b>"
        marked = page_words.say("{file}, {position} of {source}", **where)
        assert marked == "x: line 1 <b>of a&lt;b&gt;.json</b>"
        told = [words.say_of("{count} {what}", "{count} {what}", n, what="y") for n in (1, 2, 12, 1_002)]
        assert told == ["y: 1", "y: few, 2", "y: many, 12", "y: few, 1,002"]
        assert words.say("{braces} are text") == str(page_words.say("{braces} are text")) == "{braces} are text"
    assert words.say("none") == "none"


def test_a_page_brings_the_sentences_of_its_scripts_unless_they_are_english():
    script = 'say("none"); say("some"); sayNodes("{file}, {position} of {source}", {});'
    script += 'sayOf("{n} \\"a\\"", "{n} b", 3);'
    assert sentences_for([script]) == ""
    with words.speaking(_Backwards()):
        told = str(sentences_for([script]))
    assert "<" not in told
    table = json.loads(told)
    assert {name: text for name, text in table.items() if isinstance(text, str)} == _Backwards.SENTENCES
    forms = table['{n} "a"']
    spoken = [forms["forms"][forms["of"][n]] for n in (0, 1, 2, 12, 122)]
    assert spoken == [_Backwards.FORMS[n] for n in (2, 0, 1, 2, 1)]
    with words.speaking(Pseudo()):
        assert len(json.loads(sentences_for(browse_scripts().values()))) > 10
