"""The reader of workbooks: each sheet is a stream, whose first row that is not blank names its columns."""

from sftrm_quality.reading.workbooks.opening import WORKBOOK, BadWorkbook, open_sheet, rows_of_file, sheet_again
from sftrm_quality.reading.workbooks.rows import SheetRow, column_letters

__all__ = ["WORKBOOK", "BadWorkbook", "SheetRow", "column_letters", "open_sheet", "rows_of_file", "sheet_again"]
