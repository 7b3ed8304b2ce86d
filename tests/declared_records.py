"""Makers of records of every built-in format, with what they say."""

from typing import Any

import hypothesis
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


def _truth(label: dict[str, Any], system: str | None, history: list[tuple[str, str]]) -> dict[str, Any]:
    return {**label, **({"system": system} if system else {}), **({"history": history} if history else {})}


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


def _pairs(earlier: list[tuple[str, str]]) -> list[list[str]]:
    texts = [text for _, text in earlier]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


@st.composite
def alpaca(draw: Any) -> Made:
    instruction, answer = draw(TEXT), draw(TEXT)
    record: Record = {"instruction": instruction, draw(st.sampled_from(["output", "response"])): answer}
    kind = draw(st.sampled_from(["absent", "null", "stand-in", "text"]))
    question = instruction
    if kind != "absent":
        text = {"null": None, "stand-in": draw(st.sampled_from(STAND_INS)), "text": draw(TEXT)}[kind]
        record["input"] = text
        question = f"{instruction}\n\n{text}" if kind == "text" else instruction
    system = draw(st.none() | TEXT)
    if system:
        record[draw(st.sampled_from(["system", "system_prompt"]))] = system
    earlier, _ = draw(turns(tools=False))
    if earlier:
        record["history"] = _pairs(earlier)
    return record, [_truth({"question": question, "answer": answer}, system, earlier)]


def _plain(*names: str, answer: str) -> st.SearchStrategy[Made]:
    @st.composite
    def make(draw: Any) -> Made:
        prompt, label, name = draw(TEXT), draw(TEXT), draw(st.sampled_from(names))
        return {name: prompt, answer: label, "tokens": 5}, [{"question": prompt, "answer": label}]

    return make()


def _conversation(field: str, role: str, content: str) -> st.SearchStrategy[Made]:
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
        return record, [_truth({"question": question, "answer": answer}, system, earlier)]

    return make()


@st.composite
def hh_rlhf(draw: Any) -> Made:
    earlier, question = draw(turns(tools=False))
    chosen, rejected = draw(st.just("") | TEXT), draw(st.just("") | TEXT)
    said = [*earlier, ("user", question)]
    marks = {"user": "\n\nHuman:", "assistant": "\n\nAssistant:"}
    before = "".join(f"{marks[who]} {text}" for who, text in said) + marks["assistant"]
    before = before.lstrip() if draw(st.booleans()) else before
    record = {"chosen": f"{before} {chosen}", "rejected": f"{before} {rejected}"}
    return record, [_truth({"prompt": question, "responses": [(chosen, 1.0), (rejected, 2.0)]}, None, earlier)]


@st.composite
def pair(draw: Any) -> Made:
    earlier, question = draw(turns())
    best, worse = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=3))
    kind = draw(st.sampled_from(["texts", "losers", "objects", "answers", "prompt again", "lists", "history"]))
    record: Record = {}
    if kind in ("texts", "losers", "objects", "history"):
        name = draw(st.sampled_from(["prompt", "question", "instruction", "query"]))
        worse = worse if kind == "losers" else worse[:1]
        earlier = [turn for turn in earlier if turn[0] in ("user", "assistant")] if kind == "history" else []
        record = {name: question, "chosen": best, "rejected": worse if kind == "losers" else worse[0]}
        if kind == "history":
            record["history"] = _pairs(earlier)
        if kind == "objects":
            record["chosen"] = {"llm_name": "a", "answer": best}
            record["rejected"] = [{"llm_name": "b", "answer": worse[0]}]
    else:
        worse = worse[:1]
        before = messages(draw, [*earlier, ("user", question)])
        again = [] if kind == "answers" else before
        prompt: Any = before
        if kind == "prompt again":
            prompt = draw(st.sampled_from([before[0]["content"], question]))
        record = {
            "prompt": prompt,
            "chosen": [*again, *messages(draw, [("assistant", best)])],
            "rejected": [*again, *messages(draw, [("assistant", worse[0])])],
            "score_chosen": 9.5,
        }
    responses = [(best, 1.0), *((text, 2.0) for text in worse)]
    return record, [_truth({"prompt": question, "responses": responses}, None, earlier)]


