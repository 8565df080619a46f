"""Many more rows of every kind around the props: what one row needs, twenty must not need twenty times."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateRange
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from academy import clock
from academy.models import (
    AuditCase,
    AuditEvent,
    CalendarFeed,
    Delegation,
    Job,
    Role,
    RoleGrant,
    RosterImport,
    RosterWindow,
    StaffStatus,
)
from courses.models import (
    ApplicationRound,
    AudiencePerson,
    CourseSkill,
    DemandAnswer,
    DemandRequest,
    DemandSurvey,
    ExamScheme,
    Lesson,
    PlanLine,
    Prerequisite,
    ProgramPlan,
    SeatProposal,
    SeatQuota,
    SeatShare,
    Session,
    SessionTemplate,
    SurveyedCourse,
)
from enrollments.models import (
    AbsenceNotice,
    Approval,
    Decision,
    DecisionLine,
    Enrollment,
    ExamAttempt,
    Exemption,
    LessonProgress,
    Proposal,
    SeatBatch,
    StageDeadline,
    Team,
    TeamMember,
)
from skills.models import Assessment, AssessmentCycle, SkillItem
from tests import records, stage
from tests.api.props import ONCE, Props, decision, handouts, nomination_list, notice, roster_rows, sealed_draw
from tests.cast import ALWAYS, Cast, organization

CROWD = 12


def crowd(cast: Cast, laid: Props) -> None:
    session = Session.objects.get(public_id=laid.ids["sessions"])
    people = records.crowd(cast, CROWD)
    enrollments = records.enrolled(session, *people)
    scheme, lesson = ExamScheme.objects.get(), Lesson.objects.get(public_id=laid.ids["lessons"])
    item, *further = SkillItem.objects.order_by("pk")
    cycle, audience = AssessmentCycle.objects.get(), session.course.audience
    plan = ProgramPlan.objects.get(public_id=laid.ids["program-plans"])
    decided = Decision.objects.get(public_id=laid.ids["decisions"])
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=decided, enrollment=each, position=at, proposed="seat", outcome="seat")
        for at, each in enumerate(enrollments, start=2)
    )
    for number, (person, enrollment) in enumerate(zip(people, enrollments, strict=True)):
        SeatBatch.objects.create(session=session, by=cast.hr)
        nomination_list(session, cast, enrollment, number=number + 2)
        ExamAttempt.objects.create(
            enrollment=enrollment,
            scheme=scheme,
            taken_on=dt.date(2022, 6, 20),
            total=1,
            passed=False,
            source="official",
        )
        Approval.objects.create(enrollment=enrollment, level="unit_head")
        team = Team.objects.create(session=session, name=f"班{number}")
        TeamMember.objects.create(team=team, enrollment=enrollment)
        Proposal.objects.create(team=team, title="題", summary="…")
        LessonProgress.objects.create(
            enrollment=enrollment, lesson=lesson, watched=Multirange([Range(0, 9)]), seconds_watched=9
        )
        _taken_back(Enrollment.objects.get(public_id=laid.ids["enrollments"]))
        AbsenceNotice.objects.create(enrollment=enrollment, meeting=session.meetings.get(), reason="公務")
        Assessment.objects.create(cycle=cycle, staff=person)
        StaffStatus.objects.create(staff=cast.ict, kind="reappointed", during=ONCE)
        Delegation.objects.create(delegator=person, delegate=cast.ict, during=ONCE)
        roster = RosterImport.objects.get(public_id=laid.ids["roster-imports"])
        roster_rows(roster, person)
        RosterImport.objects.create(
            root=cast.digital, issuer=cast.tmg, mode="snapshot", effective_on=dt.date(2022, 7, 1)
        )
        RosterWindow.objects.create(
            root=cast.trade, effective_on=dt.date(2022, 7, number + 1), expected_by=dt.date(2022, 7, 31)
        )
        CalendarFeed.objects.create(
            user=cast.user("ict"), digest=f"{number}", expires_at=clock.real_now() + dt.timedelta(days=1)
        )
        Job.objects.create(kind="test", requested_by=cast.hr)
        notice(cast.ict, session, f"crowd {number}")
        AuditEvent.objects.create(action="academy.test", by=cast.hr)
        RoleGrant.objects.create(user=cast.user("trainer"), role=Role.STATISTICS, during=ALWAYS)
        during = DateRange(dt.date(2022, 6, 1), dt.date(2022, 8, 1))
        AuditCase.objects.create(auditor=cast.auditor, opened_by=cast.hr, purpose="定期監査", during=during)
        AudiencePerson.objects.create(audience=audience, staff=person, kind="include", reason="本人の希望")
        records.lessons(session.course, *[60] * CROWD, position=number + 2)
        course = stage.course(due_from="fiscal_year", due_days=30 + number)
        handouts(lesson, records.draft(course, 60, 60), session)
        Prerequisite.objects.create(course=session.course, required=course)
        CourseSkill.objects.create(course=course, item=item, level=3)
        CourseSkill.objects.create(course=session.course, item=further[number], level=3)
        stage.venue(f"room-{number}", "研修室")
        SessionTemplate.objects.create(course=session.course, name_ja=f"ひな形{number}", title_ja="勉強会")
        ApplicationRound.objects.create(session=session, number=number + 1, apply_from=stage.tokyo("2022-06-01 09:00"))
        sealed_draw(session, number + 2)
        decision(session, enrollment, number=number + 2)
        _demand(cast, laid, number)
        PlanLine.objects.create(plan=plan, program=stage.program(), sessions=number)
        ProgramPlan.objects.create(fiscal_year=2023 + number, version=1, title_ja="年度計画")
        other = stage.session(
            stage.course(rule={"job_family": ["ict"]}),
            times=((f"2022-08-{number + 1:02} 14:00", f"2022-08-{number + 1:02} 16:00"),),
            status="published",
            apply_from=stage.tokyo("2022-06-01 09:00"),
        )
        records.enrolled(other, cast.ict)


def _taken_back(enrollment: Enrollment) -> None:
    """An exemption and an absence notice that hold no more: of those that do there is one."""
    meeting = enrollment.session.meetings.get()
    AbsenceNotice.objects.create(enrollment=enrollment, meeting=meeting, reason="公務", withdrawn_at=clock.now())
    Exemption.objects.create(
        enrollment=enrollment, kind="leave", reason="休職", from_on=dt.date(2022, 6, 1), superseded_at=clock.now()
    )


def _demand(cast: Cast, laid: Props, number: int) -> None:
    survey = DemandSurvey.objects.get(public_id=laid.ids["demand-surveys"])
    proposal = SeatProposal.objects.get(public_id=laid.ids["seat-proposals"])
    body = organization(f"body-{number}", "municipality", "町")
    surveyed = SurveyedCourse.objects.create(survey=survey, course=stage.course())
    request = DemandRequest.objects.create(survey=survey, organization=body)
    DemandAnswer.objects.create(request=request, surveyed=surveyed, expected=number)
    stage.survey(stage.course(), asks=[cast.digital, body])
    SeatProposal.objects.create(surveyed=surveyed, seats=number)
    SeatShare.objects.create(
        proposal=proposal, organization=body, expected=1, exact_numerator=1, exact_denominator=1, seats=1
    )
    session = Session.objects.get(public_id=laid.ids["sessions"])
    SeatQuota.objects.create(session=session, organization=body, seats=1)
    StageDeadline.objects.create(
        session=session, organization=body, level="unit_head", until=stage.tokyo("2022-06-30 17:00")
    )
