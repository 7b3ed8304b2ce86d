"""A preflight in the terminal."""

from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.terminal_text import safe
from sftrm_quality.words import number, say, share

if TYPE_CHECKING:
    from sftrm_quality.run_record import Preflight, RowCounts

# Of a bar, in characters.
_WIDTH = 30
# The most frequent special tokens; JSON has them all.
_MARKS = 5


def print_preflight(shown: Console, found: "Preflight") -> None:
    """One preflight: what becomes of the rows by split and by source, and how long they are.

    Args:
        shown: The terminal.
        found: The preflight.
    """
    window = number(found.max_length)
    said = say(
        "{trainer}: {export}, window of {count} tokens", trainer=found.trainer, export=found.export, count=window
    )
    read = say("by the rules of version {version}", version=found.version)
    shown.print(Text.assemble((said, "bold"), (f"  {read}", "dim")), soft_wrap=True)
    shown.print(_rows_table(found))
    for line in _told(found):
        shown.print(line, soft_wrap=True)
    shown.print(_histogram(found))


def _rows_table(found: "Preflight") -> Table:
    """Rows by what becomes of them; what becomes of none has no column."""
    heads = {
        "rows": say("rows"),
        "whole": say("whole"),
        "truncated": say("truncated"),
        "dropped": say("dropped"),
        "equal": say("equal"),
        "template_error": say("refused"),
        "not_measured": say("not measured"),
    }
    always = ("rows", "whole", "truncated", "dropped")
    shown = [name for name in heads if name in always or getattr(found.total, name)]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True)
    for head in (*(heads[name] for name in shown), say("tokens kept")):
        table.add_column(head, justify="right", no_wrap=True)
    of_splits = [(str(split), counts) for split, counts in found.splits.items()]
    of_sources = [(safe(name) if name else say("no source"), counts) for name, counts in found.sources.items()]
    for heading, parts in ((say("by split"), of_splits), (say("by source"), of_sources)):
        table.add_row(Text(heading, style="dim"))
        for name, counts in parts:
            table.add_row(name, *_row(counts, shown))
    table.add_row(say("all"), *_row(found.total, shown), style="bold")
    return table


def _row(counts: "RowCounts", shown: list[str]) -> list[str]:
    return [*(number(getattr(counts, name)) for name in shown), share(counts.kept_tokens, counts.tokens)]


def _told(found: "Preflight") -> list[str]:
    lengths = found.lengths
    lines = [
        say(
            "tokens of a row: median {median}, 90 % up to {p90}, 95 % up to {p95}, 99 % up to {p99}, longest {longest}",
            median=number(lengths.median),
            p90=number(lengths.p90),
            p95=number(lengths.p95),
            p99=number(lengths.p99),
            longest=number(lengths.longest),
        ),
        say("99 % of the rows are whole in a window of {count} tokens", count=number(found.keeps_99)),
    ]
    if found.prompt_fills_window:
        count = number(found.prompt_fills_window)
        lines.append(say("rows whose prompt fills the window: {count}", count=count))
    if found.prompt_changes:
        count = number(found.prompt_changes)
        lines.append(say("rows whose prompt is tokenized otherwise before an answer: {count}", count=count))
    if found.with_special_tokens:
        marks = ", ".join(f"{safe(mark)} {rows:,}" for mark, rows in list(found.special_tokens.items())[:_MARKS])
        count = number(found.with_special_tokens)
        lines.append(say("rows with special tokens in their texts: {count} ({marks})", count=count, marks=marks))
    lines += [say("dropped: {rule} {count}", rule=rule, count=number(n)) for rule, n in found.dropped_by.items()]
    lines += [say("not exported: {rule} {count}", rule=rule, count=number(n)) for rule, n in found.left_out.items()]
    lines += [
        say("refused by the template, where the trainer would end: {count} ({said})", count=number(n), said=safe(said))
        for said, n in found.template_errors.items()
    ]
    return lines


def _histogram(found: "Preflight") -> Table:
    """Rows by their tokens; a bar each."""
    table = Table(box=None, pad_edge=False, show_header=False)
    bins = [one for one in found.lengths.histogram if one.count]
    most = max((one.count for one in bins), default=0)
    for one in bins:
        name = number(one.from_) if one.to == one.from_ else f"{number(one.from_)}–{number(one.to or one.from_)}"
        table.add_row(Text(name, justify="right"), Bar(most, 0, one.count, width=_WIDTH), number(one.count))
    return table
