"""What a raw file gave before, by the hash of its bytes and of everything that the result depends on.

A night costs what is new: a file that was read once, under the same settings, suites and versions, is not read again.
Every spilled file is listed with its hash, so that a damaged cache is rebuilt and never believed.
"""

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import xxhash

from sftrm_quality.errors import StorageError
from sftrm_quality.intake.results import FileIntake, intakes_from_json
from sftrm_quality.intake.shard_settings import ShardSettings
from sftrm_quality.output import OutputFolder
from sftrm_quality.reading import SourceFile, content_hash
from sftrm_quality.reviews import FileReviews
from sftrm_quality.versions import code_hash

_INTAKES = "intakes.json"
_HASHES = "hashes.json"
_REVIEWED = "-"


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


def reviewed_key(key: str, reviews: Mapping[str, FileReviews], file: SourceFile) -> str:
    """A name for what the intake of a file gives with the reviews that apply to it.

    Args:
        key: Of what it gives without.
        reviews: Those that apply, by the source files in it.
        file: The file.

    Returns:
        The key, a hyphen, and 32 hexadecimal digits.
    """
    applied = sorted((name[len(file.source_file) :], own.key) for name, own in reviews.items())
    return f"{key}{_REVIEWED}{xxhash.xxh3_128_hexdigest(json.dumps(applied).encode())}"


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
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Not durably: what a power cut leaves of it is looked at like any other, and read again where it is damaged.
        building.rename(folder)
    except OSError:
        # The intake of two raw files with the same bytes goes on side by side: one of them is enough.
        if not (folder / _HASHES).is_file():
            raise
        shutil.rmtree(building)
    return intakes_from_json((folder / _INTAKES).read_text("utf-8"), file, folder)


def forget_others(output: OutputFolder, keys: Collection[str], *, any_reviews: bool = False) -> None:
    """Delete what belongs to raw files or settings that the current release no longer has.

    Args:
        output: The output folder.
        keys: Of what it has. What a file gives without reviews stays, too: by that it is known which apply to it.
        any_reviews: What the files of these keys gave with reviews stays, whichever these were: without reading the
            files nobody knows which apply.
    """
    used = {output.part_cache.name, *keys, *map(_without_reviews, keys)}
    for folder in output.cache.iterdir() if output.cache.is_dir() else ():
        if (_without_reviews(folder.name) if any_reviews else folder.name) not in used:
            shutil.rmtree(folder, ignore_errors=True)


def _without_reviews(key: str) -> str:
    return key.partition(_REVIEWED)[0]
