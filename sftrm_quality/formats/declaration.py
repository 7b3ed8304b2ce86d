"""What a declaration of a format says. Data, which execute nothing.

The built-in formats (``builtin/``) and those of a user (the folder that the setting ``formats`` names) are the same.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sftrm_quality.formats.parts import (
    ListedResponses,
    Messages,
    Name,
    NumberedResponses,
    Pair,
    Part,
    Path,
    Paths,
    Prompt,
    Transcripts,
    Tree,
    Verdict,
)
from sftrm_quality.records import LabelKind
from sftrm_quality.words import described, say

RESPONSES = ("listed", "numbered", "verdict", "pair", "transcripts", "tree")
"""Parts of which an RM format has one."""
_RANKS_BY_THEMSELVES = ("answer", "messages", "verdict", "pair", "transcripts")
# What is read from the same place as the label.
_NOT_READ_WITH = {
    "answer": ("messages",),
    "messages": ("prompt", "history"),
    "transcripts": ("prompt", "messages", "system", "history"),
    "tree": ("prompt", "messages", "system", "history"),
}


FOR_PEOPLE = frozenset({"about", "about_ko", "example"})
"""Fields that say how a format is shown, and nothing about how records are read."""


class Declaration(Part):
    """One format. ``label_kind`` and the parts that it has say which shape its records are of."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    """By which settings, reports and manifests call it. That of a built-in format takes its place."""
    label_kind: LabelKind
    """What a record teaches: one answer, or a ranking."""
    about: str = Field("", max_length=300)
    """For `sftrm formats`."""
    about_ko: str = Field("", max_length=300)
    """The same in Korean; without it `about` is shown there too."""
    prompt: Prompt | None = None
    answer: Paths | None = None
    """SFT: the answer, a text."""
    messages: Messages | None = None
    listed: ListedResponses | None = None
    numbered: NumberedResponses | None = None
    verdict: Verdict | None = None
    pair: Pair | None = None
    transcripts: Transcripts | None = None
    tree: Tree | None = None
    system: Paths | None = None
    """The system message. The first turn of a conversation may be one, too."""
    history: Path | None = None
    """Earlier turns: messages, or pairs of a question and an answer."""
    category: Path | None = None
    """Becomes ``data_category``."""
    subcategory: Path | None = None
    """Becomes ``data_subcategory``."""
    question_type: Path | None = None
    """Becomes ``question_type``."""
    id: Name | None = None
    """Where the ids are. None: ``data_id``, one of the usual names, or from the content."""
    rank_base: Literal[0, 1] = 1
    """The number of the first rank. A source that says 0 counts."""
    rank_direction: Literal["lowest_is_best", "highest_is_best"] = "lowest_is_best"
    """Which end of the ranks is the best response. A source that says highest_is_best counts."""
    keep: tuple[str, ...] = ()
    """Fields that are kept as metadata, though their names or lengths look like content."""
    ignore: dict[str, str] = Field(default_factory=dict)
    """Fields that are left out on purpose, each with the reason."""
    absent: tuple[str, ...] = ()
    """Fields that records of the format do not have: what tells them from those of another one."""
    example: dict[str, object] = Field(default_factory=dict)
    """A record, for people and for `sftrm formats`."""

    @property
    def shown(self) -> str:
        """What it is, for people, in the languages that it says."""
        return described(self.about, {"ko": self.about_ko} if self.about_ko else {})

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @property
    def shape(self) -> str:
        """The part that holds the labels: ``answer``, ``messages``, or the one of responses."""
        if self.label_kind is LabelKind.SFT:
            return "answer" if self.answer is not None else "messages"
        return next(name for name in RESPONSES if getattr(self, name))

    @property
    def says_which_is_better(self) -> bool:
        """Whether the ranks are ours: a source has nothing to declare about them."""
        return self.shape in ("verdict", "pair", "transcripts")

    @property
    def lists_better_first(self) -> bool:
        """Whether the order of the responses is ours, the better one first, and says nothing of the file's."""
        return self.shape in ("pair", "transcripts")

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        """Nothing that is declared is without effect, and nothing is declared twice."""
        if mistake := next((said for rule in _RULES if (said := rule(self))), ""):
            raise ValueError(mistake)
        return self


def _parts_of_kind(declared: Declaration) -> str:
    responses = [name for name in RESPONSES if getattr(declared, name)]
    if declared.label_kind is LabelKind.SFT:
        if responses or (declared.answer is None) == (declared.messages is None):
            return say("an SFT format has either answer or messages, and no responses")
        return say("answer needs a prompt") if declared.answer is not None and declared.prompt is None else ""
    if len(responses) != 1 or declared.answer is not None:
        return say("an RM format has one of {parts}, and no answer", parts=", ".join(RESPONSES))
    if responses[0] in ("listed", "numbered", "verdict") and declared.prompt is None and declared.messages is None:
        return say("{responses} needs a prompt or messages", responses=responses[0])
    return ""


def _ranked(declared: Declaration) -> str:
    listed, numbered = declared.listed, declared.numbered
    if listed and not any((listed.rank, listed.score, listed.ranks, listed.scores)):
        return say("listed needs rank, score, ranks or scores")
    if listed and listed.text is None and (listed.rank or listed.score):
        return say(
            "listed.rank and listed.score are fields of objects, and need listed.text; beside texts: ranks, scores"
        )
    if numbered and not any((numbered.rank, numbered.ranks, numbered.score)):
        return say("numbered needs rank, ranks or score")
    if numbered and numbered.text is None and numbered.rank:
        return say("numbered.rank is a field of objects, and needs numbered.text; beside texts: ranks, score")
    return ""


def _without_effect(declared: Declaration) -> str:
    shape = declared.shape
    if shape in _RANKS_BY_THEMSELVES and (declared.rank_base, declared.rank_direction) != (1, "lowest_is_best"):
        return say("{part} has no ranks: rank_base and rank_direction say nothing", part=shape)
    unread = _NOT_READ_WITH.get(shape, ())
    if given := [name for name in unread if getattr(declared, name) is not None]:
        return say("{part} is read whole: {given} is not read beside it", part=shape, given=given[0])
    return ""


def _tree_by_one_way(declared: Declaration) -> str:
    tree = declared.tree
    if tree is None or tree.parent is None:
        return ""
    by_default = Tree()
    given = [name for name in ("root", "replies") if getattr(tree, name) != getattr(by_default, name)]
    return say("tree.parent is given: tree.{given} is not read", given=given[0]) if given else ""


def _paths_apart(declared: Declaration) -> str:
    """Columns are read by one type: a field is a text or an object with fields."""
    if declared.shape != "answer":
        return ""
    assert declared.prompt is not None and declared.answer is not None
    groups = (*declared.prompt.parts, declared.answer, declared.system or ())
    others = (declared.history, declared.category, declared.subcategory, declared.question_type)
    paths = sorted({path for group in groups for path in group} | {path for path in others if path})
    for outer in paths:
        if inner := next((path for path in paths if path.startswith(f"{outer}.")), None):
            return say("{inner} is in {outer}, which is read as a text: expected one of them", inner=inner, outer=outer)
    return ""


_RULES = (_parts_of_kind, _ranked, _without_effect, _tree_by_one_way, _paths_apart)
