"""Which record is at which position: texts dealt to files, copies resolved, edits done."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from maker.cases import Case
from maker.files import Kind, Sample
from maker.texts import Text

Record = dict[str, Any]
Place = tuple[str, int]


@dataclass(frozen=True)
class Planned:
    """One record of a sample file.

    Attributes:
        record: in plain form, after the case's edit.
        case: what is planted here, if anything.
        original: source file and position of the record that this one is a copy of.
    """

    record: Record
    case: Case | None = None
    original: Place | None = None

    @property
    def prompt(self) -> str:
        return str(self.record.get("question", self.record.get("prompt")))


Plan = dict[Place, Planned]


def plain(text: Text, index: int) -> Record:
    """A text as a record without id: question and answer, prompt and responses, or only a prompt."""
    record: Record = {
        "category": text.category,
        "subcategory": text.subcategory,
        "question_type": text.question_type,
        "question_count": len(text.prompt.split()),
    }
    if len(text.answers) == 1:
        return {**record, "question": text.prompt, "answer": text.answers[0]}
    if not text.answers:
        return {**record, "prompt": text.prompt}
    responses = [{"text": answer, "rank": rank} for rank, answer in enumerate(text.answers, start=1)]
    # Delivered in some order: a job that takes the first response for the best one should be seen to fail.
    turn = index % len(responses)
    return {**record, "prompt": text.prompt, "responses": responses[turn:] + responses[:turn]}


def _deal(sample: Sample) -> dict[int, Planned]:
    """The file's own texts at every position that holds no copy, until there are none left."""
    cases = {case.at: case for case in sample.cases}
    if len(cases) != len(sample.cases):
        raise ValueError(f"{sample.source_file}: two cases are at one position")
    texts = iter(sample.texts)
    size = len(sample.texts) + sum(case.copy_of is not None for case in sample.cases)
    if max(cases) >= size:
        raise ValueError(f"{sample.source_file}: a case is at {max(cases)}, but the file ends at {size - 1}")
    dealt = {}
    for index in range(size):
        case = cases.get(index)
        if case is None or case.copy_of is None:
            record = plain(next(texts), index)
            dealt[index] = Planned({"data_id": sample.data_id(index), **record}, case)
    return dealt


def _original(plan: Plan, copy: Case, kinds: Mapping[str, Kind], kind: Kind) -> Place:
    prompt = copy.copy_of or ""
    found = [
        place
        for place, planned in plan.items()
        if planned.case is None and kinds[place[0]] == kind and planned.prompt.startswith(prompt)
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} untouched {kind} records begin with {prompt!r}, expected one to copy")
    return found[0]


def make_plan(samples: Sequence[Sample]) -> Plan:
    """The records of all files by (source file, position), edited and ready to be delivered.

    Raises:
        ValueError: a case and the texts do not fit together any more; the message says which.
    """
    plan: Plan = {}
    kinds: dict[str, Kind] = {sample.source_file: sample.label_kind for sample in samples}
    for sample in samples:
        plan.update({(sample.source_file, index): planned for index, planned in _deal(sample).items()})
    dealt = dict(plan)
    for sample in samples:
        for case in sample.cases:
            place = (sample.source_file, case.at)
            if case.copy_of is None:
                continue
            original = _original(dealt, case, kinds, sample.label_kind)
            if original > place:
                raise ValueError(f"{original} is behind its copy {place}: the copy would survive")
            record = deepcopy(dealt[original].record)
            if not case.keep_id:
                record["data_id"] = sample.data_id(case.at)
            plan[place] = Planned(record, case, original)
            if case.original_too:
                plan[original] = replace(plan[original], case=_same_outcome(case, original[1]))
    for planned in plan.values():
        if planned.case is not None:
            planned.case.edit(planned.record)
    return dict(sorted(plan.items()))


def _same_outcome(copy: Case, at: int) -> Case:
    note = f"contradicted by a later record: {copy.note.removeprefix('contradiction: ')}"
    return Case(at, note, copy.outcome, copy.reasons)


def delivered(sample: Sample, planned: Planned) -> bytes:
    """A record as it is in its file."""
    wire = sample.shape(deepcopy(planned.record))
    if planned.case is not None:
        planned.case.wire(wire)
    text = sample.text(wire, sample.indent).encode(sample.encoding)
    return planned.case.spoil(text) if planned.case is not None else text
