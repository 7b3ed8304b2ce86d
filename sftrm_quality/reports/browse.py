"""Excluded rows (failing and duplicates), and published ones with warnings, as files for the page that shows them.

A page opened from a disk may not read files; it may load scripts from its own folder. So rows come in scripts that do
nothing but hand over JSON, some hundred rows each, and an index says which rows are in which, so that a filter loads
no more than it shows. `templates/browse.js` is what reads them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder
from sftrm_quality.releases import KnownRecords, read_known
from sftrm_quality.reports.browse_rows import OUTCOMES, BrowseRow, ExcludedRows, Names
from sftrm_quality.reports.equal_shares import equal_share
from sftrm_quality.reports.page_names import BROWSE_PAGE
from sftrm_quality.reports.warned_rows import WarnedRows
from sftrm_quality.reports.warned_texts import WarnedTexts
from sftrm_quality.run_record import Browse, FileEntry, FileStatus, read_report_json
from sftrm_quality.words import LANGUAGES, recognised_skeletons, speaking_in

# A night of a million records has some 66,000; 100,000 are 100 MB at most usually, and the Parquet files have them all.
MOST_ROWS = 100_000
MOST_BYTES = 128 << 20
# A script of this size is there at once, also from a slow disk.
CHUNK_ROWS = 500
CHUNK_BYTES = 256 << 10
# Instead of a reason's code: any of them, since a row with two of them is one row.
_ANY_REASON = -1


@dataclass(frozen=True)
class ExcludedListed:
    """What was written of the excluded rows, for whoever goes on with those that have warnings.

    rows: how many there are. listed: how many of them are in scripts. compared: whether the release before told which
    are new. names: those that have codes. chunks and reasons: see `_Scripts`.
    """

    rows: int
    listed: int
    compared: bool
    names: Names
    chunks: list[dict[str, Any]]
    reasons: Counter[int]


def write_excluded_rows(
    quarantine: Path, duplicates: Path, folder: Path, before: tuple[Path, Path] | None
) -> ExcludedListed:
    """Write ``00000.js`` …: the excluded rows.

    Where there are too many, source files have equal shares and the first rows of each are listed.

    Args:
        quarantine: The quarantine file of the run.
        duplicates: Its duplicates file.
        folder: Where the scripts go; it is made.
        before: Those two of the release before, by which a row is new or not; None where there was none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = ("quarantine", "duplicates")
    known = _known(dict(zip(tables, before, strict=True)) if before else {})
    names = Names()
    excluded = ExcludedRows(dict(zip(tables, (quarantine, duplicates), strict=True)), known, names)
    delivered, places = excluded.counted()
    share = equal_share(delivered, MOST_ROWS)
    room = {key: min(count, share) for key, count in delivered.items()}
    scripts = _Scripts(folder, [], Counter())
    listed = scripts.write(excluded.rows(places, room), MOST_BYTES)
    return ExcludedListed(sum(delivered.values()), listed, bool(known), names, scripts.chunks, scripts.reasons)


def write_warned_rows(
    excluded: ExcludedListed,
    warned: WarnedRows,
    folder: Path,
    sources: Mapping[str, str],
    before: tuple[Path, ...] | None,
) -> dict[str, int]:
    """Write the scripts of rows with warnings, and ``index.js``, which says which rows are in which script.

    They are behind the others and in scripts of their own: who does not look at them does not load them.

    Args:
        excluded: What was written before them.
        warned: What the run published, or would have, although a check warns.
        folder: Where the scripts are.
        sources: Whose each source file is.
        before: The parts of the release before, by which a row is new or not; None where there was none.

    Returns:
        How many ``rows`` are excluded and how many of them are ``listed``; the same of those ``warned`` of.
    """
    names = excluded.names
    texts = WarnedTexts(warned, before, names)
    scripts = _Scripts(folder, excluded.chunks, excluded.reasons)
    # A row of them has a bound, and so has their number.
    warned_listed = scripts.write(texts.rows(), None)
    index = {
        "rows": excluded.rows,
        "listed": excluded.listed,
        "compared": excluded.compared,
        "warned_compared": texts.compared,
        "outcomes": OUTCOMES,
        "files": [[name, sources.get(name, "")] for name in names.files],
        "kinds": list(names.kinds),
        "reasons": [[*name, scripts.reasons[code]] for name, code in names.reasons.items()],
        "chunks": scripts.chunks,
        "details": _in_other_languages(names.details),
    }
    (folder / "index.js").write_bytes(b"sftrmIndex(" + orjson.dumps(index) + b")\n")
    return {
        "rows": excluded.rows,
        "listed": excluded.listed,
        "warned": warned.rows,
        "warned_listed": warned_listed,
    }


