"""Sentences that say one thing and, with little changed, another: numbers, quantities, negations,
opposites.

Written as people write them, not from the tables of the product; what these have not heard of is to be seen.
"""

from collections.abc import Callable, Mapping

import numpy as np

Pair = tuple[str, str]
Rng = np.random.Generator

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_NATIVE = ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두", "스무"]
_SINO = ["일", "이", "삼", "사", "오", "육", "칠", "팔", "구"]
_ENGLISH = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirty"]
_FORMULAS = [
    *(("H₂O", "H₂O₂"), ("CO₂", "CO₃"), ("N₂O", "N₂O₄"), ("C₂H₄", "C₂H₆"), ("O₂", "O₃"), ("Fe²⁺", "Fe³⁺")),
    *(("H2SO3", "H2SO4"), ("m²", "m³")),
]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]


def _two(rng: Rng, values: list[str]) -> Pair:
    one, other = rng.choice(len(values), 2, replace=False).tolist()
    return values[one], values[other]


def _digits(rng: Rng, count: int) -> Pair:
    """Two numbers of this many digits that differ in one of them."""
    digits = [*rng.integers(1, 10, 1).tolist(), *rng.integers(0, 10, count - 1).tolist()]
    changed, place = list(digits), int(rng.integers(count))
    changed[place] = (changed[place] + int(rng.integers(1, 9))) % 10 or 9
    if changed == digits:
        changed[place] = 1
    return "".join(map(str, digits)), "".join(map(str, changed))


def _grouped(rng: Rng) -> Pair:
    one, other = _digits(rng, int(rng.integers(4, 9)))
    return f"{int(one):,}", f"{int(other):,}"


def _decimal(rng: Rng) -> Pair:
    one, other = _digits(rng, 3)
    moved = f"{one[0]}.{one[1:]}", f"{one[:2]}.{one[2:]}"
    return moved if rng.random() < 0.5 else (f"{one[0]}.{one[1:]}", f"{other[0]}.{other[1:]}")


def _power(rng: Rng, raised: bool) -> Pair:
    base = ["10", "2", "3.2×10", "x", "e"][int(rng.integers(5))]
    exponents = rng.choice(np.arange(-12, 31), 2, replace=False).tolist()
    one, other = (str(e).translate(_RAISED) if raised else f"^{e}" for e in exponents)
    return base + one, base + other


def _sign(rng: Rng) -> Pair:
    number = f"{rng.integers(1, 90)}{'.5' if rng.random() < 0.2 else ''}"
    return number, ["-", "−", "–"][int(rng.integers(3))] + number


def _swapped(rng: Rng) -> Pair:
    one, other = _digits(rng, 2)
    names = ["서울 {}, 부산 {}", "A는 {}, B는 {}", "{} against {}", "{}:{}", "from {} to {}", "{}에서 {}까지"]
    frame = names[int(rng.integers(len(names)))]
    return frame.format(one, other), frame.format(other, one)


def _repeated(rng: Rng) -> Pair:
    one, other = _digits(rng, 2)
    frame = ["월 {}, 화 {}, 수 {}", "{}, then {}, then {}", "첫 줄 {}, 다음 줄 {}, 끝 줄 {}"][int(rng.integers(3))]
    return frame.format(one, one, other), frame.format(one, other, other)


def _of_kind(rng: Rng, frame: str, values: list[str]) -> Pair:
    one, other = _two(rng, values)
    return frame.format(one), frame.format(other)


NUMBERS: Mapping[str, Callable[[Rng], Pair]] = {
    "integer": lambda rng: _digits(rng, int(rng.integers(1, 5))),
    "grouped": _grouped,
    "decimal": _decimal,
    "power": lambda rng: _power(rng, False),
    "raised power": lambda rng: _power(rng, True),
    "sign": _sign,
    "percent": lambda rng: _of_kind(rng, "{}%", [str(n) for n in range(1, 100)]),
    "fraction": lambda rng: _two(rng, ["1/2", "1/3", "2/3", "3/4", "5/8", "½", "¼", "¾"]),
    "date": lambda rng: _of_kind(rng, "2024년 3월 {}일", [str(n) for n in range(1, 31)]),
    "time": lambda rng: _of_kind(rng, "14:{:0>2}", [str(n) for n in range(60)]),
    "formula": lambda rng: _FORMULAS[int(rng.integers(len(_FORMULAS)))],
    "version": lambda rng: _of_kind(rng, "v3.{}.1", [str(n) for n in range(20)]),
}
"""By form: two numbers in digits that are not the same."""

