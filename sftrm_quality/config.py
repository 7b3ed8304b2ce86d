"""One model for everything that can be set: the YAML file, ``--set`` of the command line and the Prefect form.

Every threshold says why it has its value. Unknown keys are refused.
"""

import fnmatch
import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sftrm_quality.paths import local_path
from sftrm_quality.time_zones import DEFAULT_TIME_ZONE, known_time_zone
from sftrm_quality.words import DEFAULT_LANGUAGE, Language, say

SHIPPED_EXPECTATIONS = Path(__file__).resolve().parent.parent / "expectations"
SHIPPED_FORMATS = Path(__file__).resolve().parent / "formats" / "builtin"


_Path = Annotated[Path, AfterValidator(local_path)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _path_or_nothing(path: str) -> str:
    return str(local_path(Path(path))) if path else ""


def _day_or_nothing(day: object) -> object:
    # YAML makes a date of what looks like one.
    text = day.isoformat() if type(day) is date else day
    if isinstance(text, str) and text:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(say("expected a day such as 2026-12-31"))
        date.fromisoformat(text)
    return text


def _why(reason: str) -> dict[str, Any]:
    """The reason of a setting's default and bounds, for docs/reference/settings.md."""
    return {"reason": reason}


# As `records.Repair` has them, which comes with pyarrow.
RepairName = Literal[
    "undo_mojibake",
    "decode_html_entities",
    "decode_excel_escapes",
    "compose_nfc",
    "strip_end_tokens",
    "drop_blank_losers",
]


class SourceSettings(_Settings, title="Source"):
    """What is declared about some of the raw files. The first entry whose ``files`` fits a file counts."""

    files: str = Field(
        "*",
        title="Files",
        description="Glob on the source file's name, for instance 'vendor_a/*'.",
        json_schema_extra=_why("Vendors deliver into folders of their own."),
    )
    name: str = Field(
        "",
        title="Name",
        max_length=100,
        description="Whose files these are, as reports and messages call them. Empty: their first folder.",
        json_schema_extra=_why("A folder is mostly called after who delivers into it."),
    )
    retired: bool = Field(
        False,
        title="Retired",
        description="No more of these files is expected: that they are gone is no finding and holds nothing.",
        json_schema_extra=_why("A file that is gone is a lost delivery until somebody says that it is not."),
    )
    format: str = Field(
        "auto",
        title="Format",
        description="A format's name, or auto: decided by the content.",
        json_schema_extra=_why("Names of files say little; `sftrm` decides by the first records."),
    )
    encoding: Literal["auto", "utf-8", "utf-16", "cp949", "gb18030", "cp1252", "shift_jis", "euc-jp", "big5"] = Field(
        "auto",
        title="Encoding",
        description=(
            "auto tells UTF-8, UTF-16 with a byte order mark, and Korean in CP949; all else must be declared. "
            "shift_jis and big5 are what Windows writes (cp932, cp950)."
        ),
        json_schema_extra=_why(
            "Text in other encodings decodes as CP949 almost without errors, and would be published as Hangul that "
            "means nothing; a declared encoding is never second-guessed."
        ),
    )
    columns: list[str] = Field(
        default_factory=list,
        title="Columns",
        description="Names of the columns of CSV files without a header, in their order. Where they are the first row, "
        "that is the header.",
        json_schema_extra=_why("A first row of data looks like names; which is which is declared and never guessed."),
    )
    ignore: list[str] = Field(
        default_factory=list,
        title="Ignored fields",
        description="Fields that are left out on purpose, by name; with dots for fields in objects and lists, for "
        "instance 'responses.model'. Nothing of them is published.",
        json_schema_extra=_why("A field that nobody reads is kept as metadata, or quarantines its record."),
    )
    rank_base: Literal[0, 1] = Field(
        1,
        title="Rank base",
        description="The number of the first rank in these files.",
        json_schema_extra=_why("1 is best in the reference format; some vendors count from 0."),
    )
    rank_direction: Literal["lowest_is_best", "highest_is_best"] = Field(
        "lowest_is_best",
        title="Rank direction",
        description="Which end of the ranks is the best response.",
        json_schema_extra=_why("The reference description contradicts itself here: declared, never guessed."),
    )
    ties: Literal["forbid", "dense", "competition", "drop_record"] = Field(
        "forbid",
        title="Ties",
        description="forbid, dense (1,2,2,3) or competition (1,2,2,4). drop_record quarantines a record in which two "
        "responses share a rank as ranks_tied, before the checks, whose bounds do not count it.",
        json_schema_extra=_why("Two responses of one rank are a slip unless the source says that it means them."),
    )
    unranked: Literal["forbid", "allow"] = Field(
        "forbid",
        title="Unranked responses",
        description="allow keeps responses whose rank is null.",
        json_schema_extra=_why("A missing rank is a slip unless the source says that it means it."),
    )
    repairs: list[RepairName] = Field(
        default_factory=list,
        title="Repairs",
        description="What is mended in the records of these files before they are checked; see docs/repairs.md. The "
        "column repairs says what was done, originals/ of a release has what was delivered.",
        json_schema_extra=_why("No text is changed unless the source says which of its faults are known."),
    )

    redelivery: Literal["keeps", "replaces"] = Field(
        "keeps",
        title="Redelivery",
        description="replaces: a quarantined record no longer counts once a later file of this source has one of its "
        "data_id that passes; see docs/reviews.md.",
        json_schema_extra=_why("That a file with an old id mends a record is known for sources that say so."),
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "SourceSettings":
        if "" in self.columns or len(set(self.columns)) < len(self.columns):
            raise ValueError(say("columns has an empty name or one twice, expected names that differ: correct them"))
        return self


SAID_OF_SOURCES = frozenset({"name", "retired"})
"""Settings of a source that no record depends on: neither the shards of its files nor the id of a release."""

BESIDE_SHARDS = SAID_OF_SOURCES | {"redelivery"}
"""Settings of a source that the shards of its files do not depend on."""


MOST_WORKBOOK_BYTES = 1 << 30


class Limits(_Settings, title="Limits"):
    """Bounds of memory. None of them loses a record: what is over a bound gets a reason."""

    shard_records: int = Field(
        50_000,
        ge=1,
        le=1_000_000,
        title="Records per shard",
        json_schema_extra=_why("Short records reach it before the bytes; it bounds what one task keeps per record."),
    )
    shard_bytes: int = Field(
        8 << 20,
        ge=1024,
        le=512 << 20,
        title="Bytes per shard",
        json_schema_extra=_why(
            "8 MiB of text needs some 100 MiB while it is checked. Twice as much saves a tenth of the CPU time and "
            "costs 90 MiB per worker."
        ),
    )
    record_bytes: int = Field(
        64 << 20,
        ge=1024,
        le=1 << 30,
        title="Bytes per record",
        json_schema_extra=_why(
            "The longest real record seen is 60 kB; 64 MiB leaves room and still bounds a missing quote's damage."
        ),
    )
    workbook_bytes: int = Field(
        64 << 20,
        ge=1024,
        le=MOST_WORKBOOK_BYTES,
        title="Bytes per workbook",
        json_schema_extra=_why(
            "A workbook's texts are held in memory while a sheet is read, and its XML is some ten times as long. The "
            "million rows that a sheet can have pack to about as much; above, CSV is what people mean."
        ),
    )
    joined_records: int = Field(
        1_000_000,
        ge=1,
        le=100_000_000,
        title="Records per file whose records refer to each other",
        json_schema_extra=_why(
            "Which message is of which tree is known only at the end of the file, and until then takes some 120 bytes "
            "of memory per message. Open Assistant's largest file has 208,584 messages."
        ),
    )
    nesting_depth: int = Field(
        128,
        ge=4,
        le=500,
        title="Levels of nesting per record",
        json_schema_extra=_why(
            "JSON of label files is 3 to 5 levels deep; conversations and trees reach some dozens. Python's own "
            "parser gives up at a thousand."
        ),
    )


class Ids(_Settings, title="Ids"):
    """Which records may have the same data_id. A second one that may not is quarantined."""

    within: Literal["dataset", "file"] = Field(
        "dataset",
        title="data_id is unique within",
        description="dataset: over all raw files. file: for vendors who restart at 1 in every file.",
        json_schema_extra=_why("An id that names two records is a slip unless the source says that it restarts."),
    )


class NearDuplicates(_Settings, title="Near-duplicates"):
    """Of two records that are nearly the same, one stays; the other is its duplicate."""

    threshold: float = Field(
        0.8,
        ge=0.5,
        le=1.0,
        title="Near-duplicate threshold",
        description="How much of their text two records must share, from 0.5 to 1 (Jaccard of character 5-grams). "
        "1 turns it off: only equal records are duplicates then.",
        json_schema_extra=_why(
            "The usual threshold of MinHash deduplication of training text (datasketch, datatrove, NeMo Curator)."
        ),
    )


class Copies(_Settings, title="Copies"):
    """Which of several copies of a record stays. The others are its duplicates."""

    keep: Literal["first", "last", "longest", "fewest_warnings"] = Field(
        "first",
        title="Keep",
        description="first or last, in the natural order of file names and then of records; the one with the longest "
        "responses; or the one that the fewest checks warn of. Of equal ones the first.",
        json_schema_extra=_why("What was published stays, while files are only added whose names sort behind."),
    )
    sources: list[str] = Field(
        default_factory=list,
        title="Preferred sources",
        description="Names of sources, the most trusted first. They count before first and last, and among copies that "
        "longest or fewest_warnings finds equal. Sources that are not named come after.",
        json_schema_extra=_why("Most teams trust all of their sources alike."),
    )
    cut_short: Literal["give_way", "as_others"] = Field(
        "give_way",
        title="Copies that are cut short",
        description="give_way: a near copy whose responses are a piece of the other's goes, whatever is preferred.",
        json_schema_extra=_why("A record that was cut teaches to stop in the middle; the whole one says all of it."),
    )


class FolderSplit(_Settings, title="Folder"):
    """A folder of a source that brings its own splits, and the split that its files belong to."""

    folder: str = Field(
        title="Folder", description="Its name, for instance Training.", min_length=1, examples=["Training"]
    )
    split: Literal["train", "validation", "test"] = Field(title="Split")


class CardSettings(_Settings, title="Card"):
    """What the card of a release says that its records cannot say: README.md and croissant.json."""

    license: str = Field(
        "",
        title="Licence",
        max_length=100,
        description="An identifier of Hugging Face, for instance cc-by-4.0 or other. Empty: the card names none.",
        json_schema_extra=_why("By which licence label data may be used is nothing that its text tells."),
    )
    languages: list[str] = Field(
        default_factory=list,
        title="Languages",
        description="ISO 639 codes, for instance ko. Empty: the card names none.",
        json_schema_extra=_why("Scripts are counted, languages are declared and never guessed."),
    )


class Splits(_Settings, title="Splits"):
    """Shares of the prompts, from 0 to 1; together they must be 1. Equal prompts are never in two splits."""

    train: float = Field(0.9, ge=0, le=1, title="Train share", json_schema_extra=_why("The usual 90/5/5."))
    validation: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Validation share",
        json_schema_extra=_why("The usual 90/5/5."),
    )
    test: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Test share",
        json_schema_extra=_why("The usual 90/5/5."),
    )
    salt: str = Field(
        "sftrm-quality",
        title="Salt",
        description="Records keep their splits from night to night; another salt deals them all out anew.",
        json_schema_extra=_why("A fixed one, so that two teams with the same data have the same splits."),
    )
    # A list and not a mapping, for which the Prefect form has no fields.
    from_folders: list[FolderSplit] = Field(
        default_factory=list,
        title="Splits named by folders",
        description="For raw files in folders like Training and Validation. Empty: drawn by the shares above.",
        json_schema_extra=_why("Most sources bring no splits."),
    )
    frozen: Annotated[str, AfterValidator(_path_or_nothing)] = Field(
        "",
        title="Frozen splits",
        description="A file that `sftrm splits freeze` wrote: the prompts in it keep their splits, whatever is drawn. "
        "Empty: all are drawn.",
        json_schema_extra=_why("Draws keep held-out prompts held out by themselves, while files are only added."),
    )

    @property
    def frozen_file(self) -> Path | None:
        """The file of frozen splits, if there is one."""
        return Path(self.frozen) if self.frozen else None

    @model_validator(mode="after")
    def _sum_to_one(self) -> "Splits":
        if abs(self.train + self.validation + self.test - 1) > 1e-9:
            total = self.train + self.validation + self.test
            raise ValueError(say("train + validation + test is {total:g}, expected 1: change one of them", total=total))
        return self