def _in_other_languages(details: Iterable[str]) -> dict[str, dict[str, str]]:
    """What was found is stored in English; the page has its sentences in the others, by language."""
    said: dict[str, dict[str, str]] = {}
    for code in LANGUAGES:
        if code != "en":
            with speaking_in(code):
                said[code] = recognised_skeletons(sorted(details))
    return said


class _Scripts:
    """What is written. chunks: of each script how many rows it has and which; reasons: rows by the code of a reason."""

    def __init__(self, folder: Path, chunks: list[dict[str, Any]], reasons: Counter[int]) -> None:
        """``chunks`` and ``reasons`` are those of the scripts that are there."""
        self._folder = folder
        self.chunks = [*chunks]
        self.reasons = Counter(reasons)

    def write(self, rows: Iterator[BrowseRow], most_bytes: int | None) -> int:
        """Write rows, as many as there is room for, and say how many these are."""
        before, written = len(self.chunks), 0
        for chunk in _chunks(rows):
            script = b"sftrmRows(%d,[" % len(self.chunks) + b",\n".join(row.json for row in chunk) + b"])\n"
            if most_bytes is not None and written + len(script) > most_bytes:
                break
            (self._folder / f"{len(self.chunks):05d}.js").write_bytes(script)
            written += len(script)
            self.reasons.update(code for row in chunk for code in row.reasons)
            self.chunks.append({"rows": len(chunk), "counts": _counts(chunk)})
        return sum(chunk["rows"] for chunk in self.chunks[before:])


def _known(before: Mapping[str, Path]) -> dict[str, KnownRecords]:
    """The records of each table; none where one cannot be read: what an earlier run left stops no later one."""
    try:
        return {table: read_known(path) for table, path in before.items()}
    except StorageError:
        return {}


def browse_of(output: OutputFolder, run_id: str, files: Iterable[FileEntry]) -> Browse | None:
    """What another run's report says of its page of rows, seen from a report beside it.

    Args:
        output: The output folder.
        run_id: The other run.
        files: Entries of the same files in that report. Their sources may have other names: those make no new release.

    Returns:
        Its page; None where there is none, or no report that can be read.
    """
    folder = output.report(run_id)
    try:
        report = read_report_json((folder / "report.json").read_bytes())
    except (OSError, ValueError):
        return None
    if report.browse is None or not (folder / BROWSE_PAGE).is_file():
        return None
    now, then = _files_by_source(files), _files_by_source(report.files)
    known = sorted(name for name in now if now[name] == then.get(name))
    found = {"page": f"../{run_id}/{BROWSE_PAGE}", "known_sources": tuple(known), "language": report.language}
    return report.browse.model_copy(update=found)


def _files_by_source(files: Iterable[FileEntry]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for file in files:
        if file.status is not FileStatus.GONE:
            found[file.source].add(file.source_file)
    return found


def _counts(chunk: list[BrowseRow]) -> list[list[int]]:
    """File, label kind, outcome, reason or any: how many rows of a chunk, and how many of these are new."""
    rows: Counter[tuple[int, int, int, int]] = Counter()
    new: Counter[tuple[int, int, int, int]] = Counter()
    for row in chunk:
        keys = [(row.file, row.kind, row.outcome, code) for code in (_ANY_REASON, *row.reasons)]
        rows.update(keys)
        if row.new:
            new.update(keys)
    return [[*key, count, new[key]] for key, count in sorted(rows.items())]


def _chunks(rows: Iterator[BrowseRow]) -> Iterator[list[BrowseRow]]:
    chunk: list[BrowseRow] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) == CHUNK_ROWS or size + len(row.json) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(row.json)
    if chunk:
        yield chunk
