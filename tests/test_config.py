"""Configuration: one line for every mistake, naming the key, before anything is read."""

from pathlib import Path

import pytest

from sftrm_quality.config import RunConfig, SourceSettings
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
        ("near.threshold=2", "near.threshold: Input should be less than or equal to 1, found 2"),
        ("splits.train=0.5", "splits: train + validation + test is 0.6, expected 1"),
        ("workers=0", "workers: Input should be greater than or equal to 1, found 0"),
        ("workers", "--set workers: expected key=value"),
        ("near=[", "--set near=[: the value is not YAML"),
        ("workers.a=1", "workers: Input should be a valid integer"),
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
        ("a: 1\na: 2", "the key a stands twice"),
        ("- 1", "expected keys and values"),
        ("workers: !!python/object/apply:os.getcwd []", "not a readable YAML file"),
        ("workerz: 1", "workerz: unknown key"),
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


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="not found"):
        load_config(tmp_path / "no.yaml")


def test_every_setting_has_a_title_for_the_form():
    def titles(model):
        for name, field in model.model_fields.items():
            inner = field.annotation
            if hasattr(inner, "model_fields"):
                yield from titles(inner)
            else:
                yield name, field.title

    assert [name for name, title in titles(RunConfig) if not title] == []
