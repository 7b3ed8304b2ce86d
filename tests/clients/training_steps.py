"""What `rows_kept` tells for the same arguments, and a step of the trainers of TRL on these rows.

``python training_steps.py TRAINER SPLIT_FOLDER TOKENIZER_FOLDER MAX_LENGTH …`` prints a line of JSON for each group. Of
TRL it has more than that of `rows_kept`: ``steps`` that were made, their ``loss`` (None where that is no number), and
``weights_changed``, whether the model is another after it.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

from offline import offline
from rows_kept import rows_kept


def step(trainer: str, split: Path, tokenizer_folder: Path, max_length: int) -> dict[str, Any]:
    """What a step did, see above."""
    from transformers import AutoTokenizer
    from trl_trainers import trainer_of

    made, _ = trainer_of(trainer, split, AutoTokenizer.from_pretrained(tokenizer_folder), max_length)
    before = {name: weights.clone() for name, weights in made.model.state_dict().items()}
    done = made.train()
    after = made.model.state_dict()
    return {
        "steps": done.global_step,
        "loss": done.training_loss if math.isfinite(done.training_loss) else None,
        "weights_changed": any(not after[name].equal(weights) for name, weights in before.items()),
    }


if __name__ == "__main__":
    with offline() as results:
        for trainer, split, tokenizer_folder, limit in zip(*[iter(sys.argv[1:])] * 4, strict=True):
            asked = (trainer, Path(split), Path(tokenizer_folder), int(limit))
            found = rows_kept(*asked) | (step(*asked) if trainer.startswith("trl-") else {})
            print(json.dumps(found), file=results)
