"""Every reason of the shipped suites: a row that triggers it, a near miss that does not, and the need for both."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sftrm_quality.checks import (
    FRAMES,
    RELEASE_FACTS,
    CheckedRows,
    Scope,
    Suite,
    check_release,
    load_suites,
    run_suite,
    run_suite_on_each,
)
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.records import LabelKind
from sftrm_quality.text import fold_text, normalise_text, strict_text

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A good row changed so that it fails for ``reason`` (and for ``also``), and changed so that it just does not."""

    suite: str
    reason: str
    trigger: Row
    near_miss: Row
    also: tuple[str, ...] = ()
    scope: Scope = Scope.RECORD
    ties: str = "forbid"
    unranked: str = "forbid"


def ranked(*ranks: float | None, scores: tuple[float | None, ...] = ()) -> Row:
    scores = scores or (None,) * len(ranks)
    return {
        "responses": [
            {"text": f"Response number {n}", "rank": rank, "score": score}
            for n, (rank, score) in enumerate(zip(ranks, scores, strict=True))
        ]
    }


def responses(*texts: str | None) -> Row:
    return {"responses": [{"text": text, "rank": n, "score": None} for n, text in enumerate(texts, start=1)]}


def turns(*texts: str | None) -> list[Row]:
    """Turns of a user and an assistant."""
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)]


