"""Korean: no sentence is missing and none has other parameters, its words are those of the field, and what is stored in
English is said in Korean wherever a person reads it."""

import ast
import io
import json
import re
import string
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from rich.console import Console

from flows.commands.terminal import print_findings
from flows.terminal_text import safe
from sftrm_quality.acts import read_acts
from sftrm_quality.checks import read_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.config_loading import load_config
from sftrm_quality.decisions import signed
from sftrm_quality.errors import ConfigError
from sftrm_quality.findings.found import Found
from sftrm_quality.findings.listing import listed
from sftrm_quality.job import handles
from sftrm_quality.output import OutputFolder
from sftrm_quality.records import Severity
from sftrm_quality.reports import html
from sftrm_quality.reports.page_names import in_all_languages
from sftrm_quality.reviews import read_reviews
from sftrm_quality.run_record import text_of, told_of
from sftrm_quality.time_zones import moment
from sftrm_quality.words import (
    VARIABLE,
    bound,
    described,
    joined,
    language_around,
    number,
    recognised,
    recognised_skeletons,
    retold,
    say,
    say_of,
    share,
    skeleton_of,
    speaking_in,
)
from sftrm_quality.words.recognised import with_all
from tests.conftest import ROOT
from tests.report_example import browse_page, held, index_page, nights, published, read, run_page
from tools import catalogue

# What this field says in Korean otherwise; a word that is right elsewhere is told by what is around it.
NOT_SAID = {
    r"기록(?!합)": "레코드",
    r"(?<!오픈)소스": "출처",
    r"딜리버리": "납품분",
    r"(?<!결정 )이유(?!를 짧게|는 보이는|와 함께)": "사유 (of a record); a person's reason is 결정 이유",
    r"(?<!서로)게이트|홀드": "게시 판정, 보류",
    r"출시": "릴리스",
    r"근접": "유사",
    r"밸리데이션|트레이닝|테스트": "검증, 학습, 시험",
    r"되어지|지게 됩|에 의해": "no translated passives",
}


@pytest.fixture(scope="module")
def translated():
    """English sentences with their Korean ones."""
    with catalogue.FILE.with_name("ko.po").open("rb") as file:
        found = read_po(file, "ko")
    one = {m.id: m.string for m in found if isinstance(m.id, str) and m.id}
    return one | {m.id[1]: m.string[0] for m in found if not isinstance(m.id, str)}


def parameters(sentence):
    return {name for _, name, *_ in string.Formatter().parse(sentence) if name is not None}


def markup(sentence):
    return sorted(re.findall(r"</?\w+", sentence))


def test_no_sentence_is_missing_and_none_has_other_parameters(translated):
    assert catalogue.FILE.with_name("ko.po").read_text("utf-8") == catalogue.translated_text("ko"), "make catalogue"
    assert len(translated) > 1_400
    assert [english for english, korean in translated.items() if not korean] == []
    other = {e: k for e, k in translated.items() if parameters(e) - {"count"} != parameters(k) - {"count"}}
    assert other == {}
    assert {e for e, k in translated.items() if "count" in parameters(e) and "count" not in parameters(k)} == set()
    # The markup of a sentence is ours, and is the same in every language.
    marks = {
        e: k for e, k in translated.items() if sorted(re.findall(r"</?\w+", e)) != sorted(re.findall(r"</?\w+", k))
    }
    assert marks == {}


def test_what_the_program_reads_is_what_people_wrote():
    assert catalogue.FILE.with_name("ko.mo").read_bytes() == catalogue.compiled("ko"), "make catalogue"


def test_no_sentence_is_said_where_nobody_finds_it():
    """Babel looks into no f-string of Python 3.11."""
    within = []
    for path in sorted(p for folder in ("flows", "sftrm_quality") for p in (ROOT / folder).rglob("*.py")):
        for outer in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(outer, ast.JoinedStr):
                calls = [node for node in ast.walk(outer) if isinstance(node, ast.Call) and node.args]
                named = [c for c in calls if getattr(c.func, "id", "") in ("say", "say_of", "phrase", "form_of")]
                within += [(path.name, c.lineno) for c in named if isinstance(c.args[0], ast.Constant)]
    assert within == []


