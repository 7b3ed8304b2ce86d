"""Personal data in the report: counted where the checks count it, shown masked, only from published records."""

import json
from collections import Counter

from sftrm_quality.reports.personal import SAMPLES_OF_EACH
from tests.outputs import Output, open_gate, run_on


def sft(number, question, answer="So."):
    record = {"data_id": str(number), "data_category": "x", "question_type": "x", "question_count": 1}
    return json.dumps({**record, "question": f"{question} Is {number} a number of its own?", "answer": answer})


def test_it_is_counted_by_file_and_shown_from_published_records(tmp_path):
    (tmp_path / "raw").mkdir()
    mail, phone = "write to kim{}@example.co.kr", "call 010-1234-56{:02}"
    first = [sft(n, mail.format(n)) for n in range(4)] + [sft(10, mail.format(10), " ")]
    first += [sft(n, "call someone", phone.format(n)) for n in range(20, 22)]
    (tmp_path / "raw" / "a.jsonl").write_text("\n".join([first[0], *first]), "utf-8")
    (tmp_path / "raw" / "b.jsonl").write_text("\n".join([sft(30, "x" * 900 + mail.format(30)), sft(31, "no")]), "utf-8")
    ranked = [{"text": "see kim@example.co.kr", "rank": 2}, {"text": "do not", "rank": 1}]
    rm = {"data_id": "1", "prompt": "Where?", "responses": ranked}
    (tmp_path / "raw" / "c.jsonl").write_text(json.dumps(rm), "utf-8")
    report, other = (
        run_on([tmp_path / "raw"], tmp_path / f"out-{records}", gate, f"limits.shard_records={records}").report
        for gate in [open_gate(tmp_path / "suites")]
        for records in (1_000, 2)
    )
    # Neither these nor any other sample depends on how the work was cut.
    assert {**other["samples"], "rows": other["browse"]} == {**report["samples"], "rows": report["browse"]}
    counted = {(row["label_kind"], row["reason"]): row for row in report["personal_data"]}
    # With the quarantined one and the duplicate: what was checked, not what is published.
    assert counted["sft", "email_found"]["records"] == 7
    assert counted["sft", "email_found"]["files"] == [
        {"source_file": "a.jsonl", "records": 6},
        {"source_file": "b.jsonl", "records": 1},
    ]
    assert counted["sft", "mobile_number_found"]["records"] == 2
    assert counted["rm", "email_found"]["records"] == 1
    for (kind, reason), row in counted.items():
        assert row["records"] == report["warnings"][kind][reason] and row["severity"] == "warning"

    samples = report["samples"]["personal"]
    assert Counter((s["label_kind"], s["reason"]) for s in samples) == {
        ("sft", "email_found"): SAMPLES_OF_EACH,
        ("sft", "mobile_number_found"): 2,
        ("rm", "email_found"): 1,
    }
    out = Output(tmp_path / "out-1000", report)
    ids = {row["record_id"] for kind in ("sft", "rm") for row in out.published(kind)}
    assert {s["record_id"] for s in samples} <= ids
    mails = [s for s in samples if (s["label_kind"], s["reason"]) == ("sft", "email_found")]
    assert [(s["source_index"], s["source_line"]) for s in mails] == [(0, 1), (2, 3), (3, 4)]  # 1 is a duplicate
    marked = {(s["name"], piece) for s in samples for piece, is_marked in s["pieces"] if is_marked}
    assert marked == {
        ("question", "****@*******.**.**"),
        ("answer", "***-****-****"),
        ("response", "***@*******.**.**"),
    }
    page = (tmp_path / "out-1000" / "reports" / report["run_id"] / "index.html").read_text("utf-8")
    assert "A warning keeps nothing back" in page
    assert "example.co" not in page and "1234" not in page


def test_a_page_masks_texts_and_shows_ids(tmp_path):
    (tmp_path / "raw").mkdir()
    ids = ["20261127-0012345", "221208-1900740"]
    rows = [
        sft(number, f"Order {1000000 + n} of 2026-11-27, case {n} costs 1,234,567?", " ")
        for n, number in enumerate(ids)
    ]
    (tmp_path / "raw" / "orders_20261127.jsonl").write_text("\n".join(rows), "utf-8")
    run = run_on([tmp_path / "raw"], tmp_path / "out", open_gate(tmp_path / "suites"))
    shown = "".join(
        path.read_text("utf-8") for path in run.report_folder.rglob("*.*") if path.suffix in (".html", ".js")
    )
    assert all(id_ in shown for id_ in ids) and "orders_20261127.jsonl" in shown
    assert "Order ******* of 2026-11-27" in shown and "1,234,567" in shown and "1000001" not in shown
