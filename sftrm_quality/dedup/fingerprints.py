"""The fingerprint of a shard: everything that the steps over all shards need to know of its records.

At the usual threshold of 0.8 a row takes 290 bytes, 8 more per window of its prompt (16 at most per part), and for RM
20 per response.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Ints, digest_halves, lists_of, one_array, text_buffers
from sftrm_quality.config import NearDuplicates
from sftrm_quality.dedup.encoding import DIGEST, digests, encode_rows
from sftrm_quality.dedup.minhash import add_texts, band_columns, band_shape, empty_signatures
from sftrm_quality.dedup.parts import FormColumns, Prompt, Responses, prompt_of, prompt_part, response_part
from sftrm_quality.dedup.windows import window_columns, window_fields
from sftrm_quality.records import CANDIDATE_FIELDS, LabelKind

KEY_VERSION = 2
"""Of the keys of prompts and contents. Another version may group other prompts: what was kept by keys is made anew.

1: the normal form, until November 2026. 2: the folded form."""

# A word said by the prompt is another shingle than the same word in a response. Any three different numbers do.
_PROMPT, _HISTORY, _RESPONSE = 1, 2, 3


def band_names(part: str, threshold: float) -> list[str]:
    """Names of band columns: prompt_band_00, prompt_band_01, …

    Args:
        part: ``prompt`` or ``content``.
        threshold: That they are made for, 0 to 1.
    """
    return [f"{part}_band_{band:02}" for band in range(band_shape(threshold)[0])]


def band_metadata(threshold: float) -> dict[bytes, bytes]:
    """What the schema of a fingerprint says of its bands: how many, and how many hashes in each."""
    bands, length = band_shape(threshold)
    return {b"bands": f"{bands}x{length}".encode()}


def fingerprint_schema(kind: LabelKind, near: NearDuplicates) -> pa.Schema:
    """Columns of a fingerprint, row by row the candidates of a shard.

    - ``content_hash`` of the label kind and every field exactly as delivered, before repairs; the position never enters
    - ``content_key`` of the strict prompt, history, system message and set of responses: equal is exact duplicate
    - ``folded_key`` of the same parts, folded: equal is folded duplicate
    - ``prompt_key`` of the folded prompt, history and system message, the same for both label kinds
    - ``data_id_key`` of the label kind and the data_id, null where that is null
    - ``response_bytes`` (uint32) of all responses, ``warnings`` (uint16), for the choice of the copy that stays
    - those of ``windows.window_fields``, by which templates are found
    - ``prompt_band_NN``, ``content_band_NN`` (uint32): equal ones propose a pair; none at a threshold of 1
    - RM: ``response_keys``, the first 64 bits of the digest of each folded response, and ``response_ranks``, its rank
      as delivered (null where it has none), in the order delivered

    Responses of one record that fold equally differ in their form, which is what the record teaches: its keys are made
    of their strict forms.

    The metadata ``bands`` says how they were made; bands of another threshold would propose other pairs, silently.
    """
    names = [*band_names("prompt", near.threshold), *band_names("content", near.threshold)]
    digest_columns = ("content_hash", "content_key", "folded_key", "prompt_key", "data_id_key")
    fields = [(name, DIGEST) for name in digest_columns]
    fields += [("response_bytes", pa.uint32()), ("warnings", pa.uint16()), *window_fields()]
    fields += [(name, pa.uint32()) for name in names]
    if kind is LabelKind.RM:
        fields += [("response_keys", pa.list_(pa.uint64())), ("response_ranks", pa.list_(pa.float64()))]
    return pa.schema(fields, metadata=band_metadata(near.threshold))


def content_hashes(kind: LabelKind, table: pa.Table) -> pa.FixedSizeBinaryArray:
    """xxh3_128 (binary(16)) of the label kind and the candidates' own fields, nulls distinct from empty texts.

    Args:
        kind: Of the candidates.
        table: The candidates, in the columns of `records.CANDIDATE_FIELDS`; others are not read.
    """
    fields = {name: one_array(table[name]) for name in CANDIDATE_FIELDS[kind].names}
    return digests(encode_rows(f"{kind}\0".encode(), fields))


def fingerprint(
    kind: LabelKind,
    table: pa.Table,
    forms: FormColumns,
    warnings: npt.NDArray[np.uint16],
    near: NearDuplicates,
    delivered: pa.FixedSizeBinaryArray | None = None,
) -> pa.Table:
    """The fingerprints of candidates, row by row. Texts that are null are taken for empty.

    Args:
        kind: Of the candidates.
        table: The candidates, in the columns of `records.CANDIDATE_FIELDS`.
        forms: Their ``parts.form_columns``.
        warnings: How many checks of severity warning each fails.
        near: Says which bands are made.
        delivered: The `content_hashes` of what was delivered, which repairs do not change; None where it is the table.

    Returns:
        The columns of ``fingerprint_schema``.
    """
    prompt = prompt_part(kind, table, forms)
    responses = response_part(kind, forms)
    folded_prompts = _prompt_keys(prompt, "folded")
    strict_digests = digests(responses.texts.strict)
    folded_digests = _of_apart(digests(responses.texts.folded), strict_digests, responses.starts)
    columns = {
        "content_hash": content_hashes(kind, table) if delivered is None else delivered,
        "content_key": _content_keys(kind, responses.starts, _prompt_keys(prompt, "strict"), strict_digests),
        "folded_key": _content_keys(kind, responses.starts, folded_prompts, folded_digests),
        "prompt_key": folded_prompts,
        "data_id_key": data_id_keys(kind, one_array(table["data_id"])),
        "response_bytes": pa.array(_response_bytes(responses), pa.uint32()),
        "warnings": pa.array(warnings),
        **window_columns(prompt),
        **_bands(prompt, responses, near.threshold),
    }
    if kind is LabelKind.RM:
        ranks = pc.struct_field(one_array(table["responses"]).flatten(), "rank")
        keys = np.frombuffer(folded_digests.buffers()[1], ">u8")[::2].astype(np.uint64)
        columns["response_keys"] = lists_of(responses.starts, pa.array(keys))
        columns["response_ranks"] = lists_of(responses.starts, ranks)
    return pa.table(columns, schema=fingerprint_schema(kind, near))


def prompt_keys(kind: LabelKind, table: pa.Table) -> pa.FixedSizeBinaryArray:
    """The ``prompt_key`` (binary(16)) of records, only from their prompt or question, history and system message.

    Args:
        kind: Of the records.
        table: Their columns ``question`` (SFT) or ``prompt`` (RM), ``history`` and ``system``, as delivered.
    """
    return _prompt_keys(prompt_of(kind, table), "folded")


def _prompt_keys(prompt: Prompt, form: Literal["strict", "folded"]) -> pa.FixedSizeBinaryArray:
    contexts = {"history": prompt.history, "system": prompt.system}
    # An absent history is not written, an empty one is: make both absent.
    present = {name: _empty_to_null(getattr(texts, form)) for name, texts in contexts.items() if texts is not None}
    return digests(encode_rows(b"prompt\0", {"prompt": getattr(prompt.text, form), **present}))


def _empty_to_null(texts: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _of_apart(folded: pa.Array, strict: pa.Array, starts: Ints) -> pa.FixedSizeBinaryArray:
    """The folded digests of responses, the strict ones where a record has two of one folded and another strict form."""
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    if len(rows) == len(starts) - 1:
        return folded
    apart = np.zeros(len(starts) - 1, np.int64)
    for digests_of, sign in ((strict, 1), (folded, -1)):
        halves = digest_halves(digests_of)
        order = np.lexsort((halves[:, 1], halves[:, 0], rows))
        new = (rows[order][1:] != rows[order][:-1]) | (halves[order][1:] != halves[order][:-1]).any(axis=1)
        np.add.at(apart, rows[order][np.append(True, new)[: len(rows)]], sign)
    return pc.if_else(pa.array((apart > 0)[rows]), strict, folded)


def _response_bytes(responses: Responses) -> Ints:
    offsets, _ = text_buffers(responses.texts.strict)
    total: Ints = np.diff(offsets[responses.starts])
    return total


def _content_keys(
    kind: LabelKind, starts: Ints, prompt_keys: pa.Array, response_digests: pa.Array
) -> pa.FixedSizeBinaryArray:
    """The responses enter as a set: sorted, each once, so that neither order nor rank makes another record."""
    prefix = kind.encode() + b"\0"
    if len(response_digests) == len(prompt_keys):  # one each, as always in SFT: five times faster
        rows = len(prompt_keys)
        pieces = [np.tile(np.frombuffer(prefix, np.uint8), (rows, 1))]
        pieces += [digest_halves(keys).view(np.uint8).reshape(rows, 16) for keys in (prompt_keys, response_digests)]
        joined = np.concatenate(pieces, axis=1)
        offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(joined.shape[1])
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(joined))]
        return digests(pa.BinaryArray.from_buffers(pa.binary(), rows, buffers))
    each = response_digests.to_pylist()
    bounds = starts.tolist()
    return digests(
        pa.array(
            [
                b"".join((prefix, prompt_key, *sorted(set(each[bounds[row] : bounds[row + 1]]))))
                for row, prompt_key in enumerate(prompt_keys.to_pylist())
            ],
            pa.binary(),
        )
    )


def data_id_keys(kind: LabelKind, data_ids: pa.StringArray) -> pa.FixedSizeBinaryArray:
    """The ``data_id_key`` (binary(16)) of records.

    Args:
        kind: Of the records.
        data_ids: Theirs.

    Returns:
        Null where the data_id is null.
    """
    keys = digests(encode_rows(f"{kind}\0".encode(), {"data_id": data_ids}))
    return pc.if_else(data_ids.is_valid(), keys, None)


def _bands(prompt: Prompt, responses: Responses, threshold: float) -> dict[str, pa.Array]:
    """Prompt bands of prompt and history, content bands of these and all responses.

    The union serves because of the mediant: where each part's Jaccard reaches the threshold, so does that of the
    union of the parts (kept apart by namespace), and the union's bands propose the pair. The system message is only
    verified: the same one before every prompt of a source would drown their differences.
    """
    rows = len(prompt.text.normal)
    signatures = empty_signatures(rows, threshold)
    one_each = np.arange(rows + 1, dtype=np.int64)
    add_texts(signatures, prompt.text.normal, one_each, _PROMPT)
    if prompt.history is not None:
        add_texts(signatures, prompt.history.normal, one_each, _HISTORY)
    prompt_bands = band_columns(signatures, threshold)
    add_texts(signatures, responses.texts.normal, responses.starts, _RESPONSE)
    content_bands = band_columns(signatures, threshold)
    names = [*band_names("prompt", threshold), *band_names("content", threshold)]
    return dict(zip(names, map(pa.array, [*prompt_bands, *content_bands]), strict=True))
