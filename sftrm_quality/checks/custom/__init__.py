"""Our own expectations. Importing this package imports Great Expectations and registers them all."""

from sftrm_quality.checks.custom import contents, deliveries, evidence, phrasing, responses, texts
from sftrm_quality.checks.custom.base import RowExpectation

__all__ = ["RowExpectation", "contents", "deliveries", "evidence", "phrasing", "responses", "texts"]
