"""Findings on source files whose ranks look as if they were read upside down, and what is said of them."""

from collections.abc import Iterable, Mapping

from sftrm_quality.findings.found import Found
from sftrm_quality.records import DirectionSign, LabelKind, Severity
from sftrm_quality.run_record import DoubtfulDirection, FileEntry, Profile, SignCount
from sftrm_quality.words import joined, number, say

# A sign that makes the odds more than twice as high is worth its words, and three of them are enough.
_WEIGHT_SAID = 0.7
_SIGNS_SAID = 3


def found_in_directions(profile: Profile | None, files: Iterable[FileEntry], hashes: Mapping[str, str]) -> list[Found]:
    """Files of RM records whose direction is in doubt.

    Args:
        profile: Of the release; None where a version that had none made it.
        files: Entries of the source files, which say whose they are.
        hashes: Of the raw files, by name.

    Returns:
        A finding for each.
    """
    if profile is None or profile.rm is None:
        return []
    sources = {file.source_file: file.source for file in files}
    return [
        Found(
            suite="settings",
            reason="rank_direction_doubtful",
            severity=Severity.WARNING,
            description="",
            source=sources.get(doubt.source_file) or None,
            files=((doubt.source_file, _hash(doubt.source_file, hashes)),),
            count=doubt.records,
            of=doubt.records,
            label_kind=LabelKind.RM,
            about=(say("{file}: {doubt}", file=doubt.source_file, doubt=doubt_in_words(doubt)),),
        )
        for doubt in profile.rm.doubtful_directions
    ]


def _hash(source_file: str, hashes: Mapping[str, str]) -> str:
    """Of a member of an archive, that of the archive."""
    return hashes.get(source_file, "") or hashes.get(source_file.split("!/")[0], "")


def doubt_in_words(doubt: DoubtfulDirection) -> str:
    """Why the direction of a file is in doubt, and what to do.

    Args:
        doubt: The file.

    Returns:
        The end of a sentence that begins with the file, without a full stop.
    """
    heavy = [sign for sign in doubt.signs if sign.weight is None or sign.weight >= _WEIGHT_SAID]
    signs = joined(", ", [_in_words(sign) for sign in (heavy or list(doubt.signs))[:_SIGNS_SAID]])
    if doubt.by_format:
        if doubt.strong:
            return say(
                "the better and the worse responses are probably exchanged: {signs}; if so, declare a format in which "
                "they are the other way round",
                signs=signs,
            )
        return say(
            "the better and the worse responses may be exchanged: {signs}; if so, declare a format in which they are "
            "the other way round",
            signs=signs,
        )
    if doubt.strong:
        return say(
            "the declared rank direction is probably wrong: {signs}; if so, declare the other rank_direction for it",
            signs=signs,
        )
    return say(
        "the declared rank direction may be wrong: {signs}; if so, declare the other rank_direction for it",
        signs=signs,
    )


def _in_words(sign: SignCount) -> str:
    counts = {"above": number(sign.above), "all": number(sign.above + sign.below)}
    if sign.sign is DirectionSign.BLANK:
        return say("blank responses are ranked above others in {above} of {all} records that have one", **counts)
    if sign.sign is DirectionSign.COPY:
        return say("copies of the prompt are ranked above others in {above} of {all} records that have one", **counts)
    if sign.sign is DirectionSign.BROKEN:
        return say("damaged responses are ranked above others in {above} of {all} records that have one", **counts)
    if sign.sign is DirectionSign.REFUSAL:
        return say("refusals are ranked above others in {above} of {all} records that have one", **counts)
    if sign.sign is DirectionSign.SHORT:
        return say("the shorter responses win {above} of {all} times", **counts)
    return say(
        "responses less than half as long as any other are best {above} and worst {below} times",
        above=number(sign.above),
        below=number(sign.below),
    )
