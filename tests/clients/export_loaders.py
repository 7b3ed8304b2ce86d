"""The rows of an export as loaders of trainers give them, imported by themselves where their packages ask for more.

``python export_loaders.py LOADER FOLDER TOKENIZER …`` prints a line of JSON for each group of three arguments: a list
of rows, or ``{"missing": text}`` where the loader cannot be imported and ``{"failed": text}`` where it fails.
"""

import importlib
import importlib.util
import json
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from offline import offline

Json = dict[str, Any]
NO_LIMIT = 1 << 16
# Its own four, and one that it does not know and fails at.
AXOLOTL_ROLES = {role: [role] for role in ("user", "assistant", "system", "tool", "function_call")}


def _only(name: str, **stand_ins: types.ModuleType) -> types.ModuleType:
    """A module of a package, without what the packages around it import, and with stand-ins for modules beside it."""
    parts = name.split(".")
    for depth in range(1, len(parts)):
        package = ".".join(parts[:depth])
        if package not in sys.modules:
            spec = importlib.util.find_spec(package)
            if spec is None or not spec.submodule_search_locations:
                raise ImportError(f"no {package} here")
            sys.modules[package] = made = types.ModuleType(package)
            made.__path__ = list(spec.submodule_search_locations)
    sys.modules.update(stand_ins)
    return importlib.import_module(name)


def _rows(split: Path) -> Any:
    from datasets import load_dataset

    return load_dataset("parquet", data_files=sorted(map(str, split.iterdir())), split="train")


def llama_factory(split: Path, _: Any) -> list[Json]:
    from llama_factory import aligned

    return [{name: row[name] for name in ("_prompt", "_response", "_system")} for row in aligned(split)]


def mlx_lm(folder: Path, tokenizer: Any) -> list[Json]:
    """All three files of its folder: texts as it tokenizes them, with the number of tokens of the prompt."""
    printed = types.ModuleType("mlx_lm.cli_ui")  # by MLX
    printed.rprint = print
    loader = _only("mlx_lm.tuner.datasets", **{"mlx_lm.cli_ui": printed})
    found = []
    for name, rows in zip(
        ("train", "valid", "test"),
        loader.load_local_dataset(folder, tokenizer, types.SimpleNamespace(mask_prompt=True)),
        strict=True,
    ):
        for row in rows:
            tokens, offset = rows.process(row)
            found.append({"file": name, "text": tokenizer.decode(tokens), "prompt": tokenizer.decode(tokens[:offset])})
    return found


def openrlhf(split: Path, tokenizer: Any) -> list[Json]:
    """Prompts and responses of its SFT, or of its reward models."""
    pairs = split.parent.name == "pairs"
    data = types.SimpleNamespace(apply_chat_template=True)
    if pairs:
        data.__dict__.update(prompt_key="prompt", chosen_key="chosen", rejected_key="rejected")
    elif split.parent.name == "messages":
        data.input_key = "messages"
    else:
        data.__dict__.update(input_key="prompt", output_key="completion")
    strategy = types.SimpleNamespace(args=types.SimpleNamespace(data=data))
    _only("openrlhf.utils.utils")
    if pairs:
        made = _only("openrlhf.datasets.reward_dataset").RewardDataset(
            _rows(split), tokenizer, NO_LIMIT, strategy, num_processors=None
        )
        sides = zip(made.prompts, made.chosens, made.rejects, strict=True)
        return [{"prompt": prompt, "chosen": chosen, "rejected": rejected} for prompt, chosen, rejected in sides]
    made = _only("openrlhf.datasets.sft_dataset").SFTDataset(
        _rows(split), tokenizer, NO_LIMIT, strategy, num_processors=None
    )
    return [
        {"prompt": prompt, "response": response} for prompt, response in zip(made.prompts, made.responses, strict=True)
    ]


def axolotl(split: Path, tokenizer: Any) -> list[Json]:
    """Its ``chat_template``: of SFT what is tokenized and trained on, of DPO three texts."""
    from axolotl.utils.dict import DictDefault

    if split.parent.name == "pairs":
        from axolotl.prompt_strategies.dpo.chat_template import default

        data = {"type": "chat_template.default", "field_messages": "prompt", "roles": AXOLOTL_ROLES}
        transform, _ = default(DictDefault({"datasets": [data]}))
        return [transform(row, tokenizer=tokenizer) for row in _rows(split)]
    from axolotl.prompt_strategies.chat_template import load

    config = DictDefault({"sequence_len": NO_LIMIT, "train_on_inputs": False})
    strategy = load(tokenizer, config, ds_cfg={"type": "chat_template"})
    found = []
    for row in _rows(split):
        made = strategy.tokenize_prompt({"messages": row["messages"]})
        trained = [token for token, label in zip(made["input_ids"], made["labels"], strict=True) if label != -100]
        found.append({"text": tokenizer.decode(made["input_ids"]), "trained": tokenizer.decode(trained)})
    return found


def ms_swift(split: Path, _: Any) -> list[Json]:
    """What its preprocessors make of the files, as ``--dataset`` takes them."""
    from swift.dataset import load_dataset

    rows, _ = load_dataset(sorted(map(str, split.iterdir())), split_dataset_ratio=0, shuffle=False, num_proc=1)
    return [{name: row[name] for name in ("messages", "rejected_response") if name in row} for row in rows]


LOADERS: dict[str, Callable[[Path, Any], list[Json]]] = {
    "llama-factory": llama_factory,
    "mlx-lm": mlx_lm,
    "openrlhf": openrlhf,
    "axolotl": axolotl,
    "ms-swift": ms_swift,
}


def _loaded(groups: Iterator[tuple[str, str, str]]) -> Iterator[Any]:
    from transformers import AutoTokenizer

    for loader, folder, tokenizer in groups:
        try:
            yield LOADERS[loader](Path(folder), AutoTokenizer.from_pretrained(tokenizer))
        except ImportError as error:
            yield {"missing": str(error)}
        except Exception:
            yield {"failed": traceback.format_exc()}


if __name__ == "__main__":
    with offline() as results:
        for rows in _loaded(zip(*[iter(sys.argv[1:])] * 3, strict=True)):
            print(json.dumps(rows), file=results)
