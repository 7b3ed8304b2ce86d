"""LLaMA-Factory's own loader and processors, with its defaults and the chat template of a tokenizer."""

import importlib
import importlib.util
import json
import os
import sys
import types
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_NO_LIMIT = 1 << 20


def stage_of(split: Path) -> str:
    """``rm`` for pairs, else ``sft``, as ``dataset_info.json`` says beside a split."""
    info = json.loads((split.parent / "dataset_info.json").read_text("ascii"))
    return "rm" if info[f"{split.parent.name}_{split.name}"].get("ranking") else "sft"


def aligned(split: Path) -> Any:
    """The rows of a split as its converter makes them: prompt, response, system.

    Args:
        split: The folder of a split within an export.

    Returns:
        A data set, its rows in the order of the file.
    """
    _import_without_audio()
    from llamafactory.data.loader import _get_merged_dataset

    # It takes several files as the file system has them.
    assert len(list(split.iterdir())) == 1, f"{split}: more than one file"
    return _get_merged_dataset([f"{split.parent.name}_{split.name}"], *_arguments(split, None), stage_of(split))


def prepared(split: Path, tokenizer: Any, max_length: int | None) -> tuple[int, dict[int, Json]]:
    """The rows of a split that it would train on.

    Args:
        split: The folder of a split within an export.
        tokenizer: With a chat template.
        max_length: Its ``cutoff_len``.

    Returns:
        How many rows there are, and those that it keeps, by their numbers.
    """
    _import_without_audio()
    from llamafactory.data.loader import _get_dataset_processor, get_dataset
    from llamafactory.data.template import get_template_and_fix_tokenizer

    stage, (model, data, training) = stage_of(split), _arguments(split, max_length)
    rows = aligned(split)
    template = get_template_and_fix_tokenizer(tokenizer, data)
    kept = list(get_dataset(template, model, data, training, stage, tokenizer)["train_dataset"])
    # It does not say which rows it keeps: its processor does, row by row.
    processor = _get_dataset_processor(data, stage, template, tokenizer, None)
    numbers = [row for row in range(len(rows)) if processor.preprocess_dataset(rows[row : row + 1])]
    return len(rows), dict(zip(numbers, kept, strict=True))


def _arguments(split: Path, max_length: int | None) -> tuple[Any, Any, Any]:
    from llamafactory.hparams import DataArguments
    from transformers import Seq2SeqTrainingArguments

    data = DataArguments(
        dataset=f"{split.parent.name}_{split.name}",
        dataset_dir=str(split.parent),
        cutoff_len=_NO_LIMIT if max_length is None else max_length,
    )
    training = Seq2SeqTrainingArguments(output_dir=os.environ["HF_HOME"], use_cpu=True, report_to="none")
    return types.SimpleNamespace(cache_dir=None, hf_hub_token=None), data, training


def _import_without_audio() -> None:
    """Its package imports torchaudio, with which it reads sounds, and which not every PyTorch has a build of."""
    found = "torchaudio" in sys.modules or importlib.util.find_spec("torchaudio") is not None
    if not found:
        sys.modules["torchaudio"] = types.ModuleType("torchaudio")
    importlib.import_module("llamafactory.data")
    if not found:
        del sys.modules["torchaudio"]
