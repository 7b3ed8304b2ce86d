"""Ordinary questions and answers, and how examples are drawn from lines of text by form."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from benchmarks.verdicts.frame import Example

_SIGNS = str.maketrans({"⏎": "\n", "␛": "\x1b", "␌": "\x0c", "␇": "\x07", "␉": "\t", "␍": "\r"})
_AROUND = ("{}", "{}", "{} ", "{}\n", "Q. {}", "질문: {}")
Pair = tuple[str, str]
Maker = Callable[[Random], Pair]


def lines(text: str) -> list[str]:
    """The lines of a text, with signs for line ends and controls as these."""
    return [line.translate(_SIGNS) for line in text.strip("\n").split("\n")]


QUESTIONS = lines(r"""
대나무는 왜 빨리 자라나요?
Why does bread rise?
된장과 청국장은 무엇이 다른가요?
How do noise-cancelling headphones work?
김치찌개를 맛있게 끓이는 방법을 알려 주세요.
Explain what a mutex does.
为什么天空是蓝色的？
請介紹一下台北的夜市。
なぜ空は青いのですか？
東京で一日過ごすならどこがおすすめですか？
등산화 끈이 자꾸 풀리는데 어떻게 묶을까요?
Name two uses of vinegar besides cooking.
What is the difference between a fruit and a vegetable?
종이는 몇 번까지 접을 수 있나요?
Write a short poem about the sea.
자기소개서의 첫 문단을 써 주세요.
Give me three tips for a job interview.
如何保持健康的睡眠？
効率よく勉強する方法を教えてください。
Summarise the causes of the First World War.
회의록은 어떻게 쓰면 좋나요?
What should I check before buying a used bike?
우리 나라의 봄 날씨를 설명해 주세요.
오늘 날씨를 알려 주세요.
写一个关于友情的小故事。
Translate the sentence into Korean: The train is late.
Write a Python function that reverses a list.
리스트를 뒤집는 파이썬 함수를 작성해 주세요.
What is compost?
Who was Marie Curie?
""")
ANSWERS = lines(r"""
마디마다 생장점이 있어 여러 곳이 한꺼번에 길어지기 때문입니다.
Yeast eats sugar and gives off carbon dioxide, which the gluten holds.
된장은 몇 달 숙성하고, 청국장은 이삼일만 띄웁니다.
They record the outside sound and play its mirror image.
因为空气分子对短波长的光散射得更强。
空気の分子が短い波長の光を強く散乱するからです。
두 번 감아 당긴 뒤 나비매듭을 하면 잘 풀리지 않습니다.
It removes lime from kettles and takes the smell out of sponges.
A fruit holds the seeds of a plant; a vegetable is any other part.
보통 종이는 일곱 번쯤이 한계입니다. 접을 때마다 두께가 두 배가 되기 때문입니다.
先放松身体，再慢慢呼吸，最后关掉手机。
毎日同じ時間に寝ると、体が楽になります。
""")


def asked(text: str) -> Maker:
    """A question and the answer that it asks for, of lines with `=>` between them."""
    pairs = [line.split("=>", 1) for line in lines(text)]

    def make(random: Random) -> Pair:
        question, answer = random.choice(pairs)
        return random.choice(_AROUND).replace("{}", question), answer

    return make


def ordinary(random: Random) -> Pair:
    """A question and an answer, not always its own."""
    return random.choice(QUESTIONS), random.choice(ANSWERS)


def examples(reason: str, makers: Mapping[str, Maker], planted: bool, random: Random, count: int) -> Iterator[Example]:
    """So many examples of the forms in turn."""
    forms = list(makers)
    for at in range(count):
        form = forms[at % len(forms)]
        question, answer = makers[form](random)
        yield Example(reason, form, question, answer, planted)
