"""E-mail addresses, told from hosts, handles, names of files and the operator ``@`` of Python."""

import re
from collections.abc import Iterator

from sftrm_quality.personal_data.domains import DOMAINS, MAIL_DOMAINS
from sftrm_quality.personal_data.found import PersonalData, PersonalKind

_LETTER = "A-Za-z0-9가-힣ぁ-ヿ一-鿿"
_ADDRESS = re.compile(
    rf"(?P<local>(?<![A-Za-z0-9._%+@-])[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}|(?<![가-힣@])[가-힣]{{1,20}})@"
    rf"(?P<domain>(?:[{_LETTER}-]{{1,63}}\.){{1,8}}(?:[A-Za-z]{{2,24}}(?![A-Za-z0-9_])|한국|닷컴|닷넷|中国|中國|公司|网络|香港|台灣|台湾))"
)
# With blanks around the signs, as people write it to keep it from machines.
_SPACED = re.compile(
    r"(?<![A-Za-z0-9._%+@-])(?P<local>[A-Za-z0-9][A-Za-z0-9._%+-]{1,63}) ?@ ?"
    r"(?P<domain>[A-Za-z0-9-]{2,63}(?: ?\. ?[A-Za-z0-9-]{2,63}){0,3} ?\. ?[A-Za-z]{2,3})(?![A-Za-z0-9_])"
)

# scheme://user:password@host, and what is logged into: ssh user@host, scp FILE user@host:, [user@host ~]$.
_USER_OF_A_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://[^\s/@]{0,80}|\b(?:ssh|mosh|sftp|ssh-copy-id)(?: -[\w-]+(?: [\w./~-]+)?){0,4} +"
    r"|\b(?:scp|rsync)(?: [-\w./:~*]+){1,5} +)\Z"
)
_HOST = re.compile(r":(?:[~/]|[0-9]{2,5}(?![0-9-])|[\w.~-]+[/$#])| ?[~/][\w/.-]{0,40}\]?[#$%]| [~/][\w/.-]{0,40}\]")
_CALL = re.compile(r"\((?:[)0-9'\"-]|[A-Za-z_][\w.]{0,40}[,)=])|\[[0-9:]")
# RFC 2606, section 3.
_RESERVED = {"example.com", "example.net", "example.org", "example.edu"}
# In instructions: "your name at your domain".
_NOBODY = {"user", "username", "name", "yourname", "your", "your.name", "your_name", "your-name", "email", "youremail"}
_NOWHERE = {"domain", "yourdomain", "mydomain", "your-domain", "company", "yourcompany", "email", "site", "yoursite"}
# What Kotlin labels and the like have before the sign.
_KEYWORDS = {"this", "super", "return", "break", "continue"}


def addresses(text: str) -> Iterator[PersonalData]:
    """E-mail addresses in a plain text.

    The domain ends in one that there is (``domains``). Reserved for examples is nobody's, and neither is who logs into
    a host, a handle of a network (@name@host) or a product of matrices.
    """
    for match in _ADDRESS.finditer(text):
        if (end := _end(text, match, match["domain"])) is not None:
            yield PersonalData(PersonalKind.EMAIL, match.start(), end)
    for match in _SPACED.finditer(text):
        domain = match["domain"].replace(" ", "")
        if " " in match[0] and domain.rpartition(".")[2].lower() in MAIL_DOMAINS and _end(text, match, domain):
            yield PersonalData(PersonalKind.EMAIL, *match.span())


def _end(text: str, match: re.Match[str], domain: str) -> int | None:
    """Where an address ends, None if it is none."""
    labels, end = domain.split("."), match.end()
    while len(labels) > 1 and labels[-1].lower() not in DOMAINS:
        end -= len(labels.pop()) + 1
    if len(labels) < 2:
        return None
    local, name, top = match["local"].lower(), labels[-2], labels[-1].lower()
    if ".".join(labels[-2:]).lower() in _RESERVED or local in _KEYWORDS:
        return None
    if local in _NOBODY and name.lower() in _NOWHERE:
        return None
    # x@w.to, A@B.is
    if len(local) < 3 and len(name) < 3 and len(labels) == 2 and top not in MAIL_DOMAINS:
        return None
    if (_CALL.match(text, end) and top not in MAIL_DOMAINS) or _HOST.match(text, end):
        return None
    if _USER_OF_A_HOST.search(text, max(0, match.start() - 120), match.start()):
        return None
    return end
