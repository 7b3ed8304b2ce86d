"""What raw files are and how a run would read them, for a person who asks before a run or after one."""

from sftrm_quality.inspection.inspecting import inspect
from sftrm_quality.inspection.named import Inspected, find_inspected

__all__ = ["Inspected", "find_inspected", "inspect"]
