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


AROUND = "()[]{}<>\"'. "
"""What may be around a stand-in: (no input), [None]."""


def _folded(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip().lower().strip(AROUND) for text in texts))


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


_STAND_INS = (
    *(
        "no input",
        "noinput",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "not applicable",
        "无",
        "無",
        "なし",
        "없음",
        "입력 없음",
    ),
    *(f"no input {word}" for word in ("required", "needed", "necessary", "provided", "given")),
)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Prompt(Part):
    """What the label is for: one text, or several joined."""

    parts: Annotated[tuple[Paths, ...], Field(min_length=1, max_length=8)]
    """Texts, each by one name or by several. The first is needed; the others may be absent, blank or a stand-in."""
    joiner: str = "\n\n"
    """What is between two parts: a blank line, which is what people read."""
    stand_ins: Annotated[tuple[str, ...], AfterValidator(_folded)] = _STAND_INS
    """Texts of a further part that stand for none, case, brackets and full stops around them not regarded (seen in
    public Alpaca files)."""


class Messages(Part):
    """A list of turns: which fields of a turn say who speaks and what."""

    path: Paths
    """The list."""
    role: Paths = ("role", "from")
    """Who speaks."""
    content: Paths = ("content", "value")
    """What is said: a text, or a list of parts that are all text."""
    roles: dict[str, Literal["user", "assistant", "system", "tool", "function_call"]] = Field(default_factory=dict)
    """Names of roles beside the usual ones: user, human, prompter, assistant, gpt, bot, model, system, tool, …"""


class Scores(Part):
    """Where the score of a response is: higher is better. Of several paths the mean of those that hold a number."""

    paths: Paths
    """In the response."""
    texts: bool = False
    """Scores may be texts of numbers; any other text is no score."""


class ListedResponses(Part):
    """Responses in a list of objects, or of texts with lists of ranks or scores beside it."""

    path: Paths
    """The list."""
    text: Paths | None = None
    """In each object, what the response says. Without it the list is one of texts."""
    rank: Paths | None = None
    """In each object."""
    score: Scores | None = None
    """In each object."""
    ranks: Path | None = None
    """A list of ranks, one for each response."""
    scores: Path | None = None
    """A list of scores, one for each response."""


class NumberedResponses(Part):
    """Responses in fields of their own."""

    field: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)]
    """Their names, ``{}`` for a number or a letter: ``completion_{}``."""
    text: Paths | None = None
    """In each, what the response says, where they are objects."""
    rank: Paths | None = None
    """In each, where they are objects."""
    ranks: Path | None = None
    """A list that has the rank of each, in the order of their numbers."""
    score: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)] | None = None
    """Fields with the score of each: ``score_{}``."""


class Verdict(Part):
    """Which of two answers is better, as codes of one field. Texts and numbers are compared as they are written."""

    first_answer: Paths
    """A text."""
    second_answer: Paths
    """A text."""
    field: Path
    """The verdict, or a list of those of several annotators."""
    first: Codes = Field(min_length=1)
    """Codes that say that the first answer is better."""
    second: Codes = Field(min_length=1)
    """Codes that say that the second one is."""
    tie: Codes = ()
    """Codes that say that neither is: both have rank 1, which ``ties`` of the source allows, refuses or drops."""
    annotators: Literal["majority", "apart", "refuse"] = "refuse"
    """Of a list of verdicts: the one that most gave; each as a record of its own; or, if they differ, by name."""

    @model_validator(mode="after")
    def _each_code_says_one_thing(self) -> Self:
        said = [("first", self.first), ("second", self.second), ("tie", self.tie)]
        for (one, codes), (other, others) in combinations(said, 2):
            if both := sorted({*codes} & {*others}):
                said_twice = say("the code '{code}' is in {one} and in {other}", code=both[0], one=one, other=other)
                raise ValueError(said_twice)
        return self


class Pair(Part):
    """The better response and the worse one, or several: texts, messages, or lists of messages that hold the prompt."""

    chosen: Paths
    """The better one. Several have rank 1."""
    rejected: Paths
    """The worse one. Several have rank 2; below a single better one that is no tie that ``ties`` of the source would
    have to allow."""
    text: Paths = ("content", "value", "text", "answer", "response")
    """In objects that are no list of messages."""


class Transcripts(Part):
    """Conversations written as one text each, in which marks say who speaks."""

    chosen: Path
    """The better one."""
    rejected: Path
    """The worse one. Both are the same up to their last answer."""
    user: str = "\n\nHuman:"
    """In front of what a user says."""
    assistant: str = "\n\nAssistant:"
    """In front of what the assistant says."""


class Tree(Part):
    """A tree of messages: each with two or more ranked replies is a record (Open Assistant)."""

    parent: Path | None = None
    """In a message, the id of the one that it answers. Then each raw record is a message, and ``root`` and ``replies``
    are not read: those of a tree are put together, from wherever in the file they are."""
    root: Path = "prompt"
    """The first message."""
    text: Path = "text"
    """In a message, what it says."""
    role: Path = "role"
    """In a message, who speaks."""
    replies: Path = "replies"
    """In a message, a list of messages."""
    rank: Path = "rank"
    """In a reply. Those without one are no responses."""
    id: Path = "message_id"
    """In a message: that of a question is its record's id."""
    left_out: tuple[Path, ...] = ("deleted",)
    """Replies in which one of these is true are no responses."""
