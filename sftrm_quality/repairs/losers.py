"""Blank and garbled responses of a ranking that lost, left out, and the ranks of the others closed up."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from sftrm_quality.arrays import Mask
from sftrm_quality.checks import texts
from sftrm_quality.checks.garbled import garbled_in
from sftrm_quality.checks.rankings import Responses
from sftrm_quality.checks.signs import GARBLED, has_sign, signs_of
from sftrm_quality.checks.template_tokens import is_token_asked_for

# Of a pair nothing would be left to compare.
_LEAST_LEFT = 2


def without_blank_losers(
    prompts: pa.StringArray, responses: pa.ListArray, losers_tie: Mask, ties: str
) -> dict[int, list[dict[str, Any]]]:
    """The rankings that lose a blank or garbled response by leaving it out.

    Args:
        prompts: Of the records.
        responses: list<struct<text, rank, score>>, 1 the best rank.
        losers_tie: Of each record, whether its format says so.
        ties: The declared policy, ``forbid``, ``dense`` or ``competition``.

    Returns:
        By row the responses that stay, with their new ranks. A record stays as it was, for the checks to find, where
        the best response is blank or garbled or one without a rank is, where fewer than two would be left, and where
        ranks did not count up before.
    """
    flat = Responses.of(responses)
    bad = _is_bad(prompts, flat)
    gaps = np.where(losers_tie, flat.has_gap("dense"), flat.has_gap(ties)) | flat.has_fractional_rank()
    found = {}
    for row in np.unique(flat.row[bad]).tolist():
        own = flat.row == row if len(responses) < 2 else slice(*np.searchsorted(flat.row, [row, row + 1]))
        is_bad, ranks = bad[own], flat.rank[own]
        lost = is_bad & (ranks > np.nanmin(ranks, initial=np.inf))
        if gaps[row] or (is_bad & ~lost).any() or np.count_nonzero(~np.isnan(ranks[~lost])) < _LEAST_LEFT:
            continue
        left = [response for response, gone in zip(responses[row].as_py(), lost, strict=True) if not gone]
        found[row] = _closed_up(left, "dense" if losers_tie[row] else ties)
    return found


def _is_bad(prompts: pa.StringArray, flat: Responses) -> Mask:
    bad = texts.is_blank(flat.text)
    garbled = has_sign(signs_of(flat.text), GARBLED)
    for at in np.flatnonzero(bad | garbled).tolist():
        text, prompt = flat.text[at].as_py(), prompts[int(flat.row[at])].as_py()
        if bad[at]:
            bad[at] = not (text and is_token_asked_for(text, prompt))
        else:
            bad[at] = next(garbled_in(text, prompt), None) is not None
    return bad


def _closed_up(responses: Iterable[dict[str, Any]], ties: str) -> list[dict[str, Any]]:
    """Ranks that count up again, in the same order."""
    left = list(responses)
    ranks = sorted(response["rank"] for response in left if response["rank"] is not None)
    levels = sorted(set(ranks))
    return [
        response
        if response["rank"] is None
        else {
            **response,
            "rank": float(1 + (ranks if ties == "competition" else levels).index(response["rank"])),
        }
        for response in left
    ]