PairTake = Literal["all", "adjacent", "best_against_each", "best_against_worst"]


class ExportSettings(_Settings, title="Export"):
    """Files for a trainer, written with a release below exports/. From ``pairs`` on for exports of rankings only."""

    name: Literal["messages", "prompt_completion", "alpaca", "pairs", "pairs_text", "ms_swift", "mlx"] = Field(
        title="Name", description="What is written, and the folder that it is in; see docs/exports.md."
    )
    file_format: Literal["parquet", "jsonl"] = Field(
        "parquet",
        title="Files",
        description="Parquet, or JSON lines. mlx is always JSON lines.",
        json_schema_extra=_why("Half the size and read faster; every trainer but mlx-lm takes it."),
    )
    pairs: PairTake = Field(
        "all",
        title="Pairs",
        description="Of a ranking: all; adjacent: of neighbouring ranks; best_against_each: the best with every other; "
        "best_against_worst: one pair where no rank is shared.",
        json_schema_extra=_why(
            "Nothing is left out unasked. Five ranked responses make 10, 4, 4 or 1 pairs: with all, such a record "
            "weighs ten times one of two."
        ),
    )
    most_per_record: int = Field(
        0,
        ge=0,
        title="Pairs per record at most",
        description="Chosen by a hash of record_id, so that new records move no old choice. 0: as many as there are.",
        json_schema_extra=_why("Nothing is left out unasked."),
    )
    least_rank_difference: int = Field(
        1,
        ge=1,
        title="Least difference of ranks",
        json_schema_extra=_why("Neighbouring ranks were told apart too."),
    )
    least_score_difference: float = Field(
        0,
        ge=0,
        title="Least difference of scores",
        description="A pair whose better response has no higher score by as much is left out, and so is one without "
        "scores. 0: scores do not matter.",
        json_schema_extra=_why("Most rankings have no scores."),
    )
    margin: Literal["none", "rank", "score"] = Field(
        "none",
        title="Column margin",
        description="The difference of ranks or of scores as a column margin. Of score: only pairs with scores.",
        json_schema_extra=_why("TRL and OpenRLHF subtract a column of this name from the loss without a word."),
    )

    @model_validator(mode="after")
    def _pairs_of_rankings(self) -> "ExportSettings":
        if self.name not in ("pairs", "pairs_text", "ms_swift") and (given := self._of_pairs()):
            raise ValueError(
                say(
                    "{export} is made of SFT records, which make no pairs: leave out {given}",
                    export=self.name,
                    given=", ".join(given),
                )
            )
        return self

    def _of_pairs(self) -> list[str]:
        """Those settings of pairs that are others than by default."""
        return [name for name in PAIR_SETTINGS if getattr(self, name) != type(self).model_fields[name].default]


