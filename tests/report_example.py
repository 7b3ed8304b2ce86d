"""The figures of a night as `report.json` has them: two vendors, with all that a page must show."""

import json
from typing import Any

from sftrm_quality.reports import html
from sftrm_quality.run_record import REPORT_VERSION, Figures, Report, RunSummary, read_report_json

RUN = "20261121T230412Z-8f3a5d"
RELEASE = "r-5c1e9b7a30d4f26e"
BEFORE = "r-77d0c2f41b9e6a05"


def read(report: dict[str, Any]) -> Report:
    """The report as the product reads it."""
    return read_report_json(json.dumps(report))


def figures_of(report: dict[str, Any]) -> Figures:
    return Figures(**{name: getattr(read(report), name) for name in Figures.model_fields})


def summary_of(run: dict[str, Any]) -> RunSummary:
    """What the index shows of a report or of the summary of one."""
    return RunSummary.model_validate({name: run[name] for name in RunSummary.model_fields})


def run_page(report: dict[str, Any]) -> str:
    return html.render_run(read(report))


def browse_page(report: dict[str, Any]) -> str:
    return html.render_browse(read(report))


def index_page(runs: list[dict[str, Any]], older: int = 0, timezone: str = "UTC") -> str:
    return html.render_index([summary_of(run) for run in runs], older, timezone)


def account(received: int, unreadable: int, quarantined: int, duplicates: int) -> dict[str, int]:
    return {
        "received": received,
        "unreadable": unreadable,
        "quarantined": quarantined,
        "duplicates": duplicates,
        "published": received - unreadable - quarantined - duplicates,
    }


def row_counts(rows, truncated, dropped):
    whole = rows - truncated - dropped
    counts = {"rows": rows, "whole": whole, "truncated": truncated, "dropped": dropped}
    return counts | {
        "equal": 0,
        "template_error": 0,
        "not_measured": 0,
        "tokens": 400 * rows,
        "kept_tokens": 390 * rows,
    }


def preflight():
    return {
        "trainer": "trl-dpo",
        "version": "1.16.0",
        "export": "pairs",
        "settings": {"file_format": "parquet", "pairs": "all"},
        "tokenizer": "/models/exaone-3.5",
        "tokenizer_hash": "0" * 32,
        "max_length": 1_024,
        "total": row_counts(27_836, 1_204, 96),
        "splits": {"train": row_counts(25_061, 1_080, 85), "test": row_counts(2_775, 124, 11)},
        "sources": {"vendor_b": row_counts(19_400, 1_200, 96), "": row_counts(8_436, 4, 0)},
        "left_out": {"no_different_ranks": 3},
        "dropped_by": {"prompt_fills_max_length": 96},
        "template_errors": {},
        "lengths": {
            "median": 301,
            "p90": 702,
            "p95": 1_010,
            "p99": 1_733,
            "longest": 9_120,
            "histogram": [{"from": 256, "to": 511, "count": 20_000}, {"from": 512, "to": 1_023, "count": 7_836}],
        },
        "keeps_99": 1_733,
        "prompt_fills_window": 96,
        "prompt_changes": 0,
        "with_special_tokens": 2,
        "special_tokens": {"[|endofturn|]": 2},
    }


def nights() -> list[dict[str, Any]]:
    """Four nights before, as the trends show them."""
    return [
        {
            "run_id": f"202611{day}T230412Z-8f3a5d",
            "release_id": f"r-5c1e9b7a30d4f2{day}",
            "verdict": "published",
            "started": f"2026-11-{day}T23:04:12+00:00",
            "seconds": 180.5 + day,
            "peak_mib": 1_000 + day,
            "ledger": {
                "sft": account(1_000_000 + day, 400, 20_000 + day, 60_000),
                "rm": account(20_000 + day, 0, 9, 2),
            },
            "with_warnings": day == 18,
            "finding_counts": {"new": int(day == 18), "known": 0},
            "decision": None,
        }
        for day in (17, 18, 19, 20)
    ]


def _file(name: str, format_: str | None, kind: str | None, account: dict[str, int], **others: Any) -> dict[str, Any]:
    read = {
        "status": "read",
        "container": None,
        "encoding": "utf-8",
        "note": "",
        "incomplete": False,
        "fields_unread": {},
        "reasons": {},
        "warnings": {},
        "repairs": {"strip_end_tokens": 12},
        "repairable": {"drop_blank_losers": {"records": 7, "passing": 5}},
        "marks": {},
        "waived": 0,
        "corrected": 0,
        "replaced": 0,
        "replaced_reasons": {},
        "delivery": "same",
    }
    named = {"source_file": name, "source": name.partition("/")[0], "format": format_, "label_kind": kind}
    return {**named, **read, **account, **others}


