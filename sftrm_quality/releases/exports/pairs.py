"""``pairs``: two responses to a prompt, the better and the worse one, as lists of messages.

Read on 2026-11-29 from the sources of each:

- TRL 1.9.0, ``docs/source/dataset_formats.md``: ``prompt``, ``chosen`` and ``rejected`` as conversational preference
  with an explicit prompt, for its reward and DPO trainers; ``trl/trainer/reward_trainer.py`` subtracts a column
  ``margin`` from the loss wherever there is one.
- OpenRLHF 0.11.0, ``openrlhf/datasets/reward_dataset.py``: ``prompt_key prompt`` with ``apply_chat_template`` puts the
  lists together; it reads a column ``margin`` too.
- axolotl 0.19.0, ``src/axolotl/prompt_strategies/dpo/chat_template.py``: type ``chat_template.default`` with
  ``field_messages: prompt``; of lists it takes the last message. It fails at a role that ``roles`` does not name, and
  those that it has by default are user, assistant, system and tool. An answer that is also within the text of the
  template before it, such as ``a`` or ``user`` with ChatML, is cut out there, with a piece of the template.
"""

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.exports.conversations import MESSAGES, conversations, one_message
from sftrm_quality.releases.exports.pair_rows import pair_rows, with_margin
from sftrm_quality.releases.exports.target import Converted, Target

_SCHEMA = pa.schema([("record_id", pa.string()), ("prompt", MESSAGES), ("chosen", MESSAGES), ("rejected", MESSAGES)])


def _build(record: pa.Table, better: pa.Array, worse: pa.Array) -> pa.Table:
    system, history, prompt = (one_array(record[name]) for name in ("system", "history", "prompt"))
    asked = conversations(system, history, [("user", prompt)])
    answers = [one_message("assistant", texts) for texts in (better, worse)]
    return pa.table([one_array(record["record_id"]), asked, *answers], schema=_SCHEMA)


def _convert(records: pa.Table, settings: ExportSettings) -> Converted:
    return pair_rows(records, settings, _build)


TARGET = Target("pairs", LabelKind.RM, lambda settings: with_margin(_SCHEMA, settings), _convert)
