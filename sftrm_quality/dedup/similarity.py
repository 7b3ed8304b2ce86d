"""How alike two rows are: the exact Jaccard of their parts, from their shingle sets (``sets``)."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def compare(words, ranks, left, right, prompt_sets, threshold, found):  # type: ignore[no-untyped-def]
    """How alike the rows of each pair are.

    The least Jaccard of all parts: prompt, history, system message, and each response with its counterpart.
    Responses find their counterparts in the order delivered, each the most alike of those still free; so two RM
    rows are alike only with the same number of responses. RM rows that rank counterparts in opposite order are 0
    too: neither may be dropped in favour of the other.

    Args:
        words: The words of rows (uint64), as ``sets`` has them.
        ranks: The same seen as float64.
        left, right: Where in them the rows of each pair begin.
        prompt_sets: ``sets.PROMPT_SETS``.
        threshold: The least Jaccard, above 0.
        found: By pair (float64), which is filled: 0 to 1; 0 stands for everything below the threshold.
    """
    for pair in range(len(found)):
        found[pair] = _alike(words, ranks, left[pair], right[pair], prompt_sets, threshold)


@njit(cache=True, nogil=True)
def connect_alike(words, ranks, left, right, prompt_sets, threshold, parents, a, b):  # type: ignore[no-untyped-def]
    """Unite the sets of rows that are alike.

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
        if x != y and _alike(words, ranks, left[pair], right[pair], prompt_sets, threshold) > 0:
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
def _alike(words, ranks, a, b, prompt_sets, threshold):  # type: ignore[no-untyped-def]
    """The similarity of the rows that begin at two places, or 0."""
    sets = np.int64(words[a])
    if sets != np.int64(words[b]):
        return 0.0
    # Of each row, the lengths of prompt parts and responses, and where their shingles begin.
    a_prompt, a_lengths = words[a + 1 : a + 1 + prompt_sets], words[a + 1 + prompt_sets : a + 1 + sets]
    b_prompt, b_lengths = words[b + 1 : b + 1 + prompt_sets], words[b + 1 + prompt_sets : b + 1 + sets]
    a_shingles, b_shingles = a + 1 + 2 * sets, b + 1 + 2 * sets
    a_responses, b_responses = a_shingles + np.int64(a_prompt.sum()), b_shingles + np.int64(b_prompt.sum())
    # The shorter half first: boilerplate is mostly told apart by a few words in one of them.
    least = 1.0
    prompt_first = a_prompt.sum() < a_lengths.sum()
    if prompt_first:
        least = _prompts_alike(words, a_shingles, a_prompt, b_shingles, b_prompt, threshold)
    if least >= threshold:
        a_ranks, b_ranks = (
            ranks[a + 1 + sets + prompt_sets : a_shingles],
            ranks[b + 1 + sets + prompt_sets : b_shingles],
        )
        matched = _responses_alike(words, a_responses, a_lengths, a_ranks, b_responses, b_lengths, b_ranks, threshold)
        least = min(least, matched)
    if least >= threshold and not prompt_first:
        least = min(least, _prompts_alike(words, a_shingles, a_prompt, b_shingles, b_prompt, threshold))
    return least if least >= threshold else 0.0


@njit(cache=True, nogil=True)
def _prompts_alike(values, at_a, lengths_a, at_b, lengths_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of prompts, histories and system messages, or anything lower than the threshold."""
    least = 1.0
    for part in range(len(lengths_a)):
        m, n = np.int64(lengths_a[part]), np.int64(lengths_b[part])
        if least >= threshold:
            least = min(least, _jaccard(values, at_a, m, at_b, n, threshold))
        at_a += m
        at_b += n
    return least


@njit(cache=True, nogil=True)
def _responses_alike(values, at_a, lengths_a, ranks_a, at_b, lengths_b, ranks_b, threshold):  # type: ignore[no-untyped-def]
    """The least Jaccard of responses and their counterparts; 0 without counterpart, or if ranked oppositely."""
    count = len(lengths_a)
    counterpart = np.full(count, -1, np.int64)
    free = np.ones(count, np.bool_)
    least = 1.0
    start_a = at_a
    for i in range(count):
        best = -1.0
        start_b = at_b
        m = np.int64(lengths_a[i])
        for j in range(count):
            n = np.int64(lengths_b[j])
            if free[j]:
                alike = _jaccard(values, start_a, m, start_b, n, threshold)
                if alike > best:
                    best = alike
                    counterpart[i] = j
            start_b += n
        if best < threshold:
            return 0.0
        start_a += m
        free[counterpart[i]] = False
        least = min(least, best)
        for k in range(i):
            if (ranks_a[i] - ranks_a[k]) * (ranks_b[counterpart[i]] - ranks_b[counterpart[k]]) < 0:
                return 0.0
    return least


@njit(cache=True, nogil=True)
def _jaccard(values, i, m, j, n, threshold):  # type: ignore[no-untyped-def]
    """The Jaccard of the sets ``values[i:i + m]`` and ``values[j:j + n]``; 1 of two empty ones; 0 if sure to be low."""
    if min(m, n) < threshold * max(m, n):
        return 0.0
    if m == 0:
        return 1.0
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
    return common / (m + n - common)
