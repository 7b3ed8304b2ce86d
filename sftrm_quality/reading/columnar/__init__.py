"""The readers of columns: Parquet and the two forms of Arrow, decoded range by range, in shards of their own files."""

from sftrm_quality.reading.columnar.again import columns_again
from sftrm_quality.reading.columnar.opening import COLUMNAR, open_columnar

__all__ = ["COLUMNAR", "columns_again", "open_columnar"]
