"""One row of every kind, all of them about `ict`, for the tests that walk over every address."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from academy import clock
from academy.models import (
    Assignment,
    AuditCase,
    AuditEvent,
    CalendarFeed,
    Delegation,
    Job,
    Notice,
    Role,
    RoleGrant,
    RosterChange,
    RosterEffect,
    RosterFault,
    RosterImport,
    RosterWindow,
    Staff,
    StaffStatus,
    User,
    UserKind,
)
from academy.models.accounts import token_digest
from courses.models import (
    ApplicationForm,
    AudiencePerson,
    ContentVersion,
    Course,
    FormQuestion,
    Instructor,
    Lesson,
    Material,
    MaterialFor,
    Prerequisite,
    ProgramPlan,
    SeatProposal,
    SeatQuota,
    Session,
    SessionInstructor,
    SessionTemplate,
)
from enrollments import lottery
from enrollments.models import (
    Application,
    ApplicationAnswer,
    Approval,
    DecidedSession,
    Decision,
    DecisionLine,
    Draw,
    DrawEntrant,
    Enrollment,
    ExamAttempt,
    LessonProgress,
    Nomination,
    NominationList,
    Proposal,
    SeatBatch,
    Team,
    TeamMember,
)
from skills.models import Assessment, AssessmentCycle, JobType, SkillFramework, SkillItem
from skills.operations.frameworks import load_framework, publish_framework
from tests import records, stage
from tests.cast import ALWAYS, Cast, account

ONCE = DateRange(dt.date(2021, 5, 1), dt.date(2021, 6, 1))  # over since: it changes nothing today
FEED_SECRET = "an-address-of-the-calendar-of-ict"
SAMPLE = Path(__file__).resolve().parent.parent.parent / "skills" / "data" / "sample_framework.yaml"


@dataclass(frozen=True)
class Props:
    extras: Mapping[str, User]  # accounts beside the cast
    ids: Mapping[str, UUID | str]  # what stands for `<uuid:id>` under each first part of an address


def lay_out(cast: Cast) -> Props:
    program = stage.program(organization=cast.digital)
    course = stage.course(program, rule={"job_family": ["ict"]}, due_from="fiscal_year", due_days=100)
    Prerequisite.objects.create(course=course, required=stage.course())
    lesson = records.lessons(course, 60)[0]
    draft = records.draft(course, 60)
    session = stage.session(
        course,
        times=(("2022-06-27 14:00", "2022-06-27 16:00"),),
        status="published",
        capacity=100,
        apply_from=stage.tokyo("2022-06-01 09:00"),
    )
    stage.session(
        course,
        times=(("2022-07-14 14:00", "2022-07-14 16:00"),),
        status="published",
        apply_from=stage.tokyo("2022-06-01 09:00"),
    )
    instructor = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=session, instructor=instructor)
    AudiencePerson.objects.create(audience=course.audience, staff=cast.ict, kind="include", reason="本人の希望")
    enrollment = records.enrolled(session, cast.ict)[0]
    enrollment.session.enrollments.update(bureau=cast.digital)
    scheme = records.it_passport()
    attempt = ExamAttempt.objects.create(
        enrollment=enrollment, scheme=scheme, taken_on=dt.date(2022, 6, 20), total=700, passed=True, source="official"
    )
    team = Team.objects.create(session=session, name="A班")
    TeamMember.objects.create(team=team, enrollment=enrollment, leader=True)
    proposal = Proposal.objects.create(team=team, title="窓口の予約", summary="…")
    progress = LessonProgress.objects.create(
        enrollment=enrollment, lesson=lesson, watched=Multirange([Range(0, 30)]), seconds_watched=30
    )
    extras = _accounts(cast, program.public_id)
    SeatQuota.objects.create(session=session, organization=cast.digital, seats=10)
    survey = stage.survey(course, asks=[cast.digital], opened_at=stage.tokyo("2022-06-01 09:00"))
    share = SeatProposal.objects.create(surveyed=survey.courses.get(), seats=10)
    return Props(
        extras=extras,
        ids={
            "applications": _application(enrollment),
            "approvals": Approval.objects.create(enrollment=enrollment, level="unit_head").public_id,
            "audit-cases": AuditCase.objects.get(auditor=extras["auditing"]).public_id,
            "assignments": Assignment.objects.live().get(staff=cast.ict).public_id,
            "audit-events": AuditEvent.objects.create(action="academy.test", by=cast.hr).public_id,
            "calendar": FEED_SECRET,
            "calendar-feeds": CalendarFeed.objects.create(
                user=cast.user("ict"),
                digest=token_digest(FEED_SECRET),
                expires_at=clock.real_now() + dt.timedelta(days=400),
            ).public_id,
            "completion-policies": course.policy.public_id,
            "content-versions": draft.public_id,
            "courses": course.public_id,
            "demand-surveys": survey.public_id,
            "delegations": Delegation.objects.create(
                delegator=cast.head, delegate=cast.ict, during=ONCE, created_by=cast.hr
            ).public_id,
            "decisions": told_of(decision(session, enrollment), enrollment).public_id,
            "draws": draw(session, enrollment).public_id,
            "enrollments": enrollment.public_id,
            "exam-attempts": attempt.public_id,
            "exam-schemes": scheme.public_id,
            "grades": cast.grades["shuji"].public_id,
            "hiring-categories": cast.hiring.public_id,
            "instructors": instructor.public_id,
            "job-families": cast.ict_family.public_id,
            "jobs": Job.objects.create(kind="test", requested_by=cast.hr).public_id,
            "lesson-progress": progress.public_id,
            "lessons": lesson.public_id,
            "materials": handouts(lesson, draft, session).public_id,
            "meetings": session.meetings.get().public_id,
            "modules": lesson.module.public_id,
            "nominations": nomination_list(session, cast, enrollment).public_id,
            "notices": notice(cast.ict, session, "1").public_id,
            "organizations": cast.skills.public_id,
            "program-plans": ProgramPlan.objects.create(
                fiscal_year=2022, organization=cast.digital, version=1, title_ja="年度計画"
            ).public_id,
            "programs": program.public_id,
            "proposals": proposal.public_id,
            "reports": "completion",
            "roles": RoleGrant.objects.get(user=cast.bureau_hr).public_id,
            "roster-imports": _roster(cast).public_id,
            "roster-windows": RosterWindow.objects.create(
                root=cast.digital, effective_on=dt.date(2022, 7, 1), expected_by=dt.date(2022, 7, 10)
            ).public_id,
            "session-templates": SessionTemplate.objects.create(
                course=course, name_ja="定例", title_ja="勉強会"
            ).public_id,
            "seat-proposals": share.public_id,
            "seat-batches": SeatBatch.objects.create(session=session, by=cast.hr).public_id,
            "sessions": session.public_id,
            "sessions/<uuid:id>/suggestions/": _draft(course, instructor).public_id,
            "staff": cast.ict.public_id,
            "statuses": StaffStatus.objects.create(staff=cast.ict, kind="on_leave", during=ONCE).public_id,
            "teams": team.public_id,
            "venues": stage.venue("room", "研修室").public_id,
            **_skill_map(cast),
        },
    )


def _application(enrollment: Enrollment) -> UUID:
    """That of an enrolment, which came with an answer."""
    form = ApplicationForm.objects.create(course=enrollment.course, number=1, current=False)
    question = FormQuestion.objects.create(form=form, code="why", position=1, kind="short_text", label_ja="志望理由")
    made = Application.objects.create(course=enrollment.course, staff=enrollment.staff, form=form)
    ApplicationAnswer.objects.create(application=made, question=question, value="業務で使う")
    Enrollment.objects.filter(pk=enrollment.pk).update(application=made)
    return made.public_id


def _draft(course: Course, instructor: Instructor) -> Session:
    """A session that is still to be dated, in a room and with an instructor."""
    made = stage.session(course, times=(("2022-08-01 14:00", "2022-08-01 16:00"),), capacity=20)
    made.meetings.update(venue=stage.venue("small-room", "小会議室", seats=20))
    SessionInstructor.objects.create(session=made, instructor=instructor)
    return made


def decision(session: Session, *enrollments: Enrollment, number: int | None = 1) -> Decision:
    """One that is published, or a draft where it has no number, with a line for each enrolment."""
    made = Decision.objects.create(
        course=session.course,
        fiscal_year=session.fiscal_year,
        status="draft" if number is None else "published",
        number=number,
        decided_on=None if number is None else dt.date(2022, 6, 20),
    )
    DecidedSession.objects.create(decision=made, session=session, open=number is None)
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=made, enrollment=each, position=position, proposed="seat", outcome="seat")
        for position, each in enumerate(enrollments, start=1)
    )
    return made


def told_of(made: Decision, enrollment: Enrollment) -> Decision:
    """The same, with the letter to the person of an enrolment."""
    Notice.objects.create(
        recipient=enrollment.staff,
        kind="seat_decided",
        occasion="decided",
        subject_kind="enrollments.enrollment",
        subject=enrollment.public_id,
        facts={"session_ja": enrollment.session.title_ja, "decision": f"{made.fiscal_year}-{made.number}"},
    )
    return made


def nomination_list(session: Session, cast: Cast, *enrollments: Enrollment, number: int = 1) -> NominationList:
    """One that the digital bureau handed in for a round."""
    made = NominationList.objects.create(session=session, round=number, organization=cast.digital)
    Nomination.objects.bulk_create(
        Nomination(nomination_list=made, enrollment=each, rank=rank) for rank, each in enumerate(enrollments, start=1)
    )
    return made


def sealed_draw(session: Session, number: int) -> Draw:
    secret = f"{number:064x}"
    return Draw.objects.create(
        session=session,
        round=number,
        secret=secret,
        commitment=lottery.commitment_of(secret),
        beacon_source="日経平均終値",
        beacon_on=dt.date(2022, 7, 1),
    )


def draw(session: Session, enrollment: Enrollment) -> Draw:
    """One that was held, with one entrant."""
    made = sealed_draw(session, 1)
    DrawEntrant.objects.create(draw=made, enrollment=enrollment, priority_class=1)
    Draw.objects.filter(pk=made.pk).update(frozen_at=clock.now(), list_digest="0" * 64, entrants_count=1)
    Draw.objects.filter(pk=made.pk).update(drawn_at=clock.now(), beacon="1", seed="0" * 64)
    DrawEntrant.objects.filter(draw=made).update(position=1)
    return made


def notice(staff: Staff, session: Session, occasion: str) -> Notice:
    return Notice.objects.create(
        recipient=staff,
        kind="session_cancelled",
        occasion=occasion,
        subject_kind="courses.session",
        subject=session.public_id,
        facts={"session_ja": session.title_ja},
    )


def handouts(lesson: Lesson, draft: ContentVersion, session: Session) -> Material:
    """A material of each owner for each readership; the one that is returned is a lesson's file for those with a seat."""
    for shown_to in MaterialFor.values:
        for owner in ({"version": lesson.module.version}, {"version": draft}, {"lesson": lesson}, {"session": session}):
            Material.objects.create(**owner, title_ja="案内", shown_to=shown_to, url="https://example.org/")
    return Material.objects.create(
        lesson=lesson,
        title_ja="資料",
        file_name="資料.pdf",
        content_type="application/pdf",
        content=b"%PDF-1.7",
        size=8,
    )


