"""What conversions leave, printed objects, foreign words, loops and echoes; and texts that may have all of it."""

import html
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from urllib.parse import quote

from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.pools import ANSWERS, Maker, Pair, asked, examples, lines

REASONS = ("text_escaped", "object_printed", "foreign_words", "text_loops", "answer_begins_with_question")
# Nothing in them asks for code, letters or another language.
_QUESTIONS = lines("""
대나무는 왜 빨리 자라나요?
Why does bread rise?
된장과 청국장은 무엇이 다른가요?
How do noise-cancelling headphones work?
为什么天空是蓝色的？
なぜ空は青いのですか？
등산화 끈이 자꾸 풀리는데 어떻게 묶을까요?
Name two uses of vinegar besides cooking.
What should I check before buying a used bike?
""")
_KOREAN_QUESTIONS = [one for one in _QUESTIONS if any("가" <= letter <= "힣" for letter in one)]
_KOREAN = lines("""
먼저 돼지고기를 볶다가 김치를 넣고 물을 부어 오래 끓이면 깊은 맛이 납니다.
두 번 감아 당긴 뒤 나비매듭을 하면 잘 풀리지 않으니 여러 번 해 보세요.
마디마다 생장점이 있어 여러 곳이 한꺼번에 길어지기 때문에 하루에도 많이 자랍니다.
보통 종이는 일곱 번쯤이 한계이고, 접을 때마다 두께가 두 배로 늘어납니다.
""")
Change = Callable[[str, Random], str]


def _changed(texts: list[str], questions: list[str], change: Change, random: Random) -> Pair:
    return random.choice(questions), change(random.choice(texts), random)


def _with(word: str, text: str, random: Random) -> str:
    words = text.split(" ")
    words.insert(random.randint(1, len(words) - 1), word)
    return " ".join(words)


def _lines(text: str, _: Random) -> str:
    return f"{text}\\n{text[::1]}\\n"


def _as_object(name: str, text: str, random: Random) -> str:
    return f"{name}(text={text!r}, score={random.random():.2f})"


def _looped(text: str, random: Random) -> str:
    return (f"{text} " * random.randint(20, 60))[: -random.randint(1, 9)]


def _loop_within(text: str, random: Random) -> str:
    return f"{random.choice(ANSWERS)} " + f"{text[: random.randint(16, 28)]}, " * random.randint(30, 60)