QUANTITIES: Mapping[str, Callable[[Rng], Pair]] = {
    "swapped": _swapped,
    "repeated": _repeated,
    "Korean words": lambda rng: _of_kind(rng, "{} 시간", _NATIVE),
    "Sino-Korean words": lambda rng: _of_kind(rng, ["{}백 명", "{}십만 원", "제{}장"][int(rng.integers(3))], _SINO),
    "English words": lambda rng: _of_kind(rng, "{} hours", _ENGLISH),
    "ordinals": lambda rng: _two(
        rng, ["첫 번째", "두 번째", "세 번째", "마지막"] if rng.random() < 0.5 else ["first", "second", "third", "last"]
    ),
    "Roman": lambda rng: _of_kind(rng, "Part {}", _ROMAN),
    "large units": lambda rng: _two(
        rng, ["3만 원", "3억 원", "3조 원"] if rng.random() < 0.5 else ["3 million", "3 billion", "3 thousand"]
    ),
    "units": lambda rng: _two(rng, ["5 mg", "5 g", "5 kg", "5 ml", "5 cm", "5 km"]),
}
"""By form: the same numbers in other places, numbers in words, other units."""

NUMBER_FRAMES = (
    ("측정한 값은 {}이었다.", "정답은 {}입니다.", "기준은 {}으로 정해졌다.", "그 수를 {}으로 놓고 풀어 보자."),
    ("the value is {} here.", "we set it to {} at first.", "it comes to {} in the end.", "the answer is {} then."),
)
"""Sentences round a value: Korean, English."""

