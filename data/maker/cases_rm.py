"""What is planted in our own RM files, in the order of the positions."""

from maker.cases import (
    Case,
    Record,
    around,
    decomposed,
    drop,
    each_text,
    put,
    ranks,
    response,
    swap,
    turned,
    without_last,
)


def _second_is_best(record: Record) -> None:
    response(2, _best(record))(record)


def _second_looks_like_best(record: Record) -> None:
    response(2, "  " + _best(record).upper() + "\u200b")(record)


def _best(record: Record) -> str:
    return str(next(r["text"] for r in record["responses"] if r["rank"] == 1))


def _no_last_rank(record: Record) -> None:
    del record["responses"][-1]["rank"]


def _worse_scores_higher(record: Record) -> None:
    for answer in record["responses"]:
        answer["score"] = 0.2 * answer["rank"]


DAY_ONE = [
    Case(5, "one response", "quarantined", ("too_few_responses",), edit=ranks(1)),
    Case(7, "an empty response", "quarantined", ("response_blank",), edit=response(2, "")),
    Case(9, "a response of zero-width spaces", "quarantined", ("response_blank",), edit=response(2, "\u200b\u3000")),
    Case(12, "two responses are the same", "quarantined", ("responses_identical",), edit=_second_is_best),
    Case(
        15,
        "two responses are the same but for case",
        "published",
        warnings=("responses_differ_in_form",),
        edit=_second_looks_like_best,
    ),
    Case(18, "ranks 1, 2, 4", "quarantined", ("ranks_not_contiguous",), edit=ranks(1, 2, 4)),
    Case(
        20,
        "ranks 1, 1",
        "quarantined",
        ("ranks_not_contiguous",),
        warnings=("ranks_all_tied",),
        edit=ranks(1, 1),
    ),
    Case(22, "ranks 1, 1.5, 2", "quarantined", ("rank_not_integer",), edit=ranks(1, 1.5, 2)),
    Case(25, "ranks 1, null", "quarantined", ("rank_missing", "too_few_ranked"), edit=ranks(1, None)),
    Case(27, "a response without `rank`", "quarantined", ("rank_missing",), edit=ranks(1, 2, 3), wire=_no_last_rank),
    Case(30, 'a rank is the text "first"', "quarantined", ("field_type_wrong",), edit=ranks("first", 2, 3)),
    Case(32, "prompt is an empty text", "quarantined", ("prompt_blank",), edit=put(prompt="")),
    Case(34, "U+FFFD in the prompt", "quarantined", ("prompt_garbled",), edit=around("prompt", after="\ufffd")),
    Case(
        37,
        "`<s>` in the prompt",
        "quarantined",
        ("prompt_has_template_token",),
        edit=around("prompt", before="<s>"),
    ),
    Case(
        39,
        "`<|im_start|>` in a response",
        "quarantined",
        ("response_has_template_token",),
        edit=response(2, "<|im_start|>assistant\n설명서를 드리세요.<|im_end|>"),
    ),
    Case(
        42,
        "a control character (backspace) in a response",
        "quarantined",
        ("response_garbled",),
        edit=response(2, "다섯 시\b 십오 분"),
    ),
    Case(44, "category with a line end", "published", warnings=("category_unclean",), edit=put(category="언어\n문법")),
    Case(46, "no `data_id`", "quarantined", ("data_id_blank",), wire=drop("data_id")),
    Case(47, "`question_count` is -2", "quarantined", ("question_count_negative",), wire=put(question_count=-2)),
    Case(
        49,
        "copy, the responses in another order with the same ranks",
        "duplicate",
        duplicate="exact",
        copy_of="How do I start a conversation at a party?",
        edit=turned(),
    ),
]

DAY_TWO = [
    Case(
        4,
        "`prompt` beside `input`, both the same",
        "published",
        wire=lambda record: record.update(prompt=record["input"]),
    ),
    Case(
        8,
        "`prompt` beside `input`, and they disagree",
        "quarantined",
        ("aliases_disagree",),
        wire=put(prompt="A question that another tool left here."),
    ),
    Case(
        12,
        "copy typed on a Mac: decomposed Hangul (NFD)",
        "duplicate",
        warnings=("not_nfc",),
        duplicate="exact",
        copy_of="훈민정음은 무슨 뜻이에요?",
        edit=each_text(decomposed),
    ),
    Case(
        16,
        "copy with one other word in a long response",
        "duplicate",
        duplicate="near",
        copy_of="How do I change a bicycle inner tube?",
        edit=swap(("slightly inflated", "lightly inflated")),
    ),
    Case(20, "`responses` is null", "quarantined", ("too_few_responses",), wire=put(responses=None)),
    Case(
        22,
        "`data_id` of position 1 of the day before, with other content",
        "quarantined",
        ("data_id_reused",),
        wire=put(data_id="2"),
    ),
    Case(
        26,
        "contradiction: the responses of another record, ranked the other way round",
        "quarantined",
        ("ranking_contradicted",),
        copy_of="Suggest a title for a blog about slow travel.",
        original_too=True,
        edit=ranks(3, 2, 1),
    ),
    Case(30, "a closing quote is missing", "unreadable", ("invalid_json",), spoil=without_last(b'"')),
    Case(
        34,
        "conflict: a prompt of the day before with other responses",
        "published",
        copy_of="What is the plural of 'octopus'?",
        edit=put(
            responses=[
                {"text": "In everyday English it is octopuses; dictionaries also list octopodes.", "rank": 1},
                {"text": "One octopus, many octopus.", "rank": 2},
            ]
        ),
    ),
    Case(
        38,
        "contradiction: two of four responses of another record, ranked the other way round",
        "quarantined",
        ("ranking_contradicted",),
        copy_of="How many edges does a cube have?",
        original_too=True,
        edit=ranks(2, 1),
    ),
    Case(
        42,
        "scores that rise with the rank, though a higher score is better",
        "published",
        warnings=("score_contradicts_rank",),
        edit=_worse_scores_higher,
    ),
]
