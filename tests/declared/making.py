"""What makers of records have in common: texts, turns, and what a record says."""

from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]
Made = tuple[Record, list[dict[str, Any]]]
"""A record, and the candidates that it is."""
TEXT = st.text('가나 ab?"\\<é\n', min_size=1, max_size=10).filter(str.strip)
ROLES = {
    "user": ("user", "human", "Human", "prompter", "사용자"),
    "assistant": ("assistant", "gpt", "bot", "model"),
    "tool": ("tool", "observation"),
    "function_call": ("function_call",),
    "system": ("system",),
}
STAND_INS = ("", "  ", "No input", "<noinput>", "N/A", "无", " nan\n", "(No input required.)", "[None]")
SCORE = st.integers(-3, 5).map(lambda number: number / 2)


@st.composite
def turns(draw: Any, tools: bool = True) -> tuple[list[tuple[str, str]], str]:
    """Earlier turns, and the question."""
    earlier: list[tuple[str, str]] = []
    for _ in range(draw(st.integers(0, 2))):
        earlier.append(("user", draw(TEXT)))
        if tools and draw(st.booleans()):
            earlier += [("function_call", draw(TEXT)), ("tool", draw(TEXT))]
        earlier.append(("assistant", draw(TEXT)))
    return earlier, draw(TEXT)


def messages(draw: Any, spoken: list[tuple[str, str]], role: str = "role", content: str = "content") -> list[Record]:
    return [{role: draw(st.sampled_from(ROLES[who])), content: said} for who, said in spoken]


def pairs(earlier: list[tuple[str, str]]) -> list[list[str]]:
    texts = [text for _, text in earlier]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def truth_of(label: dict[str, Any], system: str | None, history: list[tuple[str, str]]) -> dict[str, Any]:
    return {**label, **({"system": system} if system else {}), **({"history": history} if history else {})}


def plain(*names: str, answer: str) -> st.SearchStrategy[Made]:
    @st.composite
    def make(draw: Any) -> Made:
        prompt, label, name = draw(TEXT), draw(TEXT), draw(st.sampled_from(names))
        return {name: prompt, answer: label, "tokens": 5}, [{"question": prompt, "answer": label}]

    return make()


def conversation(field: str, role: str, content: str) -> st.SearchStrategy[Made]:
    @st.composite
    def make(draw: Any) -> Made:
        earlier, question = draw(turns())
        system, answer = draw(st.none() | TEXT), draw(TEXT)
        spoken = [*earlier, ("user", question), ("assistant", answer)]
        record: Record = {}
        where = draw(st.sampled_from(["first turn", "field", "both"])) if system else ""
        if where in ("first turn", "both"):
            spoken.insert(0, ("system", system))
        record[field] = messages(draw, spoken, role, content)
        if where in ("field", "both"):
            record["system"] = system
        return record, [truth_of({"question": question, "answer": answer}, system, earlier)]

    return make()


def by_score(texts: list[str], scores: list[float | None]) -> list[tuple[str, float | None]]:
    """The higher the better, equal ones alike."""
    given = sorted({score for score in scores if score is not None}, reverse=True)
    return [
        (text, None if score is None else given.index(score) + 1.0) for text, score in zip(texts, scores, strict=True)
    ]
