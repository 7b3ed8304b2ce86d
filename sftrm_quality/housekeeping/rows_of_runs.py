"""What of a run is rows: all that grows with the data and that its report does not need."""

from pathlib import Path

from sftrm_quality.output import OutputFolder

# Rows of the page that shows them, ids of what would have been published, pairs that were kept apart. The report, its
# page and what moved between splits stay: they are small, and say what there was.
_BESIDE_THE_REPORT = ("rows", "passed.parquet", "kept_apart.parquet")


def rows_of(output: OutputFolder, run_id: str) -> list[Path]:
    """The files and folders of a run that hold rows.

    Args:
        output: The output folder.
        run_id: The run.

    Returns:
        Those that are there; none where they were deleted, or where the run found nothing new.
    """
    report = output.report(run_id)
    paths = [*(report / name for name in _BESIDE_THE_REPORT), output.duplicates(run_id), output.quarantine(run_id)]
    return [path for path in paths if path.exists()]
