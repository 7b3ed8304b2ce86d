"""The bytes of single records once more, for instance of duplicates that are found long after reading."""

from collections.abc import Sequence

import numpy as np

from sftrm_quality.errors import StorageError
from sftrm_quality.reading.discover import SourceFile
from sftrm_quality.reading.streams import RawStream, open_streams
from sftrm_quality.reading.window import Window

_STEP = 1 << 20


def read_spans(file: SourceFile, source_file: str, offsets: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
    """Bytes ``offset`` to ``offset + length`` of a stream of ``file``, in the order asked for.

    ``source_file`` names the stream (the file itself or a member), positions are those of the records' lineage. A plain
    file is read at the places, a compressed one once from the beginning. UTF-16 and CP949 come as they are.
    Raises StorageError where the stream or the bytes are no longer there.
    """
    stream = next(
        (s for s in open_streams(file) if isinstance(s, RawStream) and s.source_file == source_file),
        None,
    )
    if stream is None:
        raise StorageError(f"{file.path}: no '{source_file}' in it any more. The raw file changed; run again.")
    records = [b""] * len(offsets)
    order = np.argsort(np.asarray(offsets, dtype=np.int64), kind="stable").tolist()
    if stream.plain:
        with file.path.open("rb") as raw:
            for i in order:
                raw.seek(offsets[i])
                records[i] = raw.read(lengths[i])
    else:
        window = Window(stream.open())
        for i in order:
            while window.offset + len(window.data) < offsets[i] and not window.at_end:
                window.drop(len(window.data))
                window.fill(_STEP)
            window.drop(min(offsets[i] - window.offset, len(window.data)))
            window.fill(lengths[i])
            records[i] = window.data[: lengths[i]]
        window.close()
    for i in order:
        if len(records[i]) != lengths[i]:
            raise StorageError(
                f"{source_file}: {len(records[i])} bytes at {offsets[i]}, expected {lengths[i]}. "
                "The raw file changed after it was read; run again."
            )
    return records
