"""All forms of the texts of a column at once, since each is made from the one before."""

from typing import NamedTuple

import pyarrow as pa

from sftrm_quality.arrays import one_array
from sftrm_quality.text.folded_form import fold
from sftrm_quality.text.normal_form import normalise_and_look
from sftrm_quality.text.strict_form import strict


class Forms(NamedTuple):
    """The strict, normal and folded form of every text; nulls stay null."""

    strict: pa.StringArray
    normal: pa.StringArray
    folded: pa.StringArray


def forms(texts: pa.Array | pa.ChunkedArray) -> Forms:
    """The forms of the texts of a string array.

    Raises:
        TypeError: The array is not of type string.
    """
    texts = one_array(texts)
    normal, plain, scripts = normalise_and_look(texts)
    exact, more_scripts = strict(texts, plain)
    return Forms(exact, normal, fold(exact, normal, scripts | more_scripts))
