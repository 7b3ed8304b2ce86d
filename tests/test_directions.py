"""The direction of ranks: what is counted for it before quarantine, what that says together, and what people read."""

import json
from collections import Counter
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.verdicts.direction_files import Traits, ranked, signs_of_file
from benchmarks.verdicts.direction_texts import MADE
from benchmarks.verdicts.directions import KINDS
from sftrm_quality import dedup
from sftrm_quality.checks.directions import direction_signs
from sftrm_quality.checks.phrases import _needles, _normal
from sftrm_quality.checks.refusals import REFUSALS
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.findings import doubt_in_words, found_in_directions
from sftrm_quality.records import CANDIDATE_FIELDS, DirectionSign, LabelKind
from sftrm_quality.reports.directions import doubtful_directions
from sftrm_quality.run_record import read_report_json
from tests.outputs import open_gate, run_on

LONG = "Yeast eats sugar and gives off carbon dioxide, which the gluten holds."
SIGNED = {
    "blank": ("", " \u200b", "<|im_end|>", "...", "N/A", "null", "답변 없음", "暂无回答", "No answer provided."),
    "copy": ("What is bread?",),
    "broken": ("Bread is \ufffd\ufffd food.", "Bread.<|im_end|>", "Bread is food.</s>", "a\x00b"),
    "refusal": ("I'm sorry, but I can't help with that.", "죄송하지만 도와드릴 수 없습니다.", "抱歉，我无法回答。"),
}
UNSIGNED = (
    "What is bread, then?", "null is a value of SQL.", "42", "👍", "No.", "F# pipes: xs |> List.map f", "a <| b",
    "It said 'I cannot' in the middle of a story that went on for a very long time, and: I cannot help with that.",
    "</b>", "\ufeffok",
)  # fmt: skip


def table_of(records):
    """Candidates of (prompt, [(text, rank), …])."""
    rows = [{"prompt": p, "responses": [{"text": t, "rank": r} for t, r in responses]} for p, responses in records]
    table = pa.Table.from_pylist(rows, schema=CANDIDATE_FIELDS[LabelKind.RM])
    for name, column in dedup.form_columns(LabelKind.RM, table).items():
        table = table.append_column(name, column)
    return table


def signs_of(*records):
    return {name: n for name, n in direction_signs(table_of(records)).items() if n}


@pytest.mark.parametrize(("sign", "text"), [(sign, text) for sign, texts in SIGNED.items() for text in texts])
def test_each_sign_is_seen_on_either_side(sign, text):
    # Rivals as long as the text, so that nothing is said of lengths.
    for ranks, side in (((1, 2), "above"), ((2, 1), "below")):
        found = signs_of(("What is bread?", [(text, ranks[0]), (LONG, ranks[1])]))
        assert found == {"records": 1, f"{sign}_{side}": 1}


@pytest.mark.parametrize("text", UNSIGNED)
def test_what_only_looks_like_a_sign_is_none(text):
    found = signs_of(("What is bread?", [(text, 1), (LONG, 2)]))
    assert not {name.rsplit("_", 1)[0] for name in found} & set(SIGNED)


def test_where_a_sign_is_in_a_long_text():
    words = "word " * 100
    for text in (f"{words}<|im_end|>", f"\ufffd{words}"):
        assert signs_of(("q", [(text, 1), (LONG, 2)])) == {"records": 1, "broken_above": 1}


def test_records_without_two_ranks_say_nothing():
    assert signs_of(("q", [("", 1), (LONG, None)]), ("q", [("", 1), (LONG, 1)]), ("q", [])) == {}
    assert signs_of(("q", [("", None), ("a", 1), ("a", 2)])) == {"records": 1}
    assert signs_of(("q", [(None, 2), ("a", 1)])) == {"records": 1, "blank_below": 1}


def test_too_many_responses_are_left_out():
    many = [("x" * n, n) for n in range(1, 258)]
    assert signs_of(("q", many)) == {} and signs_of(("q", many[:-1]))["records"] == 1


def test_no_records():
    assert set(direction_signs(table_of([])).values()) == {0}


