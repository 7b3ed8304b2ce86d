"""Arrow columns as numpy arrays: nulls, slices and chunks change nothing but where something is."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sftrm_quality.arrays import (
    as_floats,
    as_ints,
    as_mask,
    digest_halves,
    list_offsets,
    lists_of,
    one_array,
    row_of_each,
    text_buffers,
)
from sftrm_quality.arrow_files import read_table, write_table
from sftrm_quality.errors import StorageError

LISTS = pa.array([[9], [1, 2], None, [], [3]], pa.list_(pa.int64()))


def test_lists_of_a_slice_with_nulls() -> None:
    lists = LISTS.slice(1)
    assert lists.flatten().to_pylist() == [1, 2, 3]
    assert list_offsets(lists).tolist() == [0, 2, 2, 2, 3]
    assert row_of_each(lists).tolist() == [0, 0, 3]
    assert lists_of(list_offsets(lists), lists.flatten(), nulls_of=lists).equals(lists)
    assert lists_of(list_offsets(lists), lists.flatten()).to_pylist() == [[1, 2], [], [], [3]]


def test_elements_behind_a_null_list_do_not_count() -> None:
    hidden = pa.ListArray.from_arrays(
        pa.array([0, 2, 3], pa.int32()), pa.array([1, 2, 3]), mask=pa.array([True, False])
    )
    assert hidden.flatten().to_pylist() == [3]
    assert list_offsets(hidden).tolist() == [0, 0, 1]
    assert row_of_each(hidden).tolist() == [1]


def test_nulls_become_what_is_asked_for() -> None:
    assert as_mask(pa.array([True, None, False])).tolist() == [True, False, False]
    assert as_mask(pa.array([True, None, False]), if_null=True).tolist() == [True, True, False]
    assert as_ints(pa.array([1, None], pa.int32())).tolist() == [1, 0]
    assert as_ints(pa.array([1, None], pa.int32()), if_null=-1).dtype == np.int64
    assert np.array_equal(as_floats(pa.array([1, None], pa.int32())), [1.0, np.nan], equal_nan=True)


def test_a_mask_may_be_written_to() -> None:
    mask = as_mask(pa.array([True, False]))
    mask[1] = True
    assert mask.tolist() == [True, True]


def test_one_chunk_is_not_copied() -> None:
    array = pa.array([1, 2, 3])
    assert one_array(pa.chunked_array([array])).buffers()[1].address == array.buffers()[1].address
    assert one_array(pa.chunked_array([array, array])).to_pylist() == [1, 2, 3, 1, 2, 3]
    assert one_array(pa.chunked_array([], pa.int64())).to_pylist() == []
    assert one_array(array) is array


def test_digests_of_a_slice_and_of_several_pieces() -> None:
    column = pa.chunked_array([pa.array([bytes([i]) * 16 for i in range(4)], pa.binary(16))])
    for piece in (column.slice(1, 2), pa.chunked_array([*column.slice(1, 1).chunks, *column.slice(2, 1).chunks])):
        assert digest_halves(piece).tolist() == [[0x0101010101010101 * i] * 2 for i in (1, 2)]
    assert digest_halves(column.slice(0, 0)).shape == (0, 2)


def test_a_table_that_was_written_is_read(tmp_path: Path) -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    write_table(tmp_path / "table", table)
    assert read_table(tmp_path / "table").equals(table)
    assert read_table(tmp_path / "table", ["b"]).column_names == ["b"]


@pytest.mark.parametrize("content", [None, b"", b"no table"])
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "table").write_bytes(content)
    with pytest.raises(StorageError, match="/table: cannot be read"):
        read_table(tmp_path / "table")


@pytest.mark.parametrize("texts", [["a", "b"], ["a", None], []])
def test_what_kernels_get_is_of_one_type_whoever_made_it(texts: list[str | None], tmp_path: Path) -> None:
    """Else a kernel is compiled twice: what Arrow has computed may be written, what it has read may not."""
    computed = pa.array(texts, pa.string())
    write_table(tmp_path / "t", pa.table({"t": computed, "n": pa.array([1.5] * len(texts), pa.float64())}))
    read = read_table(tmp_path / "t")
    for column in (computed, one_array(read["t"])):
        assert [part.flags.writeable for part in text_buffers(column)] == [False, False]
    for numbers in (one_array(read["n"]), pa.array(range(len(texts)), pa.int64())):
        assert not as_floats(numbers).flags.writeable
