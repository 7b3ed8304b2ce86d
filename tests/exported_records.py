"""What an export must hold, record by record in plain Python: the slow twin of `sftrm_quality/releases/exports`."""

from typing import Any

Json = dict[str, Any]


def conversation(record: Json, *turns: tuple[str, str]) -> list[Json]:
    system = [] if record["system"] is None else [{"role": "system", "content": record["system"]}]
    return [*system, *(record["history"] or []), *({"role": role, "content": text} for role, text in turns)]


def in_turns(record: Json) -> bool:
    turns = record["history"] or []
    due = ("user", "assistant") * len(turns)
    return len(turns) % 2 == 0 and all(
        t["role"] == d and t["content"] is not None for t, d in zip(turns, due, strict=False)
    )


def pairs_of_texts(record: Json) -> list[list[str]]:
    texts = [turn["content"] for turn in record["history"] or []]
    return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def pairs(record: Json, take: str = "all", rank: int = 1, score: float = 0) -> list[tuple[Json, Json]]:
    """Without the bound of how many there may be: each (better, worse), the better ones in their order."""
    ranked = [response for response in record["responses"] if response["rank"] is not None]
    ranks = sorted({response["rank"] for response in ranked})
    found = []
    for better in ranked:
        for worse in ranked:
            if better["rank"] >= worse["rank"]:
                continue
            level, other = ranks.index(better["rank"]), ranks.index(worse["rank"])
            taken = {
                "all": True,
                "adjacent": other == level + 1,
                "best_against_each": level == 0,
                "best_against_worst": level == 0 and other == len(ranks) - 1,
            }[take]
            near = worse["rank"] - better["rank"] < rank
            if score and not near:
                known = better["score"] is not None and worse["score"] is not None
                near = not known or better["score"] - worse["score"] < score
            if taken and not near:
                found.append((better, worse))
    return found


def sft_rows(name: str, record: Json) -> list[Json]:
    """The rows of an SFT record in an export."""
    asked, answered = ("user", record["question"]), ("assistant", record["answer"])
    row = {"record_id": record["record_id"]}
    if name in ("messages", "mlx"):
        return [row | {"messages": conversation(record, asked, answered)}]
    if name == "prompt_completion":
        completion = [{"role": "assistant", "content": record["answer"]}]
        return [row | {"prompt": conversation(record, asked), "completion": completion}]
    texts = {"instruction": record["question"], "input": "", "output": record["answer"]}
    return [row | texts | _context(record)] if in_turns(record) else []


def _context(record: Json) -> Json:
    return {"system": record["system"] or "", "history": pairs_of_texts(record)}


def rm_rows(name: str, record: Json, made: list[tuple[Json, Json]]) -> list[Json]:
    """The rows of an RM record in an export, for its pairs."""
    asked, rows = ("user", record["prompt"]), []
    for better, worse in made:
        row = {"record_id": record["record_id"]}
        if name == "pairs":
            chosen, rejected = ([{"role": "assistant", "content": one["text"]}] for one in (better, worse))
            rows.append(row | {"prompt": conversation(record, asked), "chosen": chosen, "rejected": rejected})
        elif name == "ms_swift":
            messages = conversation(record, asked, ("assistant", better["text"]))
            called = [m | {"role": "tool_call"} if m["role"] == "function_call" else m for m in messages]
            rows.append(row | {"messages": called, "rejected_response": worse["text"]})
        elif in_turns(record):
            texts = {"instruction": record["prompt"], "input": "", "chosen": better["text"], "rejected": worse["text"]}
            rows.append(row | texts | _context(record))
    return rows


def policies(record: Json) -> dict[str, int]:
    """How many pairs each way to take them makes."""
    return {take: len(pairs(record, take)) for take in ("all", "adjacent", "best_against_each", "best_against_worst")}
