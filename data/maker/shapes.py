"""The forms in which records are delivered, and the containers that carry them. Same input, same bytes."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Record = dict[str, Any]

# The earliest time that a zip can hold: the samples must not change with the day on which they are made.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def reference(record: Record) -> Record:
    """The form of SFTlabel and RMlabel as described: flat fields."""
    head = {"data_id": record["data_id"], "data_category": record["category"], "question_type": record["question_type"]}
    if "answer" in record:
        return {
            **head,
            "question_count": record["question_count"],
            "question": record["question"],
            "answer": record["answer"],
        }
    return {**head, "prompt": record["prompt"], "responses": record["responses"]}


def reference_input(record: Record) -> Record:
    """The same with ``input`` for ``prompt``, as the description's field table has it."""
    return {("input" if name == "prompt" else name): value for name, value in reference(record).items()}


def aihub_question(record: Record) -> Record:
    """The AI Hub form of a question: nested category, number of words."""
    return {
        "data_id": record["data_id"],
        "data_category": {"main": record["category"], "middle": record["subcategory"]},
        "question_type": record["question_type"],
        "question_count": record["question_count"],
        "question": record.get("question", record.get("prompt")),
    }


def _aihub_answer(text: str) -> Record:
    return {"contents": text, "answer_count": len(text.split())}


def aihub(record: Record) -> Record:
    """The AI Hub form: ``answer`` or ``answer01`` … as objects."""
    if "answer" in record:
        return {**aihub_question(record), "answer": _aihub_answer(record["answer"])}
    ranked = {
        f"answer{number:02d}": {**_aihub_answer(response["text"]), "ranking": response["rank"]}
        for number, response in enumerate(record["responses"], start=1)
    }
    return {**aihub_question(record), **ranked}


def alpaca(record: Record) -> Record:
    """The form of Alpaca: what follows a blank line is the input. There are no ids."""
    instruction, _, more = record["question"].partition("\n\n")
    return {"instruction": instruction, "input": more, "output": record["answer"]}


def pair(record: Record) -> Record:
    """A prompt, the better response and the worse one."""
    texts = {response["rank"]: response["text"] for response in record["responses"]}
    return {"id": record["data_id"], "prompt": record["prompt"], "chosen": texts[1], "rejected": texts[2]}


_ROW_END = "\r\n"
TABLE_HEADER = b"data_id,data_category,question_type,question_count,question,answer"


def csv_row(record: Record, indent: int | None = None) -> str:
    """A record as a row of CSV without its line end: quotes where a cell needs them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=_ROW_END).writerow(record.values())
    return buffer.getvalue().removesuffix(_ROW_END)


def csv_table(rows: Sequence[bytes]) -> bytes:
    """A header, and a row per line; a cell in quotes may go on over several."""
    return b"".join(row + _ROW_END.encode() for row in [TABLE_HEADER, *rows])


def parquet(rows: Sequence[bytes]) -> bytes:
    """Records of JSON as a table of texts. The same bytes from the same version of pyarrow, whose name is in them."""
    columns = pa.Table.from_pylist([json.loads(row) for row in rows])
    buffer = io.BytesIO()
    pq.write_table(columns, buffer, row_group_size=8)
    return buffer.getvalue()


def to_json(record: Record, indent: int | None = None) -> str:
    """A record as text; ``indent`` pretty-prints it as an element of a list within a document."""
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    return text if indent is None else text.replace("\n", "\n" + " " * 2 * indent)


def document(header: Record, records: Sequence[bytes], encoding: str, pretty: bool) -> bytes:
    """One document ``{"dataset_info": …, "data_info": […]}``, pretty or one record a line."""

    def raw(text: str) -> bytes:
        return text.encode(encoding)

    info = json.dumps(header, ensure_ascii=False)
    if not pretty:
        return raw(f'{{"dataset_info": {info}, "data_info": [') + raw(", ").join(records) + raw("]}")
    start = raw(f'{{\n  "dataset_info": {info},\n  "data_info": [\n    ')
    return start + raw(",\n    ").join(records) + raw("\n  ]\n}\n")


def json_lines(records: Sequence[bytes], encoding: str) -> bytes:
    """One record a line. The last line has no end, as after an interrupted download."""
    return "\n".encode(encoding).join(records)


def gzipped(content: bytes) -> bytes:
    """gzip without name and time (``gzip.compress`` lets zlib write the system into the header)."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        stream.write(content)
    return buffer.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip whose members are named as given, leading slashes included."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # Unix, whatever system makes the samples
            archive.writestr(info, content)
    return buffer.getvalue()
