"""``trl-sft``, ``trl-reward``, ``trl-dpo``: the trainers of TRL.

Read on 2026-11-29 from TRL 1.16.0, with the defaults of its configurations (no packing, ``truncation_mode`` is
``keep_start``, ``max_length`` is 1024):

- ``trl/trainer/sft_trainer.py``, ``_prepare_dataset``: ``messages`` are tokenized as one conversation, cut at the end,
  and the loss is on all of it. With ``prompt`` and ``completion`` it is on what comes after the tokens that the prompt
  (with what the template puts in front of an answer) and the whole have in common; a row that is cut before any of
  that is dropped.
- ``trl/trainer/reward_trainer.py``, ``_prepare_dataset``: prompt and response are tokenized as one conversation; a pair
  is dropped where either side is longer than ``max_length``. Nothing is cut.
- ``trl/trainer/dpo_trainer.py``, ``_prepare_dataset`` and ``DataCollatorForPreference``: the prompt is what it has in
  common with both sides; a pair whose prompt is as long as ``max_length`` is dropped, every other side is cut at its
  end, and nobody looks whether the two are the same then.

Whatever a template raises ends the trainer (``trl/data_utils.py``, ``_tokenize``).
"""

from collections.abc import Sequence

from sftrm_quality.preflight.tokenizing import Messages, Refused, Tokenizer
from sftrm_quality.preflight.trainer import Measured, RowOutcome, Rows, Trainer, common_prefix, outcome_of
from sftrm_quality.records import LabelKind

_VERSION = "1.16.0"
_MAX_LENGTH = 1024


def _tokens(
    tokenizer: Tokenizer, conversations: Sequence[Messages], *, for_answer: bool = False
) -> list[list[int] | Refused]:
    """The tokens of conversations, or what the template says of them."""
    rendered = tokenizer.rendered(conversations, for_answer=for_answer)
    found = iter(tokenizer.tokens([text for text in rendered if isinstance(text, str)]))
    return [text if isinstance(text, Refused) else next(found) for text in rendered]


def _sft(rows: Rows, tokenizer: Tokenizer, max_length: int) -> list[Measured]:
    if not rows:
        return []
    by_prompt = "prompt" in rows[0]
    prompts = [row["prompt"] if by_prompt else row["messages"][:-1] for row in rows]
    whole = [row["prompt"] + row["completion"] if by_prompt else row["messages"] for row in rows]
    asked = _tokens(tokenizer, prompts, for_answer=True)
    found: list[Measured] = []
    for prompt, tokens in zip(asked, _tokens(tokenizer, whole), strict=True):
        # With messages the trainer renders no prompt by itself: what a template says of that one ends nothing.
        if isinstance(tokens, Refused) or (by_prompt and isinstance(prompt, Refused)):
            refused = tokens if isinstance(tokens, Refused) else prompt
            found.append(_refused(refused))
            continue
        before = 0 if isinstance(prompt, Refused) else common_prefix(prompt, tokens)
        found.append(_sft_row(tokens, before, prompt, max_length, by_prompt))
    return found


def _sft_row(tokens: list[int], before: int, prompt: list[int] | Refused, max_length: int, by_prompt: bool) -> Measured:
    length, kept = len(tokens), min(len(tokens), max_length)
    dropped = by_prompt and before >= kept
    return Measured(
        RowOutcome.DROPPED if dropped else outcome_of(kept, length),
        length,
        length,
        0 if dropped else kept,
        "no_completion_left" if dropped else "",
        fills_window=before >= max_length,
        changes=by_prompt and not isinstance(prompt, Refused) and before < len(prompt),
    )


def _refused(refused: object) -> Measured:
    return Measured(RowOutcome.TEMPLATE_ERROR, why=refused.said if isinstance(refused, Refused) else "")


def _reward(rows: Rows, tokenizer: Tokenizer, max_length: int) -> list[Measured]:
    found: list[Measured] = []
    for prompt, *sides in _three(rows, tokenizer):
        refused = [side for side in sides if isinstance(side, Refused)]
        if refused:
            found.append(_refused(refused[0]))
            continue
        chosen, rejected = (side for side in sides if not isinstance(side, Refused))
        length, tokens = max(len(chosen), len(rejected)), len(chosen) + len(rejected)
        before = 0 if isinstance(prompt, Refused) else common_prefix(prompt, chosen)
        dropped = length > max_length
        outcome = RowOutcome.DROPPED if dropped else RowOutcome.EQUAL if chosen == rejected else RowOutcome.WHOLE
        why, kept = ("longer_than_max_length", 0) if dropped else ("", tokens)
        found.append(Measured(outcome, length, tokens, kept, why, fills_window=before >= max_length))
    return found


def _dpo(rows: Rows, tokenizer: Tokenizer, max_length: int) -> list[Measured]:
    found: list[Measured] = []
    for parts in _three(rows, tokenizer):
        refused = [part for part in parts if isinstance(part, Refused)]
        if refused:
            found.append(_refused(refused[0]))
            continue
        prompt, chosen, rejected = (part for part in parts if not isinstance(part, Refused))
        before = min(common_prefix(prompt, chosen), common_prefix(prompt, rejected))
        length, tokens = max(len(chosen), len(rejected)), len(chosen) + len(rejected)
        changes = before < len(prompt)
        if before >= max_length:
            why = "prompt_fills_max_length"
            found.append(Measured(RowOutcome.DROPPED, length, tokens, 0, why, fills_window=True, changes=changes))
            continue
        kept = min(len(chosen), max_length) + min(len(rejected), max_length)
        equal = chosen[:max_length] == rejected[:max_length]
        outcome = RowOutcome.EQUAL if equal else outcome_of(kept, tokens)
        found.append(Measured(outcome, length, tokens, kept, changes=changes))
    return found


def _three(rows: Rows, tokenizer: Tokenizer) -> list[tuple[list[int] | Refused, ...]]:
    """Of each pair the prompt, and both sides with the prompt in front."""
    prompts = _tokens(tokenizer, [row["prompt"] for row in rows], for_answer=True)
    chosen, rejected = (
        _tokens(tokenizer, [row["prompt"] + row[side] for row in rows]) for side in ("chosen", "rejected")
    )
    return list(zip(prompts, chosen, rejected, strict=True))


_SFT_EXPORTS = {LabelKind.SFT: ("prompt_completion", "messages")}
_RM_EXPORTS = {LabelKind.RM: ("pairs",)}
TRL_SFT = Trainer("trl-sft", _VERSION, _MAX_LENGTH, _SFT_EXPORTS, _sft)
TRL_REWARD = Trainer("trl-reward", _VERSION, _MAX_LENGTH, _RM_EXPORTS, _reward)
TRL_DPO = Trainer("trl-dpo", _VERSION, _MAX_LENGTH, _RM_EXPORTS, _dpo)
