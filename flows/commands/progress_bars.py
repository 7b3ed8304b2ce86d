"""How far a run is, in a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from flows.terminal_text import safe
from sftrm_quality import progress
from sftrm_quality.words import Language, language_spoken, phrase, retold, say, speaking_in

_STAGES = {
    "read": phrase("read and check"),
    "deduplicate": phrase("deduplicate"),
    "write": phrase("write and read back"),
    "export": phrase("export and read back"),
    "preflight": phrase("tokenize"),
}

_UNITS = {"steps": phrase("steps"), "files": phrase("files")}


@contextmanager
def showing_progress(console: Console) -> Iterator[None]:
    """A bar for each stage on a terminal; elsewhere a plain line when a stage is complete.

    In the language that is spoken where this begins: a job itself speaks English, and its threads none in particular.
    """
    language = language_spoken()
    if not console.is_terminal:
        finished: set[str] = set()

        def tell(news: progress.Progress) -> None:
            if news.done >= news.total and news.stage not in finished:
                finished.add(news.stage)
                with speaking_in(language):
                    print(f"{say(_STAGES[news.stage])}: {_amount(news)}", file=sys.stderr, flush=True)

        with progress.listening(tell), progress.hearing(lambda told: _print(told, language)):
            yield
        return
    columns = (TextColumn("{task.description:<20}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    with Bars(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {"start": bars.add_task(say("start"), total=None, amount="")}

        def draw(news: progress.Progress) -> None:
            if "start" in tasks:
                bars.remove_task(tasks.pop("start"))
            if news.stage not in tasks:
                with speaking_in(language):
                    tasks[news.stage] = bars.add_task(say(_STAGES[news.stage]), amount="")
            with speaking_in(language):
                amount = _amount(news)
            bars.update(tasks[news.stage], completed=news.done, total=news.total, amount=amount)

        with progress.listening(draw), progress.hearing(lambda told: bars.console.print(_in(language, told))):
            yield


def _in(language: Language, message: str) -> str:
    with speaking_in(language):
        return safe(retold(message))


def _print(message: str, language: Language) -> None:
    print(_in(language, message), file=sys.stderr, flush=True)


def _amount(news: progress.Progress) -> str:
    if news.unit == "bytes":
        return say("{done:,.1f} of {total:,.1f} MB", done=news.done / 1e6, total=news.total / 1e6)
    return say("{done:,} of {total:,} {unit}", done=news.done, total=news.total, unit=say(_UNITS[news.unit]))
