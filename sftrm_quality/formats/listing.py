"""The formats of a run as people look at them: a name, what it is, an example, and its declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.registry import Formats, declaration_of
from sftrm_quality.records import LabelKind
from sftrm_quality.words import phrase, say

_OF_CODE: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "reference_sft": (
        phrase("SFTlabel as described: a question and its answer, with id, category and type"),
        {
            "data_id": "1",
            "data_category": "QA",
            "question_type": "open-ended",
            "question_count": 1,
            "question": "What is the capital of France?",
            "answer": "Paris is the capital of France.",
        },
    ),
    "reference_rm": (
        phrase("RMlabel as described: a prompt (or input, question) and its responses with ranks or scores"),
        {
            "data_id": "1",
            "prompt": "What is the capital of France?",
            "responses": [
                {"text": "Paris is the capital of France.", "rank": 1},
                {"text": "I do not know.", "rank": 2},
            ],
        },
    ),
    "aihub_sft": (
        phrase("AI Hub 71748, SFTlabel: a category of main and middle, an answer with contents"),
        {
            "data_id": "1",
            "data_category": {"main": "QA", "middle": "Geography"},
            "question_type": "open-ended",
            "question_count": 6,
            "question": "What is the capital of France?",
            "answer": {"contents": "Paris is the capital of France.", "answer_count": 6},
        },
    ),
    "aihub_rm": (
        phrase("AI Hub 71748, RMlabel: answer01, answer02, … with contents and ranking"),
        {
            "data_id": "1",
            "data_category": {"main": "QA", "middle": "Geography"},
            "question_type": "open-ended",
            "question_count": 6,
            "question": "What is the capital of France?",
            "answer01": {"contents": "Paris is the capital of France.", "ranking": 1, "answer_count": 6},
            "answer02": {"contents": "I do not know.", "ranking": 2, "answer_count": 4},
        },
    ),
}


@dataclass(frozen=True)
class FormatShown:
    """declaration: None of a format that is code of its own. declared: by the settings, and not built in."""

    name: str
    label_kind: LabelKind
    about: str
    example: Mapping[str, object]
    declaration: Declaration | None
    declared: bool


def formats_shown(formats: Formats) -> Sequence[FormatShown]:
    """All formats of a run, in the order in which a record is held against them."""
    own = {declaration.name for declaration in formats.declared}
    return [
        FormatShown(name, fmt.label_kind, declared.shown, declared.example, declared, name in own)
        if (declared := declaration_of(fmt))
        else FormatShown(name, fmt.label_kind, say(_OF_CODE[name][0]), _OF_CODE[name][1], None, False)
        for name, fmt in formats.by_name.items()
    ]


def as_yaml(declaration: Declaration) -> str:
    """A declaration as the file that declares it, without what every declaration has by default."""
    return _dumped(declaration.model_dump(mode="json", exclude_defaults=True))


def example_as_yaml(example: Mapping[str, object]) -> str:
    """An example record by itself."""
    return _dumped({"example": dict(example)})


class _Dumper(yaml.SafeDumper):
    """Texts with line breaks on one line, as they are in JSON; lists of plain values, too."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _dumped(values: Mapping[str, object]) -> str:
    text: str = yaml.dump(
        values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=118, default_flow_style=None
    )
    return text