# Nothing in it comes again.
LONG = "".join(chr(0xAC00 + at % 11_172) for at in range(32_768))
ENGLISH = "The capital of the Republic of Korea is the city of Seoul."
KOREAN = "대한민국의 수도는 서울특별시입니다. 한강이 도시 한가운데를 지나고, 천만 명에 가까운 사람이 그곳에 삽니다."
SFT = [
    Case("sft", "data_id_blank", {"data_id": " \u200b"}, {"data_id": "\u200b0"}),
    Case("sft", "question_blank", {"question": "\u3164\u2800"}, {"question": "\u3164네?"}),
    Case("sft", "question_garbled", {"question": "Why\ufffd?"}, {"question": "Why\t\r\n?"}),
    Case("sft", "question_has_template_token", {"question": "[INST] Why?"}, {"question": "What is [INSTANCE]?"}),
    Case("sft", "question_placeholder", {"question": "[No input]"}, {"question": "No input was given. Why?"}),
    Case("sft", "question_too_long", {"question": LONG + "가"}, {"question": LONG}),
    Case("sft", "question_too_short", {"question": "왜"}, {"question": "왜?"}),
    Case(
        "sft",
        "history_out_of_order",
        {"history": turns("Hi", "Hello", "Why?")},
        {"history": turns("Hi", "Hello")},
    ),
    Case("sft", "answer_blank", {"answer": "\ufeff\u200b\u00ad \u3000"}, {"answer": "\u200b네"}),
    Case("sft", "answer_garbled", {"answer": "It is \x07 Paris."}, {"answer": "It is\tParis.\r\n"}),
    Case("sft", "answer_has_template_token", {"answer": "Paris.<|im_end|>"}, {"answer": "a <| b |> c <s class>"}),
    Case("sft", "answer_too_long", {"question": "왜?", "answer": LONG + "가"}, {"question": "왜?", "answer": LONG}),
    Case(
        "sft",
        "answer_equals_question",
        {"question": "What is Paris?", "answer": " What is\u00a0Paris?\u200b\n"},
        {"question": "What is Paris?", "answer": "What was Paris?"},
    ),
    Case(
        "sft",
        "answer_repeats_question",
        {"question": "What is Paris?", "answer": "ＷＨＡＴ is  “Paris”"},
        {"question": "What is Paris?", "answer": "What was Paris?"},
    ),
    Case("sft", "answer_placeholder", {"answer": " <NAME>, <DATE>. "}, {"answer": "Dear <NAME>,"}),
    Case("sft", "answer_perhaps_placeholder", {"answer": "해당 없음"}, {"answer": "부작용 없음"}),
    Case(
        "sft",
        "resident_number_found",
        {"answer": "주민번호는 850228-1234567입니다"},  # called so: no check digit asked for
        {"answer": "주민번호는 850230-1234567입니다"},  # no such day
    ),
    Case("sft", "mobile_number_found", {"question": "010-1234-5678로 걸까요?"}, {"question": "02-1234-5678로 걸까요?"}),
    Case("sft", "email_found", {"answer": "kim.one@example.co.kr으로"}, {"answer": "@kim.one, git@example.com:a/b"}),
    Case("sft", "card_number_found", {"answer": "4000 0012 3456 7899"}, {"answer": "4000 0012 3456 7898"}),
    Case("sft", "foreigner_number_found", {"answer": "850228-5234569"}, {"answer": "850228-5234567"}),
    Case("sft", "passport_number_found", {"answer": "여권번호 M123A4567"}, {"answer": "부품번호 M123A4567"}),
    Case("sft", "driving_licence_number_found", {"answer": "11-05-123456-78"}, {"answer": "27-05-123456-78"}),
    Case("sft", "account_number_found", {"answer": "계좌 110-123-456789"}, {"answer": "문서 110-123-456789"}),
    Case("sft", "mojibake", {"answer": "donâ€™t"}, {"answer": "Spaß“ ¿Qué? naïve™"}),
    Case("sft", "stray_jamo", {"answer": "안녕ㅎ세요"}, {"answer": "안녕하세요ㅎㅎ ㄱ자와 ㄹ 받침ㅠㅠ"}),
    Case(
        "sft",
        "text_escaped",
        {"answer": "밥을 먹고\\n잠을 잤습니다.\\n그리고"},
        {"answer": "밥을 먹고\n잠을 잤습니다. AT&T"},
    ),
    Case("sft", "object_printed", {"answer": "Part(text='It rains.', n=1)"}, {"answer": "Part (text='It rains')!"}),
    Case("sft", "cut_at_cell_limit", {"question": LONG[:32_767]}, {"question": LONG[:32_766]}),
    Case(
        "sft",
        "foreign_words",
        {"question": "수도는 어디입니까?", "answer": f"{KOREAN} 首先 그렇습니다."},
        {"question": "수도는 어디입니까?", "answer": f"{KOREAN} 먼저(首先) 그렇습니다."},
    ),
    Case(
        "sft",
        "text_loops",
        {"answer": "It is as it is, and " * 30},
        {"answer": "It is as it is, and " * 3 + ENGLISH * 3},
    ),
    Case(
        "sft",
        "answer_begins_with_question",
        {"question": "What is the capital?", "answer": "What is the capital? It is Seoul."},
        {"question": "What is the capital?", "answer": "It is Seoul. What is the capital? That."},
    ),
    Case("sft", "not_nfc", {"question": "\u1112\u1161\u11ab글?"}, {"question": "한글 x\u0304 ᄒᆞᆫ글?"}),
    Case(
        "sft",
        "refusal_phrase",
        {"answer": "죄송하지만 그것은 도와드릴 수 없습니다."},
        {"answer": "죄송하지만 늦었습니다."},
    ),
    Case("sft", "identity_leak", {"answer": "저는 OpenAI에서 개발한 모델입니다."}, {"answer": "OpenAI는 회사입니다."}),
    Case(
        "sft",
        "script_mismatch",
        {"question": "대한민국의 수도는 어디인가요?", "answer": ENGLISH},
        {"question": "대한민국의 수도를 영어로 알려 주세요.", "answer": ENGLISH},
    ),
    Case("sft", "question_count_negative", {"question_count": -1}, {"question_count": 0}),
    Case("sft", "category_unclean", {"data_category": "QA "}, {"data_category": "Q A"}),
    Case("sft", "data_id_reused", {"first_holder": "sft-1"}, {"first_holder": None}, scope=Scope.COLLECTION),
    Case("sft", "prompt_in_held_out_split", {"held_out_in": "test"}, {"held_out_in": None}, scope=Scope.SPLIT),
]
RM = [
    Case("rm", "data_id_blank", {"data_id": None}, {"data_id": "0"}),
    Case("rm", "prompt_blank", {"prompt": "</s>\n"}, {"prompt": "</sup>"}, ("prompt_has_template_token",)),
    Case("rm", "prompt_garbled", {"prompt": "Explain \x85 this."}, {"prompt": "Explain … this."}),
    Case("rm", "prompt_has_template_token", {"prompt": "Hi <start_of_turn>"}, {"prompt": "Hi <start of turn>"}),
    Case("rm", "prompt_placeholder", {"prompt": "{{prompt}}"}, {"prompt": "What is {{prompt}}?"}),
    Case("rm", "prompt_too_long", {"prompt": LONG + "가"}, {"prompt": LONG}),
    Case(
        "rm",
        "history_out_of_order",
        {"history": turns("Hi", "Hello", "Why?")},
        {"history": [*turns("Hi"), {"role": "tool", "content": ""}, *turns("", "Hello")[1:]]},
    ),
    Case("rm", "too_few_responses", ranked(1), ranked(1, 2)),
    Case("rm", "response_blank", responses("First", "\u200b"), responses("First", "\u200bOk")),
    Case("rm", "response_garbled", responses("First", "Sec\ufffdnd"), responses("First", "Sec?nd")),
    Case(
        "rm", "response_has_template_token", responses("<unk>", "b"), responses("<unknown>", "b"), ("response_blank",)
    ),
    Case("rm", "response_placeholder", responses("First", "nan"), responses("First", "Nan is a name")),
    Case("rm", "response_too_long", responses(LONG + "가", "b"), responses(LONG, "b")),
    Case("rm", "responses_identical", responses("A b", "c", " A\u00a0b"), responses("A b", "c", "Ab")),
    Case("rm", "responses_differ_in_form", responses("A  b!", "c", "ａ B"), responses("A b", "c", "Ab")),
    Case("rm", "response_equals_prompt", responses("b", "Explain it.\n"), responses("b", "Explain it. Why?")),
    Case("rm", "rank_missing", ranked(1, 2, None), ranked(1, 2, 3)),
    Case("rm", "too_few_ranked", ranked(1, None), ranked(1, 2, None), unranked="allow"),
    Case("rm", "rank_not_integer", ranked(1, 1.5), ranked(1, 2.0)),
    Case("rm", "ranks_not_contiguous", ranked(4, 1, 2), ranked(3, 1, 2)),
    Case("rm", "ranks_all_tied", ranked(1, 1), ranked(1, 1, 2), ties="dense"),
    Case("rm", "score_contradicts_rank", ranked(1, 2, 3, scores=(5, None, 6)), ranked(1, 2, 3, scores=(5, None, 5))),
    Case("rm", "resident_number_found", responses("a", "850228-1234566"), responses("a", "850228-1******")),
    Case("rm", "mobile_number_found", responses("a", "01012345678"), responses("a", "0.01012345678")),
    Case("rm", "email_found", {"prompt": "Write to kim@example.co.kr"}, {"prompt": "See icon@2x.png"}),
    Case("rm", "card_number_found", responses("5300001234567893", "b"), responses("5300001234567892", "b")),
    Case("rm", "foreigner_number_found", {"prompt": "8502285234569?"}, {"prompt": "8502285234568?"}),
    Case("rm", "passport_number_found", responses("a", "passport M12345678"), responses("a", "part M12345678")),
    Case("rm", "driving_licence_number_found", {"prompt": "면허 110512345678"}, {"prompt": "번호 110512345678"}),
    Case("rm", "account_number_found", {"prompt": "농협 352-1234-5678-93"}, {"prompt": "농협 02-1234-5678"}),
    Case("rm", "mojibake", responses("ì•ˆë…•", "b"), responses("안녕", "b")),
    Case("rm", "stray_jamo", {"prompt": "하ㄴ다"}, {"prompt": "한다ㅋㅋ"}),
    Case("rm", "text_escaped", responses("a &amp; b are &lt;", "b"), responses("a & b; c", "b")),
    Case("rm", "object_printed", responses("b", "[Part(text='a')]"), responses("b", "[Part]")),
    Case("rm", "cut_at_cell_limit", responses(LONG[:32_767], "b"), responses(LONG[:32_766], "b")),
    Case("rm", "foreign_words", responses("b", f"{KOREAN} まず 갑니다."), responses("b", f"{KOREAN} 美 대통령입니다.")),
    Case("rm", "text_loops", responses("b", "그래서 그는 다시 갔다. " * 40), responses("b", "그래서 그는 다시 갔다.")),
    Case(
        "rm",
        "response_begins_with_prompt",
        {"prompt": "How do bees fly?", **responses("b", "How do bees fly? With wings.")},
        {"prompt": "How do bees fly?", **responses("b", "How do bees fly in the rain?")},
    ),
    Case("rm", "not_nfc", responses("cafe\u0301", "b"), responses("caf\u00e9", "b")),
    # The best response is checked; what a worse one says is why it is worse.
    Case(
        "rm",
        "refusal_phrase",
        responses("As an AI language model, I", "b"),
        responses("b", "As an AI language model, I"),
    ),
    Case("rm", "identity_leak", responses("I’m ChatGPT.", "b"), responses("I’m ChatGPTish.", "I am ChatGPT.")),
    Case(
        "rm",
        "script_mismatch",
        {"prompt": "What is the capital of Korea?", **responses(KOREAN, ENGLISH)},
        {"prompt": "What is the capital of Korea?", **responses(ENGLISH, KOREAN)},
    ),
    Case("rm", "question_count_negative", {"question_count": -3}, {"question_count": None}),
    Case("rm", "category_unclean", {"data_category": "문" * 41}, {"data_category": "문" * 40}),
    Case("rm", "data_id_reused", {"first_holder": "rm-1"}, {"first_holder": None}, scope=Scope.COLLECTION),
    Case("rm", "ranking_contradicted", {"contradicted_by": "rm-1"}, {"contradicted_by": None}, scope=Scope.COLLECTION),
    Case("rm", "prompt_in_held_out_split", {"held_out_in": "validation"}, {"held_out_in": None}, scope=Scope.SPLIT),
]
RELEASE = [
    Case("release", "ledger_open", {"ledger_difference": -1}, {"ledger_difference": 0}),
    Case("release", "record_ids_repeated", {"repeated_record_ids": 1}, {"repeated_record_ids": 0}),
    Case("release", "data_ids_repeated", {"repeated_data_ids": 1}, {"repeated_data_ids": 0}),
    Case("release", "prompt_in_two_splits", {"prompts_in_two_splits": 1}, {"prompts_in_two_splits": 0}),
    Case(
        "release",
        "prompt_in_two_splits_across_kinds",
        {"prompts_in_two_splits_across_kinds": 1},
        {"prompts_in_two_splits_across_kinds": 0},
    ),
    Case("release", "near_prompts_in_two_splits", {"near_prompts_in_two_splits": 1}, {"near_prompts_in_two_splits": 0}),
    Case("release", "prompt_no_longer_held_out", {"prompts_no_longer_held_out": 1}, {"prompts_no_longer_held_out": 0}),
    Case("release", "split_share_off", {"split_share_off": 0.021}, {"split_share_off": 0.02}),
    Case("release", "split_empty", {"empty_splits": 1}, {"empty_splits": 0}),
    Case("release", "nothing_published", {"records_published": 0}, {"records_published": 1}),
    Case(
        "release",
        "share_quarantined_too_high",
        {"share_quarantined": 0.31},
        {"share_quarantined": 0.3},
        ("share_quarantined_high",),
    ),
    Case(
        "release",
        "unreadable_files_too_many",
        {"share_unreadable_files": 0.21},
        {"share_unreadable_files": 0.2},
        ("unreadable_files",),
    ),
    Case("release", "unreadable_files", {"share_unreadable_files": 0.001}, {"share_unreadable_files": 0.0}),
    Case("release", "share_quarantined_high", {"share_quarantined": 0.11}, {"share_quarantined": 0.1}),
    Case(
        "release",
        "drop_too_large",
        {"drop_against_previous": 0.21},
        {"drop_against_previous": 0.2},
        ("drop_noticeable",),
    ),
    Case("release", "drop_noticeable", {"drop_against_previous": 0.03}, {"drop_against_previous": 0.02}),
]
ROWS = [*SFT, *RM]
# Both sides of what the kernels decide, beyond the one case a reason.
MORE = [
    # Who speaks is another one: in quotes, in a letter, in what the question asks for.
    *(
        Case("sft", "refusal_phrase", {"question": "How?", "answer": "I cannot assist with that."}, near_miss)
        for near_miss in [
            {"question": "How?", "answer": '"I cannot assist with that," said the clerk.'},
            {"question": "How?", "answer": "Dear Anna, I cannot assist with that."},
            {"question": "Write a reply.", "answer": "I cannot assist with that."},
        ]
    ),
    # A sky is no empty value, and a kind of animals none of a variable.
    *(
        Case("sft", "answer_placeholder", {"question": plain, "answer": "null"}, {"question": code, "answer": "null"})
        for plain, code in [
            ("天空是什么颜色？", "空值在这里写成什么？"),
            ("人类最好的朋友是谁？", "这个变量的类型是空时显示什么？"),
            ("空は何色ですか？", "空文字の変数は何と表示されますか？"),
        ]
    ),
    *(
        Case("sft", "answer_placeholder", {"answer": stand_in}, {"answer": answer})
        for stand_in, answer in [
            ("null", "A null pointer"), ("None", "none of them"), ("NaN", "Nan"), ("N/A", "N/A means not available"),
            ("n.a.", "n.a.t.o."),
            ("<noinput>", "noinput is a stand-in"), ("TODO", "To do"), ("...", "...네"), ("-", "-1"), ("…", "ㅋ"),
            ("???", "왜?"), ("undefined", "undefined behaviour"), ("<NAME>", "<name>"),
        ]
    ),
    *(
        Case("sft", "answer_has_template_token", {"answer": f"a {token} b"}, {"answer": f"a {text} b"})
        for token, text in [
            ("</s>", "</strong>"), ("<s>", "<strike>"), ("<pad>", "<padding>"), ("<|eot_id|>", "|eot_id|"),
            ("<<SYS>>", "<SYS>"), ("[/INST]", "[INST"), ("<BOS>", "<boss>"), ("<｜end▁of▁sentence｜>", "<｜"),
            ("<0x0A>", "0x0A"),
            ("<extra_id_0>", "extra_id_0"), ("<end_of_turn>", "end_of_turn"), ("[gMASK]", "[MASK]"),
            ("[|endofturn|]", "[|"), ("<unused0>", "unused0"), ("|im_end|>", "|im_end|"), ("[SEP]", "[SEP-1]"),
        ]
    ),
    *(
        Case("sft", reason, {"answer": trigger}, {"answer": near_miss})
        for reason, trigger, near_miss in [
            ("resident_number_found", "8502281234566", "8502281234562"),  # without a hyphen the check digit decides
            ("resident_number_found", "850228 - 1234566", "850228-1234566890"),
            ("resident_number_found", "040229-3234562", "050229-3234562"),  # 2004 had a 29 February
            ("mobile_number_found", "+82 10-1234-5678", "+1 10-1234-5678 90"),
            ("mobile_number_found", "011)234-5678", "012-234-5678"),
            ("mobile_number_found", "010.1234.5678", "010.1234.567"),
            ("mobile_number_found", "010–1234–5678", "01011011010"),  # a binary number
            ("email_found", "a@b.kr", "a@b"),
            ("email_found", "메일:a_b@example.co.kr.", "메일:a_b@example.org."),  # reserved for examples
            ("card_number_found", "3700 001234 56784", "3700 001234 56780"),
            ("card_number_found", "9410-0001-2345-6787", "9410000123456787"),  # 9 counts only in groups
            ("card_number_found", "No 4000-0012-3456-7899.", "1-4000-0012-3456-7899"),
            ("card_number_found", "4000001234567899", "x4000001234567899"),
            ("mojibake", "cafÃ©", "CAFÉ»"),
            ("mojibake", "¾È³çÇÏ¼¼¿ä", "«été»"),
            ("mojibake", "?븞?뀞?븯?꽭?슂", "왜?나?너?"),
            ("mojibake", "占쏙옙", "占領"),
            ("mojibake", "ðŸ˜€", "ðe"),
            ("mojibake", "dÃ©jÃ", "“IRMÃ” e «MAÇû"),
            ("mojibake", "zostaÅ‚o", "Ålesund, «BLÅ»"),
            ("mojibake", "25Â°C", "£5; Ã—?"),
            ("mojibake", "ÏïàÎÖïÌïòÏÑ∏Ïöî", "ÏÎÌ"),
            ("mojibake", "救崇窍技夸. 坷疵 朝揪绰", "我的朋友, 我 坷疵 朝揪绰"),
            ("mojibake", "РџСЂРёРІРµС‚", "Привет"),
            # With losses: UTF-8 as GBK, as Shift-JIS, as Big5.
            ("mojibake", "鞎堧厱頃橃劯鞖?. 鞓る姌 雮犾敤電?", "北京 天津 上海 重庆 首都 城市"),
            ("mojibake", "譜倣葺┷囈. 丶釜 あ畑株 伐惱﨑ｩ笈共", "東京大学入学試験問題集"),
            ("mojibake", "賄. 月 刺 諤窸 圉魁拘. 域域  蛟.", "喬治亞語 愛爾蘭語 立陶宛語"),
            ("mojibake", "UTF-8 ì•ˆë…•í•˜ì„¸ìš”", "한글이 깨지면 'ì•ˆë…•'처럼, 占쏙옙처럼 보입니다"),
            ("stray_jamo", "ㄴ네 알겠습니다", "ㄱ자로 꺾인 길"),
            ("stray_jamo", "ㅏ침에 일어나요", "ㅏ와 ㅑ, ㅠ그래서"),
            ("stray_jamo", "ㅇㅏㄴㄴㅕㅇ", "ㅗㅜㅑ ㄱㅅ"),
            ("stray_jamo", "오늘 ㅁ 날씨", "오늘 ㅇ 날씨, 보기 ㄱ 과정"),
            ("stray_jamo", "결론ㅎ그는", "결론ㅡ그는 떠났다"),
            ("stray_jamo", "머ㄱ었다", "자음ㄱ과 모음ㅏ를 합친다"),
            ("stray_jamo", "하ㄹ 것", "하ㄹ 것이다(→할 것이다)"),
            ("not_nfc", "か\u3099き\u3099", "がぎ"),
            ("not_nfc", "И\u0306од", "Йод а\u0301"),
            ("not_nfc", "ﾡￂ", "ﾡﾢ ｶﾞ"),
            ("text_escaped", "\\xec\\x95\\x88 입니다", "utf-8 인코딩은 b'\\xec\\x95\\x88' 이다"),
            ("stray_jamo", "했습니ㄷ다", "했습니다 ㄷ"),
            ("stray_jamo", "각\u11a8", "각ㅋㅋㅋ그래"),
            ("stray_jamo", "안ㅕㅇ", "ㅇㅇ"),
            ("refusal_phrase", "I’m  SORRY, but I can’t help.", "I’m sorry. You can’t park here."),
            ("refusal_phrase", "죄송합니다만 " + "가" * 10 + " 인공지능 언어 모델로서", "인공지능 모델로 번역을 한다"),
            ("refusal_phrase", LONG[:210] + " I cannot assist with", LONG[:300] + " I cannot assist with"),
            ("identity_leak", "I was created by Anthropic.", "Claude was created by Anthropic."),
            ("identity_leak", "저는 챗GPT입니다", "챗GPT는 모델입니다"),
        ]
    ),
    *(
        Case("sft", "script_mismatch", {"question": q, "answer": a}, {"question": near_q, "answer": near_a})
        for q, a, near_q, near_a in [
            ("수도는 어디인지 알려 주세요", ENGLISH, "수도는 어디?", ENGLISH),
            ("수도는 어디인지 알려 주세요", ENGLISH, "수도는 어디인지 알려 주세요", ENGLISH[:30]),
            ("수도는 어디인지 알려 주세요", ENGLISH, "수도는 어디인지 알려 주세요", ENGLISH + " 서울."),
            ("수도는 어디인지 알려 주세요", ENGLISH, "수도는 어디인지 알려 주세요", f"```\n{ENGLISH}\n```"),
            ("What is the capital?", KOREAN, "What is the capital in Korean?", KOREAN),
            ("What is the capital?", f"{KOREAN} `city`", "What is the capital?", KOREAN + " Seoul"),
            ("수도는 어디인지 알려 주세요", "北" * 40, "수도 Seoul과 Busan, Daegu는?", ENGLISH),
        ]
    ),
    Case("sft", "answer_blank", {"answer": None}, {"answer": "3"}),
    Case("sft", "answer_blank", {"answer": ""}, {"answer": "👍\ufe0f"}),
    Case("sft", "category_unclean", {"data_category": ""}, {"data_category": None}),
    Case("sft", "category_unclean", {"data_category": "Q\u2028A"}, {"data_category": "QA"}),
    Case("rm", "too_few_responses", {"responses": None}, ranked(1, 2)),
    Case("rm", "too_few_responses", {"responses": []}, ranked(1, 2)),
    Case("rm", "response_blank", responses("First", None), responses("First", "Ok")),
    Case("rm", "rank_missing", ranked(2, 1, None), ranked(2, 1)),
    Case("rm", "rank_missing", {"responses": [None, *ranked(1, 2)["responses"]]}, ranked(1, 2), ("response_blank",)),
    Case("rm", "rank_not_integer", ranked(1, float("nan")), ranked(1, 2)),
    Case("rm", "rank_not_integer", ranked(1, 2, float("inf")), ranked(1, 2)),
    Case("rm", "ranks_not_contiguous", ranked(0, 1), ranked(2, 1)),
    Case("rm", "ranks_not_contiguous", ranked(1, 2, 2, 3), ranked(1, 2, 3, 4)),
    Case("rm", "ranks_not_contiguous", ranked(1, 2, 2, 4), ranked(1, 2, 2, 3), ties="dense"),
    Case("rm", "ranks_not_contiguous", ranked(1, 2, 2, 3), ranked(1, 2, 2, 4), ties="competition"),
    Case("rm", "ranks_not_contiguous", ranked(1, 3, None), ranked(1, 2, None), unranked="allow"),
    Case("rm", "ranks_not_contiguous", ranked(1, 2, 2), {**ranked(1, 2, 2), "losers_tie": True}),
    Case("rm", "ranks_not_contiguous", {**ranked(1, 3, 3), "losers_tie": True}, ranked(1, 2)),
]  # fmt: skip

