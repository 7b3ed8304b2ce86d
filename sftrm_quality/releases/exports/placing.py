"""Exports that a published release gets later. Its manifest names an export exactly while all of it is in its place."""

import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sftrm_quality.config import ExportSettings
from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder, move_folder, sync_tree, write_atomically
from sftrm_quality.releases.exports.making import EXPORTS, DataFiles, Earlier, export_made_from, make_exports
from sftrm_quality.releases.manifest import Release, read_manifest, write_manifest
from sftrm_quality.releases.parts import file_hash
from sftrm_quality.releases.unfinished import nothing_moving
from sftrm_quality.run_record import Export
from sftrm_quality.workers import Workers

# Names the release that exports are being put into; there is none where that came to its end.
_NOTE = ".exporting"


def export_is_stale(release: Path, name: str, made_from: str) -> bool:
    """Whether a release has no such export, has it made of something else, or damaged."""
    export = read_manifest(release).exports.get(name)
    return (
        export is None
        or export.made_from != made_from
        or any(
            not (release / path).is_file() or file_hash(release / path) != file.sha256
            for path, file in export.files.items()
        )
    )


def add_exports(
    output: OutputFolder, release: Release, wanted: Sequence[ExportSettings], staging: Path, workers: Workers
) -> dict[str, Export]:
    """Write exports into a published release, those that it has already left as they are.

    Args:
        output: The output folder; the caller holds its lock.
        release: A release whose data files are whole.
        wanted: Which exports it is to have.
        staging: Where they are written before they are put in their place.
        workers: Write and read the files.

    Returns:
        All exports that it has now, by name.

    Raises:
        StorageError: A file cannot be written or does not read back as it was meant; the release stays as it is.
    """
    data = DataFiles(release.folder, release.manifest.data_files)
    stale = [
        settings
        for settings in wanted
        if export_is_stale(release.folder, settings.name, export_made_from(data, settings))
    ]
    if stale:
        earlier = Earlier(release.folder, release.manifest.exports)
        made = make_exports(data, stale, staging / EXPORTS, earlier, workers)
        sync_tree(staging / EXPORTS)
        put_exports_in_place(output, release.folder, staging / EXPORTS, made)
    return read_manifest(release.folder).exports


def put_exports_in_place(output: OutputFolder, release: Path, made: Path, exports: Mapping[str, Export]) -> None:
    """Move exports into a release, in place of those of the same names, one after the other.

    The manifest forgets an old one before that is moved away, and names the new one once it is there: a kill between
    leaves a folder that no manifest names, see `forget_unlisted_exports`.

    Args:
        output: Has the place for what is replaced; the caller holds its lock.
        release: The folder of the release.
        made: Has a folder for each.
        exports: What the manifest is to say of them, by name.
    """
    if not exports:
        return
    with nothing_moving():
        write_atomically(output.root / _NOTE, release.name + "\n")
        for name, export in exports.items():
            manifest = read_manifest(release)
            others = {other: listed for other, listed in manifest.exports.items() if other != name}
            if name in manifest.exports:
                write_manifest(release, manifest.model_copy(update={"exports": others}))
            _move_away(release / EXPORTS / name, output)
            if export.files:
                move_folder(made / name, release / EXPORTS / name)
            write_manifest(release, manifest.model_copy(update={"exports": {**others, name: export}}))
        (output.root / _NOTE).unlink()


def forget_unlisted_exports(output: OutputFolder) -> None:
    """Delete the folders of exports that no manifest names, of one that was killed while it put them in place.

    Args:
        output: The output folder; the caller holds its lock.
    """
    note = output.root / _NOTE
    with suppress(FileNotFoundError, StorageError):
        release = output.release(note.read_text("utf-8", "replace").strip())
        manifest = read_manifest(release)
        listed = [*manifest.data_files, *(path for export in manifest.exports.values() for path in export.files)]
        for folder in (release / EXPORTS).glob("*"):
            if not any(path.startswith(f"{EXPORTS}/{folder.name}/") for path in listed):
                _move_away(folder, output)
    note.unlink(missing_ok=True)


def _move_away(folder: Path, output: OutputFolder) -> None:
    """Out of sight by one rename, so that nobody meets half of it, and then deleted."""
    if folder.exists():
        hidden = output.staging / f"replaced-{secrets.token_hex(4)}"
        output.staging.mkdir(exist_ok=True)
        move_folder(folder, hidden)
        shutil.rmtree(hidden, ignore_errors=True)
