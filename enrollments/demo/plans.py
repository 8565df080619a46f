"""The plan of the fiscal year. The source gives one number of it, ten seminars (line 52); the rest is what the demo schedules."""

from collections.abc import Mapping
from typing import Any

from academy.models import User
from courses.models import PlanLine, PlanStatus, ProgramPlan, ProgramPlanStep
from enrollments.demo.catalogue import Catalogue
from enrollments.demo.repeatable import FIRST_DAY, FISCAL_YEAR, moment, story_id

SAMPLE = "サンプル / sample"
HISTORY = ((PlanStatus.DRAFT, "hr", 9), (PlanStatus.APPROVED, "hr2", 10), (PlanStatus.PUBLISHED, "hr", 11))


def load_plan(catalogue: Catalogue, users: Mapping[str, User]) -> ProgramPlan:
    """Drafted by hr, approved by hr2, published on the first day of the year."""
    plan = ProgramPlan.objects.create(
        public_id=story_id("program_plan", str(FISCAL_YEAR)),
        fiscal_year=FISCAL_YEAR,
        version=1,
        title_ja="令和4年度 デジタルアカデミー研修計画",
        title_en="Training plan of the Digital Academy, fiscal year 2022",
        drafted_by=users["hr"],
        created_at=moment(FIRST_DAY, 9),
    )
    PlanLine.objects.bulk_create(
        _line(plan, catalogue, code, entry)
        for code, entry in catalogue.entries.items()
        if entry.get("sessions") or "planned_in_fiscal_year" in entry
    )
    old = ""
    for status, name, hour in HISTORY:
        ProgramPlanStep.objects.create(subject=plan, old=old, new=status, by=users[name], at=moment(FIRST_DAY, hour))
        old = status
    ProgramPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.APPROVED, approved_by=users["hr2"])
    ProgramPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.PUBLISHED, published_at=moment(FIRST_DAY, 11))
    return plan


def _line(plan: ProgramPlan, catalogue: Catalogue, code: str, entry: Mapping[str, Any]) -> PlanLine:
    sessions = entry.get("sessions", ())
    promised = entry.get("planned_in_fiscal_year")
    limits = [session.get("capacity") for session in sessions]
    return PlanLine(
        public_id=story_id("plan_line", code),
        plan=plan,
        program=catalogue.courses[code].program,
        course=catalogue.courses[code],
        sessions=promised or len(sessions),
        seats=None if None in limits or promised else sum(limits),
        provisional=promised is None,
        note="" if promised else SAMPLE,
    )
