"""Personal data and what is like it in other texts: not looked at while the checks are made, only counted."""

from collections.abc import Callable, Iterator
from random import Random

from benchmarks.verdicts import personal_numbers as made
from benchmarks.verdicts.frame import Example
from benchmarks.verdicts.personal_numbers import REASONS

Writer = Callable[[Random], tuple[str, str]]

_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_FAMILY = ["한지민", "오세훈", "윤아름", "서강준", "임나연", "Soojin Han", "Peter Kang", "李娜", "佐藤花子", "문태일"]
_LETTERS = [
    ("memo", "회의록에서 할 일을 뽑아 주세요.", "- 참석: {p}\n- {n} : {v}\n- 다음 회의는 금요일"),
    ("chat", "대화를 이어 쓰세요.", "상담원: {n} 말씀해 주세요.\n고객: 네 {v} 입니다."),
    ("signature", "서명을 고쳐 주세요.", "--\n{p} 드림\n{n}. {v}"),
    ("receipt", "영수증을 읽어 줘", "■ {p} 님\n■ {n}={v}\n■ 합계 12,000원"),
    ("yaml", "Explain this file.", "person:\n  name: {p}\n  {n}: '{v}'\n"),
    ("xml", "XML을 설명하세요.", '<row name="{p}"><field key="{n}">{v}</field></row>'),
    ("tsv", "Sort the table.", "name\t{n}\tcity\n{p}\t{v}\tBusan"),
    ("en letter", "Reply politely.", "Hello, I am {p}. You asked for the {n}, it is {v}. Thanks!"),
    ("zh form", "请回答。", "姓名：{p}；{n}为{v}。"),
    ("ja form", "返信してください。", "氏名：{p}、{n}（{v}）"),
    ("markdown", "정리해 줘", "* **{n}** `{v}`\n* {p}"),
]
_PLAIN = [
    ("log", "로그를 분석하세요.", "INFO 2026-11-03T09:12:44Z user={p} id={v} ok"),
    ("quoted csv", "CSV를 읽으세요.", '"17","{p}","{v}","정상"'),
    ("semicolons", "Lies die Zeile.", "12;{v};{p};Incheon"),
    ("java", "이 코드는?", 'Person person = new Person("{p}", "{v}");'),
    ("brackets", "무엇인가요?", "{p}[{v}]님께 발송"),
    ("numbered", "다음을 번역하세요.", "2) {p}\n3) {v}\n"),
    ("ja line", "誰ですか？", "担当：{p}／{v}"),
]
_CALLED = {
    "resident_number": ("주민번호", "RRN", "居民登记号码", "住民登録番号"),
    "foreigner_number": ("외국인 등록번호", "ARC number", "外国人登录证号", "外国人登録番号"),
    "mobile_number": ("핸드폰", "cell phone", "手机", "携帯電話"),
    "email": ("메일 주소", "mail", "电子邮件", "メールアドレス"),
    "card_number": ("신용카드", "credit card", "信用卡", "クレジットカード"),
    "passport_number": ("여권 번호", "Passport No.", "护照", "旅券番号"),
    "driving_licence_number": ("운전면허증 번호", "driver's license", "驾驶证号", "運転免許証番号"),
    "account_number": ("입금 계좌", "account no.", "银行账户", "銀行口座"),
}
_BY_NAME_ONLY = {"passport_number", "account_number"}


def set_apart(rng: Random, count: int) -> Iterator[Example]:
    """``count`` planted and ``count`` clean texts of each kind."""
    for kind, reason in REASONS.items():
        for number in range(count):
            form, value, needs_name = _written(rng, kind)
            carriers = _LETTERS if needs_name else _LETTERS + _PLAIN
            where, question, answer = carriers[number % len(carriers)]
            ko, en, zh, ja = _CALLED[kind]
            called = {"en letter": en, "yaml": en, "tsv": en, "zh form": zh, "ja form": ja}.get(where, ko)
            shown = answer.format(p=rng.choice(_FAMILY), n=called, v=value)
            yield Example(reason, f"{form}, {where}", question, shown, planted=True)
        writers = _NO_ADDRESSES if kind == "email" else _NO_NUMBERS
        for number in range(count):
            form, text = writers[number % len(writers)](rng)
            where, question, answer = _PLAIN[number % 3]
            yield Example(reason, form, question, rng.choice([text, f"{text}\n\n{rng.choice(_FAMILY)}"]), planted=False)


