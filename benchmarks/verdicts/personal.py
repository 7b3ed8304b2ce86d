"""Personal data in records, and numbers and signs that are nobody's: texts that the checks were made with."""

from collections.abc import Callable, Iterator
from random import Random

from benchmarks.verdicts import personal_numbers as made
from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.personal_held_out import set_apart
from benchmarks.verdicts.personal_numbers import REASONS

Writer = Callable[[Random], tuple[str, str]]

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})
_HYPHENS = "‐‑–—−－ㅡ"
_PEOPLE = ["김민서", "이도윤", "박서연", "최하준", "정지우", "강예린", "Jane Park", "Minho Lee", "王芳", "田中一郎"]
# Around a number that the text names: {n} is its name, {v} the number.
_NAMED = [
    ("ko", "접수된 신청서를 읽어 주세요.", "신청인 {p}, {n} {v}, 서울 거주입니다."),
    ("ko", "다음 글에서 누가 신청했나요?", "안녕하세요. {p}입니다. 제 {n}는 {v}이고 내일 다시 연락드리겠습니다."),
    ("ko", "표로 정리해 주세요.", "| 이름 | {n} |\n|---|---|\n| {p} | {v} |"),
    ("ko", "문자를 요약하세요.", "[알림] {p}님 {n}({v}) 확인 바랍니다."),
    ("en", "Summarise the letter.", "Dear team, this is {p}. My {n} is {v}; please update the record."),
    ("en", "What does the form say?", "Applicant: {p}\n{n}: {v}\nSigned in Seoul"),
    ("zh", "请总结这封信。", "您好，我是{p}，{n}：{v}，请查收。"),
    ("ja", "この文を要約してください。", "{p}と申します。{n}は{v}です。よろしくお願いします。"),
    ("code", "Turn this into JSON.", '{{"name": "{p}", "{n}": "{v}", "active": true}}'),
    ("markup", "HTML을 읽고 답하세요.", "<tr><td>{p}</td><td>{n}</td><td>{v}</td></tr>"),
]
# Around one that only its form tells.
_UNNAMED = [
    ("ko", "누구에 대한 글인가요?", "{p} {v} 확인했습니다."),
    ("en", "Who is it?", "{p} ({v}) came by yesterday."),
    ("csv", "첫 행을 설명하세요.", "3,{v},{p},서울\n4,,미정,부산"),
    ("list", "목록을 읽어 주세요.", "1.{v}\n2.{p}"),
    ("code", "SQL을 설명하세요.", "INSERT INTO people VALUES ('{p}', '{v}');"),
    ("zh", "这是谁的信息？", "{p}，{v}，已登记。"),
]
_LANGUAGES = ("ko", "en", "zh", "ja")
_NAMES = {
    "resident_number": dict(
        zip(_LANGUAGES, ("주민등록번호", "resident registration number", "居民登记号", "住民登録番号"), strict=True)
    ),
    "foreigner_number": dict(
        zip(_LANGUAGES, ("외국인등록번호", "alien registration number", "外国人登录号", "外国人登録番号"), strict=True)
    ),
    "mobile_number": dict(zip(_LANGUAGES, ("휴대폰 번호", "mobile number", "手机号", "携帯番号"), strict=True)),
    "email": dict(zip(_LANGUAGES, ("이메일", "e-mail", "邮箱", "メール"), strict=True)),
    "card_number": dict(zip(_LANGUAGES, ("카드번호", "card number", "信用卡号", "カード番号"), strict=True)),
    "passport_number": dict(
        zip(_LANGUAGES, ("여권번호", "passport number", "护照号码", "パスポート番号"), strict=True)
    ),
    "driving_licence_number": dict(
        zip(_LANGUAGES, ("운전면허번호", "driving licence number", "驾照号码", "運転免許番号"), strict=True)
    ),
    "account_number": dict(zip(_LANGUAGES, ("계좌번호", "bank account number", "银行账号", "口座番号"), strict=True)),
}
# What only its name tells from other numbers.
_NEEDS_NAME = {"passport_number", "account_number"}


