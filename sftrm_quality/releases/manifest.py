"""What a release was made from and what it consists of: ``manifest.json``, and the id that follows from its inputs."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sftrm_quality.checks import Suites
from sftrm_quality.config import SAID_OF_SOURCES, RunConfig
from sftrm_quality.errors import PermanentStorageError, storage_error_type
from sftrm_quality.formats import Formats
from sftrm_quality.intake import ShardSettings
from sftrm_quality.output import write_atomically
from sftrm_quality.reading import SourceFile
from sftrm_quality.records import LabelKind, SplitName
from sftrm_quality.releases.parts import file_hash
from sftrm_quality.reviews import NO_REVIEWS, Reviews
from sftrm_quality.run_record import Manifest, read_manifest_json
from sftrm_quality.words import say

MANIFEST = "manifest.json"
CARD = "README.md"
CROISSANT = "croissant.json"


@dataclass(frozen=True)
class PublishedFile:
    """A file of records: where it is, the split of its records, the hash of its bytes."""

    path: Path
    split: SplitName
    sha256: str


@dataclass(frozen=True)
class Release:
    """A published release as it lies in the output folder."""

    release_id: str
    folder: Path
    manifest: Manifest
    is_current: bool

    def files_of(self, kind: LabelKind) -> list[PublishedFile]:
        """The files that hold records of a label kind.

        Args:
            kind: The label kind.

        Returns:
            They, by path; what else the manifest lists is not among them.
        """
        return [
            PublishedFile(self.folder / name, file.split, file.sha256)
            for name, file in sorted(self.manifest.data_files.items())
            if file.label_kind is kind and file.split is not None
        ]


def effective_settings(config: RunConfig) -> dict[str, Any]:
    """The settings that a release depends on: not where it is written, by which workers, who
    reads of it where, nor which trainers it is exported and looked at for."""
    elsewhere = {
        "raw",
        "out",
        "expectations",
        "formats",
        "reviews",
        "as_of",
        "workers",
        "engine",
        "ray_address",
        "timezone",
        "lock_seconds",
        "exports",
        "preflight",
    }
    # Whose files they are, and whether they are still expected, changes what is said of them and none of their records.
    settings = config.model_dump(mode="json", exclude=elsewhere)
    # What a file says counts, not where it lies.
    settings["splits"]["frozen"] = file_hash(Path(config.splits.frozen)) if config.splits.frozen else ""
    settings["sources"] = [source.model_dump(mode="json", exclude=set(SAID_OF_SOURCES)) for source in config.sources]
    return settings


def hash_of(value: object) -> str:
    """sha256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def raw_hash(config: RunConfig) -> str:
    """A hash of the raw paths, to tell a run over the same place from one over another.

    Args:
        config: The run's settings.

    Returns:
        sha256, in hexadecimal digits.
    """
    return hash_of(sorted(os.fsencode(path.resolve()).decode("utf-8", "backslashreplace") for path in config.raw))


def release_id(
    files: Sequence[SourceFile], config: RunConfig, suites: Suites, formats: Formats, reviews: Reviews = NO_REVIEWS
) -> str:
    """A name that follows from everything that a release is made from.

    Args:
        files: The raw files, hashed.
        config: The run's settings.
        suites: The run's suites.
        formats: The run's formats.
        reviews: The effective ones. Their day does not count, nor does a folder of which nothing is effective.

    Returns:
        ``r-`` and 16 hexadecimal digits; equal inputs give an equal id.
    """
    inputs = [[file.source_file, file.content_hash] for file in files]
    shards = ShardSettings.of(config, suites, formats).key()
    reviewed = [reviews.hash] if reviews else []
    return "r-" + hash_of([inputs, shards, effective_settings(config), suites.release.hash, *reviewed])[:16]


def read_manifest(release: Path) -> Manifest:
    """The manifest of a release folder.

    Args:
        release: The folder.

    Returns:
        The manifest, also one of an older version.

    Raises:
        StorageError: It is missing or broken.
    """
    path = release / MANIFEST
    try:
        return read_manifest_json(path.read_bytes())
    except (OSError, ValueError) as error:
        failed = storage_error_type(error) if isinstance(error, OSError) else PermanentStorageError
        raise failed(
            say(
                "{path}: the release has no readable manifest ({error}); run again to rebuild it",
                path=path,
                error=error,
            )
        ) from error


def write_manifest(release: Path, manifest: Manifest) -> None:
    """Write the manifest of a release folder, atomically: what lists its files names only what is there."""
    write_atomically(release / MANIFEST, json.dumps(manifest.to_json(), ensure_ascii=False, indent=2) + "\n")


def damaged_files(release: Path, manifest: Manifest) -> list[str]:
    """Files of a release that are missing or whose bytes are not those that were published."""
    return [
        name
        for name, listed in manifest.data_files.items()
        if not (release / name).is_file() or file_hash(release / name) != listed.sha256
    ]
