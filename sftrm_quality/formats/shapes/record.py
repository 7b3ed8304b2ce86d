"""One raw record while its parts are looked up: what was read of it is noted, so that the rest can be kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from sftrm_quality.formats.wire import described
from sftrm_quality.words import say

_NOTHING: Any = object()


class Misread(Exception):
    """Leaves the reading of one record; caught by `declared`, never seen outside."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def wrong_type(path: str, value: object, expected: str) -> Misread:
    """A value of another type than the declaration says."""
    said = say("{path} is {found}, expected {expected}", path=path, found=described(value), expected=expected)
    return Misread("field_type_wrong", said)


def lookup(value: object, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def as_text(value: object, path: str) -> str | None:
    """A text or nothing; parts of a message that are all text are one text.

    Raises:
        Misread: It is something else.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(_is_text_part(part) for part in value):
        return "".join(part["text"] for part in value)
    raise wrong_type(path, value, say("a text"))


def _is_text_part(part: object) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str)


def as_number(value: object, path: str, texts: bool = False) -> float | None:
    """A number or nothing.

    Args:
        value: Of a field.
        path: That of the field, for the error.
        texts: A text of a number is one, any other text is none.

    Raises:
        Misread: It is something else.
    """
    if value is None:
        return None
    if texts and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(path, value, say("a number"))
    try:
        return float(value)
    except OverflowError:
        raise wrong_type(path, value, say("a number below 1.8e308")) from None


class RawRecord:
    """A record, and the names that were read of it (``shape``, as `rest.rest_of` takes them)."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = record
        self.shape: dict[str, Any] = {}

    def get(self, paths: Sequence[str], shape: Any = None) -> tuple[str, Any]:
        """The first of some paths that has a value, and the value; None where none has.

        Args:
            paths: Dotted names.
            shape: What is read of the value, None for all of it.
        """
        for path in paths:
            value = lookup(self.record, path)
            if value is not None:
                self.note(path, shape)
                return path, value
        for path in paths:
            self.note(path, shape)
        return paths[0], None

    def note(self, path: str, shape: Any = None) -> None:
        """Note that something was read."""
        *outer, last = path.split(".")
        here = self.shape
        for name in outer:
            below = here.setdefault(name, {})
            if not isinstance(below, dict):  # all of it is read already
                return
            here = below
        here[last] = shape

    def text(self, paths: Sequence[str], one: str = "") -> str | None:
        """A text that may go by several names. A blank one says nothing, and so disagrees with nothing.

        Args:
            paths: Its names.
            one: What is expected once, for the error; "" for a text.

        Raises:
            Misread: It is something else, or two of the names disagree.
        """
        given = {path: text for path in paths if (text := as_text(self.get((path,))[1], path)) is not None}
        said = {path: text for path, text in given.items() if text.strip()}
        if len(set(said.values())) > 1:
            what = one or say("text")
            raise Misread(
                "aliases_disagree", say("{given} differ, expected one {what}", given=say(" and ").join(said), what=what)
            )
        return next(iter((said or given).values()), None)

    def sequence(self, paths: Sequence[str], shape: Any = None) -> list[Any] | None:
        """A list. Raises Misread where it is something else."""
        path, value = self.get(paths, shape)
        if value is None or isinstance(value, list):
            return value
        raise wrong_type(path, value, say("a list"))
