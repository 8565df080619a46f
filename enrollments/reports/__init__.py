"""The reports, by the name they have in the API; each is a module whose docstring is the definition of its numbers."""

from collections.abc import Mapping

from enrollments.reports import audience_coverage, cohort_completion, completion, plan_against_actual
from enrollments.reports.results import Report, Result, answer

REPORTS: Mapping[str, Report] = {
    report.NAME: report for report in (completion, cohort_completion, audience_coverage, plan_against_actual)
}

__all__ = ["REPORTS", "Report", "Result", "answer"]
