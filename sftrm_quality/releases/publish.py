"""The one atomic switch, and what comes before it."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from sftrm_quality import progress
from sftrm_quality.config import CardSettings
from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.output import OutputFolder, move_folder, write_atomically
from sftrm_quality.releases.card import dataset_card
from sftrm_quality.releases.croissant import croissant
from sftrm_quality.releases.exports import EXPORTS, export_is_stale, put_exports_in_place
from sftrm_quality.releases.manifest import (
    CARD,
    CROISSANT,
    MANIFEST,
    Release,
    damaged_files,
    read_manifest,
    write_manifest,
)
from sftrm_quality.releases.stage import StagedRelease
from sftrm_quality.run_record import Export, Making, Manifest, Verdict, read_past_run
from sftrm_quality.words import say


def finish_staged(
    staged: StagedRelease, release_id: str, making: Making, exports: dict[str, Export], card: CardSettings
) -> None:
    """Write card, Croissant and manifest of a staged release; with them its folder is complete.

    Args:
        staged: The release.
        release_id: Its id.
        making: What the manifest says beside the release's files.
        exports: What it says of its exports.
        card: What was declared for the card.
    """
    staged.release.mkdir(parents=True, exist_ok=True)
    (staged.release / CARD).write_text(dataset_card(release_id, making.figures, making.decision, card), "utf-8")
    # Releases are listed in this order, and two small ones can be made within a second.
    created = datetime.now(UTC).isoformat(timespec="milliseconds")
    described = croissant(release_id, created, making, staged.data_files(), card)
    text = json.dumps(described, ensure_ascii=False, indent=2)
    (staged.release / CROISSANT).write_text(text + "\n", "utf-8")
    listed = {"data_files": staged.data_files(), "exports": exports}
    write_manifest(staged.release, Manifest(release_id=release_id, created=created, **listed, **dict(making)))


def put_release_in_place(staged: StagedRelease, output: OutputFolder, release_id: str) -> None:
    """Move the staged release to its place; it is not current before `switch_to`.

    A release of the same id may be there already (a killed run moved it and did not switch, or somebody rolled back):
    it stays when its files are the ones that are to be published, since it may be the current one or be read right
    now; a damaged one is put out of the way.
    One that stays says from now on what it is published by this time, the gate or a person, and gets the exports that
    it has not.
    """
    target = output.releases / release_id
    if target.exists() and not _is_same(target, staged):
        move_folder(target, output.staging / f"damaged-{secrets.token_hex(4)}")
    if not target.exists():
        move_folder(staged.release, target)
        return
    made = read_manifest(staged.release)
    wanted = {name: export for name, export in made.exports.items() if export_is_stale(target, name, export.made_from)}
    put_exports_in_place(output, target, staged.release / EXPORTS, wanted)
    there = read_manifest(target)
    if there.decision != made.decision:
        write_atomically(target / CARD, (staged.release / CARD).read_text("utf-8"))
        write_manifest(target, made.model_copy(update={"exports": there.exports}))


def switch_to(output: OutputFolder, release_id: str) -> None:
    """Let LATEST name a release, atomically and last of all: before it the old one is current, after it this one."""
    write_atomically(output.latest, release_id + "\n")


def _is_same(release: Path, staged: StagedRelease) -> bool:
    try:
        manifest = read_manifest(release)
    except StorageError:
        return False
    return manifest.data_files == staged.data_files() and not damaged_files(release, manifest)


def current_release(output: OutputFolder) -> Release | None:
    """The release that LATEST names, or None where there is none yet.

    Raises:
        StorageError: It is not whole enough to be read.
    """
    release_id = output.current_release_id()
    if release_id is None:
        return None
    folder = output.release(release_id)
    return Release(release_id, folder, read_manifest(folder), True)


def release_and_damage(output: OutputFolder) -> tuple[Release | None, list[str]]:
    """The release that LATEST names, None when its manifest cannot be read, and those of its files that are damaged."""
    try:
        release = current_release(output)
    except StorageError:
        return None, [MANIFEST]
    return release, damaged_files(release.folder, release.manifest) if release else []


def current_suites_hash(output: OutputFolder) -> str | None:
    """The hash of the suites by which the current release was checked, None without a readable one."""
    try:
        release = current_release(output)
    except StorageError:
        return None
    return release.manifest.suites_hash if release else None


def all_releases(output: OutputFolder) -> list[Release]:
    """All releases that can be read, oldest first; the others are told of and hide no whole one."""
    latest = output.current_release_id()
    folders = [p for p in output.releases.iterdir() if (p / MANIFEST).is_file()] if output.releases.is_dir() else []
    releases = []
    for folder in folders:
        try:
            releases.append(Release(folder.name, folder, read_manifest(folder), folder.name == latest))
        except StorageError as error:
            progress.tell(str(error))
    return sorted(releases, key=lambda r: (r.manifest.created, r.release_id))


def find_release(output: OutputFolder, release_id: str) -> Release:
    """The release of that id.

    Raises:
        ConfigError: There is none; the message has the known ids. One that a run published is said to be deleted.
        StorageError: Its manifest is damaged.
    """
    known = {release.release_id: release for release in all_releases(output)}
    if release_id not in known:
        if release_id in {path.parent.name for path in output.releases.glob(f"*/{MANIFEST}")}:
            read_manifest(output.releases / release_id)
        if run_id := _published_by(output, release_id):
            raise ConfigError(
                say(
                    "{root}: release '{release_id}', which run {run_id} published, was deleted; that run's report has "
                    "its figures. To have it again, take it from a backup, or run over the same raw files; known are "
                    "{known}",
                    root=output.root,
                    release_id=release_id,
                    run_id=run_id,
                    known=", ".join(known),
                )
            )
        raise ConfigError(
            say(
                "{releases}: no release '{release_id}'; known are {known}",
                releases=output.releases,
                release_id=release_id,
                known=", ".join(known) or say("none yet"),
            )
        )
    return known[release_id]


def _published_by(output: OutputFolder, release_id: str) -> str | None:
    """The newest run whose report says that it published a release."""
    for run_id in reversed(output.run_ids()):
        try:
            run = read_past_run((output.report(run_id) / "report.json").read_bytes())
        except (OSError, ValueError):
            continue
        if run and run.release_id == release_id and run.verdict is Verdict.PUBLISHED:
            return run_id
    return None
