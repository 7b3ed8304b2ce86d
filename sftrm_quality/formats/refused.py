"""Shapes that are known and not read, since what they mean is not in them: each with what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sftrm_quality.formats.base import Record
from sftrm_quality.words import phrase, say

_SIDES = ("response", "answer", "output", "completion", "conversation", "model", "text", "summary")
_TWO_SIDES = (("_a", "_b"), ("_1", "_2"), ("_0", "_1"), ("1", "2"), ("A", "B"), ("_A", "_B"), ("_j", "_k"))


@dataclass(frozen=True)
class _Refused:
    """fits: whether a record is of the shape. says: what it is, and what to do. declarable: a declaration can be
    written for it; of the others it would make something that they are not."""

    fits: Callable[[Record], bool]
    says: str
    declarable: bool = False


def _is_unpaired(record: Record) -> bool:
    labelled = isinstance(record.get("label"), bool) or isinstance(record.get("kto_tag"), bool)
    return labelled and any(name in record for name in ("completion", "messages", "conversations", "response"))


def _has_verdict(record: Record) -> bool:
    return any(f"{what}{one}" in record and f"{what}{other}" in record for what in _SIDES for one, other in _TWO_SIDES)


def _has_unranked(record: Record) -> bool:
    prompt = any(name in record for name in ("prompt", "question", "instruction", "query", "input"))
    values = [record.get(name) for name in ("completions", "responses", "answers", "outputs", "generations")]
    return prompt and any(isinstance(value, list) and len(value) > 1 for value in values)


def _is_implicit_text(record: Record) -> bool:
    return all(isinstance(record.get(name), str) for name in ("chosen", "rejected"))


def _is_evaluation(record: Record) -> bool:
    return any(isinstance(record.get(name), list | dict) for name in ("choices", "options", "endings", "mc1_targets"))


def _is_nested(record: Record) -> bool:
    return any(isinstance(record.get(name), list) for name in ("paragraphs", "qas", "qa_pairs", "qa_list"))


_REFUSED = (
    _Refused(
        _is_unpaired,
        phrase("answers that are marked good or bad by themselves (KTO), of which none can be ranked: give pairs"),
    ),
    _Refused(
        _has_verdict,
        phrase(
            "two answers with a verdict, whose codes are never guessed: declare them in the format that sftrm inspect "
            "proposes"
        ),
        declarable=True,
    ),
    _Refused(
        _is_implicit_text,
        phrase(
            "chosen and rejected as texts without a prompt, of which nobody can tell where the prompt ends: add prompt"
        ),
    ),
    _Refused(
        _is_nested,
        phrase("questions and answers nested in paragraphs: write a record per question"),
    ),
    _Refused(
        _is_evaluation,
        phrase("an evaluation set with choices, which are content: declare a format that joins them to the prompt"),
    ),
    _Refused(
        _has_unranked,
        phrase("several answers without ranks or scores: declare where these are; sftrm inspect proposes the rest"),
        declarable=True,
    ),
)


def refusal(objects: Sequence[Record]) -> str:
    """What records of a known shape that is not read are, and what to do.

    Args:
        objects: Records of no format.

    Returns:
        The sentence; "" where most of them are of no such shape.
    """
    refused = _refused(objects)
    return say(refused.says) if refused else ""


def may_be_declared(objects: Sequence[Record]) -> bool:
    """Whether a declaration can be written for records of no format: not for those that hold no labels to read."""
    refused = _refused(objects)
    return refused is None or refused.declarable


def _refused(objects: Sequence[Record]) -> _Refused | None:
    return next((one for one in _REFUSED if 2 * sum(map(one.fits, objects)) > len(objects)), None)
