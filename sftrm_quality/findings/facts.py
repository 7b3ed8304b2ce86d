"""What the delivery suite is run on: figures of each source file and of each source, in the columns of the frame."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import pyarrow as pa

from sftrm_quality.checks import DELIVERY_FACTS
from sftrm_quality.config import RunConfig
from sftrm_quality.findings.delivery import DeliveredFile
from sftrm_quality.run_record import DeliveryStatus, FileEntry
from sftrm_quality.sources import series_of

# Fewer deliveries do not show how much a share usually moves.
_FEWEST_DELIVERIES = 5
# Of 50 records with 3 % failing, five fail on some night of the year: a share of 10 % that says nothing of the source.
_FEWEST_RECORDS = 100
# Sums of a source; what is about one file only is in its row.
_SUMMED = (
    *("received", "read", "failing", "passed", "duplicates", "read_before", "missing"),
    *("published_gone", "published_emptied", "published_ends_early", "empty", "ends_early", "unknown_format"),
)


def delivery_facts(
    files: Sequence[DeliveredFile], delivered: Sequence[Sequence[FileEntry]], config: RunConfig
) -> pa.Table:
    """One row per file, then one per source of which several files were delivered.

    Args:
        files: Of the delivery, in the order of the rows.
        delivered: Of earlier nights, see `Past`.
        config: Says which sources are retired.

    Returns:
        A table in the columns of `checks.DELIVERY_FACTS`.
    """
    earlier = _by_series(delivered)
    rows = [_of_file(file, earlier, config) for file in files]
    return pa.Table.from_pylist([*rows, *_of_sources(rows)], schema=DELIVERY_FACTS)


def _by_series(delivered: Iterable[Sequence[FileEntry]]) -> dict[str, list[FileEntry]]:
    found: dict[str, list[FileEntry]] = defaultdict(list)
    for night in delivered:
        for entry in night:
            found[series_of(entry.source_file)].append(entry)
    return found


def _of_file(file: DeliveredFile, earlier: dict[str, list[FileEntry]], config: RunConfig) -> dict[str, Any]:
    now, before = file.account, file.account_before
    changed = file.status is DeliveryStatus.CHANGED
    published = before.published if changed else 0
    read_before, read = before.received - before.unreadable, now.received - now.unreadable
    emptied = bool(published) and file.is_empty
    retired = config.source_settings(file.source_file).retired
    usual, greatest = _shares_before(file, earlier)
    return {
        "source": file.source,
        "source_file": file.source_file,
        "delivery": str(file.status),
        "received": now.received,
        "read": read,
        "failing": now.failing - sum(entry.replaced for entry in file.entries),
        "passed": now.received - now.failing,
        "duplicates": now.duplicates,
        "read_before": read_before if published else 0,
        "missing": max(0, read_before - read) if published and not emptied else 0,
        "published_gone": before.published if file.status is DeliveryStatus.GONE and not retired else 0,
        "published_emptied": published if emptied else 0,
        "published_ends_early": published if file.ends_early else 0,
        "empty": int(file.is_empty and not emptied),
        "ends_early": int(file.ends_early and not published),
        "unknown_format": int(file.is_unreadable),
        "usual_share": usual,
        "greatest_share": greatest,
    }


def _shares_before(file: DeliveredFile, earlier: dict[str, list[FileEntry]]) -> tuple[float | None, float | None]:
    """The median and the greatest failing share of earlier deliveries of the file or its series; not of this one."""
    own = {(entry.source_file, entry.received, entry.failing) for entry in file.entries}
    shares = [
        entry.failing / entry.received
        for entry in earlier[series_of(file.source_file)]
        if entry.received >= _FEWEST_RECORDS and (entry.source_file, entry.received, entry.failing) not in own
    ]
    return (median(shares), max(shares)) if len(shares) >= _FEWEST_DELIVERIES else (None, None)


def _of_sources(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    of_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["delivery"] != DeliveryStatus.SAME:
            of_source[row["source"]].append(row)
    nothing = {"source_file": None, "usual_share": None, "greatest_share": None}
    return [
        {
            "source": source,
            "delivery": _together(row["delivery"] for row in own),
            **nothing,
            **{name: sum(row[name] for row in own) for name in _SUMMED},
        }
        for source, own in of_source.items()
        if len(own) > 1
    ]


def _together(statuses: Iterable[str]) -> str:
    """Of a source: what all its delivered files are, else that it changed."""
    found = set(statuses)
    return found.pop() if len(found) == 1 else str(DeliveryStatus.CHANGED)
