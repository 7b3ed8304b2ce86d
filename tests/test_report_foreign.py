"""Foreign text on the pages is inert and visible, whatever the data they are small, and everything can be read."""

import re
from typing import Any

import pytest

from sftrm_quality.reports.html import render_index, render_run
from sftrm_quality.run_record import FileBefore, FindingCounts, History, SplitMoves
from tests.page import HOSTILE, Page, assert_well_made
from tests.report_example import RUN, held, index_page, published, read, run_page

# Words from a short list, which nothing else is read as, times and their zone.
OURS = {
    "verdict",
    "mode",
    "started",
    "timezone",
    "status",
    "severity",
    "language",
    "delivery",
    "suite",
    "scope",
    "label_kind",
    "stage",
    "kind",
    "from",
    "to",
}


def _with_every_text(value: Any, text: str, key: str = "") -> Any:
    """The figures with a stranger's text for every string and every name that could be one."""
    if isinstance(value, str):
        return value if key in OURS else text
    if isinstance(value, list):
        return [_with_every_text(entry, text) for entry in value]
    if isinstance(value, dict) and key in ("fields_unread", "versions"):
        return {text + name: _with_every_text(inner, text) for name, inner in value.items()}
    if isinstance(value, dict):
        return {k: _with_every_text(inner, text, k) for k, inner in value.items()}
    return value


def _hostile(report: dict[str, Any], text: str) -> dict[str, Any]:
    changed: dict[str, Any] = _with_every_text(report, text)
    for name in ("reasons", "warnings"):
        changed[name] = {kind: {f"{text}{r}": n for r, n in counts.items()} for kind, counts in report[name].items()}
    for mine, theirs in zip(changed["personal_data"], report["personal_data"], strict=True):
        mine["label_kind"] = theirs["label_kind"]
    for mine, theirs in zip(changed["samples"]["quarantined"], report["samples"]["quarantined"], strict=True):
        mine |= {"label_kind": theirs["label_kind"], "reason": text + theirs["reason"]}
    for mine, theirs in zip(changed["samples"]["duplicates"], report["samples"]["duplicates"], strict=True):
        mine |= {"label_kind": theirs["label_kind"], "kind": theirs["kind"]}
    return changed


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text[:20]) for text in HOSTILE])
def test_a_strangers_text_is_inert_and_all_of_it_can_be_seen(text: str) -> None:
    report = _hostile(held(), text)
    clean = _hostile(held(), "plain")
    for figures in (report, clean):  # looked up by names that are no longer there, shown nowhere
        figures["changes"] |= {"checks": {}, "files": {}}
        figures["history"]["files"] = {}
    clean_page = Page(run_page(clean))
    html = run_page(report)
    page = assert_well_made(html)
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
    )
    # The same elements in the same order, but for the signs that make the invisible visible and the places where a name
    # breaks; what is too long for a link has none.
    unlike = {"mark", "wbr"} if len(text) < 100 else {"mark", "wbr", "a"}
    tags = [[tag for tag, _ in p.elements if tag not in unlike] for p in (clean_page, page)]
    assert tags[0] == tags[1]
    assert len(re.sub('href="[^"]*"', "", html)) < 200_000
    index = index_page([report])
    assert_well_made(index)
    if len(text) < 100 and text.isprintable():
        assert text in page.words("failing") and text in page.words("sources")


