"""The charts over runs: how much came, how much of it failed, how long it took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sftrm_quality.records import LabelKind
from sftrm_quality.reports.charts import line_chart
from sftrm_quality.run_record import RunSummary, Verdict
from sftrm_quality.time_zones import moment
from sftrm_quality.words import percent, say

# Two points are a difference, and the page has a section for that.
_FEWEST_RUNS = 3


@dataclass(frozen=True)
class Chart:
    """A picture with its title and the names of its lines."""

    title: str
    lines: tuple[str, ...]
    svg: Markup


def _amount(value: float) -> str:
    return f"{value / 1e6:.4g}M" if value >= 1e6 else f"{value / 1e3:.4g}k" if value >= 1e4 else f"{value:,.6g}"


def _percent(value: float) -> str:
    return percent(f"{value:.3g}")


def trend_charts(runs: Sequence[RunSummary], timezone: str) -> list[Chart]:
    """Title, names of the lines, and picture of each chart; none for fewer than three runs.

    Args:
        runs: Summaries, oldest first. Of those that only repeat another, or publish nothing by design, there is no
            point.
        timezone: The one whose days are at the axis.

    Returns:
        The charts, in the order of the page.
    """
    checked = [run for run in runs if run.verdict is not Verdict.UNCHANGED]
    if len(checked) < _FEWEST_RUNS:
        return []
    labels = [moment(run.started, timezone)[5:10] for run in checked]
    charts = []
    for kind in LabelKind:
        accounts = [run.ledger[kind] for run in checked]
        if not any(account.received for account in accounts):
            continue
        volume = {
            say("received"): [account.received for account in accounts],
            say("publishable"): [account.published for account in accounts],
        }
        shares = {
            say("failing"): [_share(a.failing, a.received) for a in accounts],
            say("duplicates"): [_share(a.duplicates, a.received) for a in accounts],
        }
        charts.append(_chart(say("{kind} records", kind=kind.upper()), labels, volume, _amount))
        title = say("{kind}: share of the records received", kind=kind.upper())
        charts.append(_chart(title, labels, shares, _percent))
    seconds = {say("seconds"): [run.seconds for run in checked]}
    return [*charts, _chart(say("Seconds of the job"), labels, seconds, _amount)]


def _chart(
    title: str, labels: Sequence[str], lines: Mapping[str, Sequence[float | None]], shown: Callable[[float], str]
) -> Chart:
    return Chart(title, tuple(lines), line_chart(title, labels, lines, shown))


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
