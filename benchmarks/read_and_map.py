"""Reads one raw file and maps its records, shard by shard in this process: ``python -m benchmarks.read_and_map FILE``.

Prints the format, the records and the CPU seconds of that, without what imports and compiling take.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from sftrm_quality.config import Limits, SourceSettings
from sftrm_quality.formats import formats_of
from sftrm_quality.intake import NotRead, read_and_map, recognise_stream
from sftrm_quality.reading import SourceFile, UnknownFile, open_streams


def read_and_mapped(path: Path) -> tuple[str, int]:
    """The format of a file, and how many candidates its records are. Exits where it is not read."""
    source, formats, limits = SourceSettings(), formats_of(()), Limits()
    (stream,) = open_streams(SourceFile(path, path.name, path.stat().st_size))
    with tempfile.TemporaryDirectory() as spill:
        found = stream if isinstance(stream, UnknownFile) else recognise_stream(
            stream, limits, Path(spill), source, formats
        )  # fmt: skip
        if isinstance(found, UnknownFile | NotRead):
            sys.exit(f"{path}: {found}")
        records = 0
        for shard in found.document.shards:
            mapped = read_and_map(shard, formats, found.format, source, found.id_field, limits)
            records += sum(len(of_kind.rows) for of_kind in mapped.candidates.values())
            if shard.spilled:
                shard.path.unlink()
        found.document.close()
    return found.format.name, records


def main() -> None:
    path = Path(sys.argv[1])
    read_and_mapped(Path(sys.argv[2]))  # a small file of the same form: what is compiled or imported at first use
    started = time.process_time()
    name, records = read_and_mapped(path)
    print(json.dumps({"format": name, "records": records, "cpu_seconds": time.process_time() - started}))


if __name__ == "__main__":
    main()
