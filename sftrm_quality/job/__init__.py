"""The whole way of a record as one job: opening, plan, (steps of the rooms below), gate, publish, report.

A run at the shell takes all steps of it; ``flows/ingest.py`` takes the same ones as Prefect tasks.
"""

from sftrm_quality.job.acting import act_on, finding_named, handles, store_acts
from sftrm_quality.job.deciding import decision_on, held_run, same_settings, store_decision
from sftrm_quality.job.gate import CheckedRelease
from sftrm_quality.job.opening import check_before_reading
from sftrm_quality.job.plan import Plan, must_make
from sftrm_quality.job.report import RunResult
from sftrm_quality.job.rows import Staged
from sftrm_quality.job.steps import Job, run

__all__ = [
    "CheckedRelease",
    "Job",
    "Plan",
    "RunResult",
    "Staged",
    "act_on",
    "check_before_reading",
    "decision_on",
    "finding_named",
    "handles",
    "held_run",
    "must_make",
    "run",
    "same_settings",
    "store_acts",
    "store_decision",
]
