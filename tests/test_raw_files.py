"""The raw files of a run, hashed when it begins and again when it ends."""

import pytest

from sftrm_quality.errors import ConfigError, StorageError
from sftrm_quality.intake import hashed_files, unless_changed


def test_files_are_hashed_in_the_order_of_their_names(tmp_path):
    for name, text in (("b", "same"), ("a", "same"), ("c", "other")):
        (tmp_path / name).write_text(text)
    files = hashed_files([tmp_path], threads=2)
    assert [file.source_file for file in files] == ["a", "b", "c"]
    assert files[0].content_hash == files[1].content_hash != files[2].content_hash
    with pytest.raises(ConfigError):
        hashed_files([tmp_path / "none"], threads=2)


@pytest.mark.parametrize("change", [lambda path: path.write_text("OTHER"), lambda path: path.unlink()])
def test_a_file_that_is_another_one_or_gone_is_named(tmp_path, change):
    for name in "ab":
        (tmp_path / name).write_text("other")
    files = hashed_files([tmp_path], threads=2)
    unless_changed(files)
    change(tmp_path / "b")
    with pytest.raises(StorageError, match=r"^b: changed while it was read, nothing is published"):
        unless_changed(files)
