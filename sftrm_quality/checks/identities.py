"""Who a text says that it is: a model of another vendor, in the first person, in English, Korean, Chinese and Japanese.

Names are data of a suite, and so are makers; here is how people say what they are. That somebody made something, or
uses it, is said of others: no first person, no alarm.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sftrm_quality.checks.code_spans import is_quoted

# A name that goes on is another one: Claude Monet.
_ENDS = (
    r"(?=$|[.!?,;:\n)\"'-]|\s+(?:an?|your|the|from|by|and|created|made|developed|trained|built|here|ai|model|assistant"
    r"|chatbot|version|ready|designed|powered)\b)"
)
_I_AM = r"(?<![a-z])(?:i am|i['’]m|my name is|my name['’]s|call me)\s+(?:(?:called|named)\s+)?"
_MADE = "(?:trained|developed|created|made|built|designed|powered|released|provided|fine-tuned)"
_ME = r"(?<![가-힣])(?:저는|나는|저의 이름은|제 이름은|내 이름은|(?:전|난)(?=\s))"
_IS = "(?:입니다|이에요|예요|에요|이야|야|라고|이라고|이며|이고|로서|으로서|이라|라는|이라는)"
_ENDED = "(?:입니다|이에요|예요|이야|습니다|되었다|됐다|이다|에요|어요)"
# Where somebody else speaks, or a sign of the zodiac is asked for.
_ELSEWHERE = re.compile(
    "zodiac|star sign|your sign|horoscope|별자리|星座|cover letter|self-introduction of|biograph|dialogue|role-?play"
    "|pretend|act as|translate|번역|대화문|소설|연기해|역할|翻译|翻訳"
)


def identity_in(text: str, asked: str | None, names: Sequence[str], makers: Sequence[str]) -> str | None:
    """What a text says of itself.

    Args:
        text: Normalised.
        asked: The question that it answers, normalised.
        names: Of models, normalised.
        makers: Of those who make them, normalised.

    Returns:
        The words; None where it says nothing of the kind, in quotes, or where the question asks to speak as another.
    """
    if asked and _ELSEWHERE.search(asked):
        return None
    for start, end in _claims(text, tuple(names), tuple(makers)):
        if not is_quoted(text, start, end):
            return text[start:end]
    return None


def _claims(text: str, names: tuple[str, ...], makers: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for pattern in _patterns(names, makers):
        for match in pattern.finditer(text):
            yield match.span()


@lru_cache(maxsize=16)
def _patterns(names: tuple[str, ...], makers: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    name, maker = (
        "(?:" + "|".join(re.escape(one) for one in sorted(some, key=lambda one: (-len(one), one))) + ")"
        for some in (names, makers)
    )
    a_model = r"(?:an?\s+(?:[a-z-]+\s+){0,4}(?:model|assistant|ai|chatbot|bot)\s*(?:called|named|,)?\s*)?"
    sentence = r"[^.!?\n]"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"{_I_AM}{a_model}{name}(?![a-z0-9]){_ENDS}",
            rf"(?<![a-z])as {name}, i\b",
            rf"(?<![a-z])(?:i am|i['’]m|i was|i have been)\s{sentence}{{0,100}}?\b{_MADE}\s+by\s+"
            rf"(?:(?:a team|researchers|engineers|the team)\s+(?:at|of)\s+|the\s+)?{maker}(?![a-z0-9])",
            rf"(?<![a-z])(?:i am|i['’]m)\s{sentence}{{0,60}}?\b(?:model|assistant|ai|chatbot)\s+(?:from|by|of)\s+"
            rf"{maker}(?![a-z0-9])",
            rf"{_ME}\s*(?:[^.!?\n]{{0,30}}\s)?{name}\s*(?:{_IS}|[,.!\n]|$)",
            rf"{name}인\s+(?:저는|제가|나는|저로서)",
            rf"(?:{_ME}|(?<![가-힣])(?:제가|저를))\s[^.!?\n]{{0,60}}?{maker}\s*(?:가|이|에서|에\s*의해|의|사가|팀이|사에서)?\s*"
            rf"(?:\S+\s){{0,2}}?(?:개발(?!자|팀|사)|만든|만들|훈련|학습(?!자)|제작(?!자|진|사)|설계(?!자|사)|구축)[^.!?\n]{{0,40}}?{_ENDED}",
            rf"我(?:是|叫|的名字是)[^。!?！？\n]{{0,15}}?{name}",
            rf"我[^。!?！？\n]{{0,40}}?由\s*{maker}[^。!?！？\n]{{0,10}}(?:开发|训练|创建|创造|研发|打造|推出|製作|開發|訓練)",
            rf"(?:私は|僕は|私の名前は)[^。!?！？\n]{{0,60}}?{name}(?:です|と申します|と言います|といいます|という|,|、)",
            rf"私は[^。!?！？\n]{{0,40}}?{maker}(?:によって|が|に)[^。!?！？\n]{{0,15}}(?:開発|作|訓練|トレーニング)",
        )
    )
