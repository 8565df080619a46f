"""Everybody at once: the cast, people with a past, and an account for every role in every scope that it is given in.

For tests that ask of every row who sees it. Beside the cast:

    moved     of 人材課 until May, of 商工課 since June; took part while in 人材課
    hidden    of 人材課, not in the directory; takes part, is in a team, has an assessment
    on_leave  of 人材課, on leave since May
    seconded  主 of 商工課, holds a concurrent post in 人材課
    voided    known by an undone roster alone: no post, and nobody's to see
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.types.multirange import Multirange

from academy import clock
from academy.models import (
    Assignment,
    AuditCase,
    AuditEvent,
    Delegation,
    Job,
    Role,
    RoleGrant,
    RosterImport,
    RosterWindow,
    Staff,
    StaffStatus,
    Token,
    User,
)
from academy.models.accounts import token_digest
from courses.models import (
    AudienceFreeze,
    AudienceMember,
    AudiencePerson,
    Course,
    ExamScheme,
    Instructor,
    Lesson,
    Program,
    ProgramPlan,
    SeatProposal,
    SeatQuota,
    Session,
    SessionInstructor,
)
from enrollments.models import (
    Application,
    Approval,
    Enrollment,
    ExamAttempt,
    LessonProgress,
    Proposal,
    Status,
    Team,
    TeamMember,
)
from skills.models import Assessment, AssessmentCycle, JobType, JobTypeAssignment, Rating, SkillItem
from skills.operations.frameworks import load_framework
from tests import records, stage
from tests.api import props
from tests.cast import ALWAYS, SINCE, Cast, account, person, post, repost
from tests.skills import small_map

JUNE = dt.date(2022, 6, 1)
MORE_PEOPLE = {
    "moved": ("木村", "六花", "キムラ", "リッカ"),
    "hidden": ("清水", "七海", "シミズ", "ナナミ"),
    "on_leave": ("林", "八重", "ハヤシ", "ヤエ"),
    "seconded": ("池田", "九郎", "イケダ", "クロウ"),
}
CAST = ("hr", "bureau_hr", "auditor", "staff", "ict", "ict2", "head", "trainer", "industry_head")
TAKING_PART = ("staff", "ict2", "head", "moved", "hidden", "on_leave", "seconded")


@dataclass(frozen=True)
class Everybody:
    users: Mapping[str, User]
    people: Mapping[str, Staff]
    program: Program
    session: Session


def assemble(cast: Cast, folder: Path) -> Everybody:
    """Puts everybody on the stage; a draft framework is written into the folder."""
    laid = props.lay_out(cast)
    program = Program.objects.get(public_id=laid.ids["programs"])
    session = Session.objects.get(public_id=laid.ids["sessions"])
    people = {name: getattr(cast, name) for name in CAST if isinstance(getattr(cast, name), Staff)} | _people(cast)
    users = {name: cast.user(name) for name in CAST} | {name: people[name].user for name in MORE_PEOPLE}
    users |= {name: laid.extras[name] for name in ("manager", "industry_hr", "provider", "skill_office", "statistics")}
    users |= _accounts(cast, program)
    found = Everybody(users=users, people=people, program=program, session=session)
    _records(cast, found)
    _approvals(found)
    _applications(found)
    _decisions(found)
    _lists(cast, found)
    _offers(cast, found)
    _skill_map(found, folder)
    _books(cast, found)
    return found


def _people(cast: Cast) -> dict[str, Staff]:
    found = {}
    for number, (name, names) in enumerate(MORE_PEOPLE.items(), start=11):
        user = account(name)
        made = person(names, f"{number:08d}", issuer=cast.tmg, hiring=cast.hiring, user=user)
        home = cast.trade if name == "seconded" else cast.skills
        family = cast.office_family if name == "seconded" else cast.ict_family
        post(made, home, cast.grades["shuji"], family)
        found[name] = made
    post(found["seconded"], cast.skills, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    repost(found["moved"], during=DateRange(SINCE, JUNE))
    post(found["moved"], cast.trade, cast.grades["shuji"], cast.office_family, during=DateRange(JUNE, None))
    Staff.objects.filter(pk=found["hidden"].pk).update(directory_hidden=True)
    found["hidden"].refresh_from_db()
    for name in ("on_leave", "ict", "hidden", "moved"):
        staff = found.get(name) or cast.ict
        StaffStatus.objects.create(staff=staff, kind="on_leave", reason="病気休職", during=DateRange(JUNE, None))
    voided = person(("幻", "十郎", "マボロシ", "ジュウロウ"), "00000019", issuer=cast.tmg, hiring=cast.hiring)
    Staff.objects.filter(pk=voided.pk).update(voided_at=clock.now())
    voided.refresh_from_db()
    found["voided"] = voided
    StaffStatus.objects.filter(staff=found["moved"]).supersede()
    StaffStatus.objects.create(staff=found["moved"], kind="reappointed", during=DateRange(JUNE, None))
    return found


def _accounts(cast: Cast, program: Program) -> dict[str, User]:
    """An account for each role in each scope; the last ones hold what opens nothing."""
    everywhere: dict[str, Any] = {"organization": None, "program": None, "job_family": None}
    scopes: dict[str, tuple[Role, dict[str, Any]]] = {
        "skills_academy_hr": (Role.ACADEMY_HR, {"organization": cast.skills}),
        "ict_academy_hr": (Role.ACADEMY_HR, {"job_family": cast.ict_family}),
        "digital_ict_academy_hr": (Role.ACADEMY_HR, {"organization": cast.digital, "job_family": cast.ict_family}),
        "digital_ict_hr": (Role.BUREAU_HR, {"organization": cast.digital, "job_family": cast.ict_family}),
        "industry_office_hr": (Role.BUREAU_HR, {"organization": cast.industry, "job_family": cast.office_family}),
        "digital_manager": (Role.PROGRAMME_MANAGER, {"program": program.public_id, "organization": cast.digital}),
        "digital_office": (Role.SKILL_OFFICE, {"organization": cast.digital}),
        "ict_office": (Role.SKILL_OFFICE, {"job_family": cast.ict_family}),
        "case_for_all": (Role.AUDITOR, {}),
        "case_for_digital": (Role.AUDITOR, {}),
        "closed_case": (Role.AUDITOR, {}),
        "past_case": (Role.AUDITOR, {}),
        "ict_provider": (Role.PROVIDER, {"program": program.public_id, "job_family": cast.ict_family}),
        "digital_auditor": (Role.AUDITOR, {"organization": cast.digital}),
    }
    users = {name: account(name) for name in [*scopes, "case_without_role", "former_hr", "no_role"]}
    for name, (role, scope) in scopes.items():
        RoleGrant.objects.create(user=users[name], role=role, during=ALWAYS, **everywhere | scope)
    RoleGrant.objects.create(user=users["former_hr"], role=Role.ACADEMY_HR, during=DateRange(SINCE, JUNE))
    for name in ("case_for_all", "closed_case", "past_case", "case_without_role", "digital_auditor"):
        open_case(users[name], by=cast.hr)
    open_case(users["case_for_digital"], by=cast.hr, organization=cast.digital)
    AuditCase.objects.filter(auditor=users["closed_case"]).update(closed_at=clock.real_now())
    AuditCase.objects.filter(auditor=users["past_case"]).update(during=DateRange(SINCE, JUNE))
    return users


def open_case(auditor: User, *, by: User, **fields: Any) -> AuditCase:
    """A case of June and July, with no rule in the way."""
    during = DateRange(JUNE, dt.date(2022, 8, 1))
    return AuditCase.objects.create(auditor=auditor, opened_by=by, purpose="定期監査", during=during, **fields)


def _records(cast: Cast, everybody: Everybody) -> None:
    session, people = everybody.session, everybody.people
    rows = records.enrolled(session, *[people[name] for name in TAKING_PART])
    Enrollment.objects.filter(staff=people["moved"]).update(
        organization=cast.skills, bureau=cast.digital, job_family=cast.ict_family
    )
    Enrollment.objects.filter(session=session, organization=cast.skills).update(bureau=cast.digital)
    Enrollment.objects.filter(staff=people["staff"]).update(bureau=cast.industry)
    Enrollment.objects.filter(pk=rows[-1].pk).move_to(Status.WITHDRAWN, by=None)
    elsewhere = stage.session(status="published")  # a programme of nobody's bureau
    rows += records.enrolled(elsewhere, cast.industry_head, people["hidden"], cast.trainer)
    lesson, scheme = Lesson.objects.get(module__version__number=1), ExamScheme.objects.get()
    for row in rows:
        LessonProgress.objects.create(enrollment=row, lesson=lesson, watched=Multirange())
        ExamAttempt.objects.create(
            enrollment=row, scheme=scheme, taken_on=dt.date(2022, 6, 20), total=1, passed=False, source="official"
        )
    team = Team.objects.get()
    hidden = Enrollment.objects.get(session=session, staff=people["hidden"])
    TeamMember.objects.create(team=team, enrollment=hidden)
    other = Team.objects.create(session=elsewhere, name="B班")
    TeamMember.objects.create(
        team=other, enrollment=Enrollment.objects.get(session=elsewhere, staff=cast.industry_head)
    )
    Proposal.objects.create(team=other, title="題", summary="…")


def _approvals(everybody: Everybody) -> None:
    """A stage of each level of everybody who takes part, two of them agreed to by somebody else."""
    decider = everybody.people["trainer"]
    for enrollment in Enrollment.objects.order_by("pk"):
        for level in ("unit_head", "bureau"):
            by = None if enrollment.staff == decider else decider
            Approval.objects.create(enrollment=enrollment, level=level, status="approved", decider=by)
        Approval.objects.create(enrollment=enrollment, level="office", status="void")


def _applications(everybody: Everybody) -> None:
    """Everybody's enrolment came with an application; on two of them the head still has to decide."""
    for enrollment in Enrollment.objects.order_by("pk"):
        made = Application.objects.create(course=enrollment.course, staff=enrollment.staff)
        Enrollment.objects.filter(pk=enrollment.pk).update(application=made)
    for name in ("ict2", "hidden"):
        enrollment = Enrollment.objects.get(session=everybody.session, staff=everybody.people[name])
        Approval.objects.create(enrollment=enrollment, level="unit_head")


