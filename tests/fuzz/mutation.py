"""Records changed as people change them: fields left out, called otherwise, of another type, or in another place."""

import json
import random
from collections.abc import Callable
from typing import Any

from sftrm_quality.formats import formats_of
from sftrm_quality.formats.base import DATA_ID

# Beside the fields on the highest level, those of turns, responses, verdicts and trees.
_INNER = (
    "role", "content", "from", "value", "text", "rank", "score", "answer", "response", "contents", "ranking", "main",
    "middle", "replies", "annotations", "Rating", "deleted", "answer01", "answer05", "completion_2", "context", "label",
)  # fmt: skip
NAMES = sorted({name for one in formats_of(()).by_name.values() for name in one.wire_schema([], DATA_ID).names})
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 1.0, 1.5, 1e300, 2**63, "", " ", "a", "1", "3.0", "N/A", "no input", "[]",
    '{"a": 1}', "user", "assistant", "system", "tool", "<|endoftext|>", "\n\nHuman: a\n\nAssistant: b", "x" * 60,
    [], {}, [[]], [{}], [None], ["a", "b"], [["a", "b"]], [1, 0], {"text": "a"}, {"role": "user", "content": "a"},
    {"from": "gpt", "value": "b"},
)  # fmt: skip


def mutated_records(data: bytes, longest: int, seed: int, of_bytes: Callable[[bytes, int], bytes]) -> bytes:
    """JSON lines with some records changed; now and then their bytes, by ``of_bytes``, as the fuzzer itself would."""
    chance = random.Random(seed)
    try:
        records = [json.loads(line) for line in data.decode().splitlines() if line.strip()]
    except (ValueError, RecursionError):
        records = []
    if not records or chance.random() < 0.1:
        return bytes(of_bytes(data, longest))
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change(records, chance)
    text = "".join(json.dumps(record, ensure_ascii=chance.random() < 0.1) + "\n" for record in records)
    written = text.encode("utf-8", "surrogatepass")
    return written if len(written) <= longest else data[:longest]


def _change(records: list[Any], chance: random.Random) -> None:
    holder = chance.choice(list(_holders(records)))
    if isinstance(holder, dict):
        _change_object(holder, records, chance)
    else:
        _change_list(holder, records, chance)


def _change_object(holder: dict[str, Any], records: list[Any], chance: random.Random) -> None:
    name = chance.choice(list(holder)) if holder else ""
    what = chance.randrange(4)
    if what == 0:
        holder.pop(name, None)
    elif what == 1 and holder:  # called otherwise
        holder[chance.choice((*NAMES, *_INNER))] = holder.pop(name)
    elif what == 2 and holder:
        holder[name] = _value(records, chance)
    else:
        holder[chance.choice((*NAMES, *_INNER))] = _value(records, chance)


def _change_list(holder: list[Any], records: list[Any], chance: random.Random) -> None:
    what = chance.randrange(4)
    if not holder or what == 0:
        holder.insert(chance.randint(0, len(holder)), _value(records, chance))
    elif what == 1 and (holder is not records or len(records) > 1):
        holder.pop(chance.randrange(len(holder)))
    elif what == 2:
        chance.shuffle(holder)
    else:
        at = chance.randrange(len(holder))
        holder.insert(at, json.loads(json.dumps(holder[at])))


def _value(records: list[Any], chance: random.Random) -> Any:
    """One of another place, or one of those that are often where they should not be."""
    if chance.random() < 0.5:
        return json.loads(json.dumps(chance.choice(_VALUES)))
    holder = chance.choice(list(_holders(records)))
    inner = list(holder.values()) if isinstance(holder, dict) else holder
    return json.loads(json.dumps(chance.choice(inner))) if inner else None


def _holders(value: Any) -> Any:
    """All lists and objects within a value, itself first."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)