def recounted(records):
    """The same in plain Python, for texts of which the signs are known: blank ones, and copies of the prompt."""
    counts = Counter()
    for prompt, responses in records:
        ranked_ones = [(text, rank) for text, rank in responses if rank is not None]
        pairs = [(a, b) for a, i in ranked_ones for b, j in ranked_ones if i < j]
        counts["records"] += bool(pairs)
        kind = {text: "blank" if not text else "copy" if text == prompt else "" for text, _ in ranked_ones}
        for sign in ("blank", "copy"):
            net = sum((kind[a] == sign) - (kind[b] == sign) for a, b in pairs)
            counts[f"{sign}_above"] += net > 0
            counts[f"{sign}_below"] += net < 0
        clean = [(len(text), rank) for text, rank in ranked_ones if not kind[text]]
        net = sum(int(np.sign(m - n)) for n, i in clean for m, j in clean if i < j)
        counts["short_above"] += net > 0
        counts["short_below"] += net < 0
        ranks = {rank for _, rank in clean}
        if len(ranks) > 1:
            for end, side in ((min(ranks), "above"), (max(ranks), "below")):
                within = [n for n, rank in clean if rank == end]
                others = [n for n, rank in clean if rank != end]
                counts[f"far_shortest_{side}"] += 2 * max(within) < min(others)
    return {name: n for name, n in counts.items() if n}


RESPONSES = st.lists(
    st.tuples(st.sampled_from(["", "p", "a", "bb", "cccc", "d" * 9]), st.none() | st.integers(1, 4)), max_size=6
)


@given(st.lists(st.tuples(st.just("p"), RESPONSES), max_size=8), st.integers(0, 8))
def test_signs_are_those_of_a_plain_count(records, cut):
    assert signs_of(*records) == recounted(records)
    pieces = Counter(direction_signs(table_of(records[:cut])))
    pieces.update(direction_signs(table_of(records[cut:])))
    assert {name: n for name, n in pieces.items() if n} == recounted(records)


def test_refusals_are_some_of_the_suites_phrases():
    """None is there that the check of records would not find, and each can be searched for fast."""
    suite = json.loads((SHIPPED_EXPECTATIONS / "rm.json").read_text("utf-8"))["expectations"]
    (phrases,) = (e["kwargs"]["phrases"] for e in suite if e["meta"]["reason"] == "refusal_phrase")
    known = {_normal(phrase) for phrase in phrases}
    assert len(set(REFUSALS)) == len(REFUSALS)
    assert min(len(form) for phrase in REFUSALS for form in _needles(_normal(phrase))) >= 8
    assert sum(_normal(phrase) in known for phrase in REFUSALS) > len(REFUSALS) / 2


def counts(records=200, **signs):
    every = {f"{sign}_{side}": 0 for sign in DirectionSign for side in ("above", "below")}
    pairs = {
        f"{sign}_{side}": n for sign, both in signs.items() for side, n in zip(("above", "below"), both, strict=True)
    }
    return {"records": records, **every, **pairs}


