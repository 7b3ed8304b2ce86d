"""Which rows of an export's split a trainer keeps, and how long they are then, as the trainer itself prepares them.

``python rows_kept.py TRAINER SPLIT_FOLDER TOKENIZER_FOLDER MAX_LENGTH`` prints an object of JSON on one line, and
nothing else on stdout. More groups of four arguments print more lines, in one process: what is imported takes seconds.

TRAINER is one of

- ``trl-sft``: ``SFTTrainer``, of the exports messages and prompt_completion; ``trl-sft-assistant``: the same with
  ``assistant_only_loss``;
- ``trl-reward`` and ``trl-dpo``: ``RewardTrainer`` and ``DPOTrainer``, of the export pairs;
- ``llama-factory``: its loader and processors, of the exports messages, alpaca and pairs_text, with the chat template
  of the tokenizer.

SPLIT_FOLDER is as ``…/exports/messages/train``. MAX_LENGTH is ``max_length`` of TRL and ``cutoff_len`` of
LLaMA-Factory; all else is as they have it by default. The object:

- ``trainer``, ``max_length``; ``rows``: how many rows the split has;
- ``kept``: the numbers of the rows that are trained on, from 0, in the order of the files by name and of their rows;
- ``lengths``: tokens of each kept row as it is trained on; of a pair ``[chosen, rejected]``, each with its prompt;
- ``full_lengths``: of all rows the same without a limit, None for a row that is dropped whatever the limit is;
- ``truncated``: of each kept row, whether it lost tokens (of a pair: either side);
- ``trained``: of each kept row, how many tokens count in the loss; of a pair ``[chosen, rejected]``; None of
  ``trl-reward``, which has one score for a text;
- ``equal``: the numbers of the kept rows whose two sides are the same tokens; empty without pairs;
- ``texts``: each kept row as it is trained on, decoded; of a pair ``[chosen, rejected]``.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from offline import offline

Json = dict[str, Any]
# The tokens of a kept row, and how many of them count in the loss: of one text, or of two.
Side = tuple[list[int], int | None]
Kept = dict[int, list[Side]]


def rows_kept(trainer: str, split: Path, tokenizer_folder: Path, max_length: int) -> Json:
    """What is printed, see above."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    kept_of = of_llama_factory if trainer == "llama-factory" else of_trl
    count, kept = kept_of(trainer, split, tokenizer, max_length)
    _, full = kept_of(trainer, split, tokenizer, None)
    numbers = sorted(kept)
    return {
        "trainer": trainer,
        "max_length": max_length,
        "rows": count,
        "kept": numbers,
        "lengths": [_one_or_both([len(ids) for ids, _ in kept[row]]) for row in numbers],
        "full_lengths": [
            _one_or_both([len(ids) for ids, _ in full[row]]) if row in full else None for row in range(count)
        ],
        "truncated": [[len(ids) for ids, _ in kept[row]] != [len(ids) for ids, _ in full[row]] for row in numbers],
        "trained": [_one_or_both([trained for _, trained in kept[row]]) for row in numbers],
        "equal": [row for row in numbers if len(kept[row]) == 2 and kept[row][0][0] == kept[row][1][0]],
        "texts": [_one_or_both([tokenizer.decode(ids) for ids, _ in kept[row]]) for row in numbers],
    }


def _one_or_both(sides: list[Any]) -> Any:
    return sides if len(sides) == 2 else sides[0]


def of_trl(trainer: str, split: Path, tokenizer: Any, max_length: int | None) -> tuple[int, Kept]:
    """How many rows there are, and those that a trainer of TRL has once it is made."""
    from trl_trainers import trainer_of

    made, count = trainer_of(trainer, split, tokenizer, max_length)
    return count, {example["row"]: list(_sides(trainer, example, made)) for example in made.train_dataset}


def _sides(trainer: str, example: Json, made: Any) -> Iterator[Side]:
    if trainer == "trl-reward":
        yield from ((example[name], None) for name in ("chosen_ids", "rejected_ids"))
    elif trainer == "trl-dpo":  # it is the collator that cuts
        batch = made.data_collator([example])
        for ids, mask, trained in zip(
            batch["input_ids"], batch["attention_mask"], batch["completion_mask"], strict=True
        ):
            yield ids[mask.bool()].tolist(), int(trained.sum())
    else:
        yield example["input_ids"], sum(label != -100 for label in example["labels"])


def of_llama_factory(_: str, split: Path, tokenizer: Any, max_length: int | None) -> tuple[int, Kept]:
    """How many rows there are, and those that LLaMA-Factory's loader gives, split by split of ``dataset_info.json``."""
    from llama_factory import prepared, stage_of

    count, examples = prepared(split, tokenizer, max_length)
    names = ("chosen_", "rejected_") if stage_of(split) == "rm" else ("",)
    return count, {
        row: [(example[f"{name}input_ids"], sum(label != -100 for label in example[f"{name}labels"])) for name in names]
        for row, example in examples.items()
    }


if __name__ == "__main__":
    with offline() as results:
        groups = zip(*[iter(sys.argv[1:])] * 4, strict=True)
        for trainer, split, tokenizer_folder, limit in groups:
            print(json.dumps(rows_kept(trainer, Path(split), Path(tokenizer_folder), int(limit))), file=results)
