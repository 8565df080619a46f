"""A roster of 1 July that comes on the 8th: what it does to training is told before, put right when it is applied."""

import datetime as dt
from pathlib import Path

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import tasks as tasks_of_people
from academy.access import Viewer
from academy.errors import RosterAwaited
from academy.models import Role, RoleGrant, RosterEffect, RosterImport, RosterWindow, Staff, User
from academy.operations.roster_windows import announce_roster
from academy.posts import approver_of
from courses.models import SessionInstructor
from enrollments import tasks
from enrollments.access import enrollments_visible_to
from enrollments.access.records import exam_attempts_visible_to
from enrollments.models import Enrollment, EnrollmentCorrection, ExamAttempt, Status
from skills.models import Assessment, AssessmentCycle
from skills.operations import assessments
from skills.operations.frameworks import load_framework, publish_framework
from tests import records, stage
from tests.cast import ALWAYS, Cast, account, person, post
from tests.conftest import Clock
from tests.rosters import Line, applied, exported, sent, undone, written
from tests.skills import small_map

assert tasks_of_people.__all__ + tasks.__all__, "what every part tells of a roster is known"
FIRST = dt.date(2022, 7, 1)
EIGHTH = stage.tokyo("2022-07-08 10:00")


@pytest.fixture
def rows(cast: Cast, at: Clock) -> list[Line]:
    """ict moves to 商工課 and is promoted; everybody else stays."""
    at(EIGHTH)
    found = exported(cast.tmg, FIRST, cast.hr)
    row_of(found, cast.ict).update({"所属コード": "trade", "職層": "主任級"})
    return found


def row_of(rows: list[Line], staff: Staff) -> Line:
    return next(row for row in rows if row["職員番号"] == staff.staff_number)


def sent_all(cast: Cast, rows: list[Line]) -> RosterImport:
    made = sent(written(rows), cast.tmg, effective_on=FIRST, by=cast.hr)
    if made.status == "held":
        RosterImport.objects.filter(pk=made.pk).move_to("ready", by=None)
    return made


def seat(cast: Cast, day: str, staff: Staff, *, rule: object = None, status: Status = Status.ENROLLED) -> Enrollment:
    """A seat in a session of a day, with the posts copied as they were thought to be."""
    held = stage.session(
        stage.course(rule=rule), times=((f"{day} 14:00", f"{day} 16:00"),), status="published",
        apply_from=stage.tokyo("2022-06-01 09:00"),
    )  # fmt: skip
    made = records.enrolled(held, staff, status=status)[0]
    Enrollment.objects.filter(pk=made.pk).update(bureau=cast.digital)
    made.refresh_from_db()
    return made


def told(made: RosterImport) -> set[tuple[str, Staff | None, object]]:
    return {(each.code, each.staff, each.target) for each in RosterEffect.objects.filter(roster=made)}


def copies(row: Enrollment) -> tuple[str, str, str]:
    row.refresh_from_db()
    return row.organization.code, row.bureau.code, row.grade.code


def test_what_was_dated_since_is_put_right_and_what_was_before_is_not(cast: Cast, rows: list[Line]) -> None:
    before = seat(cast, "2022-06-27", cast.ict, status=Status.ATTENDED)
    judged = seat(cast, "2022-07-05", cast.ict, status=Status.ATTENDED)
    coming = seat(cast, "2022-07-14", cast.ict)
    elsewhere = seat(cast, "2022-07-05", cast.ict2, status=Status.ATTENDED)
    made = sent_all(cast, rows)
    assert told(made) == {
        ("enrollment_corrected", cast.ict, judged.public_id),
        ("enrollment_corrected", cast.ict, coming.public_id),
    }
    assert not EnrollmentCorrection.objects.exists(), "a preview corrects nothing"
    assert copies(judged) == ("skills", "digital", "shuji")

    applied(made, by=cast.hr)
    assert copies(judged) == copies(coming) == ("trade", "industry", "shunin")
    assert (copies(before), copies(elsewhere)[:2]) == (("skills", "digital", "shuji"), ("skills", "digital"))
    corrections = EnrollmentCorrection.objects.order_by("enrollment_id")
    assert [(each.enrollment, each.roster) for each in corrections] == [(judged, made), (coming, made)]
    first = corrections[0]
    assert (first.organization_before, first.organization_after) == (cast.skills, cast.trade)
    assert (first.bureau_before, first.bureau_after) == (cast.digital, cast.industry)
    assert (first.grade_before, first.grade_after) == (cast.grades["shuji"], cast.grades["shunin"])
    assert judged.status == Status.ATTENDED

    undone(made, by=cast.hr)
    assert copies(judged) == copies(coming) == ("skills", "digital", "shuji")
    assert EnrollmentCorrection.objects.count() == 4, "putting back is a correction too"


def test_the_past_of_who_moved_is_seen_by_whom_it_concerns(cast: Cast, rows: list[Line]) -> None:
    before = seat(cast, "2022-06-27", cast.ict, status=Status.ATTENDED)
    since = seat(cast, "2022-07-05", cast.ict, status=Status.ATTENDED)
    score = ExamAttempt.objects.create(
        enrollment=before, scheme=records.it_passport(), taken_on=dt.date(2022, 6, 20), total=700, passed=True,
        source="official",
    )  # fmt: skip
    industry_hr = account("industry-hr")
    RoleGrant.objects.create(user=industry_hr, role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS)
    assert seen(cast.bureau_hr) == {before, since}
    assert (seen(industry_hr), scores(cast.bureau_hr), scores(industry_hr)) == (set(), {score}, set())
    made = applied(sent_all(cast, rows), by=cast.hr)
    assert seen(cast.bureau_hr) == {before}, "of the bureau on the day"
    assert seen(industry_hr) == {before, since}, "of the person's bureau today"
    assert (scores(cast.bureau_hr), scores(industry_hr)) == (set(), {score}), "scores go with the person"
    head, industry_head = cast.user("head"), cast.user("industry_head")
    assert (seen(head), seen(industry_head)) == (set(), {before, since})
    undone(made, by=cast.hr)
    assert (seen(cast.bureau_hr), seen(industry_hr)) == ({before, since}, set())