def _finding(
    reason: str, source: str, name: str, count: int, of: int, said: str, *, known: bool = False
) -> dict[str, Any]:
    return {
        "suite": "delivery",
        "reason": reason,
        "severity": "warning",
        "label_kind": None,
        "source": source,
        "source_file": name,
        "files": [name],
        "file_count": 1,
        "count": count,
        "of": of,
        "usual": None,
        "since": "20261120T230412Z-8f3a5d" if known else RUN,
        "known": known,
        "text": f"{name}: {said}",
        "fingerprints": [f"{reason:>016.16}"],
    }


def _check(
    suite: str, reason: str, severity: str, evaluated: int, failed: int, text: str, **others: Any
) -> dict[str, Any]:
    settings = {"mostly": 0.95, "success": True, "detail": "", "scope": "record", "check": "expect_text_to_be_visible"}
    settings |= {"waived": 0, "replaced": 0}
    counted = {"suite": suite, "reason": reason, "severity": severity, "evaluated": evaluated, "failed": failed}
    return {**counted, **settings, "description": text, **others}


def _failing_rows(reason: str, kind: str, number: int, stage: str, detail: str, excerpt: str) -> dict[str, Any]:
    where = {"source_file": f"vendor_a/{kind}_2026-11-21.json", "source_index": 1000 + number}
    where["source_line"] = 1003 + number if number % 2 else None
    record_id = f"{kind}-{number:032x}"
    return {
        "reason": reason,
        "label_kind": kind,
        "record_id": record_id,
        "stage": stage,
        **where,
        "detail": detail,
        "also": [],
        **_texts(excerpt),
    }


def _texts(excerpt: str) -> dict[str, Any]:
    pieces = [[excerpt[:10], True], [excerpt[10:], False]]
    part = {"name": "record", "rank": None, "characters": len(excerpt), "first": 0, "pieces": pieces}
    ranked = {"name": "response 1", "rank": "2", "characters": 300, "first": 7, "pieces": [[excerpt * 9, False]]}
    return {"parts": [ranked, part, part | {"characters": None, "pieces": []}], "parts_left_out": 2}


