"""The demonstration: what the source says is in it, its figures agree with each other, and it is equal everywhere."""

import datetime as dt
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from academy.access import Viewer
from academy.models import (
    Assignment,
    AuditCase,
    Grade,
    GradeEquivalence,
    Notice,
    Organization,
    OrganizationEdge,
    OrganizationSuccession,
    Role,
    RoleGrant,
    Staff,
    User,
)
from academy.notices import text_of
from academy.operations import reference_data
from academy.posts import unit_head_of
from courses import audiences
from courses.deadlines import Rule, deadlines_of
from courses.models import (
    AudienceFreeze,
    Course,
    CourseSkill,
    Deadline,
    DeadlineRule,
    DeadlineUnit,
    DemandSurvey,
    Material,
    Meeting,
    Prerequisite,
    Program,
    ProgramPlan,
    SeatProposal,
    SeatQuota,
    Session,
    SessionStatus,
    SessionTemplate,
)
from courses.operations.frozen_audiences import sessions_to_freeze
from enrollments.demo.load import Outcome, load_demo
from enrollments.models import JUDGED, Attendance, Enrollment, ExamAttempt, LessonProgress, Presentation, Status, Team
from enrollments.operations.results import verdicts_of
from enrollments.reports import cohort_completion
from skills.models import Assessment, AssessmentCycle, AssessmentStatus, SkillFramework
from tests.demo.conftest import digest_of_rows, tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

TOKYO = ZoneInfo("Asia/Tokyo")
STORY_DAY = dt.date(2022, 6, 28)
# Plans, which may lie ahead.
PLANS = {"apply_from", "apply_until", "change_until", "substitute_until", "closes_at"}
SEATED = ["offered", "enrolled", "in_progress", "attended", "completed", "not_completed", "absent"]


