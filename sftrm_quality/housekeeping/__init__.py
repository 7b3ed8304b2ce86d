"""What an output folder need not keep for ever: old releases, and the rows of old runs."""

from sftrm_quality.housekeeping.deleting import Deleted, delete, paths_of
from sftrm_quality.housekeeping.keeping import Coming, Going, what_goes
from sftrm_quality.housekeeping.sizes import Size, size_of, sizes_of

__all__ = ["Coming", "Deleted", "Going", "Size", "delete", "paths_of", "size_of", "sizes_of", "what_goes"]