@st.composite
def pair_implicit(draw: Any) -> Made:
    (earlier, question), (best, worse), system = draw(turns()), (draw(TEXT), draw(TEXT)), draw(st.none() | TEXT)
    first = [("system", system)] if system else []
    before = messages(draw, [*first, *earlier, ("user", question)])
    sides = [[*before, *messages(draw, [("assistant", text)])] for text in (best, worse)]
    truth = _truth({"prompt": question, "responses": [(best, 1.0), (worse, 2.0)]}, system, earlier)
    return {"chosen": sides[0], "rejected": sides[1]}, [truth]


@st.composite
def pair_conversations(draw: Any) -> Made:
    (earlier, question), (best, worse), system = draw(turns()), (draw(TEXT), draw(TEXT)), draw(st.none() | TEXT)
    first = [("system", system)] if system else []
    record: Record = {"conversations": messages(draw, [*first, *earlier, ("user", question)], "from", "value")}
    if draw(st.booleans()):
        record |= {"chosen": {"from": "gpt", "value": best}, "rejected": {"from": "gpt", "value": worse}}
    else:
        record |= {"chosen": best, "rejected": worse}
    truth = _truth({"prompt": question, "responses": [(best, 1.0), (worse, 2.0)]}, system, earlier)
    return record, [truth]


@st.composite
def kochatgpt_rm(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=2, max_size=12))
    ranks = draw(st.permutations(range(len(texts))))
    record: Record = {"prompt": prompt, "ranking": ranks}
    fields = draw(st.permutations([(f"completion_{at}", text) for at, text in enumerate(texts)]))
    truth = [(text, rank + 1.0) for text, rank in zip(texts, ranks, strict=True)]
    return {**dict(fields), **record}, [{"prompt": prompt, "responses": truth}]


@st.composite
def nectar(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=2, max_size=7))
    ranks = draw(st.permutations(range(1, len(texts) + 1)))
    answers = [{"answer": text, "model": "m", "rank": float(rank)} for text, rank in zip(texts, ranks, strict=True)]
    truth = [(text, float(rank)) for text, rank in zip(texts, ranks, strict=True)]
    return {"prompt": prompt, "answers": answers, "turns": 1}, [{"prompt": prompt, "responses": truth}]


def by_score(texts: list[str], scores: list[float | None]) -> list[tuple[str, float | None]]:
    """The higher the better, equal ones alike."""
    given = sorted({score for score in scores if score is not None}, reverse=True)
    return [
        (text, None if score is None else given.index(score) + 1.0) for text, score in zip(texts, scores, strict=True)
    ]


SCORE = st.integers(-3, 5).map(lambda number: number / 2)


@st.composite
def scored_answers(draw: Any) -> Made:
    prompt, texts, scores = draw(TEXT), [draw(TEXT), draw(TEXT)], [draw(SCORE), draw(SCORE)]
    record = {"question": prompt}
    record |= {f"answer_{at}": text for at, text in enumerate(texts)}
    record |= {f"score_{at}": score for at, score in enumerate(scores)}
    return record, [{"prompt": prompt, "responses": by_score(texts, scores)}]


@st.composite
def scored_responses(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=4))
    scores = draw(st.lists(SCORE | st.none(), min_size=len(texts), max_size=len(texts)))
    name = draw(st.sampled_from(["responses", "answers", "completions"]))
    return {"prompt": prompt, name: texts, "scores": scores}, [{"prompt": prompt, "responses": by_score(texts, scores)}]


ASPECTS = ("instruction_following", "honesty", "truthfulness", "helpfulness")


@st.composite
def ultrafeedback(draw: Any) -> Made:
    prompt, texts = draw(TEXT), draw(st.lists(TEXT, min_size=1, max_size=4))
    completions, scores = [], []
    for text in texts:
        ratings = draw(st.lists(st.sampled_from(["1", "3", "5", "N/A", 4, None]), min_size=4, max_size=4))
        numbers = [float(rating) for rating in ratings if rating not in ("N/A", None)]
        scores.append(sum(numbers) / len(numbers) if numbers else None)
        annotations = {aspect: {"Rating": rating} for aspect, rating in zip(ASPECTS, ratings, strict=True)}
        completions.append({"model": "m", "response": text, "annotations": annotations, "overall_score": 10.0})
    record = {"instruction": prompt, "completions": completions, "source": "s"}
    return record, [{"prompt": prompt, "responses": by_score(texts, scores)}]