@pytest.mark.parametrize("pattern", NOT_SAID)
def test_words_are_those_of_the_field(translated, pattern):
    texts = [*translated.values(), *(d for s in SUITES.all for e in s.entries for d in e.descriptions.values())]
    assert [text for text in texts if re.search(pattern, text)] == [], f"say {NOT_SAID[pattern]}"


SUITES = read_suites(SHIPPED_EXPECTATIONS)


def test_every_check_says_in_korean_what_it_asks_for(tmp_path):
    for suite in SUITES.all:
        assert [e.reason for e in suite.entries if not re.search("[가-힣]", e.descriptions.get("ko", ""))] == []
        document = json.loads((SHIPPED_EXPECTATIONS / suite.file).read_text("utf-8"))
        for entry in document["expectations"]:
            del entry["meta"]["description_ko"]
        (tmp_path / suite.file).write_text(json.dumps(document), "utf-8")
    # What is said to people changes no release.
    assert read_suites(tmp_path).hash == SUITES.hash


class _Texts(HTMLParser):
    """What a page says, without codes, data and what only machines read."""

    OF_DATA = frozenset({"code", "bdi", "time", "style", "script", "blockquote"})
    VOID = frozenset({"meta", "input", "rect", "path", "circle", "wbr"})

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found, self._open = [], []
        self.feed(re.sub("</?(?:wbr|mark)[^>]*>", "", page))

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self._open.append(tag)
        self.found += [v for n, v in attrs if n in ("aria-label", "title", "placeholder") and v]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self._open.pop()

    def handle_data(self, data):
        if not self.OF_DATA & {*self._open}:
            self.found.append(data)


# Codes, names and units that are so in Korean too.
ENGLISH = re.compile(
    r"English|(?:SFT|RM|PPO)data|SFT|RM|MiB|report\.json|[\w./#!-]*\w\.(?:jsonl?|csv|parquet|gz|zip)[\w!/.]*|KST|UTC|ID|CSV|Parquet|JSON"
    r"|\b[a-z]+(?:_[a-z]+)+\b|\d{8}T\d{6}Z-[0-9a-f]+|r-[0-9a-f]{16}|AI Hub|pandas"
)


def english_in(page, data=()):
    """Pieces with three English words or more, that are no codes and not of the data."""
    found = []
    for text in _Texts(page).found:
        text = " ".join(text.split())
        if text in data:
            continue
        # What is in quotes is of the data.
        text = ENGLISH.sub(" ", re.sub(r"'[^']*'|\"[^\"]*\"", " ", text))
        if re.search(r"(?:[A-Za-z]{2,}[ ,;:]+){2}[A-Za-z]{2,}", text):
            found.append(text)
    return found


def test_pages_in_korean_have_no_english_sentence(samples_run):
    report = samples_run.report
    with speaking_in("ko"):
        pages = [run_page(report), browse_page(report), index_page([*nights(), report])]
    for page in pages:
        assert '<html lang="ko">' in page and len(re.findall("[가-힣]{2,}", page)) > 40
        known = {text for sample in report["samples"]["quarantined"] for text in (sample["detail"],)}
        assert english_in(page, known) == []


def test_details_of_the_samples_are_said_in_korean(samples_run):
    details = [sample["detail"] for sample in samples_run.report["samples"]["quarantined"]]
    with speaking_in("ko"):
        told = [recognised(detail) for detail in details]
    assert len(details) > 20
    assert [t for t in told if re.search(r"\b(is|are|the|expected|record|not)\b", re.sub("'.*?'", "", t))] == []


def test_what_is_stored_is_english_and_is_said_in_korean(samples_run):
    report = read(samples_run.report)
    assert all(finding.said for finding in report.findings) and all(report.changes.said)
    with speaking_in("ko"):
        for finding in report.findings:
            assert re.search("[가-힣]", finding.said_text) and not re.search("[가-힣]", finding.text)
        assert [s for s in report.changes.said_sentences if not re.search("[가-힣]", s)] == []
    assert [finding.said_text for finding in report.findings] == [finding.text for finding in report.findings]


