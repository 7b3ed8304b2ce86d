"""Reading a written part back: every record's content is hashed again and compared with what was checked.

Nothing here trusts what was meant to be written. Every file is decoded again. The hash in a record_id is that of the
content as it was delivered; of a repaired or corrected record the originals have that, and the hash of what it is now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from sftrm_quality import dedup
from sftrm_quality.arrays import as_mask, list_offsets, one_array
from sftrm_quality.errors import OwnFileError
from sftrm_quality.output import append_array
from sftrm_quality.records import CANDIDATE_FIELDS
from sftrm_quality.releases.parts import STREAMED, Part, file_hash
from sftrm_quality.releases.profile import Profile, add, profile_of
from sftrm_quality.words import say
from sftrm_quality.workers import give_memory_back

Hashes = npt.NDArray[np.uint64]
_BATCH_ROWS = 2_048
# Allocators keep what batches free: 80 MiB by the end of a file, 30 MiB when they are asked now and then.
_BATCHES_KEPT = 8


@dataclass(frozen=True)
class FileFacts:
    """A written file: the hash of its bytes, how many they are, and its rows."""

    sha256: str
    bytes: int
    rows: int

    @classmethod
    def of(cls, path: Path, rows: int) -> "FileFacts":
        """Those of a file whose rows were counted."""
        return cls(file_hash(path), path.stat().st_size, rows)


@dataclass(frozen=True)
class PartFacts:
    """What is in one written part.

    file: of its records. originals: of its changed ones as they were delivered, None where there are none. hashes: an
    array file of record_ids, data_ids and prompts, (3, rows, 2). profile: what its records are like.
    """

    file: FileFacts
    originals: FileFacts | None
    hashes: Path
    profile: Profile = field(default_factory=dict)

    @property
    def record_ids(self) -> Hashes:
        return self._hashes(0)

    @property
    def data_ids(self) -> Hashes:
        return self._hashes(1)

    @property
    def prompts(self) -> Hashes:
        return self._hashes(2)

    def _hashes(self, which: int) -> Hashes:
        found: Hashes = np.load(self.hashes, mmap_mode="r")[which]
        return found


def _hashes(values: Sequence[str]) -> Hashes:
    digests = b"".join(xxhash.xxh3_128_digest(value.encode()) for value in values)
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def _words(column: pa.Array) -> Hashes:
    return np.frombuffer(b"".join(column.to_pylist()), np.uint64).reshape(-1, 2)


def _save(path: Path, values: Hashes) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(values))
        append_array(file, values)


def read_back(part: Part, ids_within_file: bool, hashes: Path) -> PartFacts:
    """Decode a written part, batch by batch, and write its ``hashes``.

    Args:
        part: What was to be written, and where.
        ids_within_file: A data_id counts together with its source file.
        hashes: Where the hashes of its record_ids, data_ids and prompts go, to be compared with those of other parts.

    Returns:
        What was read.

    Raises:
        OwnFileError: The part is not what was to be written.
    """
    record_ids, data_ids, prompts = [], [], []
    profile: Profile = {}
    originals = _originals(part)
    with pq.ParquetFile(part.path, page_checksum_verification=True, **STREAMED) as file:
        for number, batch in enumerate(file.iter_batches(_BATCH_ROWS), 1):
            table = pa.Table.from_batches([batch])
            fields = CANDIDATE_FIELDS[part.label_kind]
            candidates = pa.table([one_array(table[f.name]).cast(f.type) for f in fields], schema=fields)
            ids = table["record_id"].to_pylist()
            corrected = as_mask(one_array(table["corrected_by"]).is_valid())
            changed = (np.diff(list_offsets(one_array(table["repairs"]))) > 0) | corrected
            contents = dedup.content_hashes(part.label_kind, candidates).to_pylist()
            for record_id, content, is_changed in zip(ids, contents, changed.tolist(), strict=True):
                if (record_id, content) != (next(originals, None) if is_changed else (record_id, _named(record_id))):
                    raise _not_as_checked(part.path, record_id)
            record_ids.append(_hashes(ids))
            names = table["data_id"].to_pylist()
            if ids_within_file:
                names = [f"{file}\0{name}" for file, name in zip(table["source_file"].to_pylist(), names, strict=True)]
            data_ids.append(_hashes(names))
            prompts.append(_words(dedup.prompt_keys(part.label_kind, candidates)))
            add(profile, profile_of(part.label_kind, table))
            if number % _BATCHES_KEPT == 0:
                give_memory_back()
    rows = sum(map(len, record_ids))
    if rows != part.rows:
        raise OwnFileError(
            say(
                "{path}: {rows} rows read back, {expected} were to be written",
                path=part.path,
                rows=rows,
                expected=part.rows,
            )
        )
    if (left := next(originals, None)) is not None:
        raise _not_as_checked(part.originals, left[0])
    _save(hashes, np.stack([together(column) for column in (record_ids, data_ids, prompts)]))
    return PartFacts(FileFacts.of(part.path, rows), originals_facts(part), hashes, profile)


def originals_facts(part: Part) -> FileFacts | None:
    """Of the originals of a part, None where it has none."""
    if not part.originals.is_file():
        return None
    return FileFacts.of(part.originals, pq.read_metadata(part.originals).num_rows)


def _originals(part: Part) -> Iterator[tuple[str, bytes]]:
    """The ids of the repaired and corrected records of a part, and the hashes of what their contents are now.

    Raises:
        OwnFileError: One of them was not delivered like that.
    """
    if not part.originals.is_file():
        return
    fields = CANDIDATE_FIELDS[part.label_kind]
    with pq.ParquetFile(part.originals, page_checksum_verification=True, **STREAMED) as file:
        for batch in file.iter_batches(_BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            delivered = dedup.content_hashes(part.label_kind, table.select(fields.names)).to_pylist()
            ids, repaired = table["record_id"].to_pylist(), table["repaired_hash"].to_pylist()
            for record_id, content, now in zip(ids, delivered, repaired, strict=True):
                if content != _named(record_id):
                    raise _not_as_checked(part.originals, record_id)
                yield record_id, now


def _named(record_id: str) -> bytes:
    """The content hash in an id."""
    return bytes.fromhex(record_id.split("-")[1])


def _not_as_checked(path: Path, record_id: str) -> OwnFileError:
    return OwnFileError(
        say("{path}: record {record_id} does not hold the content that was checked", path=path, record_id=record_id)
    )


def together(hashes: Sequence[Hashes]) -> Hashes:
    """Hashes of several files in one array; of none, no rows."""
    return np.concatenate([np.zeros((0, 2), np.uint64), *hashes])