@st.composite
def open_assistant(draw: Any) -> Made:
    """Each question with two or more ranked replies; those without rank, and deleted ones, are no responses."""
    truth: list[dict[str, Any]] = []

    def question(history: list[tuple[str, str]], levels: int, forced: bool) -> Record:
        text = draw(TEXT)
        texts = draw(st.lists(TEXT, min_size=2 if forced else 0, max_size=3))
        order = draw(st.permutations(range(len(texts))))
        replies, ranked = [], []
        for at, reply in enumerate(texts):
            kind = "ranked" if forced else draw(st.sampled_from(["ranked", "null", "deleted"]))
            one: Record = {"role": "assistant", "text": reply, "rank": None if kind == "null" else order[at]}
            if kind == "deleted":
                one["deleted"] = True
            elif kind == "ranked":
                ranked.append((reply, order[at] + 1.0))
            replies.append(one)
        if len(ranked) > 1:
            truth.append(_truth({"prompt": text, "responses": ranked}, None, history))
        for one in replies:
            more = [("user", text), ("assistant", one["text"])]
            deeper = levels and draw(st.booleans())
            one["replies"] = [question([*history, *more], levels - 1, False)] if deeper else []
        return {"role": "prompter", "text": text, "replies": replies}

    return {"message_tree_id": "t", "prompt": question([], 1, True)}, truth


@st.composite
def open_assistant_messages(draw: Any) -> Made:
    """The same trees as lists of messages, each with the id of its parent; only replies to one are in their order."""
    record, truth = draw(open_assistant())
    return {"message_tree": mixed(draw, flat(record["prompt"]))}, truth


def mixed(draw: Any, messages: list[Record]) -> list[Record]:
    """Messages in any order, those of one parent in their own."""
    places = draw(st.permutations(range(len(messages))))
    found = dict.fromkeys(range(len(messages)), messages[0])
    for parent in {one["parent_id"] for one in messages}:
        siblings = [at for at, one in enumerate(messages) if one["parent_id"] == parent]
        taken = sorted(places[at] for at in siblings)
        found.update({place: messages[at] for place, at in zip(taken, siblings, strict=True)})
    return list(found.values())


def flat(root: Record, name: str = "") -> list[Record]:
    """The messages of a tree, each with an id and that of its parent."""
    found: list[Record] = []
    waiting: list[tuple[Record, str | None]] = [(root, None)]
    while waiting:
        message, parent = waiting.pop()
        own = f"{name}m{len(found)}"
        found.append({"message_id": own, "parent_id": parent, **{k: v for k, v in message.items() if k != "replies"}})
        waiting += [(reply, own) for reply in reversed(message.get("replies") or [])]
    return found


MAKERS: dict[str, st.SearchStrategy[Made]] = {
    "alpaca": alpaca(),
    "hh_rlhf": hh_rlhf(),
    "kochatgpt_rm": kochatgpt_rm(),
    "messages": _conversation("messages", "role", "content"),
    "nectar": nectar(),
    "open_assistant": open_assistant(),
    "open_assistant_messages": open_assistant_messages(),
    "pair": pair(),
    "pair_conversations": pair_conversations(),
    "pair_implicit": pair_implicit(),
    "prompt_completion": _plain("prompt", answer="completion"),
    "query_response": _plain("query", "question", "prompt", answer="response"),
    "scored_answers": scored_answers(),
    "scored_responses": scored_responses(),
    "sharegpt": _conversation("conversations", "from", "value"),
    "ultrafeedback": ultrafeedback(),
}


def examples(name: str, files: int, most: int = 5) -> list[list[Made]]:
    """Some records of a format, as many times as there are to be files; the same ones each time."""
    found: list[list[Made]] = []

    @hypothesis.settings(max_examples=files, derandomize=True, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(st.lists(MAKERS[name], min_size=1, max_size=most))
    def collect(made: list[Made]) -> None:
        found.append(made)

    collect()
    return found
