"""What decides of a text whether it is a stand-in, leaked, or lost something: where it is, and what it answers."""

import pytest

from sftrm_quality.checks.asked_for import asks_for_prose, is_asked_for
from sftrm_quality.checks.code_spans import CodeSpans, is_quoted, is_spoken_of, sentence_ended
from sftrm_quality.checks.garbled import garbled_in
from sftrm_quality.checks.template_tokens import template_tokens_in

ASKED_FOR = [
    ("What does print(f()) show in Python when f returns nothing?", "None"),
    ("SQL에서 값이 없음을 나타내는 키워드는?", "NULL"),
    ("JavaScript 中未赋值的变量打印什么？", "undefined"),
    ("Pythonで値がないことを表すキーワードは？", "None"),
    ("How do you write null in Lua?", "nil"),
    ("How many moons does Venus have?", "None"),
    ("Extract the date. If there is none, write N/A: It rains.", "N/A"),
    ("Summarise the text, and answer N/A if there is none.", "N/A"),
    ("일정표에서 '추후 결정'의 약자는?", "TBD"),
    ("Which spreadsheet error marks a lost reference?", "#REF!"),
    ("유닉스에서 상위 폴더는?", ".."),
    ("가운뎃점을 쓰세요.", "·"),
    ("설명 없이 기호만 쓰세요: 파이썬의 곱셈", "*"),
    ("Translate SOS into Morse code.", "... --- ..."),
    ("Largest heading tag, upper case?", "<H1>"),
    ("How do you insert the variable user in a JavaScript template literal?", "${user}"),
    ("느낌표", "!"),
    ("How are you?", ":-)"),
    ("Compare with <, = or >: 4 and 4", "="),
]
STAND_INS = [
    ("우리 나라의 봄 날씨를 설명해 주세요. (NULL)", "NULL"),
    ("Explain what None means in Python.", "None"),
    ("Write a Python function that reverses a list.", "None"),
    ("How do I read a file in Python?", "..."),
    ("What is a leap second?", "N/A"),
    ("Who invented Python?", "None"),
    ("종이는 몇 번까지 접을 수 있나요?", "None"),
    ("김치가 시어지는 이유는?", "-"),
    ("为什么天空是蓝色的？", "*"),
    ("なぜ空は青いのですか？", "<NAME>"),
    ("How do I greet the user in a letter?", "{{user}}"),
    ("", "nan"),
]


@pytest.mark.parametrize(("question", "answer"), ASKED_FOR)
def test_what_a_question_asks_for_is_an_answer(question: str, answer: str) -> None:
    assert is_asked_for(answer, question)


@pytest.mark.parametrize(("question", "answer"), STAND_INS)
def test_what_no_question_asks_for_is_a_stand_in(question: str, answer: str) -> None:
    assert not is_asked_for(answer, question)


@pytest.mark.parametrize(
    ("question", "prose"),
    [
        ("Explain recursion.", True),
        ("What is compost?", True),
        ("된장과 청국장은 무엇이 다른가요?", True),
        ("What is 7 - 7?", False),
        ("요청 처리 상태는?", False),
        ("In one word: why?", False),
        (None, False),
    ],
)
def test_prose_is_asked_for(question: str | None, prose: bool) -> None:
    assert asks_for_prose(question) is prose


def test_the_task_may_be_at_either_end_of_a_long_question() -> None:
    material = "비가 옵니다. " * 200
    assert asks_for_prose(f"요약해 주세요.\n{material}") and asks_for_prose(f"{material}\n요약해 주세요.")
    assert not asks_for_prose(f"{material}요약{material}")


