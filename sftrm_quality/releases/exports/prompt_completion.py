"""``prompt_completion``: SFT records as a conversation up to the answer, and the answer.

Read on 2026-11-29 from TRL 1.9.0, ``docs/source/dataset_formats.md``: columns ``prompt`` and ``completion``, lists of
``role`` and ``content``, so that the chat template of the model is applied (texts would be glued together without one);
``trl/trainer/sft_trainer.py``: with these columns the loss is on the completion only, unless set otherwise.
"""

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.exports.conversations import MESSAGES, conversations, one_message
from sftrm_quality.releases.exports.target import Converted, Target

_SCHEMA = pa.schema([("record_id", pa.string()), ("prompt", MESSAGES), ("completion", MESSAGES)])


def _convert(records: pa.Table, _: ExportSettings) -> Converted:
    system, history, question = (one_array(records[name]) for name in ("system", "history", "question"))
    prompt = conversations(system, history, [("user", question)])
    completion = one_message("assistant", one_array(records["answer"]))
    return Converted([pa.table([one_array(records["record_id"]), prompt, completion], schema=_SCHEMA)], {})


TARGET = Target("prompt_completion", LabelKind.SFT, lambda _: _SCHEMA, _convert)
