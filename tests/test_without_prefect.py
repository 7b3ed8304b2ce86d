"""A run at the shell: its files are read side by side, and again where a file server did not answer."""

import threading
from collections import Counter

import pytest

from flows import without_prefect
from sftrm_quality.config_loading import load_config
from sftrm_quality.errors import PermanentStorageError, TransientStorageError
from sftrm_quality.job import Job
from sftrm_quality.run_record import Mode
from tests.inline_workers import tasks_here
from tests.test_determinism import make_records, write


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Runs it on two files; what is to happen at each reading of a file is given."""
    monkeypatch.setattr(without_prefect, "READ_AGAIN_SECONDS", (0, 0))
    # Each file is as large as a group.
    monkeypatch.setattr(without_prefect, "_BYTES_TOGETHER", 1)
    config = load_config(
        None, ["workers=1"], {"raw": [write(tmp_path / "raw", *make_records(10))], "out": tmp_path / "out"}
    )
    read, times = Job.intake_files, Counter()

    def run(happens):
        def intake_files(job, plan, files):
            (file,) = files
            times[file.source_file] += 1
            happens(file.source_file, times[file.source_file])
            return read(job, plan, files)

        monkeypatch.setattr(Job, "intake_files", intake_files)
        with tasks_here():
            return without_prefect.run_here(config, Mode.RUN, None), times

    return run


def test_a_file_that_could_not_be_read_for_a_moment_is_read_again(started):
    def happens(name, time):
        if name == "b_rm.json" and time < 3:
            raise TransientStorageError(f"{name}: no answer")

    result, times = started(happens)
    assert times == {"a_sft_0.jsonl": 1, "b_rm.json": 3}
    assert result.report.ledger["rm"].received == 10


@pytest.mark.parametrize(("error", "tries"), [(TransientStorageError, 3), (PermanentStorageError, 1)])
def test_one_that_goes_on_to_fail_ends_the_run(started, tmp_path, error, tries):
    seen = []

    def happens(name, time):
        if name == "b_rm.json":
            seen.append(time)
            raise error(f"{name}: gone")

    with pytest.raises(error, match=r"b_rm\.json: gone"):
        started(happens)
    assert seen == list(range(1, tries + 1)) and not (tmp_path / "out" / "LATEST").exists()


def test_files_are_read_side_by_side(started):
    """Neither is read before both have begun."""
    both = threading.Barrier(2, timeout=60)
    result, _ = started(lambda *_: both.wait())
    assert result.report.ledger["sft"].received == result.report.ledger["rm"].received == 10
