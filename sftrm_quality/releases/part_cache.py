"""Parts of the newest release, by what they were made from: a part that was written before is reused.

Rows are published in the order of source file and position, so a new file at the end changes the last part of each
split and no other. A part in the cache is a second name of the released file, with what was read back from it. The next
release gets one more name of it, after its bytes were hashed again, and it is neither written nor decoded again. So
releases share the files in which they are equal; nothing writes into a file that is released.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xxhash

from sftrm_quality import progress
from sftrm_quality.errors import StorageError
from sftrm_quality.output import OutputFolder, link_or_copy, move_folder
from sftrm_quality.reading import content_hash
from sftrm_quality.releases.parts import Part
from sftrm_quality.releases.read_back import FileFacts, PartFacts, originals_facts
from sftrm_quality.words import say

_DATA = "part.parquet"
_ORIGINALS = "originals.parquet"
_HASHES = "hashes.npy"
_PROFILE = "profile.json"
_FACTS = "facts.json"


def reuse(part: Part, kept: Path) -> PartFacts | None:
    """Put a part of the cache where it would be written; None where there is none or it is damaged.

    A damaged one stays where it is: it is replaced when the run publishes.
    """
    try:
        listed = json.loads((kept / _FACTS).read_text("utf-8"))
        link_or_copy(kept / _DATA, part.path)
        if (kept / _ORIGINALS).is_file():
            link_or_copy(kept / _ORIGINALS, part.originals)
        profile = json.loads((kept / _PROFILE).read_text("utf-8"))
        found = PartFacts(FileFacts.of(part.path, part.rows), originals_facts(part), kept / _HASHES, profile)
        return found if _listed(found) == listed else None
    except (OSError, ValueError, StorageError):
        return None


def keep(output: OutputFolder, release_id: str, parts: Sequence[tuple[Part, PartFacts]], kept: Sequence[Path]) -> None:
    """Keep the parts of a release that was just published, each in its folder in ``kept``, and no others.

    What a held run or a check wrote is not kept: no release shares the disk space with it. Every folder appears whole
    or not at all. A failure is told and is no error: the release is there, and the next night writes its parts again.
    """
    try:
        _forget_others(output.part_cache, kept)
        for (part, facts), folder in zip(parts, kept, strict=True):
            if facts.hashes.parent != folder:  # or it was reused from there
                building = output.staging / f"part-{folder.name}"
                building.mkdir()
                for path, name in ((part.path, _DATA), (part.originals, _ORIGINALS)):
                    published = output.releases / release_id / path.relative_to(part.folder)
                    if name == _DATA or facts.originals:
                        link_or_copy(published, building / name)
                link_or_copy(facts.hashes, building / _HASHES)
                (building / _PROFILE).write_text(json.dumps(facts.profile), "utf-8")
                (building / _FACTS).write_text(json.dumps(_listed(facts)), "utf-8")
                if folder.exists():
                    shutil.rmtree(folder)
                move_folder(building, folder)
    except (OSError, StorageError) as error:
        progress.tell(
            say(
                "{part_cache}: the parts of {release_id} are not kept, the next run writes them: {error}",
                part_cache=output.part_cache,
                release_id=release_id,
                error=error,
            )
        )


def _forget_others(folder: Path, kept: Sequence[Path]) -> None:
    for other in set(folder.iterdir()).difference(kept) if folder.is_dir() else ():
        shutil.rmtree(other, ignore_errors=True)


def _listed(facts: PartFacts) -> dict[str, Any]:
    hashes, profile = content_hash(facts.hashes), xxhash.xxh3_128_hexdigest(json.dumps(facts.profile).encode())
    originals = asdict(facts.originals) if facts.originals else None
    return {"file": asdict(facts.file), "originals": originals, "hashes": hashes, "profile": profile}
