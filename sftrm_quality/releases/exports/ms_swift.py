"""``ms_swift``: two responses to a prompt, the better one as the end of a conversation.

Read on 2026-11-29 from ms-swift 4.5.2, ``docs/source_en/Customization/Custom-dataset.md``: ``messages`` with the better
answer last, and the text ``rejected_response``, for reward models, DPO and the like;
``swift/dataset/preprocessor/core.py``: a role other than system, user, assistant, tool, tool_call and tool_response
drops the row. Its SFT takes the export ``messages`` as it is.
"""

import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import list_offsets, lists_of, one_array
from sftrm_quality.config import ExportSettings
from sftrm_quality.records import MESSAGE, LabelKind
from sftrm_quality.releases.exports.conversations import MESSAGES, conversations
from sftrm_quality.releases.exports.pair_rows import pair_rows, with_margin
from sftrm_quality.releases.exports.target import Converted, Target

_SCHEMA = pa.schema([("record_id", pa.string()), ("messages", MESSAGES), ("rejected_response", pa.string())])


def _with_its_roles(messages: pa.ListArray) -> pa.ListArray:
    """Calls of functions by the name that it knows."""
    flat = messages.flatten()
    role = flat.field("role")
    role = pc.if_else(pc.equal(role, "function_call"), "tool_call", role)
    known = pa.StructArray.from_arrays([role, flat.field("content")], fields=list(MESSAGE))
    return lists_of(list_offsets(messages), known)


def _build(record: pa.Table, better: pa.Array, worse: pa.Array) -> pa.Table:
    system, history, prompt = (one_array(record[name]) for name in ("system", "history", "prompt"))
    messages = _with_its_roles(conversations(system, history, [("user", prompt), ("assistant", better)]))
    return pa.table([one_array(record["record_id"]), messages, worse], schema=_SCHEMA)


def _convert(records: pa.Table, settings: ExportSettings) -> Converted:
    return pair_rows(records, settings, _build)


TARGET = Target("ms_swift", LabelKind.RM, lambda settings: with_margin(_SCHEMA, settings), _convert)
