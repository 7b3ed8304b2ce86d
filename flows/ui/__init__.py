"""What the Prefect UI shows of a run: its names and states, the artifacts, and the form of a decision."""

from flows.ui.artifacts import show, showing_progress
from flows.ui.hold import HeldRun, OnHold, ask, decision_on, keep_held_runs_out_of_logs, said_of_findings
from flows.ui.plain_text import keep_links_out_of_logs
from flows.ui.run_names import name_at_the_end, name_at_the_start, sentence, verdict_in_words
from flows.ui.waiting import answer_waiting_run

__all__ = [
    "HeldRun",
    "OnHold",
    "answer_waiting_run",
    "ask",
    "decision_on",
    "keep_held_runs_out_of_logs",
    "keep_links_out_of_logs",
    "name_at_the_end",
    "name_at_the_start",
    "said_of_findings",
    "sentence",
    "show",
    "showing_progress",
    "verdict_in_words",
]
