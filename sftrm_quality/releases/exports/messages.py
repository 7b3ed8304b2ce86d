"""``messages``: SFT records as conversations, their system message and earlier turns included.

Read on 2026-11-29 from the sources of each:

- TRL 1.9.0, ``docs/source/dataset_formats.md`` and ``trl/data_utils.py``: a column ``messages`` of ``role`` and
  ``content`` is conversational language modelling; the loss is on all of it unless ``assistant_only_loss`` is set.
- LLaMA-Factory 0.9.5, ``data/README.md`` and ``src/llamafactory/data/converter.py``: formatting ``sharegpt`` with tags
  for roles; a first message with the system tag is the system prompt, the others must take turns, else the row is
  dropped.
- axolotl 0.18.0, ``docs/dataset-formats/conversation.qmd``: type ``chat_template`` reads ``messages``.
- verl 0.7.0, ``verl/utils/dataset/multiturn_sft_dataset.py``: Parquet files, ``messages_key`` is ``messages``.
- ms-swift 4.5.2, ``docs/source_en/Customization/Custom-dataset.md``: ``messages`` is its own format.
- OpenRLHF 0.11.0, ``openrlhf/datasets/sft_dataset.py``: ``input_key messages`` with ``apply_chat_template``.
"""

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import LabelKind
from sftrm_quality.releases.exports.conversations import MESSAGES, conversations
from sftrm_quality.releases.exports.target import Converted, Target

SCHEMA = pa.schema([("record_id", pa.string()), ("messages", MESSAGES)])


def as_messages(records: pa.Table, _: ExportSettings) -> Converted:
    """Every record: its conversation, the answer last."""
    system, history, question, answer = (
        one_array(records[name]) for name in ("system", "history", "question", "answer")
    )
    messages = conversations(system, history, [("user", question), ("assistant", answer)])
    return Converted([pa.table([one_array(records["record_id"]), messages], schema=SCHEMA)], {})


TARGET = Target(
    "messages",
    LabelKind.SFT,
    lambda _: SCHEMA,
    as_messages,
    dataset_info={
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "observation_tag": "tool",
            "function_tag": "function_call",
            "system_tag": "system",
        },
    },
)
