"""A RunConfig from a YAML file and ``key=value`` overrides; every mistake is one line that names the key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError


class _UniqueKeys(yaml.SafeLoader):
    """Safe YAML in which a key that stands twice is an error and not a silent choice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {str(key) for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.YAMLError(f"the key {', '.join(sorted(repeated))} stands twice")
        return super().construct_mapping(node, deep)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_text("utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError:
        raise ConfigError(f"{path}: configuration file not found") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not a readable YAML file: {_one_line(error)}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys and values such as 'near: {{threshold: 0.8}}'")
    return values


def _overridden(values: dict[str, Any], setting: str) -> None:
    """Apply one ``--set``: dotted key, value read as YAML."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {setting}: expected key=value, for instance --set near.threshold=0.7")
    try:
        value = yaml.load(text, Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {setting}: the value is not YAML: {_one_line(error)}") from error
    *path, last = key.split(".")
    for name in path:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            raise ConfigError(f"--set {setting}: {name} is a single value, it has no keys below it")
    values[last] = value


def _keys_below(location: Sequence[int | str]) -> str:
    model: Any = RunConfig
    for name in location[:-1]:
        field = model.model_fields.get(name) if hasattr(model, "model_fields") else None
        model = field.annotation if field else None
    return ", ".join(model.model_fields) if hasattr(model, "model_fields") else ""


def _explained(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "configuration"
    if first["type"] == "extra_forbidden":
        keys = _keys_below(first["loc"])
        return f"{where}: unknown key" + (f", known are {keys}" if keys else "")
    found = "" if isinstance(first["input"], dict) else f", found {first['input']!r}"
    return f"{where}: {first['msg'].removeprefix('Value error, ')}{found}"


def load_config(
    file: Path | None = None, settings: Sequence[str] = (), given: Mapping[str, Any] | None = None
) -> RunConfig:
    """The configuration of a run: the file's values, over them ``key=value`` settings, over them what was given.

    Raises ConfigError, one line that names the file or option, the key, what was found and what is expected.
    """
    values = _read(file) if file else {}
    for setting in settings:
        _overridden(values, setting)
    values.update(given or {})
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError((f"{file}: " if file else "") + _explained(error)) from error
