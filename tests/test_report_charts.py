"""The trends: drawn by a library, bare of what the page forbids, and told in words."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.records import LabelKind
from sftrm_quality.reports import display
from sftrm_quality.reports.charts import line_chart
from sftrm_quality.reports.trends import trend_charts
from sftrm_quality.run_record import NO_RECORDS, RunSummary, Verdict
from sftrm_quality.words import number as number_of
from tests.report_example import nights

HOSTILE = "<script>\"&'</svg>"


def shown(value: float) -> str:
    return f"{value:g}"


def test_a_chart_has_only_lines_and_words() -> None:
    svg = str(line_chart(f"T {HOSTILE}", ["11-01", HOSTILE, "11-03"], {HOSTILE: [1, None, 3], "b": [0, 0, 0]}, shown))
    assert set(re.findall(r"<(\w+)", svg)) == {"svg", "title", "desc", "g", "path", "text", "circle"}
    assert set(re.findall(r" ([\w:-]+)=", svg)) <= {
        "class",
        "viewBox",
        "role",
        "transform",
        "d",
        "x",
        "y",
        "cx",
        "cy",
        "r",
    }
    assert "http" not in svg and "<!--" not in svg
    assert "&lt;script&gt;" in svg and "<desc>" in svg
    assert "1 at first, 3 at last, from 1 to 3; b: 0 at first" in svg


def test_a_chart_is_the_same_each_time_and_has_a_point_for_each_value() -> None:
    drawn = [line_chart("T", list("abc"), {"x": [1, None, 3]}, number_of) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert re.findall(r"<circle[^>]*><title>([^<]*)</title>", drawn[0]) == ["a: 1", "c: 3"]


@given(st.lists(st.none() | st.floats(0, 1e12).map(lambda value: round(value, 6)), min_size=3, max_size=40))
def test_any_values_can_be_drawn(values: list[float | None]) -> None:
    svg = line_chart("T", [str(n) for n in range(len(values))], {"x": values}, shown)
    assert "nan" not in svg.lower() and "inf" not in svg
    assert len(svg) < 30_000


def at_the_axis(svg: str) -> list[tuple[float, str]]:
    """The labels of the x-axis, each with its place."""
    axis = svg[svg.index('<g class="axis x') : svg.index('<g class="series')]
    return [(float(x), label) for x, label in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', axis)]


@pytest.mark.parametrize(
    ("runs", "labelled"),
    [
        ({"11-01": 1, "11-02": 1, "11-03": 1}, ["11-01", "11-02", "11-03"]),
        ({"11-01": 3}, ["11-01"]),
        ({"11-01": 20, "11-02": 20, "11-03": 20}, ["11-01", "11-02", "11-03"]),
        # Where a day has room only later, it is labelled there; where it has none, it is not.
        ({"11-01": 1, "11-02": 58, "11-03": 1}, ["11-01", "11-02", "11-03"]),
        ({"11-01": 58, "11-02": 1, "11-03": 1}, ["11-01", "11-02"]),
        ({f"11-{day:02}": 1 for day in range(1, 31)}, ["11-01", "11-06", "11-11", "11-16", "11-21", "11-26"]),
        ({f"11-{day:02}": 4 for day in range(1, 16)}, ["11-01", "11-03", "11-06", "11-08", "11-11", "11-13"]),
    ],
)
def test_each_day_is_labelled_once_and_no_label_is_written_over_another(
    runs: dict[str, int], labelled: list[str]
) -> None:
    labels = [day for day, count in runs.items() for _ in range(count)]
    svg = line_chart("T", labels, {"x": list(range(len(labels)))}, shown)
    places = at_the_axis(svg)
    assert [label for _, label in places] == labelled
    # Five digits are some 30 units wide.
    assert all(right - left > 40 for (left, _), (right, _) in pairwise(places))
    assert [label for label, _ in re.findall(r"<circle[^>]*><title>([^<:]*): ([^<]*)</title>", svg)] == labels


def test_trends_need_three_runs_and_leave_out_what_repeats() -> None:
    runs = [RunSummary.model_validate(night) for night in nights()]
    assert [chart.title for chart in trend_charts(runs, "UTC")] == [
        "SFT records", "SFT: share of the records received", "RM records", "RM: share of the records received",
        "Seconds of the job",
    ]  # fmt: skip
    assert trend_charts(runs[:2], "UTC") == []
    unchanged = [run.model_copy(update={"verdict": Verdict.UNCHANGED}) for run in runs]
    assert trend_charts([*runs[:2], *unchanged], "UTC") == []
    nothing = {LabelKind.RM: NO_RECORDS}
    without = [run.model_copy(update={"ledger": run.ledger | nothing}) for run in runs]
    assert len(trend_charts(without, "UTC")) == 3


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ""),
        ([0.0, 0.02], "M0 19L0 19L100 1"),
        ([0.02, None, 0.01], "M0 1L0 1M100 10L100 10"),
        ([0.5, 0.25, 1.0], "M0 10L0 10L50 14.5L100 1"),
    ],
)
def test_sparklines(values: list[float | None], path: str) -> None:
    assert display.spark(values) == path


def test_points() -> None:
    assert [display.points(step) for step in (0, 0.0004, 0.0123, -0.3)] == ["±0 pt", "±0 pt", "+1.2 pt", "−30.0 pt"]
    assert [display.setting(v) for v in (None, "auto", 0.8, ["a"])] == ["–", "auto", "0.8", '["a"]']
