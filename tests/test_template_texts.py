"""No template has a text of its own, whichever branch it is in: what people read is said, or it is data."""

import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from tests.conftest import ROOT
from tests.pseudo import READ_ALOUD

_TEMPLATES = ROOT / "sftrm_quality" / "reports" / "templates"
_SYNTAX = Environment(trim_blocks=True, lstrip_blocks=True)
_READ_ALOUD = re.compile(rf'(?:{"|".join(READ_ALOUD)})="([^"]*)"')
_LETTER = re.compile(r"[^\W\d_]")
# Two words, or one that begins with a capital: no code of ours is like that.
_TEXT = re.compile(r"[^\W\d_]{2} [^\W\d_]{2}|^[A-Z]")


def _is_called(node: nodes.Node, *names: str) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in names


def _written(node: nodes.Node) -> str:
    """What an expression writes by itself: constants, whatever its conditions."""
    if isinstance(node, nodes.Const):
        return f" {node.value} " if isinstance(node.value, str) else ""
    if isinstance(node, nodes.Call | nodes.Getitem | nodes.Compare) or getattr(node, "name", "") == "format":
        return ""
    below = (node.expr1, node.expr2) if isinstance(node, nodes.CondExpr) else node.iter_child_nodes()
    return "".join(_written(child) for child in below if child is not None)


def _as_page(source: str) -> str:
    """A template with every branch, and with what its expressions write by themselves."""
    page, expression, inside = "", [], False
    for _, kind, value in _SYNTAX.lex(source):
        if kind == "data":
            page += value
        elif kind == "variable_begin":
            inside, expression = True, []
        elif kind == "variable_end":
            inside = False
            page += _written(_SYNTAX.parse("{{" + "".join(expression) + "}}"))
        elif inside:
            expression.append(value)
    return page


def _constants(node: nodes.Node) -> Iterator[str]:
    """Texts in code, but for those that are said."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            yield child.value
        # The values of a sentence are looked at, the sentence is not.
        called = child.kwargs if _is_called(child, "say", "say_of") else [child]
        for part in called:
            yield from _constants(part)


@pytest.mark.parametrize("path", sorted(_TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_no_template_has_a_text_of_its_own(path):
    source = path.read_text("utf-8")
    # The policy of a page is in an attribute of another template.
    page = re.sub("script-src '[^']*';", "", _as_page(source))
    pieces = re.split(r"(<[^<>]*>)", page)
    said = [piece for piece in pieces if not piece.startswith("<")] + _READ_ALOUD.findall(page)
    plain = [" ".join(re.sub(r"&\w+;|\b(SFT|RM)\b", "", text).split()) for text in said]
    assert [text for text in plain if _LETTER.search(text)] == []
    assert [text for text in _constants(_SYNTAX.parse(source)) if _TEXT.search(text)] == []
