"""The profile of a release: every figure again in plain Python from the published files, however these are cut."""

import json
import unicodedata
from collections import Counter, defaultdict
from statistics import mean

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality import scripts
from sftrm_quality.personal_data import mask_text
from sftrm_quality.records import PUBLISHED, LabelKind
from sftrm_quality.releases.profile import add, profile_of, tallies
from sftrm_quality.releases.profile.rankings import MOST_RESPONSES
from sftrm_quality.reports.differences import marked
from sftrm_quality.reports.profiles import lengths
from sftrm_quality.run_record import Bin
from tests.outputs import KINDS, SPLITS, open_gate
from tests.test_determinism import make_records, run, write

NAMES = ("data_category", "data_subcategory", "question_type")


def rounded(length):
    spare = max(0, length.bit_length() - 7)
    return length >> spare << spare


def check_lengths(figures, texts):
    values = sorted(rounded(len(text)) for text in texts)
    assert figures["texts"] == len(values) and figures["longest"] == values[-1]
    for name, percent in (("p05", 5), ("median", 50), ("p95", 95), ("p99", 99)):
        assert figures[name] == values[-(-len(values) * percent // 100) - 1], name
    assert sum(found["count"] for found in figures["histogram"]) == len(values)
    for found in figures["histogram"]:
        assert found["count"] == sum(found["from"] <= len(text) <= found["to"] for text in texts)


def script_of(text):
    """By the names that Unicode gives to letters."""
    found = Counter()
    for c in text:
        if unicodedata.category(c)[0] == "L":
            name = unicodedata.name(c, "").split()
            found[next((s for s in ("HANGUL", "LATIN") if s in name), "OTHER")] += 1
    for script, count in found.items():
        if 3 * count >= 2 * found.total():
            return script.lower()
    return "mixed" if found else "none"


def check_names(figures, rows):
    for name in NAMES:
        counts = Counter(row[name] for row in rows)
        assert figures[name]["missing"] == counts.pop(None, 0)
        top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        assert [(e["name"], e["records"]) for e in figures[name]["top"]] == top[:20]
        assert figures[name]["other"] == sum(count for _, count in top[20:])
        assert figures[name]["different"] == len(counts) and figures[name]["all_counted"]


def preference(rows):
    found = Counter()
    for row in rows:
        responses = [(r["rank"], len(r["text"])) for r in row["responses"] if r["rank"] is not None]
        ranks = [rank for rank, _ in responses]
        for place, (rank, length) in enumerate(responses):
            for other_rank, other in responses[:place]:
                found["tied_pairs"] += rank == other_rank
                if rank != other_rank:
                    better, worse = (length, other) if rank < other_rank else (other, length)
                    found.update(pairs=1, longer_wins=better > worse, shorter_wins=better < worse)
        if len(set(ranks)) > 1:
            best, worst = min(ranks), max(ranks)
            found.update(
                compared=1,
                first_is_best=row["responses"][0]["rank"] == best,
                best=ranks.count(best),
                best_far_shortest=all(2 * m < n for r, m in responses if r == best for s, n in responses if s != best),
                worst_far_shortest=all(
                    2 * m < n for r, m in responses if r == worst for s, n in responses if s != worst
                ),
            )
    return found


# These have no order of their own.
BEST_FIRST = ("hh_rlhf", "pair", "pair_conversations", "pair_implicit")


def check_rm(figures, rows, best_first):
    every = [response for row in rows for response in row["responses"]]
    assert figures["records"] == len(rows)
    check_lengths(figures["prompt"], [row["prompt"] for row in rows])
    check_lengths(figures["response"], [response["text"] for response in every])
    check_names(figures["names"], rows)
    assert {s: n for s, n in figures["scripts"].items() if n} == Counter(script_of(row["prompt"]) for row in rows)
    assert {int(n): c for n, c in figures["responses"].items()} == Counter(len(row["responses"]) for row in rows)
    ranked = defaultdict(list)
    gaps = defaultdict(list)
    for row in rows:
        best = [len(r["text"]) for r in row["responses"] if r["rank"] == min(s["rank"] or 99 for s in row["responses"])]
        for response in row["responses"]:
            ranked[response["rank"]].append(len(response["text"]))
            if len(best) == 1:
                gaps[response["rank"]].append(len(response["text"]) - best[0])
    assert figures["unranked_responses"] == len(ranked.pop(None, []))
    assert [row["rank"] for row in figures["ranks"]] == sorted(ranked)
    for found in figures["ranks"]:
        of_rank, gap = ranked[found["rank"]], gaps[found["rank"]]
        assert (found["responses"], found["beside_best"]) == (len(of_rank), len(gap))
        assert found["mean_chars"] == pytest.approx(mean(of_rank), abs=0.051)
        assert found["mean_gap"] == pytest.approx(mean(gap), abs=0.051)
    counted = preference(rows)
    assert figures["preference"] == {name: counted[name] for name in figures["preference"]}
    assert figures["tied_pairs"] == counted["tied_pairs"]
    assert set(figures["files"]) == {row["source_file"] for row in rows}
    for name, found in figures["files"].items():
        counted = preference([row for row in rows if row["source_file"] == name])
        assert found == {figure: counted[figure] for figure in found}
    first = figures["first_listed"]
    own = [row for row in rows if row["source_file"] not in best_first]
    check_first_listed(first, own)
    assert first["left_out"] == preference([row for row in rows if row["source_file"] in best_first])["compared"]
    for column in ("records", "first_is_best"):
        assert sum(row[column] for row in first["by_number"]) == first[column]
    compared = {row["source_file"] for row in own if chance_of(row)}
    assert {file["source_file"] for file in first["files"]} == compared
    for file in first["files"]:
        check_first_listed(file, [row for row in own if row["source_file"] == file["source_file"]])
    sigmas = [abs(file["sigmas"]) for file in first["files"]]
    assert sigmas == sorted(sigmas, reverse=True)


def chance_of(row):
    """That a best response is listed first by chance; None where nothing is ranked above another."""
    ranks = [response["rank"] for response in row["responses"]]
    known = {rank for rank in ranks if rank is not None}
    return ranks.count(min(known)) / len(ranks) if len(known) > 1 else None


def check_first_listed(found, rows):
    chance = [p for row in rows if (p := chance_of(row)) is not None]
    assert (found["records"], found["first_is_best"]) == (len(chance), preference(rows)["first_is_best"])
    assert found["by_chance"] == pytest.approx(sum(chance), abs=0.051)
    sigma = sum(p * (1 - p) for p in chance) ** 0.5
    assert found["sigmas"] == pytest.approx((found["first_is_best"] - sum(chance)) / sigma, abs=0.06)


def check_all(output):
    profile = output.report["profile"]
    sft, rm = output.published("sft"), output.published("rm")
    assert profile["sft"]["records"] == len(sft)
    check_lengths(profile["sft"]["question"], [row["question"] for row in sft])
    check_lengths(profile["sft"]["answer"], [row["answer"] for row in sft])
    check_names(profile["sft"]["names"], sft)
    crossed = Counter((script_of(row["question"]), script_of(row["answer"])) for row in sft)
    assert {(q, a): n for q, row in profile["sft"]["scripts"].items() for a, n in row.items() if n} == crossed
    best_first = {file["source_file"] for file in output.report["files"] if file["format"] in BEST_FIRST}
    check_rm(profile["rm"], rm, best_first)
    for kind in KINDS:
        clusters = Counter(row["duplicate_of"] for row in output.duplicates if row["label_kind"] == kind)
        figures = profile["duplicates"][kind]
        assert figures["clusters"] == len(clusters) == sum(row["count"] for row in figures["by_size"])
        for row in figures["by_size"]:
            assert row["count"] == sum(row["from"] <= n + 1 <= (row["to"] or 10**9) for n in clusters.values())
        if clusters:
            assert figures["largest"]["records"] == max(clusters.values()) + 1
            assert clusters[figures["largest"]["record_id"]] == max(clusters.values())
        near = [r["similarity"] for r in output.duplicates if r["label_kind"] == kind and r["kind"] == "near"]
        for row in figures["would_stay"]:
            assert row["records"] == sum(similarity < row["threshold"] for similarity in near)
    splits = profile["splits"]
    assert sum(found["count"] for found in splits["groups"].values()) == output.report["prompt_groups"]["count"]
    assert max(found["largest"] for found in splits["groups"].values()) == output.report["prompt_groups"]["largest"]
    assert sum(row["count"] for row in splits["by_size"]) == output.report["prompt_groups"]["count"]
    assert splits["shared_prompts"] == {
        "records_read_back": len(sft) + len(rm),
        "within": {"sft": 0, "rm": 0},
        "across_kinds": 0,
    }
    assert list(splits["groups"]) == list(SPLITS)


def test_samples_recounted(samples_run):
    check_all(samples_run)


def ranked_every_way(count):
    """Records with ties, unranked responses, null scores, Korean, and names by the dozen."""
    sft, rm = make_records(count)
    for i, record in enumerate(sft):
        record["data_category"] = f"category {i % 27}"
        if i % 3 == 0:
            record["question"] = f"{i * 31337}번 사건은 어떻게 풀립니까?"
        if i % 10 in (4, 6):
            near = sft[i - i % 10]
            record["question"], record["answer"] = near["question"], near["answer"] + " Or so." * (i % 10 // 2)
    for i, record in enumerate(rm):
        record["responses"].append({"text": f"{'long ' * (i % 50)}{i}", "rank": (4, 3, None)[i % 3]})
        record["responses"] = record["responses"][i % 4 :] + record["responses"][: i % 4]
    return sft, rm


SETTINGS = ('sources=[{"files": "*", "ties": "dense", "unranked": "allow"}]',)


@pytest.fixture(scope="module")
def every_way(tmp_path_factory):
    base = tmp_path_factory.mktemp("every_way")
    gate = open_gate(base / "gate")
    return gate, run(write(base / "raw", *ranked_every_way(120)), base / "out", gate, *SETTINGS)


def test_ties_and_unranked_recounted(every_way):
    _, output = every_way
    rm = output.report["profile"]["rm"]
    assert rm["tied_pairs"] and rm["unranked_responses"] and rm["records_with"]["with_ties"]
    check_all(output)


def test_shards_leave_no_trace(every_way, tmp_path):
    """Nor do two workers, with which the samples are run."""
    gate, output = every_way
    arguments = (gate, *SETTINGS, "limits.shard_records=31")
    again = run(write(tmp_path / "raw", *ranked_every_way(120)), tmp_path / "out", *arguments)
    assert again.report["profile"] == output.report["profile"]
    assert again.report["samples"]["borderline"] == output.report["samples"]["borderline"]


def test_borderline_pairs_are_the_least_alike(every_way):
    _, output = every_way
    pairs = output.report["samples"]["borderline"]
    near = sorted(row["similarity"] for row in output.duplicates if row["kind"] == "near")
    assert len(near) > 10
    assert [pair["similarity"] for pair in pairs] == [round(similarity, 4) for similarity in near[:10]]
    kept = {row["record_id"]: row for kind in KINDS for row in output.published(kind)}
    gone = {row["record_id"]: json.loads(row["payload"]) for row in output.duplicates}
    for pair in pairs:
        assert pair["label_kind"] == "sft"
        for part in pair["parts"]:
            assert part["gone"].strip("…") in mask_text(gone[pair["record_id"]][part["name"]])
            assert part["stayed"].strip("…") in mask_text(kept[pair["duplicate_of"]][part["name"]])
            assert part["gone"] != part["stayed"]


def test_without_a_label_kind_there_is_no_profile(tmp_path):
    gate = open_gate(tmp_path / "gate")
    sft, rm = make_records(8)
    for own, other, kept in (("sft", "rm", (sft, [])), ("rm", "sft", ([], rm))):
        profile = run(write(tmp_path / own, *kept), tmp_path / f"out-{own}", gate).report["profile"]
        assert profile[other] is None and profile[own]["records"]
        assert profile["duplicates"][other]["largest"] is None


TEXTS = st.text(st.sampled_from("aZé가힣ᄀㄱ漢яΩ .1\u200b😀\x00"), max_size=200)
NAME = st.none() | st.sampled_from(["", "a", "b" * 100, "missing", "rest", "=a"])
LABELS = dict.fromkeys(NAMES, NAME)
SOURCE = st.sampled_from(["a.json", "b.json"])
SFT_ROW = st.fixed_dictionaries({**LABELS, "question": TEXTS, "answer": TEXTS, "source_file": SOURCE})
RESPONSE = st.fixed_dictionaries({"text": TEXTS, "rank": st.none() | st.integers(1, 20)})
RM_ROW = st.fixed_dictionaries(
    {**LABELS, "prompt": TEXTS, "responses": st.lists(RESPONSE, max_size=6), "source_file": SOURCE}
)
ROWS = st.one_of(
    st.tuples(st.just(LabelKind.SFT), st.lists(SFT_ROW, max_size=12)),
    st.tuples(st.just(LabelKind.RM), st.lists(RM_ROW, max_size=12)),
)


def without_noughts(profile):
    found = {name: {key: n for key, n in tally.items() if n} for name, tally in profile.items()}
    return {name: tally for name, tally in found.items() if tally}


@given(ROWS, st.integers(0, 12), st.booleans())
def test_profiles_of_pieces_add_up(kind_and_rows, cut, swapped):
    kind, rows = kind_and_rows
    table = pa.Table.from_pylist(rows, schema=PUBLISHED[kind])
    pieces = [profile_of(kind, table.slice(0, cut)), profile_of(kind, table.slice(cut))]
    total = {}
    for piece in reversed(pieces) if swapped else pieces:
        add(total, piece)
    assert without_noughts(total) == without_noughts(profile_of(kind, table))
    assert json.loads(json.dumps(total)) == total


def test_names_without_end_are_one_count():
    total = {}
    for first in range(0, 9_000, 1_000):
        rows = [{"data_category": f"{n}"} for n in range(first, first + 1_000)] + [{"data_category": "usual"}] * 50
        add(total, profile_of(LabelKind.SFT, pa.Table.from_pylist(rows, schema=PUBLISHED[LabelKind.SFT])))
    tally = total["data_category"]
    assert len(tally) <= 4 * tallies.NAMES_KEPT + 2 and sum(tally.values()) == 9 * 1_050
    assert tallies.names_in(tally)[0] == ("usual", 450)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", "NONE"), ("123 !?", "NONE"), ("안녕하세요", "HANGUL"), ("ㅋㅋ", "HANGUL"), ("naïve Œuvre", "LATIN"),
        ("漢字かな", "OTHER"), ("Привет", "OTHER"), ("가나ab", "MIXED"), ("가나다라b", "HANGUL"), ("가나b", "HANGUL"),
        ("𠀀", "OTHER"), ("😀", "NONE"),
    ],
)  # fmt: skip
def test_scripts(text, script):
    counted = scripts.letters(pa.array([text, None]))
    assert counted[0, 0] == len(text) and scripts.scripts(counted).tolist() == [scripts.Script[script], 0]


def test_letters_are_those_of_unicode():
    """All letters that Python knows but those of symbols and of mathematics, which are in no script."""
    known = [chr(c) for c in (*range(0x2000), *range(0x2C00, 0x1D000), *range(0x20000, 0x32000))]
    known = [c for c in known if unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo")]
    ours = scripts.scripts(scripts.letters(pa.array(known)))
    differing = {
        c for c, code in zip(known, ours, strict=True) if scripts.Script(int(code)).name.lower() != script_of(c)
    }
    # Ordinal signs, and Greek and Cyrillic letters among the phonetic ones.
    assert differing == set("\xaa\xba\u1d26\u1d27\u1d28\u1d29\u1d2a\u1d2b\uab65")
    signs = [chr(c) for c in range(0x250) if unicodedata.category(chr(c))[0] != "L"]
    assert not scripts.scripts(scripts.letters(pa.array(signs))).any()


def test_more_responses_than_are_compared():
    many = [{"text": "x" * n, "rank": n + 1} for n in range(MOST_RESPONSES + 1)]
    rows = [
        {"prompt": "p", "responses": many, "source_file": "a"},
        {"prompt": "q", "responses": many[:-1], "source_file": "a"},
    ]
    profile = profile_of(LabelKind.RM, pa.Table.from_pylist(rows, schema=PUBLISHED[LabelKind.RM]))
    assert profile["records"]["too_many_responses"] == profile["ranking"]["compared"] == 1
    assert profile["ranking"]["shorter_wins"] == MOST_RESPONSES * (MOST_RESPONSES - 1) // 2


def test_no_text_has_no_quantile():
    assert lengths({}).histogram == () and lengths({"0": 3}).histogram == (Bin(from_=0, to=0, count=3),)


@given(TEXTS, TEXTS)
def test_pieces_add_up_to_the_texts(one, other):
    for text, pieces in zip((one, other), marked(one, other), strict=True):
        assert "".join(piece for piece, _ in pieces) == text
    equal = ["".join(piece for piece, differs in pieces if not differs) for pieces in marked(one, other)]
    assert equal[0] == equal[1]