def rows_of(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def person(username: str) -> Staff:
    return Staff.objects.get(user__username=username)


# Loading.


def test_two_loads_give_the_same_rows(first_digest: dict[str, str]) -> None:
    assert digest_of_rows() == first_digest


def test_a_second_load_says_so_and_does_nothing(loaded: Outcome) -> None:
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert said.getvalue() == "デモデータは読込済みです。 / The demonstration is loaded already.\n"
    assert load_demo() == Outcome(False, loaded.rows)


def test_every_invariant_of_enrolments_holds(loaded: Outcome) -> None:
    call_command("check_invariants", stdout=StringIO())


def test_it_is_refused_in_production(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match=r"本番環境.* / Demonstration data is refused in production"):
        call_command("load_demo")


def test_it_is_refused_beside_the_data_of_others() -> None:
    with transaction.atomic():
        User.objects.filter(username="hr").update(username="somebody")
        with pytest.raises(CommandError, match="already holds other data"):
            call_command("load_demo")
        transaction.set_rollback(True)


def test_reference_data_loads_again_without_a_change() -> None:
    def everything() -> list[tuple[Any, ...]]:
        return [
            *Organization.objects.order_by("pk").values_list(),
            *OrganizationEdge.objects.order_by("pk").values_list(),
            *OrganizationSuccession.objects.order_by("pk").values_list(),
            *Grade.objects.order_by("pk").values_list(),
            *GradeEquivalence.objects.order_by("pk").values_list(),
        ]

    before = everything()
    reference_data.load_organizations(content=reference_data.data_file("academy", "organizations.yaml"))
    reference_data.load_grades(content=reference_data.data_file("academy", "grades.yaml"))
    assert everything() == before


def test_deferred_constraints_hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# What the source says.


def test_counts_of_the_sources() -> None:
    assert Organization.objects.filter(kind="municipality").count() == 62
    assert Program.objects.count() == 21
    assert Course.objects.count() == 21
    ict = Assignment.objects.on(STORY_DAY).primary().filter(job_family__code="ict")
    assert ict.count() == 59
    digital = ict.filter(organization__code__startswith="B05").count()
    assert digital > 59 / 2
    assert list(ict.exclude(staff__synthetic=True)) == []


@pytest.mark.parametrize(
    ("code", "ordinal", "day", "weekday"),
    [
        ("exec-seminar", 1, dt.date(2022, 5, 26), "Thursday"),
        ("innov-seminar", 1, dt.date(2022, 5, 27), "Friday"),
        ("innov-seminar", 2, dt.date(2022, 6, 27), "Monday"),
        ("ict-study", 1, dt.date(2022, 6, 2), "Thursday"),
    ],
)
def test_dates_of_the_source(code: str, ordinal: int, day: dt.date, weekday: str) -> None:
    session = Session.objects.get(course__code=code, ordinal=ordinal)
    assert (session.starts_on, session.ends_on, session.synthetic) == (day, day, False)
    assert day.strftime("%A") == weekday
    assert {meeting.during.lower.astimezone(TOKYO).date() for meeting in session.meetings.all() if meeting.during} == {
        day
    }


def test_no_other_session_claims_a_date_of_the_source() -> None:
    assert Session.objects.filter(synthetic=False).count() == 4


def test_the_plan_promises_the_ten_seminars_of_the_source() -> None:
    """Line 52: 2022年度通算10回開催予定. It is the only number of a plan that the source gives."""
    plan = ProgramPlan.objects.get()
    assert (plan.fiscal_year, plan.version, plan.status) == (2022, 1, "published")
    assert [(line.program.code, line.sessions, line.yen) for line in plan.lines.filter(provisional=False)] == [
        ("innov-seminar", 10, None)
    ]
    assert not plan.lines.exclude(yen=None).exists()
    assert [step.by.username for step in plan.steps.order_by("at") if step.by] == ["hr", "hr2", "hr"]


def test_recruits_train_on_fourteen_working_days() -> None:
    holidays = set(reference_data.data_file("courses", "programs_fy2022.yaml")["holidays"])
    meetings = Meeting.objects.filter(session__course__code="ict-new").order_by("position")
    days = [meeting.during.lower.astimezone(TOKYO).date() for meeting in meetings if meeting.during]
    assert len(days) == len(set(days)) == 14
    assert days == sorted(days)
    assert all(day.weekday() < 5 and day not in holidays for day in days)
    enrolled = Enrollment.objects.filter(session__course__code="ict-new").count()
    assert Attendance.objects.filter(enrollment__session__course__code="ict-new").count() == 14 * enrolled


def test_the_reform_is_dated() -> None:
    reform = dt.date(2022, 7, 1)
    for code, before, after in (
        ("B13-R1", False, True), ("B10-R0", True, False), ("B10-R1", False, True), ("B11-R1", False, True),
        ("B12", True, False), ("I01", False, True),
    ):  # fmt: skip
        row = Organization.objects.get(code=code)
        assert (reform - dt.timedelta(days=1) in row.during, reform in row.during) == (before, after), code


def test_the_skill_map_is_a_sample_of_the_published_size() -> None:
    framework = SkillFramework.objects.get()
    assert framework.sample
    assert "サンプル" in framework.name_ja
    assert framework.status == "published"
    assert (framework.items.count(), framework.job_types.count(), framework.levels.count()) == (22, 10, 4)
    cycle = AssessmentCycle.objects.get()
    assert (cycle.opens_at.astimezone(TOKYO).date(), cycle.closes_at.astimezone(TOKYO).date()) == (
        dt.date(2022, 6, 1),
        dt.date(2022, 9, 30),
    )


# People.


def test_people() -> None:
    staff = Staff.objects.all()
    assert staff.count() == 1500
    assert not staff.filter(synthetic=False).exists()
    assert not staff.filter(models.Q(family_kana="") | models.Q(given_kana="")).exists()
    written = "".join(staff.values_list("family_name", flat=True))
    assert all(character in written for character in "髙﨑𠮷")
    numbers = staff.filter(issuer__code="TMG").values_list("staff_number", flat=True)
    assert all(number and len(number) == 8 and number.startswith("00") and number.isdigit() for number in numbers)
    municipal = staff.filter(issuer__kind="municipality")
    assert municipal.count() == 80
    assert not municipal.exclude(staff_number=None).exists()


def test_every_unit_has_one_head() -> None:
    found = rows_of(
        """
        SELECT unit.code, count(post.id) FROM academy_bureaus(%s) AS bureau
        JOIN academy_organization AS unit ON unit.id = bureau.organization_id AND unit.during @> %s::date
        JOIN academy_organization AS body ON body.id = bureau.bureau_id AND body.kind = 'bureau'
        LEFT JOIN academy_assignment AS post ON post.organization_id = unit.id AND post.head_of_unit
            AND post.kind = 'primary' AND post.during @> %s::date
        GROUP BY unit.code
        """,
        STORY_DAY,
        STORY_DAY,
        STORY_DAY,
    )
    hospitals = {f"B12-H{number}" for number in range(1, 9)}  # they stand in the tree without people
    assert len(found) > 150
    assert {code for code, heads in found if heads != 1} == hospitals


def test_every_post_lies_within_the_life_of_its_organisation() -> None:
    outside = """
        SELECT count(*) FROM academy_assignment AS post
        JOIN academy_organization AS unit ON unit.id = post.organization_id WHERE NOT post.during <@ unit.during
    """
    assert rows_of(outside) == [(0,)]


def test_the_cast() -> None:
    assert set(User.objects.values_list("username", flat=True)) == {
        "hr", "bureau-hr", "staff", "ict", "ict2", "head", "trainer", "auditor", "hr2",
    }  # fmt: skip
    assert all(user.check_password("demo") for user in User.objects.all())
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(is_staff=True).exists(), "the admin site asks for roles"
    head = person("head")
    assert {unit_head_of(person(name).pk, on=STORY_DAY) for name in ("ict", "ict2")} == {head.pk}
    grants = {(grant.user.username, grant.role): grant for grant in RoleGrant.objects.select_related("user")}
    seminar = Program.objects.get(code="innov-seminar")
    assert set(grants) == {
        ("hr", Role.ACADEMY_HR),
        ("hr2", Role.ACADEMY_HR),
        ("bureau-hr", Role.BUREAU_HR),
        ("trainer", Role.PROGRAMME_MANAGER),
        ("auditor", Role.AUDITOR),
    }
    assert grants["trainer", Role.PROGRAMME_MANAGER].program == seminar.public_id
    case = AuditCase.objects.get()
    assert (case.auditor.username, case.opened_by.username, case.organization) == ("auditor", "hr", None)
    assert AuditCase.objects.open_on(STORY_DAY).get() == case
    own = set(
        Staff.objects.serving_within([Organization.objects.get(code="B05").pk], STORY_DAY).values_list("pk", flat=True)
    )
    assert {name for name in ("ict", "ict2", "head", "staff") if person(name).pk in own} == {"ict", "ict2", "head"}


def test_what_waits_for_the_cast() -> None:
    """The trainer marks the second seminar; ict and ict2 begin their assessment; staff is not meant by the study session."""
    second = Session.objects.get(course__code="innov-seminar", ordinal=2)
    assert second.status == SessionStatus.PUBLISHED
    assert second.session_instructors.get().instructor.staff == person("trainer")
    assert not Attendance.objects.filter(meeting__session=second).exists()
    assert set(second.enrollments.values_list("status", flat=True)) == {Status.ENROLLED, Status.WITHDRAWN}
    assert not Assessment.objects.filter(staff__user__username__in=["ict", "ict2"]).exists()
    study = Course.objects.get(code="ict-study")
    assert study.repeatable
    meant = set(audiences.people(study.audience, STORY_DAY).values_list("pk", flat=True))
    assert [person(name).pk in meant for name in ("ict", "ict2", "staff")] == [True, True, False]
    team = Team.objects.get(members__enrollment__staff=person("ict2"))
    assert (team.session.course.code, team.proposals.count()) == ("ds-leader", 0)
    passport = Enrollment.objects.get(staff=person("staff"), course__code="itpass")
    assert (passport.status, passport.exam_attempts.count()) == (Status.IN_PROGRESS, 0)
    assert passport.lesson_progress.filter(viewed_at=None).count() == 0 < passport.lesson_progress.count()
    clash = "SELECT count(*) FROM enrollments_enrollment WHERE staff_id = ANY(%s) AND upper(busy) >= %s"
    assert rows_of(clash, [person(name).pk for name in ("ict", "ict2", "staff")], STORY_DAY) == [(0,)]


# What HR plans beside the programmes: invented, and marked so.


def test_rules_of_courses_are_samples() -> None:
    rules = DeadlineRule.objects.order_by("course__code", "kind").values_list("course__code", "kind", "count", "unit")
    assert list(rules) == [
        ("innov-seminar", "apply", 1, "business_day"),
        ("innov-seminar", "substitute", 1, "business_day"),
        ("kacho-dx", "change", 1, "week"),
    ]
    required = Prerequisite.objects.values_list("course__code", "required__code", "within_years")
    assert list(required) == [("ict-dairi", "ict-shunin", 10)]
    assert set(CourseSkill.objects.values_list("course__code", flat=True)) == {"itpass", "ict-new"}
    material = Material.objects.get()
    assert (material.version and material.version.course.code, material.shown_to) == ("itpass", "everybody")
    assert "サンプル" in material.title_ja
    assert "サンプル" in SessionTemplate.objects.get(course__code="ict-study").name_ja
    told = {"innov-seminar", "kacho-dx", "ict-dairi", "itpass", "ict-new"}
    assert set(Course.objects.filter(summary__contains="サンプル").values_list("code", flat=True)) == told


def test_the_seminars_close_as_their_rule_says() -> None:
    """The windows of the data file and the sample rule are of one mind."""
    rules = [
        Rule(Deadline(each.kind), each.count, DeadlineUnit(each.unit), each.time, each.weekday)
        for each in DeadlineRule.objects.filter(course__code="innov-seminar")
    ]
    for session in Session.objects.filter(course__code="innov-seminar"):
        assert session.apply_until == deadlines_of(rules, session.starts_on)[Deadline.APPLY]


def test_seats_of_the_ideathon_are_shared_by_demand() -> None:
    """30 seats, at least 2 each: 40 people are expected of four bureaus, of which 8 are guaranteed. The rest of 22 is
    shared by 12, 4, 9 and 7 of 32: 8.25, 2.75, 6.1875 and 4.8125."""
    survey = DemandSurvey.objects.get()
    assert "サンプル" in survey.title_ja
    assert survey.closed_at is not None
    assert survey.requests.filter(answered_at=None).count() == 2
    adopted = SeatProposal.objects.get(session__course__code="dx-ideathon")
    shares = adopted.shares.order_by("organization__code").values_list("organization__code", "expected", "seats")
    assert list(shares) == [("B03", 14, 10), ("B04", 6, 5), ("B05", 11, 8), ("B06", 0, 0), ("B08", 9, 7)]
    assert adopted.session is not None
    assert (adopted.session.ordinal, adopted.session.status) == (1, "draft")
    quotas = SeatQuota.objects.order_by("organization__code").values_list("organization__code", "seats")
    assert list(quotas) == [("B03", 10), ("B04", 5), ("B05", 8), ("B08", 7)]
    waiting = SeatProposal.objects.get(adopted_at=None)
    assert waiting.shares.aggregate(all=models.Sum("seats"))["all"] == 40


def test_audiences_are_kept_of_what_began() -> None:
    """But for the seminar of the day before: the night of the story day keeps it."""
    begun = Session.objects.exclude(status="draft").filter(starts_on__lt=STORY_DAY)
    kept = set(AudienceFreeze.objects.values_list("session", flat=True))
    [left] = begun.exclude(pk__in=kept)
    assert (left.course.code, left.ordinal) == ("innov-seminar", 2)
    assert sessions_to_freeze(STORY_DAY, most=100) == [left]
    for frozen in AudienceFreeze.objects.select_related("session__course__audience", "session__audience"):
        meant = audiences.people(frozen.session.applicable_audience, frozen.on).count()
        assert frozen.people == frozen.members.count() == meant > 0, frozen.session
        assert frozen.taken_at.astimezone(TOKYO).date() == frozen.on + dt.timedelta(days=1)


def test_some_were_told() -> None:
    for notice in Notice.objects.select_related("recipient"):
        assert "サンプル" in str(text_of(notice.kind, notice.facts).ja)
    unread = Notice.objects.unread()
    assert set(unread.values_list("recipient__user__username", flat=True)) == {"ict2"}
    assert Notice.objects.count() == 3


# The figures agree with each other.


def test_seats_are_a_true_count() -> None:
    for session in Session.objects.all():
        seated = session.enrollments.filter(status__in=SEATED).count()
        assert session.seats_taken == (0 if session.capacity is None else seated), session
        assert session.last_queue_no == session.enrollments.count()
    it_passport = Session.objects.get(course__code="itpass")
    assert it_passport.free_seats == 0
    assert it_passport.enrollments.filter(status=Status.WAITLISTED).exists()


def test_copies_are_those_of_the_reference_date() -> None:
    differing = """
        SELECT count(*) FROM enrollments_enrollment AS row
        JOIN (SELECT DISTINCT reference_date AS day FROM enrollments_enrollment) AS days ON days.day = row.reference_date
        LEFT JOIN academy_assignment AS post
          ON post.staff_id = row.staff_id AND post.kind = 'primary' AND post.during @> row.reference_date
        WHERE post.id IS NULL OR (post.organization_id, post.grade_id, post.job_family_id)
            IS DISTINCT FROM (row.organization_id, row.grade_id, row.job_family_id)
    """
    assert rows_of(differing) == [(0,)]
    for day in set(Enrollment.objects.values_list("reference_date", flat=True)):
        bureaus = dict(rows_of("SELECT organization_id, bureau_id FROM academy_bureaus(%s)", day))
        copied = Enrollment.objects.filter(reference_date=day).values_list("organization_id", "bureau_id")
        assert all(bureaus[organization] == bureau for organization, bureau in copied)


def test_reference_date_is_that_of_the_first_meeting_or_of_the_enrolment() -> None:
    for row in Enrollment.objects.select_related("session"):
        if row.busy is None:
            assert row.decided_at is None or row.reference_date == row.decided_at.astimezone(TOKYO).date()
        else:
            assert row.reference_date == row.session.starts_on


def test_everybody_enrolled_was_meant() -> None:
    sessions = Session.objects.select_related("course__audience", "audience")
    for session in sessions:
        for day in set(session.enrollments.values_list("reference_date", flat=True)):
            meant = set(audiences.people(session.applicable_audience, day).values_list("pk", flat=True))
            enrolled = session.enrollments.filter(reference_date=day).values_list("staff_id", flat=True)
            assert set(enrolled) <= meant, (session, day)


def test_steps_tell_each_life_without_a_gap() -> None:
    for row in Enrollment.objects.prefetch_related("steps"):
        steps = sorted(row.steps.all(), key=lambda step: step.pk)
        assert [step.old for step in steps] == ["", *(step.new for step in steps[:-1])]
        assert steps[-1].new == row.status
        times = [step.at for step in steps]
        assert times == sorted(times)
        assert times[0] == row.applied_at


def test_applications_came_within_the_window() -> None:
    for row in Enrollment.objects.exclude(session__selection="assigned").select_related("session"):
        session = row.session
        assert session.apply_from is not None
        assert session.apply_from <= row.applied_at, row.public_id
        assert session.apply_until is None or row.applied_at < session.apply_until


def test_where_seats_are_assigned_nobody_applies() -> None:
    assigned = Session.objects.filter(selection="assigned")
    assert set(assigned.values_list("apply_from", "apply_until")) == {(None, None)}
    begun = assigned.exclude(status="draft")
    assert set(begun.values_list("course__code", flat=True)) == {"exec-seminar", "conduct10-video", "ict-new"}
    for session in begun:
        published = session.steps.get(new="published").at
        assert session.enrollments.filter(applied_at__gt=published).count() == session.enrollments.count() > 0


@pytest.mark.usefixtures("business_time")
def test_cohorts_have_curves() -> None:
    """By hiring year, as read on the day of the story: a share wherever somebody is observed, and many above zero."""
    params = cohort_completion.Params(result=cohort_completion.Outcome.ATTENDED)
    rows = cohort_completion.rows(params, viewer=Viewer(User.objects.get(username="hr")))
    assert {row.week for row in rows} == set(range(13))
    assert [row for row in rows if (row.share is None) != (row.observed == 0)] == []
    assert sum(1 for row in rows if row.share) > 100


def test_nothing_but_plans_is_dated_on_the_day_or_later() -> None:
    begins = dt.datetime.combine(STORY_DAY, dt.time.min, tzinfo=TOKYO)
    for model in tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField) and field.name not in PLANS:
                latest = model._default_manager.aggregate(latest=models.Max(field.name))["latest"]
                assert latest is None or latest < begins, (model, field.name)
    assert not ExamAttempt.objects.filter(taken_on__gte=STORY_DAY).exists()
    assert not Enrollment.objects.filter(reference_date__gte=STORY_DAY).exists()


