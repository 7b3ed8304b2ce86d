"""TRL and LLaMA-Factory train on exports: which rows of a split they keep, text by text, and a step of TRL on them.

What is kept is worked out here from the published records, in plain Python, and from nothing that a trainer says but
its numbers of tokens.
"""

from pathlib import Path

import pytest

from tests.clients.environment import by_clients, needs_clients
from tests.exported_records import Json, conversation, in_turns, pairs
from tests.outputs import Output

pytestmark = needs_clients
MAX_LENGTH = 200
STEPS = [
    ("trl-sft", "messages"),
    ("trl-sft-assistant", "messages"),
    ("trl-sft", "prompt_completion"),
    ("trl-reward", "pairs"),
    ("trl-dpo", "pairs"),
]
KEPT = [("llama-factory", "messages"), ("llama-factory", "alpaca"), ("llama-factory", "pairs_text")]
Found = dict[tuple[str, str], Json]


@pytest.fixture(scope="module")
def found(labels_run: Output, tokenizer: Path) -> Found:
    """What each trainer keeps of the train split, and what a step of TRL did."""

    exports, runs = labels_run.release / "exports", [*STEPS, *KEPT]
    groups = [(t, exports / name / "train", tokenizer, str(MAX_LENGTH)) for t, name in runs]
    found = by_clients("training_steps.py", *(argument for group in groups for argument in group))
    return dict(zip(runs, found, strict=True))


def chatml(turns: list[Json], asks: bool = False) -> str:
    """As the tiny tokenizer's template puts it; asks: the assistant is to go on."""
    said = "".join(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in turns)
    return said + "<|im_start|>assistant\n" * asks


def sft(run: Output) -> list[tuple[str, str]]:
    """Each record of train as its prompt and the whole."""
    return [
        (
            chatml(conversation(record, ("user", record["question"])), True),
            chatml(conversation(record, ("user", record["question"]), ("assistant", record["answer"]))),
        )
        for record in run.published("sft", "train")
    ]


def rm(run: Output, only_in_turns: bool = False) -> list[tuple[str, str, str]]:
    """Each pair of train as its prompt and both conversations."""
    return [
        (
            chatml(conversation(record, ("user", record["prompt"])), True),
            *(
                chatml(conversation(record, ("user", record["prompt"]), ("assistant", said["text"])))
                for said in (better, worse)
            ),
        )
        for record in run.published("rm", "train")
        if not only_in_turns or in_turns(record)
        for better, worse in pairs(record)
    ]


def takes_turns(turns: list[Json]) -> bool:
    """Whether those who ask and tools take turns with the assistant, its calls of functions included."""
    said = [turn["role"] in ("assistant", "function_call") for turn in turns if turn["role"] != "system"]
    return said == [at % 2 == 1 for at in range(len(said))]


def begins(whole: str, text: str) -> bool:
    """Whether a text is the beginning of another, but for a character that was cut between its bytes."""
    return whole.startswith(text.rstrip("\ufffd"))


@pytest.mark.parametrize("run", STEPS)
def test_a_training_step_is_made(found: Found, run: tuple[str, str]) -> None:
    assert found[run]["steps"] == 1 and found[run]["weights_changed"] and found[run]["loss"] > 0


def test_conversations_are_cut_at_the_end_and_all_of_them_are_trained_on(found: Found, labels_run: Output) -> None:
    kept, wholes = found["trl-sft", "messages"], [whole for _, whole in sft(labels_run)]
    assert kept["kept"] == list(range(len(wholes))) and kept["rows"] == len(wholes)
    assert all(map(begins, wholes, kept["texts"])) and kept["trained"] == kept["lengths"]
    assert kept["lengths"] == [min(full, MAX_LENGTH) for full in kept["full_lengths"]]
    assert [text != whole for text, whole in zip(kept["texts"], wholes, strict=True)] == kept["truncated"]
    assert 3 < sum(kept["truncated"]) < len(wholes) - 3


