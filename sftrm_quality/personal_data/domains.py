"""The last parts of the names of hosts that there are."""

MAIL_DOMAINS = frozenset(
    ["com", "net", "org", "kr", "jp", "cn", "tw", "hk", "de", "fr", "uk", "us", "edu", "gov", "co"]
)
"""Those that are nearly always addresses of mail, and no names in a program."""

# Countries (ISO 3166-1, and ac, eu, su, uk of IANA's root zone) but for those that are more often endings of files or
# names in programs: md, py, rs, sh.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc "
    "cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb "
    "gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke "
    "kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
    "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw qa re ro ru rw sa sb sc "
    "sd se sg si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us "
    "uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
# Those of IANA's root zone with most names below them; no names in programs such as data, dot, map, name, select, zip.
_OTHERS = (
    "com net org edu gov mil int biz info pro aero coop museum mobi asia jobs tel travel post xyz online site store "
    "shop app dev cloud tech email live club top vip work team agency studio digital solutions company academy media "
    "news blog design world today life center systems network space website host fun icu buzz global group "
    "international education university school consulting services support software technology marketing finance "
    "capital bank insurance health care clinic hospital legal law page link click seoul korea kim "
    "한국 닷컴 닷넷 中国 中國 公司 网络 香港 台灣 台湾"
)

DOMAINS = frozenset((*_COUNTRIES.split(), *_OTHERS.split()))
"""Last parts of the domains of addresses, in small letters."""
