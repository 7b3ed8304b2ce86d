"""Preflights over releases: every row of an export is in one place, whoever asks, and the trainers' own words agree."""

import io
import json
import shutil
import subprocess

import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.preflight_shown import print_preflight
from sftrm_quality.config import ExportSettings
from sftrm_quality.output import OutputFolder
from sftrm_quality.preflight import TRAINERS, Asked, asked_of, preflights, read_tokenizer
from sftrm_quality.preflight.tokenizing import load
from sftrm_quality.records import LabelKind
from sftrm_quality.releases import DataFiles, find_release
from sftrm_quality.run_record import RowCounts
from tests.clients.tiny_tokenizer import make_tokenizer
from tests.conftest import ROOT
from tests.faults.folders import night
from tests.inline_workers import InlineWorkers
from tests.outputs import open_gate, run_on

CLIENTS = ROOT / ".venv-clients"
EXPORTS = {
    "trl-sft": ["prompt_completion", "messages"],
    "trl-reward": ["pairs"],
    "trl-dpo": ["pairs"],
    "llama-factory": ["messages", "alpaca", "pairs_text"],
}
WORDS = ["a short one ", "밤에 ", "rather long words ", "다시 ", "and ", "numbers 12, 34 ", "of it "]
OUTCOMES = [name for name in RowCounts.model_fields if name not in ("rows", "tokens", "kept_tokens")]

