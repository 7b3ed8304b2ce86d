"""Configuration: one line for every mistake, naming the key, before anything is read."""

import json
import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.config_description import as_yaml, settings_in
from sftrm_quality.config_loading import load_config
from sftrm_quality.errors import ConfigError


def test_defaults_are_the_documented_ones():
    config = load_config()
    assert (config.raw, config.out) == ([Path("data/raw")], Path("data/out"))
    assert (config.splits.train, config.splits.validation, config.splits.test) == (0.9, 0.05, 0.05)
    assert config.near.threshold == 0.8
    assert (config.expectations / "sft.json").is_file()


def test_settings_win_over_the_file_and_options_over_both(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("near: {threshold: 0.7}\nworkers: 3\nsources:\n- {files: 'a/*', rank_base: 0}\n", "utf-8")
    config = load_config(file, ["near.threshold=0.9", "splits.salt=x"], {"workers": 5})
    assert (config.near.threshold, config.workers, config.splits.salt) == (0.9, 5, "x")
    assert config.source_settings("a/b.json").rank_base == 0
    assert config.source_settings("b.json") == SourceSettings()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("nearr.threshold=0.7", "nearr: unknown key, known are raw, out"),
        ("near.treshold=0.7", "near.treshold: unknown key, known are threshold"),
        ("sources=[{rank_bas: 0}]", "sources.0.rank_bas: unknown key, known are files, name, retired, format"),
        (
            "splits.from_folders=[{folder: a, split: train, fold: b}]",
            "splits.from_folders.0.fold: unknown key, known are folder, split",
        ),
        ("near.threshold=2", "near.threshold: Input should be less than or equal to 1, found 2"),
        ("splits.train=0.5", "splits: train + validation + test is 0.6, expected 1"),
        ("workers=0", "workers: Input should be greater than or equal to 1, found 0"),
        ("workers", "--set workers: expected key=value"),
        ("near=[", "--set near=[: the value is not YAML"),
        ("workers.a=1", "workers: Input should be a valid integer"),
        ("lock_seconds=.inf", "lock_seconds: Input should be a finite number, found inf"),
        ("near.threshold=.nan", "near.threshold: Input should be a finite number, found nan"),
        ("splits.train=1e999", "splits.train: "),
        ("workers=" + "9" * 5000, "--set workers=9"),
        ('out="a\\0b"', "out: no file or folder can have that name, found 'a\\x00b'"),
        ('raw=["\\ud800"]', "--set raw="),
        ("out=s3://bucket/out", "out: s3:// begins an address, expected a path; mount it, or copy what is there"),
        ("raw=[data/raw, hdfs://namenode/raw]", "raw.1: hdfs:// begins an address"),
        ("expectations=FILE:/etc/suites", "expectations: FILE:// begins an address"),
        ("splits.salt=2001-99-99", "--set splits.salt=2001-99-99: the value is not YAML: month must be in 1..12"),
        ("splits.salt=" + "[" * 3000, "nested too deeply"),
        ("sources=[{files: [" + "a," * 90 + "]}]", "…"),
        ("ids.within=folder", "ids.within: Input should be 'dataset' or 'file', found 'folder'"),
    ],
)
def test_a_wrong_setting_is_one_line(setting, message):
    with pytest.raises(ConfigError) as error:
        load_config(None, [setting])
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("near: {threshold: 0.7", "not a readable YAML file"),
        ("a: 1\na: 2", "the key a occurs twice"),
        ("- 1", "expected keys and values"),
        ("workers: !!python/object/apply:os.getcwd []", "not a readable YAML file"),
        ("workerz: 1", "workerz: unknown key"),
        ("out: !!python/name:os.system ''", "line 1: the tag tag:yaml.org,2002:python/name:os.system is not taken"),
        ("out: !!binary aGk=", "is not taken, only plain values"),
        ("raw: &a [x]\nout: *a", "line 1: anchors and aliases are not taken"),
        ("? [a, b]\n: 1", "line 1: a list or a mapping, expected a key"),
        ("1: x", "Keys should be strings"),
        ("null: x", "Keys should be strings"),
        ("splits: {salt: 1, salt: 2}", "the key salt occurs twice"),
        ("workers: \x00", "not a readable YAML file"),
        ("a" * (1 << 20) + ": 1", "more than 1,048,576 bytes"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_it(tmp_path, text, message):
    file = tmp_path / "c.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        load_config(file)
    assert str(error.value).startswith(str(file))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_nine_lines_do_not_make_a_billion_values(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    merges = ["b0: &b0 {x: 1}", *(f"b{n}: &b{n} {{<<: [{', '.join([f'*b{n - 1}'] * 10)}]}}" for n in range(1, 10))]
    file = tmp_path / "c.yaml"
    for text in ("\n".join([*lines, "raw: *a9"]), "\n".join([*merges, "near: *b9"])):
        file.write_text(text, "utf-8")
        with pytest.raises(ConfigError, match="anchors and aliases are not taken, write it out"):
            load_config(file)


def test_a_file_of_keys_that_differ_takes_no_longer_than_it_is(tmp_path):
    """Every key held against every other one would be 10^10 comparisons."""
    file = tmp_path / "c.yaml"
    file.write_text("splits: {" + ", ".join(f"k{n}" for n in range(20_000)) + "}", "utf-8")
    with pytest.raises(ConfigError, match=r"splits\.k0: unknown key"):
        load_config(file)


def test_a_pipe_is_no_configuration(tmp_path):
    os.mkfifo(tmp_path / "c.yaml")
    with pytest.raises(ConfigError, match="not a plain file"):
        load_config(tmp_path / "c.yaml")


def test_a_glob_is_tried_in_bounded_time():
    """A pattern that would be exponential as a regular expression with plain stars."""
    config = load_config(None, ["sources=[{files: '" + "*a" * 60 + "b', rank_base: 0}]"])
    assert config.source_settings("a" * 5000 + "c").rank_base == 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="not found"):
        load_config(tmp_path / "no.yaml")


@pytest.mark.parametrize("key", ["raw", "out", "expectations"])
def test_an_address_is_refused_in_the_file_and_in_the_form(tmp_path, key):
    value = ["s3://bucket/a"] if key == "raw" else "s3://bucket/a"
    (tmp_path / "c.yaml").write_text(json.dumps({key: value}), "utf-8")
    with pytest.raises(ConfigError, match=rf"c\.yaml: {key}.* s3:// begins an address"):
        load_config(tmp_path / "c.yaml")
    # As Prefect does it with the parameters of the form.
    with pytest.raises(ValidationError, match="s3:// begins an address"):
        RunConfig.model_validate({key: value})
    with pytest.raises(ConfigError, match=r"s3:// begins an address"):
        load_config(Path("s3://bucket/c.yaml"))


@pytest.mark.parametrize("name", ["a:b", "C:/labels", "labels/s3:/x", "/data/s3://x", "2026-11-03: late/x", "a b:/c"])
def test_a_path_with_a_colon_is_a_path(name):
    assert load_config(None, [], {"out": Path(name)}).out == Path(name)


def test_every_setting_has_a_title_for_the_form():
    def titles(model):
        for name, field in model.model_fields.items():
            inner = field.annotation
            if hasattr(inner, "model_fields"):
                yield from titles(inner)
            else:
                yield name, field.title

    assert [name for name, title in titles(RunConfig) if not title] == []


def loaded(text, folder):
    (folder / "printed.yaml").write_text(text, "utf-8")
    return load_config(folder / "printed.yaml")


def test_what_is_printed_changes_nothing(tmp_path):
    text = as_yaml(load_config())
    assert loaded(text, tmp_path) == load_config() and "# set" not in text
    # Another machine has other ones.
    assert not re.search(r"^(workers|expectations):", text, re.M) and re.search(r"^# workers: \d+$", text, re.M)


def test_every_setting_is_printed_with_its_reason():
    words = " ".join(re.sub(r"[#\s]+", " ", as_yaml(load_config())).split())

    def look(model, depth):
        for setting in settings_in(model):
            assert setting.name in words and setting.what in words and setting.reason in words
            if setting.model:
                look(setting.model, depth + 1)

    look(RunConfig, 0)


def test_what_is_set_is_printed_as_set(tmp_path):
    given = tmp_path / "given.yaml"
    given.write_text(
        "near: {threshold: 0.7}\nworkers: 3\n"
        "splits: {salt: '2026-01-01', from_folders: [{folder: ': #', split: test}]}\n"
        "out: 'a\u202eb\\n'\nraw: ['*x', 없음]\nsources: [{files: '*', ties: dense}, {rank_base: 0}]\n",
        "utf-8",
    )
    config = load_config(given)
    text = as_yaml(config)
    assert loaded(text, tmp_path) == config
    assert "\n  threshold: 0.7  # set\n" in text and "default 0.8: " in text and "\nworkers: 3  # set\n" in text
    assert "\n  train: 0.9\n" in text
    assert "\u202e" not in text and "없음" in text  # no character that steers a terminal


def test_the_examples_of_entries_load(tmp_path):
    lines = as_yaml(load_config()).splitlines()

    def example(key, indent):
        start = lines.index(f"{indent}{key}: []") + 2
        entry = []
        for line in lines[start:]:
            if not line.startswith(f"{indent}#  "):
                break
            entry.append(line.removeprefix(f"{indent}# "))
        return f"{key}:\n" + "\n".join(entry) + "\n"

    source = loaded(example("sources", ""), tmp_path).sources[0]
    assert source == SourceSettings() and source.model_fields_set == set(SourceSettings.model_fields)
    folders = "splits:\n" + "".join(f"  {line}\n" for line in example("from_folders", "  ").splitlines())
    assert loaded(folders, tmp_path).splits.from_folders[0].folder == "Training"