def spans(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


@pytest.mark.parametrize(
    "text",
    ["```\nX\n```", "~~~py\nX\n~~~ b", "a `X` b", "``a ` X``", "<pre>a X</pre>", "```\nX and more\nof it"],
)
def test_code_holds(text: str) -> None:
    assert CodeSpans.of(text).hold(*spans(text, "X"))


@pytest.mark.parametrize("text", ["X", "```\na\n```\nX", "`a` X `b`", "```\na\nX", "<pre>a</pre>X", "`\nX\n`"])
def test_code_does_not_hold(text: str) -> None:
    assert not CodeSpans.of(text).hold(*spans(text, "X"))


@pytest.mark.parametrize("text", ['"X"', "a 'X' b", "print(f'X')", "“a X”", "b'é' then 'X'", "「X」"])
def test_quoted(text: str) -> None:
    assert is_quoted(text, *spans(text, "X"))


@pytest.mark.parametrize("text", ["X", "it's X, isn't it", '"a" X "b"', "'a\nX'", "“a” X"])
def test_not_quoted(text: str) -> None:
    assert not is_quoted(text, *spans(text, "X"))


@pytest.mark.parametrize(
    "text", ["X는 무엇인가요?", "the X token", "mapped to X.", "between X and Y", "X와 Y로 감싼다"]
)
def test_spoken_of(text: str) -> None:
    assert is_spoken_of(text, *spans(text, "X"))


@pytest.mark.parametrize("text", ["It rains. X", "a X b", "X Hello", "because of the X", "끝입니다.X"])
def test_not_spoken_of(text: str) -> None:
    assert not is_spoken_of(text, *spans(text, "X"))


@pytest.mark.parametrize(
    ("text", "ended"), [("", True), ("끝입니다. ", True), ("a\n", True), ("a", False), ("a ", False)]
)
def test_a_sentence_has_ended(text: str, ended: bool) -> None:
    assert sentence_ended(text + "X", len(text)) is ended


LEAKED = [
    ("Why?", "Because.</s>"), ("Why?", "<s>Because</s>"), ("What is <pad> for?", "It fills. <pad><pad>"),
    ("Explain HTML tags.", "They mark parts.<|im_end|>"), ("Why?", "```\na\n```<|im_end|>"),
    ("Why?", "```\na<|im_end|>"),
    ("Why?", "So.\n\nHuman: And?"), ("Why?", "So.\nUser: And?\nAssistant: No."), ("Why?", "So.\n\n### Response:\nNo."),
    ("Why?", "<think>\nLet me see"), ("Why?", "So. <think>Hm</think>"), ("Why?", "So.</think>"),
    ("왜요?", "네. ##하세요"),
    ("Why?", "So. [MASK]"), ("Why?", "</s><s>So."), ("Why?", "So. |im_end|>"),
]  # fmt: skip
SHOWN = [
    ("Old price?", "<s>$20</s> $15"), ("취소선 태그는?", "<s>"), ("Java?", "Iterable<S> all(Iterable<S> it)"),
    ("Why?", "if a<s>b: pass"), ("eos?", "`</s>`"), ("eos?", 'eos = "</s>"'),
    ("What is [INST] in Llama 2?", "[INST] marks it."),
    ("왜?", "각 차례를 <|im_start|>와 <|im_end|>로 감쌉니다."), ("Why?", "They are mapped to <unk>."),
    ("Why?", "Dear [MASK], hi."),
    ("Write a dialogue.", "User: Hi\nAssistant: Hello"), ("Why?", "For example:\n\nUser: Hi\nAssistant: Hello"),
    ("Report?", "### Cause:\na\n### Response:\nb\n### End:\nc"), ("Chromosomes?", "Dog: 78\nHuman: 46\nCat: 38"),
    ("Why?", "<think>\nHm\n</think>\nSo."), ("Title?", "a\n##b"), ("F#?", "f <| x |> g"),
    ("SVG?", "<mask><rect/></mask>"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), LEAKED)
def test_tokens_that_leaked(question: str, answer: str) -> None:
    assert template_tokens_in(answer, question)


@pytest.mark.parametrize(("question", "answer"), SHOWN)
def test_tokens_that_are_shown(question: str, answer: str) -> None:
    assert template_tokens_in(answer, question) == []


@pytest.mark.parametrize(
    "prompt",
    [
        "\n\nHuman: Hi\n\nAssistant:",
        "### Instruction:\nHi\n\n### Response:\n",
        "USER: Hi. ASSISTANT:",
        "[INST] Hi [/INST]",
    ],
)
def test_a_filled_template_is_no_prompt(prompt: str) -> None:
    assert template_tokens_in(prompt, None, prompt=True)


@pytest.mark.parametrize(
    "prompt",
    [
        "Summarise:\n\nHuman: Hi\n\nAssistant: Hello",
        "Translate '### Response:'",
        "What is <pad> for?",
        "Fill in [MASK] here.",
        "It is so. <sep> Why?",
    ],
)
def test_a_prompt_may_quote_turns(prompt: str) -> None:
    assert template_tokens_in(prompt, None, prompt=True) == []


GARBLED = [
    ("Why?", "su\ufffdny"), ("Why?", "a\x00b"), ("Why?", "$\x0crac{1}{2}$"), ("Why?", "\x1b[31mred\x1b[0m"),
    ("날씨?", "??? ?? ????."),
    ("天气？", "??????????? (2)"), ("Why?", "a&#65533;b"), ("Why?", "锟斤拷"), ("Why?", "烫烫烫烫"),
    ("인코딩은?", "글\ufffd를 바꾼다"),
    ("Why?", "C\x92est"),
]  # fmt: skip
WHOLE = [
    ("C?", "int a;\n\x0c\nint b;"), ("Red?", "```\n\x1b[31mred\x1b[0m\n```"),
    ("Print red in a terminal.", "\x1b[31mred\x1b[0m"),
    ("U+FFFD?", "It is \ufffd, the replacement character."), ("Remove it.", 's.replace("\ufffd", "")'),
    ("정말?", "정말?? 진짜??? 와??"),
    ("Puzzle", "? + ?? = ???"), ("JS", "a ?? b ?? c"), ("烫烫烫是怎么来的？", "是未初始化的内存，显示“烫烫烫”。"),
    ("Chess", "Nf3?? Qh4??"),
    ("Globs of three names?", "`ls` ??? ?? ????"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), GARBLED)
def test_what_lost_letters(question: str, answer: str) -> None:
    assert [*garbled_in(answer, question)]


@pytest.mark.parametrize(("question", "answer"), WHOLE)
def test_what_lost_nothing(question: str, answer: str) -> None:
    assert [*garbled_in(answer, question)] == [] == [*garbled_in(question, None)]
