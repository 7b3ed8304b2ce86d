"""The dataset card: a README.md by which ``datasets.load_dataset(folder, "sft")`` finds the splits."""

import html
import re

import yaml

from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import Figures, RecordedDecision


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


def dataset_card(release_id: str, figures: Figures, decision: RecordedDecision | None) -> str:
    """Markdown with a YAML head that declares a configuration for each label kind with records.

    Args:
        release_id: Its title.
        figures: Of the run that made it.
        decision: The one by which the release is published though the gate held it; None for an open gate.

    Returns:
        The text of ``README.md``.
    """
    kinds = [kind for kind in LabelKind if figures.ledger[kind].published]
    head = {
        "configs": [
            {
                "config_name": str(kind),
                # datasets refuses a split without rows.
                "data_files": [
                    {"split": str(split), "path": f"{kind}/{split}-*.parquet"}
                    for split, rows in figures.splits[kind].items()
                    if rows
                ],
            }
            for kind in kinds
        ],
        "tags": ["sft", "preference", "reward-model"],
    }
    rows = "\n".join(
        f"| {kind} | " + " | ".join(f"{count:,}" for count in figures.splits[kind].values()) + " |" for kind in kinds
    )
    loads = "\n".join(f'load_dataset("<this folder>", "{kind}")' for kind in kinds)
    return f"""---
{yaml.safe_dump(head, sort_keys=False, allow_unicode=True).strip()}
---
# Release {release_id}
{_decided(figures, decision) if decision else ""}
Label data that passed every critical check of its suites, without exact and near duplicates, split by prompt: a
prompt is in one split only, over SFT and RM together.

| records | train | validation | test |
| --- | ---: | ---: | ---: |
{rows}

```python
from datasets import load_dataset

{loads}
```

`record_id` names a record for ever; `source_file`, `source_index` (0-based) and `source_offset` (bytes, of the
decompressed file) say where it is in the raw data. `manifest.json` lists the raw files with their hashes, the
settings, the suites and the hash of every data file. Made by sftrm-quality.
"""
