"""``alpaca``: SFT records as texts: ``instruction``, ``output``, ``system`` and ``history`` of pairs.

Read on 2026-11-29 from LLaMA-Factory 0.9.5, ``data/README.md``: the columns are named in ``dataset_info.json``;
``src/llamafactory/data/converter.py``: ``history`` is unpacked as pairs of texts, an empty ``input`` or ``system``
counts as none. It trains on the answers of the history too, unless ``mask_history`` is set.
"""

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.exports.target import Converted, Target
from sftrm_quality.releases.exports.turns_as_texts import LAST_COLUMNS, in_turns, last_columns, nothing

_TEXTS = ("record_id", "instruction", "input", "output")
_SCHEMA = pa.schema([*((name, pa.string()) for name in _TEXTS), *LAST_COLUMNS])


def _convert(records: pa.Table, _: ExportSettings) -> Converted:
    records, left_out = in_turns(records)
    record_id, question, answer = (one_array(records[name]) for name in ("record_id", "question", "answer"))
    columns = [record_id, question, nothing(len(records)), answer, *last_columns(records)]
    return Converted([pa.table(columns, schema=_SCHEMA)], left_out)


TARGET = Target(
    "alpaca",
    LabelKind.SFT,
    lambda _: _SCHEMA,
    _convert,
    dataset_info={
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
            "history": "history",
        }
    },
)