GOOD: dict[str, Row] = {
    "sft": {"data_id": "1", "data_category": "QA", "question_count": 1, "question": "What is the capital?",
            "answer": "Paris.", "first_holder": None, "held_out_in": None},
    "rm": {"data_id": "1", "data_category": "QA", "question_count": 1, "prompt": "Explain it.", **ranked(2, 1),
           "first_holder": None, "contradicted_by": None, "held_out_in": None},
    "release": {"label_kind": "sft", "records_published": 10, "repeated_record_ids": 0, "repeated_data_ids": 0,
                "prompts_in_two_splits": 0, "prompts_in_two_splits_across_kinds": 0, "near_prompts_in_two_splits": 0,
                "prompts_no_longer_held_out": 0, "empty_splits": 0, "split_share_off": 0.0,
                "share_quarantined": 0.0, "share_unreadable_files": 0.0, "ledger_difference": 0,
                "drop_against_previous": 0.0},
}  # fmt: skip


FORMS = {"strict": strict_text, "normalised": normalise_text, "folded": fold_text}


def frame(suite: str, scope: Scope, *changes: Row) -> pa.Table:
    """Good rows with changes, with the columns of the frame and the forms of their texts."""
    rows = [{**GOOD[suite], **change} for change in changes]
    for row in rows:
        for name in ("question", "answer", "prompt"):
            if row.get(name) is not None:
                row |= {f"{name}_{form}": make(row[name]) for form, make in FORMS.items()}
        if row.get("responses") is not None:
            texts = [response and response["text"] for response in row["responses"]]
            for form, make in FORMS.items():
                row[f"responses_{form}"] = [text if text is None else make(text) for text in texts]
    return pa.Table.from_pylist(rows, schema=FRAMES[LabelKind(suite)][scope])


