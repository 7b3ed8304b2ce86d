"""What trainers would make of a release, where the settings name a tokenizer."""

from collections.abc import Iterable

from sftrm_quality import preflight
from sftrm_quality.config import ExportSettings
from sftrm_quality.job.opening import RunContext
from sftrm_quality.releases import DataFiles
from sftrm_quality.run_record import FileEntry, Preflight


def preflights_of(run: RunContext, data: DataFiles, files: Iterable[FileEntry]) -> tuple[Preflight, ...]:
    """The preflights that the settings ask for.

    What a trainer reads is the export of that name, with the settings that the run makes it by.

    Args:
        run: Has the settings, the tokenizer and the workers.
        data: Data files of a release, staged or published.
        files: Say whose each source file is.

    Returns:
        One for each trainer and each label kind that it takes and that there is; none without a tokenizer.

    Raises:
        StorageError: A data file cannot be read.
    """
    if run.model is None:
        return ()
    kinds = {file.label_kind for file in data.listed.values() if file.label_kind is not None}
    settings = run.config.preflight
    made: dict[str, ExportSettings] = {export.name: export for export in run.config.exports}
    asked = preflight.asked_of(settings.trainers, kinds, made, run.model, settings.max_length)
    sources = {file.source_file: file.source for file in files}
    return tuple(preflight.preflights(data, asked, sources, run.workers))
