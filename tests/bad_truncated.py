"""Texts that end too early, at every structural point: before each brace, bracket, comma, colon and quote."""

from collections.abc import Iterator

from tests.bad_files import BadFile, dumped, good, good_ranking, ids, wrapped

_MAKERS = {"sft": good, "rm": good_ranking}


def points(text: str) -> list[int]:
    """Positions of the structural characters: those outside strings, and the quotes themselves."""
    found, inside, escaped = [], False, False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif inside and character == "\\":
            escaped = True
        elif character == '"':
            inside = not inside
            found.append(at)
        elif not inside and character in "{}[],:":
            found.append(at)
    return found


def truncated(form: str, kind: str) -> Iterator[BadFile]:
    """Two records, cut before each structural character in turn."""
    number = 0
    while True:
        name = f"cut-{form}-{kind}-{number:03d}.json"
        records = dumped([_MAKERS[kind](name, n) for n in range(2)])
        text = wrapped(form, records)
        cuts = points(text)
        if number == len(cuts):
            return
        yield _case(name, form, text, cuts[number])
        number += 1


def _list_of(form: str, text: str) -> tuple[int, int, list[int]]:
    """Where the list of records begins and ends (its brackets; the whole text without), and where each record ends."""
    level = {"document": 2, "array": 1}.get(form, 0)
    depth, begin, end, ends = 0, -1, len(text), []
    for at in points(text):
        if text[at] in "{[":
            depth += 1
            begin = at if text[at] == "[" and depth == level else begin
        elif text[at] in "}]":
            end = at if text[at] == "]" and depth == level else end
            depth -= 1
            if text[at] == "}" and depth == level:
                ends.append(at + 1)
    return begin, end, ends


def _case(name: str, form: str, text: str, cut: int) -> BadFile:
    begin, end, ends = _list_of(form, text)
    data = text[:cut].encode()
    if cut == 0:
        return BadFile(name, data, refused=("empty file",))
    if cut <= begin:
        return BadFile(name, data, refused=("JSON",))
    kept = [stop for stop in ends if stop <= cut]
    rest = text[max([begin + 1, *kept]) : cut].strip(", \n")
    in_list = begin >= 0
    if not kept:
        known = in_list and (rest or form == "document")
        return BadFile(name, data, refused=("no known format" if known else "no whole record was found",))
    reasons: tuple[str, ...] = ("unclosed_document",) if in_list else ()
    if rest and cut <= end:
        reasons = ("truncated_record",)
    return BadFile(name, data, ids(name, *range(len(kept))), reasons)


TRUNCATED = [
    case for form in ("document", "array", "lines", "sequence") for kind in ("sft", "rm")
    if kind == "sft" or form == "document" for case in truncated(form, kind)
]  # fmt: skip
