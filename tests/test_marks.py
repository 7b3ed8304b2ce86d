"""The census of marks that no list knows: what is one, what is ordinary, and what is told of it."""

import json

import pyarrow as pa
import pytest

from sftrm_quality.findings import found_marks, recurring_marks
from sftrm_quality.findings.sentences import sentence
from sftrm_quality.intake import census
from sftrm_quality.intake.census import marks_in
from sftrm_quality.records import CANDIDATES, LabelKind
from sftrm_quality.run_record import DeliveryStatus
from tests.outputs import run_on
from tests.test_ordinary_nights import entry
from tests.vendors import delivery, write


def records(*answers, kind=LabelKind.SFT, **columns):
    named = {"answer": list(answers), **columns} if kind is LabelKind.SFT else columns
    count = len(next(iter(named.values())))
    schema = CANDIDATES[kind]
    arrays = [pa.array(named[f.name], f.type) if f.name in named else pa.nulls(count, f.type) for f in schema]
    return pa.table(arrays, schema=schema)


def marks_of(text):
    return list(marks_in(LabelKind.SFT, records(text)))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("첫째<[!br]>둘째", "<[!br]>"),
        ("one[[NL]]two", "[[NL]]"),
        ("끝@@SEP@@다음", "@@SEP@@"),
        ("{{blank}} 은 비었다", "{{blank}}"),
        ("가 ⟦br⟧ 나", "⟦br⟧"),
        ("끝.%%END%%", "%%END%%"),
        ("가 <|||> 나", "<|||>"),
        ("a ##_## b", "##_##"),
        ("하나\\\\n둘", "\\\\n"),
        ("하나\\\\nThe", "\\\\n"),
        ("&&& x", "&&&"),
        ("[unused12] 그리고", "[unused0]"),
        ("<sep> 그리고", "<sep>"),
        ("<<SEP>>", "<<SEP>>"),
        ("[[줄바꿈]]", "[[줄바꿈]]"),
        ("문장§§문장", "§§"),
        ("끝¶ 다음", "¶"),
        ("끝↵다음", "↵"),
        ("a @-@ b", "@-@"),
        ("||스포||", "||스포||"),
        ("(<[x1]>)", "<[x0]>"),
        ("<<[xy]>", "<[xy]>"),
    ],
)
def test_what_may_be_a_mark_is_counted(text, mark):
    assert marks_of(text) == [mark]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ordinary prose, with (brackets) [1] and [12, 13]; 50 % & more… #tag @user",
        "# Heading\n## Heading\n### Heading ###\n#### 42\n- **bold** ~~struck~~ __init__ ==marked==",
        "| a | b |\n| --- | :---: |\n|---|===|",
        "a && b || c; x << 2 >> 1; a->b; c <=> d; `<[!x]>` and ``[[NL]]``",
        "```\n<[!x]> [[NL]] @@SEP@@\n```\n끝",
        "a[[i]] + list[item] + vector<int>; [[1, 2], [3, 4]]; m = [x]; d['key'][name]",
        "[text](https://a.example/?q=%20&r=[z]) and [note][ref] and [^1] and [x] done",
        "$$x$$ $\\alpha$ \\frac{{a}}{{b}} \\\\ne 0 \\\\[2pt]",
        "print(\"a\\\\n\") 'b\\\\n'",
        "ㅋㅋ ㅠㅠ ^^ ^_^ -_- >_< ~~ !!! ??? … --- === *** 「인용」『책』 【답】 ※",
        "§§ 12, 13 BGB und § 5, ¶12, 100%%% sicher",
        "FROM [dbo].[users] WHERE",
        "a||b||c  p&&q&&r  -----####@####-----",
        "<!-- more --> <a href='x'> {name} ${name} %(name)s",
        "[줄바꿈] <줄바꿈>",
    ],
)
def test_prose_code_markup_and_maths_have_none(text):
    assert marks_of(text) == []


def test_a_record_counts_once_whatever_its_texts_and_numbers():
    table = records(
        "[[NL]] a [[NL]] [unused1]",
        None,
        "[unused22] [unused3]",
        question=["[[NL]]", None, "q"],
        system=[None, "[[NL]]", None],
        history=[None, [{"role": "user", "content": "@@SEP@@"}], [{"role": "user", "content": None}]],
    )
    assert marks_in(LabelKind.SFT, table) == {"@@SEP@@": 1, "[[NL]]": 2, "[unused0]": 2}
    responses = [[{"text": "[[NL]]"}, {"text": "[[NL]]"}], [{"text": "a"}], None]
    ranked = records(kind=LabelKind.RM, prompt=["[[NL]]", "[[NL]]", "b"], responses=responses)
    assert marks_in(LabelKind.RM, ranked) == {"[[NL]]": 2}
    assert marks_in(LabelKind.SFT, records("a").slice(0, 0)) == {}


def test_the_cut_of_shards_changes_nothing():
    table = records(*(f"{'[[NL]]' if n % 3 else ''} x {'@@S@@' if n % 5 == 0 else ''}" for n in range(30)))
    whole = marks_in(LabelKind.SFT, table)
    parts = [marks_in(LabelKind.SFT, table.slice(at, 7)) for at in range(0, 30, 7)]
    assert whole == {"@@S@@": 6, "[[NL]]": 20}
    assert {mark: sum(part.get(mark, 0) for part in parts) for mark in whole} == whole


