"""A RunConfig from a YAML file and ``key=value`` overrides; every mistake is one line that names the key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sftrm_quality.config import RunConfig
from sftrm_quality.errors import ConfigError
from sftrm_quality.paths import refuse_address
from sftrm_quality.settings_files import read_settings_file
from sftrm_quality.words import asked_for, error_text, phrase, say, say_of

# Of a wrong value, as much as shows what is meant.
_SHOWN = 80


class _Plain(yaml.SafeLoader):
    """YAML of plain values: no tags, which ask for types, and no aliases, of which nine lines make a billion values.

    A key that occurs twice is an error and not a silent choice.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.YAMLError(
                say("line {line}: anchors and aliases are not taken, write it out", line=event.start_mark.line + 1)
            )
        if tag := getattr(event, "tag", None):
            raise yaml.YAMLError(
                say(
                    "line {line}: the tag {tag} is not taken, only plain values",
                    line=event.start_mark.line + 1,
                    tag=tag,
                )
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        return node

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        text: str = super().construct_scalar(node)
        text.encode()  # an escape can name an unpaired surrogate, which no file can hold
        return text

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError(
                    say("line {line}: a list or a mapping, expected a key", line=key.start_mark.line + 1)
                )
            if key.value in keys:
                raise yaml.YAMLError(say("the key {key} occurs twice", key=key.value))
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """The value of a YAML text of plain values. Raises ValueError for whatever is none that we take."""
    try:
        return yaml.load(text, Loader=_Plain)
    except yaml.YAMLError as error:
        raise ValueError(_one_line(error)) from error
    except RecursionError as error:
        raise ValueError(say("nested too deeply")) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _short_repr(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return say("a number of thousands of digits")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _read(path: Path) -> dict[str, Any]:
    try:
        refuse_address(path)
        values = parse_yaml(read_settings_file(path))
    except FileNotFoundError:
        raise ConfigError(say("{path}: configuration file not found", path=path)) from None
    except (OSError, ValueError) as error:
        raise ConfigError(say("{path}: not a readable YAML file: {said}", path=path, said=_one_line(error))) from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(say("{path}: expected keys and values such as 'near: {{threshold: 0.8}}'", path=path))
    return values


def _overridden(values: dict[str, Any], setting: str) -> None:
    """Apply one ``--set``: dotted key, value read as YAML."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise ConfigError(
            say("--set {setting}: expected key=value, for instance --set near.threshold=0.7", setting=setting)
        )
    try:
        value = parse_yaml(text)
    except ValueError as error:
        raise ConfigError(
            say("--set {setting}: the value is not YAML: {said}", setting=setting, said=_one_line(error))
        ) from error
    *path, last = key.split(".")
    for name in path:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            raise ConfigError(
                say("--set {setting}: {name} is a single value, it has no keys below it", setting=setting, name=name)
            )
    values[last] = value


def _keys_below(location: Sequence[int | str], of: type[BaseModel]) -> str:
    model: Any = of
    for name in location[:-1]:
        if isinstance(name, int):  # an item of a list
            model = next(iter(get_args(model)), model)
        else:
            field = model.model_fields.get(name) if hasattr(model, "model_fields") else None
            model = field.annotation if field else None
            # Of what may be left out, what it is else.
            model = next((one for one in get_args(model) if hasattr(one, "model_fields")), model)
    return ", ".join(model.model_fields) if hasattr(model, "model_fields") else ""


def first_mistake(error: ValidationError, of: type[BaseModel] = RunConfig) -> str:
    """The first mistake of some settings in one line.

    Args:
        error: What pydantic found.
        of: What the settings are of.

    Returns:
        Where, what was found, what was expected.
    """
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "configuration"
    if first["type"] == "extra_forbidden":
        keys = _keys_below(first["loc"], of)
        if not keys:
            return say("{where}: unknown key", where=where)
        return say("{where}: unknown key, known are {keys}", where=where, keys=keys)
    said = said_of_mistake(first)
    if isinstance(first["input"], dict):
        return f"{where}: {said}"
    return say("{where}: {said}, found {found}", where=where, said=said, found=_short_repr(first["input"]))


# As pydantic says them in English, by its names of mistakes; parameters are its own.
_MISTAKES = {
    "greater_than_equal": phrase("Input should be greater than or equal to {ge}"),
    "less_than_equal": phrase("Input should be less than or equal to {le}"),
    "literal_error": phrase("Input should be {expected}"),
    "missing": phrase("Field required"),
    "int_type": phrase("Input should be a valid integer"),
    "int_parsing": phrase("Input should be a valid integer, unable to parse string as an integer"),
    "int_from_float": phrase("Input should be a valid integer, got a number with a fractional part"),
    "float_type": phrase("Input should be a valid number"),
    "float_parsing": phrase("Input should be a valid number, unable to parse string as a number"),
    "finite_number": phrase("Input should be a finite number"),
    "bool_type": phrase("Input should be a valid boolean"),
    "bool_parsing": phrase("Input should be a valid boolean, unable to interpret input"),
    "string_type": phrase("Input should be a valid string"),
    "list_type": phrase("Input should be a valid list"),
    "dict_type": phrase("Input should be a valid dictionary"),
    "json_invalid": phrase("Invalid JSON: {error}"),
}


def said_of_mistake(mistake: ErrorDetails) -> str:
    """What is wrong, in the language that is spoken as far as its kind is known here.

    Args:
        mistake: One that pydantic found, with its context.

    Returns:
        The text, without where.
    """
    context = mistake.get("ctx", {})
    if isinstance(error := context.get("error"), ValueError):
        return error_text(error)
    if mistake["type"] == "string_too_short":
        return say_of(
            "String should have at least {count} character",
            "String should have at least {count} characters",
            context["min_length"],
        )
    if mistake["type"] == "string_too_long":
        return say_of(
            "String should have at most {count} character",
            "String should have at most {count} characters",
            context["max_length"],
        )
    if (sentence := _MISTAKES.get(mistake["type"])) is None:
        return mistake["msg"]
    # A bound as it is written: 1 and not 1.0.
    return say(sentence, **{name: format(v, ".15g") if isinstance(v, float) else v for name, v in context.items()})


def load_config(
    file: Path | None = None, settings: Sequence[str] = (), given: Mapping[str, Any] | None = None
) -> RunConfig:
    """The configuration of a run: the file's values, over them ``key=value`` settings, over them what was given.

    Where none of these names the language, it is that of the environment.

    Args:
        file: A YAML file.
        settings: Dotted keys with a value in YAML.
        given: Values by the names of the model's fields.

    Returns:
        The whole configuration.

    Raises:
        ConfigError: One line that names the file or option, the key, what was found and what is expected.
    """
    values = _read(file) if file else {}
    for setting in settings:
        _overridden(values, setting)
    values.update(given or {})
    if wanted := asked_for():
        values.setdefault("language", wanted)
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise ConfigError(say("{file}: {mistake}", file=file, mistake=mistake) if file else mistake) from error
