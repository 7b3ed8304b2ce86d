"""Sheets for repair: failing records in their fields, cells to fill, and what comes back as corrections."""

import pytest

from sftrm_quality.output import OutputFolder
from sftrm_quality.rows import Wanted, find_run, select
from sftrm_quality.sheets.failing import InFields, settings_of_run


@pytest.fixture(scope="module")
def failing(samples_run):
    run = find_run(OutputFolder(samples_run.out), None)
    rows = select(run.quarantine, run.source_named(None), Wanted()).rows()
    return list(InFields(run.report, settings_of_run(run.report)).of(rows))


def test_every_record_that_was_checked_is_in_its_fields(failing, samples_run):
    assert [one.row["record_id"] for one in failing] == [row["record_id"] for row in samples_run.quarantine]
    checked = [one for one in failing if one.row["stage"] == "check"]
    assert len(checked) > 10 and {one.kind for one in checked} == {"sft", "rm"}
    assert [one.row["record_id"] for one in checked if one.values is None] == []
    assert [one for one in failing if one.row["stage"] != "check" and one.values is not None] == []
    for one in checked:
        assert one.record == one.row["record_id"].rpartition("-")[0] or one.record == one.row["record_id"]
        assert one.values["data_id"] == one.row["data_id"]
