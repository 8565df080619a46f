"""The plan of a fiscal year in versions: drafted, approved by a second person, published, revised within the year.

A plan is the academy's (it may name any programme) or an organisation's (programmes of its subtree). At most one version
is under way and at most one in force, for each fiscal year and organisation. What was published stays as it was: a
revision is a new version that supersedes it. Locks: the turn of the year and organisation, then the version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from django.db.models import Max

from academy.clock import BusinessNow
from academy.errors import Faults
from academy.models import Organization, User
from academy.models.states import StatefulQuerySet
from academy.operations.base import note, operation, take_turn
from courses.errors.plans import PlanHasNoLine, PlanInForce, PlanNeedsSecond, PlanNotDraft, PlanNotInForce
from courses.models import Course, PlanLine, PlanStatus, Program, ProgramPlan
from courses.operations.programs import check_title
from courses.planning import planning_day

MOST = 2_147_483_647  # sessions and seats: what a database integer holds
MOST_YEN = 999_999_999_999_999  # exact in every JSON reader and spreadsheet
QUARTERS = (1, 2, 3, 4)
YEARS = range(2000, 2101)

# Read with a row as its `now`; by name, because the attribute is declared on the model.
_NOW = {"now": BusinessNow()}


class PlanFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    note: str


@dataclass(frozen=True)
class PlanLineInput:
    """What is foreseen of a programme or of one of its courses, in a quarter or in the year.

    Lines add up: one without a quarter is what comes besides those of the quarters, and one without a course what comes
    besides those of the courses. `sessions` and `seats` count, `yen` is money; None is not known yet, which is not 0.
    """

    program: Program
    course: Course | None = None
    quarter: int | None = None
    sessions: int = 0
    seats: int | None = None
    yen: int | None = None
    provisional: bool = False
    note: str = ""

    @property
    def names(self) -> "tuple[int, int | None, int | None]":
        """What a line is about: it may stand once in a plan."""
        return self.program.pk, self.course.pk if self.course else None, self.quarter


@operation
def draft_plan(
    *,
    fiscal_year: int,
    organization: Organization | None = None,
    lines: Sequence[PlanLineInput] = (),
    by: User | None,
    **fields: Unpack[PlanFields],
) -> ProgramPlan:
    """Draft the plan of a year: the academy's, or an organisation's. Where a plan is in force it is revised instead."""
    _take_turn(fiscal_year, organization)
    plan = ProgramPlan(fiscal_year=fiscal_year, organization=organization, drafted_by=by, **fields)
    faults = Faults()
    check_title(plan.title_ja, faults)
    if fiscal_year not in YEARS:
        faults.add("/fiscal_year", "out_of_range", "2000から2100までの年度です。", "A fiscal year from 2000 to 2100.")
    faults.refuse()
    check_lines(plan, lines, faults)
    faults.refuse()
    if _siblings(plan).filter(status=PlanStatus.PUBLISHED).exists():
        raise PlanInForce
    _write_version(plan, by)
    _write_lines(plan, lines)
    note(plan, fiscal_year=fiscal_year, version=plan.version, lines=len(lines))
    return plan


@operation
def change_plan(*, plan_id: int, by: User | None, **fields: Unpack[PlanFields]) -> ProgramPlan:
    """Change the words of a draft; whoever changes it last counts as its drafter."""
    plan = _draft(plan_id)
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.drafted_by = by
    faults = Faults()
    check_title(plan.title_ja, faults)
    faults.refuse()
    plan.save(update_fields=[*fields, "drafted_by"])
    note(plan, changed=sorted(fields))
    return plan


@operation
def set_plan_lines(*, plan_id: int, lines: Sequence[PlanLineInput], by: User | None) -> ProgramPlan:
    """Replace all lines of a draft by the given ones; whoever changes it last counts as its drafter."""
    plan = _draft(plan_id)
    faults = Faults()
    check_lines(plan, lines, faults)
    faults.refuse()
    before = {(each.program_id, each.course_id, each.quarter): _figures(each) for each in plan.lines.all()}
    plan.lines.all().delete()
    _write_lines(plan, lines)
    plan.drafted_by = by
    plan.save(update_fields=["drafted_by"])
    note(plan, lines=len(lines), **_difference(before, {each.names: _figures(each) for each in lines}))
    return plan


@operation
def approve_plan(*, plan_id: int, by: User | None) -> ProgramPlan:
    """Approve a draft that has a line; never by whoever changed it last."""
    plan = _locked(plan_id)
    if plan.status == PlanStatus.DRAFT:
        if not plan.lines.exists():
            raise PlanHasNoLine
        if by is not None and plan.drafted_by_id == by.pk:
            raise PlanNeedsSecond
    return _moved(plan, PlanStatus.APPROVED, by, approved_by_id=by.pk if by else None)


@operation
def return_plan(*, plan_id: int, reason: str, by: User | None) -> ProgramPlan:
    """Make an approved version a draft again, with the reason; it takes another approval."""
    plan = _locked(plan_id)
    faults = Faults()
    if not reason.strip():
        faults.add("/reason", "required", "差し戻す理由が必要です。", "A reason is needed.")
    faults.refuse()
    return _moved(plan, PlanStatus.DRAFT, by, reason, approved_by_id=None)


@operation
def publish_plan(*, plan_id: int, by: User | None) -> ProgramPlan:
    """Put an approved version in force; the one in force until now is superseded in the same instant."""
    plan = _locked_in_turn(plan_id)
    superseded = []
    if plan.status == PlanStatus.APPROVED:
        superseded = _siblings(plan).filter(status=PlanStatus.PUBLISHED).move_to(PlanStatus.SUPERSEDED, by=by)
    note(superseded=len(superseded))
    return _moved(plan, PlanStatus.PUBLISHED, by, published_at=plan.now)


@operation
def discard_plan(*, plan_id: int, reason: str = "", by: User | None) -> ProgramPlan:
    """Give up a version that is not published; its number is not given again."""
    return _moved(_locked(plan_id), PlanStatus.DISCARDED, by, reason)


@operation
def revise_plan(*, plan_id: int, by: User | None, **fields: Unpack[PlanFields]) -> ProgramPlan:
    """Draft the next version from the one in force, with its lines; that one stays in force until the next is published."""
    base = _locked_in_turn(plan_id)
    if base.status != PlanStatus.PUBLISHED:
        raise PlanNotInForce
    words: PlanFields = {"title_ja": base.title_ja, "title_en": base.title_en, **fields}
    plan = ProgramPlan(
        fiscal_year=base.fiscal_year, organization=base.organization, based_on=base, drafted_by=by, **words
    )
    faults = Faults()
    check_title(plan.title_ja, faults)
    faults.refuse()
    _write_version(plan, by)
    lines = base.lines.select_related("program", "course").order_by("pk")
    copied = [PlanLineInput(each.program, each.course, each.quarter, **_figures(each)) for each in lines]
    _write_lines(plan, copied)
    note(plan, based_on=base.public_id, version=plan.version, lines=len(copied))
    return plan


def check_lines(plan: ProgramPlan, lines: Sequence[PlanLineInput], faults: Faults, *, at: str = "/lines") -> None:
    """Every line names a programme that the plan may have, and its course; stands once; and counts within bounds."""
    allowed = _programs_of(plan)
    known = set()
    for number, line in enumerate(lines):
        place = f"{at}/{number}"
        if line.course is not None and line.course.program_id != line.program.pk:
            faults.add(
                f"{place}/course", "other_program", "この研修の講座ではありません。", "No course of the programme."
            )
        if not allowed(line.program):
            faults.add(
                f"{place}/program",
                "outside_plan",
                "この組織の研修ではありません。",
                "No programme of the organisation.",
            )
        if line.quarter is not None and line.quarter not in QUARTERS:
            faults.add(f"{place}/quarter", "out_of_range", "四半期は1から4です。", "A quarter is 1 to 4.")
        for name, value, most in (
            ("sessions", line.sessions, MOST),
            ("seats", line.seats, MOST),
            ("yen", line.yen, MOST_YEN),
        ):
            if value is not None and not 0 <= value <= most:
                faults.add(f"{place}/{name}", "out_of_range", f"0から{most}までです。", f"From 0 to {most}.")
        if line.names in known:
            faults.add(place, "repeated", "同じ行がすでにあります。", "The plan has such a line already.")
        known.add(line.names)


def _programs_of(plan: ProgramPlan) -> Callable[[Program], bool]:
    """Whether a plan may name a programme: of an organisation's plan those of its subtree, on `planning_day`."""
    if plan.organization is None:
        return lambda program: True
    within = Organization.objects.within([plan.organization.pk], planning_day(plan.fiscal_year))
    own = set(within.values_list("pk", flat=True))
    return lambda program: program.organization_id in own


