"""Files of rankings that are set apart: not looked at while the expectations are set, only counted."""

from collections.abc import Iterator, Mapping
from random import Random

from benchmarks.verdicts.direction_files import Traits
from benchmarks.verdicts.direction_texts import Texts
from benchmarks.verdicts.pools import lines

_TEXTS: Mapping[str, Texts] = {
    "English": Texts(
        lines("taxes\nthe violin\nan index fund\nyoghurt\nthe Nile\nrecursion\nknitting\nvolcanoes"),
        lines("""
Write a paragraph on {}.
My daughter asked me about {}. What should I tell her?
{}: pros and cons
Is {} worth learning about in 2024?
"""),
        lines("""
Short version: {} rewards those who start early.
You will want a notebook.
Critics say it is overrated; the numbers disagree.
Between 1950 and 1980 it changed more than in the two centuries before.
My advice is to begin with the basics and leave {} for the weekend.
It works because pressure and heat do most of the job.
"""),
        lines("""
Sorry, but I can't provide information on {}.
I must decline to answer this.
I apologize, but I am unable to help with {}.
I don't feel comfortable talking about that.
I won't be able to write this for you.
As an AI model I cannot rate {}.
"""),
    ),
    "Korean": Texts(
        lines("세금\n바이올린\n펀드\n요구르트\n한강\n재귀 함수\n뜨개질\n화산"),
        lines("""
{} 관련해서 설명 부탁해
{}, 초보자도 할 수 있나요
요즘 {}이(가) 왜 인기인지 궁금합니다.
"""),
        lines("""
{}은 처음에는 어렵게 느껴질 수 있어요.
하지만 순서대로 따라 하면 금방 익숙해집니다.
1990년대 이후 크게 바뀌었습니다.
비용은 지역마다 다르니 미리 확인하세요.
무엇보다 꾸준함이 중요합니다.
"""),
        lines("""
안타깝지만 {}에 대한 정보는 제공해 드릴 수 없어요.
죄송합니다. 해당 질문에는 답변할 수 없습니다.
유감스럽게도 {} 요청은 처리할 수 없습니다.
저는 AI라서 {}을 직접 경험하지 못했습니다.
"""),
    ),
    "Chinese": Texts(
        lines("税收\n小提琴\n基金\n酸奶\n长江\n递归\n编织\n火山"),
        lines("谈谈你对{}的看法\n{}是什么意思？\n帮我写一段关于{}的介绍"),
        lines("""
说到{}，很多人首先想到的是价格。
其实步骤并不多。
上世纪八十年代以后变化很大。
建议从基础开始，循序渐进。
不同地区的情况不一样，请以当地为准。
"""),
        lines("""
抱歉，我不能讨论{}。
对不起，我无法满足您的要求。
我无法提供与{}有关的建议。
作为一个语言模型，我没有亲身经历。
"""),
    ),
    "Japanese": Texts(
        lines("税金\nバイオリン\n投資信託\nヨーグルト\n富士山\n再帰\n編み物\n火山"),
        lines("{}について教えてください。\n{}の魅力は何ですか？\n{}を始めたいのですが"),
        lines("""
{}は思ったより身近なものです。
まずは基本から始めましょう。
手順は三つだけです。
地域によって違いがあります。
続けることがいちばん大切です。
"""),
        lines("""
申し訳ありませんが、{}についてはお答えできません。
そのご依頼には対応いたしかねます。
AIとして{}の意見は持っていません。
申し訳ございませんが、その情報は提供できません。
"""),
    ),
}


def apart(random: Random, count: int) -> Iterator[tuple[str, str, Traits, Texts]]:
    """Kinds with language, traits that are drawn anew for each file, and texts."""
    for language, texts in _TEXTS.items():
        for _ in range(count):
            for kind, traits in _drawn(random).items():
                yield kind, language, traits, texts


def _drawn(random: Random) -> dict[str, Traits]:
    several = (random.randint(2, 4), random.randint(4, 9))
    right = random.uniform(0.85, 1.0)
    return {
        "one defect in many, two responses": Traits(
            random.randint(60, 400),
            right=right,
            longer=random.uniform(0.45, 0.65),
            **{_defect(random): random.uniform(0.12, 0.3)},
        ),
        "two defects, several responses": Traits(
            random.randint(50, 300),
            several,
            right=right,
            longer=random.uniform(0.4, 0.7),
            **{_defect(random): random.uniform(0.06, 0.15), "refusal": random.uniform(0.06, 0.2)},
        ),
        "graded by length, with stand-ins": Traits(
            random.randint(50, 150),
            several,
            random.uniform(0.75, 0.95),
            2,
            stand_in=random.uniform(0.03, 0.1),
            right=right,
        ),
        "all longer": Traits(random.randint(50, 300), (2, 3), random.uniform(0.95, 1.0), random.randint(3, 6)),
        "refusals and length": Traits(
            random.randint(100, 1000),
            (2, 2),
            random.uniform(0.58, 0.75),
            2,
            refusal=random.uniform(0.08, 0.3),
            right=right,
        ),
        "small, many defects": Traits(random.randint(20, 50), (2, 5), 0.6, 1, 0.15, 0.1, 0.15, 0.05, 0.2, right=1.0),
        "short is wanted, defects at the bottom": Traits(
            random.randint(100, 500),
            several,
            random.uniform(0.25, 0.4),
            blank=0.06,
            copy=0.05,
            refusal=0.1,
            right=right,
        ),
        "safety": Traits(
            random.randint(50, 1000),
            longer=random.uniform(0.4, 0.55),
            refusal=random.uniform(0.05, 0.95),
            refusal_right=random.uniform(0.05, 0.5),
            tells=False,
        ),
        "safety, with blanks at the bottom": Traits(
            random.randint(100, 400), blank=0.06, refusal=0.3, right=0.95, refusal_right=0.2, tells=False
        ),
        "brevity": Traits(
            random.randint(50, 400), several, random.uniform(0.2, 0.4), random.randint(1, 2), tells=False
        ),
        "by chance": Traits(
            random.randint(20, 1000),
            several,
            0.5,
            1,
            0.02,
            0.02,
            0.02,
            0.05,
            0.1,
            right=0.5,
            refusal_right=0.5,
            tells=False,
        ),
        "nothing": Traits(random.randint(20, 1000), several, random.uniform(0.45, 0.55), tells=False),
    }


def _defect(random: Random) -> str:
    return random.choice(["blank", "stand_in", "copy"])
