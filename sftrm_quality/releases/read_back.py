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
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality import dedup
from sftrm_quality.arrays import Mask, as_mask, list_offsets, one_array
from sftrm_quality.errors import OwnFileError
from sftrm_quality.output import append_array
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind
from sftrm_quality.releases.parts import STREAMED, Part, file_hash
from sftrm_quality.releases.profile import Profile, add, profile_of
from sftrm_quality.words import say
from sftrm_quality.workers import give_memory_back

Hashes = npt.NDArray[np.uint64]
_BATCH_ROWS = 2_048
# Allocators keep what batches free: 80 MiB by the end of a file, 30 MiB when they are asked now and then.
_BATCHES_KEPT = 8
# Of a content hash in a record_id.
_DIGITS = 32


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


def _words(digests: pa.FixedSizeBinaryArray) -> Hashes:
    return np.frombuffer(digests.buffers()[1], np.uint64).reshape(-1, 2)


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
            ids = one_array(table["record_id"])
            contents = dedup.content_hashes(part.label_kind, candidates)
            corrected = as_mask(one_array(table["corrected_by"]).is_valid())
            changed = (np.diff(list_offsets(one_array(table["repairs"]))) > 0) | corrected
            for row in np.flatnonzero(changed | ~_named_by(part.label_kind, ids, contents)).tolist():
                record_id = ids[row].as_py()
                if not changed[row] or (record_id, contents[row].as_py()) != next(originals, None):
                    raise _not_as_checked(part.path, record_id)
            record_ids.append(_words(dedup.digests(ids)))
            names = one_array(table["data_id"])
            if ids_within_file:
                names = pc.binary_join_element_wise(one_array(table["source_file"]), names, "\0")
            data_ids.append(_words(dedup.digests(names)))
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
            delivered = dedup.content_hashes(part.label_kind, table.select(fields.names))
            right = _named_by(part.label_kind, one_array(table["record_id"]), delivered)
            ids, repaired = table["record_id"].to_pylist(), table["repaired_hash"].to_pylist()
            for record_id, now, is_right in zip(ids, repaired, right.tolist(), strict=True):
                if not is_right:
                    raise _not_as_checked(part.originals, record_id)
                yield record_id, now


def _named_by(kind: LabelKind, ids: pa.StringArray, contents: pa.FixedSizeBinaryArray) -> Mask:
    """Whether each id has the content hash that is beside it."""
    digits = contents.buffers()[1].to_pybytes().hex().encode()
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * np.int32(_DIGITS)
    written = pa.StringArray.from_buffers(len(ids), pa.py_buffer(offsets), pa.py_buffer(digits))
    begin = len(f"{kind}-")
    return as_mask(pc.equal(pc.utf8_slice_codeunits(ids, begin, begin + _DIGITS), written))


def _not_as_checked(path: Path, record_id: str) -> OwnFileError:
    return OwnFileError(
        say("{path}: record {record_id} does not hold the content that was checked", path=path, record_id=record_id)
    )


def together(hashes: Sequence[Hashes]) -> Hashes:
    """Hashes of several files in one array; of none, no rows."""
    return np.concatenate([np.zeros((0, 2), np.uint64), *hashes])
