"""What a trainer would make of a release: rows it trains on, cuts and drops, and how long they are."""

from typing import Any

from sftrm_quality.records import SplitName
from sftrm_quality.run_record.profile import Bin
from sftrm_quality.run_record.value import Count, Value


class RowCounts(Value):
    """Rows by what becomes of them, and their tokens. Each row is counted under one of the names from ``whole`` on.

    equal: pairs whose responses are the same once they are cut. template_error: the chat template refuses the row, and
    the trainer ends there. not_measured: what the trainer makes of it is not followed. tokens: of all rows that were
    measured, before any is cut; of a pair those of both sides. kept_tokens: of these, what the trainer takes.
    """

    rows: Count
    whole: Count
    truncated: Count
    dropped: Count
    equal: Count
    template_error: Count
    not_measured: Count
    tokens: Count
    kept_tokens: Count


class TokenLengths(Value):
    """Tokens of a row, of a pair those of its longer side: quantiles, and a histogram by powers of two."""

    median: Count
    p90: Count
    p95: Count
    p99: Count
    longest: Count
    histogram: tuple[Bin, ...]


class Preflight(Value):
    """One trainer, one export.

    trainer, version: whose rules these are. export, settings: what it reads. tokenizer: the folder that was named;
    tokenizer_hash: of its files and of the template. max_length: the window, in tokens. left_out: records that are not
    in the export, by rule. sources: the rows of all splits by declared source; an empty name is none.

    keeps_99: the least window in which 99 % of the rows are whole. prompt_fills_window: rows whose prompt leaves no
    room for an answer. prompt_changes: rows whose prompt is tokenized otherwise before an answer than by itself.
    special_tokens: rows with texts that the tokenizer takes for its own marks, by mark; with_special_tokens: how many
    rows that are. dropped_by: rows by the trainer's rule. template_errors: rows by what the template says.
    """

    trainer: str
    version: str
    export: str
    settings: dict[str, Any]
    tokenizer: str
    tokenizer_hash: str
    max_length: Count
    total: RowCounts
    splits: dict[SplitName, RowCounts]
    sources: dict[str, RowCounts]
    left_out: dict[str, int]
    dropped_by: dict[str, int]
    template_errors: dict[str, int]
    lengths: TokenLengths
    keeps_99: Count
    prompt_fills_window: Count
    prompt_changes: Count
    with_special_tokens: Count
    special_tokens: dict[str, int]
