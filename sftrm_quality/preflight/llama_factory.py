"""``llama-factory``: LLaMA-Factory, for SFT, and for reward models and DPO, which read pairs alike.

Read on 2026-11-29 from LLaMA-Factory 0.9.5, ``src/llamafactory/data``, with its defaults (``cutoff_len`` is 2048, no
packing, no ``mask_history``, no ``template``, so that it derives one from the tokenizer's):

- ``converter.py`` and ``processor/supervised.py``: rows whose turns are not of user and assistant in turn are dropped.
  Question and answer of each turn are cut together, by their lengths, until the window is full; turns behind it go.
- ``processor/pairwise.py``: the prompt and the longer of both responses are cut together; both responses to one length.
- ``processor/processor_utils.py``, `infer_seqlen`: of two texts that are too long together, the one that takes less
  than half of the window stays whole; else both are cut in proportion.
"""

from collections.abc import Sequence
from itertools import pairwise

from sftrm_quality.preflight.llama_factory_template import DerivedTemplate, Turn, as_turns, derived_template
from sftrm_quality.preflight.tokenizing import Refused, Tokenizer
from sftrm_quality.preflight.trainer import Measured, RowOutcome, Rows, Trainer, outcome_of
from sftrm_quality.records import LabelKind

# As the exports call roles, and `dataset_info.json` tells LLaMA-Factory.
_ASK, _ANSWER = ("user", "tool"), ("assistant", "function_call")


def _measure(rows: Rows, tokenizer: Tokenizer, max_length: int) -> list[Measured]:
    template = derived_template(tokenizer)
    if isinstance(template, Refused):
        return [Measured(RowOutcome.TEMPLATE_ERROR, why=template.said) for _ in rows]
    if rows and "chosen" in rows[0]:
        return _pairs(rows, tokenizer, template, max_length)
    return _sft(rows, tokenizer, template, max_length)


def _in_turn(turns: Sequence[Turn]) -> bool:
    return len(turns) % 2 == 0 and all(role in (_ASK, _ANSWER)[at % 2] for at, (role, _) in enumerate(turns))


def _sft(rows: Rows, tokenizer: Tokenizer, template: DerivedTemplate, max_length: int) -> list[Measured]:
    conversations: list[tuple[str, list[Turn]]] = []
    for row in rows:
        system, turns = as_turns(row)
        conversations.append((system, turns if "messages" in row else [*turns, ("assistant", str(row["output"]))]))
    readable = [(system, turns) for system, turns in conversations if _measured(turns) is None]
    encoded = iter(_encoded([_with_thoughts(template, turns, system) for system, turns in readable], tokenizer))
    found: list[Measured] = []
    for _, turns in conversations:
        found.append(_measured(turns) or _cut_in_turns(next(encoded), max_length))
    return found


def _measured(turns: Sequence[Turn]) -> Measured | None:
    """Of a row whose tokens need not be counted; None for every other."""
    if not _in_turn(turns):
        return Measured(RowOutcome.DROPPED, why="turns_not_alternating")
    # It writes calls of functions anew, by the format of the tools of a model.
    if any(role == "function_call" for role, _ in turns):
        return Measured(RowOutcome.NOT_MEASURED)
    return None


def _with_thoughts(template: DerivedTemplate, turns: Sequence[Turn], system: str) -> list[list[str]]:
    pieces = template.pieces(turns, system)
    for at in range(1, len(turns), 2):
        pieces[at] = [*template.thought_before(turns[at][1]), *pieces[at]]
    return pieces


def _encoded(conversations: Sequence[Sequence[Sequence[str]]], tokenizer: Tokenizer) -> list[list[list[int]]]:
    """The tokens of each turn, whose pieces are tokenized one by one."""
    pieces = [piece for turns in conversations for turn in turns for piece in turn]
    ids = iter(tokenizer.tokens(pieces))
    return [[[token for _ in turn for token in next(ids)] for turn in turns] for turns in conversations]


def _cut_in_turns(encoded: Sequence[Sequence[int]], max_length: int) -> Measured:
    length = sum(map(len, encoded))
    kept = 0
    for asked, answer in list(pairwise(encoded))[::2]:
        if kept >= max_length:
            break
        kept += sum(cut_together(len(asked), len(answer), max_length - kept))
    fills = length - len(encoded[-1]) >= max_length
    return Measured(outcome_of(kept, length), length, length, kept, fills_window=fills)


def _pairs(rows: Rows, tokenizer: Tokenizer, template: DerivedTemplate, max_length: int) -> list[Measured]:
    texts: list[list[list[str]]] = []
    for row in rows:
        system, turns = as_turns(row)
        earlier = [(role, template.without_thought(text) if role == "assistant" else text) for role, text in turns]
        prompt = [piece for pieces in template.pieces(earlier, system) for piece in pieces]
        sides = [
            [*template.thought_before(answer), *template.pieces([*earlier, ("assistant", answer)], system)[-1]]
            for answer in (str(row["chosen"]), str(row["rejected"]))
        ]
        texts.append([prompt, *sides])
    found: list[Measured] = []
    for prompt_ids, chosen, rejected in _encoded(texts, tokenizer):
        before, longer = len(prompt_ids), max(len(chosen), len(rejected))
        asked, answered = cut_together(before, longer, max_length)
        kept = 2 * asked + min(len(chosen), answered) + min(len(rejected), answered)
        tokens = 2 * before + len(chosen) + len(rejected)
        equal = chosen[:answered] == rejected[:answered]
        outcome = RowOutcome.EQUAL if equal else outcome_of(kept, tokens)
        found.append(Measured(outcome, before + longer, tokens, kept, fills_window=before >= max_length))
    return found


def cut_together(source: int, target: int, window: int) -> tuple[int, int]:
    """How many tokens of a prompt and of its answer stay, see `infer_seqlen`.

    Args:
        source: Tokens of the prompt.
        target: Tokens of the answer.
        window: For both.

    Returns:
        Of the prompt, of the answer.
    """
    if 2 * target < window:
        room = window
    elif 2 * source < window:
        room = window - source
    else:
        # As it is computed there: with floating point numbers.
        room = int(window * (target / (source + target)))
    answered = min(room, target)
    return min(max(window - answered, 0), source), answered


LLAMA_FACTORY = Trainer(
    "llama-factory",
    "0.9.5",
    2048,
    {LabelKind.SFT: ("messages", "alpaca"), LabelKind.RM: ("pairs_text",)},
    _measure,
)