def test_a_prompt_that_fills_the_length_costs_the_row(found: Found, labels_run: Output) -> None:
    """Where the loss is on the answer: in prompt_completion, and in messages with assistant_only_loss."""
    cut, records = found["trl-sft", "messages"]["texts"], sft(labels_run)
    reached = [row for row, (prompt, _) in enumerate(records) if len(cut[row].rstrip("\ufffd")) > len(prompt)]
    kept = found["trl-sft", "prompt_completion"]
    assert kept["kept"] == reached and 3 < len(reached) < len(records)
    assert kept["texts"] == [cut[row] for row in reached]
    assert all(0 < trained < length for trained, length in zip(kept["trained"], kept["lengths"], strict=True))
    # An answer of an earlier turn is trained on too.
    answered = [row for row, (_, whole) in enumerate(records)
                if len(cut[row].rstrip("\ufffd")) > whole.find("<|im_start|>assistant\n") + 22]  # fmt: skip
    kept = found["trl-sft-assistant", "messages"]
    assert kept["kept"] == answered and set(reached) < set(answered)


def test_a_reward_trainer_drops_pairs_that_are_longer(found: Found, labels_run: Output) -> None:
    kept, records = found["trl-reward", "pairs"], rm(labels_run)
    short = [row for row, sides in enumerate(kept["full_lengths"]) if max(sides) <= MAX_LENGTH]
    assert kept["rows"] == len(records) and kept["kept"] == short and 3 < len(short) < len(records) - 3
    assert kept["texts"] == [list(records[row][1:]) for row in short]
    assert not any(kept["truncated"]) and kept["equal"] == []


def test_dpo_cuts_both_sides_which_may_be_equal_then(found: Found, labels_run: Output) -> None:
    kept, records = found["trl-dpo", "pairs"], rm(labels_run)
    for row, sides, lost in zip(kept["kept"], kept["texts"], kept["truncated"], strict=True):
        prompt, *wholes = records[row]
        assert all(map(begins, wholes, sides)) and lost == (sides != wholes)
        assert all(len(side.rstrip("\ufffd")) >= len(prompt) for side in sides)
        assert (sides[0] == sides[1]) == (row in kept["equal"])
    dropped = set(range(len(records))) - set(kept["kept"])
    assert dropped and kept["equal"]
    # Their prompts are as long as is allowed.
    lengths = found["trl-reward", "pairs"]["full_lengths"]
    assert all(min(lengths[row]) > MAX_LENGTH for row in dropped)


@pytest.mark.parametrize("name", ["messages", "alpaca"])
def test_llamafactory_cuts_turn_by_turn_and_drops_what_takes_no_turns(
    found: Found, labels_run: Output, name: str
) -> None:
    kept = found["llama-factory", name]
    records = [record for record in labels_run.published("sft", "train") if name == "messages" or in_turns(record)]
    turns = [conversation(record, ("user", record["question"]), ("assistant", record["answer"])) for record in records]
    assert kept["rows"] == len(records)
    assert kept["kept"] == [row for row, one in enumerate(turns) if takes_turns(one)]
    assert [row for row, length in enumerate(kept["full_lengths"]) if length] == kept["kept"]
    assert (len(kept["kept"]) < len(records)) == (name == "messages")
    for row, length, text, lost in zip(*(kept[n] for n in ("kept", "lengths", "texts", "truncated")), strict=True):
        assert (text == chatml(turns[row])) == (not lost) == (length == kept["full_lengths"][row] <= MAX_LENGTH), row
        assert not lost or begins(chatml(turns[row]), text[:40])
    assert 3 < sum(kept["truncated"]) < len(kept["kept"]) - 3
    # However long the prompt is, some of the answer is trained on.
    assert min(kept["trained"]) > 0


def test_llamafactory_cuts_both_sides_of_a_pair_alike(found: Found, labels_run: Output) -> None:
    kept, records = found["llama-factory", "pairs_text"], rm(labels_run, only_in_turns=True)
    assert kept["rows"] == len(records) and kept["kept"] == list(range(len(records)))
    for row, sides, lost in zip(kept["kept"], kept["texts"], kept["truncated"], strict=True):
        assert lost == (sides != list(records[row][1:]))
        assert (sides[0] == sides[1]) == (row in kept["equal"])
    assert any(kept["truncated"]) and all(max(sides) <= MAX_LENGTH for sides in kept["lengths"])
    assert min(map(min, kept["trained"])) > 0
