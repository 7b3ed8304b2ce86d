"""A model's tokenizer as trainers have it: from a folder of this machine, with its chat template.

It is Hugging Face transformers that tokenizes, as in every trainer here, and not code of ours: one token more or less
is another row dropped.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import xxhash

from sftrm_quality.errors import ConfigError
from sftrm_quality.words import say

Messages = list[dict[str, str]]
# Beside a tokenizer lie weights of the model, which tell nothing about it and are a thousand times as large.
_WEIGHTS = frozenset({".safetensors", ".bin", ".pt", ".pth", ".gguf", ".h5", ".msgpack", ".onnx"})
# Of what a template says about a row that it refuses.
_MESSAGE_CHARACTERS = 200


@dataclass(frozen=True)
class Model:
    """Which tokenizer, by its files.

    folder: with ``tokenizer.json`` or the like. template: a file with another chat template; None: the tokenizer's own.
    hash: of the files of both.
    """

    folder: Path
    template: Path | None
    hash: str


@dataclass(frozen=True)
class Refused:
    """A conversation for which the template gave no text. said: what it said."""

    said: str


class Tokenizer:
    """Texts to tokens.

    special: what it takes for its own marks wherever it is in a text.
    """

    def __init__(self, loaded: Any) -> None:
        self._loaded = loaded
        marks = {str(mark) for mark in loaded.all_special_tokens}
        marks |= {str(token) for token in loaded.added_tokens_decoder.values() if token.special}
        self.special = sorted(mark for mark in marks if mark.strip())
        longest_first = sorted(self.special, key=lambda mark: (-len(mark), mark))
        self._special = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @property
    def loaded(self) -> Any:
        """The tokenizer of transformers, for rules that ask it about itself."""
        return self._loaded

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of each text, nothing put in front or behind. Texts that are equal are tokenized once."""
        different = list(dict.fromkeys(texts))
        if not different:
            return []
        found = self._loaded(
            different, add_special_tokens=False, return_attention_mask=False, return_token_type_ids=False, verbose=False
        )
        of_text: Mapping[str, list[int]] = dict(zip(different, found["input_ids"], strict=True))
        return [of_text[text] for text in texts]

    def rendered(self, conversations: Sequence[Messages], *, for_answer: bool = False) -> list[str | Refused]:
        """Each conversation as the text that the chat template makes of it.

        Args:
            conversations: Their messages.
            for_answer: With what the template puts in front of an answer.

        Returns:
            The texts; `Refused` for what the template raises on.
        """
        return [self._rendered(conversation, for_answer) for conversation in conversations]

    def _rendered(self, conversation: Messages, for_answer: bool) -> str | Refused:
        try:
            text: str = self._loaded.apply_chat_template(conversation, tokenize=False, add_generation_prompt=for_answer)
        # A template is code of others, and whatever it raises ends the trainer too.
        except Exception as error:
            return Refused(" ".join(str(error).split())[:_MESSAGE_CHARACTERS] or type(error).__name__)
        return text

    def marks_in(self, texts: Iterable[str]) -> Counter[str]:
        """Which of its own marks are in texts, each counted once."""
        if self._special is None:
            return Counter()
        return Counter({mark for text in texts for mark in self._special.findall(text)})


def read_tokenizer(folder: Path, template: Path | None) -> Model:
    """Look whether a tokenizer can be loaded, so that nothing has run in vain.

    Args:
        folder: Of a model or a tokenizer.
        template: A file with a chat template (Jinja); None: the one of the folder.

    Returns:
        What tasks load it by.

    Raises:
        ConfigError: The folder holds none, it has no chat template, or transformers is not installed.
    """
    if not folder.is_dir():
        raise ConfigError(
            say(
                "{folder}: no such folder; expected one with a tokenizer: download it and name it",
                folder=folder,
            )
        )
    model = Model(folder, template, _hash(folder, template))
    load(model)
    return model


def _hash(folder: Path, template: Path | None) -> str:
    digest = xxhash.xxh3_128()
    try:
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.suffix not in _WEIGHTS:
                digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        digest.update(template.read_bytes() if template else b"")
    except OSError as error:
        raise ConfigError(
            say("{path}: cannot be read: {strerror}", path=error.filename or folder, strerror=error.strerror or error)
        ) from error
    return digest.hexdigest()


@lru_cache(maxsize=2)
def load(model: Model) -> Tokenizer:
    """The tokenizer, loaded once per process.

    Args:
        model: Which one.

    Returns:
        The tokenizer.

    Raises:
        ConfigError: As `read_tokenizer` does.
    """
    # Nothing is asked of any network, and workers are as many as there are cores without threads of their own.
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise ConfigError(
            say("preflight needs the package transformers: install sftrm-quality with the extra 'preflight'")
        ) from error
    try:
        loaded = AutoTokenizer.from_pretrained(model.folder, local_files_only=True, trust_remote_code=False)
        if model.template:
            loaded.chat_template = model.template.read_text("utf-8")
    # What a broken folder raises is whatever the code in it comes upon: KeyError, json's, plain Exception of Rust.
    except Exception as error:
        raise ConfigError(
            say("{folder}: no tokenizer can be loaded from it: {error}", folder=model.folder, error=error)
        ) from error
    if not isinstance(loaded.chat_template, str):
        raise ConfigError(
            say("{folder}: the tokenizer has no chat template: name a file with one (--template)", folder=model.folder)
        )
    return Tokenizer(loaded)
