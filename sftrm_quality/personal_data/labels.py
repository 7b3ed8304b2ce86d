"""What a text calls a number: the word before it, or right after it, says whose number it is where digits cannot.

The words are those of forms and letters in Korean, English, Chinese and Japanese; the nearest one counts.
"""

import re
from enum import StrEnum


class Label(StrEnum):
    """What a number is called. OTHER: by the name of a number that is nobody's; NEAR: right behind a thing that has
    such numbers, as in "order 12"."""

    RESIDENT = "resident"
    PHONE = "phone"
    CARD = "card"
    ACCOUNT = "account"
    PASSPORT = "passport"
    LICENCE = "licence"
    OTHER = "other"
    NEAR = "near"


# A label before a number is at most so far away: a line, or the header above the first row of a table. Below a header
# come many rows.
_BEFORE, _HEADER_BEFORE = 48, 2000
_AFTER = 14

_WORD = r"(?:번호|코드|no\b|num|number|id\b|code|key|#|番号|编号|号)"
_NUMBER = rf"(?:\s?{_WORD}|_(?:no|num|number|id|code|key)\b)"
# In plain text (``plain``): the long mark of kana is a hyphen there.
_WORDS = {
    Label.RESIDENT: (
        r"주민\s?등록|주민\s?번호|외국인\s?(?:등록|번호)|거소\s?(?:신고|번호)|\brrn\b|resident(?:'?s)? reg|alien reg|"
        r"foreigner reg|\barc\b|居民(?:登|身)|外国人登|外國人登|住民登|住民番号"
    ),
    Label.PHONE: (
        r"전화|휴대|핸드폰|폰\s?번호|연락처|문자(?!열)|카톡|\btel|phone|mobile|\bcell|\bhp\b|whatsapp|手机|手機|电话|"
        r"電話|携帯|联系|連絡"
    ),
    Label.CARD: r"카드|\bcard|\bvisa\b|mastercard|\bamex\b|信用卡|卡号|卡號|カ-ド",
    Label.ACCOUNT: (
        r"계좌|통장|입금|송금|이체|예금|은행|뱅크|농협|신협|수협|새마을금고|우체국|account(?!\s?_?id)|\bacct|\bbank|"
        r"账号|账户|帐号|帳號|賬戶|银行|銀行|口座|振込|"
        r"(?:신한|국민|우리|하나|기업|토스|카카오|카뱅|케뱅|\bkb|\bnh|\bibk)[ :)]{0,3}\Z"
    ),
    Label.PASSPORT: r"여권|passport|护照|護照|旅券|パスポ-ト",
    Label.LICENCE: r"면허|driv\w{2,4}(?:'?s)? licen[cs]e|licen[cs]e (?:no|number)|驾照|驾驶证|駕照|駕駛|免許",
}
_THINGS = (
    r"주문|예약|접수|송장|배송|택배|추적|관리(?!자|인)|일련|제품|상품|모델|부품|법인|등기|특허|출원|사건|문서|고지|청구|"
    r"거래|승인|인증|세션|버전|빌드|회원|고객|증권|차대|허가|민원|티켓|좌석|쿠폰|우편|재고|로트|의안|계약|공고|고시|입찰|"
    r"상점|가맹|order|invoice|product|item|model|part|reference|ticket|booking|reservation|confirmation|"
    r"transaction|receipt|build|version|commit|session|case|patent|employee|student|customer|lot|batch|parcel|shipment|"
    r"订单|訂單|运单|運單|快递|发票|商品|型号|注文|伝票|追跡|管理|製造|受付|予約|整理|法人"
)
# Balances and sums are no account numbers.
_OTHERS = (
    r"사업자(?:\s?등록)?|법인\s?등록|시리얼|serial|tracking|바코드|품번|도서|학번|사번|타임\s?스탬프|금액|잔액|합계|"
    r"\bs/n\b|\bsku\b|\bisbn|\bissn|\bean\b|\bupc\b|gtin|imei|bar ?code|hash|timestamp|created|updated|epoch|\bunix|"
    r"business reg|corporate reg|balance|amount|单号|單號|条形码|条码|编号|流水|品番|型番|\bjan\b|余额|残高|金額"
)
_ALL = "|".join(
    [f"(?P<{name}>{pattern})" for name, pattern in _WORDS.items()]
    + [f"(?P<{Label.OTHER}>(?:{_THINGS}){_NUMBER}|{_OTHERS})", f"(?P<{Label.NEAR}>{_THINGS})"]
)
# Every alternative begins with a letter: where none of these is, none of some hundred has to be tried.
_FIRST = "".join(sorted(set(re.findall(r"(?:^|[|(])(?:\?:|\?P<\w+>)?(?:\\b)?([^\W_])", _ALL))))
_LABEL = re.compile(rf"(?=[{_FIRST}])(?:{_ALL})", re.IGNORECASE)
_HEADER = re.compile(
    r"(?P<resident>주민(?:등록)?\s?번호|외국인\s?등록\s?번호)|(?P<account>계좌\s?번호|account (?:no|number)|口座番号|"
    r"账号)"
    r"|(?P<passport>여권\s?번호|passport (?:no|number)|旅券番号|护照号)"
    r"|(?P<licence>면허(?:증)?\s?번호|licen[cs]e (?:no|number))",
    re.IGNORECASE,
)
# Nothing but signs, particles and the words for a number are between the name of a number and the number.
_BETWEEN = re.compile(
    rf"(?>{_WORD}|[^\w\n]|[_가-힣]{{0,2}}[은는이가을를의로]\s|\b(?:is|was|of|no)\b|[は为是])*+\Z", re.IGNORECASE
)
_ROW = re.compile(r"[,;|\t]|</?t[dhr]")


def label_of(text: str, start: int, end: int) -> Label | None:
    """What a text calls ``text[start:end]``.

    Args:
        text: As ``plain`` makes it.
        start: Where the number begins.
        end: Where it ends.

    Returns:
        The nearest label before it, else one right after it, else what the header of its table calls its column; None
        where there is none.
    """
    for match in reversed([*_LABEL.finditer(text, max(0, start - _BEFORE), start)]):
        label = Label(str(match.lastgroup))
        if label not in (Label.OTHER, Label.NEAR) or _BETWEEN.match(text, match.end(), start):
            return label
    after = _LABEL.search(text, end, end + _AFTER)
    if after and after.lastgroup not in (Label.OTHER, Label.NEAR):
        return Label(str(after.lastgroup))
    return _header(text, start)


def _header(text: str, start: int) -> Label | None:
    """What the nearest header calls a number in a row of a table."""
    row = text.rfind("\n", max(0, start - _HEADER_BEFORE), start) + 1
    if not row or not _ROW.search(text, row, start + 200):
        return None
    found = [*_HEADER.finditer(text, max(0, start - _HEADER_BEFORE), row)]
    return Label(str(found[-1].lastgroup)) if found else None