# As templates of models that think have it: a system message of its own where there is none, an empty thought in front
# of the last answer.
THINKING = (
    "{%- if messages[0]['role'] != 'system' %}{{- '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}{{- '<|im_start|>' + message['role'] + '\\n' }}"
    "{%- if message['role'] == 'assistant' and loop.last %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}"
    "{{- message['content'] + '<|im_end|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def turns(number):
    """A conversation of up to four questions and answers, some with a system message."""
    said = [("user" if at % 2 == 0 else "assistant", f"{number}-{at} " + WORDS[at % 7] * (1 + number % 9)) for at in
            range(2 * (1 + number % 4))]  # fmt: skip
    system = [("system", f"Answer as number {number} would.")] if number % 3 == 0 else []
    return [{"role": role, "content": text} for role, text in (*system, *said)]


def pair(number):
    *prompt, answer = turns(number)
    return {"prompt": prompt, "chosen": [answer], "rejected": [answer | {"content": f"No, {number} is not. " * 3}]}


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A release with every export that a trainer reads, and a tokenizer."""
    folder = tmp_path_factory.mktemp("preflight")
    raw, output = night(folder / "raw", 0), OutputFolder(folder / "out")
    for name, record in (("talks_sft", lambda number: {"messages": turns(number)}), ("talks_rm", pair)):
        lines = [json.dumps(record(number)) for number in range(60)]
        (raw / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    names = dict.fromkeys(name for names in EXPORTS.values() for name in names)
    exports = ", ".join(f"{{name: {name}}}" for name in names)
    ran = run_on([raw], output.root, open_gate(folder / "suites"), f"exports=[{exports}]")
    tokenizer = make_tokenizer(folder / "tokenizer", [path.read_text("utf-8") for path in ROOT.glob("docs/*.md")])
    return find_release(output, ran.report["release_id"]), tokenizer


def found_in(release, asked):
    data = DataFiles(release.folder, release.manifest.data_files)
    sources = {file.source_file: file.source for file in release.manifest.figures.files}
    return preflights(data, asked, sources, InlineWorkers(1))


def asked_for(trainer, export, tokenizer, window):
    settings = ExportSettings.model_validate({"name": export})
    return Asked(trainer, settings, read_tokenizer(tokenizer, None), window)


@pytest.mark.parametrize(("trainer", "export"), [(name, one) for name, some in EXPORTS.items() for one in some])
def test_every_row_of_an_export_is_in_one_place(release, trainer, export):
    release, tokenizer = release
    (found,) = found_in(release, [asked_for(trainer, export, tokenizer, 200)])
    listed = release.manifest.exports[export]
    assert (found.total.rows, found.left_out) == (listed.rows, listed.left_out)
    for parts in (found.splits, found.sources):
        for name in RowCounts.model_fields:
            assert sum(getattr(part, name) for part in parts.values()) == getattr(found.total, name)
    for counts in (found.total, *found.splits.values()):
        assert sum(getattr(counts, name) for name in OUTCOMES) == counts.rows and counts.kept_tokens <= counts.tokens
    assert sum(found.dropped_by.values()) == found.total.dropped
    assert sum(one.count for one in found.lengths.histogram) == found.total.rows - found.total.template_error
    assert len(found.sources) > 1 and found.total.truncated + found.total.dropped > 0
    # In the least window that keeps 99 % whole, they are; in one token less they are not.
    at, below = (asked_for(trainer, export, tokenizer, found.keeps_99 - less) for less in (0, 1))
    for counts, enough in zip((one.total for one in found_in(release, [at, below])), (True, False), strict=True):
        assert (counts.whole + counts.equal >= 0.99 * counts.rows) is enough


@pytest.mark.skipif(not (CLIENTS / ".ready").exists(), reason="no TRL and no LLaMA-Factory here (make clients)")
def test_trainers_keep_cut_and_drop_what_a_preflight_says(release, tmp_path):
    release, plain = release
    thinking = tmp_path / "thinking"
    shutil.copytree(plain, thinking)
    settings = json.loads((plain / "tokenizer_config.json").read_text("ascii"))
    (thinking / "tokenizer_config.json").write_text(json.dumps(settings | {"chat_template": THINKING}), "ascii")
    asked = [
        (trainer, export, tokenizer, window)
        for trainer, some in EXPORTS.items()
        for export in some
        for tokenizer, window in ((plain, 60), (plain, 200), (thinking, 120))
    ]
    places = [release.folder / "exports" / export / "train" for _, export, _, _ in asked]
    arguments = [
        str(argument)
        for (trainer, _, tokenizer, window), place in zip(asked, places, strict=True)
        for argument in (trainer, place, tokenizer, window)
    ]
    command = [CLIENTS / "bin" / "python", ROOT / "tests" / "clients" / "rows_kept.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for (trainer, export, tokenizer, window), place, line in zip(asked, places, done.stdout.splitlines(), strict=True):
        theirs = json.loads(line)
        rows = [row for path in sorted(place.glob("*.parquet")) for row in pq.read_table(path).to_pylist()]
        ours = TRAINERS[trainer].measure(rows, load(read_tokenizer(tokenizer, None)), window)
        where = (trainer, export, tokenizer.name, window)
        assert export != "messages" or any(len(row["messages"]) > 4 for row in rows)
        taken = [number for number, row in enumerate(ours) if row.outcome != "dropped"]
        assert theirs["kept"] == taken, where
        assert {row.outcome for row in ours} > {"whole"}, where
        kept = [sum(length) if isinstance(length, list) else length for length in theirs["lengths"]]
        assert kept == [ours[number].kept for number in taken], where
        full = [length for length in theirs["full_lengths"] if length is not None]
        assert [max(length) if isinstance(length, list) else length for length in full] == [
            row.length for row in ours if row.length is not None
        ], where
        assert theirs["equal"] == [number for number in taken if ours[number].outcome == "equal"], where
        cut = [number for number, truncated in zip(theirs["kept"], theirs["truncated"], strict=True) if truncated]
        assert [n for n in cut if ours[n].outcome != "equal"] == [
            number for number, row in enumerate(ours) if row.outcome == "truncated"
        ], where


def test_the_report_has_it_where_a_tokenizer_is_named(release, tmp_path):
    _, tokenizer = release
    raw, out = night(tmp_path / "raw", 0), tmp_path / "out"
    settings = [f"preflight.tokenizer={tokenizer}", "preflight.max_length=40"]
    bare = run_on([raw], out)
    assert bare.report["preflights"] == []
    ran = run_on([raw], out, *settings)
    assert ran.verdict == "unchanged" and ran.report["release_id"] == bare.report["release_id"]
    named = [(one["trainer"], one["export"]) for one in ran.report["preflights"]]
    assert named == [
        ("trl-sft", "prompt_completion"),
        ("trl-reward", "pairs"),
        ("trl-dpo", "pairs"),
        ("llama-factory", "messages"),
        ("llama-factory", "pairs_text"),
    ]
    page = (ran.report_folder / "index.html").read_text("utf-8")
    assert page.count("window of 40 tokens") == len(named) and 'href="#preflight"' in page
    named_rows = {one["trainer"]: one["total"]["rows"] for one in ran.report["preflights"]}
    # What is read is an export of the settings, where there is one that fits.
    exports = "exports=[{name: messages}, {name: pairs, pairs: best_against_worst}]"
    other = run_on([raw], tmp_path / "other", *settings, exports, "preflight.trainers=[trl-sft, trl-dpo]")
    sft, dpo = other.report["preflights"]
    assert (sft["export"], dpo["settings"]["pairs"]) == ("messages", "best_against_worst")
    assert dpo["total"]["rows"] == other.report["exports"]["pairs"]["rows"] < named_rows["trl-dpo"]
    # The command says the same of the release.
    command = ["preflight", "--out", str(out), "--tokenizer", str(tokenizer), "--trainer", "trl-dpo"]
    said = CliRunner().invoke(app, [*command, "--max-length", "40", "--json"])
    assert said.exit_code == 0, said.output
    (told,) = json.loads(said.stdout)
    assert told.pop("release_id") == ran.report["release_id"] and told == ran.report["preflights"][2]


def test_a_tokenizer_that_is_none_ends_a_run_before_it_reads(tmp_path):
    from sftrm_quality.errors import ConfigError

    raw = night(tmp_path / "raw", 0)
    with pytest.raises(ConfigError, match="no such folder"):
        run_on([raw], tmp_path / "out", f"preflight.tokenizer={tmp_path / 'none'}")
    assert not list((tmp_path / "out").glob("reports/*"))


def test_what_a_trainer_cannot_read_is_refused(release):
    _, tokenizer = release
    model = read_tokenizer(tokenizer, None)
    from sftrm_quality.errors import ConfigError

    with pytest.raises(ConfigError, match="trl-dpo reads no export messages; expected one of pairs"):
        asked_of(["trl-dpo"], [LabelKind.SFT, LabelKind.RM], {}, model, 0, "messages")
    (one,) = asked_of(["llama-factory"], [LabelKind.SFT], {}, model, 0)
    assert (one.export.name, one.window) == ("messages", 2048)
    assert asked_of(["trl-dpo"], [LabelKind.SFT], {}, model, 0) == []


def test_the_terminal_shows_only_what_there_is(release):
    release, tokenizer = release
    (found,) = found_in(release, [asked_for("trl-dpo", "pairs", tokenizer, 200)])
    shown = Console(file=io.StringIO(), width=120)
    print_preflight(shown, found)
    text = shown.file.getvalue()
    assert f"dropped: prompt_fills_max_length {found.total.dropped}" in text and "refused" not in text
    assert f"99 % of the rows are whole in a window of {found.keeps_99:,} tokens" in text
    assert all(name in text for name in found.sources)
