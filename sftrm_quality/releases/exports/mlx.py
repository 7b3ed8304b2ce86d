"""``mlx``: the conversations of ``messages`` as the three files that mlx-lm looks for in a folder.

Read on 2026-11-29 from mlx-lm 0.31.3, ``mlx_lm/LORA.md`` and ``mlx_lm/tuner/datasets.py``: ``train.jsonl``,
``valid.jsonl`` and ``test.jsonl``, a JSON object a line, of which the first says which format it is: ``messages`` is
``chat``. A file that is not there is an empty split; one without lines is an error.
"""

from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases.exports.messages import SCHEMA, as_messages
from sftrm_quality.releases.exports.target import Target

TARGET = Target(
    "mlx",
    LabelKind.SFT,
    lambda _: SCHEMA,
    as_messages,
    only_format="jsonl",
    one_file={SplitName.TRAIN: "train", SplitName.VALIDATION: "valid", SplitName.TEST: "test"},
)