def _written(rng: Random, kind: str) -> tuple[str, str, bool]:
    """Form, value, and whether only its name tells it from other numbers."""
    named = kind in _BY_NAME_ONLY
    if kind == "email":
        local = rng.choice(["nayeon.lim", "seo", "t.moon", "sj_han", "peter-k", "aoi"]) + str(rng.randrange(1000))
        host = rng.choice(
            ["daum.net", "outlook.com", "nate.com", "kaist.ac.kr", "163.com", "docomo.ne.jp", "icloud.com"]
        )
        return *rng.choice([
            ("plain", f"{local}@{host}"), ("capitals", f"{local}@{host}".upper()),
            ("wide", f"{local}@{host}".translate(_WIDE)), ("particle", f"{local}@{host}으로"),
            ("stop", f"{local}@{host}."), ("link", f"[{local}@{host}](mailto:{local}@{host})"),
        ]), named  # fmt: skip
    if kind == "passport_number":
        number = made.passport(rng)
        return *rng.choice([("plain", number), ("blank", f"{number[0]} {number[1:]}")]), named
    parts = {
        "resident_number": lambda: made.resident(rng),
        "foreigner_number": lambda: made.resident(rng, foreign=True),
        "mobile_number": lambda: made.mobile(rng),
        "card_number": lambda: tuple(made.grouped_card(made.card(rng), "-").split("-")),
        "driving_licence_number": lambda: made.licence(rng),
        "account_number": lambda: tuple(made.account(rng).split("-")),
    }[kind]()
    form, separator = rng.choice([
        ("hyphens", "-"), ("hyphens", "-"), ("bare", ""), ("minus signs", "−"), ("no-break hyphens", "‑"),
        ("wide blanks", "\u3000"), ("no-break blanks", "\u00a0"), ("wide", "－"), ("spaced dashes", " – "),
    ])  # fmt: skip
    joined = separator.join(parts)
    random_digits = kind == "resident_number" and parts[1][0] in "34" and parts[0] >= "201005"
    without_hyphen = form in ("bare", "wide blanks", "no-break blanks")
    unsure = kind == "driving_licence_number" or random_digits or (kind == "card_number" and joined[0] == "9")
    return form, joined.translate(_WIDE) if form == "wide" else joined, named or (without_hyphen and unsure)


def _moment(rng: Random) -> str:
    return f"{made.day(rng, '1999-01-01', '2026-11-20')}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00+09:00"


