"""Declared formats whose records are read as a whole, one by one: conversations, pairs, rankings, trees."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sftrm_quality.config import SourceSettings
from sftrm_quality.formats.base import NO_ID, Record, column
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.fields import has
from sftrm_quality.formats.ranks import declared_ranks
from sftrm_quality.formats.rest import Shape
from sftrm_quality.formats.shapes import pairs, responses, trees, turns
from sftrm_quality.formats.shapes.prompts import context
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_text, lookup
from sftrm_quality.formats.wire import Misfit, described
from sftrm_quality.reading import json_cell
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.words import say

_TWO = 2
"""Responses that a ranking has at least."""


@dataclass(frozen=True)
class ReadRecord:
    """What was made of a raw record: its candidates, mostly one, and the names that were read of it."""

    candidates: Sequence[Mapping[str, Any]]
    shape: Shape


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
            return _pattern(numbered.field)
        return "|".join(re.escape(path.split(".")[0]) for paths in self._labels() for path in paths)

    @property
    def needs(self) -> Sequence[Sequence[str]]:
        declared = self.declaration
        prompt = (declared.prompt.parts[0],) if declared.prompt else ()
        conversation = (declared.messages.path,) if declared.messages else ()
        return tuple(dict.fromkeys((*prompt, *conversation, *self._labels())))

    @property
    def ignores(self) -> Sequence[tuple[str, str]]:
        return tuple(self.declaration.ignore.items())

    def _labels(self) -> Sequence[Sequence[str]]:
        """Of each part that holds labels the names that it may have."""
        declared = self.declaration
        if declared.pair:
            return (declared.pair.chosen, declared.pair.rejected)
        if declared.transcripts:
            return ((declared.transcripts.chosen,), (declared.transcripts.rejected,))
        if declared.verdict:
            return (declared.verdict.first_answer, declared.verdict.second_answer, (declared.verdict.field,))
        if declared.listed:
            beside = [path for path in (declared.listed.ranks, declared.listed.scores) if path]
            return (declared.listed.path, *((path,) for path in beside))
        if declared.numbered:
            scores = declared.numbered.score
            names = [declared.numbered.field.replace("{}", number) for number in ("0", "1")]
            names += [declared.numbered.ranks] if declared.numbered.ranks else []
            names += [scores.replace("{}", number) for number in ("0", "1")] if scores else []
            return tuple((name,) for name in names)
        if declared.tree:
            return ((f"{declared.tree.root}.{declared.tree.replies}",),)
        assert declared.messages is not None
        return (declared.messages.path,)

    def of_cells(self, record: Record) -> Record:
        """A row of a table of texts, with what its cells hold where lists, objects or numbers are due."""
        held = {name: value for name in self._nested if (value := _held(record.get(name))) is not None}
        # An answer may be a text of JSON: only what is certainly messages is taken for these.
        turns_or_text = ((name, _held(record.get(name))) for name in self._turns_or_text)
        held |= {name: value for name, value in turns_or_text if _are_messages(value)}
        scores = self.declaration.numbered.score if self.declaration.numbered else None
        if scores is not None:
            pattern = re.compile(_pattern(scores))
            numbers = {name: _number(value) for name, value in record.items() if pattern.fullmatch(name)}
            held |= {name: value for name, value in numbers.items() if value is not None}
        return {**record, **held} if held else record

    @property
    def _turns_or_text(self) -> Sequence[str]:
        """Fields on the top level that hold messages, or a text."""
        declared = self.declaration
        if declared.pair is None:
            return ()
        prompt = declared.prompt.parts[0] if declared.prompt else ()
        return [path for path in (*declared.pair.chosen, *declared.pair.rejected, *prompt) if "." not in path]

    @property
    def _nested(self) -> Sequence[str]:
        """Fields on the top level that hold no text."""
        declared = self.declaration
        paths = list(declared.messages.path) if declared.messages else []
        if declared.listed:
            paths += [*declared.listed.path, declared.listed.ranks or "", declared.listed.scores or ""]
        if declared.numbered:
            paths.append(declared.numbered.ranks or "")
        paths += [declared.history or "", declared.tree.root if declared.tree else ""]
        return [path for path in paths if path and "." not in path]

    def fits(self, record: Record) -> bool:
        record = self.of_cells(record)
        declared = self.declaration
        if any(lookup(record, path) is not None for path in declared.absent):
            return False
        if declared.numbered is not None:
            fields, scores = declared.numbered.field, declared.numbered.score
            if _numbered(record, fields) < _TWO or (scores is not None and not _numbered(record, scores)):
                return False
            patterns = [re.compile(_pattern(one)) for one in (fields, scores) if one]
            needed = [paths for paths in self.needs if not any(one.fullmatch(paths[0]) for one in patterns)]
        else:
            needed = list(self.needs)
        return all(any(has(record, path) for path in paths) for paths in needed) and self._looks_like_it(record)

    def _looks_like_it(self, record: Record) -> bool:
        """Values of the types by which formats of the same names are told apart."""
        declared = self.declaration
        if declared.transcripts is not None:
            text = record.get(declared.transcripts.chosen)
            return isinstance(text, str) and text.lstrip().startswith(declared.transcripts.user.strip())
        if declared.pair is not None and declared.prompt is None and declared.messages is None:
            return isinstance(_first(record, declared.pair.chosen), list)
        if declared.messages is not None and declared.prompt is None:
            return isinstance(_first(record, declared.messages.path), list)
        if declared.listed is not None:
            values = _first(record, declared.listed.path)
            first = values[0] if isinstance(values, list) and values else None
            if declared.listed.text is None:
                return first is None or isinstance(first, str)
            return first is None or (
                isinstance(first, Mapping) and any(has(first, path) for path in declared.listed.text)
            )
        if declared.tree is not None:
            return has(record.get(declared.tree.root), declared.tree.replies)
        return True

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
        return ReadRecord(made, raw.shape)

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
        if declared.shape in ("verdict", "pair", "transcripts"):  # the ranks are ours
            return source.model_copy(update={"rank_base": 1, "rank_direction": "lowest_is_best"})
        by_default = SourceSettings()
        names = ("rank_base", "rank_direction")
        own = {name: getattr(declared, name) for name in names if getattr(source, name) == getattr(by_default, name)}
        return source.model_copy(update=own)


def _held(cell: object) -> object:
    """The list or object of a cell; None where it holds a text."""
    found = json_cell(cell, list)
    return found if found is not None else json_cell(cell, dict)


def _are_messages(value: object) -> bool:
    turns = value if isinstance(value, list) else [value]
    return bool(turns) and all(isinstance(one, Mapping) and ("role" in one or "from" in one) for one in turns)


def _number(cell: object) -> float | None:
    try:
        return float(cell) if isinstance(cell, str) else None
    except ValueError:
        return None


def _of(found: turns.Context, name: str) -> dict[str, Any]:
    return {name: found.prompt, "history": found.history, "system": found.system}


def _pattern(numbered: str) -> str:
    """Of names with a number, or a letter that counts."""
    return r"(?:[0-9]+|[A-Za-z])".join(map(re.escape, numbered.split("{}")))


def _numbered(record: Record, names: str) -> int:
    pattern = re.compile(_pattern(names))
    return sum(pattern.fullmatch(name) is not None for name in record)


def _first(record: Record, paths: Sequence[str]) -> Any:
    return next((value for path in paths if (value := lookup(record, path)) is not None), None)