def _take_turn(fiscal_year: int, organization: Organization | None) -> None:
    take_turn(f"plan {fiscal_year} {organization.public_id if organization else 'academy'}")


def _locked(plan_id: int) -> ProgramPlan:
    plans = ProgramPlan.objects.select_for_update(of=("self",), no_key=True).annotate(**_NOW)
    return plans.select_related("organization").get(pk=plan_id)


def _locked_in_turn(plan_id: int) -> ProgramPlan:
    """The version, while no other of its year and organisation is written or put in force."""
    named = ProgramPlan.objects.select_related("organization").get(pk=plan_id)
    _take_turn(named.fiscal_year, named.organization)
    return _locked(plan_id)


def _draft(plan_id: int) -> ProgramPlan:
    plan = _locked(plan_id)
    if plan.status != PlanStatus.DRAFT:
        raise PlanNotDraft
    return plan


def _siblings(plan: ProgramPlan) -> StatefulQuerySet[ProgramPlan]:
    """All versions of the plan of its year and organisation."""
    return ProgramPlan.objects.filter(fiscal_year=plan.fiscal_year, organization=plan.organization)


def _moved(plan: ProgramPlan, to: PlanStatus, by: User | None, reason: str = "", **also: Any) -> ProgramPlan:
    before = plan.status
    ProgramPlan.objects.filter(pk=plan.pk).move_to(to, by=by, reason=reason, **also)
    plan.refresh_from_db(fields=["status", "approved_by", "published_at"])
    note(plan, before=before, after=plan.status, version=plan.version)
    return plan


def _write_version(plan: ProgramPlan, by: User | None) -> None:
    """Insert with the next number; the caller holds the turn."""
    last = _siblings(plan).aggregate(last=Max("version"))["last"]
    plan.version = (last or 0) + 1
    plan.save(force_insert=True)
    ProgramPlan.objects.filter(pk=plan.pk).write_first_steps(by=by)


def _figures(line: PlanLine | PlanLineInput) -> dict[str, Any]:
    return {name: getattr(line, name) for name in ("sessions", "seats", "yen", "provisional", "note")}


def _difference(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> dict[str, int]:
    kept = before.keys() & after.keys()
    return {
        "added": len(after.keys() - kept),
        "removed": len(before.keys() - kept),
        "changed": sum(before[names] != after[names] for names in kept),
    }


def _write_lines(plan: ProgramPlan, lines: Sequence[PlanLineInput]) -> None:
    PlanLine.objects.bulk_create(
        PlanLine(plan=plan, program=each.program, course=each.course, quarter=each.quarter, **_figures(each))
        for each in lines
    )
