"""A month with a vendor: a bad file, its sheet, a waiver that ends, a finding that is accepted, a mended redelivery."""

import json

import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.outputs import Output, run_on
from tests.sheets import Book, text
from tests.test_reviews import folder_of

SOURCES = json.dumps([{"files": "vendor/*", "name": "Hangang", "redelivery": "replaces"}])


def records(name, count, blank=()):
    return [
        {
            "data_id": f"{name}{at}",
            "question": f"What is it that number {at} of {name} is about, by page {at * 37}?",
            "answer": " "
            if at in blank
            else f"It is about {at * 7919} things, which {name} counts up to {at * 104729}.",
        }
        for at in range(count)
    ]


class Month:
    """Runs of one output folder, each on a day; days to come, since nobody may accept until one that is over."""

    def __init__(self, base):
        self.raw, self.out, self.reviews = base / "raw", base / "out", folder_of(base / "reviews")
        (self.raw / "vendor").mkdir(parents=True)

    @property
    def settings(self):
        return [f"sources={SOURCES}", f"reviews={self.reviews}"]

    def deliver(self, name, rows):
        (self.raw / "vendor" / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def night(self, day):
        ran = run_on([self.raw], self.out, *self.settings, f"as_of=2031-11-{day:02}")
        return ran.verdict, Output(self.out, ran.report)

    def command(self, *arguments):
        done = CliRunner().invoke(app, [*map(str, arguments), "--out", str(self.out)])
        assert done.exit_code == 0, done.output
        return done.output

    def finding(self, output, reason):
        return next(found for found in output.report["findings"] if found["reason"] == reason)


@pytest.fixture
def month(tmp_path):
    return Month(tmp_path)


def test_a_month_with_a_vendor(month, tmp_path):
    month.deliver("01.jsonl", records("a", 60))
    assert month.night(1)[0] == "published"

    # A bad file: the night is held, and the sheet for the vendor has what is wrong.
    month.deliver("02.jsonl", records("b", 100, blank=range(90)))
    verdict, held = month.night(2)
    assert verdict == "held" and held.report["ledger"]["sft"]["quarantined"] == 90
    sheet = tmp_path / "sheet.xlsx"
    month.command("rows", "--for-repair", "--to", sheet)
    book, ids = Book(sheet), {row["data_id"]: row["record_id"] for row in held.quarantine}
    for name, record_id in ids.items():
        if name not in ("b0", "b1"):
            book.fill("SFT", record_id, "new_answer", text(f"The vendor says that {name} is mended now."))
    filled = book.save(tmp_path / "filled.xlsx")
    settings = [word for setting in month.settings for word in ("--set", setting)]
    month.command("corrections", "import", filled, "--by", "Kim", "--yes", *settings)
    verdict, mended = month.night(3)
    assert verdict == "published"
    by = {row["data_id"]: row["corrected_by"] for row in mended.published("sft")}
    assert [by[f"b{at}"] for at in range(2, 90)] == ["Kim"] * 88 and "b0" not in by and by["b90"] is None

    # A waiver lets one of the two through until a day, and then no longer.
    waived = {"reason": "answer_blank", "records": [ids["b0"]], "by": "Lee", "why": "meant so", "until": "2031-11-10"}
    (month.reviews / "waivers.yaml").write_text(json.dumps({"waivers": [waived]}), "utf-8")
    verdict, allowed = month.night(10)
    assert verdict == "published"
    assert {row["data_id"]: row["waived"] for row in allowed.published("sft")}["b0"] == ["answer_blank"]
    _, ended = month.night(11)
    assert "b0" not in {row["data_id"] for row in ended.published("sft")}
    told = month.finding(ended, "waiver_ended")
    assert told["since"] == ended.report["run_id"]

    # Accepted until a day: nobody is told again until then.
    month.command(
        "act", told["fingerprints"][0], "--accepted-until", "2031-11-20", "--by", "Lee", "--note", "we ask them"
    )
    month.deliver("03.jsonl", records("c", 10))
    quiet = month.finding(month.night(20)[1], "waiver_ended")
    assert quiet["known"] and quiet["act"]["counts"] and quiet["act"]["until"] == "2031-11-20"
    # Acceptances end by the calendar, and not by the day that reviews are taken of: as if that day were over.
    log = month.out / "acts.jsonl"
    log.write_text(log.read_text("utf-8").replace("2031-11-20", "2026-01-20"), "utf-8")
    month.deliver("04.jsonl", records("d", 10))
    assert not month.finding(month.night(21)[1], "waiver_ended")["act"]["counts"]

    # The vendor delivers what was still bad once more: it takes the place of what is quarantined.
    month.deliver("05.jsonl", records("b", 2))
    verdict, replaced = month.night(28)
    assert verdict == "published"
    rows = {row["data_id"]: row for row in replaced.quarantine}
    published = {row["data_id"]: row["record_id"] for row in replaced.published("sft")}
    assert {name: rows[name]["replaced_by"] for name in ("b0", "b1")} == {
        name: published[name] for name in ("b0", "b1")
    }
    account = replaced.report["ledger"]["sft"]
    assert account["received"] == 182 == sum(account[name] for name in account if name != "received")
