"""``pairs_text``: two responses to a prompt as texts, for LLaMA-Factory.

Read on 2026-11-29 from LLaMA-Factory 0.9.5, ``data/README.md`` and ``src/llamafactory/data/converter.py``: with
``ranking`` and the alpaca formatting, ``chosen`` and ``rejected`` must be texts. Lists of messages are no error there:
such rows are taken for ones without an answer.
"""

from collections import ChainMap

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.exports.pair_rows import pair_rows, with_margin
from sftrm_quality.releases.exports.target import Converted, Target
from sftrm_quality.releases.exports.turns_as_texts import LAST_COLUMNS, in_turns, last_columns, nothing

_TEXTS = ("record_id", "instruction", "input", "chosen", "rejected")
_SCHEMA = pa.schema([*((name, pa.string()) for name in _TEXTS), *LAST_COLUMNS])


def _build(record: pa.Table, better: pa.Array, worse: pa.Array) -> pa.Table:
    record_id, prompt = (one_array(record[name]) for name in ("record_id", "prompt"))
    columns = [record_id, prompt, nothing(len(record)), better, worse, *last_columns(record)]
    return pa.table(columns, schema=_SCHEMA)


def _convert(records: pa.Table, settings: ExportSettings) -> Converted:
    records, not_in_turns = in_turns(records)
    found = pair_rows(records, settings, _build)
    return Converted(found.tables, ChainMap(not_in_turns, found.left_out))


TARGET = Target(
    "pairs_text",
    LabelKind.RM,
    lambda settings: with_margin(_SCHEMA, settings),
    _convert,
    dataset_info={
        "ranking": True,
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "chosen": "chosen",
            "rejected": "rejected",
            "system": "system",
            "history": "history",
        },
    },
)