def shipped(name: str) -> Suite:
    suite: Suite = getattr(_suites(), name)
    return suite


@cache
def _suites() -> Any:
    return load_suites(SHIPPED_EXPECTATIONS)


def reasons_of(suite: Suite, case: Case, *changes: Row) -> list[list[str]]:
    """All reasons of the good row with each of the changes."""
    if case.suite == "release":
        facts = [pa.Table.from_pylist([{**GOOD["release"], **change}], schema=RELEASE_FACTS) for change in changes]
        return [[result.reason for result in check_release(suite, table) if not result.success] for table in facts]
    policies = {"ties": case.ties, "unranked": case.unranked}
    failures = run_suite(suite, case.scope, frame(case.suite, case.scope, *changes), policies).failures.to_pylist()
    return [[failure["reason"] for failure in failures if failure["row"] == n] for n in range(len(changes))]


@cache
def reasons_of_all() -> dict[int, tuple[list[str], list[str]]]:
    """Of each case, of its trigger and its near miss: rows of one frame, since a suite takes as long for one row."""
    alike: dict[tuple[str, Scope, str, str], list[Case]] = {}
    for case in (*ROWS, *RELEASE, *MORE):
        alike.setdefault((case.suite, case.scope, case.ties, case.unranked), []).append(case)
    found = {}
    for cases in alike.values():
        changes = [change for case in cases for change in (case.trigger, case.near_miss)]
        reasons = reasons_of(shipped(cases[0].suite), cases[0], *changes)
        found |= {id(case): (reasons[2 * n], reasons[2 * n + 1]) for n, case in enumerate(cases)}
    return found


