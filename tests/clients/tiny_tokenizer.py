"""A tokenizer that is made on the spot: ``python tiny_tokenizer.py FOLDER TEXTS`` writes what `transformers` loads.

TEXTS is a file of JSON, a list of texts. Its vocabulary is what byte-level BPE makes of them, its chat template ChatML
with marks around what the assistant says, so that trainers can train on just that. It is no model's tokenizer: what is
counted with it is how trainers count, never how long texts are for a model.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PAD, END = "<|endoftext|>", "<|im_end|>"
SPECIAL = [PAD, "<|im_start|>", END]
TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' }}"
    "{%- if message['role'] == 'assistant' %}"
    "{%- generation %}{{- message['content'] + '<|im_end|>' }}{%- endgeneration %}{{- '\\n' }}"
    "{%- else %}{{- message['content'] + '<|im_end|>\\n' }}{%- endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def make_tokenizer(folder: Path, texts: Iterable[str], size: int = 600) -> Path:
    """Write ``tokenizer.json`` and ``tokenizer_config.json``.

    Args:
        folder: A folder, made where there is none.
        texts: What the vocabulary is learnt from.
        size: Of the vocabulary, with 256 bytes and three special tokens.

    Returns:
        The folder.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 1 << 20,
        "pad_token": PAD,
        "eos_token": END,
        "clean_up_tokenization_spaces": False,
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", "ascii")
    return folder


if __name__ == "__main__":
    make_tokenizer(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))
