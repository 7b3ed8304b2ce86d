"""How alike two rows are, and what tells them apart: from their sets (``sets``).

Alike are rows all of whose parts reach the threshold: prompt, history, system message, and each response with its
counterpart. Rows that are alike may still teach different things (``Apart``); then neither is a copy of the other.
"""

from enum import IntEnum

import numpy as np
from numba import njit


class Apart(IntEnum):
    """What tells two rows apart that are alike."""

    TEMPLATE = 1
    """Their prompts fold differently, and what they share is a template."""
    NUMBERS = 2
    """A part of one has other numbers, or these in another order."""
    NEGATIONS = 3
    """A part of one has more negations: it says no where the other says yes."""
    PASSAGE = 4
    """Their prompts differ in a passage (``passages``)."""


# Shingles that are missing where a text is cut short; one or two are a full stop and a line end.
_CUT = 3

_COUNTED = 255  # as in ``sets``: a compiled function uses nothing of another file

_TEMPLATE, _NUMBERS, _NEGATIONS = int(Apart.TEMPLATE), int(Apart.NUMBERS), int(Apart.NEGATIONS)


@njit(cache=True, nogil=True)
def compare(words, ranks, left, right, prompt_sets, threshold, found, apart, shorter):  # type: ignore[no-untyped-def]
    """How alike the rows of each pair are.

    The least Jaccard of all parts. Responses find their counterparts in the order delivered, each the most alike of
    those still free, of equals one with the same mark; so two RM rows are alike only with the same number of responses.
    RM rows that rank counterparts in opposite order are 0 too: neither may be dropped in favour of the other.

    Args:
        words: The words of rows (uint64), as ``sets`` has them.
        ranks: The same seen as float64.
        left, right: Where in them the rows of each pair begin.
        prompt_sets: ``sets.PROMPT_SETS``.
        threshold: The least Jaccard, above 0.
        found: By pair (float64), which is filled: 0 to 1; 0 stands for everything below the threshold.
        apart: By pair (uint8), filled: what tells them apart, a value of ``Apart`` but ``PASSAGE``; 0 for nothing.
        shorter: By pair (int8), filled: -1 if the responses of the left row are cut short: all of their shingles are
            among those of their counterparts, which have at least ``_CUT`` more; 1 if it is the right row; else 0.
    """
    for pair in range(len(found)):
        a, b = left[pair], right[pair]
        found[pair], mark, shorter[pair] = _alike(words, ranks, a, b, prompt_sets, threshold, True)
        apart[pair] = 0
        if found[pair] > 0:
            if _templated_apart(words, a, b, prompt_sets):
                apart[pair] = _TEMPLATE
            else:
                apart[pair] = max(mark, _prompt_marks(words, a, b, prompt_sets))


@njit(cache=True, nogil=True)
def connect_alike(words, ranks, left, right, prompt_sets, threshold, parents, a, b):  # type: ignore[no-untyped-def]
    """Unite the sets of rows that are alike and not told apart by a template.

    Pairs that are connected already are not compared: it could change nothing.

    Args:
        words, ranks, left, right, prompt_sets, threshold: As of ``compare``.
        parents: Of rows counted in another way (int64), a row's own number at a root; changed in place.
        a, b: The rows of each pair, counted in that way.

    Returns:
        Which pairs united two sets (bool).
    """
    united = np.zeros(len(left), np.bool_)
    for pair in range(len(left)):
        x, y = _root(parents, a[pair]), _root(parents, b[pair])
        if x == y or _templated_apart(words, left[pair], right[pair], prompt_sets):
            continue
        if _alike(words, ranks, left[pair], right[pair], prompt_sets, threshold, False)[0] > 0:
            parents[max(x, y)] = min(x, y)
            united[pair] = True
    return united