PAIR_SETTINGS = ("pairs", "most_per_record", "least_rank_difference", "least_score_difference", "margin")
"""Settings of an export that say which pairs of a ranking there are."""


TrainerName = Literal["trl-sft", "trl-reward", "trl-dpo", "llama-factory"]


class PreflightSettings(_Settings, title="Preflight"):
    """What trainers would make of each release with a tokenizer, as the report shows it; see docs/preflight.md."""

    tokenizer: Annotated[str, AfterValidator(_path_or_nothing)] = Field(
        "",
        title="Tokenizer",
        description="A folder with a tokenizer of Hugging Face. Empty: no preflight. Needs the extra 'preflight'.",
        json_schema_extra=_why("Which model is trained is not known here; `sftrm preflight` looks at a release later."),
    )
    template: Annotated[str, AfterValidator(_path_or_nothing)] = Field(
        "",
        title="Chat template",
        description="A file with another chat template (Jinja). Empty: the tokenizer's own.",
        json_schema_extra=_why("That is what trainers take."),
    )
    trainers: list[TrainerName] = Field(
        default_factory=lambda: list(get_args(TrainerName)),
        title="Trainers",
        description="Whose rules are looked at.",
        json_schema_extra=_why("All there are: each cuts and drops by rules of its own."),
    )
    max_length: int = Field(
        0,
        ge=0,
        title="Window",
        description="In tokens. 0: each trainer's own default, 1024 or 2048.",
        json_schema_extra=_why("What a trainer does that is told nothing."),
    )

    @property
    def template_file(self) -> Path | None:
        """The file of another chat template, if there is one."""
        return Path(self.template) if self.template else None


