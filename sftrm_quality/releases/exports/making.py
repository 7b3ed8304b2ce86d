"""Exports of a release, made of its data files and read back: files in a folder, and what the manifest says of them."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sftrm_quality import progress
from sftrm_quality.config import ExportSettings
from sftrm_quality.errors import OwnFileError
from sftrm_quality.output import link_or_copy
from sftrm_quality.records import SplitName
from sftrm_quality.releases.exports.files import read_parquet, same_rows, write_json_lines, write_parquet
from sftrm_quality.releases.exports.registry import TARGETS
from sftrm_quality.releases.exports.target import Target
from sftrm_quality.releases.manifest import hash_of
from sftrm_quality.releases.parts import file_hash
from sftrm_quality.run_record import DataFile, Export, ExportedFile
from sftrm_quality.versions import code_hash, versions
from sftrm_quality.words import say
from sftrm_quality.workers import Workers, give_memory_back

EXPORTS = "exports"
_DATASET_INFO = "dataset_info.json"
# Allocators keep what batches free, see `releases/read_back.py`.
_BATCHES_KEPT = 8


@dataclass(frozen=True)
class DataFiles:
    """The data files of a release, staged or published. listed: by their paths in its folder."""

    folder: Path
    listed: Mapping[str, DataFile]


@dataclass(frozen=True)
class Earlier:
    """A release whose exports may have files that are to be written again. exports: by name."""

    folder: Path
    exports: Mapping[str, Export]


@dataclass(frozen=True)
class _Planned:
    """A file to be made. before: one that was made of the same, with what is said of it."""

    name: str
    settings: ExportSettings
    split: SplitName
    sources: tuple[Path, ...]
    made_from: str
    path: Path
    before: tuple[Path, ExportedFile] | None


def make_exports(
    data: DataFiles, wanted: Sequence[ExportSettings], folder: Path, earlier: Earlier | None, workers: Workers
) -> dict[str, Export]:
    """Write exports and read them back; files of an earlier release that were made of the same are linked again.

    Args:
        data: What they are made of.
        wanted: Which exports.
        folder: Where the release's folder ``exports`` is made.
        earlier: The current release.
        workers: Write and read the files.

    Returns:
        What the manifest says of them, by name.

    Raises:
        StorageError: A file cannot be read or written, or does not read back as it was meant.
    """
    plans = [_planned(data, settings, folder / settings.name, earlier) for settings in wanted]
    flat = [planned for plan in plans for planned in plan]
    made: list[ExportedFile] = []
    for file in workers.map(_made, flat):
        made.append(file)
        progress.report("export", len(made), len(flat), "files")
    found = iter(made)
    exports: dict[str, Export] = {}
    for settings, plan in zip(wanted, plans, strict=True):
        exports[settings.name] = _finished(settings, [(planned, next(found)) for planned in plan], folder)
    return exports


def made_from(data: DataFiles, settings: ExportSettings) -> dict[SplitName, list[tuple[list[str], str]]]:
    """Of which data files each file of an export is made, and a hash of that and of all else its bytes follow from.

    Args:
        data: The data files.
        settings: Of the export.

    Returns:
        By split, in the order of its files.
    """
    target = TARGETS[settings.name]
    found: dict[SplitName, list[tuple[list[str], str]]] = {}
    for name, file in sorted(data.listed.items()):
        if file.label_kind is target.label_kind and file.split is not None and file.rows:
            groups = found.setdefault(file.split, [])
            if groups and target.one_file:
                groups[0][0].append(name)
            else:
                groups.append(([name], ""))
    common = [target.name, target.effective(settings), versions(), code_hash()]
    return {
        split: [(names, hash_of([common, [data.listed[name].sha256 for name in names]])) for names, _ in groups]
        for split, groups in found.items()
    }


def export_made_from(data: DataFiles, settings: ExportSettings) -> str:
    """A hash of all that an export follows from."""
    return _together(key for groups in made_from(data, settings).values() for _, key in groups)


def _together(keys: Iterable[str]) -> str:
    return hash_of(list(keys))


def _planned(data: DataFiles, settings: ExportSettings, folder: Path, earlier: Earlier | None) -> list[_Planned]:
    before: dict[str, tuple[Path, ExportedFile]] = {}
    if earlier:
        for export in earlier.exports.values():
            before |= {file.made_from: (earlier.folder / path, file) for path, file in export.files.items()}
    return [
        _Planned(
            settings.name,
            settings,
            split,
            tuple(data.folder / name for name in names),
            key,
            folder / f"{split}-{number}",
            before.get(key),
        )
        for split, groups in made_from(data, settings).items()
        for number, (names, key) in enumerate(groups)
    ]


def _made(planned: _Planned) -> ExportedFile:
    """Make one file, or link the one that was made before once its bytes were hashed again."""
    planned.path.parent.mkdir(parents=True, exist_ok=True)
    planned.path.unlink(missing_ok=True)
    if planned.before:
        path, listed = planned.before
        if path.is_file():
            link_or_copy(path, planned.path)
            if file_hash(planned.path) == listed.sha256:
                return listed
            planned.path.unlink()
    return _written(planned)


def _written(planned: _Planned) -> ExportedFile:
    target = TARGETS[planned.name]
    schema = target.columns(planned.settings)
    counts = _Counts()
    rows = counts.counted(planned, target)
    if target.file_format(planned.settings) == "parquet":
        write_parquet(planned.path, schema, rows)
        give_memory_back()
        # Nothing of it can be read before its end, and what it was made of is gone by then: it is made again.
        holds = same_rows(_Counts().counted(planned, target), read_parquet(planned.path))
    else:
        holds = write_json_lines(planned.path, schema, rows)
    if not holds:
        raise OwnFileError(
            say(
                "{path}: the export {name} does not hold what it was made of",
                path=planned.path,
                name=target.name,
            )
        )
    return ExportedFile(
        split=planned.split,
        rows=counts.rows,
        records=counts.records,
        left_out=dict(sorted(counts.left_out.items())),
        bytes=planned.path.stat().st_size,
        sha256=file_hash(planned.path),
        made_from=planned.made_from,
    )


class _Counts:
    """Rows of a file on their way, and how many records they are made of."""

    def __init__(self) -> None:
        self.rows = self.records = 0
        self.left_out: Counter[str] = Counter()

    def counted(self, planned: _Planned, target: Target) -> Iterator[pa.Table]:
        """The rows of all sources, in the columns of the target."""
        number = 0
        for source in planned.sources:
            for records in read_parquet(source, target.read):
                converted = target.convert(records, planned.settings)
                for table in converted.tables:
                    self.rows += len(table)
                    yield table
                self.records += len(records)
                self.left_out.update(converted.left_out)
                number += 1
                if number % _BATCHES_KEPT == 0:
                    give_memory_back()


def _finished(settings: ExportSettings, made: Sequence[tuple[_Planned, ExportedFile]], folder: Path) -> Export:
    """Give the files their names, without those that have no row, and describe them to LLaMA-Factory."""
    target = TARGETS[settings.name]
    files: dict[str, ExportedFile] = {}
    left_out: Counter[str] = Counter()
    for planned, file in made:
        left_out.update(file.left_out)
        if not file.rows:
            planned.path.unlink()
    with_rows = [(planned, file) for planned, file in made if file.rows]
    for split in SplitName:
        of_split = [(planned, file) for planned, file in with_rows if planned.split is split]
        for number, (planned, file) in enumerate(of_split):
            path = folder / settings.name / _name(target, settings, split, number, len(of_split))
            path.parent.mkdir(exist_ok=True)
            planned.path.rename(path)
            files[f"{EXPORTS}/{path.relative_to(folder).as_posix()}"] = file
    if target.dataset_info and files:
        path = folder / settings.name / _DATASET_INFO
        splits = dict.fromkeys(file.split for file in files.values())
        info = {f"{target.name}_{split}": {"file_name": str(split), **target.dataset_info} for split in splits}
        # ASCII: it is read in the encoding of the machine.
        path.write_text(json.dumps(info, indent=2) + "\n", "ascii")
        files[f"{EXPORTS}/{path.relative_to(folder).as_posix()}"] = ExportedFile(
            split=None,
            rows=0,
            records=0,
            left_out={},
            bytes=path.stat().st_size,
            sha256=file_hash(path),
            made_from="",
        )
    return Export(
        settings=target.effective(settings),
        records=sum(file.records for _, file in made),
        rows=sum(file.rows for _, file in made),
        left_out=dict(sorted(left_out.items())),
        made_from=_together(planned.made_from for planned, _ in made),
        files=files,
    )


def _name(target: Target, settings: ExportSettings, split: SplitName, number: int, of: int) -> str:
    ending = target.file_format(settings)
    if target.one_file:
        return f"{target.one_file[split]}.{ending}"
    return f"{split}/{split}-{number:05d}-of-{of:05d}.{ending}"
