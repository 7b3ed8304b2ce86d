"""Rows of tables of texts: what their cells hold where a declaration is due lists, objects or numbers."""

import re
from collections.abc import Mapping, Sequence

from sftrm_quality.formats.base import Record
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.formats.fitting import pattern_of
from sftrm_quality.formats.parts import Tree
from sftrm_quality.formats.shapes import trees
from sftrm_quality.reading import json_cell


def of_cells(record: Record, declared: Declaration) -> Record:
    """A row of a table of texts as the record that it is.

    Args:
        record: The row, or a record of any other file, which stays as it is.
        declared: The format.

    Returns:
        The record, with lists, objects and numbers where the format has them.
    """
    held = {name: value for name in _nested(declared) if (value := _held(record.get(name))) is not None}
    # An answer may be a text of JSON: only what is certainly messages is taken for these.
    turns_or_text = ((name, _held(record.get(name))) for name in _turns_or_text(declared))
    held |= {name: value for name, value in turns_or_text if _are_messages(value)}
    scores = declared.numbered.score if declared.numbered else None
    if scores is not None:
        pattern = re.compile(pattern_of(scores))
        numbers = {name: _number(value) for name, value in record.items() if pattern.fullmatch(name)}
        held |= {name: value for name, value in numbers.items() if value is not None}
    if declared.tree is not None and declared.tree.parent is not None and (joined := trees.members_of(record)):
        held[trees.MEMBERS] = [_message(one, declared.tree) for one in joined]
    return {**record, **held} if held else record


def _message(cells: Record, tree: Tree) -> Record:
    """A message of one row: its rank is a number, and what leaves it out is true or not."""
    held = {tree.rank: _number(cells.get(tree.rank))}
    held |= {name: True for name in tree.left_out if str(cells.get(name)).strip().casefold() == "true"}
    return {**cells, **{name: value for name, value in held.items() if value is not None}}


def _turns_or_text(declared: Declaration) -> Sequence[str]:
    """Fields on the top level that hold messages, or a text."""
    if declared.pair is None:
        return ()
    prompt = declared.prompt.parts[0] if declared.prompt else ()
    return [path for path in (*declared.pair.chosen, *declared.pair.rejected, *prompt) if "." not in path]


def _nested(declared: Declaration) -> Sequence[str]:
    """Fields on the top level that hold no text."""
    paths = list(declared.messages.path) if declared.messages else []
    if declared.listed:
        paths += [*declared.listed.path, declared.listed.ranks or "", declared.listed.scores or ""]
    if declared.numbered:
        paths.append(declared.numbered.ranks or "")
    tree = declared.tree.root if declared.tree and declared.tree.parent is None else ""
    paths += [declared.history or "", tree]
    return [path for path in paths if path and "." not in path]


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