@njit(cache=True, nogil=True)
def roots(parents, rows):  # type: ignore[no-untyped-def]
    """The root of each row: the smallest row that it is connected with.

    Args:
        parents: Of all rows; paths in it become shorter.
        rows: Those that are asked about.
    """
    found = np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        found[i] = _root(parents, rows[i])
    return found


@njit(cache=True, nogil=True)
def settle(parents):  # type: ignore[no-untyped-def]
    """Makes the parent of every row its root, in place; -1 stays."""
    for row in range(len(parents)):
        if parents[row] >= 0:
            parents[row] = _root(parents, row)


@njit(cache=True, nogil=True)
def connect(parents, earlier, later):  # type: ignore[no-untyped-def]
    """Unite the groups of each pair; the smaller root stays one, so that a group is named by its smallest row.

    Args:
        parents: Of all rows (int64), a row's own number at a root; changed in place.
        earlier, later: The rows of each pair.
    """
    for i in range(len(earlier)):
        a, b = _root(parents, earlier[i]), _root(parents, later[i])
        parents[max(a, b)] = min(a, b)


@njit(cache=True, nogil=True)
def _root(parents, row):  # type: ignore[no-untyped-def]
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@njit(cache=True, nogil=True)
def _templated_apart(words, a, b, prompt_sets):  # type: ignore[no-untyped-def]
    """Whether a part of the prompt folds differently and is templated in one of the rows.

    In one is enough: what is templated is known from samples, and rows that share most of a part share its template.
    """
    a_hashes, b_hashes = a + 1 + 3 * np.int64(words[a]), b + 1 + 3 * np.int64(words[b])
    templated = words[a_hashes + 2 * prompt_sets] | words[b_hashes + 2 * prompt_sets]
    for part in range(prompt_sets):
        if words[a_hashes + part] != words[b_hashes + part] and (templated >> np.uint64(part)) & np.uint64(1):
            return True
    return False


@njit(cache=True, nogil=True)
def _prompt_marks(words, a, b, prompt_sets):  # type: ignore[no-untyped-def]
    """What the marks of the prompts tell apart."""
    a_marks, b_marks = a + 1 + 2 * np.int64(words[a]), b + 1 + 2 * np.int64(words[b])
    apart = 0
    for part in range(prompt_sets):
        apart = max(apart, _mark(words[a_marks + part], words[b_marks + part]))
    return apart


@njit(cache=True, nogil=True)
def _mark(a, b):  # type: ignore[no-untyped-def]
    """What two marks tell apart, 0 for nothing."""
    if a == b:
        return 0
    return _NUMBERS if (a ^ b) > np.uint64(_COUNTED) else _NEGATIONS


@njit(cache=True, nogil=True)
def _alike(words, ranks, a, b, prompt_sets, threshold, with_responses):  # type: ignore[no-untyped-def]
    """The similarity of the rows that begin at two places, or 0; what tells their responses apart; which is shorter."""
    sets = np.int64(words[a])
    if sets != np.int64(words[b]):
        return 0.0, 0, 0
    header = 1 + 3 * sets + 2 * prompt_sets + 1
    a_lengths, b_lengths = words[a + 1 : a + 1 + sets], words[b + 1 : b + 1 + sets]
    a_prompt, b_prompt = a_lengths[:prompt_sets], b_lengths[:prompt_sets]
    a_shingles, b_shingles = a + header, b + header
    if not with_responses:
        least = _prompts_alike(words, a_shingles, a_prompt, b_shingles, b_prompt, threshold)
        return least if least >= threshold else 0.0, 0, 0
    # The shorter half first: boilerplate is mostly told apart by a few words in one of them.
    least = 1.0
    prompt_first = a_prompt.sum() < a_lengths[prompt_sets:].sum()
    if prompt_first:
        least = _prompts_alike(words, a_shingles, a_prompt, b_shingles, b_prompt, threshold)
        if least < threshold:
            return 0.0, 0, 0
    # Where lengths, ranks and marks of the responses begin.
    matched, mark, shorter = _responses_alike(
        words, ranks, a + 1 + prompt_sets, b + 1 + prompt_sets, sets, prompt_sets,
        a_shingles + np.int64(a_prompt.sum()), b_shingles + np.int64(b_prompt.sum()), threshold,
    )  # fmt: skip
    least = min(least, matched)
    if least >= threshold and not prompt_first:
        least = min(least, _prompts_alike(words, a_shingles, a_prompt, b_shingles, b_prompt, threshold))
    return (least, mark, shorter) if least >= threshold else (0.0, 0, 0)