def _decisions(everybody: Everybody) -> None:
    """Over everybody in the session, a draft and one that is published."""
    everyone = Enrollment.objects.filter(session=everybody.session).order_by("pk")
    for number in (None, 50):
        props.decision(everybody.session, *everyone, number=number)


def _lists(cast: Cast, everybody: Everybody) -> None:
    """The audiences of this programme's session and of one elsewhere, put down in May: everybody with a post was meant."""
    elsewhere = Session.objects.get(course__program__organization=None, status="published")
    for session in (everybody.session, elsewhere):
        frozen = AudienceFreeze.objects.create(session=session, on=dt.date(2022, 5, 20), rule={}, people=0)
        for held in Assignment.objects.on(frozen.on).primary().exclude(staff=everybody.people["seconded"]):
            bureau = cast.digital if held.organization_id == cast.skills.pk else cast.industry
            AudienceMember.objects.create(
                freeze=frozen, staff=held.staff, organization=held.organization, bureau=bureau, grade=held.grade,
                job_family=held.job_family,
            )  # fmt: skip


def _offers(cast: Cast, everybody: Everybody) -> None:
    """Drafts of this programme and of another one, a course elsewhere, and people named in both audiences."""
    course, other = everybody.session.course, stage.course()
    times = (("2022-09-14 14:00", "2022-09-14 16:00"),)
    stage.session(course, times=times)
    draft = stage.session(other, times=times)
    SessionInstructor.objects.create(session=draft, instructor=Instructor.objects.get())
    records.lessons(other, 60)
    props.handouts(records.lessons(other, 60, position=2)[0], records.draft(other, 60), draft)
    props.sealed_draw(draft, 1)
    for name in ("hidden", "moved"):
        for audience in (course.audience, other.audience):
            AudiencePerson.objects.create(
                audience=audience, staff=everybody.people[name], kind="include", reason="本人の希望"
            )
    _year(cast, course, other, draft)