def _accounts(cast: Cast, program: UUID) -> dict[str, User]:
    names = (
        "suspended", "service", "manager", "industry_hr", "auditing", "provider", "skill_office", "statistics",
    )  # fmt: skip
    users = {name: account(name) for name in names}
    User.objects.filter(username="suspended").update(is_active=False)
    User.objects.filter(username="service").update(kind=UserKind.SERVICE)
    grants = [
        RoleGrant(user=users["manager"], role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS),
        RoleGrant(user=users["industry_hr"], role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS),
        RoleGrant(user=users["auditing"], role=Role.AUDITOR, during=ALWAYS),
        RoleGrant(user=users["provider"], role=Role.PROVIDER, program=program, during=ALWAYS),
        RoleGrant(user=users["skill_office"], role=Role.SKILL_OFFICE, during=ALWAYS),
        RoleGrant(user=users["statistics"], role=Role.STATISTICS, during=ALWAYS),
    ]
    RoleGrant.objects.bulk_create(grants)
    during = DateRange(dt.date(2022, 6, 1), dt.date(2022, 8, 1))
    AuditCase.objects.create(auditor=users["auditing"], opened_by=cast.hr, purpose="定期監査", during=during)
    return users


def _roster(cast: Cast) -> RosterImport:
    """A roster of the digital bureau, with one row of each kind."""
    made = RosterImport.objects.create(
        root=cast.digital, issuer=cast.tmg, mode="snapshot", effective_on=dt.date(2022, 7, 1), uploaded_by=cast.hr
    )
    RosterImport.objects.filter(pk=made.pk).write_first_steps(by=cast.hr)
    roster_rows(made, cast.ict)
    return made


