"""What a declaration of a format says: where in a raw record the parts of a label are. Data, which execute nothing.

The built-in formats (``builtin/``) and those of a user (the folder that the setting ``formats`` names) are the same.
A *path* is the name of a field, with dots for fields in objects; where several paths are given, the first that a record
has counts.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sftrm_quality.records import LabelKind
from sftrm_quality.words import say


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Path = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^.\s][^.]*(\.[^.]+)*$")]
Paths = Annotated[tuple[Path, ...], BeforeValidator(_several), Field(min_length=1, max_length=20)]

ROLES = {
    **dict.fromkeys(("user", "human", "prompter", "사용자"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "chatgpt", "model", "어시스턴트"), "assistant"),
    **dict.fromkeys(("system", "시스템"), "system"),
    **dict.fromkeys(("tool", "observation", "function", "function_response", "ipython"), "tool"),
    **dict.fromkeys(("function_call", "tool_call"), "function_call"),
}
"""Who speaks, by the names that public files have (LLaMA-Factory's and OpenAI's among them)."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Prompt(_Part):
    """What the label is for: one text, or several joined. The first part is needed."""

    parts: Annotated[tuple[Paths, ...], Field(min_length=1, max_length=8)]
    joiner: str = "\n\n"
    stand_ins: tuple[str, ...] = ("no input", "noinput", "<noinput>", "n/a", "na", "none", "null", "nan", "无", "없음")
    """Texts of a further part that stand for none, case not regarded (seen in public Alpaca files)."""


class Messages(_Part):
    """A list of turns: which fields of a turn say who speaks and what."""

    path: Paths
    role: Paths = ("role", "from")
    content: Paths = ("content", "value")
    roles: dict[str, Literal["user", "assistant", "system", "tool", "function_call"]] = Field(default_factory=dict)
    """Names of roles beside the usual ones."""


class Scores(_Part):
    """Where the score of a response is: higher is better. Of several paths the mean of those that hold a number."""

    paths: Paths
    texts: bool = False
    """Scores may be texts of numbers; any other text is no score."""


class ListedResponses(_Part):
    """Responses in a list of objects, or of texts with lists of ranks or scores beside it."""

    path: Paths
    text: Paths | None = None
    rank: Paths | None = None
    score: Scores | None = None
    ranks: Path | None = None
    scores: Path | None = None


class NumberedResponses(_Part):
    """Responses in fields of their own, ``{}`` for a number: ``completion_{}``."""

    field: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)]
    text: Paths | None = None
    rank: Paths | None = None
    ranks: Path | None = None
    """A list that has the rank of each, in the order of their numbers."""
    score: Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$", max_length=100)] | None = None


class Verdict(_Part):
    """Which of two answers is better, as codes of one field. Texts and numbers are compared as they are written."""

    first_answer: Paths
    second_answer: Paths
    field: Path
    first: tuple[str, ...] = Field(min_length=1)
    second: tuple[str, ...] = Field(min_length=1)
    tie: tuple[str, ...] = ()
    annotators: Literal["majority", "refuse"] = "refuse"
    """Of a list of verdicts the one that most gave; or such records are quarantined by name."""


class Pair(_Part):
    """The better response and the worse one, or several worse ones: texts, messages, or lists of messages."""

    chosen: Paths
    rejected: Paths
    text: Paths = ("content", "value", "text", "answer", "response")
    """In objects that are no list of messages."""


class Transcripts(_Part):
    """Conversations written as one text each, in which marks say who speaks."""

    chosen: Path
    rejected: Path
    user: str = "\n\nHuman:"
    assistant: str = "\n\nAssistant:"


class Tree(_Part):
    """A tree of messages: each with ranked replies is a record (Open Assistant)."""

    root: Path = "prompt"
    text: Path = "text"
    role: Path = "role"
    replies: Path = "replies"
    rank: Path = "rank"
    id: Path = "message_id"
    left_out: tuple[Path, ...] = ("deleted",)
    """Replies in which one of these is true are no responses."""


class Declaration(_Part):
    """One format. ``label_kind`` and the parts that it has say which shape its records are of."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    label_kind: LabelKind
    about: str = Field("", max_length=300)
    prompt: Prompt | None = None
    answer: Paths | None = None
    messages: Messages | None = None
    listed: ListedResponses | None = None
    numbered: NumberedResponses | None = None
    verdict: Verdict | None = None
    pair: Pair | None = None
    transcripts: Transcripts | None = None
    tree: Tree | None = None
    system: Paths | None = None
    history: Path | None = None
    """Earlier turns: messages, or pairs of a question and an answer."""
    category: Path | None = None
    subcategory: Path | None = None
    question_type: Path | None = None
    id: Path | None = None
    rank_base: Literal[0, 1] = 1
    rank_direction: Literal["lowest_is_best", "highest_is_best"] = "lowest_is_best"
    keep: tuple[str, ...] = ()
    """Fields that are kept as metadata, though their names or lengths look like content."""
    ignore: dict[str, str] = Field(default_factory=dict)
    """Fields that are left out on purpose, each with the reason."""
    absent: tuple[str, ...] = ()
    """Fields that records of the format do not have: what tells them from those of another one."""
    example: dict[str, object] = Field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        responses = [p for p in ("listed", "numbered", "verdict", "pair", "transcripts", "tree") if getattr(self, p)]
        if self.label_kind is LabelKind.SFT:
            if responses or (self.answer is None) == (self.messages is None):
                raise ValueError(say("an SFT format has either answer or messages, and no responses"))
            if self.answer is not None and self.prompt is None:
                raise ValueError(say("answer needs a prompt"))
        else:
            if len(responses) != 1 or self.answer is not None:
                raise ValueError(
                    say("an RM format has one of listed, numbered, verdict, pair, transcripts, tree, and no answer")
                )
            if responses[0] in ("listed", "numbered", "verdict") and self.prompt is None and self.messages is None:
                raise ValueError(say("{responses} needs a prompt or messages", responses=responses[0]))
        if self.listed and not any((self.listed.rank, self.listed.score, self.listed.ranks, self.listed.scores)):
            raise ValueError(say("listed needs rank, score, ranks or scores"))
        if self.numbered and not any((self.numbered.rank, self.numbered.ranks, self.numbered.score)):
            raise ValueError(say("numbered needs rank, ranks or score"))
        return self
