"""Which samples are on the page, and how much of each, so that the page stays small whatever the texts are."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, takewhile
from typing import Any, TypeVar

from sftrm_quality.records import LabelKind
from sftrm_quality.reports import display
from sftrm_quality.run_record import DuplicateSample, QuarantineSample, Report

SAMPLES_SHOWN = 300
DUPLICATES_SHOWN = 60
ALSO_SHOWN = 3
# Of the texts of all samples together: with few samples each shows more.
SAMPLE_BYTES = 300_000
LONGEST_SAMPLE_BYTES = 20_000
# Of what surrounds these texts: only very long names of files leave samples out.
AROUND_SAMPLES_BYTES = 400_000
AROUND_DUPLICATES_BYTES = 100_000
# Of one sample and of each of its texts, without names.
_FRAME_BYTES, _PART_BYTES = 600, 300

Sample = TypeVar("Sample", QuarantineSample, DuplicateSample)


def samples_shown(report: Report) -> dict[str, Any]:
    """What the sections on samples need besides the report."""
    quarantined, duplicates = report.samples.quarantined, report.samples.duplicates
    samples = _that_fit(quarantined[:SAMPLES_SHOWN], AROUND_SAMPLES_BYTES, report.why)
    twice = _that_fit(duplicates[:DUPLICATES_SHOWN], AROUND_DUPLICATES_BYTES, report.why)
    return {
        "samples": _grouped(samples, lambda sample: sample.reason),
        "samples_left_out": len(quarantined) - len(samples),
        "duplicates": _grouped(twice, lambda sample: sample.kind),
        "also_shown": ALSO_SHOWN,
        "bytes_of_a_sample": min(LONGEST_SAMPLE_BYTES, SAMPLE_BYTES // max(1, len(samples) + len(twice))),
    }


def _that_fit(samples: Sequence[Sample], most: int, why: str) -> Sequence[Sample]:
    """The first samples whose frames together take no more than so many bytes of the page."""

    def frame(sample: Sample) -> int:
        texts = [why, sample.record_id, sample.source_file]
        if isinstance(sample, QuarantineSample):
            texts += [sample.said_detail, *sample.also[:ALSO_SHOWN]]
        shown = sum(len(str(display.text(text)).encode()) for text in texts)
        return _FRAME_BYTES + _PART_BYTES * len(sample.parts) + shown

    return samples[: sum(1 for _ in takewhile(most.__ge__, accumulate(map(frame, samples))))]


def _grouped(samples: Iterable[Sample], by: Callable[[Sample], str]) -> list[dict[str, Any]]:
    """Samples by label kind and another of their fields, in the order in which the groups begin."""
    groups: dict[tuple[LabelKind, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.label_kind, by(sample)), []).append(sample)
    return [
        {"label_kind": kind, "name": name, "samples": found, "files": len({s.source_file for s in found})}
        for (kind, name), found in groups.items()
    ]