_KOREAN_NEGATIONS = {
    "지 않다": "적용됩니다/적용되지 않습니다|발견되었다/발견되지 않았다|비가 오면/비가 오지 않으면"
    "|바뀐다/바뀌지는 않는다"
    "|중요하다/중요하진 않다|쉬운 일이다/쉽지 않은 일이다|남아 있다/남아 있질 않다",
    "안": "문을 닫는다/문을 안 닫는다|연락했다/연락 안 했다|먹어도 돼요/먹으면 안 돼요|잘돼요/잘 안돼요"
    "|자주 씻는다/자주 안 씻는다|그 사람은 운다/그 사람은 안 운다|불을 끈다/불을 안 끈다|버스가 선다/버스가 안 선다",
    "못": "참석했다/참석하지 못했다|끝냈다/못 끝냈다|도움이 된다/도움이 못 된다|혼자서 합니다/혼자서 못합니다",
    "없다": "신청할 수 있습니다/신청할 수 없습니다|자격이 있다/자격이 없다|그럴 리가 있다/그럴 리가 없다"
    "|필요합니다/필요 없습니다|재미있게/재미없게|변함이 있으며/변함이 없으며|문제가 있음/문제가 없음",
    "아니다": "물고기이다/물고기가 아니다|사실입니다/사실이 아닙니다|의무예요/의무가 아녜요"
    "|모두 그렇다/모두 그런 것은 아니다"
    "|정답이지/정답이 아니지",
    "말다": "열어 두세요/열어 두지 마세요|누르고 기다리십시오/누르지 말고 기다리십시오|섞어 쓰시오/섞어 쓰지 마시오"
    "|걱정하자/걱정하지 말자|그렇게 하십시오/그렇게 하지 마십시오",
    "모르다": "알고 있었다/모르고 있었다|잘 압니다/잘 모릅니다",
    "찮다": "만만하다/만만찮다|적은 돈이/적잖은 돈이|그렇지/그렇잖지|괜찮아요/안 괜찮아요",
    "불, 비, 무, 미": "가능합니다/불가능합니다|합법이다/불법이다|공식 발표/비공식 발표|회원은/비회원은"
    "|규칙적으로/불규칙적으로"
    "|성년자/미성년자|완성 원고/미완성 원고|친절했다/불친절했다|정상적인/비정상적인"
    "|평등하다/불평등하다|해결 사건/미해결 사건|허가 건물/무허가 건물|확인된/미확인된|필요한/불필요한"
    "|동의합니다/부동의합니다",
    "예, 아니요": "네, 가능합니다/아니요, 불가능합니다|예, 그렇습니다/아니요, 그렇지 않습니다"
    "|네, 있습니다/아니요, 없습니다"
    "|응, 맞아/아니, 안 맞아",
}
_ENGLISH_NEGATIONS = {
    "not": "it is allowed/it is not allowed|you may enter/you may not enter|they have agreed/they have not agreed"
    "|this will help/this will not help|not only once/only once|he did so/he did not do so|it can run/it cannot run",
    "n't": "it does work/it doesn't work|we should wait/we shouldn't wait|they can see it/they can't see it"
    "|that was true/that wasn’t true|you must go/you mustn't go|I need it/I needn't have it|it is so/it isnt so"
    "|it is mine/it ain't mine|he shall pay/he shan't pay",
    "no, never": "there is evidence/there is no evidence|always open/never open|everybody knew/nobody knew"
    "|something changed/nothing changed|at all times/at no time|any of them did/none of them did"
    "|both of them/neither of them",
    "without": "with sugar/without sugar|lets us go/keeps us from going|has the right/lacks the right"
    "|if it rains/unless it rains"
    "|manages to open/fails to open|agrees to sign/refuses to sign|often seen/rarely seen|often found/seldom found"
    "|and it works/but it hardly works|is ready now/is yet to be ready|old enough to drive/too old to drive",
    "un": "a happy end/an unhappy end|a known cause/an unknown cause|is safe here/is unsafe here"
    "|quite common/quite uncommon"
    "|the paid work/the unpaid work|is stable/is unstable|was fair/was unfair|fully tested/fully untested"
    "|it was expected/it was unexpected",
    "in, im, ir, il": "direct costs/indirect costs|a secure line/an insecure line|is possible/is impossible"
    "|is perfect/is imperfect|regular verbs/irregular verbs|is reversible/is irreversible|is relevant/is irrelevant"
    "|was legible/was illegible|it is visible/it is invisible|quite accurate/quite inaccurate"
    "|mature trees/immature trees",
    "dis, non, less": "they like it/they dislike it|was honest/was dishonest|connect the cable/disconnect the cable"
    "|read fiction/read nonfiction|for members/for non-members|is toxic/is nontoxic|is harmful/is harmless"
    "|a useful tool/a useless tool"
    "|with careful work/with careless work",
    "yes, no": "Yes, it is/No, it is not|Yes, it does/No, it doesn't|Yes, you can/No, you can't"
    "|Yes, there are/No, there are none"
    "|Yes, that is safe/No, that is unsafe",
}
_OPPOSITES = {
    "Korean": "켜 두면/꺼 두면|왼쪽으로/오른쪽으로|늘어난다/줄어든다|찬성했다/반대했다|증가했다/감소했다"
    "|이상이면/이하이면|이전에/이후에"
    "|승인되었다/반려되었다|포함하여/제외하고|쉽다/어렵다|흔하다/드물다|수출은/수입은|북쪽에/남쪽에|이겼다/졌다"
    "|최대로/최소로|싸게/비싸게"
    "|올랐다/내렸다|참이다/거짓이다|빠르게/느리게|밀어서/당겨서|합격했다/탈락했다|영상 5도/영하 5도|오전에/오후에",
    "English": "turn it on/turn it off|on the left/on the right|it increases/it decreases|above zero/below zero"
    "|before lunch/after lunch|was accepted/was rejected|includes tax/excludes tax|is easy/is hard"
    "|the maximum/the minimum"
    "|they won/they lost|to the north/to the south|it is true/it is false|more often/less often|buy it/sell it"
    "|it rose/it fell"
    "|allows this/prevents this|he confirmed it/he denied it|is cheap/is expensive|passed the test/failed the test"
    "|in favour/against",
}


def _pairs(given: Mapping[str, str], language: str) -> list[tuple[str, str, str]]:
    return [
        (f"{language}: {form}", one, other)
        for form, texts in given.items()
        for one, _, other in (text.partition("/") for text in texts.split("|"))
    ]


NEGATIONS = (_pairs(_KOREAN_NEGATIONS, "Korean"), _pairs(_ENGLISH_NEGATIONS, "English"))
"""Form, a phrase, and what negates it: Korean, English."""
OPPOSITES = tuple(
    [("word", one, other) for _, one, other in _pairs({language: texts}, language)]
    for language, texts in _OPPOSITES.items()
)
"""The same for words that are each other's opposite: Korean, English."""
