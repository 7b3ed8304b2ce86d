"""Declarations read from files, one format in each; every mistake is one line that names the file and the key."""

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from sftrm_quality.config import SHIPPED_FORMATS
from sftrm_quality.config_loading import first_mistake, parse_yaml
from sftrm_quality.errors import ConfigError
from sftrm_quality.formats.declaration import Declaration
from sftrm_quality.settings_files import read_settings_file
from sftrm_quality.words import say

_SUFFIXES = (".yaml", ".yml")


@cache
def builtin_declarations() -> tuple[Declaration, ...]:
    """The declarations that come with the product, in the order of their files' names."""
    return _read_folder(SHIPPED_FORMATS)


def read_declarations(folder: Path) -> tuple[Declaration, ...]:
    """The declarations of a folder.

    Args:
        folder: That of the setting ``formats``. Of the one that comes with the product nothing is declared.

    Returns:
        One per YAML file, in the order of the names.

    Raises:
        ConfigError: There is no such folder, a file is no declaration, or two declare one name.
    """
    if folder.resolve() == SHIPPED_FORMATS:
        return ()
    if not folder.is_dir():
        raise ConfigError(say("formats: {folder} is no folder; name one with a YAML file per format", folder=folder))
    return _read_folder(folder)


def _read_folder(folder: Path) -> tuple[Declaration, ...]:
    found: dict[str, Path] = {}
    declarations = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES):
        declaration = _read(path)
        if declaration.name in found:
            other = found[declaration.name].name
            raise ConfigError(
                say("{path}: the name {name} is that of {other} too", path=path, name=declaration.name, other=other)
            )
        found[declaration.name] = path
        declarations.append(declaration)
    return tuple(declarations)


def _read(path: Path) -> Declaration:
    try:
        values = parse_yaml(read_settings_file(path))
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise ConfigError(say("{path}: not a readable YAML file: {said}", path=path, said=said)) from error
    if not isinstance(values, dict):
        raise ConfigError(
            say("{path}: expected the keys of a declaration, such as name, label_kind, prompt", path=path)
        )
    try:
        return Declaration.model_validate(values)
    except ValidationError as error:
        raise ConfigError(say("{file}: {mistake}", file=path, mistake=first_mistake(error, Declaration))) from error