@pytest.mark.parametrize(
    ("found", "strong"),
    [
        (counts(), None),
        # One sign by itself: blanks and copies are believed, others only where nothing speaks against them.
        (counts(blank=(20, 0)), False),
        (counts(blank=(0, 20)), None),
        (counts(blank=(10, 10)), None),
        (counts(copy=(20, 1)), False),
        (counts(refusal=(60, 0)), False),
        (counts(refusal=(45, 15)), None),
        (counts(short=(200, 0)), False),
        (counts(short=(130, 70)), None),
        (counts(short=(110, 90), far_shortest=(60, 20)), None),
        # However many they are, neither length nor refusals by themselves are "probably": either may be wanted.
        (counts(100_000, short=(100_000, 0), far_shortest=(100_000, 0)), False),
        (counts(100_000, refusal=(40_000, 0)), False),
        # Where most records have a refusal, the file is about what to refuse.
        (counts(refusal=(190, 2)), None),
        (counts(refusal=(190, 2), short=(110, 90)), None),
        # Independent signs agree.
        (counts(blank=(20, 0), refusal=(30, 1)), True),
        (counts(copy=(20, 1), short=(180, 20)), True),
        (counts(blank=(12, 0), copy=(12, 0)), True),
        # Signs that speak against it count, too: short answers win, and all else is as it should be.
        (counts(short=(200, 0), blank=(0, 20)), None),
        (counts(short=(200, 0), blank=(0, 20), copy=(0, 20), refusal=(2, 40)), None),
        # What two records have, or one in a hundred, is an accident; what one in twenty has may be a sort of prompts.
        (counts(30, blank=(2, 0), short=(30, 0)), False),
        (counts(200, blank=(2, 0)), None),
        (counts(2000, blank=(19, 0), short=(1400, 600)), None),
        (counts(2000, blank=(90, 0)), None),
        (counts(2000, blank=(110, 0)), True),
        # Twenty records are the least.
        (counts(19, blank=(10, 0), copy=(9, 0)), None),
        (counts(20, blank=(10, 0), copy=(9, 0)), True),
    ],
)  # fmt: skip
def test_what_signs_say_together(found, strong):
    doubted = doubtful_directions({"a.json": found})
    assert [file.strong for file in doubted] == ([] if strong is None else [strong])


def test_a_shard_without_rankings_is_in_no_doubt():
    assert doubtful_directions({"a.json": {}}) == ()


def test_the_most_certain_comes_first():
    files = {
        "weak": counts(blank=(20, 0)),
        "strong": counts(blank=(20, 0), copy=(20, 0)),
        "right": counts(blank=(0, 9)),
    }
    assert [file.source_file for file in doubtful_directions(files)] == ["strong", "weak"]


@pytest.mark.parametrize("language", MADE)
def test_made_up_files_are_told_apart(language):
    """Of each kind that tells, the file that is upside down is found, and no file that is right."""
    found = wrong = 0
    known = {name: traits for name, traits in KINDS.items() if traits.tells and traits.records <= 200}
    for traits in known.values():
        records = ranked(traits, MADE[language], Random(7))
        found += bool(doubtful_directions({"x": signs_of_file(records, upside_down=True)}))
        wrong += bool(doubtful_directions({"x": signs_of_file(records, upside_down=False)}))
    assert wrong == 0 and found >= len(known) - 2


