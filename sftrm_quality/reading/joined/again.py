"""Single joined records once more."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sftrm_quality.config import Limits
from sftrm_quality.errors import TransientStorageError
from sftrm_quality.reading.joined.links import Links
from sftrm_quality.reading.joined.opening import Joined, join
from sftrm_quality.reading.opening import open_document
from sftrm_quality.reading.shards import OpenDocument
from sftrm_quality.reading.streams import RawStream
from sftrm_quality.words import say


def joined_again(stream: RawStream, layout: str, indexes: npt.NDArray[np.int64], spill: Path) -> Iterator[bytes]:
    """Joined records of a stream as JSON.

    Args:
        stream: The stream, which is read to its end: a tree may have records anywhere.
        layout: That of its document.
        indexes: Of the records, ascending; of one tree there may be several.
        spill: An existing folder.

    Raises:
        StorageError: They are not there any more.
    """
    read_by = json.loads(layout)
    limits = Limits(**read_by["limits"])
    document = open_document(stream, limits, spill, read_by["encoding"], read_by["columns"])
    joined = join(document, Links(**read_by["links"]), limits, spill) if isinstance(document, OpenDocument) else 0
    found = 0
    if isinstance(joined, Joined):
        for shard in joined.document.shards:
            payloads = dict(zip(shard.indexes.tolist(), shard.payloads(), strict=True))
            while found < len(indexes) and (payload := payloads.get(int(indexes[found]))) is not None:
                yield payload
                found += 1
            shard.path.unlink()
        joined.document.close()
    if found < len(indexes):
        raise TransientStorageError(
            say(
                "{source_file}: record {index:,} cannot be read. The raw file changed after it was read; run again.",
                source_file=stream.source_file,
                index=int(indexes[found]),
            )
        )