class PruneSettings(_Settings, title="Prune"):
    """What is deleted after each night that publishes, as `sftrm prune` does it; see docs/housekeeping.md."""

    keep_releases: int | None = Field(
        None,
        ge=1,
        title="Releases that stay",
        description="The newest ones; older ones go. Empty: none goes. The current one, and what a decision, a "
        "rollback or splits.frozen names, stays in any case.",
        json_schema_extra=_why("Nothing is deleted unasked: how far back people go is not known here."),
    )
    keep_days: int | None = Field(
        None,
        ge=1,
        le=36_500,
        title="Days that stay",
        description="No release and no rows of a run that are younger go; rows of older runs without a release do. "
        "Empty: rows go with their release only.",
        json_schema_extra=_why("The same. A vendor may ask for rows of last month."),
    )


def settings_of(sources: Sequence[SourceSettings], source_file: str) -> SourceSettings:
    """What is declared about a source file.

    Args:
        sources: All that is declared.
        source_file: The file's name as reports show it, archive members included.

    Returns:
        The first settings whose glob fits the name, else the defaults.
    """
    for settings in sources:
        if fnmatch.fnmatchcase(source_file, settings.files):
            return settings
    return SourceSettings()


class RunConfig(_Settings):
    """Everything that a run needs to know. In the order of the form: what people change first comes first."""

    raw: list[_Path] = Field(
        default_factory=lambda: [Path("data/raw")],
        title="Raw files or folders",
        description="SFT and RM label files, or archives of them. A folder means all that is in it.",
        json_schema_extra=_why("The samples of the checkout."),
    )
    out: _Path = Field(
        Path("data/out"),
        title="Output folder",
        description="For releases, reports, quarantine and duplicates; always the same, since it has the history.",
        json_schema_extra=_why("Beside the samples, ignored by git."),
    )
    near: NearDuplicates = NearDuplicates()
    copies: Copies = Copies()
    splits: Splits = Splits()
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        title="Worker processes",
        description="One for each core is usual; fewer where memory is short. The result is the same.",
        json_schema_extra=_why("One for each core: the work is CPU-bound, some 170 MB each."),
    )
    expectations: _Path = Field(
        SHIPPED_EXPECTATIONS,
        title="Folder of the expectation suites",
        description="sft.json, rm.json, release.json, delivery.json: what is checked, and how much of it may fail.",
        json_schema_extra=_why("The suites that come with the checkout."),
    )
    formats: _Path = Field(
        SHIPPED_FORMATS,
        title="Folder of declared formats",
        description="A YAML file per format that does not come with sftrm-quality, see docs/formats.md. "
        "Those that do are read whatever is here.",
        json_schema_extra=_why("`sftrm formats` lists what comes with it; most teams need no other."),
    )
    reviews: Annotated[str, AfterValidator(_path_or_nothing)] = Field(
        "",
        title="Reviews",
        description="A folder with waivers.yaml and corrections/*.jsonl, see docs/reviews.md. Empty: there are none.",
        json_schema_extra=_why("What people allow and correct is written down first, under version control."),
    )
    as_of: Annotated[str, BeforeValidator(_day_or_nothing)] = Field(
        "",
        title="As of",
        description="The day on which waivers must be effective, such as 2026-12-31. Empty: today, in the time zone.",
        json_schema_extra=_why("A night asks what counts now; a day is given to make an earlier release again."),
    )
    sources: list[SourceSettings] = Field(
        default_factory=list,
        title="Settings of sources",
        description="For files that need something declared: encoding, direction of ranks, … Empty: nothing does.",
        json_schema_extra=_why("What could mean two things is declared and never guessed."),
    )
    exports: list[ExportSettings] = Field(
        default_factory=list,
        title="Exports",
        description="Files for trainers, written with each release. Empty: none.",
        json_schema_extra=_why("Which trainer reads the release is not known here; `sftrm export` makes others later."),
    )
    preflight: PreflightSettings = PreflightSettings()
    ids: Ids = Ids()
    card: CardSettings = CardSettings()
    engine: Literal["processes", "ray"] = Field(
        "processes",
        title="Engine",
        description="processes on this machine, or ray: a cluster (extra 'cluster').",
        json_schema_extra=_why("One machine is enough for some hundred million records."),
    )
    ray_address: str = Field(
        "local",
        title="Ray address",
        description="host:port or ray://host:10001 of a cluster, auto, or local: a cluster started here.",
        json_schema_extra=_why("To try it without a cluster."),
    )
    timezone: Annotated[str, AfterValidator(known_time_zone)] = Field(
        DEFAULT_TIME_ZONE,
        title="Time zone",
        description="Of the times that people read: on pages, in names of runs, in messages. An IANA name. "
        "What machines read is in UTC.",
        json_schema_extra=_why(
            "That of the schedule of `sftrm serve`. A fixed one and not the machine's, so that a page is the same "
            "wherever it is made."
        ),
    )
    language: Language = Field(
        DEFAULT_LANGUAGE,
        title="Language",
        description="Of pages, messages and the terminal: en or ko. Pages in the other language are beside them. "
        "Where it is not set, that of the environment variable SFTRM_LANGUAGE.",
        json_schema_extra=_why("Codes, files and columns are English, and so is what is stored."),
    )
    lock_seconds: float = Field(
        600,
        ge=0,
        title="Wait for another run",
        description="Seconds to wait for a run that writes to the same output.",
        json_schema_extra=_why("A usual night is over in ten minutes."),
    )
    prune: PruneSettings = PruneSettings()
    limits: Limits = Limits()

    @property
    def reviews_folder(self) -> Path | None:
        """The folder of reviews, if there is one."""
        return Path(self.reviews) if self.reviews else None

    @model_validator(mode="after")
    def _ids_name_records(self) -> "RunConfig":
        for number, source in enumerate(self.sources):
            if source.redelivery == "replaces" and self.ids.within == "file":
                raise ValueError(
                    say(
                        "sources.{number}.redelivery is replaces and ids.within is file, where an id in another file "
                        "is another record: change one of them",
                        number=number,
                    )
                )
        return self

    @model_validator(mode="after")
    def _exports_differ(self) -> "RunConfig":
        names = [export.name for export in self.exports]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                say("exports has {names} twice, expected each name once: leave out one of them", names=", ".join(twice))
            )
        return self

    def source_settings(self, source_file: str) -> SourceSettings:
        """What is declared about a source file (its name as reports show it, archive members included)."""
        return settings_of(self.sources, source_file)


def absolute_paths(config: RunConfig) -> dict[str, Any]:
    """The paths of some settings as they are from everywhere, by the settings' names."""
    folders = {name: getattr(config, name).absolute() for name in ("out", "expectations", "formats")}
    absolute: dict[str, Any] = {"raw": [path.absolute() for path in config.raw], **folders}
    if reviews := config.reviews_folder:
        absolute["reviews"] = str(reviews.absolute())
    if frozen := config.splits.frozen_file:
        absolute["splits"] = config.splits.model_copy(update={"frozen": str(frozen.absolute())})
    named = {name: path for name in ("tokenizer", "template") if (path := getattr(config.preflight, name))}
    if named:
        update = {name: str(Path(path).absolute()) for name, path in named.items()}
        absolute["preflight"] = config.preflight.model_copy(update=update)
    return absolute
