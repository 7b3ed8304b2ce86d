"""The garbage collector is off while large packages are imported, and only then."""

import gc

import pytest

from sftrm_quality.imports import large_imports


def test_the_collector_is_on_again_also_after_an_error():
    with pytest.raises(ImportError), large_imports():
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with large_imports():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_was_imported_is_not_looked_at_again():
    before = gc.get_freeze_count()
    with large_imports():
        imported = [[] for _ in range(1000)]
    assert gc.get_freeze_count() - before >= len(imported)
