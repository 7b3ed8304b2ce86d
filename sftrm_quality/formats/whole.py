"""Declared formats whose records are read as a whole, one by one: conversations, pairs, rankings, trees."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats import fitting
from sftrm_quality.formats.base import NO_ID, Record, column
from sftrm_quality.formats.cells import of_cells
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.formats.rest import Shape
from sftrm_quality.formats.shapes import pairs, responses, trees, turns
from sftrm_quality.formats.shapes.prompts import context
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_text
from sftrm_quality.formats.wire import Misfit, described
from sftrm_quality.reading import Links
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.words import say

_TWO = 2
"""Responses of a pair: one of each side."""


@dataclass(frozen=True)
class ReadRecord:
    """What was made of a raw record: its candidates, mostly one, and the names that were read of it.

    losers_tie: it says that one response is better than several, and nothing about these.
    """

    candidates: Sequence[Mapping[str, Any]]
    shape: Shape
    losers_tie: bool


class WholeFormat:
    """A declaration of any shape but fields with one answer."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration

    @property
    def name(self) -> str:
        return self.declaration.name

    @property
    def label_kind(self) -> LabelKind:
        return self.declaration.label_kind

    @property
    def label_fields(self) -> str:
        numbered = self.declaration.numbered
        if numbered is not None:
            return fitting.pattern_of(numbered.field)
        names = fitting.label_names(self.declaration)
        return "|".join(re.escape(path.split(".")[0]) for paths in names for path in paths)

    @property
    def needs(self) -> Sequence[Sequence[str]]:
        return fitting.needed_names(self.declaration)

    @property
    def ignores(self) -> Sequence[tuple[str, str]]:
        return tuple(self.declaration.ignore.items())

    def of_cells(self, record: Record) -> Record:
        """A row of a table of texts, with what its cells hold where lists, objects or numbers are due."""
        return of_cells(record, self.declaration)

    @cached_property
    def _outer_names(self) -> tuple[frozenset[str], ...]:
        """Of each field that its records have for certain, the names that are looked up in the record itself."""
        declared = self.declaration
        # Fields with a number have one of several; a tree of joined messages has these, and nothing of its own.
        fields = (declared.numbered.field, declared.numbered.score) if declared.numbered else ()
        numbered = [re.compile(fitting.pattern_of(one)) for one in fields if one]
        instead = {trees.MEMBERS} if declared.tree is not None and declared.tree.parent is not None else set()
        return tuple(
            frozenset(path.split(".")[0] for path in paths) | instead
            for paths in self.needs
            if not any(pattern.fullmatch(paths[0]) for pattern in numbered)
        )

    def fits(self, record: Record) -> bool:
        # Each format is asked of a hundred records of every file, and most have not even the names: what cells hold is
        # looked at only where they are, or to recognise a file of a hundred records took longer than all that follows.
        for names in self._outer_names:
            if names.isdisjoint(record):
                return False
        return fitting.fits(self.of_cells(record), self.declaration)

    def wire_schema(self, sample: Sequence[object], id_field: str) -> pa.Schema:
        """Nothing is read in batches: a name that no field has makes every record one with more fields."""
        return pa.schema([("\ufdd0", pa.string())])

    def read(self, value: object, id_field: str) -> ReadRecord | Misfit:
        """Take one record apart.

        Args:
            value: Any JSON value.
            id_field: Where the ids are, "" for nowhere.

        Returns:
            Its candidates, responses with ranks as delivered; or why there are none.
        """
        if not isinstance(value, Mapping):
            found = described(value)
            return Misfit("not_an_object", say("the record is {found}, expected an object", found=found))
        raw = RawRecord(value)
        try:
            common = self._common(raw, id_field)
            made = [{**common, **one} for one in self._labelled(raw)]
            if self.declaration.verdict is not None and len(made) > 1 and common.get("data_id"):
                # Of several annotators each verdict is a record of its own.
                made = [{**one, "data_id": f"{common['data_id']}#{number}"} for number, one in enumerate(made, 1)]
        except Misread as error:
            return Misfit(error.reason, error.detail)
        return ReadRecord(made, raw.shape, self.declaration.pair is not None and _is_one_and_losers(made[0]))

    def _common(self, raw: RawRecord, id_field: str) -> dict[str, Any]:
        declared = self.declaration
        places = {
            "data_category": declared.category,
            "data_subcategory": declared.subcategory,
            "question_type": declared.question_type,
        }
        common: dict[str, Any] = {name: raw.text((path,)) for name, path in places.items() if path}
        if id_field:
            _, given = raw.get((id_field,))
            if isinstance(given, int) and not isinstance(given, bool):
                given = str(given)
            given = as_text(given, id_field)
            common["data_id"] = None if given is None or given.strip().casefold() in NO_ID else given
        return common

    def _labelled(self, raw: RawRecord) -> list[dict[str, Any]]:
        declared = self.declaration
        if declared.tree is not None:
            found = trees.rankings(raw, declared.tree)
            named = [({} if name is None else {"data_id": name}) for name, _, _ in found]
            return [
                {**_of(one, "prompt"), "responses": ranked, **name}
                for name, (_, one, ranked) in zip(named, found, strict=True)
            ]
        if declared.transcripts is not None:
            one, ranked = pairs.transcripts(raw, declared.transcripts)
            return [{**_of(one, "prompt"), "responses": ranked}]
        if self.label_kind is LabelKind.SFT:
            assert declared.messages is not None
            system = raw.text(declared.system) if declared.system else None
            one, answer = turns.label_of(turns.read_turns(raw, declared.messages) or [], system)
            return [{**_of(one, "question"), "answer": answer}]
        given = context(raw, declared)
        if declared.pair is not None:
            one, ranked = pairs.pair(raw, declared.pair, declared.messages, given)
            return [{**_of(one, "prompt"), "responses": ranked}]
        if given is None:
            raise turns.no_question()
        return [{**_of(given, "prompt"), "responses": ranked} for ranked in self._responses(raw)]

    def _responses(self, raw: RawRecord) -> Sequence[list[responses.Response] | None]:
        """The rankings of a record: one, or one for each of several annotators."""
        declared = self.declaration
        if declared.listed is not None:
            return [responses.listed(raw, declared.listed)]
        if declared.numbered is not None:
            return [responses.numbered(raw, declared.numbered)]
        assert declared.verdict is not None
        return responses.by_verdict(raw, declared.verdict)

    def candidates(self, made: Sequence[Mapping[str, Any]], source: SourceSettings) -> pa.Table:
        """Candidate columns of what was read, ranks in our direction and base.

        Args:
            made: Candidates of some records.
            source: What is declared about the file: how ties are meant.
        """
        table = pa.Table.from_pylist(list(made), schema=CANDIDATE_FIELDS[self.label_kind])
        if self.label_kind is LabelKind.SFT:
            return table
        ranked = declared_ranks(column(table, "responses"), self._meant(source))
        return table.set_column(table.schema.get_field_index("responses"), table.schema.field("responses"), ranked)

    def _meant(self, source: SourceSettings) -> SourceSettings:
        """How ranks are meant: as the format says, and where a source says something else, as the source does."""
        declared = self.declaration
        if declared.says_which_is_better:
            return source.model_copy(update={"rank_base": 1, "rank_direction": "lowest_is_best"})
        by_default = SourceSettings()
        names = ("rank_base", "rank_direction")
        own = {name: getattr(declared, name) for name in names if getattr(source, name) == getattr(by_default, name)}
        return source.model_copy(update=own)


def _is_one_and_losers(candidate: Mapping[str, Any]) -> bool:
    ranks = [response["rank"] for response in candidate["responses"]]
    return ranks.count(1) == 1 and len(ranks) > _TWO


def links_of(declared: Declaration) -> Links | None:
    """How the records of a format refer to each other; None where each is whole by itself."""
    tree = declared.tree
    return Links(tree.id, tree.parent, trees.MEMBERS) if tree is not None and tree.parent is not None else None


def _of(found: turns.Context, name: str) -> dict[str, Any]:
    return {name: found.prompt, "history": found.history, "system": found.system}