def published() -> dict[str, Any]:
    """A night of two vendors, published."""
    return {
        "report_version": REPORT_VERSION,
        "run_id": RUN,
        "mode": "run",
        "verdict": "published",
        "with_warnings": False,
        "finding_counts": {"new": 1, "known": 1},
        "findings": [
            _finding("file_failing", "vendor_a", "vendor_a/sft_2026-11-21.json", 14_220, 840_115, "1.7 % failed"),
            _finding("file_empty", "vendor_c", "vendor_c/last.jsonl", 0, 0, "no records in it", known=True),
        ],
        "decision": None,
        "release_id": RELEASE,
        "planned_release_id": RELEASE,
        "config": {},
        "previous_release_id": BEFORE,
        "started": "2026-11-21T23:04:12+00:00",
        "timezone": "UTC",
        "seconds": 187.4,
        "peak_mib": 1_062,
        "ledger": {"sft": account(1_240_318, 412, 23_907, 61_220), "rm": account(29_709, 0, 1_873, 214)},
        "files": [
            _file(
                "vendor_a/sft_2026-11-21.json",
                "reference",
                "sft",
                account(840_115, 412, 18_004, 44_871),
                waived=37,
                corrected=1_204,
                replaced=311,
                replaced_reasons={"answer_blank": 311},
            ),
            _file(
                "vendor_b/대화_11월.jsonl.gz",
                "alpaca",
                "sft",
                account(400_203, 0, 5_903, 16_349),
                container="gzip",
                fields_unread={"model": 400_203, "created_at": 399_871},
            ),
            _file(
                "aihub/TL_02.RLHF데이터.zip!/RMlabel.json",
                "aihub",
                "rm",
                account(29_709, 0, 1_873, 214),
                container="zip",
            ),
            _file(
                "aihub/TS_02.RLHF데이터.zip!/PPOdata.json",
                "aihub",
                None,
                account(0, 0, 0, 0),
                status="skipped",
                container="zip",
                note="base fields without answers: no records of either kind",
            ),
            _file(
                "vendor_b/README.jsonl",
                None,
                None,
                account(0, 0, 0, 0),
                status="unreadable",
                note="text of 1,204 bytes, begins with 'Dear team, '",
            ),
        ],
        "reasons": {
            "sft": {
                "answer_blank": 14_220,
                "answer_equals_question": 6_011,
                "answer_placeholder": 3_904,
                "data_id_reused": 61,
                "duplicate_key": 1,
                "answer_has_template_token": 0,
                "question_blank": 0,
            },
            "rm": {"ranks_not_contiguous": 1_402, "response_blank": 471, "prompt_blank": 0},
        },
        "warnings": {
            "sft": {"category_unclean": 138, "answer_refuses": 25_104, "question_too_long": 0},
            "rm": {"score_contradicts_rank": 0},
        },
        "duplicates": {
            "sft": {"exact": 40_218, "folded": 0, "near": 21_002},
            "rm": {"exact": 201, "folded": 0, "near": 13},
        },
        "reasons_together": {
            "sft": [{"reasons": ["answer_blank", "question_blank"], "records": 309}],
            "rm": [],
        },
        "personal_data": [
            {
                "label_kind": "sft",
                "reason": "email_found",
                "kind": "email",
                "severity": "warning",
                "records": 77,
                "files": [{"source_file": "vendor_a/sft_2026-11-21.json", "records": 77}],
            },
            {
                "label_kind": "rm",
                "reason": "email_found",
                "kind": "email",
                "severity": "warning",
                "records": 0,
                "files": [],
            },
        ],
        "conflicts": {"sft": 3_318, "rm": 7},
        "splits": {
            "sft": {"train": 1_039_301, "validation": 57_740, "test": 57_738},
            "rm": {"train": 24_860, "validation": 1_381, "test": 1_381},
        },
        "prompt_groups": {"count": 1_101_482, "largest": 96},
        "split_moves": {
            "count": 2,
            "records": [
                {"record_id": "sft-000000000000000000000000000000aa", "from": "train", "to": "test"},
                {"record_id": "sft-000000000000000000000000000000ab", "from": "validation", "to": "train"},
            ],
        },
        "checks": [
            _check("sft", "question_blank", "critical", 1_239_906, 0, "The question has visible text."),
            _check(
                "sft",
                "category_unclean",
                "warning",
                1_239_906,
                138,
                "The category is a short label, not prose.",
                mostly=0.99,
            ),
            _check(
                "sft",
                "answer_blank",
                "critical",
                1_239_594,
                13_909,
                "The answer has visible text.",
                waived=39,
                replaced=311,
            ),
            _check(
                "sft",
                "answer_placeholder",
                "critical",
                1_225_685,
                3_904,
                "The answer is not a placeholder such as N/A.",
                mostly=0.9995,
            ),
            _check(
                "rm", "ranks_not_contiguous", "critical", 29_709, 1_402, "Ranks are 1, 2, 3 … without gaps.", mostly=0.9
            ),
            _check(
                "sft",
                "answer_refuses",
                "warning",
                1_239_906,
                25_104,
                "The answer does not refuse.",
                mostly=0.99,
                success=False,
            ),
            _check(
                "release",
                "quarantine_share",
                "critical",
                2,
                0,
                "At most 30 % of the records are quarantined.",
                mostly=1.0,
                scope="release",
            ),
        ],
        "gate": {"success": True, "failed": []},
        "changes": {
            "sentences": [
                "Published: +3,402 SFT records (1,151,377 → 1,154,779).",
                "No reason moved.",
                "No source file has notably more failing records.",
            ],
            "ledger": {"sft": account(1_236_001, 410, 23_014, 61_200), "rm": account(29_709, 0, 1_873, 214)},
            "checks": {"sft: answer_blank": {"failed": 12_399, "evaluated": 1_239_900}},
            "files": {
                "vendor_a/sft_2026-11-21.json": {"received": 838_000, "failing": 8_380, "same_name": False},
                "vendor_b/대화_11월.jsonl.gz": {"received": 398_001, "failing": 5_870, "same_name": True},
            },
            "by_file": [
                {
                    "source_file": "vendor_a/sft_2026-11-21.json",
                    "label_kind": "sft",
                    "reason": "answer_blank",
                    "before": 8_001,
                    "now": 14_220,
                    "received_before": 838_000,
                    "received_now": 840_115,
                    "step": 0.007379,
                }
            ],
        },
        "history": {
            "runs": nights(),
            "files": {"vendor_a/sft_2026-11-21.json": [0.011, None, 0.012, 0.0219]},
            "sources": {},
        },
        "exports": {
            "pairs": {
                "settings": {"file_format": "parquet"},
                "records": 27_836,
                "rows": 27_836,
                "left_out": {"no_different_ranks": 3},
            }
        },
        "preflights": [preflight()],
        "browse": {"page": "browse.html", "rows": 87_626, "listed": 50_000, "known_sources": None}
        | {"warned": 25_242, "warned_listed": 10_000}
        | {"warned_reasons": {"sft": {"answer_refuses": 25_104, "category_unclean": 138}, "rm": {}}},
        "profile": None,
        "review_counts": {"waivers": {"0" * 32: 39}, "unused_corrections": ["sft-" + "0" * 32]},
        "reviews": {
            "as_of": "2026-11-22",
            "hash": "0" * 32,
            "waivers": [
                {
                    "place": "waivers.yaml, waiver 1",
                    "reason": "answer_blank",
                    "record_ids": [],
                    "source": "",
                    "files": "vendor_a/sft_2026-11-21.json",
                    "by": "Kim Min-ji",
                    "why": "silence is the answer there",
                    "until": "2026-12-31",
                    "ended": False,
                    "allowed": 39,
                },
                {
                    "place": "waivers.yaml, waiver 2",
                    "reason": "answer_placeholder",
                    "record_ids": [],
                    "source": "vendor_b",
                    "files": "",
                    "by": "Lee Seo-yeon",
                    "why": "until they have mended it",
                    "until": "2026-11-01",
                    "ended": True,
                    "allowed": 0,
                },
            ],
            "corrections": [
                {
                    "by": "Kim Min-ji",
                    "why": "words left out",
                    "corrections": 1_206,
                    "unused": 1,
                    "place": "corrections/kim.jsonl, line 1",
                }
            ],
            "left_out": 3,
        },
        "inputs": [],
        "damaged_files": [],
        "samples": {
            "borderline": [],
            "apart": [],
            "personal": [
                {
                    "reason": "email_found",
                    "label_kind": "sft",
                    "record_id": "sft-000000000000000000000000000000e1",
                    "source_file": "vendor_a/sft_2026-11-21.json",
                    "source_index": 31_415,
                    "source_line": None,
                    "name": "answer",
                    "characters": 40,
                    "first": 0,
                    "pieces": [["Write to ", False], ["***@*******.***", True], [", please.", False]],
                }
            ],
            "quarantined": [
                _failing_rows(
                    "answer_blank",
                    "sft",
                    1,
                    "check",
                    "answer is '\\u200b<|endoftext|>'",
                    '{"question": "한국의 수도는 어디인가요?", "answer": "\u200b<|endoftext|>"}',
                ),
                _failing_rows(
                    "answer_blank",
                    "sft",
                    2,
                    "check",
                    "answer is ''",
                    '{"question": "Why is the sky blue?",\n "answer": ""}',
                ),
                _failing_rows(
                    "duplicate_key",
                    "sft",
                    3,
                    "read",
                    "key 'answer' occurs twice",
                    '{"question": "김치는 어떻게 담그나요?", "answer": "배추를 절이고 …", "answer": "…"}',
                ),
                _failing_rows(
                    "ranks_not_contiguous",
                    "rm",
                    4,
                    "check",
                    "ranks 1, 2, 4",
                    '{"prompt": "Explain tides.", "responses": [{"text": "The moon pulls.", "rank": 1}]}',
                ),
            ],
            "duplicates": [
                {
                    "label_kind": "sft",
                    "record_id": "sft-000000000000000000000000000000c1",
                    "duplicate_of": "sft-000000000000000000000000000000c0",
                    "kind": "near",
                    "similarity": 0.8731,
                    "source_file": "vendor_b/대화_11월.jsonl.gz",
                    "source_index": 12_345,
                    "source_line": 12_346,
                    **_texts("비가 오는 날에는 무엇을 하면 좋을까요?"),
                },
                {
                    "label_kind": "sft",
                    "record_id": "sft-000000000000000000000000000000d1",
                    "duplicate_of": "sft-000000000000000000000000000000d0",
                    "kind": "exact",
                    "similarity": 1.0,
                    "source_file": "vendor_b/대화_11월.jsonl.gz",
                    "source_index": 77,
                    "source_line": 80,
                    **_texts("What is 7 times 8? It is 56."),
                },
            ],
        },
        "paths": {
            "release": f"releases/{RELEASE}",
            "quarantine": f"quarantine/{RUN}/quarantine.parquet",
            "duplicates": f"duplicates/{RUN}/duplicates.parquet",
        },
        "why": "sftrm why --out out",
        "command": "sftrm run raw --out out --set near.threshold=0.8",
        "suites_hash": "b1946ac92492d2347c6235b4d2611184",
        "config_hash": "591785b794601e212b260e25925636fd",
        "versions": {"sftrm-quality": "0.1.0", "python": "3.11.9", "great-expectations": "1.24.1", "pyarrow": "26.0.0"},
    }


def held() -> dict[str, Any]:
    """The same night with a gate that does not open."""
    night = published()
    night["verdict"], night["release_id"] = "held", None
    night["paths"]["release"] = None
    night["checks"][3]["success"] = False
    night["checks"][6] |= {"success": False, "failed": 1, "detail": "sft: share_quarantined is 34 %"}
    night["gate"] = {"success": False, "failed": ["answer_placeholder", "quarantine_share"]}
    return night