def test_results_are_those_that_the_server_derives() -> None:
    """Who is judged has the state that the records give; of who is not, the records decide nothing yet."""
    rows = Enrollment.objects.filter(status__in=SEATED)
    statuses = dict(rows.values_list("pk", "status"))
    derived = {pk: verdict.status for pk, verdict in verdicts_of(statuses.keys()).items()}
    assert derived.keys() == statuses.keys()
    assert derived == {pk: status if status in JUDGED else None for pk, status in statuses.items()}


def test_it_passport_passes_follow_the_rule() -> None:
    """600 of 1,000 in total and 300 in each of the three fields, read from the scores again."""
    found = rows_of(
        """
        SELECT attempt.total, attempt.passed, array_agg(score.score)
        FROM enrollments_examattempt AS attempt JOIN enrollments_examscore AS score ON score.attempt_id = attempt.id
        GROUP BY attempt.id
        """
    )
    assert all(passed == (total >= 600 and len(scores) == 3 and min(scores) >= 300) for total, passed, scores in found)
    assert {passed for _, passed, _ in found} == {True, False}
    completed = Enrollment.objects.filter(course__code="itpass", status=Status.COMPLETED)
    passed = ExamAttempt.objects.filter(passed=True).values("enrollment_id")
    assert completed.count() == completed.filter(pk__in=passed).count() > 0


