"""Where the records of a file have their ids: ``data_id``, another field that is one, or nowhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import xxhash

from sftrm_quality.formats.base import DATA_ID, NO_ID

FROM_CONTENT = ""
# What other formats call it, the likeliest first. Two files that both count from 1 need ``ids.within: file``.
_ID_NAMES = (
    *("id", "_id", "uuid", "guid", "uid", "idx", "index", "record_id", "sample_id", "example_id", "item_id", "row_id"),
    *("question_id", "qid", "prompt_id", "instance_id", "no", "번호", "아이디"),
)


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and value.strip().casefold() not in NO_ID
    return isinstance(value, int) and not isinstance(value, bool)


def has_data_ids(records: Sequence[object]) -> bool:
    """Whether any of the records has a data_id: then it is where a file's ids are, and a blank one is a fault."""
    return any(isinstance(record, Mapping) and _is_given(record.get(DATA_ID)) for record in records)


def _is_given(value: object) -> bool:
    """Whether there is something, if only a value of a wrong type."""
    return value is not None and (not isinstance(value, str) or _is_id(value))


def id_field(sample: Sequence[object], records: Callable[[Sequence[str]], Iterator[object]]) -> str:
    """Where the ids of a file are, after a look at all its records.

    Args:
        sample: Records from its beginning, none with a data_id.
        records: Gives all of them, with those of the named fields that they have.

    Returns:
        ``data_id`` if any record has one; else the first of the usual names that every record has another id under;
        else "": there is none.
    """
    objects = [record for record in sample if isinstance(record, Mapping)]
    names = [name for name in _ID_NAMES if objects and all(_is_id(record.get(name)) for record in objects)]
    seen: dict[str, list[int]] = {name: [] for name in names}
    for record in records((DATA_ID, *names)):
        if not isinstance(record, Mapping):
            continue
        if _is_given(record.get(DATA_ID)):
            return DATA_ID
        for name in list(seen):
            if _is_id(record.get(name)):
                seen[name].append(xxhash.xxh3_64_intdigest(str(record[name]).encode("utf-8", "surrogatepass")))
            else:
                del seen[name]
    for name, hashes in seen.items():
        if len(np.unique(np.array(hashes, np.uint64))) == len(hashes):
            return name
    return FROM_CONTENT
