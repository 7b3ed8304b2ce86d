"""What a correction changes, in a terminal: the old text and the new one where they differ, masked."""

from typing import TYPE_CHECKING

from sftrm_quality.personal_data import mask_personal_data, mask_text

if TYPE_CHECKING:
    from sftrm_quality.reviews import Value

# In characters: of what differs, and of what is the same before it.
_SHOWN, _BEFORE = 60, 15
# Of a text; a number that ends beyond what is shown is masked too.
_LOOKED_AT = 1000


def change_shown(old: "Value", new: "Value", data_id: str | None) -> str:
    """An old value and a new one.

    Args:
        old: As delivered.
        new: As corrected.
        data_id: Of the record.

    Returns:
        ``'old' → 'new'``, of long texts the beginning of what differs.
    """
    if not (isinstance(old, str) and isinstance(new, str)):
        return f"{_value(old, data_id)} → {_value(new, data_id)}"
    same = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    start = max(0, same - _BEFORE)
    return f"{_piece(old, start, data_id)} → {_piece(new, start, data_id)}"


def _value(value: "Value", data_id: str | None) -> str:
    if isinstance(value, str):
        return _piece(value, 0, data_id)
    return "null" if value is None else mask_personal_data(str(value))


def _piece(text: str, start: int, data_id: str | None) -> str:
    # Masking keeps the length, so that places stay places; what leads to a number is before it.
    before = max(0, start - _LOOKED_AT)
    masked = mask_text(text[before : start + _LOOKED_AT], data_id)[start - before :]
    more = "…" if len(masked) > _SHOWN else ""
    return f"'{'…' if start else ''}{masked[:_SHOWN]}{more}'"
