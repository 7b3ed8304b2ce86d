"""What a try does, in a process of its own that may die of it."""

import os
import signal
import threading
from pathlib import Path

from flows.stopping import stop_on_signals
from sftrm_quality import housekeeping, releases, reports
from sftrm_quality.config import ExportSettings, PruneSettings
from sftrm_quality.config_loading import load_config
from sftrm_quality.decisions import signed
from sftrm_quality.errors import SftrmError
from sftrm_quality.job import act_on, decision_on, held_run, store_acts, store_decision
from sftrm_quality.job import run as run_job
from sftrm_quality.output import OutputFolder
from sftrm_quality.run_record import read_report_json
from tests.inline_workers import InlineWorkers

# The calls by which a run changes names on disk or makes them durable; data itself is written by Arrow, in C++.
CALLS = ("fsync", "link", "mkdir", "rename", "replace", "rmdir", "symlink", "unlink")


def run(raw, out, settings=()):
    """A run without Prefect and with its tasks in this process; its verdict."""
    always = ["workers=1", "lock_seconds=0", "exports=[{name: messages}]"]
    config = load_config(None, [*always, *settings], {"raw": [Path(raw)], "out": Path(out)})
    return run_job(config).verdict


def _die():
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _at_calls(happen):
    """``happen(number, name, arguments)`` before every call that changes names on disk."""
    number = 0

    def wrapped(name, real):
        def call(*arguments, **named):
            nonlocal number
            number += 1
            happen(number, name, arguments)
            return real(*arguments, **named)

        return call

    for name in CALLS:
        setattr(os, name, wrapped(name, getattr(os, name)))


def counted(raw, out):
    """The names of all those calls of a whole run, in order, each with the name that it is about."""
    seen = []
    _at_calls(lambda _, name, arguments: seen.append([name, str(arguments[0])]))
    run(raw, out)
    return seen


def killed_at_call(raw, out, number):
    """A run whose process group is killed before its call of that number."""
    _at_calls(lambda now, *_: _die() if now == number else None)
    return run(raw, out)


def killed_after(raw, out, seconds):
    """A run whose process group is killed after so many seconds."""
    threading.Timer(seconds, _die).start()
    return run(raw, out)


def stopped_at_call(raw, out, number, signal_number, threaded):
    """A run that is told to stop before its call of that number: in a thread, as Prefect has it, or in the main one."""
    stop_on_signals(OutputFolder(out))
    _at_calls(lambda now, *_: os.kill(os.getpid(), signal_number) if now == number else None)
    if not threaded:
        return run(raw, out)
    thread = threading.Thread(target=run, args=(raw, out))
    thread.start()
    thread.join()
    return None


def side_by_side(raw_folders, out, lock_seconds):
    """Runs on one output at the same time, one for each raw folder; the verdict or the error of each."""
    children = []
    for raw in raw_folders:
        reading, writing = os.pipe()
        if not (pid := os.fork()):
            try:
                told = run(raw, out, [f"lock_seconds={lock_seconds}"])
            except SftrmError as error:
                told = f"{error.exit_code}: {error}"
            os.write(writing, str(told).encode())
            os._exit(0)
        os.close(writing)
        children.append((pid, reading))
    ends = []
    for pid, reading in children:
        _, status = os.waitpid(pid, 0)
        ends.append(os.read(reading, 10_000).decode() if status == 0 else f"died of {status}")
    return ends


def roll_back(out, release_id):
    """What `sftrm rollback` does."""
    output = OutputFolder(Path(out))
    with output.locked(0, print):
        reports.take_back(output)
        releases.rollback(output, release_id, signed("Kim", "it was better"))
        reports.renew_index(output)


def reject(out):
    """What `sftrm decide --reject` does where no run waits in Prefect."""
    output = OutputFolder(Path(out))
    with output.locked(0, print):
        reports.take_back(output)
        report = held_run(output)
        store_decision(output, report, decision_on(report, "reject", signed("Kim", "send it back")))


def say_known(out):
    """What `sftrm act HANDLE --known` does of the first finding of the newest run."""
    output = OutputFolder(Path(out))
    with output.locked(0, print):
        reports.take_back(output)
        text = (output.report(output.run_ids()[-1]) / "report.json").read_bytes()
        report = read_report_json(text)
        store_acts(output, report, [act_on(report, report.findings[0], "known", None, signed("Kim", "ticket 812"))])


def prune(out):
    """What `sftrm prune --keep-releases 1 --yes` does."""
    output = OutputFolder(Path(out))
    with output.locked(0, print):
        reports.take_back(output)
        housekeeping.delete(output, housekeeping.what_goes(output, PruneSettings(keep_releases=1)))


def export(out, take):
    """What `sftrm export --to pairs --pairs TAKE` does."""
    output = OutputFolder(Path(out))
    settings = ExportSettings(name="pairs", pairs=take)
    with output.locked(0, print):
        reports.take_back(output)
        release = releases.find_release(output, output.current_release_id())
        releases.add_exports(output, release, [settings], output.staging / "export", InlineWorkers(1))


def act_counted(act, **given):
    """How many of those calls an act of a person makes."""
    seen = []
    _at_calls(lambda _, name, arguments: seen.append([name, str(arguments[0])]))
    globals()[act](**given)
    return seen


def act_killed_at_call(act, number, **given):
    """An act of a person that is killed before its call of that number."""
    _at_calls(lambda now, *_: _die() if now == number else None)
    globals()[act](**given)
