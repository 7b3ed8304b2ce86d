"""What prompts and responses of made-up rankings are put together from, by language."""

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.verdicts.pools import lines


class Texts(NamedTuple):
    """prompts and sentences have ``{}`` for a topic."""

    topics: list[str]
    prompts: list[str]
    sentences: list[str]
    refusals: list[str]


STAND_INS = ["N/A", "null", "None", "...", "-", "no answer", "답변 없음", "待补充", "TODO", "undefined"]
BLANKS = ["", " ", "\n\n", "\u200b", "<|endoftext|>"]
BROKEN = ["{}\ufffd", "{}<|im_end|>", "\ufffd\ufffd{}", "{}</s>", "{}<|endoftext|>"]

MADE: Mapping[str, Texts] = {
    "English": Texts(
        lines("bread\nbamboo\nthe tides\na mutex\ncompost\nsoap\nthe moon\nglass\ncoffee\na used bike\nsleep\nrice"),
        lines("""
What is {} and why does it matter?
Explain {} to a child.
Name three things that everybody should know about {}.
How would you describe {} in a letter to a friend?
"""),
        lines("""
Most people meet {} early in life and never ask how it came about.
The first thing to know is that it depends on where you are.
It takes patience, a little water and about two days.
Nobody agreed on the details before the nineteenth century.
In short, {} is easier to understand once you have seen it.
There are three kinds, and only one of them is common.
A good example is what happens in spring.
If you are not sure, ask somebody who works with {} every day.
"""),
        lines("""
I'm sorry, but I can't help with that.
I cannot assist with this request, please ask me about something else.
As an AI language model, I do not have an opinion on this.
Unfortunately, I am unable to answer your question about {}.
"""),
    ),
    "Korean": Texts(
        lines("된장\n대나무\n밀물과 썰물\n뮤텍스\n퇴비\n비누\n달\n유리\n커피\n중고 자전거\n잠\n쌀"),
        lines("""
{}에 대해 알려 주세요.
{}의 장점과 단점은 무엇인가요?
아이에게 {}을(를) 설명해 주세요.
{}에 관한 글을 세 문장으로 써 주세요.
"""),
        lines("""
{}은(는) 우리 생활에서 쉽게 볼 수 있습니다.
먼저 어디에서 쓰이는지 살펴보는 것이 좋습니다.
시간이 조금 걸리지만 누구나 할 수 있는 일입니다.
예전에는 지금과 다른 방식으로 만들었다고 합니다.
정리하면 {}은(는) 알수록 재미있는 주제입니다.
세 가지 종류가 있고 그중 하나가 널리 쓰입니다.
봄에 가장 잘 볼 수 있다는 점도 기억해 두세요.
궁금하면 {} 전문가에게 물어보는 것이 가장 빠릅니다.
"""),
        lines("""
죄송하지만 그 부분은 도와드릴 수 없습니다.
죄송합니다만 {}에 대한 요청은 들어드리기 어렵습니다.
답변을 드릴 수 없습니다. 다른 질문을 해 주세요.
AI 언어 모델로서 {}에 대한 의견은 없습니다.
"""),
    ),
    "Chinese": Texts(
        lines("面包\n竹子\n潮汐\n互斥锁\n堆肥\n肥皂\n月亮\n玻璃\n咖啡\n二手自行车\n睡眠\n大米"),
        lines("""
请介绍一下{}。
{}有什么优点和缺点？
怎样向孩子解释{}？
请用三句话写一写{}。
"""),
        lines("""
{}在日常生活中很常见，但很少有人了解它的来历。
首先要看它用在什么地方。
这需要一点耐心，大约两天就能完成。
过去的做法和现在完全不同。
总之，{}并不像看上去那么复杂。
它分为三种，其中只有一种比较普遍。
春天是观察它的最好时节。
如果不确定，可以请教熟悉{}的人。
"""),
        lines("""
对不起，我不能回答这个问题。
很抱歉，我无法协助完成关于{}的请求。
作为一个人工智能，我没有个人观点。
抱歉，这个内容我无法提供。
"""),
    ),
}