def test_findings_of_a_run_are_listed_in_korean(samples_run):
    report = read(samples_run.report)
    with speaking_in("ko"):
        printed = Console(file=io.StringIO(), width=400)
        print_findings(printed, report, handles(report.findings))
        expected = [safe(finding.said_text) for finding in report.findings]
    shown = printed.file.getvalue()
    assert expected and [text for text in expected if text not in shown] == []


def test_reviews_are_shown_in_korean_though_their_places_are_stored_in_english():
    with speaking_in("ko"):
        (section,) = re.findall('<section id="reviews".*?</section>', run_page(published()), re.DOTALL)
    assert "waivers.yaml, 1번째 예외 승인: silence" in section and "corrections/kim.jsonl, 1번째 줄부터" in section
    reasons = ("silence is the answer there", "until they have mended it")
    assert [text for text in english_in(section) if not text.endswith(reasons)] == []


def test_what_is_wrong_with_what_people_wrote_is_said_in_korean(tmp_path):
    output, reviews = OutputFolder(tmp_path), tmp_path / "reviews"
    output.acts.write_bytes(b"{\n")
    (reviews / "corrections").mkdir(parents=True)
    record = "sft-" + "0" * 32
    (reviews / "corrections" / "a.jsonl").write_text(json.dumps({"record": record, "by": "Kim", "why": "cut off"}))
    with speaking_in("ko"):
        (damaged,) = read_acts(output).damaged
        assert "처리 의견이 아닙니다(JSON이 아닙니다: " in damaged
        with pytest.raises(ConfigError, match="1번째 줄: 필요한 값이 없습니다"):
            read_reviews(reviews)
        (reviews / "corrections" / "a.jsonl").write_text('{"record" 1}')
        with pytest.raises(ConfigError, match="JSON 객체가 아닙니다: 11번째 글자: 쌍점"):
            read_reviews(reviews)
        with pytest.raises(ConfigError, match="--by: 100자 이하여야 합니다"):
            signed("x" * 101, "cut off")


def test_a_finding_is_said_in_every_language_whichever_it_was_made_in():
    counts = {"count": 400, "of": 1_000, "files": (("a/1.jsonl", "h"),)}
    found = Found("delivery", "file_shrunk", Severity.CRITICAL, "", source="a", **counts)
    (english,) = listed([found], {}, "r")
    assert english.text == "a/1.jsonl: 400 of 1,000 records are missing (40.0 %)"
    with speaking_in("ko"):
        assert english.said_text == "a/1.jsonl: 레코드 1,000건 중 400건이 없습니다(40.0%)"
        assert text_of(None, "of an older version") == "of an older version"


def test_a_text_is_said_again_with_all_that_it_is_made_of():
    text = joined("; ", [say("{who}: no records in it", who="a"), say_of("{count} record", "{count} records", 2)])
    checked = described("All is well.", {"ko": "모두 좋습니다."})
    assert text == "a: no records in it; 2 records" and checked == "All is well."
    with speaking_in("ko"):
        assert retold(text) == text_of(told_of(text), text) == "a: 레코드가 없습니다; 레코드 2건"
        assert retold(checked) == text_of(told_of(checked), "") == "모두 좋습니다."
        made = say("{who}: no records in it", who="b")
    assert retold(made) == "b: no records in it"


def test_numbers_shares_and_dates_are_written_as_people_write_them():
    when = "2026-11-26T17:00:00+00:00"
    assert (share(123, 1_000), bound(0.9995), moment(when, "Asia/Seoul", "minutes")) == (
        *("12.3 %", "99.95 %", "2026-11-27 02:00 KST"),
    )
    with speaking_in("ko"):
        assert say_of("{count} record", "{count} records", 1_234) == "레코드 1,234건" and number(1_234) == "1,234"
        assert (share(123, 1_000), bound(0.9995)) == ("12.3%", "99.95%")
        assert moment(when, "Asia/Seoul", "minutes") == "2026-11-27(금) 02:00 KST"