def roster_rows(roster: RosterImport, staff: Staff) -> None:
    RosterFault.objects.create(roster=roster, line=2, column="所属コード", code="unknown_organization")
    RosterChange.objects.create(roster=roster, line=2, staff=staff, name=staff.name, kinds=["move"])
    RosterEffect.objects.create(roster=roster, code="head_gone", staff=staff)


def _skill_map(cast: Cast) -> dict[str, UUID]:
    framework: SkillFramework = load_framework(path=SAMPLE, by=None)
    publish_framework(framework_id=framework.pk, by=None)
    cycle = AssessmentCycle.objects.create(
        framework=framework,
        fiscal_year=2022,
        name_ja="2022年度",
        opens_at=stage.tokyo("2022-06-01 09:00"),
        closes_at=stage.tokyo("2022-09-30 17:00"),
    )
    assessment = Assessment.objects.create(cycle=cycle, staff=cast.ict)
    Assessment.objects.filter(pk=assessment.pk).move_to("submitted", by=cast.ict.user, submissions=1)
    return {
        "assessment-cycles": cycle.public_id,
        "assessments": assessment.public_id,
        "job-types": JobType.objects.order_by("pk").first().public_id,  # type: ignore[union-attr]
        "skill-frameworks": framework.public_id,
        "skills": SkillItem.objects.order_by("pk").first().public_id,  # type: ignore[union-attr]
    }