def seen(user: User) -> set[Enrollment]:
    return set(enrollments_visible_to(Viewer(user)))


def scores(user: User) -> set[ExamAttempt]:
    return set(exam_attempts_visible_to(Viewer(user)))


def test_who_is_no_longer_eligible_is_named_before(cast: Cast, rows: list[Line]) -> None:
    of_digital = seat(cast, "2022-07-20", cast.ict, rule={"organization": ["digital"]})
    of_shuji = seat(cast, "2022-07-21", cast.ict, rule={"grade_is": ["tmg.shuji"]}, status=Status.WAITLISTED)
    of_ict = seat(cast, "2022-07-22", cast.ict, rule={"job_family": ["ict"]})
    never = seat(cast, "2022-07-25", cast.ict, rule={"grade_at_least": "tmg.kyokucho"})
    codes = {(code, target) for code, _, target in told(sent_all(cast, rows)) if code == "no_longer_eligible"}
    assert codes == {("no_longer_eligible", of_digital.public_id), ("no_longer_eligible", of_shuji.public_id)}
    assert {of_ict.public_id, never.public_id}.isdisjoint({target for _, target in codes})


def test_seats_trainers_and_heads_that_go_are_named_before(cast: Cast, rows: list[Line]) -> None:
    held = seat(cast, "2022-07-14", cast.ict2)
    over = seat(cast, "2022-06-27", cast.ict2, status=Status.ATTENDED)
    instructor = stage.instructor("佐藤 四郎", staff=cast.trainer)
    for each in (held, over):
        SessionInstructor.objects.create(session=each.session, instructor=instructor)
    leaving = {cast.ict2.staff_number, cast.trainer.staff_number, cast.head.staff_number}
    made = sent_all(cast, [row for row in rows if row["職員番号"] not in leaving])
    assert told(made) == {
        ("seat_of_leaver", cast.ict2, held.public_id),
        ("trainer_gone", cast.trainer, held.session.public_id),
    }, "nobody is left in 人材課 who would miss the head"
    stays = [row for row in rows if row["職員番号"] != cast.head.staff_number]
    made = sent_all(cast, stays)
    assert told(made) == {("head_gone", None, cast.skills.public_id)}


@pytest.fixture
def handed_in(cast: Cast, at: Clock, tmp_path: Path) -> Assessment:
    """The assessment of ict, submitted in June to the head of 人材課."""
    framework = load_framework(path=small_map.written(tmp_path), by=None)
    publish_framework(framework_id=framework.pk, by=None)
    cycle = AssessmentCycle.objects.create(
        framework=framework, fiscal_year=2022, name_ja="2022年度", opens_at=stage.tokyo("2022-06-01 09:00"),
        closes_at=stage.tokyo("2022-09-30 17:00"),
    )  # fmt: skip
    at(stage.tokyo("2022-06-20 10:00"))
    made = Assessment.objects.create(cycle=cycle, staff=cast.ict)
    Assessment.objects.filter(pk=made.pk).move_to("submitted", by=cast.ict.user, submissions=1)
    return made


def test_what_waited_for_the_old_head_waits_for_the_roster_and_goes_to_the_new_one(
    cast: Cast, handed_in: Assessment, rows: list[Line]
) -> None:
    announce_roster(root=cast.tmg, effective_on=FIRST, by=cast.hr)
    with pytest.raises(RosterAwaited):
        assessments.confirm(assessment_id=handed_in.pk, ratings=[], by=cast.user("head"))
    made = sent_all(cast, rows)
    assert told(made) == {("review_rerouted", cast.ict, handed_in.public_id)}
    with pytest.raises(RosterAwaited):
        assessments.confirm(assessment_id=handed_in.pk, ratings=[], by=cast.user("head"))
    applied(made, by=cast.hr)
    window = RosterWindow.objects.get()
    assert (window.closed_in, window.closed_at is not None) == (made, True)
    assert approver_of(cast.ict.pk, on=FIRST).staff_id == cast.industry_head.pk  # type: ignore[union-attr]
    confirmed = assessments.confirm(assessment_id=handed_in.pk, ratings=[], by=cast.user("industry_head"))
    assert confirmed.status == "confirmed"


def test_taking_the_roster_back_awaits_it_again(cast: Cast, rows: list[Line]) -> None:
    announce_roster(root=cast.tmg, effective_on=FIRST, by=cast.hr)
    made = applied(sent_all(cast, rows), by=cast.hr)
    undone(made, by=cast.hr)
    assert RosterWindow.objects.get().closed_at is None


def test_a_posting_that_was_dated_since_stays(cast: Cast, rows: list[Line]) -> None:
    """Somebody who was taken on by hand on the 5th is not in the file of the 1st, and nobody's leaver."""
    newcomer = person(("後", "人", "アト", "ヒト"), "00000055", issuer=cast.tmg, hiring=cast.hiring)
    post(newcomer, cast.skills, cast.grades["shuji"], cast.ict_family, during=DateRange(dt.date(2022, 7, 5), None))
    made = applied(sent_all(cast, rows), by=cast.hr)
    assert made.summary["kinds"] == {"move": 1, "promotion": 1}
    assert newcomer.assignments.live().count() == 1
