"""The commands on splits: to freeze those of a release."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command_line import OUT, OutOption, fail, no_address
from flows.terminal_text import safe
from sftrm_quality.errors import ConfigError, SftrmError
from sftrm_quality.words import number, say, say_of

splits = typer.Typer(no_args_is_help=True, help="Freeze the splits of a release.")


@splits.command()
def freeze(
    release_id: Annotated[
        str | None, typer.Argument(metavar="RELEASE_ID", help="A release.", show_default="the current one")
    ] = None,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where the list goes.", callback=no_address)] = Path(
        "frozen_splits.parquet"
    ),
    out: OutOption = None,
) -> None:
    """Write down the split of each prompt of a release. With the setting splits.frozen they stay there for good.

    The list has hashes of prompts and no texts: keep it under version control, beside the configuration.
    """
    from sftrm_quality import dedup, releases
    from sftrm_quality.output import OutputFolder
    from sftrm_quality.splits import write_frozen

    output = OutputFolder(out or OUT)
    try:
        release = releases.find_release(output, release_id) if release_id else releases.release_and_damage(output)[0]
        if release is None:
            raise ConfigError(say("{root}: no release to freeze the splits of", root=output.root))
        frozen = releases.frozen_splits_of(release)
        write_frozen(frozen, dedup.KEY_VERSION, to)
    except SftrmError as error:
        fail(error)
    counts = ", ".join(
        f"{number(count)} {split}"
        for split, count in zip(("train", "validation", "test"), frozen.counts(), strict=True)
    )
    print(
        say_of(
            "{path}: {count} prompt of {release_id} ({counts}). Set splits.frozen to it, and each stays in its split.",
            "{path}: {count} prompts of {release_id} ({counts}). Set splits.frozen to it, and each stays in its split.",
            len(frozen.keys),
            path=safe(to),
            release_id=release.release_id,
            counts=counts,
        )
    )
