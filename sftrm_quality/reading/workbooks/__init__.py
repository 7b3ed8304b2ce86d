"""The reader of workbooks: each sheet is a stream, whose first row that is not blank names its columns."""

from sftrm_quality.reading.workbooks.opening import WORKBOOK, open_sheet, sheet_again

__all__ = ["WORKBOOK", "open_sheet", "sheet_again"]