def test_videos_are_complete_where_somebody_completed() -> None:
    assert rows_of("SELECT count(*) FROM enrollments_lessonprogress WHERE seconds_watched <> upper(watched)") == [(0,)]
    for code in ("conduct10-video", "ondemand", "ict-online", "mgr-online-tool"):
        lessons = LessonProgress.objects.filter(enrollment__course__code=code).values("lesson").distinct().count()
        completed = Enrollment.objects.filter(course__code=code, status=Status.COMPLETED)
        viewed = completed.annotate(
            viewed=models.Count("lesson_progress", filter=models.Q(lesson_progress__viewed_at__isnull=False))
        )
        assert set(viewed.values_list("viewed", flat=True)) == {lessons}


def test_no_proposal_was_presented_yet() -> None:
    assert Team.objects.count() == 6
    assert Team.objects.filter(proposals__isnull=False).count() == 4
    assert not Presentation.objects.exists()


def test_assessments_stand_at_every_stage() -> None:
    by_status = {status: Assessment.objects.filter(status=status).count() for status in AssessmentStatus}
    assert by_status == {"draft": 11, "submitted": 12, "confirmed": 14, "returned": 3}
    for row in Assessment.objects.filter(status__in=["submitted", "confirmed"]):
        assert set(row.ratings.values_list("item__number", flat=True)) == set(range(1, 23))
    unconfirmed = Assessment.objects.filter(status="confirmed").annotate(
        confirmed=models.Count("ratings", filter=models.Q(ratings__confirmed_level__isnull=False))
    )
    assert set(unconfirmed.values_list("confirmed", flat=True)) == {22}
