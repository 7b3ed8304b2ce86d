"""The parts of a declaration: where in a raw record a prompt, turns or responses are.

A *path* is the name of a field, with dots for fields in objects; where several paths are given, the first that a record
has counts.
"""

from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sftrm_quality.words import say


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _codes(value: object) -> object:
    """Codes as they are compared: YAML reads ``1``, ``1.5`` and ``true`` as something else than a text."""
    values = value if isinstance(value, list | tuple) else (value,)
    return tuple(code_of(one) if isinstance(one, bool | int | float) else one for one in values)


def code_of(value: object) -> str:
    """A code as it is declared: a text, or a number without a trailing ``.0``, true or false.

    Args:
        value: Of a verdict's field, or of a declaration.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else str(value)


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.strip().lower() for text in texts)


Path = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^.\s][^.]*(\.[^.]+)*$")]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_several), Field(min_length=1, max_length=20)]

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^.\s][^.]*$")]
"""Of a field of the record itself."""
Codes = Annotated[tuple[str, ...], BeforeValidator(_codes)]

ROLES = {
    **dict.fromkeys(("user", "human", "prompter", "사용자"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "chatgpt", "model", "어시스턴트"), "assistant"),
    **dict.fromkeys(("system", "시스템"), "system"),
    **dict.fromkeys(("tool", "observation", "function", "function_response", "ipython"), "tool"),
    **dict.fromkeys(("function_call", "tool_call"), "function_call"),
}
"""Who speaks, by the names that public files have (LLaMA-Factory's and OpenAI's among them)."""


_STAND_INS = ("no input", "noinput", "<noinput>", "n/a", "na", "none", "null", "nan", "无", "없음")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Prompt(Part):
    """What the label is for: one text, or several joined. The first part is needed."""

    parts: Annotated[tuple[Paths, ...], Field(min_length=1, max_length=8)]
    joiner: str = "\n\n"
    stand_ins: Annotated[tuple[str, ...], AfterValidator(_folded)] = _STAND_INS
    """Texts of a further part that stand for none, case not regarded (seen in public Alpaca files)."""


class Messages(Part):
    """A list of turns: which fields of a turn say who speaks and what."""

    path: Paths
    role: Paths = ("role", "from")
    content: Paths = ("content", "value")
    roles: dict[str, Literal["user", "assistant", "system", "tool", "function_call"]] = Field(default_factory=dict)
    """Names of roles beside the usual ones."""


class Scores(Part):
    """Where the score of a response is: higher is better. Of several paths the mean of those that hold a number."""

    paths: Paths
    texts: bool = False
    """Scores may be texts of numbers; any other text is no score."""


class ListedResponses(Part):
    """Responses in a list of objects, or of texts with lists of ranks or scores beside it."""

    path: Paths
    text: Paths | None = None
    rank: Paths | None = None
    score: Scores | None = None
    ranks: Path | None = None
    scores: Path | None = None


class NumberedResponses(Part):
    """Responses in fields of their own, ``{}`` for a number: ``completion_{}``."""

    field: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)]
    text: Paths | None = None
    rank: Paths | None = None
    ranks: Path | None = None
    """A list that has the rank of each, in the order of their numbers."""
    score: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)] | None = None


class Verdict(Part):
    """Which of two answers is better, as codes of one field. Texts and numbers are compared as they are written."""

    first_answer: Paths
    second_answer: Paths
    field: Path
    first: Codes = Field(min_length=1)
    second: Codes = Field(min_length=1)
    tie: Codes = ()
    annotators: Literal["majority", "apart", "refuse"] = "refuse"
    """Of a list of verdicts: the one that most gave; each as a record of its own; or, if they differ, by name."""

    @model_validator(mode="after")
    def _each_code_says_one_thing(self) -> Self:
        said = [("first", self.first), ("second", self.second), ("tie", self.tie)]
        for (one, codes), (other, others) in combinations(said, 2):
            if both := sorted({*codes} & {*others}):
                raise ValueError(
                    say(
                        "the code '{code}' is in {one} and in {other}, expected in one",
                        code=both[0],
                        one=one,
                        other=other,
                    )
                )
        return self


class Pair(Part):
    """The better response and the worse one, or several worse ones: texts, messages, or lists of messages."""

    chosen: Paths
    rejected: Paths
    text: Paths = ("content", "value", "text", "answer", "response")
    """In objects that are no list of messages."""


class Transcripts(Part):
    """Conversations written as one text each, in which marks say who speaks."""

    chosen: Path
    rejected: Path
    user: str = "\n\nHuman:"
    assistant: str = "\n\nAssistant:"


class Tree(Part):
    """A tree of messages: each with ranked replies is a record (Open Assistant)."""

    root: Path = "prompt"
    text: Path = "text"
    role: Path = "role"
    replies: Path = "replies"
    rank: Path = "rank"
    id: Path = "message_id"
    left_out: tuple[Path, ...] = ("deleted",)
    """Replies in which one of these is true are no responses."""
