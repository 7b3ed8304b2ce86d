"""Findings: source files whose rate of a reason departs from their own history."""

from collections.abc import Sequence
from statistics import median

from sftrm_quality.reports.tallies import Tallies
from sftrm_quality.run_record import FileEntry, Finding

# Fewer runs do not show how much a rate usually moves.
_FEWEST_RUNS = 5
# Median absolute deviations, scaled to the standard deviation of a normal distribution: a file that is as always
# passes that bound about three times in a thousand. One wild night in fourteen moves neither median.
_DEVIATIONS = 3
_AS_STANDARD_DEVIATION = 1.4826
# A file that never varies has no deviation at all; half a point of its records is what is worth a look.
_NOTABLE_SHARE = 0.005
# In a small file a single record is more than that.
_FEWEST_RECORDS = 5


def findings(files: Sequence[FileEntry], past: Sequence[Tallies]) -> tuple[Finding, ...]:
    """Files and reasons beyond ``_DEVIATIONS`` and ``_NOTABLE_SHARE``, most records beyond the usual first.

    A file is compared with the runs that had it, or others of its series. The usual rate is their median.

    Args:
        files: Of this run.
        past: Earlier published runs.

    Returns:
        An entry for each file and reason.
    """
    found = []
    for file in files:
        known = [tally for run in past if (tally := run.find(file.source_file))]
        if len(known) < _FEWEST_RUNS or not file.received:
            continue
        for reason in sorted({*file.reasons, *(reason for tally in known for reason in tally.reasons)}):
            rates = [tally.share(reason) for tally in known]
            usual = median(rates)
            deviation = _AS_STANDARD_DEVIATION * median(abs(rate - usual) for rate in rates)
            allowed = max(_NOTABLE_SHARE, _DEVIATIONS * deviation)
            count = file.reasons.get(reason, 0)
            beyond = abs(count - usual * file.received)
            if beyond > allowed * file.received and beyond >= _FEWEST_RECORDS:
                found.append((beyond, file, reason, count, usual, allowed, len(known)))
    found.sort(key=lambda entry: (-entry[0], entry[1].source_file, entry[2]))
    return tuple(
        Finding(
            source_file=file.source_file,
            label_kind=file.label_kind,
            reason=reason,
            count=count,
            received=file.received,
            usual=round(usual, 6),
            allowed=round(allowed, 6),
            runs=runs,
        )
        for _, file, reason, count, usual, allowed, runs in found
    )