_ESCAPED: Mapping[str, Change] = {
    "references": lambda text, _: "".join(f"&#{ord(c)};" if c != " " else c for c in text),
    "named entities": lambda text, _: f"&quot;{text}&quot; &amp; &lt;OK&gt;",
    "escapes of JSON": lambda text, _: json.dumps(f"{text} é")[1:-1],
    "line ends": _lines,
    "escapes of Excel": lambda text, _: f"{text}_x000D_\n{text}",
}
_ESCAPED_APART: Mapping[str, Change] = {
    "percent signs": lambda text, _: quote(f"{text} é"),
    "bytes": lambda text, _: repr(f"{text} é".encode()),
    "tags": lambda text, _: f"<p>{html.escape(text)}</p><p>{text}</p>",
    "quotes": lambda text, _: f'{text} \\"{text[:9]}\\" {text} \\"{text[:5]}\\"',
}
_PRINTED: Mapping[str, Change] = {
    "an object": partial(_as_object, "Part"),
    "a list": lambda text, random: str([text, random.choice(ANSWERS)]),
    "a dictionary": lambda text, _: str({"text": text, "rank": 1}),
    "an object of JavaScript": lambda text, _: f"{text} [object Object]",
}
_PRINTED_APART: Mapping[str, Change] = {
    "a list of objects": lambda text, random: f"[{_as_object('ContentBlock', text, random)}]",
    "an object of JSON": lambda text, _: json.dumps({"content": text, "role": "assistant"}, ensure_ascii=False),
    "a tuple": lambda text, random: str((text, random.choice(ANSWERS))),
    "a class": lambda text, _: f"{text} <class 'NoneType'>",
}
_WORDS = ("首先", "但是", "まず", "важно", "重要한")
_WORDS_APART = ("不同的", "すぐに", "обычно", "生活을", "タイミング")
_CLEAN = {
    "code": """
How do I write an ampersand in HTML?=>Write `&amp;`, and `&lt;` for the other.
파이썬에서 줄을 바꾸려면?=>문자열에 \\n을 넣습니다: print("a\\nb")
JSON으로 답해 주세요. 수도는?=>{"answer": "서울"}
What does print([1, 'a']) show?=>[1, 'a']
URL 인코딩으로 바꿔 주세요: 가=>%EA%B0%80""",
    "signs": """
What are R&D and Q&A?=>R&D is research; Q&A is questions & answers.
Where is it?=>C:\\new\\tools, or https://example.org/%EB%B0%94%EB%8B%A4
얼마나 할인하나요?=>50 % 할인이고, 100% 환불됩니다. #1 상품입니다.
What is the answer?=>(It is [3, 4], as said.)
미분하면?=>$\\nabla f$ 를 쓰면 $\\frac{1}{n}$ 입니다.""",
    "Korean with other letters": """
이 말의 유래는?=>사면초가(四面楚歌)는 초나라 노래가 사방에서 들린다는 뜻에서 온 말로, 아무 도움도 없는 처지를 말합니다.
한미 관계는?=>美 대통령과 韓 총리가 만나 두 나라의 경제 협력을 더 넓히기로 하였다고 합니다.
'重要'는 무슨 뜻인가요?=>重要는 중요하다는 뜻으로 일상에서도 많이 쓰는 말이니 외워 두면 좋습니다.
러시아어로 고맙다는 말은?=>러시아어로는 спасибо 라고 하며, 친한 사이에서도 어른께도 두루 쓸 수 있는 말입니다.""",
    "what comes again": """
만세를 열 번 반복해 주세요.=>만세! 만세! 만세! 만세! 만세! 만세! 만세! 만세! 만세! 만세!
Make a table.=>| a | b |⏎| --- | --- |⏎| 1 | 2 |⏎| 3 | 4 |⏎| 5 | 6 |⏎| 7 | 8 |
Count to ten.=>one, two, three, four, five, six, seven, eight, nine, ten
Continue: Once upon a time there was a fox.=>Once upon a time there was a fox. It lived in a wood.""",
}
_CLEAN_APART = {
    "code": """
정규식에서 줄 끝은?=>\\r\\n 또는 \\n 으로 찾습니다.
How do I show a Python dict?=>{'a': 1, 'b': 2}
유니코드 이스케이프로 '가'는?=>\\uac00
Which tag makes bold text?=><b>bold</b> and <strong>strong</strong>""",
    "signs": """
Which shops are there?=>Marks & Spencer; Johnson & Johnson; H&M.
Who is it?=>[Anna] {see below} (the 'second' one)
How much?=>About 20 % of 50 %, that is 10 %.""",
    "Korean with other letters": """
도쿄에서 유명한 음식은?=>라멘(ラーメン)과 초밥(寿司)이 유명하며, 골목마다 오래된 가게가 많아 둘러보는 재미가 있습니다.
수학에서 쓰는 그리스 문자는?=>α와 β와 γ를 각도에 많이 쓰고, Σ는 합을, Δ는 차이를 나타낼 때에 두루 쓰입니다.
논어의 첫 구절을 한자로 써 주세요.=>學而時習之 不亦說乎 라고 쓰며, 배우고 때로 익히면 기쁘지 아니한가 하는 뜻입니다.""",
    "what comes again": """
노래 후렴을 써 줘.=>라라라 라라라 사랑해 라라라 라라라 사랑해 라라라 라라라 사랑해 라라라 라라라 사랑해
List the steps.=>1. Wash it.⏎2. Cut it.⏎3. Boil it.⏎4. Salt it.⏎5. Serve it.⏎6. Eat it.
이 문장을 고쳐 주세요: 나는 학교 에 간다.=>나는 학교에 간다.""",
}


def _make(
    clean: Mapping[str, str],
    escaped: Mapping[str, Change],
    printed: Mapping[str, Change],
    words: tuple[str, ...],
    loops: Mapping[str, Change],
    random: Random,
    count: int,
) -> Iterator[Example]:
    foreign = {word: partial(_with, word) for word in words}
    echoes: Mapping[str, Change] = {"an echo": lambda text, _: text}
    planted: list[tuple[Mapping[str, Change], list[str], list[str]]] = [
        (escaped, ANSWERS, _QUESTIONS),
        (printed, ANSWERS, _QUESTIONS),
        (foreign, _KOREAN, _KOREAN_QUESTIONS),
        (loops, ANSWERS, _QUESTIONS),
        (echoes, ANSWERS, [one for one in _QUESTIONS if len(one) > 12]),
    ]
    shown = {form: asked(text) for form, text in clean.items()}
    for reason, (changes, texts, questions) in zip(REASONS, planted, strict=True):
        yield from examples(reason, shown, False, random, count)
        makers: dict[str, Maker] = {
            form: partial(_changed, texts, questions, change) for form, change in changes.items()
        }
        for one in examples(reason, makers, True, random, count):
            echoed = reason == REASONS[-1]
            yield one._replace(answer=f"{one.question}\n{one.answer}") if echoed else one


_LOOPS: Mapping[str, Change] = {"a loop": _looped}
_LOOPS_APART: Mapping[str, Change] = {"a loop behind a text": _loop_within}
MODULE = Module(
    REASONS,
    lambda random, count: _make(_CLEAN, _ESCAPED, _PRINTED, _WORDS, _LOOPS, random, count),
    lambda random, count: _make(
        _CLEAN_APART, _ESCAPED_APART, _PRINTED_APART, _WORDS_APART, _LOOPS_APART, random, count
    ),
    alarms=10,
    found=160,
)