def _year(cast: Cast, course: Course, other: Course, draft: Session) -> None:
    """Plans of the academy and of bureaus in each state; surveys of one programme, of another and of both."""
    plans = [(None, "published"), (None, "discarded"), (cast.digital, "superseded"), (cast.industry, "approved")]
    for year, (organization, status) in enumerate([*plans, (cast.skills, "draft")], start=2022):
        ProgramPlan.objects.create(
            fiscal_year=year, organization=organization, version=2, status=status, title_ja="年度計画"
        )
    opened = stage.tokyo("2022-06-01 09:00")
    surveys = [
        stage.survey(course, asks=[cast.digital]),
        stage.survey(other, asks=[cast.digital, cast.industry]),
        stage.survey(other, asks=[cast.industry], opened_at=opened),
        stage.survey(course, other, asks=[cast.digital, cast.industry], opened_at=opened),
        stage.survey(),
    ]
    for survey in surveys:
        for surveyed in survey.courses.all():
            SeatProposal.objects.create(surveyed=surveyed, seats=10)
    for session in (draft, Session.objects.filter(course=course).earliest("pk")):
        for organization in (cast.industry, cast.skills):
            SeatQuota.objects.create(session=session, organization=organization, seats=1)


def _skill_map(everybody: Everybody, folder: Path) -> None:
    """An assessment of everybody; every second one is handed in, `hidden` too; a draft framework beside."""
    cycle, item = AssessmentCycle.objects.get(), SkillItem.objects.order_by("pk")[0]
    registered = {name: staff for name, staff in everybody.people.items() if staff.voided_at is None}
    for number, (name, staff) in enumerate(registered.items()):
        made, _ = Assessment.objects.get_or_create(cycle=cycle, staff=staff)
        levels = (0, 1) if made.submissions == 0 else ()
        for revision, level in enumerate(levels, start=1):
            Rating.objects.create(assessment=made, item=item, revision=revision, self_level=level)
        if made.submissions == 0 and (number % 2 or name == "hidden"):
            Assessment.objects.filter(pk=made.pk).move_to("submitted", by=staff.user, submissions=1)
        JobTypeAssignment.objects.create(
            staff=staff, job_type=JobType.objects.order_by("pk")[0], kind="main", during=ALWAYS
        )
    load_framework(path=small_map.written(folder), by=None)


