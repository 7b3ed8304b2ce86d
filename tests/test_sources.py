"""Whose a file is, and which files are of one series."""

import pytest

from sftrm_quality.config import RunConfig, SourceSettings
from sftrm_quality.sources import series_of, source_of


@pytest.mark.parametrize(
    ("name", "source", "series"),
    [
        ("vendor_a/sft_2026-11-24.json", "vendor_a", "vendor_a/sft_#.json"),
        ("vendor_1/a.json", "vendor_1", "vendor_1/a.json"),
        ("vendor_1/batch-12/part-003.json", "vendor_1", "vendor_1/batch-12/part-#.json"),
        ("20261124/vendor_a/sft.json", "vendor_a", "#/vendor_a/sft.json"),
        ("2026-11-24/sft_7.json", "sft_#.json", "#/sft_#.json"),
        ("sft_20261124_02.jsonl.gz", "sft_#.jsonl.gz", "sft_#.jsonl.gz"),
        ("vendor_a/2026-11.zip!/2/sft.json", "vendor_a", "vendor_a/#.zip!/2/sft.json"),
        ("named/x.json", "Hanbit", "named/x.json"),
    ],
)
def test_source_and_series(name, source, series):
    config = RunConfig(sources=[SourceSettings(files="named/*", name="Hanbit"), SourceSettings(files="vendor_a/*")])
    assert (source_of(name, config), series_of(name)) == (source, series)
