"""What other programs make of a file: ``python by_others.py READER FILE [SETTINGS]`` prints it as JSON.

TRL and LLaMA-Factory read records with code that needs no model, but their packages import PyTorch on the way to it,
which takes seconds: it is left out, and what is between.
"""

import importlib
import json
import logging
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def lines(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


@contextmanager
def _without_torch() -> Iterator[None]:
    """Modules that are imported now find no PyTorch, as where it is not installed."""
    sys.modules["torch"] = None  # type: ignore[assignment]
    yield
    del sys.modules["torch"]


def trl_pairs(path: Path, settings: Record) -> list[Record]:
    """What DPOTrainer does to each record first: names of turns, then the prompt that both sides begin with."""
    with _without_torch():
        from trl.data_utils import maybe_convert_to_chatml, maybe_extract_prompt

    return [maybe_extract_prompt(maybe_convert_to_chatml(record)) for record in lines(path)]


def trl_unpaired(path: Path, settings: Record) -> list[Record]:
    """Pairs as single answers, good or bad."""
    with _without_torch():
        from datasets import Dataset
        from trl.data_utils import maybe_unpair_preference_dataset

    return list(maybe_unpair_preference_dataset(Dataset.from_list(list(lines(path)))))


def llamafactory(path: Path, settings: Record) -> list[Record]:
    """What a converter makes of each record; settings are those of a data set in ``dataset_info.json``."""
    converter, parser = _of_llamafactory()
    attributes = parser.DatasetAttr("file", "records")
    attributes.join(settings)
    convert = converter.get_dataset_converter(settings["formatting"], attributes, None)
    records = list(lines(path))
    names = {name for record in records for name in record}
    # As they are in its data set: a column that some have is null in the others.
    return [convert({name: record.get(name) for name in names}) for record in records]


def _of_llamafactory() -> tuple[types.ModuleType, types.ModuleType]:
    """Its converter and its parser, without the packages around them and two modules of names that these look up."""
    spec = find_spec("llamafactory")
    assert spec is not None and spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    for package in ("llamafactory", "llamafactory.data", "llamafactory.extras"):
        sys.modules[package] = made = types.ModuleType(package)
        made.__path__ = [str(root.joinpath(*package.split(".")[1:]))]
    sys.modules["llamafactory.extras.constants"] = constants = types.ModuleType("constants")
    sys.modules["llamafactory.extras.misc"] = misc = types.ModuleType("misc")
    constants.__dict__.update(RUNNING_LOG="running_log.txt", DATA_CONFIG="dataset_info.json")
    misc.__dict__.update(use_modelscope=lambda: False, use_openmind=lambda: False)
    return tuple(importlib.import_module(f"llamafactory.data.{name}") for name in ("converter", "parser"))


def workbook(path: Path, settings: Record) -> list[Record]:
    """Writes records as a workbook, by openpyxl or odfpy, and reads that again."""
    import pandas as pd

    pd.DataFrame(lines(path)).to_excel(settings["to"], index=False)
    return pd.read_excel(settings["to"], dtype=str, keep_default_na=False).to_dict("records")


READERS: dict[str, Callable[[Path, Record], list[Record]]] = {
    "trl_pairs": trl_pairs,
    "trl_unpaired": trl_unpaired,
    "llamafactory": llamafactory,
    "workbook": workbook,
}

if __name__ == "__main__":
    logging.disable()  # that there is no PyTorch
    found = READERS[sys.argv[1]](Path(sys.argv[2]), json.loads(sys.argv[3]) if sys.argv[3:] else {})
    json.dump(found, sys.stdout)