def _books(cast: Cast, everybody: Everybody) -> None:
    for name in ("ict", "head", "hidden", "industry_head", "bureau_hr", "case_for_all"):
        user = everybody.users[name]
        AuditEvent.objects.create(action="academy.test", by=user)
        Job.objects.create(kind="test", requested_by=user)
        Token.objects.create(user=user, digest=token_digest(name), expires_at=clock.real_now() + dt.timedelta(hours=1))
    AuditEvent.objects.create(action="academy.test")
    for name in ("ict", "hidden", "industry_head"):
        RoleGrant.objects.create(user=everybody.users[name], role=Role.STATISTICS, during=ALWAYS)
    for root in (cast.tmg, cast.digital, cast.skills, cast.industry):
        RosterImport.objects.create(root=root, issuer=cast.tmg, mode="snapshot", effective_on=JUNE)
        RosterWindow.objects.create(root=root, effective_on=JUNE, expected_by=JUNE)
    people = everybody.people
    for giver, holder in (("head", "trainer"), ("industry_head", "hidden"), ("trainer", "ict2"), ("hidden", "ict")):
        during = DateRange(JUNE, dt.date(2022, 8, 1))
        Delegation.objects.create(delegator=people[giver], delegate=people[holder], during=during)
    Assignment.objects.filter(staff=cast.ict2).supersede()
    post(cast.ict2, cast.skills, cast.grades["kacho"], cast.ict_family)
