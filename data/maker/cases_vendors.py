"""What is planted in the files of vendors and of AI Hub, in the order of the positions."""

from maker.cases import Case, drop, each_text, in_answer, looped, looped_worst, put, ranks, response, swap, without_last

_PROSE = (
    "이 항목은 분류가 정해지지 않아 담당자가 나중에 다시 살펴보기로 하였으며, 질문의 주제가 생활과 과학에 걸쳐 있어 "
    "어느 쪽에 넣을지 두 차례 회의를 거쳤으나 뜻을 모으지 못하였으므로 우선 설명을 그대로 적어 둔다. "
) * 3

VENDOR_CP949 = [
    Case(6, "the record's closing brace is missing", "unreadable", ("invalid_json",), spoil=without_last(b"}")),
    Case(11, "the answer's closing quote is missing", "unreadable", ("invalid_json",), spoil=without_last(b'"')),
    Case(
        15,
        "copy of an AI Hub record with other white space",
        "duplicate",
        duplicate="folded",
        copy_of="번개가 친 뒤 천둥소리가",
        edit=each_text(lambda text: "  " + text.replace(" ", "  ") + "\r\n"),
    ),
    Case(
        19,
        "copy of an AI Hub record with two other words in a long answer",
        "duplicate",
        duplicate="near",
        copy_of="김치찌개를 깊은 맛이 나게",
        edit=swap(("20분 이상", "20분 넘게"), ("돼지고기", "참치")),
    ),
    Case(27, "bytes that are not CP949", "unreadable", ("invalid_encoding",), spoil=in_answer(b"\xff\xff ")),
]

VENDOR_UTF16 = [
    Case(
        5,
        "answer is a byte order mark and a soft hyphen",
        "quarantined",
        ("answer_blank",),
        edit=put(answer="\ufeff\u00ad"),
    ),
    Case(
        10,
        "answer repeats the question in capitals",
        "published",
        warnings=("answer_repeats_question",),
        edit=lambda record: record.update(answer=record["question"].upper()),
    ),
    Case(
        15,
        "copy from another file",
        "duplicate",
        duplicate="exact",
        copy_of="Write a Python function that reverses a string.",
    ),
    Case(18, "question of one character", "published", warnings=("question_too_short",), edit=put(question="왜")),
    Case(
        20,
        "the closing brace is missing",
        "unreadable",
        ("invalid_json",),
        spoil=without_last("}".encode("utf-16-le")),
    ),
]

AIHUB_SFT = [
    Case(5, "answer is spaces", "quarantined", ("answer_blank",), edit=put(answer="  ")),
    Case(12, "no `answer` at all", "quarantined", ("answer_blank",), wire=drop("answer")),
    Case(
        20,
        "`contents` of the answer is null",
        "quarantined",
        ("answer_blank",),
        wire=put(answer={"contents": None, "answer_count": 0}),
    ),
    Case(28, "category is prose", "published", warnings=("category_unclean",), edit=put(category=_PROSE)),
    Case(
        36,
        "answer repeats the question",
        "quarantined",
        ("answer_equals_question",),
        edit=lambda record: record.update(answer=record["question"]),
    ),
    Case(44, "answer is the mask `<NAME>`", "quarantined", ("answer_placeholder",), edit=put(answer="<NAME>")),
    Case(
        48,
        "answer is a list instead of an object",
        "quarantined",
        ("field_type_wrong",),
        wire=lambda record: record.update(answer=[record["answer"]["contents"]]),
    ),
    Case(50, "answer is the word 없음", "published", warnings=("answer_perhaps_placeholder",), edit=put(answer="없음")),
    Case(51, "a question pasted in a loop", "published", warnings=("question_too_long",), edit=looped("question")),
    Case(52, "copy within the file", "duplicate", duplicate="exact", copy_of="한글은 누가 언제 만들었나요?"),
]

AIHUB_RM = [
    Case(4, "rankings are floats: 1.0, 2.0, 3.0", "published", edit=ranks(1.0, 2.0, 3.0)),
    Case(9, "`contents` of the second answer is spaces", "quarantined", ("response_blank",), edit=response(2, "   ")),
    Case(14, "rankings 1, 1, 2", "quarantined", ("ranks_not_contiguous",), edit=ranks(1, 1, 2)),
    Case(
        19, "the worst answer is a loop", "published", warnings=("response_too_long", "text_loops"), edit=looped_worst
    ),
    Case(24, "only `answer01`", "quarantined", ("too_few_responses",), edit=ranks(1)),
    Case(29, "a question pasted in a loop", "published", warnings=("prompt_too_long",), edit=looped("prompt")),
]
