"""Three classes of storage errors, and which of them a run is begun again for."""

import errno
import os
import pickle
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from flows import retries
from flows.retries import may_pass, with_retries
from sftrm_quality.config import Limits
from sftrm_quality.errors import (
    ConfigError,
    OwnFileError,
    PermanentStorageError,
    StorageError,
    TransientStorageError,
    storage_error,
)
from sftrm_quality.output import OutputFolder
from sftrm_quality.reading import Places, SourceFile, content_hash, open_document, open_streams, read_again
from sftrm_quality.releases.manifest import read_manifest
from tests.conftest import ROOT

TRANSIENT = ["EIO", "EINTR", "EAGAIN", "EBUSY", "ESTALE", "ETIMEDOUT", "ENOTCONN", "ECONNRESET", "EHOSTUNREACH"]
PERMANENT = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "ENOENT", "EFBIG", "ENAMETOOLONG"]


@pytest.mark.parametrize(
    ("name", "kind"), [(n, TransientStorageError) for n in TRANSIENT] + [(n, PermanentStorageError) for n in PERMANENT]
)
def test_the_number_of_the_system_decides(name: str, kind: type[StorageError]) -> None:
    number = getattr(errno, name)
    error = storage_error(OSError(number, os.strerror(number)), "here")
    assert type(error) is kind and error.exit_code == 3
    # As it comes from a worker.
    assert type(pickle.loads(pickle.dumps(error))) is kind  # noqa: S301


def test_an_error_without_a_number_is_permanent() -> None:
    assert type(storage_error(OSError("7 requested and 3 written"), "here")) is PermanentStorageError


def test_who_raises_says_which_of_the_three_it_is() -> None:
    code = [p.read_text("utf-8") for folder in ("sftrm_quality", "flows") for p in (ROOT / folder).rglob("*.py")]
    assert code and not [text for text in code if re.search(r"\bStorageError\(\s*f?\"", text)]


def _raw(tmp_path: Path) -> SourceFile:
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "one", "answer": "a"}\n{"question": "two", "answer": "b"}\n')
    return SourceFile(path, "a.jsonl", path.stat().st_size)


def test_a_raw_file_that_changes_or_goes_away_may_be_whole_the_next_time(tmp_path: Path) -> None:
    file = _raw(tmp_path)
    (stream,) = open_streams(file)
    (shard,) = open_document(stream, Limits(), tmp_path).shards
    file.path.write_text("{")
    with pytest.raises(TransientStorageError, match="changed while it was read"):
        shard.load(Limits())
    with pytest.raises(TransientStorageError, match="changed after it was read"):
        list(read_again(file, "a.jsonl", Places("json_lines", "", np.array([0]), np.array([0]), np.array([30]))))
    file.path.unlink()
    for again in (lambda: shard.load(Limits()), lambda: list(open_streams(file)), lambda: content_hash(file.path)):
        with pytest.raises(TransientStorageError, match=r"a\.jsonl: cannot be"):
            again()


def test_another_run_in_the_folder_comes_to_its_end(tmp_path: Path) -> None:
    output = OutputFolder(tmp_path)
    with output.locked(0, print), pytest.raises(TransientStorageError), output.locked(0, print):
        pass


def test_what_somebody_edited_stays_edited(tmp_path: Path) -> None:
    with pytest.raises(PermanentStorageError, match="not a valid run or release id"):
        OutputFolder(tmp_path).release("../x")
    with pytest.raises(PermanentStorageError, match="no readable manifest"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(PermanentStorageError, match="no readable manifest"):
        read_manifest(tmp_path)


class _Runs:
    """Instead of a run: fails as it is told, and counts."""

    def __init__(self, *ends: Exception | None) -> None:
        self.tries, self._ends = 0, ends

    def __call__(self) -> str:
        self.tries += 1
        if end := self._ends[min(self.tries, len(self._ends)) - 1]:
            raise end
        return "done"


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(retries, "time", SimpleNamespace(sleep=seconds.append))
    return seconds


def test_a_run_begins_again_for_what_may_pass(waited: list[float]) -> None:
    told: list[str] = []
    stale = TransientStorageError("stale")
    assert with_retries(_Runs(stale, stale, None), 3, told.append) == "done"
    assert waited == [30, 60]
    assert told == ["stale; beginning again in 30 seconds", "stale; beginning again in 60 seconds"]
    runs = _Runs(stale)
    with pytest.raises(TransientStorageError):
        with_retries(runs, 3, told.append)
    assert runs.tries == 4


@pytest.mark.parametrize("kind", [PermanentStorageError, OwnFileError, ConfigError])
def test_neither_run_nor_task_begins_again_for_anything_else(kind: type[Exception], waited: list[float]) -> None:
    runs = _Runs(kind("no"))
    with pytest.raises(kind):
        with_retries(runs, 3, print)
    assert (runs.tries, waited) == (1, [])

    def task_is_retried(error: Exception) -> bool:
        return may_pass(None, None, SimpleNamespace(result=lambda raise_on_failure: error))

    assert task_is_retried(TransientStorageError("stale")) and not task_is_retried(kind("no"))


def test_the_flow_and_its_task_go_by_that() -> None:
    code = (ROOT / "flows" / "ingest.py").read_text("utf-8")
    assert "retry_condition_fn=may_pass" in code and "with_retries(" in code
