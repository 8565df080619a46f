"""Programmes and courses: what is offered."""

from typing import Any, Literal, TypedDict, Unpack

from academy.errors import Faults
from academy.models import Organization, User
from academy.operations.base import note, operation
from courses.errors import CourseIsOffered
from courses.models import (
    Audience,
    CompletionPolicy,
    Course,
    DueFrom,
    Mode,
    Organiser,
    Pillar,
    Program,
    Recurrence,
    Session,
    SessionStatus,
    Tier,
)
from courses.operations.audiences import check_rule


class ProgramFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    working_label: str
    tier: Tier
    pillar: Pillar
    organiser: Organiser
    mode: Mode
    organization: Organization | None


class CourseFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    summary: str
    repeatable: bool
    recurrence: Recurrence
    due_from: DueFrom | Literal[""]
    due_days: int | None


# What decides about results and seats, and so stays as it was when people came in.
FIXED_WHEN_OFFERED = frozenset({"policy", "repeatable"})


@operation
def create_program(*, code: str, by: User | None, **fields: Unpack[ProgramFields]) -> Program:
    """A programme of a bureau or a workplace names its organisation."""
    program = Program(code=code, **fields)
    _check_program(program)
    program.fold_names()
    program.save(force_insert=True)
    return program


@operation
def change_program(*, program_id: int, by: User | None, **fields: Unpack[ProgramFields]) -> Program:
    """Change what is given; the code of a programme stays."""
    program = Program.objects.select_for_update(no_key=True).get(pk=program_id)
    for name, value in fields.items():
        setattr(program, name, value)
    _check_program(program)
    program.fold_names()
    program.save(update_fields=[*fields, "title_folded"])
    note(program, changed=sorted(fields))
    return program


def _check_program(program: Program) -> None:
    faults = Faults()
    check_title(program.title_ja, faults)
    for name in ("tier", "mode"):
        if not getattr(program, name):
            faults.add(f"/{name}", "required", "必須です。", "It is needed.")
    if program.organiser in {Organiser.BUREAU, Organiser.WORKPLACE} and program.organization_id is None:
        faults.add("/organization", "required", "局研修・職場研修には組織が必要です。", "It needs its organisation.")
    faults.refuse()


@operation
def create_course(
    *,
    program: Program,
    code: str,
    policy: CompletionPolicy,
    rule: Any = None,
    note_ja: str = "",
    by: User | None,
    **fields: Unpack[CourseFields],
) -> Course:
    """A course comes with an audience of its own: everyone, unless a rule is given."""
    course = Course(program=program, code=code, policy=policy, **fields)
    faults = Faults()
    _check_course(course, faults)
    if rule is not None:
        check_rule(rule, faults, at="/rule")
    faults.refuse()
    course.audience = Audience.objects.create(rule={} if rule is None else rule, note_ja=note_ja)
    course.fold_names()
    course.save(force_insert=True)
    note(course, program=program.public_id, policy=policy.public_id)
    return course


@operation
def change_course(
    *,
    course_id: int,
    policy: CompletionPolicy | None = None,
    rule: Any = None,
    note_ja: str | None = None,
    by: User | None,
    **fields: Unpack[CourseFields],
) -> Course:
    """Change what is given; what decides about results and seats only before the first session is published."""
    course = Course.objects.select_for_update(no_key=True, of=("self",)).select_related("audience").get(pk=course_id)
    changes: dict[str, Any] = {**fields} if policy is None else {**fields, "policy": policy}
    changed = sorted(name for name, value in changes.items() if getattr(course, name) != value)
    if not FIXED_WHEN_OFFERED.isdisjoint(changed) and _offered(course):
        raise CourseIsOffered
    for name, value in changes.items():
        setattr(course, name, value)
    faults = Faults()
    _check_course(course, faults)
    if rule is not None:
        check_rule(rule, faults, at="/rule")
    faults.refuse()
    course.fold_names()
    course.save(update_fields=[*changes, "title_folded"])
    _change_audience(course.audience, rule, note_ja)
    note(course, changed=changed, rule_changed=rule is not None)
    return course


def _check_course(course: Course, faults: Faults) -> None:
    check_title(course.title_ja, faults)
    if course.due_from and course.due_days is None:
        faults.add("/due_days", "required", "何日以内かを指定してください。", "Say within how many days.")
    if course.due_days is not None and not course.due_from:
        faults.add("/due_from", "required", "いつから数えるかを指定してください。", "Say from when the days count.")


def _change_audience(audience: Audience, rule: Any, note_ja: str | None) -> None:
    given = {"rule": rule, "note_ja": note_ja}
    changes = {name: value for name, value in given.items() if value is not None}
    for name, value in changes.items():
        setattr(audience, name, value)
    audience.save(update_fields=list(changes))


def _offered(course: Course) -> bool:
    return Session.objects.filter(course=course).exclude(status=SessionStatus.DRAFT).exists()


def check_title(title_ja: str, faults: Faults, *, at: str = "/title_ja") -> None:
    if not title_ja.strip():
        faults.add(at, "required", "名称が必要です。", "A title is needed.")
