"""No text for people goes round the catalogue: what looks like a sentence in Python is said, or has a reason."""

import ast
import re

import pytest

from tests.conftest import ROOT

# Two words in a row, or a word beside something that is filled in.
SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z({]|}[,:;]? [a-z]{2,}|[a-z]{2,}:? {")
SAID = {"say", "say_of", "phrase", "form_of"}
# Calls whose texts nobody reads on a page, in a message or a terminal.
CALLS = {
    **dict.fromkeys(("compile", "match", "sub", "search", "fullmatch"), "patterns"),
    **dict.fromkeys(("debug", "info", "warning", "error", "exception", "log"), "logs: for us, searched by their words"),
    **dict.fromkeys(("Option", "Argument", "Typer"), "--help"),
    **dict.fromkeys(("Field", "_why"), "--help of the settings, and docs/reference/settings.md"),
    **dict.fromkeys(("task", "_step", "flow", "ContextVar", "Thread"), "names in Prefect and in Python"),
}
FILES = {
    "sftrm_quality/checks/directions.py": "patterns that are looked for in records",
    "sftrm_quality/checks/identities.py": "patterns that are looked for in records",
    "sftrm_quality/checks/question_cues.py": "words that are looked for in questions",
    "sftrm_quality/checks/refusals.py": "phrases that are looked for in records",
    "sftrm_quality/config_description.py": "a YAML file that people copy",
    "sftrm_quality/records.py": "descriptions of columns, as docs/reference/columns.md has them",
    "sftrm_quality/findings/ordinary_marks.py": "names of tags and words in brackets",
    "sftrm_quality/formats/content_words.py": "words of fields",
    "sftrm_quality/formats/proposing/part_names.py": "words of fields",
    "sftrm_quality/personal_data/domains.py": "domains that are looked for in records",
    "sftrm_quality/personal_data/labels.py": "patterns that are looked for in records",
    "sftrm_quality/releases/card.py": "README.md of a release, a data file: the same bytes in any language",
    "sftrm_quality/releases/croissant.py": "the description of a release as a data set: the same bytes in any language",
    "sftrm_quality/text/negation_table.py": "patterns that are looked for in records",
}
# File → patterns → why.
TEXTS = {
    "flows/cli.py": {r"sftrm-quality {}": "a name"},
    "flows/commands/terminal.py": {r"bold \S+": "a style"},
    "flows/server/guard.py": {r"img-src .*": "a header"},
    "flows/server/sign_in.py": {
        r"GET, HEAD, POST": "a header",
        r"(?s)<!doctype html>.*|body {.*|\nconst .*": "markup, style and script; their texts are said",
    },
    "flows/service/served_files.py": {r"\S+; charset=utf-8": "a header"},
    "flows/service/site.py": {r"\S+; charset=utf-8|GET, HEAD": "a header"},
    "sftrm_quality/formats/listing.py": {r"What is the capital .*|Paris is .*|I do not know.": "an example record"},
    "sftrm_quality/formats/parts.py": {r"no input( {})?|not applicable": "what files say for none"},
    "sftrm_quality/findings/of_checks.py": {r"share_unreadable_files is": "looked for in a detail"},
    "sftrm_quality/reports/borderline.py": {r"response {}": "stored in report.json; names.part_name says it"},
    "sftrm_quality/reports/record_parts.py": {r"response {}": "stored in report.json; names.part_name says it"},
    "sftrm_quality/reports/browse_rows.py": {r"duplicate: {}": "a key"},
    "sftrm_quality/reports/defects.py": {r" are the same": "looked for in a detail, which is stored in English"},
    "sftrm_quality/reports/display.py": {r'<mark class="defect">{}</mark>': "markup"},
    "sftrm_quality/reports/html.py": {r"sftrm why|sftrm rows{} --run {}": "a command"},
    "sftrm_quality/intake/recognition.py": {
        r"plain text|CSV-like text|tab-separated text": "looked for in what was seen, which is stored in English"
    },
}


def not_said(path):
    """Line and text of what looks like a sentence and is not said."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def is_exempt(node):
        if isinstance(parents.get(node), ast.Expr | ast.JoinedStr | ast.Compare):  # docstrings; parts; looked for
            return True
        while (parent := parents.get(node)) is not None:
            if isinstance(parent, ast.Call) and node is not parent.func:
                called = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
                if called in CALLS or (called in SAID and node in parent.args):
                    return True
            if isinstance(parent, ast.AnnAssign | ast.arg) and node is parent.annotation:
                return True
            node = parent
        return False

    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if SENTENCE.search(text) and not is_exempt(node):
            yield node.lineno, text


SOURCES = sorted(
    str(p.relative_to(ROOT)) for folder in ("flows", "sftrm_quality") for p in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("source", [name for name in SOURCES if name not in FILES])
def test_every_sentence_is_said(source):
    allowed = TEXTS.get(source, {})
    found = [
        (line, text)
        for line, text in not_said(ROOT / source)
        if not any(re.fullmatch(pattern, text) for pattern in allowed)
    ]
    assert found == [], f"{source}: say(…) or phrase(…) these, see CONTRIBUTING.md"


def test_exceptions_are_needed():
    """A rule that is not needed any more would hide the next text."""
    for source, patterns in TEXTS.items():
        texts = [text for _, text in not_said(ROOT / source)]
        assert all(any(re.fullmatch(pattern, text) for text in texts) for pattern in patterns), source
    for source in FILES:
        assert any(not_said(ROOT / source)), source
