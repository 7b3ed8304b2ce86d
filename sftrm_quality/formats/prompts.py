"""Records that hold a prompt and no label: known, counted and skipped, which is no fault of the delivery.

Only what is positively that: a prompt, and beside it nothing that may be an answer under whatever name.
"""

import pyarrow as pa

from sftrm_quality.formats.base import Record, Unlabelled
from sftrm_quality.formats.rest import rest_of
from sftrm_quality.formats.unread import unread_content
from sftrm_quality.words import phrase

_PROMPT_NAMES = ("question", "prompt", "input", "instruction", "query")
_BESIDE = ("data_id", "data_category", "data_subcategory", "question_type", "question_count")
_READ = {name: pa.schema([(field, pa.null()) for field in (*_BESIDE, name)]) for name in _PROMPT_NAMES}


def _is_a_prompt(record: Record) -> bool:
    for name in _PROMPT_NAMES:
        text = record.get(name)
        if isinstance(text, str) and text.strip():
            return unread_content(record, rest_of(record, _READ[name]), _READ[name], PROMPTS_ONLY.name) is None
    return False


PROMPTS_ONLY = Unlabelled(
    "prompts_only", _is_a_prompt, phrase("prompts without answers, as in AI Hub's SFTdata, RMdata and PPOdata")
)
