"""A preflight over the data files of a release: the rows that an export has, given to the rules of a trainer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sftrm_quality import progress
from sftrm_quality.arrays import one_array
from sftrm_quality.preflight.asking import Asked
from sftrm_quality.preflight.tallies import KEPT_WHOLE, Tally, quantile, row_counts, token_lengths
from sftrm_quality.preflight.tokenizing import Tokenizer, load
from sftrm_quality.preflight.trainer import Trainer
from sftrm_quality.preflight.trainers import TRAINERS
from sftrm_quality.records import SplitName
from sftrm_quality.releases import STREAMED, TARGETS, DataFiles
from sftrm_quality.run_record import Preflight
from sftrm_quality.workers import Workers, give_memory_back

# Records at once: some hundred tokens each, as Python numbers, are a few MiB.
_BATCH_ROWS = 512


@dataclass(frozen=True)
class _Task:
    asked: Asked
    path: Path
    split: SplitName
    sources: Mapping[str, str]


def preflights(
    data: DataFiles, asked: Sequence[Asked], sources: Mapping[str, str], workers: Workers
) -> list[Preflight]:
    """What trainers would make of a release.

    Args:
        data: Its data files.
        asked: Which trainers, reading what; those for whose label kind there are no records are left out.
        sources: The declared source of each source file; files that are not named have none.
        workers: Tokenize the files.

    Returns:
        A preflight for each, in their order.

    Raises:
        ConfigError: The tokenizer cannot be loaded (any more).
        StorageError: A data file cannot be read.
    """
    tasks = [task for one in asked for task in _tasks(data, one, sources)]
    tallies: dict[Asked, dict[SplitName, Tally]] = {task.asked: {} for task in tasks}
    for number, (task, tally) in enumerate(zip(tasks, workers.map(_measured, tasks), strict=True), 1):
        tallies[task.asked].setdefault(task.split, Tally()).add(tally)
        progress.report("preflight", number, len(tasks), "files")
    return [_figures(one, splits) for one, splits in tallies.items()]


def _tasks(data: DataFiles, asked: Asked, sources: Mapping[str, str]) -> Iterator[_Task]:
    kind = TARGETS[asked.export.name].label_kind
    for name, file in sorted(data.listed.items()):
        if file.label_kind is kind and file.split is not None and file.rows:
            yield _Task(asked, data.folder / name, file.split, sources)


def _measured(task: _Task) -> Tally:
    """Of one data file."""
    asked, tally = task.asked, Tally()
    target = TARGETS[asked.export.name]
    trainer, tokenizer = TRAINERS[asked.trainer], load(asked.model)
    columns = [*target.read, "source_file"]
    with pq.ParquetFile(task.path, page_checksum_verification=True, **STREAMED) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
            for source, records in _by_source(pa.Table.from_batches([batch]), task.sources):
                converted = target.convert(records, asked.export)
                for table in converted.tables:
                    _take(tally, source, table.to_pylist(), trainer, tokenizer, asked.window)
                tally.left_out.update(converted.left_out)
            give_memory_back()
    return tally


def _by_source(records: pa.Table, sources: Mapping[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """The records of each declared source; an empty name for those of none."""
    files = one_array(records["source_file"])
    named: dict[str, list[str]] = {}
    for file in pc.unique(files).to_pylist():
        named.setdefault(sources.get(file, ""), []).append(file)
    for source, of_source in sorted(named.items()):
        yield source, records.filter(pc.is_in(files, pa.array(of_source)))


def _take(
    tally: Tally, source: str, rows: list[dict[str, Any]], trainer: Trainer, tokenizer: Tokenizer, window: int
) -> None:
    tally.take(source, trainer.measure(rows, tokenizer, window))
    for row in rows:
        marks = tokenizer.marks_in(_texts({name: value for name, value in row.items() if name != "record_id"}))
        tally.special_tokens.update(marks)
        tally.with_special_tokens += bool(marks)


def _texts(value: object) -> Iterator[str]:
    """The texts of a row, roles among them, which are no tokenizer's marks."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _figures(asked: Asked, splits: Mapping[SplitName, Tally]) -> Preflight:
    trainer, total = TRAINERS[asked.trainer], Tally()
    for tally in splits.values():
        total.add(tally)
    return Preflight(
        trainer=trainer.name,
        version=trainer.version,
        export=asked.export.name,
        settings=TARGETS[asked.export.name].effective(asked.export),
        tokenizer=str(asked.model.folder),
        tokenizer_hash=asked.model.hash,
        max_length=asked.window,
        total=total.all_counts(),
        splits={split: splits[split].all_counts() for split in SplitName if split in splits},
        sources={source: row_counts(counts) for source, counts in sorted(total.by_source.items(), key=_most_rows)},
        left_out=dict(sorted(total.left_out.items())),
        dropped_by=dict(sorted(total.dropped_by.items())),
        template_errors=_most_first(total.template_errors),
        lengths=token_lengths(total.lengths),
        keeps_99=quantile(total.lengths, KEPT_WHOLE),
        prompt_fills_window=total.prompt_fills_window,
        prompt_changes=total.prompt_changes,
        with_special_tokens=total.with_special_tokens,
        special_tokens=_most_first(total.special_tokens),
    )


def _most_rows(of_source: tuple[str, Mapping[str, int]]) -> tuple[int, str]:
    name, counts = of_source
    return -counts["rows"], name


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
