"""Trainers of TRL for a model of two layers that is made on the spot, on the CPU, with their settings as they come."""

import os
from pathlib import Path
from typing import Any


def trainer_of(trainer: str, split: Path, tokenizer: Any, max_length: int | None) -> tuple[Any, int]:
    """A trainer that has prepared the rows of a split, numbered in the column ``row``; and how many they were.

    Args:
        trainer: ``trl-sft``, ``trl-sft-assistant``, ``trl-reward`` or ``trl-dpo``.
        split: A folder of Parquet files, or of JSON lines.
        tokenizer: With a chat template.
        max_length: Of the trainer.

    Returns:
        The trainer, and the number of rows of the split.
    """
    from datasets import load_dataset
    from transformers import LlamaForCausalLM, LlamaForSequenceClassification
    from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

    files = sorted(map(str, split.iterdir()))
    rows = load_dataset(files[0].rpartition(".")[2].replace("jsonl", "json"), data_files=files, split="train")
    kinds = {
        "trl-sft": (SFTTrainer, SFTConfig, LlamaForCausalLM),
        "trl-sft-assistant": (SFTTrainer, SFTConfig, LlamaForCausalLM),
        "trl-reward": (RewardTrainer, RewardConfig, LlamaForSequenceClassification),
        "trl-dpo": (DPOTrainer, DPOConfig, LlamaForCausalLM),
    }
    trainer_class, config_class, model_class = kinds[trainer]
    settings = {
        "output_dir": os.environ["HF_HOME"],
        "max_length": max_length,
        "max_steps": 1,
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
        **({"assistant_only_loss": True} if trainer == "trl-sft-assistant" else {}),
    }
    more = {"ref_model": _model(model_class, tokenizer)} if trainer == "trl-dpo" else {}
    made = trainer_class(
        model=_model(model_class, tokenizer),
        args=config_class(**settings),
        train_dataset=rows.add_column("row", list(range(len(rows)))),
        processing_class=tokenizer,
        **more,
    )
    return made, len(rows)


def _model(model_class: Any, tokenizer: Any) -> Any:
    from transformers import LlamaConfig

    return model_class(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=4096,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
            num_labels=1,
        )
    )
