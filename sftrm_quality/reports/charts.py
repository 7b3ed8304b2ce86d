"""Line charts over runs as inline SVG, coloured by the page's style sheet: light, dark and paper.

Made by pygal: 0.1 s of CPU and 10 MiB for the five charts of a page, in this process. Altair with vl-convert takes
0.7 s and some 130 MiB (a V8), for which it would need a process of its own; matplotlib 1.4 s and 60 MiB, and styles
that the page's policy forbids.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

from sftrm_quality.words import say

Points = tuple[float | None, ...]

# Units of the picture, which is as wide as its place; the style sheet sets the size of its letters.
_WIDTH, _HEIGHT = 360, 170
# Labels at the x-axis: a day is some 30 units wide, and six of them have 50 units each.
_LABELS = 6
# What remains of pygal's tree: no scripts, styles, comments, nor tooltips that only a script could show.
_DRAWN = frozenset({"g", "path", "text", "circle", "title"})
_KEPT_ATTRIBUTES = frozenset({"class", "d", "transform", "x", "y", "cx", "cy", "r"})


def line_chart(
    title: str,
    labels: Sequence[str],
    lines: Mapping[str, Sequence[float | None]],
    shown: Callable[[float], str],
) -> Markup:
    """One line per name over the same labels, with a title and a description for those who cannot see it.

    Args:
        title: What it shows.
        labels: One for each point, from the left.
        lines: The values of each line by its name; None is a gap.
        shown: How a value is written at the axis and beside a point.

    Returns:
        The picture, to be put into a page as it is.
    """
    points = tuple((name, tuple(values)) for name, values in lines.items())
    description = "; ".join(_described(name, values, shown) for name, values in points)
    return _chart(title, description, tuple(labels), points, shown)


# Whatever is said in some language is a parameter: what was drawn is kept.
@lru_cache(maxsize=16)
def _chart(
    title: str,
    description: str,
    labels: tuple[str, ...],
    lines: tuple[tuple[str, Points], ...],
    shown: Callable[[float], str],
) -> Markup:
    chart = pygal.Line(
        width=_WIDTH, height=_HEIGHT, margin=4, margin_right=24, spacing=6, show_legend=False, dots_size=2.5,
        max_scale=5, min_scale=3, include_x_axis=True, range=(0, _top(lines)), js=(), css=(), no_data_text="",
        truncate_label=-1, value_formatter=shown,
    )  # fmt: skip
    chart.x_labels = list(labels)
    for name, points in lines:
        chart.add(name, list(points))
    drawn = _only_drawn(chart.render_tree())
    _thin_out(drawn, labels)
    drawn.attrib |= {"class": "chart", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img"}
    described = ElementTree.Element("desc")
    described.text = description
    heading = ElementTree.Element("title")
    heading.text = title
    drawn[:0] = [heading, described]
    return Markup(ElementTree.tostring(drawn, encoding="unicode", short_empty_elements=False))


def _thin_out(drawn: ElementTree.Element, labels: tuple[str, ...]) -> None:
    """Leave at the x-axis each label once and none that would be written over another.

    pygal can be told which to draw by their texts only, and runs of one day have the same.
    """
    room, kept, at = -(-len(labels) // _LABELS), set(), -len(labels)
    (axis,) = [group for group in drawn.iter("g") if {"axis", "x"} <= {*(group.get("class") or "").split()}]
    for place, (label, guides) in enumerate(zip(labels, axis.findall("g"), strict=True)):
        if label in kept or place - at < room:
            axis.remove(guides)
        else:
            kept.add(label)
            at = place


def _top(lines: tuple[tuple[str, Points], ...]) -> float:
    """Of the axis: nothing touches the upper edge, and lines that are nothing lie at the lower one."""
    return 1.1 * max((point for _, points in lines for point in points if point), default=1)


def _described(name: str, points: Points, shown: Callable[[float], str]) -> str:
    known = [point for point in points if point is not None]
    if not known:
        return say("{name}: nothing", name=name)
    first, last, least, most = map(shown, (known[0], known[-1], min(known), max(known)))
    return say(
        "{name}: {first} at first, {last} at last, from {least} to {most}",
        name=name,
        first=first,
        last=last,
        least=least,
        most=most,
    )


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _only_drawn(element: ElementTree.Element) -> ElementTree.Element:
    """The tree without names of namespaces, with only the lines and letters; what a point says is its title."""
    kept = ElementTree.Element(_name(element), {k: v for k, v in element.attrib.items() if k in _KEPT_ATTRIBUTES})
    kept.text = element.text if _name(element) in ("text", "title") else None
    said = {child.get("class"): child.text for child in element if _name(child) == "desc"}
    for child in element:
        if _name(child) in _DRAWN and not _is_empty(child):
            kept.append(_only_drawn(child))
    if said:
        point = next(child for child in kept if child.tag == "circle")
        ElementTree.SubElement(point, "title").text = f"{said.get('x_label')}: {said.get('value')}"
    return kept


def _is_empty(element: ElementTree.Element) -> bool:
    """Places for legends and tooltips, and the titles that repeat what is at an axis."""
    return _name(element) == "title" or not any(_name(e) in _DRAWN - {"g", "title"} for e in element.iter())
