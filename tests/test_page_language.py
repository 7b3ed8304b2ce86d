"""Nothing on a page goes round the catalogue: in another language all of it is in that language, but for the data."""

import copy
import json
import re
from typing import Any

import pytest

from sftrm_quality.decisions import Rollback
from sftrm_quality.records import DirectionSign, DuplicateKind, Severity, SplitName, Stage
from sftrm_quality.reports import html
from sftrm_quality.run_record import Comparison, DeliveryStatus, FileStatus, Mode, Verdict
from sftrm_quality.words import OWN_NAMES, speaking
from tests.pseudo import Pseudo, texts_in, unsaid
from tests.report_example import account, browse_page, held, index_page, nights, published, read, run_page, summary_of

# Values of a report that a page never shows as they are.
_CODES = {*Verdict, *FileStatus, *Stage, *Severity, *DuplicateKind, *SplitName, *DeliveryStatus, *Mode} | {
    *("question", "answer", "prompt", "response", "record", "none", "unknown", "received", "delivery", "release")
}
# What languages call themselves, on the link to the page in them.
_OWN_NAMES = {*OWN_NAMES.values()}
_WHO = {"name": "Kim", "reason": "Seen and fine", "decided_at": "2026-11-22T08:00:00+09:00"}
_DECISION = {**_WHO, "action": "publish_anyway", "release_id": "r-1", "failed": ["file_gone"], "applied": True}


_ALL_KNOWN = {"new": 0, "known": 40}


def _data(*reports: Any) -> set[str]:
    texts = texts_in(list(reports), ("versions", "fields_unread", "splits", "sources"))
    return {text for text in texts - _CODES if not re.fullmatch(r"response \d+", text)} | _OWN_NAMES


def _eventful(report: dict[str, Any]) -> dict[str, Any]:
    """With something in every section: what the samples do not have is taken from the night of two vendors."""
    night, report = published(), copy.deepcopy(report)
    borrowed = ("changes", "split_moves", "findings", "finding_counts", "reasons_together", "personal_data")
    report |= {name: night[name] for name in borrowed}
    report["samples"] |= {name: report["samples"][name] or found for name, found in night["samples"].items()}
    report["history"] = {**night["history"], "runs": [*nights(), *nights()]}
    report["ledger"]["unknown"] = account(3, 3, 0, 0)
    for file, status in zip(report["files"], ("gone", "skipped", "unreadable", "read"), strict=False):
        file |= {"status": status, "incomplete": True, "fields_unread": {f"field_{n}": n for n in range(7)}}
        report["history"]["files"][file["source_file"]] = [0.1, None, 0.2]
        report["history"]["sources"][file["source"]] = [0.1, 0.2]
        report["changes"]["files"][file["source_file"]] = {"received": 90, "failing": 9, "same_name": True}
    rm = report["profile"]["rm"]
    name = next(iter(rm["files"]))
    signs = [{"sign": sign, "above": 31, "below": 9, "weight": 2.0} for sign in DirectionSign]
    doubt = {"source_file": name, "records": 60, "log_odds": 3.1}
    ways = [(strong, by_format) for strong in (True, False) for by_format in (True, False)]
    rm["doubtful_directions"] = [
        {**doubt, "strong": strong, "by_format": by_format, "signs": signs[at : at + 3]}
        for at, (strong, by_format) in enumerate(ways)
    ]
    place = {"records": 100, "by_chance": 50.0, "sigmas": 9.0}
    rm["first_listed"]["files"] = [{"source_file": name, **place, "first_is_best": best} for best in (100, 90)]
    rm["first_listed"]["left_out"] = 2
    rm["records_with"]["too_many_responses"] = 2
    for script in ("mixed", "other", "none"):
        report["profile"]["sft"]["scripts"][script][script] = rm["scripts"][script] = 1
    rm["responses"] |= {str(n): 1 for n in range(300, 330)}
    for names in (*rm["names"].values(), *report["profile"]["sft"]["names"].values()):
        names |= {"all_counted": False, "other": 3, "missing": 4}
    report["profile"]["splits"]["shared_prompts"] |= {"across_kinds": 1}
    # So long that it is cut.
    report["versions"]["numbers"] = "1" * 999
    return report


