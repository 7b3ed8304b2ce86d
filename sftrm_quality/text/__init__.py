"""What it means that two texts are equal. Records are never edited; these forms exist only to be compared.

- *strict*: what a reader sees as the same text. Letters, case, superscripts, indentation and line breaks count.
- *normal*: NFKC, case folded, white space runs one space. Shingles are made of it, and phrases are looked for in it.
- *folded*: the normal form without sentence marks and quotes, without white space beside letters of scripts that are
  written with few or no spaces. The same prompt, said once more, folds equally.

Where folded texts are nearly equal, ``numbers`` and ``negations`` tell what they teach apart: 6 and 5, allowed and not
allowed.
"""

from sftrm_quality.text.all_forms import Forms, forms
from sftrm_quality.text.folded_form import fold_text
from sftrm_quality.text.negation_table import negations
from sftrm_quality.text.normal_form import normalise, normalise_text
from sftrm_quality.text.numerals import number_keys, numbers
from sftrm_quality.text.passages import difference
from sftrm_quality.text.strict_form import strict_text

__all__ = [
    "Forms",
    "difference",
    "fold_text",
    "forms",
    "negations",
    "normalise",
    "normalise_text",
    "number_keys",
    "numbers",
    "strict_text",
]