def test_of_many_the_most_frequent_are_kept(monkeypatch):
    monkeypatch.setattr(census, "MARKS_PER_SHARD", 3)
    table = records("[[bb]] [[cc]]", "[[cc]] [[aa]]", "[[dd]] [[ee]]", "[[ee]]")
    assert marks_in(LabelKind.SFT, table) == {"[[aa]]": 1, "[[cc]]": 2, "[[ee]]": 2}
    # Of one text, the first.
    assert len(marks_of(" ".join(f"[[m{letter}]]" for letter in "abcdefghij"))) == 3
    monkeypatch.setattr(census, "MARKS_PER_SHARD", 500)
    assert marks_of(" ".join(f"[[m{letter}]]" for letter in "abcdefghij")) == [f"[[m{x}]]" for x in "abcdefgh"]


def test_what_recurs_is_a_share_of_the_records_and_more_than_a_few():
    assert recurring_marks({"[[NL]]": 30, "@@S@@": 29}, 1000) == {"[[NL]]": 30}
    assert recurring_marks({"[[NL]]": 5, "@@S@@": 4}, 20) == {"[[NL]]": 5}
    assert list(recurring_marks({f"[[{c}{c}]]": 9 + (c == "f") for c in "abcdefg"}, 20)) == [
        *("[[ff]]", "[[aa]]", "[[bb]]", "[[cc]]", "[[dd]]")
    ]


@pytest.mark.parametrize(
    "mark",
    [
        *(
            "<br>",
            "</div>",
            "<module>",
            "<file>",
            "<svg>",
            "<mfrac>",
            "<br/>",
            "<iostream>",
            "<stdio.h>",
            "<|im_end|>",
            "<|foo|>",
        ),
        *("[Date]", "[a-z]", "[A-Za-z0-0]", "[II]", "[sic]", "[e.g.]", "[OPTIONS]", "[INFO]", "[url]", "[i0]"),
        *("[:alpha:]", "[[:alpha:]]", "{%raw%}", "<%x%>", "||x||", "|x|", "@_@", "[[_TOC_]]"),
    ],
)
def test_markup_code_and_known_tokens_are_ordinary(mark):
    assert recurring_marks({mark: 50}, 100) == {}


def test_a_tag_is_markup_where_its_end_is():
    assert marks_of("<note><to>Kim</to><n2/></note> [[NL]]") == ["<n0/>", "[[NL]]"]
    assert marks_of('<item id="1">a</item></other>') == ["</other>"]
    # Another text has nothing to do with it, and tags leave room for others.
    assert marks_in(LabelKind.SFT, records("<note> a", "</note> b")) == {"</note>": 1, "<note>": 1}
    many = "".join(f"<t{letter}>" for letter in "abcdefghij")
    assert marks_of(f"{many} [[NL]]") == ["<ta>", "<tb>", "<tc>", "<td>", "[[NL]]"]


def file(name, marks, **changes):
    return entry(name, 100, 0).model_copy(update={"marks": marks, **changes})


def test_a_file_is_told_of_with_all_its_marks():
    (found,) = found_marks([file("a/1.jsonl", {"[[NL]]": 51, "@@S@@": 9}), file("b/1.jsonl", {})], {"a/1.jsonl": "h"})
    assert (found.severity, found.reason, found.source, found.count, found.of) == (
        "warning",
        "recurring_mark",
        "a",
        51,
        100,
    )
    assert found.files == (("a/1.jsonl", "h"),)
    assert sentence(found) == (
        "a/1.jsonl: [[NL]] is in 51 of 100 records (51.0 %), a mark that no list knows; also @@S@@ (9)"
    )


def test_what_is_gone_or_in_most_sources_is_not_told():
    gone = file("a/1.jsonl", {"[[NL]]": 51}, delivery=DeliveryStatus.GONE)
    assert found_marks([gone], {}) == []
    three = [file(f"{s}/1.jsonl", {"[[NL]]": 51}) for s in "abc"]
    assert len(found_marks(three, {})) == 3
    assert found_marks([*three, file("d/1.jsonl", {"[[NL]]": 51})], {}) == []
    others = [file(f"{s}/1.jsonl", {}) for s in "efghi"]
    assert len(found_marks([*three, file("d/1.jsonl", {"[[NL]]": 51}), *others], {})) == 4


def test_a_night_with_a_mark_is_published_with_a_warning(tmp_path):
    marked = delivery("namsan", 1, 60, failing=0)
    for record in marked[::2]:
        record["answer"] = record["answer"].replace(" ", "[[NL]]", 1)
    write(tmp_path / "raw/namsan/all.jsonl", marked)
    write(tmp_path / "raw/inwang/all.jsonl", delivery("inwang", 1, 60, failing=0))
    night = run_on([tmp_path / "raw"], tmp_path / "out")
    assert (night.verdict, night.report["ledger"]["sft"]["quarantined"]) == ("published", 0)
    (finding,) = night.report["findings"]
    assert (finding["severity"], finding["suite"], finding["source_file"]) == (
        "warning",
        "delivery",
        "namsan/all.jsonl",
    )
    assert finding["text"].startswith("namsan/all.jsonl: [[NL]] is in 30 of 60 records (50.0 %)")
    assert {f["source_file"]: f["marks"] for f in night.report["files"]} == {
        "inwang/all.jsonl": {},
        "namsan/all.jsonl": {"[[NL]]": 30},
    }
    page = (night.report_folder / "index.html").read_text("utf-8")
    assert "marks that no list knows: <bdi>[[NL]]</bdi> (30)" in page
    (manifest,) = (tmp_path / "out/releases").glob("*/manifest.json")
    figures = json.loads(manifest.read_text("utf-8"))["figures"]
    assert [f["marks"] for f in figures["files"]] == [{}, {"[[NL]]": 30}]
    # From the cache it is the same, and known.
    again = run_on([tmp_path / "raw"], tmp_path / "out").report
    assert [(f["text"], f["known"]) for f in again["findings"]] == [(finding["text"], True)]
