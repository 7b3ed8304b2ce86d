"""The garbage collector is off while large packages are imported, and only then. Some are loaded only when used."""

import gc
import importlib
import subprocess
import sys

import pytest

from sftrm_quality.imports import large_imports, load_when_used, without


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


def test_a_module_is_loaded_when_something_of_it_is_used(tmp_path, monkeypatch):
    (tmp_path / "outer" / "inner").mkdir(parents=True)
    (tmp_path / "outer" / "__init__.py").write_text("")
    (tmp_path / "outer" / "inner" / "__init__.py").write_text("from outer.inner.own import value\nloaded = [1]\n")
    (tmp_path / "outer" / "inner" / "own.py").write_text("value = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    load_when_used("outer.inner", "outer.nowhere", "nowhere", "nowhere.inner")
    try:
        import outer.inner as imported
        from outer import inner

        assert imported is inner and inner is importlib.import_module("outer.inner")
        assert "outer.inner.own" not in sys.modules and "nowhere" not in sys.modules
        load_when_used("outer.inner")
        assert (inner.value, inner.loaded) == (7, [1]) and imported is sys.modules["outer.inner"]
        with pytest.raises(AttributeError):
            _ = inner.others
        inner.loaded.append(2)
        load_when_used("outer.inner")
        assert importlib.import_module("outer.inner").loaded == [1, 2]
    finally:
        for name in [name for name in sys.modules if name.startswith("outer")]:
            del sys.modules[name]


def test_a_package_is_not_there_for_a_while(tmp_path, monkeypatch):
    (tmp_path / "somebodys.py").write_text("")
    (tmp_path / "loaded_before.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    before = importlib.import_module("loaded_before")
    with pytest.raises(ImportError), without("somebodys", "loaded_before"):
        assert importlib.import_module("loaded_before") is before
        importlib.import_module("somebodys")
    assert importlib.import_module("somebodys").__name__ == "somebodys"
    assert importlib.import_module("loaded_before") is before


def test_what_no_suite_can_use_is_not_loaded():
    code = (
        "import sys, sftrm_quality.preload;"
        "heavy = {'scipy.stats._stats_py', 'altair.vegalite', 'scipy.linalg._basic', 'sqlalchemy.sql'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "from scipy import linalg, stats; import altair, sqlalchemy;"
        "assert stats.norm.cdf(0) == 0.5 and altair.Chart and linalg.norm([3, 4]) == 5 and sqlalchemy.select"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