def test_pages_in_both_languages_lead_to_each_other():
    runs = [published() | {"language": "ko"}, held()]
    written = dict(in_all_languages("index.html", "en", lambda: index_page(runs)))
    assert written.keys() == {"index.html", "index.ko.html"}
    assert '<a href="./index.ko.html" lang="ko" hreflang="ko">한국어</a>' in written["index.html"]
    assert '<a href="./index.html" lang="en" hreflang="en">English</a>' in written["index.ko.html"]
    # Each run's page in the language that is read, whichever its settings named.
    run = published()["run_id"]
    assert f"./{run}/index.en.html" in written["index.html"] and f"./{run}/index.html" in written["index.ko.html"]
    report = read(published() | {"language": "ko"})
    pages = dict(in_all_languages("index.html", report.language, lambda: html.render_run(report)))
    assert "../index.en.html" in pages["index.en.html"] and "../index.html" in pages["index.html"]
    assert './browse.html"' in pages["index.html"].replace("#", '"')
    # Of an older version there is one page, in English.
    assert [n for n, _ in in_all_languages("index.html", None, lambda: "")] == ["index.html"]


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("response 2 of 3 contains '<|im_start|>'", "응답 3개 중 2번째에 '<|im_start|>'"),
        ("answer is 'the answer is 7'", "답변: 'the answer is 7'"),
        ("key 'answer' occurs twice in one object", "한 객체에 같은 키가 두 번 있습니다: 'answer'"),
        ("Expecting ',' delimiter, 92 bytes into the record", "레코드의 92바이트 위치: 쉼표(,)가 와야 합니다"),
        ("byte 0xc3 at 165 of the record is not UTF-8", "레코드의 165바이트 위치에 있는 0xc3는 UTF-8이 아닙니다"),
        ("question has 5 characters, expected at least 9 and at most 12", "질문: 5자, 기준 9자 이상, 12자 이하"),
        ("vendor.jsonl: failing is 21 of 82 (25.6 %)", "vendor.jsonl: 불합격: 82 중 21 (25.6 %)"),
        ("waivers.yaml, waiver 2", "waivers.yaml, 2번째 예외 승인"),
        ("corrections/2026-11-29-kim.jsonl, line 3", "corrections/2026-11-29-kim.jsonl, 3번째 줄"),
        ("No sentence of ours at all.", "No sentence of ours at all."),
        ("", ""),
    ],
)
def test_a_detail_is_known_by_its_sentence(english, korean):
    assert recognised(english) == english
    with speaking_in("ko"):
        assert recognised(english) == korean
        skeleton, kept = skeleton_of(english)
        assert with_all(skeleton, kept) == english
        # As the page of rows does it.
        known = recognised_skeletons([skeleton])
        assert with_all(known.get(skeleton, skeleton), kept) == korean


def test_errors_are_said_in_the_language_of_whoever_reads_them():
    with pytest.raises(ConfigError) as refused:
        load_config(None, ["near.threshold=2"])
    assert str(refused.value) == "near.threshold: Input should be less than or equal to 1, found 2"
    with speaking_in("ko"):
        assert str(refused.value) == "near.threshold: 1 이하여야 합니다. 지금 값: 2"


def test_the_environment_names_the_language_where_the_settings_do_not(monkeypatch, tmp_path):
    (tmp_path / "c.yaml").write_text("language: en", "utf-8")
    monkeypatch.setenv(VARIABLE, "ko")
    assert language_around() == load_config().language == "ko"
    assert load_config(tmp_path / "c.yaml").language == "en"
    monkeypatch.setenv(VARIABLE, "fr")
    assert language_around() == "en"
    monkeypatch.delenv(VARIABLE)
    assert load_config().language == "en"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], ["원본 라벨 파일을 읽어", "이 도움말을 보여 주고", "명령", "종료 코드"]),
        (["rows", "--help"], ["업체에 돌려보낼", "옵션", "출력 폴더"]),
        (["rnu"], ["오류: 'rnu' 명령이 없습니다. 혹시 'run'입니까? (sftrm --help 참고)"]),
        (["why"], ["오류: 인자를 지정하십시오: 'RECORD_OR_DATA_ID'. (sftrm why --help 참고)"]),
        (["releases", "--out", "/nowhere/at/all"], ["/nowhere/at/all: 출력 폴더가 없습니다. --out으로 지정하십시오"]),
    ],
)
def test_the_command_explains_itself_in_korean(arguments, said):
    import os
    import subprocess
    import sys

    environment = {**os.environ, VARIABLE: "ko", "COLUMNS": "200"}
    command = [sys.executable, "-m", "flows.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert [text for text in said if text not in done.stdout + done.stderr] == []