def named(case: Case) -> str:
    return f"{case.suite}-{case.reason}"


@pytest.mark.parametrize("suite", ["sft", "rm", "release"])
def test_every_reason_of_a_suite_has_a_case(suite: str) -> None:
    cases = {case.reason for case in (*ROWS, *RELEASE) if case.suite == suite}
    assert [entry.reason for entry in shipped(suite).entries if entry.reason not in cases] == []
    assert cases <= {entry.reason for entry in shipped(suite).entries}


@pytest.mark.parametrize("case", [*ROWS, *RELEASE, *MORE], ids=named)
def test_the_trigger_has_the_reason_and_the_near_miss_has_none(case: Case) -> None:
    trigger, near_miss = reasons_of_all()[id(case)]
    assert sorted(trigger) == sorted((case.reason, *case.also))
    # What only lies below a critical bound may still be worth a warning.
    assert set(near_miss) <= set(case.also)


@cache
def reasons_of_the_others() -> dict[int, tuple[str, ...]]:
    """Of each trigger, without its expectation; as many are left out at once as say nothing of each other."""
    found: dict[int, tuple[str, ...]] = {}
    left = [*ROWS, *RELEASE]
    while left:
        first, out, cases = left[0], set[str](), list[Case]()
        for case in left:
            same = (case.suite, case.scope, case.ties, case.unranked)
            together = {case.reason, *out}
            if same == (first.suite, first.scope, first.ties, first.unranked) and not any(
                together.intersection(one.also) for one in [*cases, case]
            ):
                cases.append(case)
                out.add(case.reason)
        suite = shipped(first.suite)
        others = replace(suite, entries=tuple(entry for entry in suite.entries if entry.reason not in out))
        assert len(others.entries) == len(suite.entries) - len(out)
        reasons = reasons_of(others, first, *[case.trigger for case in cases])
        found |= {id(case): tuple(of_case) for case, of_case in zip(cases, reasons, strict=True)}
        left = [case for case in left if id(case) not in found]
    return found


