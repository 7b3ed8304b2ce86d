"""All excluded rows (failing and duplicates), as files for the page that shows them.

A page opened from a disk may not read files; it may load scripts from its own folder. So rows come in scripts that do
nothing but hand over JSON, some hundred rows each, and an index says which rows are in which, so that a filter loads
no more than it shows. `templates/browse.js` is what reads them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.checks.signs import AT, DIGITS, has_sign, signs_of
from sftrm_quality.output import OutputFolder
from sftrm_quality.personal_data import mask_personal_data
from sftrm_quality.releases import STREAMED
from sftrm_quality.run_record import Browse, read_report_json

# A night of a million records has some 66,000; 100,000 are 100 MB at most usually, and the Parquet files have them all.
MOST_ROWS = 100_000
MOST_BYTES = 128 << 20
# A script of this size is there at once, also from a slow disk.
CHUNK_ROWS = 500
CHUNK_BYTES = 256 << 10
EXCERPT_CHARACTERS = 300
_DETAIL_CHARACTERS = 200
# More than the longest finding of personal data has: what begins in the excerpt is masked whole.
_BEYOND = 700
_BATCH_ROWS = 500
_COMMON = ("label_kind", "record_id", "data_id", "source_file", "source_index", "source_line", "payload")
_OWN = {"quarantine": ("stage", "reasons", "details"), "duplicates": ("kind", "duplicate_of", "similarity")}


class _Codes(dict[Any, int]):
    """Numbers for names, in the order in which they come."""

    def __missing__(self, name: Any) -> int:
        self[name] = len(self)
        return self[name]


@dataclass(frozen=True)
class _Row:
    """One row: its JSON, the code of its source file, the codes of its reasons."""

    json: bytes
    source: int
    reasons: tuple[int, ...]


def write_rows(quarantine: Path, duplicates: Path, folder: Path) -> dict[str, int]:
    """Write ``00000.js`` … and ``index.js``.

    Where there are too many, source files have equal shares and the first rows of each are listed.

    Args:
        quarantine: The quarantine file of the run.
        duplicates: Its duplicates file.
        folder: Where the scripts go; it is made.

    Returns:
        How many ``rows`` there are and how many of them are ``listed``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"quarantine": quarantine, "duplicates": duplicates}
    delivered = {(table, name): count for table, path in paths.items() for name, count in _by_source(path).items()}
    share = equal_share(delivered, MOST_ROWS)
    room = {key: min(count, share) for key, count in delivered.items()}
    sources, reasons = _Codes(), _Codes()
    chunks: list[dict[str, Any]] = []
    totals: Counter[int] = Counter()
    written = 0
    for chunk in _chunks(_rows(paths, room, sources, reasons)):
        script = b"sftrmRows(%d,[" % len(chunks) + b",\n".join(row.json for row in chunk) + b"])\n"
        if written + len(script) > MOST_BYTES:
            break
        (folder / f"{len(chunks):05d}.js").write_bytes(script)
        written += len(script)
        totals.update(code for row in chunk for code in row.reasons)
        # -1 stands for any reason: a row with two of them is one row.
        counts = Counter((row.source, code) for row in chunk for code in (-1, *row.reasons))
        chunks.append({"rows": len(chunk), "counts": [[*key, count] for key, count in sorted(counts.items())]})
    listed = sum(chunk["rows"] for chunk in chunks)
    index = {
        "rows": sum(delivered.values()),
        "listed": listed,
        "sources": list(sources),
        "reasons": [[*name, totals[code]] for name, code in reasons.items()],
        "chunks": chunks,
    }
    (folder / "index.js").write_bytes(b"sftrmIndex(" + orjson.dumps(index) + b")\n")
    return {"rows": sum(delivered.values()), "listed": listed}


