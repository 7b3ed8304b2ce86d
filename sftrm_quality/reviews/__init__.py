"""Reviews: files that people keep under version control, and that a release is made from like its suites.

A waiver allows records to fail a check; a correction gives a record other values. What of them is effective on the day
of a run decides, not the day.
"""

from sftrm_quality.reviews.applying import NOTHING_APPLIES, Change, Corrected, FileReviews, allowed, correct
from sftrm_quality.reviews.entries import Correction, Waiver
from sftrm_quality.reviews.fields import Value, field_of, refuse_value
from sftrm_quality.reviews.fitting import FoundWithout, fits_file, reviews_of_file
from sftrm_quality.reviews.loading import CORRECTIONS, WAIVERS, read_reviews, why_no_json
from sftrm_quality.reviews.reviews import NO_REVIEWS, DatedReviews, Placed, Reviews
from sftrm_quality.reviews.waivable import refuse_reasons, waivable

__all__ = [
    "CORRECTIONS",
    "NOTHING_APPLIES",
    "NO_REVIEWS",
    "WAIVERS",
    "Change",
    "Corrected",
    "Correction",
    "DatedReviews",
    "FileReviews",
    "FoundWithout",
    "Placed",
    "Reviews",
    "Value",
    "Waiver",
    "allowed",
    "correct",
    "field_of",
    "fits_file",
    "read_reviews",
    "refuse_reasons",
    "refuse_value",
    "reviews_of_file",
    "waivable",
    "why_no_json",
]