@pytest.mark.parametrize("case", [*ROWS, *RELEASE], ids=named)
def test_without_its_expectation_the_trigger_passes(case: Case) -> None:
    assert sorted(reasons_of_the_others()[id(case)]) == sorted(case.also)


def test_the_bodies_of_the_expectations_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.expectations.registry import get_expectation_impl

    from sftrm_quality.checks.custom import RowExpectation

    # Great Expectations' own expectation is the one that is left out.
    cases = [case for case in ROWS if case.reason != "question_count_negative"]
    for entry in (entry for suite in ("sft", "rm") for entry in shipped(suite).entries):
        implementation = get_expectation_impl(entry.type)
        if entry.reason == "question_count_negative":
            assert not issubclass(implementation, RowExpectation)
            continue
        assert issubclass(implementation, RowExpectation)
        monkeypatch.setattr(
            implementation, "failing", lambda self, columns: np.zeros(len(next(iter(columns.values()))), dtype=bool)
        )
    reasons_of_all.cache_clear()
    try:
        assert {reason for case in cases for reason in reasons_of_all()[id(case)][0]} <= {"question_count_negative"}
    finally:
        reasons_of_all.cache_clear()


def test_a_row_gets_all_its_reasons_in_the_order_of_the_suite() -> None:
    table = frame("sft", Scope.RECORD, {}, {"data_id": "", "answer": "<s>\x00", "question_count": -1}, {})
    checked_rows = run_suite(shipped("sft"), Scope.RECORD, table, {})
    expected = [
        "data_id_blank",
        "answer_blank",
        "answer_garbled",
        "answer_has_template_token",
        "question_count_negative",
    ]
    rows, reasons, details = checked_rows.grouped("critical")
    assert rows.tolist() == [1]
    assert reasons.to_pylist() == [expected]
    assert details.to_pylist() == [
        [
            "data_id is ''",
            r"answer is '<s>\x00'",
            "answer contains U+0000",
            "answer contains '<s>'",
            "question_count is -1",
        ]
    ]
    assert checked_rows.critical.tolist() == [False, True, False]


