r"""What no letter tells: escapes, printed objects, foreign words, loops; and that the quick look before misses none."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sftrm_quality.checks.closer_look import CONVERTED, FOREIGN, LOOP, PRINTED, deserve_a_look
from sftrm_quality.checks.conversions import escape_in, printed_object_in
from sftrm_quality.checks.echoes import asks_for_itself
from sftrm_quality.checks.foreign_words import foreign_word_in
from sftrm_quality.checks.loops import loop_in

ASKED = "김치찌개를 맛있게 끓이는 방법을 알려 주세요."
PROSE = "먼저 돼지고기를 볶다가 김치를 넣고 물을 부어 오래 끓이면 깊은 맛이 납니다."
WORDS = ["minute", "hour", "day", "week", "month", "year", "decade", "century"]
FINDERS = {CONVERTED: escape_in, PRINTED: printed_object_in, FOREIGN: foreign_word_in, LOOP: loop_in}


@pytest.mark.parametrize(
    "text",
    [
        "&#48148;&#45796;&#45716; &#45331;&#49845;&#45768;&#45796;.",
        "Fish &amp; chips are eaten by the sea &lt;3",
        "&#x6D77;&#x306F;&#x5E83;&#x3044;",
        r"\ubc14\ub2e4\ub294 \ub113\uc2b5\ub2c8\ub2e4.",
        r"b'\xeb\xb0\x94\xeb\x8b\xa4'",
        "%EB%B0%94%EB%8B%A4%EB%8A%94%20%EB%84%93%EB%8B%A4",
        r"먼저 물을 끓입니다.\n그다음 면을 넣습니다.\n다 되면 건집니다.",
        r"He said \"come in\" and then he \"left\" again.",
        "첫째 줄_x000D_\n둘째 줄_x000D_",
        "합계는 #REF! 입니다.",
        "<p>바다는 넓습니다.</p><p>그리고 깊습니다.</p>",
        "Rinse it twice.<br/>Then dry it.<br/>Then fold it.",
        r"海很大。\n\n海很深。",
    ],
)
def test_escapes_that_nobody_resolved(text):
    assert escape_in(text, ASKED)
    assert not escape_in(f"```\n{text}\n```", ASKED)
    assert not escape_in(text, "Write it as HTML, please: the sea.")
    assert not escape_in(text, "유니코드 이스케이프로 써 주세요.")


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "AT&T and R&D; Q&A; 50% off, 100%25 sure",
        "https://example.org/%EB%B0%94%EB%8B%A4?q=%EB%8B%A4",
        r"$\nabla f = \frac{1}{n}$ \n\n and \\nu",
        r"C:\new\notes and \\server\new",
        "a < b and b > c, <3",
        "I <b> you",
        "#VALUES are #1",
        "_xylophone_ x0",
        "Say `&amp;` for &.",
        "Jack & Jill; Tom&Jerry",
        "100 % of 20 %",
        r"Press \n once",
        "바다 & 하늘; 산&강",
    ],
)
def test_texts_that_only_look_like_escapes(text):
    assert escape_in(text, ASKED) is None


@pytest.mark.parametrize(
    "text",
    [
        "Answer(text='The sea is wide.', score=0.3)",
        "[Part(text='바다'), Part(text='하늘')]",
        "['하나', '둘', '셋']",
        "{'answer': '바다는 넓다', 'ok': True}",
        '{"text": "The sea is wide."}',
        "type='text' value=Part(text='바다')",
        "It is [object Object] now.",
        "<class 'str'>",
        "<function main at 0x7f00>",
        "<__main__.Sea object at 0x7f3a>",
        "Promise { <pending> }",
        "('바다', '하늘')",
        '{"role": "assistant", "content": "네."}',
    ],
)
def test_printed_objects(text):
    assert printed_object_in(text, ASKED)
    assert printed_object_in(text, "Write a Python function that returns it.") is None


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "(바다는 넓다)",
        "[1] 바다는 넓다 [2]",
        "[The sea is wide.]",
        "{the sea}",
        "f(x=1) is 3",
        "[3, 4]",
        "(1, 2)",
        '{"sea": "wide"}',
        "the module 'sea' is <wide>",
        "f(text='sea') draws it.",
        "(see 'The sea')",
        "[Verse] 'Oh'",
    ],
)
def test_texts_that_only_look_like_objects(text):
    assert printed_object_in(text, ASKED) is None


@pytest.mark.parametrize("word", ["首先", "まず", "важно", "重要한", "データ", "意味를", "необходимо"])
def test_words_of_other_scripts(word):
    text = f"{PROSE} {word} 불을 줄입니다."
    assert word in str(foreign_word_in(text, ASKED))
    assert foreign_word_in(text, f"'{word}'은 무슨 뜻인가요?") is None
    assert foreign_word_in(text, "중국어와 일본어와 러시아어로 번역해 주세요.") is None
    assert foreign_word_in(f"{PROSE} 처음({word}) 불을 줄입니다.", ASKED) is None
    assert foreign_word_in(f'{PROSE} "{word}"라고 합니다.', ASKED) is None
    assert foreign_word_in(f"{word} {word}", ASKED) is None


@pytest.mark.parametrize("text", [PROSE, f"{PROSE} 美 대통령과 韓美 회담.", f"{PROSE} α와 β, Na⁺", f"{PROSE} OK"])
def test_letters_of_other_scripts_that_are_meant(text):
    found = foreign_word_in(text, ASKED)
    assert found is None or "韓美" in found


@pytest.mark.parametrize(
    "loop",
    [
        "그래서 그는 다시 집으로 갔다. ",
        "and then the sea was wide again, ",
        "他走了又回来了，然后",
        "1. It is wide. ",
        "haha that is it ",
    ],
)
def test_loops(loop):
    turns = "".join(loop.replace("1", str(n)) for n in range(40))
    for text in (turns, PROSE + turns, turns[:-7]):
        assert loop_in(text, ASKED), text
        assert loop_in(text, "그 말을 마흔 번 반복해 주세요.") is None
    assert loop_in(f"{loop * 2}{PROSE * 2}", ASKED) is None


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "| a | b |\n| --- | --- |\n" * 20,
        "- " * 300,
        "=" * 600,
        "1 2 3 4 5 6 7 8 9 " * 40,
        " ".join(f"{n}번 문제의 답은 {word}입니다." for n, word in enumerate("가나다라마바사아자차")),
        "".join(f"Step {n}: go on for {n} {word}s.\n" for n, word in enumerate(WORDS)),
    ],
)
def test_texts_that_only_look_like_loops(text):
    assert loop_in(text, ASKED) is None


PIECES = st.sampled_from(
    [
        "바다는 넓다 ",
        "the sea ",
        "&amp;",
        "&#44032;",
        r"\uac00",
        r"\n",
        "%EA%B0%80",
        "_x000D_",
        "<br>",
        "[object Object]",
        "首先",
        "важно",
        "まず",
        "Part(text='a')",
        "['a', 'b']",
        "#REF!",
        " ",
        "\n",
        "그리고 또 그리고 또 그리고 ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text())
@example(r"b'\xeb\xb0\x94\xeb\x8b\xa4'")
@example("그래서 그는 다시 집으로 갔다. " * 30)
@example("".join(f"{n}. It is wide. " for n in range(60)))
def test_the_quick_look_misses_nothing_that_the_closer_one_finds(text):
    for sign, find in FINDERS.items():
        if find(text, None):
            assert deserve_a_look(pa.array([text]), sign).tolist() == [True], (sign, text)


def test_the_quick_look_passes_ordinary_texts():
    texts = pa.array([PROSE, "The sea is wide and deep.", None, "", "他走了。"])
    assert not deserve_a_look(texts, CONVERTED | PRINTED | FOREIGN | LOOP).any()


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("다음 문장을 이어서 써 주세요: 옛날 옛적에", True),
        ("Once upon a time in the west", True),
        ("Correct this: he go.", True),
        ("Why is the sky blue?", False),
        ("하늘은 왜 파란가요?", False),
        ("바다에 대해 설명해 주세요.", False),
        (None, True),
    ],
)
def test_questions_that_ask_for_their_own_text(question, asks):
    assert asks_for_itself(question) is asks
