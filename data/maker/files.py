"""The sample files: which texts each holds, in which form, and what is planted in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from maker import cases_rm, cases_sft, cases_tables, cases_vendors, shapes
from maker.cases import Case
from maker.texts import Text, interleave, read_texts

AIHUB_LABELS = "aihub/TL_02.RLHF데이터.zip"
AIHUB_SOURCES = "aihub/TS_02.RLHF데이터.zip"
SKIPPED = tuple(f"{AIHUB_SOURCES}!/{name}data.json" for name in ("SFT", "RM", "PPO"))
NOTE = "handover_2026-11-03.jsonl"
NOTE_TEXT = """Handover, 3 November 2026

The third delivery is late. This note took its name so that the nightly job would find something.
세 번째 납품분은 아직 도착하지 않았습니다.
"""

Kind = Literal["sft", "rm"]
Shape = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    """One source file: a raw file, or a member of a zip (``archive.zip!/member.json``)."""

    source_file: str
    label_kind: Kind
    container: str
    texts: Sequence[Text]
    cases: Sequence[Case]
    shape: Shape
    join: Callable[[Sequence[bytes]], bytes]
    first_id: int = 1
    id_form: str = "{}"
    encoding: str = "utf-8"
    indent: int | None = None
    text: Callable[[dict[str, Any], int | None], str] = shapes.to_json

    def data_id(self, index: int) -> str:
        """The id of the record at a position."""
        if self.shape is shapes.aihub:
            return str(uuid5(NAMESPACE_URL, f"{self.source_file}/{index}"))
        return self.id_form.format(self.first_id + index)


def document(name: str, encoding: str = "utf-8", pretty: bool = False) -> Callable[[Sequence[bytes]], bytes]:
    """How a document of this ``dataset_info`` is joined."""
    header = {"name": name, "description": "Samples of our own", "version": "1.0"}
    return partial(shapes.document, header, encoding=encoding, pretty=pretty)


def _with_mark(mark: bytes, join: Callable[[Sequence[bytes]], bytes]) -> Callable[[Sequence[bytes]], bytes]:
    return lambda records: mark + join(records)


def samples() -> list[Sample]:
    """All sample files that hold label records, in the order in which the job reads them."""
    # AI Hub and the vendor of the CP949 file deliver Korean only; the other files mix both languages.
    korean, english = read_texts("sft_ko"), read_texts("sft_en")
    mixed = interleave(korean[86:], english)
    korean_rm, english_rm = read_texts("rm_ko"), read_texts("rm_en")
    mixed_rm = interleave(korean_rm[36:], english_rm)
    return [
        Sample(
            f"{AIHUB_LABELS}!/RMlabel.json",
            label_kind="rm",
            container="member of a zip: a document",
            texts=korean_rm[:36],
            cases=cases_vendors.AIHUB_RM,
            shape=shapes.aihub,
            join=document("RM"),
        ),
        Sample(
            f"{AIHUB_LABELS}!/SFTlabel.json",
            label_kind="sft",
            container="member of a zip: a document",
            texts=korean[:54],
            cases=cases_vendors.AIHUB_SFT,
            shape=shapes.aihub,
            join=document("SFT"),
        ),
        Sample(
            "rm_2026-11-01.json",
            label_kind="rm",
            container="a document, pretty-printed, UTF-8 with byte order mark",
            texts=mixed_rm[:50],
            cases=cases_rm.DAY_ONE,
            shape=shapes.reference,
            join=_with_mark(b"\xef\xbb\xbf", document("RM samples", pretty=True)),
            indent=2,
        ),
        Sample(
            "rm_2026-11-02.jsonl",
            label_kind="rm",
            container="JSON lines; the prompt is called `input`",
            texts=mixed_rm[50:],
            cases=cases_rm.DAY_TWO,
            first_id=101,
            shape=shapes.reference_input,
            join=partial(shapes.json_lines, encoding="utf-8"),
        ),
        Sample(
            "rm_vendor_pairs.parquet",
            label_kind="rm",
            container="Parquet; `prompt, chosen, rejected`",
            texts=read_texts("rm_pairs"),
            cases=cases_tables.PAIRS,
            shape=shapes.pair,
            join=shapes.parquet,
            id_form="p-{}",
        ),
        Sample(
            "sft_2026-11-01.json",
            label_kind="sft",
            container="a document, pretty-printed",
            texts=mixed[:78],
            cases=cases_sft.DAY_ONE,
            shape=shapes.reference,
            join=document("SFT samples", pretty=True),
            indent=2,
        ),
        Sample(
            "sft_2026-11-02.jsonl.gz",
            label_kind="sft",
            container="JSON lines, gzip",
            texts=mixed[78:133],
            cases=cases_sft.DAY_TWO,
            first_id=101,
            shape=shapes.reference,
            join=partial(shapes.json_lines, encoding="utf-8"),
        ),
        Sample(
            "sft_vendor_alpaca.jsonl",
            label_kind="sft",
            container="JSON lines; `instruction, input, output`, no ids",
            texts=read_texts("sft_alpaca"),
            cases=cases_tables.ALPACA,
            shape=shapes.alpaca,
            join=partial(shapes.json_lines, encoding="utf-8"),
        ),
        Sample(
            "sft_vendor_cp949.json",
            label_kind="sft",
            container="a document on one line, CP949",
            texts=korean[54:86],
            cases=cases_vendors.VENDOR_CP949,
            shape=shapes.reference,
            join=document("SFT", "cp949"),
            id_form="V-{:04d}",
            encoding="cp949",
        ),
        Sample(
            "sft_vendor_table.csv",
            label_kind="sft",
            container="CSV",
            texts=read_texts("sft_table"),
            cases=cases_tables.TABLE,
            shape=shapes.reference,
            join=shapes.csv_table,
            id_form="t-{}",
            text=shapes.csv_row,
        ),
        Sample(
            "sft_vendor_utf16.json",
            label_kind="sft",
            container="JSON lines in spite of its name, UTF-16 with byte order mark",
            texts=mixed[133:],
            cases=cases_vendors.VENDOR_UTF16,
            shape=shapes.reference,
            join=_with_mark(b"\xff\xfe", partial(shapes.json_lines, encoding="utf-16-le")),
            id_form="m-{}",
            encoding="utf-16-le",
        ),
    ]
