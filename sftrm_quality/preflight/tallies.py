"""Rows of a preflight, counted: sums that add up over batches, files and splits, and the figures made of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from sftrm_quality.preflight.trainer import Measured, RowOutcome
from sftrm_quality.run_record import Bin, RowCounts, TokenLengths

# Of messages of a template: it may put a part of each row into what it says.
_MESSAGES_KEPT = 10
_OTHER_MESSAGES = "…"
_EDGES = [0, *(2**power for power in range(32))]
KEPT_WHOLE = 0.99
"""The share of rows that the least window is told for."""


@dataclass
class Tally:
    """Counts of some rows.

    by_source: rows by outcome, and the tokens before and after. lengths: rows by their tokens. others: as
    `sftrm_quality.run_record.Preflight` calls them.
    """

    by_source: dict[str, Counter[str]] = field(default_factory=dict)
    lengths: Counter[int] = field(default_factory=Counter)
    dropped_by: Counter[str] = field(default_factory=Counter)
    template_errors: Counter[str] = field(default_factory=Counter)
    special_tokens: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    prompt_fills_window: int = 0
    prompt_changes: int = 0
    with_special_tokens: int = 0

    def take(self, source: str, rows: Iterable[Measured]) -> None:
        """Count rows of a source."""
        of_source = self.by_source.setdefault(source, Counter())
        for row in rows:
            of_source.update(rows=1, tokens=row.tokens, kept_tokens=row.kept)
            of_source[row.outcome] += 1
            if row.length is not None:
                self.lengths[row.length] += 1
            if row.outcome is RowOutcome.DROPPED:
                self.dropped_by[row.why] += 1
            if row.outcome is RowOutcome.TEMPLATE_ERROR:
                known = row.why in self.template_errors or len(self.template_errors) < _MESSAGES_KEPT
                self.template_errors[row.why if known else _OTHER_MESSAGES] += 1
            self.prompt_fills_window += row.fills_window
            self.prompt_changes += row.changes

    def add(self, other: "Tally") -> None:
        """Count all that another one counted."""
        for source, counts in other.by_source.items():
            self.by_source.setdefault(source, Counter()).update(counts)
        for name in ("lengths", "dropped_by", "template_errors", "special_tokens", "left_out"):
            getattr(self, name).update(getattr(other, name))
        self.prompt_fills_window += other.prompt_fills_window
        self.prompt_changes += other.prompt_changes
        self.with_special_tokens += other.with_special_tokens

    def all_counts(self) -> RowCounts:
        """Of all sources together."""
        total: Counter[str] = Counter()
        for counts in self.by_source.values():
            total.update(counts)
        return row_counts(total)


def row_counts(counts: Mapping[str, int]) -> RowCounts:
    """Counts by name as a value; what was not counted is 0."""
    return RowCounts(**{name: counts.get(name, 0) for name in RowCounts.model_fields})


def quantile(lengths: Mapping[int, int], share: float) -> int:
    """The least length that so many rows do not exceed; 0 without rows."""
    values = sorted(lengths.items())
    total = sum(lengths.values())
    running = accumulate(count for _, count in values)
    return next((length for (length, _), up_to in zip(values, running, strict=True) if up_to >= share * total), 0)


def token_lengths(lengths: Mapping[int, int]) -> TokenLengths:
    """Quantiles and a histogram whose bins begin at powers of two; none at either end is empty."""
    bins = [
        Bin(from_=first, to=end - 1, count=sum(count for length, count in lengths.items() if first <= length < end))
        for first, end in pairwise(_EDGES)
    ]
    filled = [number for number, found in enumerate(bins) if found.count]
    return TokenLengths(
        median=quantile(lengths, 0.5),
        p90=quantile(lengths, 0.9),
        p95=quantile(lengths, 0.95),
        p99=quantile(lengths, 0.99),
        longest=max(lengths, default=0),
        histogram=tuple(bins[filled[0] : filled[-1] + 1]) if filled else (),
    )
