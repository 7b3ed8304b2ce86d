"""The sample files: which texts each holds, in which form, and what is planted in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from maker import cases_rm, cases_sft, cases_vendors, shapes
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
    first_id: int
    shape: Shape
    join: Callable[[Sequence[bytes]], bytes]
    id_form: str = "{}"
    encoding: str = "utf-8"
    indent: int | None = None

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
    korean, english = read_texts("sft_ko"), read_texts("sft_en")
    mixed = interleave(korean[86:], english)
    korean_rm, english_rm = read_texts("rm_ko"), read_texts("rm_en")
    mixed_rm = interleave(korean_rm[36:], english_rm)
    return [
        Sample(
            f"{AIHUB_LABELS}!/RMlabel.json",
            "rm",
            "member of a zip: a document",
            korean_rm[:36],
            cases_vendors.AIHUB_RM,
            0,
            shapes.aihub,
            document("RM"),
        ),
        Sample(
            f"{AIHUB_LABELS}!/SFTlabel.json",
            "sft",
            "member of a zip: a document",
            korean[:54],
            cases_vendors.AIHUB_SFT,
            0,
            shapes.aihub,
            document("SFT"),
        ),
        Sample(
            "rm_2026-11-01.json",
            "rm",
            "a document, pretty-printed, UTF-8 with byte order mark",
            mixed_rm[:50],
            cases_rm.DAY_ONE,
            1,
            shapes.reference,
            _with_mark(b"\xef\xbb\xbf", document("RM samples", pretty=True)),
            indent=2,
        ),
        Sample(
            "rm_2026-11-02.jsonl",
            "rm",
            "JSON lines; the prompt is called `input`",
            mixed_rm[50:],
            cases_rm.DAY_TWO,
            101,
            shapes.reference_input,
            partial(shapes.json_lines, encoding="utf-8"),
        ),
        Sample(
            "sft_2026-11-01.json",
            "sft",
            "a document, pretty-printed",
            mixed[:78],
            cases_sft.DAY_ONE,
            1,
            shapes.reference,
            document("SFT samples", pretty=True),
            indent=2,
        ),
        Sample(
            "sft_2026-11-02.jsonl.gz",
            "sft",
            "JSON lines, gzip",
            mixed[78:133],
            cases_sft.DAY_TWO,
            101,
            shapes.reference,
            partial(shapes.json_lines, encoding="utf-8"),
        ),
        Sample(
            "sft_vendor_cp949.json",
            "sft",
            "a document on one line, CP949",
            korean[54:86],
            cases_vendors.VENDOR_CP949,
            1,
            shapes.reference,
            document("SFT", "cp949"),
            "V-{:04d}",
            "cp949",
        ),
        Sample(
            "sft_vendor_utf16.json",
            "sft",
            "JSON lines in spite of its name, UTF-16 with byte order mark",
            mixed[133:],
            cases_vendors.VENDOR_UTF16,
            1,
            shapes.reference,
            _with_mark(b"\xff\xfe", partial(shapes.json_lines, encoding="utf-16-le")),
            "m-{}",
            "utf-16-le",
        ),
    ]
