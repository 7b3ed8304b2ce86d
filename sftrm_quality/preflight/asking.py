"""Which preflights there are to be: of which trainers, and what each reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sftrm_quality.config import ExportSettings
from sftrm_quality.errors import ConfigError
from sftrm_quality.preflight.tokenizing import Model
from sftrm_quality.preflight.trainers import TRAINERS
from sftrm_quality.records import LabelKind
from sftrm_quality.words import say


@dataclass(frozen=True)
class Asked:
    """One preflight: a trainer's name, what it reads, the tokenizer, and the window (0: the trainer's own default)."""

    trainer: str
    export: ExportSettings
    model: Model
    max_length: int

    @property
    def window(self) -> int:
        """In tokens."""
        return self.max_length or TRAINERS[self.trainer].max_length


def asked_of(
    trainers: Sequence[str],
    kinds: Collection[LabelKind],
    made: Mapping[str, ExportSettings],
    model: Model,
    max_length: int,
    only: str | None = None,
) -> list[Asked]:
    """One preflight for each trainer and each label kind that it takes.

    Args:
        trainers: Their names.
        kinds: Of which there are records.
        made: Settings of the exports that a release has or will have, by name.
        model: The tokenizer.
        max_length: The window; 0: the trainer's own default.
        only: The export that is read; None: of those that a trainer can read the first that is made, else the first.

    Returns:
        What to look at. Which pairs there are is as in the export that is made, else by default.

    Raises:
        ConfigError: A trainer cannot read the export.
    """
    found: list[Asked] = []
    for trainer in trainers:
        for kind, names in TRAINERS[trainer].exports.items():
            if kind not in kinds or (only and only not in names):
                continue
            name = only or next((name for name in names if name in made), names[0])
            export = made.get(name) or ExportSettings.model_validate({"name": name})
            found.append(Asked(trainer, export, model, max_length))
        readable = [name for names in TRAINERS[trainer].exports.values() for name in names]
        if only and only not in readable:
            raise ConfigError(
                say(
                    "{trainer} reads no export {name}; expected one of {readable}",
                    trainer=trainer,
                    name=only,
                    readable=", ".join(readable),
                )
            )
    return found
