"""Make the samples: ``python data/make_samples.py [folder]`` writes raw/, planted.json and README.md there.

The folder is the one of this file if none is given. Same texts and cases, same bytes: nothing depends on the day or
the machine.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from maker import shapes
from maker.files import AIHUB_LABELS, AIHUB_SOURCES, NOTE, NOTE_TEXT, Sample, document, samples
from maker.listing import planted, readme
from maker.plan import Plan, delivered, make_plan, plain
from maker.texts import read_texts


def _questions(records: Iterable[dict[str, Any]]) -> list[bytes]:
    return [shapes.to_json(shapes.aihub_question(record)).encode() for record in records]


def _aihub_archives(plan: Plan, labels: Mapping[str, bytes]) -> dict[str, bytes]:
    """The archive of the labels, and the one of only the questions, PPO's besides."""
    questions = {
        kind: _questions(
            planned.record for (file, _), planned in plan.items() if file == f"{AIHUB_LABELS}!/{kind}label.json"
        )
        for kind in labels
    }
    ppo = (plain(text, index) for index, text in enumerate(read_texts("ppo_ko")))
    questions["PPO"] = _questions({"data_id": f"ppo-{index}", **record} for index, record in enumerate(ppo))
    return {
        AIHUB_LABELS: shapes.zipped({f"/{kind}label.json": content for kind, content in labels.items()}),
        AIHUB_SOURCES: shapes.zipped({f"/{kind}data.json": document(kind)(found) for kind, found in questions.items()}),
    }


def raw_files(all_samples: Sequence[Sample], plan: Plan) -> dict[str, bytes]:
    """The raw files by name below ``raw/``."""
    contents: dict[str, bytes] = {}
    for sample in all_samples:
        records = [delivered(sample, planned) for (file, _), planned in plan.items() if file == sample.source_file]
        contents[sample.source_file] = sample.join(records)
    labels = {kind: contents.pop(f"{AIHUB_LABELS}!/{kind}label.json") for kind in ("SFT", "RM")}
    packed = {name: shapes.gzipped(content) if name.endswith(".gz") else content for name, content in contents.items()}
    return {**packed, **_aihub_archives(plan, labels), NOTE: NOTE_TEXT.encode()}


def make(folder: Path) -> None:
    """Write raw/, planted.json and README.md into a folder; files of other names in it are not touched."""
    all_samples = samples()
    plan = make_plan(all_samples)
    for name, content in raw_files(all_samples, plan).items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    listed = planted(all_samples, plan)
    text = json.dumps(listed, ensure_ascii=False, indent=1) + "\n"
    (folder / "planted.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(readme(all_samples, listed), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