def in_reference_form(records):
    """Right ones: 1 is best."""
    return {
        "data_info": [
            {
                "data_id": f"r{n}",
                "prompt": f"{prompt} ({n})",
                "responses": [{"text": text, "rank": at} for at, text in enumerate(texts, 1)],
            }
            for n, (prompt, texts) in enumerate(records)
        ]
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """Two files that are read upside down, one that is not, each with blank responses and refusals at its bottom."""
    base = tmp_path_factory.mktemp("night")
    raw = base / "raw"
    raw.mkdir()
    traits = Traits(120, blank=0.15, refusal=0.2, right=1.0)
    made = {name: ranked(traits, MADE["English"], Random(name)) for name in ("down", "right", "pairs")}
    for name in ("down", "right"):
        # Which responses come first is drawn anew, so that their places say nothing.
        labels = in_reference_form(made[name])
        for record in labels["data_info"]:
            Random(record["data_id"]).shuffle(record["responses"])
        (raw / f"{name}.json").write_text(json.dumps(labels), "utf-8")
    pairs = [
        {"prompt": f"{p} {n}", "chosen": texts[1], "rejected": texts[0]} for n, (p, texts) in enumerate(made["pairs"])
    ]
    (raw / "pairs.jsonl").write_text("\n".join(map(json.dumps, pairs)), "utf-8")
    settings = open_gate(base / "gate"), 'sources=[{"files": "down.json", "rank_direction": "highest_is_best"}]'
    return raw, base / "out", settings, run_on([raw], base / "out", *settings)


def test_files_upside_down_are_told_by_what_is_quarantined_later(night):
    *_, output = night
    rm = output.report["profile"]["rm"]
    told = {file["source_file"]: file for file in rm["doubtful_directions"]}
    assert {name: (file["strong"], file["by_format"]) for name, file in told.items()} == {
        "down.json": (True, False),
        "pairs.jsonl": (True, True),
    }
    for name, file in told.items():
        signs = {sign["sign"]: sign for sign in file["signs"]}
        # Blank responses take their records out of the release: what is published knows nothing of them.
        assert signs["blank"]["above"] > 10 and signs["blank"]["below"] == 0
        assert rm["files"][name]["compared"] < file["records"] == 120
        assert [sign["weight"] for sign in file["signs"]] == sorted((s["weight"] for s in file["signs"]), reverse=True)


def test_a_person_reads_which_signs_and_what_to_do(night):
    *_, output = night
    texts = {f["source_file"]: f["text"] for f in output.report["findings"] if f["reason"] == "rank_direction_doubtful"}
    assert set(texts) == {"down.json", "pairs.jsonl"}
    rm = output.report["profile"]["rm"]
    (blank,) = (s for s in rm["doubtful_directions"][0]["signs"] if s["sign"] == "blank")
    name = rm["doubtful_directions"][0]["source_file"]
    count = f"{blank['above']} of {blank['above']} records that have one"
    assert f"blank responses are ranked above others in {count}" in texts[name]
    assert "refusals are ranked above others in" in texts[name]
    assert texts["down.json"].startswith("down.json: the declared rank direction is probably wrong: ")
    assert texts["down.json"].endswith("; if so, declare the other rank_direction for it")
    assert texts["pairs.jsonl"].startswith("pairs.jsonl: the better and the worse responses are probably exchanged: ")
    page = (output.report_folder / "index.html").read_text("utf-8")
    for tag in ("<wbr>", "<bdi>", "</bdi>"):
        page = page.replace(tag, "")
    assert all(f'<p class="doubt">{text}.</p>' in page for text in texts.values())


def test_places_are_by_file_and_not_of_chosen_and_rejected(night):
    *_, output = night
    first = output.report["profile"]["rm"]["first_listed"]
    assert {file["source_file"] for file in first["files"]} == {"down.json", "right.json"}
    assert first["left_out"] == output.report["profile"]["rm"]["files"]["pairs.jsonl"]["compared"] > 0
    assert all(abs(file["sigmas"]) < 4 for file in first["files"])


def test_what_the_cache_kept_is_told_again(night):
    raw, out, settings, output = night
    (raw / "more.jsonl").write_text(json.dumps({"prompt": "One more?", "chosen": "Yes, one more.", "rejected": "No."}))
    again = run_on([raw], out, *settings).report
    (raw / "more.jsonl").unlink()
    before = output.report["profile"]["rm"]["doubtful_directions"]
    assert again["profile"]["rm"]["doubtful_directions"] == before
    # The same bytes: nobody is told twice.
    known = {f["source_file"]: f["known"] for f in again["findings"] if f["reason"] == "rank_direction_doubtful"}
    assert known == {"down.json": True, "pairs.jsonl": True}


def test_reports_of_before_had_signs_of_length_only(night):
    *_, output = night
    report = json.loads((output.report_folder / "report.json").read_text("utf-8"))
    rm = report["profile"]["rm"]
    old = {
        "compared": 90, "pairs": 95, "longer_wins": 20, "shorter_wins": 70, "tied_pairs": 0, "first_is_best": 50,
        "best": 90, "best_far_shortest": 30, "worst_far_shortest": 2, "source_file": "down.json", "strong": True,
    }  # fmt: skip
    rm["doubtful_directions"] = [old]
    del rm["first_listed"]["files"], rm["first_listed"]["left_out"]
    profile = read_report_json(json.dumps(report)).profile
    (doubt,) = profile.rm.doubtful_directions
    assert (doubt.records, doubt.strong, doubt.by_format, doubt.log_odds) == (90, True, False, None)
    assert doubt_in_words(doubt) == (
        "the declared rank direction is probably wrong: the shorter responses win 70 of 90 times, responses less than "
        "half as long as any other are best 30 and worst 2 times; if so, declare the other rank_direction for it"
    )
    assert (profile.rm.first_listed.files, profile.rm.first_listed.left_out) == ((), 0)


def test_a_release_without_rankings_has_no_finding():
    assert found_in_directions(None, (), {}) == []
