"""Windows of a prompt: some of its passages of 24 characters, by which templates are found (``templates``).

Of each part of a prompt the sixteen windows with the lowest hashes are kept, which are spread over it by chance. Texts
that share most of their windows share most of those, whatever their length, so that a count of windows over all records
is a count of passages (bottom-k sampling: Cohen and Kaplan, 2007).
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sftrm_quality.arrays import lists_of, offsets_of, text_buffers
from sftrm_quality.dedup.encoding import digests
from sftrm_quality.dedup.kernels import decode, sample_windows
from sftrm_quality.dedup.parts import Prompt

# Half of a prompt is told from a quarter by as many with odds of 30 to 1 and better; a million prompts take 130 MB.
MOST = 16
PARTS = Prompt._fields
"""Parts of a prompt, each with windows of its own: text, history, system."""
PLACE_BITS = 30
"""Of a window's place: the character at which it begins; above these bits the number of its part."""


def window_fields() -> list[tuple[str, pa.DataType]]:
    """The columns of ``window_columns``.

    ``window_keys``, ``window_places`` (list<uint32>): hash and place of each sampled window. Of each part,
    ``text_hash`` … (uint64) of its folded form, and ``text_size`` … (uint32), its characters; 0 where it is absent.
    """
    lists = [(name, pa.list_(pa.uint32())) for name in ("window_keys", "window_places")]
    of_parts = [
        (f"{part}_{name}", kind) for part in PARTS for name, kind in (("hash", pa.uint64()), ("size", pa.uint32()))
    ]
    return [*lists, *of_parts]


def window_columns(prompt: Prompt) -> dict[str, pa.Array]:
    """The sampled windows of prompts in their folded form.

    Args:
        prompt: Of some rows.

    Returns:
        The columns of ``window_fields``.
    """
    rows = len(prompt.text.folded)
    keys = np.zeros((rows, MOST * len(PARTS)), np.uint32)
    places = np.zeros((rows, MOST * len(PARTS)), np.uint32)
    filled = np.zeros((rows, MOST * len(PARTS)), np.bool_)
    columns: dict[str, pa.Array] = {}
    for number, (name, forms) in enumerate(zip(PARTS, prompt, strict=True)):
        hashes, sizes = np.zeros(rows, np.uint64), np.zeros(rows, np.int64)
        if forms is not None:
            offsets, data = text_buffers(forms.folded)
            codes, starts = decode(data, offsets)
            own_keys, own_places = np.zeros((rows, MOST), np.uint32), np.zeros((rows, MOST), np.uint32)
            counts = np.zeros(rows, np.int64)
            sample_windows(codes, starts, np.uint64(number), own_keys, own_places, counts)
            here = slice(number * MOST, (number + 1) * MOST)
            keys[:, here] = own_keys
            places[:, here] = own_places | np.uint32(number << PLACE_BITS)
            filled[:, here] = np.arange(MOST) < counts[:, None]
            hashes = folded_hashes(forms.folded)
            sizes = np.diff(starts)
        columns[f"{name}_hash"], columns[f"{name}_size"] = pa.array(hashes), pa.array(sizes, pa.uint32())
    starts_of_rows = offsets_of(filled.sum(axis=1))
    columns["window_keys"] = lists_of(starts_of_rows, pa.array(keys[filled]))
    columns["window_places"] = lists_of(starts_of_rows, pa.array(places[filled]))
    return columns


def folded_hashes(folded: pa.StringArray) -> npt.NDArray[np.uint64]:
    """The first 64 bits of the digest of each folded text, 0 for an empty one."""
    hashes = np.frombuffer(digests(folded).buffers()[1], ">u8")[::2].astype(np.uint64)
    return np.where(np.diff(text_buffers(folded)[0]) > 0, hashes, np.uint64(0))
