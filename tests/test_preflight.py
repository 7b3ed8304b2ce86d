"""A preflight: what trainers keep, cut and drop, on rows that are made for each rule."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.errors import ConfigError
from sftrm_quality.preflight import TRAINERS, read_tokenizer
from sftrm_quality.preflight.llama_factory import cut_together
from sftrm_quality.preflight.tallies import quantile, token_lengths
from sftrm_quality.preflight.tokenizing import load
from sftrm_quality.preflight.trainer import common_prefix
from tests.clients.tiny_tokenizer import make_tokenizer

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@pytest.fixture(scope="session")
def folder(shared):
    from filelock import FileLock

    path = shared / "tokenizer"
    with FileLock(shared / "tokenizer.lock"):
        if not path.exists():
            make_tokenizer(path, [" ".join(WORDS)] * 20)
    return path


@pytest.fixture(scope="session")
def tokenizer(folder):
    return load(read_tokenizer(folder, None))


def said(role, text):
    return {"role": role, "content": text}


def pair(prompt, chosen, rejected):
    return {
        "prompt": [said("user", prompt)],
        "chosen": [said("assistant", chosen)],
        "rejected": [said("assistant", rejected)],
    }


def measured(name, rows, tokenizer, window):
    return TRAINERS[name].measure(rows, tokenizer, window)


def length_of(tokenizer, messages):
    (text,) = tokenizer.rendered([messages])
    return len(tokenizer.tokens([text])[0])


def test_sft_of_trl_drops_what_has_no_answer_left_and_cuts_the_rest(tokenizer):
    prompt, completion = [said("user", "one two three")], [said("assistant", "four five six")]
    row = {"prompt": prompt, "completion": completion}
    whole = length_of(tokenizer, prompt + completion)
    asked = len(tokenizer.tokens(tokenizer.rendered([prompt], for_answer=True))[0])
    counts = [measured("trl-sft", [row], tokenizer, window)[0] for window in (whole, whole - 1, asked + 1, asked)]
    assert [one.outcome for one in counts] == ["whole", "truncated", "truncated", "dropped"]
    assert [one.kept for one in counts] == [whole, whole - 1, asked + 1, 0]
    assert {one.length for one in counts} == {whole} and counts[-1].why == "no_completion_left"
    assert [one.fills_window for one in counts] == [False, False, False, True]
    # As one conversation nothing is dropped: the loss is on the question too.
    (row,) = measured("trl-sft", [{"messages": prompt + completion}], tokenizer, asked)
    assert (row.outcome, row.kept, row.fills_window) == ("truncated", asked, True)


def test_reward_of_trl_drops_what_is_longer_and_cuts_nothing(tokenizer):
    row = pair("one", "two", "two three four five")
    longer = length_of(tokenizer, row["prompt"] + row["rejected"])
    shorter = length_of(tokenizer, row["prompt"] + row["chosen"])
    fits, long = (measured("trl-reward", [row], tokenizer, window)[0] for window in (longer, longer - 1))
    assert (fits.outcome, fits.kept, fits.length) == ("whole", longer + shorter, longer)
    assert (long.outcome, long.kept, long.why) == ("dropped", 0, "longer_than_max_length")
    (equal,) = measured("trl-reward", [pair("one", "two", "two")], tokenizer, longer)
    assert equal.outcome == "equal"


def test_dpo_of_trl_makes_pairs_equal_by_cutting_them(tokenizer):
    row = pair("one two", "three four five six", "three four five seven")
    asked = len(tokenizer.tokens(tokenizer.rendered([row["prompt"]], for_answer=True))[0])
    whole = length_of(tokenizer, row["prompt"] + row["chosen"])
    windows = (whole, whole - 2, asked + 2, asked)
    counts = [measured("trl-dpo", [row], tokenizer, window)[0] for window in windows]
    assert [one.outcome for one in counts] == ["whole", "truncated", "equal", "dropped"]
    assert counts[2].kept == 2 * (asked + 2) and counts[3].why == "prompt_fills_max_length"


def test_llama_factory_cuts_both_and_drops_turns_that_do_not_alternate(tokenizer):
    turns = [said("user", "one two three"), said("assistant", "four five six")]
    whole = length_of(tokenizer, turns)
    fits, cut = (
        measured("llama-factory", [{"messages": turns}], tokenizer, window)[0] for window in (whole, whole - 3)
    )
    assert (fits.outcome, fits.kept) == ("whole", whole) and (cut.outcome, cut.kept) == ("truncated", whole - 3)
    for odd in ([turns[0], turns[0], turns[1]], [turns[1], turns[0]], turns[:1]):
        (dropped,) = measured("llama-factory", [{"messages": odd}], tokenizer, whole)
        assert (dropped.outcome, dropped.why) == ("dropped", "turns_not_alternating")
    call = [turns[0], said("function_call", "{}"), said("tool", "1"), turns[1]]
    assert measured("llama-factory", [{"messages": call}], tokenizer, whole)[0].outcome == "not_measured"
    alpaca = {"instruction": "one two three", "input": "", "output": "four five six", "system": "", "history": []}
    assert measured("llama-factory", [alpaca], tokenizer, whole)[0] == fits
    with_history = alpaca | {"history": [["one two three", "four five six"]], "system": "seven"}
    messages = [said("system", "seven"), *turns, *turns]
    rows = measured("llama-factory", [with_history, {"messages": messages}], tokenizer, whole)
    assert rows[0] == rows[1] and rows[0].length > 2 * whole


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(1, 4096))
def test_what_is_cut_together_fits_and_nothing_is_cut_in_vain(source, target, window):
    asked, answered = cut_together(source, target, window)
    assert 0 <= asked <= source and 0 <= answered <= target and asked + answered <= window
    if source + target < window:
        assert (asked, answered) == (source, target)
    if 2 * target < window:
        assert answered == target


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_a_common_prefix(one, other):
    at = common_prefix(one, other)
    assert one[:at] == other[:at] and (at in (len(one), len(other)) or one[at] != other[at])


@given(st.dictionaries(st.integers(0, 5000), st.integers(1, 9), min_size=1), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_is_the_least_length_that_so_many_do_not_exceed(lengths, share):
    rows = sorted(Counter(lengths).elements())
    found = quantile(lengths, share)
    assert sum(row <= found for row in rows) >= share * len(rows)
    assert sum(row < found for row in rows) < share * len(rows)
    figures = token_lengths(lengths)
    assert sum(one.count for one in figures.histogram) == len(rows) and figures.longest == rows[-1]


def test_what_the_template_refuses_ends_no_preflight(folder, tmp_path):
    template = tmp_path / "strict.jinja"
    template.write_text(
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
        "{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}",
        "utf-8",
    )
    strict = load(read_tokenizer(folder, template))
    turns = [said("user", "one"), said("assistant", "two")]
    rows = [{"messages": turns}, {"messages": [said("system", "three"), *turns]}]
    found = measured("trl-sft", rows, strict, 100)
    assert [one.outcome for one in found] == ["whole", "template_error"] and found[1].why == "no system here"
    # LLaMA-Factory asks the template about the system message itself, whatever the rows are.
    assert {one.outcome for one in measured("llama-factory", rows, strict, 100)} == {"template_error"}


def test_marks_of_the_tokenizer_in_texts(tokenizer):
    assert tokenizer.marks_in(["a <|im_end|> b", "<|im_end|><|im_start|>", "<|im_en"]) == {
        "<|im_end|>": 1,
        "<|im_start|>": 1,
    }


def test_a_folder_without_a_tokenizer_is_refused_in_one_line(tmp_path, folder):
    with pytest.raises(ConfigError, match="no such folder"):
        read_tokenizer(tmp_path / "none", None)
    with pytest.raises(ConfigError, match="no tokenizer can be loaded"):
        read_tokenizer(tmp_path, None)
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    settings = json.loads((folder / "tokenizer_config.json").read_text("ascii"))
    (bare / "tokenizer_config.json").write_text(json.dumps({k: v for k, v in settings.items() if k != "chat_template"}))
    with pytest.raises(ConfigError, match="no chat template"):
        read_tokenizer(bare, None)
    with pytest.raises(ConfigError, match=r"gone\.jinja"):
        read_tokenizer(bare, tmp_path / "gone.jinja")
