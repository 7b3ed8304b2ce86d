"""What a text calls a number: the word before it, or right after it, says whose number it is where digits cannot.

The words are those of forms and letters in Korean, English, Chinese and Japanese; the nearest one counts.
"""

import re
from enum import StrEnum


class Label(StrEnum):
    """What a number is called."""

    RESIDENT = "resident"
    PHONE = "phone"
    CARD = "card"
    ACCOUNT = "account"
    PASSPORT = "passport"
    LICENCE = "licence"
    OTHER = "other"


# A label before a number is at most so far away: a line of a table, or the header above its first row.
_BEFORE = 48
# The name of any other number counts only right before it, as in "order no. 12": the text may be about an order.
_ADJACENT = 16
_AFTER = 14

# In plain text (``plain``): the long mark of kana is a hyphen there.
_WORDS = {
    Label.RESIDENT: (
        r"주민\s?등록|주민\s?번호|외국인\s?(?:등록|번호)|거소\s?(?:신고|번호)|\brrn\b|resident(?:'?s)? reg|alien reg|"
        r"foreigner reg|\barc\b|居民(?:登|身)|外国人登|外國人登|住民登|住民番号"
    ),
    Label.PHONE: (
        r"전화|휴대|핸드폰|휴대폰|폰\s?번호|연락처|문자|카톡|\btel|phone|mobile|\bcell|\bhp\b|whatsapp|手机|手機|电话|電話|携帯|联系|連絡"
    ),
    Label.CARD: r"카드|\bcard|\bvisa\b|mastercard|\bamex\b|信用卡|卡号|卡號|カ-ド",
    Label.ACCOUNT: (
        r"계좌|통장|입금|송금|이체|예금|은행|뱅크|농협|신협|수협|새마을금고|우체국|account(?!\s?_?id)|\bacct|\bbank|\biban\b|"
        r"账号|账户|帐号|帳號|賬戶|银行|銀行|口座|振込"
    ),
    Label.PASSPORT: r"여권|passport|护照|護照|旅券|パスポ-ト",
    Label.LICENCE: r"면허|driv\w{2,4}(?:'?s)? licen[cs]e|licen[cs]e (?:no|number)|驾照|驾驶证|駕照|駕駛|免許",
    Label.OTHER: (
        r"주문|예약|접수|송장|배송|택배|추적|관리|일련|시리얼|제품|상품|모델|품번|부품|바코드|사업자|법인|등기|특허|출원|사건|문서|고지|"
        r"청구|거래\s?번호|승인|인증|세션|버전|빌드|타임|도서|학번|사번|회원|고객\s?번호|증권|차대|허가|민원|티켓|좌석|쿠폰|우편|재고|로트|"
        r"의안|계약|공고|고시|입찰|등록\s?코드|상점|가맹|"
        r"order|invoice|tracking|serial|\bs/n\b|\bsku\b|\bisbn|\bissn|\bean\b|\bupc\b|gtin|imei|bar ?code|product|item|"
        r"model|\bpart\b|\bref\b|reference|ticket|booking|reservation|confirmation|transaction|receipt|build|version|commit|hash|"
        r"timestamp|created|updated|epoch|\bunix|session|case no|patent|employee|student|"
        r"\bcorporat|business reg|\blot\b|"
        r"batch|parcel|shipment|订单|訂單|单号|單號|運單|快递|条形码|条码|编号|流水|发票|商品|型号|注文|伝票|追跡|管理番号|品番|型番|製造|"
        r"受付|予約|\bjan\b|整理番号|法人"
    ),
}
_LABEL = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _WORDS.items()), re.IGNORECASE)


def label_of(text: str, start: int, end: int) -> Label | None:
    """What a text calls ``text[start:end]``.

    Args:
        text: As ``plain`` makes it.
        start: Where the number begins.
        end: Where it ends.

    Returns:
        The nearest label before it, else one right after it; None where there is none.
    """
    first = max(0, start - _BEFORE)
    for match in reversed([*_LABEL.finditer(text, first, start)]):
        label = Label(str(match.lastgroup))
        if label is not Label.OTHER or start - match.end() <= _ADJACENT:
            return label
    after = _LABEL.search(text, end, end + _AFTER)
    return Label(str(after.lastgroup)) if after and after.lastgroup != Label.OTHER else None