def browse_of(output: OutputFolder, run_id: str) -> Browse | None:
    """What another run's report says of its page of rows, seen from a report beside it.

    Args:
        output: The output folder.
        run_id: The other run.

    Returns:
        Its page; None where there is none, or no report that can be read.
    """
    try:
        browse = read_report_json((output.report(run_id) / "report.json").read_bytes()).browse
    except (OSError, ValueError):
        return None
    return browse.model_copy(update={"page": f"../{run_id}/browse.html"}) if browse else None


def equal_share(counts: Mapping[Any, int], most: int) -> int:
    """The greatest number n for which the sum of min(count, n) is at most ``most``."""
    left, waiting = most, sorted(counts.values())
    for place, count in enumerate(waiting):
        if count * (len(waiting) - place) > left:
            return left // (len(waiting) - place)
        left -= count
    return max(waiting, default=0)


def _by_source(path: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    with pq.ParquetFile(path, **STREAMED) as file:
        for batch in file.iter_batches(columns=["source_file"]):
            for found in pc.value_counts(batch["source_file"]).to_pylist():
                counts[found["values"]] += found["counts"]
    return counts


def _rows(
    paths: Mapping[str, Path], room: dict[tuple[str, str], int], sources: _Codes, reasons: _Codes
) -> Iterator[_Row]:
    for table, path in paths.items():
        with pq.ParquetFile(path, **STREAMED) as file:
            for group in range(file.num_row_groups):
                # Texts are read only where there is room: of a night that failed as a whole that is a little.
                if _has_room(file, group, table, room):
                    for batch in file.iter_batches(_BATCH_ROWS, [group], [*_COMMON, *_OWN[table]]):
                        yield from _of_batch(batch, table, room, sources, reasons)


def _of_batch(
    batch: pa.RecordBatch, table: str, room: dict[tuple[str, str], int], sources: _Codes, reasons: _Codes
) -> Iterator[_Row]:
    columns = batch.to_pydict() | {"payload": _excerpts(batch["payload"])}
    columns["characters"] = pc.fill_null(pc.utf8_length(batch["payload"]), 0).to_pylist()
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        if room[table, row["source_file"]]:
            room[table, row["source_file"]] -= 1
            yield _row(row, table, sources, reasons)


def _has_room(file: pq.ParquetFile, group: int, table: str, room: dict[tuple[str, str], int]) -> bool:
    names = pc.unique(file.read_row_group(group, columns=["source_file"])["source_file"]).to_pylist()
    return any(room[table, name] for name in names)


def _excerpts(payloads: pa.StringArray) -> list[str]:
    heads = pc.utf8_slice_codeunits(pc.fill_null(payloads, ""), 0, EXCERPT_CHARACTERS + _BEYOND)
    possible = has_sign(signs_of(heads), DIGITS | AT)
    return [
        (mask_personal_data(head) if possible else head)[:EXCERPT_CHARACTERS]
        for head, possible in zip(heads.to_pylist(), possible.tolist(), strict=True)
    ]


def _row(row: Mapping[str, Any], table: str, sources: _Codes, reasons: _Codes) -> _Row:
    """As `templates/browse.js` reads it; what a row has not is left out at the end."""
    kind = row["label_kind"] or ""
    if table == "quarantine":
        names = tuple(reasons[kind, reason] for reason in row["reasons"])
        own = [[detail[:_DETAIL_CHARACTERS] for detail in row["details"]], row["stage"]]
    else:
        names = (reasons[kind, f"duplicate: {row['kind']}"],)
        own = [[f"{row['similarity']:.2f}"], "", row["duplicate_of"]]
    source = sources[row["source_file"]]
    # Vendors number by telephone and by e-mail too.
    data_id = mask_personal_data((row["data_id"] or "")[: _DETAIL_CHARACTERS + _BEYOND])[:_DETAIL_CHARACTERS]
    shown = [row["record_id"], data_id, source, row["source_index"], row["source_line"], names]
    return _Row(orjson.dumps([*shown, row["payload"], row["characters"], *own]), source, names)


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    chunk: list[_Row] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) == CHUNK_ROWS or size + len(row.json) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(row.json)
    if chunk:
        yield chunk