def _held(report: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Held, with a decision that is not used, and with more of everything than there is room for."""
    report = _eventful(report) | {"verdict": "held", "release_id": None, "with_warnings": True, "seconds": 4000}
    report["decision"] = {**_DECISION, "applied": False}
    report["gate"] = {"success": False, "failed": ["file_gone", "quarantine_share"]}
    report["checks"] = [{**check, "success": False} for check in held()["checks"]]
    report["findings"] = [{**finding, "severity": "critical"} for finding in report["findings"] * 40]
    report["finding_counts"] = {"new": 40, "known": 40}
    report["changes"]["by_file"] *= 40
    report["personal_data"] = [{**row, "records": 0} for row in report["personal_data"]]
    report["files"] = [
        {**file, "source_file": f"{n}/{file['source_file']}", "source": f"vendor {n}"}
        for n in range(80)
        for file in report["files"][:4]
    ]
    report["samples"]["quarantined"] = [{**one, "also": list("abcde")} for one in report["samples"]["quarantined"]] * 40
    report["reasons_together"]["sft"] *= 20
    report["browse"] = {"page": "browse.html", "rows": 7, "listed": 7}
    return report | changed


def _nothing() -> dict[str, Any]:
    """A first check of which nothing is to be said."""
    report = published() | {"verdict": "checked", "release_id": None, "previous_release_id": None, "findings": []}
    report |= {
        "finding_counts": {"new": 0, "known": 0},
        "personal_data": [],
        "split_moves": {"count": 0, "records": []},
    }
    report["reasons"], report["warnings"] = {"sft": {}, "rm": {}}, {"sft": {}, "rm": {"a": 0}}
    report["ledger"]["rm"] = account(0, 0, 0, 0)
    report["samples"]["quarantined"], report["checks"] = [], [{**check, "failed": 0} for check in report["checks"]]
    return report


@pytest.mark.parametrize("night", ["published", "by decision", "unchanged", "held", "rejected", "checked", "nothing"])
def test_all_of_the_page_of_a_run_is_said(samples_run, night):
    made = {
        "published": lambda: _eventful(samples_run.report),
        "by decision": lambda: _eventful(samples_run.report) | {"decision": _DECISION},
        "unchanged": lambda: _eventful(samples_run.report) | {"verdict": "unchanged", "decision": _DECISION},
        "held": lambda: _held(samples_run.report),
        "rejected": lambda: _held(samples_run.report, decision={**_DECISION, "action": "reject"}),
        "checked": lambda: _held(samples_run.report, verdict="checked", decision=None, finding_counts=_ALL_KNOWN),
        "nothing": _nothing,
    }
    report = made[night]()
    with speaking(Pseudo()):
        page = run_page(report)
    assert page.count("⟦") > 300
    assert unsaid(page, _data(report)) == []


def test_all_of_the_page_of_all_runs_is_said():
    runs = [*nights(), held() | {"decision": {**_DECISION, "action": "reject"}, "run_id": "20261123T000000Z-1"}]
    runs += [published() | {"run_id": "20261124T000000Z-2", "decision": _DECISION}]
    runs[0]["ledger"]["unknown"] = account(3, 3, 0, 0)
    rollback = Rollback(left="r-1", target="r-2", **_WHO)
    with speaking(Pseudo()):
        page = html.render_index([summary_of(run) for run in runs], 3, "UTC", [rollback] * 30)
        empty = index_page([])
    assert unsaid(page, _data(runs)) == unsaid(empty, _OWN_NAMES) == []
    assert page.count("⟦") > 50


def test_all_of_the_page_of_two_releases_is_said():
    heads = [
        {"release_id": f"r-{n}", "created": "2026-11-22T08:00:00+09:00", "run_id": f"20261122T00000{n}Z-aaaaaa"}
        | {"is_current": bool(n), "suites_hash": f"{n}" * 32, "config_hash": f"{n}" * 32}
        for n in range(2)
    ]
    steps = published()["changes"]["by_file"]
    made = {
        "before": heads[0],
        "now": heads[1],
        "ledger": {"sft": {"received": [1, 2], "published": [1, 1]}},
        "duplicates": {"sft": {"exact": [1, 2]}},
        "splits": {"sft": {"validation": [1, 2]}},
        "reasons": {"sft": {"answer_blank": [1, 2]}},
        "warnings": {"rm": {"score_contradicts_rank": [1, 2]}},
        "records": {"sft": {"added": 1, "removed": 2, "kept": 3, "moved": {"train → test": 4}}, "rm": _NO_CHANGES},
        "files": [
            {"source_file": f"{n}.json", "before": n % 2 and account(2, 1, 0, 0), "now": account(n % 3, 0, 0, 0)}
            for n in range(400)
        ],
        "by_file": [step | {"received_before": 0} for step in steps * 40],
        "settings": {"near.threshold": [0.8, 0.7]},
        "versions": {},
    }
    for file in made["files"]:
        file["before"] = file["before"] or None
    with speaking(Pseudo()):
        page = html.render_diff(Comparison.model_validate_json(json.dumps(made)), "UTC")
    # Names of reasons are cells of a table there.
    assert unsaid(page, _data(made) | {"answer_blank", "score_contradicts_rank"}) == []
    assert page.count("⟦") > 50


_NO_CHANGES = {"added": 0, "removed": 0, "kept": 0, "moved": {}}


@pytest.mark.parametrize("made", [published, held])
@pytest.mark.parametrize("listed", [7, 8])
def test_all_of_the_page_of_rows_is_said_before_its_scripts_speak(listed, made):
    browse = {"page": "browse.html", "rows": 8, "listed": listed, "warned": 8, "warned_listed": listed}
    report = made() | {"browse": browse}
    with speaking(Pseudo()):
        page = browse_page(report)
    assert unsaid(page, _data(report)) == []
    assert page.count("⟦") > 20


def test_a_picture_is_not_kept_in_the_language_that_it_was_first_seen_in():
    english = html.render_run(read(published()))
    with speaking(Pseudo()):
        assert "⟦Seconds of the job⟧" in run_page(published())
    assert html.render_run(read(published())) == english
