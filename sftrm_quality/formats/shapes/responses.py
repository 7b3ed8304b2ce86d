"""Ranked responses: a list of them, fields with numbers, or two answers with a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sftrm_quality.formats.parts import ListedResponses, NumberedResponses, Scores, Verdict, code_of
from sftrm_quality.formats.shapes.record import Misread, RawRecord, as_number, as_text, lookup, wrong_type
from sftrm_quality.formats.wire import described
from sftrm_quality.words import say

Response = dict[str, Any]
# Fields with a number that are looked for; the real files that were seen have up to nine.
_MOST_NUMBERED = 100


def listed(raw: RawRecord, declared: ListedResponses) -> list[Response] | None:
    """Responses in a list; None where there is no list.

    Raises:
        Misread: An element or a value in it is of another type than declared, or a list beside it has another length.
    """
    path, _ = raw.get(declared.path)
    values = raw.sequence(declared.path, _element_shape(declared))
    if values is None:
        return None
    ranks = _aligned(raw, declared.ranks, len(values))
    scores = _aligned(raw, declared.scores, len(values))
    return [
        _element(value, declared, f"{path}[{at}]", rank, score)
        for at, (value, rank, score) in enumerate(zip(values, ranks, scores, strict=True))
    ]


def _element_shape(declared: ListedResponses) -> list[Any] | None:
    if declared.text is None:
        return None
    paths = [*declared.text, *(declared.rank or ()), *(declared.score.paths if declared.score else ())]
    noted = RawRecord({})
    for path in paths:
        noted.note(path)
    return [noted.shape]


def _element(value: Any, declared: ListedResponses, path: str, rank: float | None, score: float | None) -> Response:
    if declared.text is None:
        return {"text": as_text(value, path), "rank": rank, "score": score}
    if not isinstance(value, Mapping):
        raise wrong_type(path, value, say("an object"))
    text = next((found for name in declared.text if (found := lookup(value, name)) is not None), None)
    if declared.rank is not None:
        found = next((found for name in declared.rank if (found := lookup(value, name)) is not None), None)
        rank = as_number(found, f"{path}.{declared.rank[0]}")
    if declared.score is not None:
        score = _mean(value, declared.score, path)
    return {"text": as_text(text, f"{path}.{declared.text[0]}"), "rank": rank, "score": score}


def _mean(value: Mapping[str, Any], scores: Scores, path: str) -> float | None:
    """The mean of the scores that are numbers; a null or a text that is no number is none."""
    found = [as_number(lookup(value, name), f"{path}.{name}", scores.texts) for name in scores.paths]
    given = [number for number in found if number is not None]
    return sum(given) / len(given) if given else None


def _aligned(raw: RawRecord, path: str | None, count: int) -> Sequence[float | None]:
    """A list beside the responses, one entry for each of them."""
    if path is None:
        return [None] * count
    values = raw.sequence((path,))
    if values is None:
        return [None] * count
    if len(values) != count:
        raise Misread(
            "responses_unmatched",
            say(
                "{path} has {found} entries, expected one per response: {count}",
                path=path,
                found=len(values),
                count=count,
            ),
        )
    return [as_number(value, f"{path}[{at}]") for at, value in enumerate(values)]


def numbered(raw: RawRecord, declared: NumberedResponses) -> list[Response] | None:
    """Responses in fields with numbers, in the order of these; None where there is none.

    Raises:
        Misread: A value is of another type than declared, or there are more or fewer ranks than responses.
    """
    found = list(_numbered_values(raw, declared))
    if not found:
        return None
    ranks = _aligned(raw, declared.ranks, len(found))
    responses = []
    for (number, path, value), rank in zip(found, ranks, strict=True):
        of_field, text = rank, value
        if declared.text is not None:
            if not isinstance(value, Mapping):
                raise wrong_type(path, value, say("an object"))
            text = next((one for name in declared.text if (one := lookup(value, name)) is not None), None)
            of_field = next((as_number(lookup(value, name), f"{path}.{name}") for name in declared.rank or ()), rank)
        score = None
        if declared.score is not None:
            name = declared.score.replace("{}", number)
            score = as_number(raw.get((name,))[1], name)
        responses.append({"text": as_text(text, path), "rank": of_field, "score": score})
    return responses


def _numbered_values(raw: RawRecord, declared: NumberedResponses) -> Iterator[tuple[str, str, Any]]:
    """Numbers as they are written in names, names and values; a number may have a leading zero, or be a letter."""
    shape = None
    if declared.text is not None:
        noted = RawRecord({})
        for path in (*declared.text, *(declared.rank or ())):
            noted.note(path)
        shape = noted.shape
    before, after = declared.field.split("{}")
    names = []
    for name in raw.record:
        if name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after):
            number = name[len(before) : len(name) - len(after)]
            if number.isascii() and (number.isdigit() or (len(number) == 1 and number.isalpha())):
                names.append((number.zfill(3), number, name))
    for _, number, name in sorted(names)[:_MOST_NUMBERED]:
        raw.note(name, shape)
        yield number, name, raw.record[name]


def by_verdict(raw: RawRecord, declared: Verdict) -> list[list[Response]]:
    """Two answers, ranked by what a field says of them: once, or for each of several annotators if these are apart.

    Raises:
        Misread: No declared code is that of the verdict, or several annotators do not agree as declared.
    """
    _, value = raw.get((declared.field,))
    verdicts = [_better(one, declared) for one in (value if isinstance(value, list) else [value])]
    if not verdicts:
        raise Misread("verdict_unknown", say("{field} is an empty list, expected a verdict", field=declared.field))
    if declared.annotators == "apart":
        return [_ranked(raw, declared, one) for one in verdicts]
    counts = {better: verdicts.count(better) for better in verdicts}
    most = max(counts.values())
    winners = [better for better, count in counts.items() if count == most]
    if len(counts) > 1 and (declared.annotators == "refuse" or len(winners) > 1):
        shown = ", ".join(f"{code_of(one)}" for one in value)
        raise Misread("verdict_split", say("{field} is {codes}: no majority", field=declared.field, codes=shown))
    return [_ranked(raw, declared, winners[0])]


def _ranked(raw: RawRecord, declared: Verdict, better: str) -> list[Response]:
    ranks = {"first": (1.0, 2.0), "second": (2.0, 1.0), "tie": (1.0, 1.0)}[better]
    texts = (raw.text(declared.first_answer), raw.text(declared.second_answer))
    return [{"text": text, "rank": rank, "score": None} for text, rank in zip(texts, ranks, strict=True)]


def _better(value: Any, declared: Verdict) -> str:
    code = code_of(value)
    for name in ("first", "second", "tie"):
        if code in getattr(declared, name):
            return name
    known = ", ".join((*declared.first, *declared.second, *declared.tie))
    raise Misread(
        "verdict_unknown",
        say("{field} is {found}, expected one of {known}", field=declared.field, found=described(value), known=known),
    )
