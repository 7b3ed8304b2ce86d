"""What looks like a mark of some tool and is ordinary: markup, code, maths, logs, and tokens that checks know."""

import re

from sftrm_quality.checks.template_tokens import template_tokens_in


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Elements of HTML, SVG and MathML.
_ELEMENTS = _words("""
a abbr address animate annotation area article aside audio b base bdi bdo big blockquote body br button canvas caption
center circle cite clippath code col colgroup data datalist dd defs del desc details dfn dialog dir div dl dt ellipse
em embed fieldset figcaption figure font footer form frame frameset g h0 head header hgroup hr html i iframe image img
input ins kbd label legend li line lineargradient link main map mark marker mask math menu menuitem meta meter mfrac
mi mn mo mover mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder nav nobr noframes noscript
object ol optgroup option output p param path pattern picture polygon polyline pre progress q rect rp rt ruby s samp
script search section select semantics slot small source span stop strike strong style sub summary sup svg symbol
table tbody td template text textarea tfoot th thead time title tr track tspan tt u ul use var video wbr xml
""")
# Headers of C and C++ that have no dot.
_HEADERS = _words("""
algorithm array atomic bitset cassert cctype chrono climits cmath complex cstddef cstdint cstdio cstdlib cstring ctime
deque exception filesystem fstream functional iomanip ios iosfwd iostream istream iterator limits list map memory
mutex numeric optional ostream queue random regex set sstream stack stdexcept streambuf string string_view thread
tuple type_traits unordered_map unordered_set utility variant vector
""")
# In single brackets, square or angle: of editors, tracebacks, usage texts, logs, forums, citations, LaTeX.
_WORDS = _words("""
sic edit edited note citation emphasis ibid et al cf toc link image video url code quote img list color size spoiler
options option file files filename arg args argument arguments path name command dir directory flag flags info debug
warn warning error fatal trace critical ok notice index key value item id self true false null none htbp tbp label
todo wip fix feat deleted module stdin lambda genexpr listcomp string unknown anonymous removed
""")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]*)(/?)>")
_SQUARE = re.compile(r"\[([A-Za-z][\w.-]*)\]")
# Placeholders of letters ([Date]), ranges of regular expressions, Roman numerals, abbreviations, indices.
_ORDINARY_SQUARE = re.compile(r"[A-Z][a-z]+|(?:[A-Za-z0]-[A-Za-z0])+\w*|[IVXLCM]+|(?:[a-z]\.)+[a-z]?|[a-z]0")
_ORDINARY = re.compile(
    # ERB, PHP, Jinja; classes of regular expressions; the norm of a vector; an emoticon; a table of contents.
    r"<[%?!].*|\{[%#].*|\[{1,2}[:^].*|\|{1,2}[A-Za-z][\w.-]?\|{1,2}|@_@|\[\[_?toc_?\]\]",
    re.IGNORECASE | re.DOTALL,
)


def is_ordinary(mark: str) -> bool:
    """Whether a mark says nothing of the tools of those who made a file.

    Args:
        mark: As `intake.census` counts it.
    """
    if template_tokens_in(mark, None) or _ORDINARY.fullmatch(mark):
        return True
    if tag := _TAG.fullmatch(mark):
        name = tag[2].casefold()
        return name in _ELEMENTS or name in _HEADERS or name in _WORDS or name.endswith(".h")
    if square := _SQUARE.fullmatch(mark):
        return square[1].casefold() in _WORDS or bool(_ORDINARY_SQUARE.fullmatch(square[1]))
    return False