def test_warnings_leave_the_row_in() -> None:
    checked_rows = run_suite(shipped("sft"), Scope.RECORD, frame("sft", Scope.RECORD, {"data_category": " QA"}), {})
    assert not checked_rows.critical.any()
    assert checked_rows.grouped("critical")[1].to_pylist() == []
    assert checked_rows.grouped("warning")[1].to_pylist() == [["category_unclean"]]


DETAILS = [
    ("sft", {"question": "왜"}, "question has 1 character, expected at least 2"),
    ("sft", {"question": "왜?", "answer": LONG + "가"}, "answer has 32,769 characters, expected at most 32,768"),
    ("sft", {"data_category": "QA "}, "data_category is 'QA ' (3 characters), expected one clean line of at most 40"),
    ("rm", ranked(1, 2, 4), "ranks 1, 2, 4, expected a sequence such as 1, 2, 3 (ties: forbid)"),
    (
        "rm",
        ranked(0, 1, 2),
        "ranks 0, 1, 2, expected a sequence such as 1, 2, 3 (ties: forbid); "
        "if this source counts from 0, declare rank_base: 0",
    ),
    ("rm", ranked(1, 2, None), "ranks 1, 2, none"),
    ("rm", ranked(1, 2.5), "ranks 1, 2.5"),
    ("rm", ranked(1), "1 response, expected at least 2"),
    ("rm", ranked(1, 2, scores=(0.5, 0.75)), "ranks 1, 2, scores 0.5, 0.75"),
    ("rm", responses("a", "", "b", None), "response 2 of 4 is '', and 1 more"),
    ("rm", responses("a", "b", "a "), "responses 1 and 3 are the same: 'a'"),
    ("rm", responses("a", " Explain it. ", "b"), "response 2 of 3 equals prompt: ' Explain it. '"),
    ("sft", {"history": turns("Hi", "a\x00")}, "turn 2 of 2 (assistant) contains U+0000"),
    ("sft", {"system": "Be <|im_end|>"}, "system contains '<|im_end|>'"),
    ("rm", {"history": turns("Hi", "\u200b")}, r"turn 2 of 2 (assistant) is '\u200b'"),
    ("rm", {"history": turns("N/A", "Hello")}, "turn 1 of 2 (user) is 'N/A'"),
    (
        "sft",
        {"history": turns("How many moons has Venus?", "None", "Go on.")[:2] + turns("a", "nan")},
        "turn 4 of 4 (assistant) is 'nan'",
    ),
    ("rm", {"history": turns("Hi")}, "the last turn before the prompt is of the user, expected the assistant's"),
    ("rm", {"history": turns("Hi", "Hello", "a", "b")[1:]}, "the first turn is of the assistant, expected a user's"),
    ("sft", {"history": [*turns("Hi"), *turns("Hi", "Hello")]}, "turns 1 and 2 are both of the user"),
    (
        "sft",
        {"history": [*turns("Hi"), {"role": "system", "content": "a"}]},
        "turn 2 is of system, expected user or assistant",
    ),
    ("sft", {"answer": "??? ?? 2026 ????."}, "answer contains question marks in place of letters"),
    ("sft", {"answer": "\ufffd\ufffdis"}, "answer contains '\ufffd\ufffd'"),
    ("rm", responses("a", "b", "A!"), "responses 1 and 3 differ only in form: 'a'"),
    ("rm", responses("a", "b\ufffd"), "response 2 of 2 contains U+FFFD"),
    ("rm", responses("a", "b [INST]"), "response 2 of 2 contains '[INST]'"),
    (
        "sft",
        {"question": "010-1234-5678 01012345678", "answer": "010-1234-5678"},
        "question contains a mobile number: ***-****-****, and 1 more",
    ),
    (
        "rm",
        responses("a", "kim@example.kr", "lee@example.kr"),
        "response 2 of 3 contains an e-mail address: ***@*******.**",
    ),
    ("rm", responses("a", "850228-1234566"), "response 2 of 2 contains a resident registration number: ******-*******"),
    ("sft", {"answer": "It donâ€™t"}, "answer contains 'â€™ for ’'"),
    ("sft", {"answer": "아 안녕ㅎ세요 네"}, "answer contains '안녕ㅎ세요'"),
    ("sft", {"answer": "cafe\u0301"}, "answer contains 'é' in pieces (NFD)"),
    ("rm", responses("I AM ChatGPT.", "b"), "the best response says 'i am chatgpt'"),
    (
        "sft",
        {"question": "수도는 어디인지 알려 주세요", "answer": ENGLISH},
        "answer is in Latin letters, question in Hangul ones",
    ),
    ("rm", responses("a", LONG + "가"), "response 2 of 2 has 32,769 characters, expected at most 32,768"),
]


