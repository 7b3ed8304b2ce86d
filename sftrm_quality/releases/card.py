"""The dataset card: a README.md by which ``datasets.load_dataset(folder, "sft")`` finds the splits."""

from collections.abc import Mapping
from typing import Any

import yaml

from sftrm_quality.records import LabelKind


def dataset_card(release_id: str, figures: Mapping[str, Any]) -> str:
    """Markdown with a YAML head that declares a configuration for each label kind with records."""
    kinds = [kind for kind in LabelKind if figures["ledger"][kind]["published"]]
    head = {
        "configs": [
            {
                "config_name": str(kind),
                # datasets refuses a split without rows.
                "data_files": [
                    {"split": split, "path": f"{kind}/{split}-*.parquet"}
                    for split, rows in figures["splits"][kind].items()
                    if rows
                ],
            }
            for kind in kinds
        ],
        "tags": ["sft", "preference", "reward-model"],
    }
    rows = "\n".join(
        f"| {kind} | " + " | ".join(f"{count:,}" for count in figures["splits"][kind].values()) + " |" for kind in kinds
    )
    loads = "\n".join(f'load_dataset("<this folder>", "{kind}")' for kind in kinds)
    return f"""---
{yaml.safe_dump(head, sort_keys=False, allow_unicode=True).strip()}
---
# Release {release_id}

Label data that passed every critical check of its suites, without exact and near duplicates, split by prompt: a
prompt stands in one split only, over SFT and RM together.

| records | train | validation | test |
| --- | ---: | ---: | ---: |
{rows}

```python
from datasets import load_dataset

{loads}
```

`record_id` names a record for ever; `source_file`, `source_index` (0-based) and `source_offset` (bytes, of the
decompressed file) say where it stands in the raw data. `manifest.json` lists the raw files with their hashes, the
settings, the suites and the hash of every data file. Made by sftrm-quality.
"""
