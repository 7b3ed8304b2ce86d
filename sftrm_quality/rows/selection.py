"""Which rows of a quarantine file are wanted: first where they are, by the short columns, then the rows themselves."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sftrm_quality.arrays import Mask, Rows
from sftrm_quality.errors import ConfigError, PermanentStorageError
from sftrm_quality.releases import STREAMED, KnownRecords
from sftrm_quality.words import listed, say

# Texts of so many rows are in memory at once; a quarantined row has some kilobytes, the longest 64 MiB.
_BATCH_ROWS = 256
# Of each filter as many as a person reads on a terminal.
_NAMES_SHOWN = 20
_SHORT = ("source_file", "label_kind", "reasons", "record_id")
_WHOLE = (*_SHORT, "data_id", "source_index", "source_line", "stage", "details", "payload")
# A quarantine of an older version has none of them.
_SINCE_REVIEWS = ("corrected_by", "replaced_by")

# A source, a file, a reason and a label kind, of a row that has them all.
Names = tuple[str, str, str, str]


@dataclass(frozen=True)
class Wanted:
    """Rows that have one of the names of each filter; a filter without names takes all. known: those are left out."""

    sources: Collection[str] = ()
    files: Collection[str] = ()
    reasons: Collection[str] = ()
    label_kinds: Collection[str] = ()
    known: KnownRecords | None = None

    @property
    def filters(self) -> Mapping[str, Collection[str]]:
        return {"source": self.sources, "file": self.files, "reason": self.reasons, say("label kind"): self.label_kinds}


class NoSuchRows(ConfigError):
    """The filters fit no row; the message says which names would."""


@dataclass(frozen=True)
class Selection:
    """Where the wanted rows are: of each row group the numbers of its rows."""

    path: Path
    source_named: Callable[[str], str]
    groups: Sequence[tuple[int, Rows]]

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self.groups)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows in the order of the file, a few at a time.

        Yields:
            The columns of the quarantine, with the ``source``.
        """
        with _opened(self.path) as file:
            columns = [*_WHOLE, *(name for name in _SINCE_REVIEWS if name in file.schema_arrow.names)]
            for group, wanted in self.groups:
                start = 0
                for batch in file.iter_batches(_BATCH_ROWS, [group], columns):
                    first, end = np.searchsorted(wanted, [start, start + len(batch)])
                    for row in batch.take(pa.array(wanted[first:end] - start)).to_pylist():
                        yield {"source": self.source_named(row["source_file"]), **row}
                    start += len(batch)


def select(path: Path, source_named: Callable[[str], str], wanted: Wanted) -> Selection:
    """Find the rows that are wanted. No text is read.

    Args:
        path: The quarantine file.
        source_named: Whose a source file is.
        wanted: Which rows.

    Returns:
        Where they are.

    Raises:
        NoSuchRows: The filters fit no row, whether it is known or not.
    """
    named = cache(source_named)
    there: set[Names] = set()
    groups: list[tuple[int, Rows]] = []
    fitting = 0
    with _opened(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=list(_SHORT))
            fits = _fitting(table, named, wanted, there)
            fitting += int(fits.sum())
            if wanted.known is not None:
                fits &= ~wanted.known.has(table["record_id"])
            if fits.any():
                groups.append((group, np.flatnonzero(fits)))
    if not fitting and any(wanted.filters.values()):
        raise NoSuchRows(_what_there_is(there, wanted))
    return Selection(path, named, groups)


def select_records(path: Path, source_named: Callable[[str], str], records: Collection[str]) -> Selection:
    """Find the rows of some records. No text is read.

    Args:
        path: The quarantine file.
        source_named: Whose a source file is.
        records: The content parts of their ids.

    Returns:
        Where they are, all copies of each.
    """
    groups: list[tuple[int, Rows]] = []
    with _opened(path) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["record_id"])["record_id"].to_pylist()
            rows = np.array([row for row, record_id in enumerate(ids) if content_part(record_id) in records], np.int64)
            if len(rows):
                groups.append((group, rows))
    return Selection(path, source_named, groups)


def content_part(record_id: str) -> str:
    """What identical copies have in common of their ids: the label kind and the hash of the content."""
    return "-".join(record_id.split("-", 2)[:2])


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """The quarantine file; what is wrong with it is one line."""
    try:
        with pq.ParquetFile(path, **STREAMED) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise PermanentStorageError(
            say("{path}: cannot be read ({error}); name another run with --run", path=path, error=error)
        ) from error


def _fitting(table: pa.Table, named: Callable[[str], str], wanted: Wanted, there: set[Names]) -> Mask:
    fits = np.zeros(len(table), np.bool_)
    columns = (table[name].to_pylist() for name in ("source_file", "label_kind", "reasons"))
    for place, (source_file, kind, reasons) in enumerate(zip(*columns, strict=True)):
        source = named(source_file)
        there.update((source, source_file, reason, kind) for reason in reasons)
        fits[place] = (
            (not wanted.sources or source in wanted.sources)
            and (not wanted.files or source_file in wanted.files)
            and (not wanted.label_kinds or kind in wanted.label_kinds)
            and (not wanted.reasons or any(reason in wanted.reasons for reason in reasons))
        )
    return fits


def _what_there_is(there: Collection[Names], wanted: Wanted) -> str:
    """In one sentence: the first filter that no row fits, else all of them, with the names that rows do have."""
    if not there:
        return say("no record failed in this run")
    filters = list(wanted.filters.items())
    for place, (title, names) in enumerate(filters):
        known = {key[place] for key in there}
        if missing := sorted(set(names) - known):
            return say(
                "no failing row has the {title} {listed}; there {are}",
                title=title,
                listed=_listed(missing),
                are=_are(title, known),
            )
    # Each is there, together they are not: what there would be, were one of them left out.
    told = []
    for place, (title, names) in enumerate(filters):
        others = {
            key[place]
            for key in there
            if all(not given or key[n] in given for n, (_, given) in enumerate(filters) if n != place)
        }
        if names and others:
            told.append(say("without the {title} there {are}", title=title, are=_are(title, others)))
    return say("no failing row fits all of the filters") + "".join(f"; {sentence}" for sentence in told)


def _are(title: str, names: Collection[str]) -> str:
    return f"{'is' if len(names) == 1 else 'are'} {_listed(sorted(names))}"


def _listed(names: Sequence[str]) -> str:
    return listed([f"'{name}'" for name in names], _NAMES_SHOWN)
