"""Sixty ordinary nights of twelve vendors, as figures without records: the delivery suite is silent."""

import random

import pyarrow as pa
import pytest

from sftrm_quality import findings
from sftrm_quality.checks import DELIVERY_FACTS, check_delivery, load_suites
from sftrm_quality.config import SHIPPED_EXPECTATIONS, RunConfig
from sftrm_quality.records import LabelKind
from sftrm_quality.run_record import DeliveryStatus, FileEntry, FileStatus

CONFIG = RunConfig()
NIGHTS, VENDORS, REMEMBERED = 60, 12, 14


def entry(name: str, received: int, failing: int) -> FileEntry:
    return FileEntry(
        source_file=name,
        source=name.partition("/")[0],
        delivery=DeliveryStatus.NEW,
        status=FileStatus.READ,
        format="reference",
        label_kind=LabelKind.SFT,
        container="jsonl",
        encoding="utf-8",
        note="",
        incomplete=False,
        fields_unread={},
        received=received,
        unreadable=failing // 4,
        quarantined=failing - failing // 4,
        duplicates=0,
        published=received - failing,
        reasons={"answer_blank": failing},
        warnings={},
        repairs={},
        repairable={},
        marks={},
        waived=0,
        corrected=0,
        replaced=0,
        replaced_reasons={},
    )


def night(number: int, dice: random.Random) -> list[FileEntry]:
    """A file from each vendor, each record of which fails by itself with the 2 to 4 % of that night."""
    found = []
    for vendor in range(VENDORS):
        received, share = dice.randrange(50, 2000), dice.uniform(0.02, 0.04)
        failing = sum(dice.random() < share for _ in range(received))
        found.append(entry(f"vendor_{vendor:02d}/sft_{number:03d}.jsonl", received, failing))
    return found


def told(suites, delivered, past):
    hashes = {file.source_file: file.source_file for file in delivered}
    files = findings.delivered_files(delivered, hashes, None, CONFIG, looks_for_gone=True)
    facts = findings.delivery_facts(files, past[-REMEMBERED:], CONFIG)
    checked = check_delivery(suites.delivery, facts)
    found = findings.found_in_delivery(suites.delivery, files, facts, checked)
    return findings.listed(found, {}, "20261128T000000Z-000000")


@pytest.fixture(scope="module")
def suites():
    return load_suites(SHIPPED_EXPECTATIONS)


def test_ordinary_nights_are_silent(suites):
    dice, past, found = random.Random(1), [], []
    for number in range(NIGHTS):
        delivered = night(number, dice)
        found += told(suites, delivered, past)
        past.append(tuple(delivered))
    assert len(found) <= 1, [finding.text for finding in found]


def test_a_file_far_from_its_history_is_told(suites):
    dice = random.Random(0)
    past = [tuple(night(number, dice)) for number in range(20)]
    delivered = [*night(20, dice), entry("vendor_00/sft_021.jsonl", 500, 60), entry("vendor_00/sft_022.jsonl", 40, 7)]
    (finding,) = told(suites, delivered, past)
    assert (finding.reason, finding.source_file) == ("file_unusual", "vendor_00/sft_021.jsonl")
    assert finding.usual == pytest.approx(0.03, abs=0.005)
    assert finding.text.startswith("vendor_00/sft_021.jsonl: 60 of 500 records failed (12.0 %), usually ")
    # Without a history nobody knows what is usual.
    assert told(suites, delivered, past[:4]) == ()


@pytest.mark.parametrize(
    ("failing", "of", "usual", "greatest", "found"),
    [
        (10, 40, 0.0, 0.0, True),
        (9, 40, 0.0, 0.0, False),  # not ten records beyond the usual
        (50, 1000, 0.03, 0.02, False),  # two points, and not twice
        (60, 1000, 0.03, 0.02, True),
        (30, 2000, 0.002, 0.0, False),  # seven times as many, and not two points
        (44, 2000, 0.002, 0.0, True),
        (69, 1000, 0.03, 0.04, False),  # as one night had it, and half of that more
        (71, 1000, 0.03, 0.04, True),
    ],
)
def test_each_bound_of_the_rule_counts(suites, failing, of, usual, greatest, found):
    row = dict.fromkeys(DELIVERY_FACTS.names, 0) | {"source": "v", "source_file": "v/a", "delivery": "new"}
    row |= {"received": of, "failing": failing, "usual_share": usual, "greatest_share": greatest}
    checked = check_delivery(suites.delivery, pa.Table.from_pylist([row], schema=DELIVERY_FACTS))
    assert ("file_unusual" in checked.failures["reason"].to_pylist()) is found


def test_small_files_and_the_file_itself_are_no_history():
    small = tuple(entry(f"v/a_{number}.jsonl", 50, 10) for number in range(9))
    large = tuple(entry(f"v/a_{number}.jsonl", 200, number) for number in range(10, 15))
    own = entry("v/a_20.jsonl", 200, 100)
    (file,) = findings.delivered_files([own], {}, None, CONFIG, looks_for_gone=False)
    names = ("usual_share", "greatest_share")
    facts = [findings.delivery_facts([file], [past], CONFIG) for past in (small, large, (*large, own), large[:4])]
    shares = [tuple(one.to_pylist()[0][name] for name in names) for one in facts]
    assert shares == [(None, None), (0.06, 0.07), (0.06, 0.07), (None, None)]
