"""What is said of a finding: one sentence, the same on every surface. Names of files, never the text of a record."""

from collections.abc import Callable, Mapping

from sftrm_quality.findings.found import Found
from sftrm_quality.findings.release_checks import named
from sftrm_quality.words import bound, joined, number, say, say_of, share


def sentence(found: Found) -> str:
    """The sentence of a finding, without its full stop.

    Args:
        found: The finding.

    Returns:
        The sentence. Of a reason that somebody added to a suite, the check's description and the figures.
    """
    if found.suite == "delivery":
        return _DELIVERY.get(found.reason, _of_any_check)(found)
    return _OTHERS[found.suite](found)


def _who(found: Found) -> str:
    """The file; of several, whose they are and the first of them."""
    names = [name for name, _ in found.files]
    if len(names) == 1:
        return names[0]
    return say("{source} ({count} files: {files})", source=found.source, count=number(len(names)), files=named(names))


def _records(count: int) -> str:
    return say_of("{count} record", "{count} records", count)


def _gone(found: Found) -> str:
    return say("{who}: gone, and with it {records}", who=_who(found), records=_published(found))


def _published(found: Found) -> str:
    return say_of("{count} published record", "{count} published records", found.count)


def _emptied(found: Found) -> str:
    return say(
        "{who}: empty now; the current release has {records} of it", who=_who(found), records=_records(found.count)
    )


def _shrunk(found: Found) -> str:
    return say(
        "{who}: {count} of {of} records are missing ({share})",
        who=_who(found),
        count=number(found.count),
        of=number(found.of),
        share=share(found.count, found.of),
    )


def _ends_early(found: Found) -> str:
    return say("{who}: ends early after {records}; it was cut off", who=_who(found), records=_records(found.count))


def _empty(found: Found) -> str:
    return say("{who}: no records in it", who=_who(found))


def _unreadable(found: Found) -> str:
    return say("{who}: of no known format, so that nothing of it is read", who=_who(found))


def _failing(found: Found) -> str:
    said = say(
        "{who}: {count} of {of} records failed ({share})",
        who=_who(found),
        count=number(found.count),
        of=number(found.of),
        share=share(found.count, found.of),
    )
    if found.usual is not None:
        said = say("{said}, usually {usual}", said=said, usual=bound(round(found.usual, 3)))
    because = ", ".join(f"{reason} {number(count)}" for reason, count in found.because)
    return say("{said}: {reasons}", said=said, reasons=because) if because else said


def _redelivered(found: Found) -> str:
    return say("{who}: all {records} were delivered before", who=_who(found), records=_records(found.count))


def _marked(found: Found) -> str:
    first, others = found.because[0], found.because[1:]
    said = say(
        "{who}: {mark} is in {count} of {of} records ({share}), a mark that no list knows",
        who=_who(found),
        mark=first[0],
        count=number(first[1]),
        of=number(found.of),
        share=share(first[1], found.of),
    )
    also = ", ".join(f"{mark} ({number(count)})" for mark, count in others)
    return say("{said}; also {marks}", said=said, marks=also) if also else said


def _of_any_check(found: Found) -> str:
    said = {"who": _who(found), "check": found.description or found.reason}
    return say("{who}: {count} of {of}. {check}", count=number(found.count), of=number(found.of), **said)


def _of_rows(found: Found) -> str:
    """Of a check of records of which too many failed."""
    kind = found.label_kind.upper() if found.label_kind else ""
    return say(
        "{who}: {count} of {of} {kind} records ({share}) fail {reason}; at most {allowed} may",
        who=found.source if len(found.files) != 1 else found.files[0][0],
        count=number(found.count),
        of=number(found.of),
        kind=kind,
        share=share(found.count, found.of),
        reason=found.reason,
        allowed=bound(found.allowed or 0.0),
    )


def _of_release(found: Found) -> str:
    return joined("; ", found.about) or found.description


def _of_settings(found: Found) -> str:
    return joined("; ", found.about)


_DELIVERY: Mapping[str, Callable[[Found], str]] = {
    "file_gone": _gone,
    "file_emptied": _emptied,
    "file_shrunk": _shrunk,
    "file_ends_early": _ends_early,
    "new_file_ends_early": _ends_early,
    "file_empty": _empty,
    "file_unreadable": _unreadable,
    "file_failing": _failing,
    "file_unusual": _failing,
    "file_redelivered": _redelivered,
    "recurring_mark": _marked,
}
_OTHERS: Mapping[str, Callable[[Found], str]] = {
    "sft": _of_rows,
    "rm": _of_rows,
    "release": _of_release,
    "settings": _of_settings,
    "suites": _of_settings,
    "decisions": _of_settings,
    "reviews": _of_settings,
}
