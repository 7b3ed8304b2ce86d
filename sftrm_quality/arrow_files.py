"""Tables between the steps: uncompressed Arrow IPC files, which are mapped and not read."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from sftrm_quality.errors import OwnFileError, storage_error_type
from sftrm_quality.words import say


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow IPC file."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A table of an Arrow IPC file, mapped: only the pages of the columns that are used become resident.

    Args:
        path: of the file.
        columns: which ones, in this order; all without it.

    Raises:
        StorageError: the file is missing or broken.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else OwnFileError
        raise failed(
            say("{path}: cannot be read: {error}. Rerun: what is damaged is made again.", path=path, error=error)
        ) from error
    return table if columns is None else table.select(list(columns))