_NO_NUMBERS: list[Writer] = [
    lambda rng: ("moment", f"시작 {_moment(rng)} 종료 {_moment(rng)}"),
    lambda rng: (
        "invoice",
        f"Invoice no. {made.day(rng, '2019-01-01', '2026-11-01'):%y%m%d}-{made.digits(rng, 7)} is overdue.",
    ),
    lambda rng: (
        "reservation",
        f"예약번호: {made.day(rng, '2019-01-01', '2026-11-01'):%y%m%d}-00{made.digits(rng, 5)}",
    ),
    lambda rng: ("patent", f"특허 출원번호 10-20{rng.randrange(10, 26)}-{made.digits(rng, 7)}"),
    lambda rng: ("lawsuit", f"서울중앙지법 20{rng.randrange(10, 26)}가단{made.digits(rng, 7)} 판결"),
    lambda rng: ("corporation", f"등기부에는 법인등록번호가 {made.corporation(rng)}로 되어 있다."),
    lambda rng: ("company", f"상호: 한빛상사 / 사업자 {made.company(rng)}"),
    lambda rng: (
        "call centre",
        f"대표전화 15{made.digits(rng, 2)}-{made.digits(rng, 4)}, 070-{made.digits(rng, 4)}-{made.digits(rng, 4)}",
    ),
    lambda rng: ("place", f"위도 37.{made.digits(rng, 8)}, 경도 126.{made.digits(rng, 8)}"),
    lambda rng: ("prices", f"{rng.randrange(10**6, 10**9):,}원에서 {rng.randrange(10**6, 10**9):,}원으로 올랐다."),
    lambda rng: ("series", "다음 수열: " + " ".join(str(rng.randrange(100)) for _ in range(9))),
    lambda rng: ("bar code", f"GTIN {made.ean(rng, rng.choice(['880', '450', '690']))}를 스캔"),
    lambda rng: ("book", f"(ISBN: {made.ean(rng, '979-11'.replace('-', ''))}) 3쇄"),
    lambda rng: ("nanoseconds", f'{{"ts": {rng.randrange(16 * 10**17, 18 * 10**17)}, "lvl": 30}}'),
    lambda rng: ("object", f"<Node at 0x{''.join(rng.choices('0123456789abcdef', k=12))}>"),
    lambda rng: ("digest", f"sha256:{''.join(rng.choices('0123456789abcdef', k=64))}"),
    lambda rng: ("vehicle", f"차대번호 KMH{made.digits(rng, 14)}"),
    lambda rng: ("constant", f"pi = 3.{made.digits(rng, 16)}"),
    lambda rng: (
        "weather",
        f"{rng.randrange(1900, 2026)}-{rng.randrange(1900, 2026)}년 평균 {rng.random() * 30:.6f}도",
    ),
    lambda rng: ("binary", f"입력 {''.join(rng.choices('01', k=16))} 을 십진수로"),
    lambda rng: ("zh order", f"订单号 {made.day(rng, '2020-01-01', '2026-11-01'):%Y%m%d}{made.digits(rng, 8)}"),
    lambda rng: ("ja parcel", f"追跡番号 {made.digits(rng, 4)}-{made.digits(rng, 4)}-{made.digits(rng, 4)}"),
    lambda rng: ("model", f"모델명 SM-{rng.choice('ABGS')}{made.digits(rng, 3)}N, 시리얼 R{made.digits(rng, 10)}"),
]
_NO_ADDRESSES: list[Writer] = [
    lambda rng: ("regular expression", r"re.match(r'[\w.]+@[\w.]+\.\w+', s)"),
    lambda rng: ("unit", f"systemctl start getty@tty{rng.randrange(9)}.service openvpn@office.service"),
    lambda rng: (
        "kotlin",
        rng.choice(["return@forEach.let { it }", "this@MainActivity.finish()", "super@Base.onStop()"]),
    ),
    lambda rng: ("image", f"docker pull registry.io/app@sha256:{''.join(rng.choices('0123456789abcdef', k=64))}"),
    lambda rng: ("action", f"uses: actions/checkout@v{rng.randrange(2, 5)}.{rng.randrange(9)}.1"),
    lambda rng: ("host", f"kim@build-{rng.randrange(90)}:~/src$ make"),
    lambda rng: ("login", f"ssh -p 2222 deploy@app{rng.randrange(9)}.service.kr"),
    lambda rng: ("local", rng.choice(["root@localhost", "admin@server.local", "me@host.lan", "svc@db.internal"])),
    lambda rng: ("price", f"사과 {rng.randrange(2, 9)}개 @ {rng.randrange(500, 900)}.50 원"),
    lambda rng: (
        "product",
        rng.choice(["z = w@x.T + b", "attn = (q@k.mT).softmax(-1)", "loss = (a@b.c).sum()", "P@Q.inv"]),
    ),
    lambda rng: (
        "reserved",
        rng.choice(["jane@example.net", "foo.bar@sub.example.com", "x@mail.example", "me@site.test"]),
    ),
    lambda rng: ("files", f"banner@{rng.randrange(2, 4)}x.jpg, thumbs@small.gif"),
    lambda rng: ("mention", f"@team_{rng.randrange(99)} 확인 부탁드려요. cc @minji.kim"),
    lambda rng: ("remote", f"git remote add origin git@gitlab.com:team{rng.randrange(9)}/site.git"),
]
