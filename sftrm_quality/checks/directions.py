"""What tells the direction of ranks: whether blank, copied, broken, refusing or short responses are above the others.

Counted before anything is quarantined: a response that is blank takes its record out of the release, and is the best
evidence of where its ranks begin. It goes by no suite, so that a check that somebody took out is not missed here.

Not counted: responses that break off. Long responses reach the limit of their generation more often, and win more
often, so that the sign says nothing of itself.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from sftrm_quality.arrays import (
    Mask,
    Rows,
    as_floats,
    as_ints,
    as_mask,
    list_offsets,
    one_array,
    row_of_each,
    text_buffers,
)
from sftrm_quality.checks.phrases import compiled_phrases
from sftrm_quality.checks.refusals import REFUSALS
from sftrm_quality.checks.texts import is_blank, matches, whole_text_pattern
from sftrm_quality.records import DirectionSign

# All pairs of responses are compared; a prompt with more responses than this is no ranking by people.
_MOST_RESPONSES = 256
# Signs of a response by itself, as bits; that of length is of pairs without any of them, since what is blank or refuses
# is short, too, and would count twice.
_BY_ITSELF = (DirectionSign.BLANK, DirectionSign.COPY, DirectionSign.BROKEN, DirectionSign.REFUSAL)
_COUNTED = (*_BY_ITSELF, DirectionSign.SHORT, DirectionSign.FAR_SHORTEST)

# Longer texts are no stand-in for a missing one. Bytes of the normalised form.
_LONGEST_STAND_IN = 60
# Nothing but punctuation, or a word that no people write instead of an answer. Fewer than the suites know: these need
# no look at the question.
_STAND_INS = whole_text_pattern(
    [
        r"[\p{P}\p{Z}\p{C}]+",
        r"[<(\[{]*(?:null|none|nan|nil|undefined|n/a|#n/a|todo|tbd|empty|blank|missing|no ?input|no ?output)[>)\]}.]*",
        r"no (?:answer|response|output|content|text)(?: (?:provided|available|given|found))?\.?",
        r"(?:답변|내용|응답|출력)?\s*없음\.?|미입력|미작성|무응답|(?:답변\s*)?준비\s*중(?:입니다)?\.?",
        r"暂无(?:回答|内容)?。?|待补充|空白|未填写|無回答|未入力|なし",
        r"\[object object\]|(?:internal server error|rate limit exceeded|request timed out|content filtered)\.?",
    ]
)

# A refusal begins with itself. So many characters of each response are looked at.
_WITHIN = 60
# What is damaged is damaged throughout, and tokens of templates are at the ends: so many bytes at either end are looked
# at, which is a third of the time of looking at all.
_AT_ENDS = 160


def direction_signs(table: pa.Table) -> Mapping[str, int]:
    """Counts the signs of RM records.

    Args:
        table: Candidates of RM, with ``prompt_strict``, ``responses_strict`` and ``responses_normalised``.

    Returns:
        ``records``, those with two different ranks; and of each sign ``…_above`` and ``…_below``: records in which the
        responses with it win or lose more pairs against those without, or, of length, in which the shorter of two
        responses without any other sign wins or loses more pairs.
    """
    responses = one_array(table["responses"])
    flat = responses.flatten()
    text = pc.struct_field(flat, "text")
    normalised = one_array(table["responses_normalised"]).flatten()
    found = (
        _blank(text, normalised),
        _copies(one_array(table["prompt_strict"]), one_array(table["responses_strict"])),
        _broken(*text_buffers(text), _AT_ENDS),
        compiled_phrases(REFUSALS).stand_in(normalised, _WITHIN),
    )
    signs = np.zeros(len(flat), np.uint8)
    for bit, mask in enumerate(found):
        signs |= mask.astype(np.uint8) << np.uint8(bit)
    # What has nothing to see has nothing else.
    signs[found[0]] = 1
    counts = _count(
        list_offsets(responses),
        as_floats(pc.struct_field(flat, "rank")),
        # In bytes of UTF-8, in which a syllable of Hangul says as much as three Latin letters; characters take longer.
        as_ints(pc.binary_length(text)),
        signs,
        _MOST_RESPONSES,
    ).tolist()
    names = [f"{sign}_{side}" for sign in _COUNTED for side in ("above", "below")]
    return dict(zip(("records", *names), counts, strict=True))


def _blank(text: pa.StringArray, normalised: pa.StringArray) -> Mask:
    """Texts in which there is nothing to see, and stand-ins for a missing one."""
    found = as_mask(text.is_null())
    short = np.flatnonzero(as_ints(pc.binary_length(normalised)) <= _LONGEST_STAND_IN)
    texts = text.take(pa.array(short))
    found[short] |= is_blank(texts) | matches(texts, _STAND_INS)
    return found


def _copies(prompts: pa.StringArray, responses: pa.ListArray) -> Mask:
    """Responses that are their prompt; only those of its length are compared."""
    row, texts = row_of_each(responses), responses.flatten()
    lengths = as_ints(pc.binary_length(texts))
    possible: Rows = np.flatnonzero((lengths > 0) & (lengths == as_ints(pc.binary_length(prompts))[row]))
    found = np.zeros(len(texts), bool)
    same = pc.equal(texts.take(pa.array(possible)), prompts.take(pa.array(row[possible])))
    found[possible] = as_mask(same)
    return found


@njit(cache=True, nogil=True)
def _broken(offsets, data, at_ends):  # type: ignore[no-untyped-def]
    """Which texts have U+FFFD, a control character that no code has, or a token of a template (`<|…|>`, `</s>`)."""
    count = len(offsets) - 1
    found = np.zeros(count, np.bool_)
    for text in range(count):
        whole = data[offsets[text] : offsets[text + 1]]
        for side in range(1 + (len(whole) > at_ends)):
            piece = whole[-at_ends:] if side else whole[:at_ends]
            special = np.int32(0)
            # A sum without a branch, which the compiler turns into vector instructions.
            for byte in piece:
                special += (byte == 0xEF) | (byte < 0x09) | (byte == 0x7C) | (byte == 0x2F)
            if special:
                found[text] |= _is_broken(piece)
    return found


@njit(cache=True, nogil=True)
def _is_broken(piece):  # type: ignore[no-untyped-def]
    end = len(piece)
    for i in range(end):
        byte = piece[i]
        if byte < 0x09:
            return True
        if byte == 0xEF:
            if i + 2 < end and piece[i + 1] == 0xBF and piece[i + 2] == 0xBD:
                return True
        elif byte == 0x2F:
            if 0 < i < end - 2 and piece[i - 1] == 0x3C and piece[i + 1] == 0x73 and piece[i + 2] == 0x3E:
                return True
        elif byte == 0x7C and 0 < i < end - 3 and piece[i - 1] == 0x3C:
            at = i + 1
            while at < min(end, i + 40) and (np.uint8((piece[at] | 0x20) - 0x61) < 26 or piece[at] == 0x5F):
                at += 1
            if at > i + 1 and at + 1 < end and piece[at] == 0x7C and piece[at + 1] == 0x3E:
                return True
    return False


@njit(cache=True, nogil=True)
def _count(ends, ranks, lengths, signs, most):  # type: ignore[no-untyped-def]
    """Records, and the two counts of every sign in the order of ``_COUNTED``.

    Args: where the responses of each record begin and end, and of every response its rank (NaN: none), bytes, and
    signs (bits in the order of ``_BY_ITSELF``).
    """
    counts = np.zeros(13, np.int64)
    net = np.zeros(5, np.int64)
    for record in range(len(ends) - 1):
        first, end = ends[record], ends[record + 1]
        if end - first > most:
            continue
        net[:] = 0
        compared = False
        best, worst = np.inf, -np.inf
        for i in range(first, end):
            if np.isnan(ranks[i]):
                continue
            if signs[i] == 0:
                best, worst = min(best, ranks[i]), max(worst, ranks[i])
            for j in range(first, i):
                if np.isnan(ranks[j]) or ranks[i] == ranks[j]:
                    continue
                compared = True
                above, below = (i, j) if ranks[i] < ranks[j] else (j, i)
                for bit in range(4):
                    net[bit] += np.int64(signs[above] >> bit & 1) - np.int64(signs[below] >> bit & 1)
                if signs[i] == 0 and signs[j] == 0:
                    net[4] += np.int64(lengths[above] < lengths[below]) - np.int64(lengths[above] > lengths[below])
        counts[0] += compared
        for sign in range(5):
            counts[1 + 2 * sign] += net[sign] > 0
            counts[2 + 2 * sign] += net[sign] < 0
        if not best < worst:
            continue
        longest_best, longest_worst, shortest_not_best, shortest_not_worst = -1, -1, 1 << 62, 1 << 62
        for i in range(first, end):
            if np.isnan(ranks[i]) or signs[i]:
                continue
            if ranks[i] == best:
                longest_best = max(longest_best, lengths[i])
            else:
                shortest_not_best = min(shortest_not_best, lengths[i])
            if ranks[i] == worst:
                longest_worst = max(longest_worst, lengths[i])
            else:
                shortest_not_worst = min(shortest_not_worst, lengths[i])
        counts[11] += 2 * longest_best < shortest_not_best
        counts[12] += 2 * longest_worst < shortest_not_worst
    return counts
