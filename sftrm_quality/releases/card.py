"""The dataset card: a README.md by which ``datasets.load_dataset(folder)`` finds kinds and splits."""

import html
import re
from itertools import pairwise

import yaml

from sftrm_quality.config import CardSettings
from sftrm_quality.records import COLUMNS, PUBLISHED, LabelKind
from sftrm_quality.run_record import Figures, RecordedDecision

# Hugging Face's, ``size_categories`` of its card metadata (huggingface_hub 1.x, ``hub-docs/datasetcard.md``).
_SIZES = (0, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000)
_SIZE_NAMES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B")


def _literal(text: str) -> str:
    """A person's words on one line of Markdown, as they are: nothing in them is markup, a tag or invisible."""
    shown = "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in " ".join(text.split()))
    # Not every reader of Markdown lets a backslash stop a tag, so those become entities.
    return re.sub(r"([\\`*_{}\[\]()#+.!|~-])", r"\\\1", html.escape(shown, quote=False))


def _decided(figures: Figures, decision: RecordedDecision) -> str:
    reasons = ", ".join(f"`{reason}`" for reason in figures.gate.failed)
    return f"""
**Published by decision.** The gate held this release: {reasons}. {_literal(decision.name)} decided to publish it
anyway, on {decision.decided_at}:

> {_literal(decision.reason)}
"""


def _size_category(records: int) -> str:
    for (low, high), names in zip(pairwise(_SIZES), pairwise(("", *_SIZE_NAMES)), strict=True):
        if low <= records < high:
            return f"{names[0]}<n<{names[1]}" if names[0] else f"n<{names[1]}"
    return f"n>{_SIZE_NAMES[-1]}"


def _kinds_in(figures: Figures) -> list[LabelKind]:
    """The label kinds with published records; the first is what is loaded where none is named."""
    return [kind for kind in LabelKind if figures.ledger[kind].published]


def _head(figures: Figures, settings: CardSettings) -> dict[str, object]:
    kinds = _kinds_in(figures)
    configs = [
        {
            "config_name": str(kind),
            **({"default": True} if kind is kinds[0] else {}),
            # datasets refuses a split without rows.
            "data_files": [
                {"split": str(split), "path": f"{kind}/{split}-*.parquet"}
                for split, rows in figures.splits[kind].items()
                if rows
            ],
        }
        for kind in kinds
    ]
    return {
        **({"license": settings.license} if settings.license else {}),
        **({"language": list(settings.languages)} if settings.languages else {}),
        "task_categories": ["text-generation"],
        "size_categories": [_size_category(sum(figures.ledger[kind].published for kind in kinds))],
        "configs": configs,
        "tags": ["sft", "preference", "reward-model"],
    }


def _columns(kinds: list[LabelKind]) -> str:
    """What each column holds, and in which label kinds it is."""
    fields = {field.name: field for kind in kinds for field in PUBLISHED[kind]}
    rows = [
        f"| `{name}` | {', '.join(k.upper() for k in kinds if name in PUBLISHED[k].names)} | `{field.type}` "
        f"| {COLUMNS[name]} |"
        for name, field in fields.items()
    ]
    return "\n".join(("| column | in | type | |", "| --- | --- | --- | --- |", *rows))


def _figures(figures: Figures, kinds: list[LabelKind]) -> str:
    """How long the texts are: median and 99 % of characters."""
    profile = figures.profile
    if profile is None:
        return ""
    texts = [("question", profile.sft.question), ("answer", profile.sft.answer)] if profile.sft else []
    texts += [("prompt", profile.rm.prompt), ("response", profile.rm.response)] if profile.rm else []
    rows = [
        f"| {name} | {found.texts:,} | {found.median:,} | {found.p99:,} | {found.longest:,} |" for name, found in texts
    ]
    head = ("| characters | texts | median | 99 % up to | longest |", "| --- | ---: | ---: | ---: | ---: |")
    return "\n" + "\n".join((*head, *rows)) + "\n" if kinds else ""


def _how_it_was_made(figures: Figures, kinds: list[LabelKind]) -> str:
    """What became of all records that were received."""
    rows = [f"| {kind} | " + " | ".join(f"{count:,}" for _, count in figures.ledger[kind]) + " |" for kind in kinds]
    heads = [name for name, _ in figures.ledger[LabelKind.SFT]]
    return "\n".join((f"| records | {' | '.join(heads)} |", "| --- |" + " ---: |" * len(heads), *rows))


def dataset_card(release_id: str, figures: Figures, decision: RecordedDecision | None, settings: CardSettings) -> str:
    """Markdown with a YAML head that declares a configuration for each label kind with records.

    Args:
        release_id: Its title.
        figures: Of the run that made it.
        decision: The one by which the release is published though the gate held it; None for an open gate.
        settings: What was declared.

    Returns:
        The text of ``README.md``.
    """
    kinds = _kinds_in(figures)
    rows = "\n".join(
        f"| {kind} | " + " | ".join(f"{count:,}" for count in figures.splits[kind].values()) + " |" for kind in kinds
    )
    loads = "\n".join(f'load_dataset("<this folder>", "{kind}")' for kind in kinds)
    return f"""---
{yaml.safe_dump(_head(figures, settings), sort_keys=False, allow_unicode=True).strip()}
---
# Release {release_id}
{_decided(figures, decision) if decision else ""}
Label data that passed every critical check of its suites, without exact and near duplicates, split by prompt: a
prompt is in one split only, over SFT and RM together.

| records | train | validation | test |
| --- | ---: | ---: | ---: |
{rows}
{_figures(figures, kinds)}
```python
from datasets import load_dataset

{loads}
```

## How it was made

{_how_it_was_made(figures, kinds)}

`manifest.json` lists the raw files with their hashes, the settings, the suites and the hash of every data file;
`croissant.json` says the same of the data files to tools. `exports/`, where there is one, has the records as trainers
take them. Made by sftrm-quality.

## Columns

{_columns(kinds)}

`record_id` names a record for ever; `source_file`, `source_index` (0-based) and `source_offset` (bytes, of the
decompressed file) say where it is in the raw data.
"""