@cache
def found_by_details() -> dict[str, CheckedRows]:
    policies = {"ties": "forbid", "unranked": "forbid"}
    found = {}
    for suite in ("sft", "rm"):
        own = [(change, detail) for of, change, detail in DETAILS if of == suite]
        # A good row before it, so that positions in the flattened responses and in the frame differ.
        frames = [frame(suite, Scope.RECORD, {}, change, {}) for change, _ in own]
        checked = run_suite_on_each(shipped(suite), Scope.RECORD, frames, policies)
        found |= {detail: rows for (_, detail), rows in zip(own, checked, strict=True)}
    return found


@pytest.mark.parametrize("detail", [detail for _, _, detail in DETAILS])
def test_the_detail_says_what_was_found(detail: str) -> None:
    checked_rows = found_by_details()[detail]
    assert checked_rows.failures.to_pylist() == [
        {"row": 1, "reason": checked_rows.failures["reason"][0].as_py(),
         "severity": checked_rows.failures["severity"][0].as_py(), "detail": detail}
    ]  # fmt: skip


def test_details_of_evidence_name_the_other_record() -> None:
    change = {"first_holder": "rm-7", "contradicted_by": "rm-8"}
    found = run_suite(shipped("rm"), Scope.COLLECTION, frame("rm", Scope.COLLECTION, change), {}).failures["detail"]
    assert found.to_pylist() == [
        "the data_id is held by record rm-7", "record rm-8 ranks the same responses the other way round",
    ]  # fmt: skip
    found = run_suite(shipped("sft"), Scope.SPLIT, frame("sft", Scope.SPLIT, {"held_out_in": "test"}), {}).failures[
        "detail"
    ]
    assert found.to_pylist() == ["the same prompt is in the split test"]
