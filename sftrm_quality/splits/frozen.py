"""Frozen splits: a file that says for good in which split each prompt is.

A Parquet file, sorted by key, so that the same release gives the same bytes. Its metadata name the version of the keys,
since keys of another version name other prompts, and the release that it was made of.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality.arrays import as_ints, one_array
from sftrm_quality.errors import ConfigError
from sftrm_quality.output import written
from sftrm_quality.splits.assignment import NO_SPLIT, SPLITS, Codes
from sftrm_quality.words import say

_VERSION, _RELEASE = b"key_version", b"release_id"
_SCHEMA = pa.schema([("prompt_key", pa.binary(16)), ("split", pa.dictionary(pa.int8(), pa.string()))])


@dataclass(frozen=True)
class FrozenSplits:
    """Prompts and their splits.

    keys: binary(16), each once, ascending. splits: positions in `SPLITS`. release_id: the release they are of.
    """

    keys: pa.FixedSizeBinaryArray
    splits: Codes
    release_id: str

    def counts(self) -> list[int]:
        """How many prompts each split has, in the order of `SPLITS`."""
        return [int(np.count_nonzero(self.splits == split)) for split in range(len(SPLITS))]

    def of(self, keys: pa.FixedSizeBinaryArray) -> Codes:
        """The frozen split of each prompt key, `NO_SPLIT` where it has none."""
        places = as_ints(pc.index_in(keys, value_set=self.keys), if_null=-1)
        return np.append(self.splits, np.int8(NO_SPLIT))[places]


def write_frozen(frozen: FrozenSplits, key_version: int, path: Path) -> None:
    """Write them as a file, which appears whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    names = pa.DictionaryArray.from_arrays(pa.array(frozen.splits), pa.array([str(split) for split in SPLITS]))
    metadata = {_VERSION: str(key_version).encode(), _RELEASE: frozen.release_id.encode()}
    table = pa.table([frozen.keys, names], schema=_SCHEMA.with_metadata(metadata))
    with written(path) as file:
        pq.write_table(table, file, compression="zstd")


def read_frozen(path: Path, key_version: int) -> FrozenSplits:
    """What ``write_frozen`` wrote.

    Args:
        path: Of the file.
        key_version: That its keys must have.

    Raises:
        ConfigError: There is no such file, it is of another kind, or its keys are of another version.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise ConfigError(
            say(
                "splits.frozen: {path} cannot be read as frozen splits ({error}); `sftrm splits freeze` writes them",
                path=path,
                error=str(error).splitlines()[0],
            )
        ) from error
    metadata = table.schema.metadata or {}
    if table.schema.names != _SCHEMA.names or _VERSION not in metadata:
        raise ConfigError(
            say(
                "splits.frozen: {path} has no frozen splits, expected a file that `sftrm splits freeze` wrote",
                path=path,
            )
        )
    release_id = metadata.get(_RELEASE, b"").decode()
    if (version := metadata[_VERSION].decode()) != str(key_version):
        raise ConfigError(
            say(
                "splits.frozen: {path} has prompt keys of version {version}, this version of sftrm-quality has "
                "{expected}. Write it anew: sftrm splits freeze {release_id} --to {path}",
                path=path,
                version=version,
                expected=key_version,
                release_id=release_id,
            )
        )
    names = one_array(table["split"]).dictionary_decode().cast(pa.string())
    codes = as_ints(pc.index_in(names, value_set=pa.array([str(split) for split in SPLITS]))).astype(np.int8)
    return FrozenSplits(one_array(table["prompt_key"]), codes, release_id)