@njit(cache=True, nogil=True)
def _prompts_alike(values, at_a, lengths_a, at_b, lengths_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of prompts, histories and system messages, or anything lower than the threshold."""
    least = 1.0
    for part in range(len(lengths_a)):
        m, n = np.int64(lengths_a[part]), np.int64(lengths_b[part])
        if least >= threshold:
            least = min(least, _jaccard(values, at_a, m, at_b, n, threshold)[0])
        at_a += m
        at_b += n
    return least


@njit(cache=True, nogil=True)
def _responses_alike(words, ranks, a, b, sets, prompt_sets, at_a, at_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of responses and their counterparts; 0 without counterpart, or if ranked oppositely. Then what
    their marks tell apart, and which row is the shorter one; the marks of that tell nothing apart."""
    count = sets - prompt_sets
    counterpart = np.full(count, -1, np.int64)
    free = np.ones(count, np.bool_)
    least = 1.0
    apart = 0
    a_is_less, b_is_less, more = True, True, 0
    for i in range(count):
        best, best_mark, best_common = -1.0, 0, 0
        start_b = at_b
        m = np.int64(words[a + i])
        for j in range(count):
            n = np.int64(words[b + j])
            if free[j]:
                alike, common = _jaccard(words, at_a, m, start_b, n, threshold)
                mark = _mark(words[a + 2 * sets + i], words[b + 2 * sets + j])
                if alike > best or (alike == best and best_mark > 0 and mark == 0):
                    best, best_mark, best_common = alike, mark, common
                    counterpart[i] = j
            start_b += n
        if best < threshold:
            return 0.0, 0, 0
        other = counterpart[i]
        free[other] = False
        at_a += m
        least = min(least, best)
        apart = max(apart, best_mark)
        a_is_less &= best_common == m
        b_is_less &= best_common == np.int64(words[b + other])
        more += int(words[b + other]) - int(m)
        for k in range(i):
            if (ranks[a + sets + i] - ranks[a + sets + k]) * (
                ranks[b + sets + other] - ranks[b + sets + counterpart[k]]
            ) < 0:
                return 0.0, 0, 0
    if a_is_less != b_is_less and abs(more) >= _CUT:
        # What the other one has more of is lost in the shorter one, numbers and negations too: that is no other answer.
        return least, 0, -1 if a_is_less else 1
    return least, apart, 0


@njit(cache=True, nogil=True)
def _jaccard(values, i, m, j, n, threshold):  # type: ignore[no-untyped-def]
    """The Jaccard of the sets ``values[i:i + m]`` and ``values[j:j + n]``, and how many they have in common; 1 of two
    empty ones; 0 if sure to be low."""
    if min(m, n) < threshold * max(m, n):
        return 0.0, 0
    if m == 0:
        return 1.0, 0
    # With c in common, c / (m + n - c) >= t leaves at most (m + n) (1 - t) / (1 + t) that are not; 1 is for rounding.
    spare = int((m + n) * (1 - threshold) / (1 + threshold)) + 1
    i_end, j_end = i + m, j + n
    common = 0
    while i < i_end and j < j_end and spare >= 0:
        x, y = values[i], values[j]
        if x == y:
            common += 1
            i += 1
            j += 1
        elif x < y:
            i += 1
            spare -= 1
        else:
            j += 1
            spare -= 1
    return common / (m + n - common), common
