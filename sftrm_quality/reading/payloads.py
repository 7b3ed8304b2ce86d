"""A record's own text, as it is kept with the reason why the record was excluded."""

from collections.abc import Sequence

import pyarrow as pa


def payload_columns(raw: Sequence[bytes], encoding: str) -> dict[str, pa.Array]:
    """Columns ``payload`` and ``payload_bytes`` for records of a source in that encoding.

    Bytes that are no text of the encoding are shown as ``\\xNN``; ``payload_bytes`` has the original bytes, null where
    ``payload`` in UTF-8 is the same byte by byte.
    """
    texts = [piece.decode(encoding, "backslashreplace") for piece in raw]
    originals = [None if text.encode() == piece else piece for text, piece in zip(texts, raw, strict=True)]
    return {"payload": pa.array(texts, pa.string()), "payload_bytes": pa.array(originals, pa.binary())}