def test_long_words_may_break_anywhere() -> None:
    style = Page(run_page(published())).style
    assert re.search(r"^body \{[^}]*overflow-wrap: anywhere", style, re.MULTILINE)
    assert re.search(r"^\.scroll \{ overflow-x: auto", style, re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    ['"' * 500, "\u200b" * 500, "한" * 500, "😀" * 500, "a_" * 600],
    ids=["quotes", "invisible", "Hangul", "emoji", "words"],
)
def test_a_page_is_below_2_mb_whatever_the_data(text: str) -> None:
    # Names of our own making are as long as we make them, and are whole in links.
    ours = ("run_id", "release_id", "previous_release_id", "paths")
    small = _hostile(held(), text) | {name: held()[name] for name in ours}
    for sample in (*small["samples"]["quarantined"], *small["samples"]["duplicates"]):
        sample["parts"] = [sample["parts"][0] | {"characters": 800, "pieces": [[text, True]] * 2}] * 6
    small["samples"]["quarantined"][0]["also"] = [text] * 5
    small["reasons_together"]["sft"] = [{"reasons": [text, text], "records": 5}] * 200
    small["files"][1]["fields_unread"] = {f"{text}{n}": n for n in range(50)}
    small["history"]["runs"][0]["run_id"] = RUN
    # Made great as values, which share what is the same: as JSON it would be gigabytes.
    read_small = read(small)
    template, changes, samples = read_small.files[1], read_small.changes, read_small.samples
    names = [f"{n:05d}{text}" for n in range(10_000)]
    report = _with(
        read_small,
        files=tuple(_with(template, source_file=name, source=name) for name in names),
        findings=tuple(_with(one, text=text, files=(text,) * 20) for one in read_small.findings) * 5_000,
        finding_counts=FindingCounts(new=5_000, known=5_000),
        changes=_with(
            changes,
            sentences=(text,) * 3,
            by_file=changes.by_file * 10_000,
            files=dict.fromkeys(names, FileBefore(received=9, failing=3, same_name=False)),
        ),
        history=History(
            runs=read_small.history.runs[:1] * 30,
            files=dict.fromkeys(names, (0.123456,) * 14),
            sources=dict.fromkeys(names, (0.123456,) * 14),
        ),
        split_moves=SplitMoves(count=10_000, records=read_small.split_moves.records * 5_000),
        samples=_with(
            samples,
            quarantined=tuple(_with(samples.quarantined[0], reason=f"{n % 60}{text}") for n in range(1_000)),
            duplicates=samples.duplicates * 500,
        ),
    )
    html = render_run(report)
    assert len(html.encode()) < 2_000_000
    page = assert_well_made(html)
    assert "and 9,700 more files: see report.json" in page.words("sources")
    assert page.row("sources", "10,000 sources")[:2] == ["10,000 files", f"{10_000 * template.received:,}"]
    assert "and 9,940 more sources: see report.json" in page.words("sources")
    shown = page.words("failing").count(" at stage ")
    assert 80 < shown < 300
    assert "and 45 more" in page.words("sources")
    assert f"and {1_000 - shown} more samples: see report.json" in page.words("failing")
    assert "and 188 more pairs: see report.json" in page.words("reasons")
    assert "50 of 10,000 shown" in page.words("splits")
    assert "9,975 more differences" in page.words("changes")
    for more in ("4,980 more new findings", "and 4,980 more: see report.json"):
        assert more in page.words("findings")
    index = render_index([_with(report.summary, run_id=f"{RUN}{n}") for n in range(3_000)], older=7)
    assert len(index.encode()) < 2_000_000
    assert "and 2,807 older runs" in Page(index).words("runs")


def _with(value: Any, **changed: Any) -> Any:
    return value.model_copy(update=changed)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_and_bars_contrast_with_their_background(scheme: int) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    themes = re.findall(r":root \{([^}]*--ink[^}]*)\}", Page(run_page(published())).style)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", themes[scheme]))

    def contrast(one: str, other: str) -> float:
        dark, light = sorted((_luminance(colours[one]), _luminance(colours[other])))
        return (light + 0.05) / (dark + 0.05)

    for ground in ("ground", "panel"):
        for ink in ("ink", "soft", "link", "held", "published"):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast("soft", "mark") >= 4.5
    for accent in ("published", "unchanged", "held", "checked"):
        assert contrast("on-accent", accent) >= 4.5, accent
    for outcome in ("kept", "validation", "test", "duplicates", "quarantined", "unreadable"):
        assert contrast(outcome, "panel") >= 3, outcome
