"""A held run that waits for a person: publish anyway, or reject, and what they know of what holds it, by a form."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Literal

from prefect import suspend_flow_run
from prefect.input import RunInput
from prefect.input.actions import read_flow_run_input
from prefect.input.run_input import keyset_from_base_key
from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core.core_schema import CoreSchema

from flows.ui.plain_text import escaped
from sftrm_quality.decisions import Decision, Signed
from sftrm_quality.job import RunResult
from sftrm_quality.run_record import ActKind
from sftrm_quality.words import phrase, say


class OnHold(StrEnum):
    """What happens to a run that the gate holds."""

    STOP = "stop"
    ASK = "ask"


class HeldRun(Exception):
    """What a held run ends with: a failed state has an exception, or Prefect fails over it. It is no error of ours."""

    def __init__(self, said: str, result: RunResult) -> None:
        super().__init__(said)
        self.result = result


class _NoHeldRuns(logging.Filter):
    """Keeps the traceback out of the logs that Prefect writes of every exception: the state and our line say it all."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], HeldRun))


def keep_held_runs_out_of_logs() -> None:
    """See to it that a run that the gate holds leaves no traceback. Once for each process."""
    for name in ("prefect.flow_runs", "prefect.engine"):
        logger = logging.getLogger(name)
        if not any(isinstance(found, _NoHeldRuns) for found in logger.filters):
            logger.addFilter(_NoHeldRuns())


class Answer(RunInput):
    """The form. Name and reason are recorded in the manifest and in the report. Nothing is decided by default."""

    # Prefect's form calls a field by its title, and its errors by its name.
    decision: Literal["reject", "publish_anyway"] = Field(
        title=phrase("Decision"),
        description=phrase(
            "Choose publish anyway or reject. publish_anyway: this release replaces the current one. "
            "reject: the run ends as Held, the current release stays."
        ),
    )
    name: str = Field(title=phrase("Name"), min_length=1, max_length=100, description=phrase("Yours, for the record."))
    reason: str = Field(
        title=phrase("Reason"), min_length=3, max_length=2000, description=phrase("Why, for those who ask later.")
    )
    findings: Literal["nothing", "known", "sent"] = Field(
        "nothing",
        title=phrase("Say of the findings that hold it"),
        description=phrase(
            "known: nobody is called for them again. sent: the vendor has them. With name and reason above."
        ),
    )
    accepted_until: str = Field(
        "",
        title=phrase("Accept them until"),
        pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$",
        description=phrase("A day, as 2026-12-31, instead: they are accepted to its end. Empty: they are not."),
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # What Prefect keeps of the form is this, made when somebody is asked.
        schema = handler(core_schema)
        for shown in handler.resolve_ref_schema(schema)["properties"].values():
            shown |= {name: say(shown[name]) for name in ("title", "description")}
        return schema


def said_of_findings(release_id: str) -> tuple[ActKind, date | None, Signed] | None:
    """What a person said, in this run, of the findings that hold just this release.

    Args:
        release_id: The release.

    Returns:
        What is said, until when, and by whom; None when nothing was.

    Raises:
        ValueError: There is no such day.
    """
    answer = _answer(release_id)
    if answer is None:
        return None
    who = Signed(name=answer.name, reason=answer.reason, decided_at=datetime.now(UTC))
    if answer.accepted_until:
        return "accepted", date.fromisoformat(answer.accepted_until), who
    return None if answer.findings == "nothing" else (answer.findings, None, who)


def decision_on(release_id: str, failed: Sequence[str]) -> Decision | None:
    """What a person has decided in this run on just this release, or None when nobody was asked about it."""
    answer = _answer(release_id)
    if answer is None:
        return None
    return Decision(
        action=answer.decision,
        name=answer.name,
        reason=answer.reason,
        decided_at=datetime.now(UTC),
        release_id=release_id,
        failed=tuple(failed),
    )


def _answer(release_id: str) -> Answer | None:
    given: Any = read_flow_run_input(keyset_from_base_key(f"suspended-{release_id}")["response"])
    if given is None:
        return None
    # Who was asked by 0.2.0 answers its form.
    return Answer(**{"decision" if name == "action" else name: value for name, value in given.items()})


def ask(release_id: str, said: str, report: str | None) -> None:
    """Suspend the run until somebody answers. It then begins again, finds its work in the cache, and the decision.

    The question is about one release: when raw files change meanwhile, it is asked again.
    said: why it is held, in one sentence. report: the address of its page, where reports are served.
    """
    look = " " + say("Before you decide, see [the report]({report}).", report=report) if report else ""
    # Raises Prefect's own signal to leave: nothing comes back.
    suspend_flow_run(
        wait_for_input=Answer.with_initial_data(description=escaped(said) + look),
        timeout=None,
        key=release_id,
    )
