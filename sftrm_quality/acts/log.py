"""``OUT/acts.jsonl``: a line per act, the oldest first. Lines are added and never changed.

A run reads it to say what people know already. Nothing that is published depends on it, so a damaged line is told and
costs that act.
"""

import os
from collections.abc import Sequence

from pydantic import ValidationError

from sftrm_quality.acts.act import Act
from sftrm_quality.acts.counting import Acts
from sftrm_quality.config_loading import said_of_mistake
from sftrm_quality.errors import storage_error
from sftrm_quality.output import OutputFolder, sync
from sftrm_quality.words import say


def read_acts(output: OutputFolder) -> Acts:
    """All acts of an output folder; none where there is no such file.

    Args:
        output: The output folder.

    Returns:
        The acts, and what of the log is damaged.
    """
    path = output.acts
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Acts(())
    except OSError as error:
        return Acts((), (say("{path}: cannot be read: {error}", path=path, error=error.strerror or error),))
    lines, made, damaged = text.splitlines(keepends=True), [], []
    for number, line in enumerate(lines, 1):
        try:
            made.append(Act.model_validate_json(line))
        except ValidationError as error:
            if not line.endswith(b"\n") and number == len(lines):
                # What a power cut left of an act, which nobody was told to be made.
                continue
            damaged.append(
                say(
                    "{path}, line {number}: no act ({said}); correct it or take it out",
                    path=path,
                    number=number,
                    said=_first_of(error),
                )
            )
    return Acts(tuple(made), tuple(damaged))


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    said = said_of_mistake(first)
    return f"{where}: {said}" if where else said


def append_acts(output: OutputFolder, acts: Sequence[Act]) -> None:
    """Add acts, durably.

    Args:
        output: The output folder; the caller holds its lock.
        acts: What was said.

    Raises:
        StorageError: The disk takes no more. Then nothing was said, or what fitted: each line is whole or left out.
    """
    path, is_new = output.acts, not output.acts.exists()
    lines = b"".join(act.model_dump_json().encode() + b"\n" for act in acts)
    try:
        with path.open("ab+") as file:
            _end_last_line(file.fileno())
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error


def _end_last_line(descriptor: int) -> None:
    """Drop what a power cut left of an act, or end the last line of an editor that does not: nothing is added to it."""
    text = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    kept = text.rfind(b"\n") + 1
    if not text[kept:]:
        return
    try:
        Act.model_validate_json(text[kept:])
        os.write(descriptor, b"\n")
    except ValidationError:
        os.ftruncate(descriptor, kept)
