"""Answers about records in a terminal: where each came from, what became of it, and why."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from flows.terminal_text import padded, safe
from sftrm_quality.personal_data import mask_personal_data, mask_text
from sftrm_quality.words import say

if TYPE_CHECKING:
    from sftrm_quality.releases import Trace

# Of a raw record, in characters; a number that ends beyond them is masked too.
_TEXT, _LOOKED_AT = 300, 1000


def print_traces(console: Console, traces: list["Trace"]) -> None:
    """Each record's end, with its reasons and its place in the raw file."""
    from sftrm_quality.reports import position

    for found in traces:
        row = found.row
        head = Text.assemble(
            (say(found.outcome), "bold"), f"  {row['label_kind'].upper()} {safe(row['record_id'])}  ({found.where})"
        )
        console.print(head, soft_wrap=True)
        place = say(
            "{position}, byte {source_offset}",
            position=position(row["source_index"], row["source_line"]),
            source_offset=row["source_offset"],
        )
        lines = [
            (say("from"), f"{safe(row['source_file'])}, {place}"),
            ("data_id", safe(mask_personal_data(str(row["data_id"])))),
        ]
        lines += [
            (reason, safe(detail))
            for reason, detail in zip(row.get("reasons", []), row.get("details", []), strict=True)
        ]
        if found.outcome == "duplicate":
            lines.append(
                (
                    say("duplicate of"),
                    say(
                        "{duplicate_of} ({kind}, similarity {similarity:.3f})",
                        duplicate_of=row["duplicate_of"],
                        kind=row["kind"],
                        similarity=row["similarity"],
                    ),
                )
            )
        lines += _reviewed(found)
        if found.repaired:
            lines += _changed(found.repaired)
        if found.apart:
            lines.append((say("kept apart from"), _kept_apart(found.apart)))
        if "payload" in row:
            text = mask_text(row["payload"][:_LOOKED_AT], row["data_id"])
            lines.append((say("text"), safe(text[:_TEXT]) + ("…" if len(row["payload"]) > _TEXT else "")))
        for title, text in lines:
            console.print(Text.assemble((padded(f"  {title}", 26), "dim"), text), soft_wrap=True)


def _reviewed(found: "Trace") -> list[tuple[str, str]]:
    """Who allows what the record fails for, who corrected it, and what took its place."""
    allowed = {waiver.reason: waiver for waiver in found.waived}
    lines = []
    for reason in found.row.get("waived") or ():
        if waiver := allowed.get(reason):
            said = say(
                "{reason}, by {by} until {until}: {why}",
                reason=reason,
                by=safe(waiver.by),
                until=waiver.until,
                why=safe(waiver.why),
            )
            lines.append((say("waived"), said))
        else:
            lines.append((say("waived"), safe(reason)))
    if by := found.row.get("corrected_by"):
        lines.append((say("corrected by"), safe(by)))
    if other := found.row.get("replaced_by"):
        lines.append((say("replaced by"), safe(other)))
    return lines


def _changed(original: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What was repaired, and the fields that are of another text now: as they were, and as a person set them."""
    if original["repairs"]:
        yield say("repaired"), ", ".join(original["repairs"])
    for name, value in original["fields"].items():
        yield say("{field}, as delivered", field=name), _shortened(value)
        if original["corrected_by"]:
            yield say("{field}, as published", field=name), _shortened(original["now"][name])


def _shortened(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return safe(mask_text(text[:_LOOKED_AT])[:_TEXT] + ("…" if len(text) > _TEXT else ""))


def _kept_apart(apart: dict[str, Any]) -> str:
    """Which record is nearly the same, and what tells the two apart: '6 ≠ 5'."""
    from sftrm_quality.records import ApartBy
    from sftrm_quality.reports import texts_of, told_apart, what_differs

    by, (one, other) = ApartBy(apart["by"]), apart["both"]
    differs = what_differs(by, texts_of(one), texts_of(other)) if one and other else ("", "")
    return say(
        "{record} (similarity {similarity:.3f}): {cause}",
        record=apart["apart_from"],
        similarity=apart["similarity"],
        cause=safe(told_apart(by, apart["prompts"], *differs)),
    )
