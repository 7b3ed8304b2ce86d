"""Columns of a table in the types that a format reads, as whole arrays; which rows do not fit is said, not guessed."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sftrm_quality.arrays import Mask, as_mask, list_offsets, lists_of, offsets_of
from sftrm_quality.reading.tables.cells import LARGEST_WHOLE, NUMBER, WHOLE, fit_json


def plain_array(array: pa.ChunkedArray | pa.Array) -> pa.Array:
    """An array in one piece, without dictionaries, views and large offsets, in which the same values have one type."""
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(whole, pa.ChunkedArray):  # more than one piece, or none
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.nulls(0, whole.type)
    return whole.cast(_plain_type(whole.type)) if _plain_type(whole.type) != whole.type else whole


def _plain_type(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(type_):
        return _plain_type(type_.value_type)
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return pa.string()
    if pa.types.is_large_binary(type_) or pa.types.is_binary_view(type_):
        return pa.binary()
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        return pa.list_(_plain_type(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([(field.name, _plain_type(field.type)) for field in type_])
    return type_


def fit(array: pa.Array, type_: pa.DataType, cells: bool) -> tuple[pa.Array, Mask, Mask]:
    """An array in another type.

    Args:
        array: As `plain_array` makes it.
        type_: Of the schema that a format reads: text, whole or decimal number, list, object.
        cells: The values are texts of cells, so that a text of digits is a number where one is due, and a JSON text of
            a list that list.

    Returns:
        The array, null where a value does not fit; which rows do not fit, and which have fields in them that the type
        has not (bool, one per row).
    """
    rows = len(array)
    none = np.zeros(rows, bool)
    if array.type == type_:
        return array, none, none
    if pa.types.is_null(array.type):
        return pa.nulls(rows, type_), none, none
    if pa.types.is_string(array.type) and cells and (pa.types.is_integer(type_) or pa.types.is_floating(type_)):
        return (*_number_of_text(array, type_), none)
    if pa.types.is_string(array.type) and cells and (pa.types.is_list(type_) or pa.types.is_struct(type_)):
        return fit_json(array, type_)
    if pa.types.is_integer(array.type) and (pa.types.is_int64(type_) or pa.types.is_float64(type_)):
        return (*_number(array, type_), none)
    if pa.types.is_floating(array.type) and (pa.types.is_int64(type_) or pa.types.is_float64(type_)):
        return (*_number(pc.if_else(pc.is_nan(array), None, array), type_), none)
    if pa.types.is_list(array.type) and pa.types.is_list(type_):
        return _list(array, type_, cells)
    if pa.types.is_struct(array.type) and pa.types.is_struct(type_):
        return _struct(array, type_, cells)
    return pa.nulls(rows, type_), as_mask(pc.is_valid(array)), none


def _number(array: pa.Array, type_: pa.DataType) -> tuple[pa.Array, Mask]:
    """Whole numbers and decimal ones, without a change of value."""
    if pa.types.is_float64(type_):
        return array.cast(pa.float64(), safe=False), np.zeros(len(array), bool)
    if pa.types.is_integer(array.type):
        fits = np.ones(len(array), bool)
        if pa.types.is_uint64(array.type):
            fits = as_mask(pc.fill_null(pc.less(array, pa.scalar(2**63, pa.uint64())), True))
    else:
        whole = pc.and_(pc.equal(pc.floor(array), array), pc.less_equal(pc.abs(array), LARGEST_WHOLE))
        fits = as_mask(pc.fill_null(whole, True))
    fitting = pc.if_else(pa.array(fits), array, None)
    return fitting.cast(pa.int64()), ~fits


def _number_of_text(array: pa.Array, type_: pa.DataType) -> tuple[pa.Array, Mask]:
    pattern = WHOLE if pa.types.is_integer(type_) else NUMBER
    fits = as_mask(pc.fill_null(pc.match_substring_regex(array, pattern), True))
    texts = pc.utf8_trim_whitespace(pc.if_else(pa.array(fits), array, None))
    numbers = pc.replace_substring_regex(texts, r"^\+", "").cast(pa.float64())
    if pa.types.is_floating(type_):
        return numbers.cast(type_), ~fits
    fitted, too_large = _number(numbers, type_)
    return fitted, ~fits | too_large


def _list(array: pa.Array, type_: pa.DataType, cells: bool) -> tuple[pa.Array, Mask, Mask]:
    values, wrong, more = fit(plain_array(array.flatten()), type_.value_type, cells)
    offsets = list_offsets(array)
    return lists_of(offsets, values, nulls_of=array), _any_of(wrong, offsets), _any_of(more, offsets)


def _any_of(of_values: Mask, offsets: Any) -> Mask:
    """Of each list, whether it holds for any of its elements."""
    found: Mask = np.diff(offsets_of(of_values.astype(np.int64))[offsets]) > 0
    return found


def _struct(array: pa.Array, type_: pa.DataType, cells: bool) -> tuple[pa.Array, Mask, Mask]:
    valid = as_mask(pc.is_valid(array))
    wrong, more = np.zeros(len(array), bool), np.zeros(len(array), bool)
    fields = []
    for field in type_:
        index = array.type.get_field_index(field.name)
        if index < 0:
            fields.append(pa.nulls(len(array), field.type))
            continue
        fitted, field_wrong, field_more = fit(plain_array(pc.struct_field(array, index)), field.type, cells)
        fields.append(fitted)
        wrong |= field_wrong
        more |= field_more
    for index, field in enumerate(array.type):
        if type_.get_field_index(field.name) < 0:
            more |= as_mask(pc.is_valid(pc.struct_field(array, index)))
    made = pa.StructArray.from_arrays(fields, fields=list(type_), mask=pa.array(~valid))
    return made, wrong & valid, more & valid