def make(rng: Random, count: int) -> Iterator[Example]:
    """``count`` planted and ``count`` clean texts of each kind."""
    for kind, reason in REASONS.items():
        for number in range(count):
            form, value = _value(rng, kind)
            carriers = _NAMED if kind in _NEEDS_NAME or form.startswith("named") else _NAMED + _UNNAMED
            language, question, answer = carriers[number % len(carriers)]
            names = _NAMES[kind]
            shown = answer.format(p=rng.choice(_PEOPLE), n=names.get(language, names["ko"]), v=value)
            yield Example(reason, f"{form}, {language}", question, shown, planted=True)
        for number in range(count):
            form, text = _CLEAN[kind][number % len(_CLEAN[kind])](rng)
            yield Example(reason, form, "다음에서 무엇을 읽을 수 있나요?", text, planted=False)


def _joined(rng: Random, parts: tuple[str, ...]) -> tuple[str, str]:
    """Parts of a number in one of the forms that people write."""
    form = rng.choice(["hyphen", "hyphen", "wide", "spaced", "other hyphen", "dots"])
    separator = {"spaced": " - ", "other hyphen": rng.choice(_HYPHENS), "dots": "."}.get(form, "-")
    joined = separator.join(parts)
    return form, joined.translate(_WIDE) if form == "wide" else joined


def _value(rng: Random, kind: str) -> tuple[str, str]:
    if kind in ("resident_number", "foreigner_number"):
        return _resident(rng, foreign=kind == "foreigner_number")
    if kind == "mobile_number":
        parts = made.mobile(rng)
        return rng.choice([_joined(rng, parts), ("blanks", " ".join(parts)), ("bare", "".join(parts))])
    if kind == "email":
        return _email(rng)
    if kind == "card_number":
        number = made.card(rng)
        form, separator = rng.choice(
            [("blanks", " "), ("hyphens", "-"), ("en dashes", "–"), ("wide", "－"), ("bare", "")]
        )
        if form == "bare" and number[0] != "9":
            return form, number
        grouped = made.grouped_card(number, separator or "-")
        return form, grouped.translate(_WIDE) if form == "wide" else grouped
    if kind == "passport_number":
        number = made.passport(rng)
        return rng.choice([("plain", number), ("wide", number.translate(_WIDE)), ("small", number.lower())])
    if kind == "driving_licence_number":
        return _joined(rng, made.licence(rng)) if rng.random() < 0.3 else ("hyphens", "-".join(made.licence(rng)))
    return rng.choice(
        [("hyphens", made.account(rng)), ("blanks", made.account(rng, " ")), ("bare", made.account(rng, ""))]
    )


def _resident(rng: Random, *, foreign: bool) -> tuple[str, str]:
    six, seven = made.resident(rng, foreign=foreign)
    form, joined = _joined(rng, (six, seven))
    # Without a hyphen the last digits have to be no random ones.
    late = seven[0] in "34" and six >= "201005"
    if form == "dots" and late:
        return "hyphen", f"{six}-{seven}"
    return (form, joined) if late or rng.random() < 0.8 else ("bare", six + seven)


def _email(rng: Random) -> tuple[str, str]:
    local = rng.choice(["minseo.kim", "doyun_lee", "park.sy88", "hello+news", "j.choi", "k1990"]) + made.digits(rng, 2)
    host = rng.choice(
        ["naver.com", "gmail.com", "hanmail.net", "snu.ac.kr", "qq.com", "yahoo.co.jp", "kakao.com", "mydata.go.kr"]
    )
    forms = [
        ("plain", "{}@{}"),
        ("wide", "{}＠{}"),
        ("angle", "<{}@{}>"),
        ("spaced", "{} @ {}"),
        ("mailto", "mailto:{}@{}"),
    ]
    form, pattern = rng.choice(forms)
    return form, pattern.format(local, host.upper() if rng.random() < 0.1 else host)


def _order(rng: Random) -> tuple[str, str]:
    day = made.day(rng, "2018-01-01", "2026-11-27")
    number = f"{day:%y%m%d}-{rng.randrange(100000):07d}"
    return "order of the day", rng.choice(
        [f"주문번호 {number}", f"Order {number} was shipped.", f"접수 {number} 처리 중", number]
    )


