"""What a raw file gave before, by the hash of its bytes and of everything that the result depends on.

A night costs what is new: a file that was read once, under the same settings, suites and versions, is not read again.
Every spilled file is listed with its hash, so that a damaged cache is rebuilt and never believed.
"""

import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

import xxhash

from sftrm_quality.errors import StorageError
from sftrm_quality.intake.results import FileIntake, intakes_from_json
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.output import OutputFolder, move_folder
from sftrm_quality.reading import SourceFile, content_hash
from sftrm_quality.versions import code_hash

_INTAKES = "intakes.json"
_HASHES = "hashes.json"


def cache_key(file: SourceFile, settings: ShardSettings) -> str:
    """A name for what the intake of a file gives.

    Args:
        file: The file, hashed. Its own name counts only where settings go by names.
        settings: What shapes its shards.

    Returns:
        32 hexadecimal digits.
    """
    name = file.source_file if settings.sources else None
    depends_on = [file.content_hash, name, settings.key(), code_hash()]
    return xxhash.xxh3_128_hexdigest(json.dumps(depends_on).encode())


def find(output: OutputFolder, key: str, file: SourceFile) -> list[FileIntake] | None:
    """The intakes of a file as they were kept, or None where there are none or they are damaged."""
    folder = output.cache / key
    if not folder.is_dir():
        return None
    try:
        hashes = json.loads((folder / _HASHES).read_text("utf-8"))
        if hashes != {path.name: content_hash(path) for path in folder.iterdir() if path.name != _HASHES}:
            raise ValueError("damaged")
        return intakes_from_json((folder / _INTAKES).read_text("utf-8"), file, folder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, StorageError):
        shutil.rmtree(folder, ignore_errors=True)
        return None


def keep(
    output: OutputFolder, key: str, building: Path, intakes: Sequence[FileIntake], file: SourceFile
) -> list[FileIntake]:
    """Move a finished folder of spilled shards into the cache; the intakes as they are there."""
    (building / _INTAKES).write_text(json.dumps([intake.to_json() for intake in intakes]), "utf-8")
    hashes = {path.name: content_hash(path) for path in sorted(building.iterdir())}
    (building / _HASHES).write_text(json.dumps(hashes), "utf-8")
    folder = output.cache / key
    try:
        move_folder(building, folder)
    except OSError:
        # The intake of two raw files with the same bytes goes on side by side: one of them is enough.
        if not (folder / _HASHES).is_file():
            raise
        shutil.rmtree(building)
    return intakes_from_json((folder / _INTAKES).read_text("utf-8"), file, folder)


def forget_others(output: OutputFolder, keys: Collection[str]) -> None:
    """Delete what belongs to raw files or settings that the current release no longer has."""
    used = {output.part_cache.name, *keys}
    for folder in output.cache.iterdir() if output.cache.is_dir() else ():
        if folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)
