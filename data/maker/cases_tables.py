"""What is planted in the CSV file, the Parquet file and the Alpaca file, in the order of the positions."""

from maker.cases import Case, Record, around, each_text, put, response, spaced, without_last
from maker.shapes import TABLE_HEADER


def _rejected_is_chosen(record: Record) -> None:
    best = next(answer["text"] for answer in record["responses"] if answer["rank"] == 1)
    response(2, best)(record)


def _sides_changed(record: Record) -> None:
    for answer in record["responses"]:
        answer["rank"] = 3 - answer["rank"]


TABLE = [
    Case(3, "the cell of the answer is empty", "quarantined", ("answer_blank",), edit=put(answer="")),
    Case(5, "a comma is missing between two cells", "unreadable", ("cells_too_few",), spoil=without_last(b",")),
    Case(
        9,
        "a comma in an answer that is not quoted",
        "unreadable",
        ("cells_too_many",),
        spoil=lambda row: row + ", 언제나".encode(),
    ),
    Case(12, "answer is N/A", "quarantined", ("answer_placeholder",), edit=put(answer="N/A")),
    Case(14, "`question_count` is no number", "quarantined", ("field_type_wrong",), wire=put(question_count="many")),
    Case(
        17,
        "copy from another file",
        "duplicate",
        duplicate="exact",
        copy_of="What is the capital of Kenya?",
    ),
    Case(
        19,
        "the names of the columns once more: two files were put together",
        "unreadable",
        ("header_repeated",),
        spoil=lambda row: TABLE_HEADER,
    ),
]

ALPACA = [
    Case(5, "`input` is the stand-in `<noinput>`, which is none", "published", wire=put(input="<noinput>")),
    Case(7, "`output` is an empty text", "quarantined", ("answer_blank",), edit=put(answer="")),
    Case(
        10,
        "`output` beside `response`, and they disagree",
        "quarantined",
        ("aliases_disagree",),
        wire=put(response="A draft that somebody left here."),
    ),
    Case(13, "`</s>` at the end", "quarantined", ("answer_has_template_token",), edit=around("answer", after="</s>")),
    Case(16, "the closing brace is missing", "unreadable", ("invalid_json",), spoil=without_last(b"}")),
    Case(
        20,
        "copy within the file, with other white space",
        "duplicate",
        duplicate="folded",
        copy_of="List four uses for an empty glass jar.",
        edit=each_text(spaced),
    ),
]

PAIRS = [
    Case(4, "`rejected` is an empty text", "quarantined", ("response_blank",), edit=response(2, "")),
    Case(8, "`chosen` and `rejected` are the same", "quarantined", ("responses_identical",), edit=_rejected_is_chosen),
    Case(
        12,
        "`[/INST]` in `chosen`",
        "quarantined",
        ("response_has_template_token",),
        edit=response(1, "[/INST] 늦어서 미안하다고 하세요."),
    ),
    Case(
        20,
        "contradiction: another pair with its sides changed",
        "quarantined",
        ("ranking_contradicted",),
        copy_of="계단 오르기가 무릎에",
        original_too=True,
        edit=_sides_changed,
    ),
    Case(21, "copy within the file", "duplicate", duplicate="exact", copy_of="Can I freeze cooked pasta?"),
]