_NOBODYS: list[Writer] = [
    _order,
    lambda rng: ("random order", f"주문번호 {made.day(rng, '2019-01-01', '2026-11-27'):%y%m%d}-{made.digits(rng, 7)}"),
    lambda rng: ("corporation", f"법인등록번호 {made.corporation(rng)}"),
    lambda rng: ("company", f"사업자등록번호 {made.company(rng)}"),
    lambda rng: ("bar code", f"바코드 {made.ean(rng, '880')} 상품입니다."),
    lambda rng: ("ISBN-13", f"ISBN {made.ean(rng, rng.choice(['978', '979']))}"),
    lambda rng: ("ISBN-10", f"ISBN {made.isbn10(rng, rng.choice(['01', '8', '019', '4']))}"),
    lambda rng: ("milliseconds", f'"created": {rng.randrange(1_500_000_000_000, 1_790_000_000_000)},'),
    lambda rng: ("landline", f"문의: 0{rng.choice(['2', '31', '62'])}-{made.digits(rng, 3)}-{made.digits(rng, 4)}"),
    lambda rng: ("IPv4", ".".join(str(rng.randrange(1, 255)) for _ in range(4))),
    lambda rng: ("float", repr(rng.random() * 10 ** rng.randrange(-3, 6))),
    lambda rng: ("long order", f"order {made.day(rng, '2018-01-01', '2026-11-27'):%y%m%d}{made.digits(rng, 10)}"),
    lambda rng: ("hash", f"commit {''.join(rng.choices('0123456789abcdef', k=40))}"),
    lambda rng: ("tracking", f"운송장번호 {made.digits(rng, 12)} 로 조회하세요."),
    lambda rng: ("moment", f"{made.day(rng, '2000-01-01', '2026-11-27'):%Y%m%d}{made.digits(rng, 6)}에 저장됨"),
    lambda rng: ("money", f"통장 잔액은 {rng.randrange(10**9, 10**11):,}원입니다."),
]
_SIGNS_OF = {
    "matrices": ["out = x@w.reshape(4, 4)", "y = A@B.T", "q@k.transpose(-2, -1)", "a = x@w.f()"],
    "host": ["ssh dev@git.corp.co.kr", "root@web01.internal:~# ls", "scp a.txt kim@host.co.kr:/tmp"],
    "remote": ["git clone git@github.com:org/repo.git", "postgres://app:pw@db.corp.com:5432/app"],
    "file": ["logo@2x.png", "icon@3x.webp", "sprite@dark.svg", "vue@3.4.21", "npm i pkg@1.2.3"],
    "handle": ["@writer@mastodon.social 님이 글을 올렸습니다.", "글쓴이: @kim_writes@mstdn.jp"],
    "reserved": ["user@example.com", "메일: hong@example.org", "<s.kim@example.com>", "a@b.example"],
    "decorator": ["@app.route('/kim')\ndef f(): return 1  # @property"],
}


def _sign(rng: Random) -> tuple[str, str]:
    form = rng.choice([*_SIGNS_OF])
    return form, rng.choice(_SIGNS_OF[form])


_CLEAN: dict[str, list[Writer]] = {kind: [_sign] if kind == "email" else _NOBODYS for kind in REASONS}
_CLEAN["passport_number"] = [
    *_NOBODYS,
    lambda rng: ("part", f"부품 번호 M{made.digits(rng, 8)} 재고 확인"),
    lambda rng: ("visit", f"여권 신청 접수번호 {made.digits(rng, 8)}"),
]
_CLEAN["driving_licence_number"] = [
    *_NOBODYS,
    lambda rng: ("document", f"문서번호 {rng.randrange(11, 27)}-{made.digits(rng, 2)}-{made.digits(rng, 6)}-01"),
]
_CLEAN["account_number"] = [
    *_NOBODYS,
    lambda rng: ("bank's number", f"국민은행 고객센터 02-{made.digits(rng, 4)}-{made.digits(rng, 4)}"),
    lambda rng: ("bank's company", f"신한은행 사업자등록번호 {made.company(rng)}"),
    lambda rng: ("parcel", f"우체국 택배 송장번호 {made.digits(rng, 4)}-{made.digits(rng, 4)}-{made.digits(rng, 4)}"),
]

MODULE = Module(tuple(REASONS.values()), make, set_apart, alarms=5, found=190)
