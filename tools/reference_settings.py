"""docs/reference/settings.md: every setting with type, default, bounds and reason, from the model."""

from pydantic import BaseModel

from sftrm_quality.config import RunConfig
from sftrm_quality.config_description import LOCAL_DEFAULTS, Setting, settings_in

_HEAD = """\
# Settings

Generated from `sftrm_quality/config.py` by `python -m tools.reference`; edit it there. In a YAML file (`--config`) or
one by one (`--set near.threshold=0.7`). Unknown keys are refused. Items of a list are written `name[]`. `sftrm config`
prints the same as a YAML file to begin with; `sftrm config --config FILE` what a file sets.

| setting | type | default | what it is | why this default |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(RunConfig, ""))


def _rows(model: type[BaseModel], prefix: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for setting in settings_in(model):
        key = f"{prefix}{setting.name}{'[]' if setting.model and setting.is_list else ''}"
        if setting.model is None or setting.is_list:
            what = setting.what.replace("|", "\\|")
            rows.append((f"`{key}`", setting.type_in_words("`"), _default(setting), what, setting.reason))
        if setting.model is not None:
            rows += _rows(setting.model, f"{key}.")
    return rows


def _default(setting: Setting) -> str:
    if setting.name in LOCAL_DEFAULTS:
        return LOCAL_DEFAULTS[setting.name].replace("expectations/", "`expectations/`")
    if setting.field.is_required():
        return "(required)"
    default = setting.default
    if default is None:
        return "`null`"
    if isinstance(default, list):
        return ", ".join(f"`{value}`" for value in default) or "none"
    return f"`{default:,}`" if isinstance(default, int | float) else f"`{default}`"
