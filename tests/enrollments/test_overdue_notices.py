"""Heads of units are told once a week who is late with courses: as numbers. Today is Tuesday, 2022-06-28."""

import datetime as dt
from collections import Counter

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy import clock
from academy.models import AuditEvent, Notice, Staff, StaffStatus
from academy.notices import text_of, title_of
from courses.models import AudiencePerson, Course
from enrollments.due import due_courses_of
from enrollments.models import Status
from enrollments.overdue import overdue_courses
from enrollments.tasks import tell_of_overdue_learners
from tests import records, stage
from tests.cast import SINCE, Cast, post, repost
from tests.conftest import Clock
from tests.enrollments.test_due import course, held

D = dt.date
TODAY = D(2022, 6, 28)
LATE = 87  # days from 1 April: due yesterday
FOR_ICT = {"job_family": ["ict"]}


def told(*people: Staff) -> list[tuple[int, dict[str, int]]]:
    rows = Notice.objects.filter(kind="learners_overdue").order_by("recipient", "pk")
    return [(each.recipient_id, each.facts) for each in rows]


def run(at: Clock, moment: str) -> None:
    at(stage.tokyo(moment))
    tell_of_overdue_learners()


def test_a_head_is_told_how_many_are_late_and_of_nobody_by_name(cast: Cast, at: Clock) -> None:
    first, second = (course(days=LATE, rule=FOR_ICT) for _ in range(2))
    for person in (cast.head, cast.trainer):
        for made in (first, second):
            AudiencePerson.objects.create(audience=made.audience, staff=person, kind="exclude", reason="対象外")
    records.enrolled(held(second), cast.ict2, status=Status.ATTENDED)
    run(at, "2022-06-28 09:00")
    assert told() == [(cast.head.pk, {"number": 2, "courses": 3})]
    notice = Notice.objects.get()
    assert (notice.occasion, notice.subject) == ("enrollments.overdue:2022-06-27", cast.head.public_id)
    title, text = title_of(notice.kind, notice.facts), text_of(notice.kind, notice.facts)
    assert (title.ja, title.en) == ("受講期限を過ぎた職員:2人", "People past their due day: 2")
    assert text.ja == "あなたの所属に、受講期限を過ぎても修了していない職員が2人います。\n期限を過ぎた受講:延べ3件"
    assert text.en == (
        "People of your unit who have not completed in time what was due: 2.\nCourses overdue, all people together: 3"
    )
    assert cast.ict.family_name not in str(notice.facts) + text.ja


def test_once_a_week_from_the_hour_of_digests_of_its_first_business_day(cast: Cast, at: Clock) -> None:
    course(days=LATE, rule=FOR_ICT)
    for moment in ("2022-07-02 09:00", "2022-07-03 09:00", "2022-07-04 07:59"):
        run(at, moment)
        assert told() == [], moment
    for moment in ("2022-07-04 08:00", "2022-07-04 09:00", "2022-07-05 08:00", "2022-07-08 17:00"):
        run(at, moment)
    assert set(Notice.objects.values_list("occasion", flat=True)) == {"enrollments.overdue:2022-07-04"}
    run(at, "2022-07-19 08:00")  # Monday, 18 July, is a holiday
    assert Notice.objects.latest("pk").occasion == "enrollments.overdue:2022-07-18"
    assert AuditEvent.objects.filter(action="enrollments.tell_of_overdue_learners").count() == 2


def test_nobody_is_told_where_nobody_is_late_nor_of_the_hidden(cast: Cast, at: Clock) -> None:
    course(days=LATE + 1, rule=FOR_ICT)  # due today: in time
    run(at, "2022-06-28 09:00")
    Course.objects.update(due_days=LATE)
    Staff.objects.update(directory_hidden=True)
    run(at, "2022-06-28 09:00")
    assert told() == []
    assert not AuditEvent.objects.filter(action="enrollments.tell_of_overdue_learners").exists()


def test_the_deputy_is_told_while_the_head_is_away(cast: Cast, at: Clock) -> None:
    course(days=LATE, rule=FOR_ICT)
    repost(cast.trainer, deputy_of_unit=True)
    StaffStatus.objects.create(staff=cast.head, kind="on_leave", during=DateRange(D(2022, 6, 1), None))
    run(at, "2022-06-28 09:00")
    assert cast.head.pk not in [recipient for recipient, _ in told()]
    assert cast.trainer.pk in [recipient for recipient, _ in told()]


@pytest.mark.parametrize("days", [0, 13, 26, 27, 86, 87, 88, 452, 453])
@pytest.mark.parametrize("due_from", ["fiscal_year", "hiring", "grade", "seat"])
@pytest.mark.parametrize("recurrence", ["fiscal_year", "once"])
def test_everybody_at_once_is_what_is_said_of_each(cast: Cast, due_from: str, days: int, recurrence: str) -> None:
    """Of the people of the cast with and without a seat, a completion of this and of the last year, and a promotion."""
    made = course(due_from, days, recurrence=recurrence, rule={"any": [FOR_ICT, {"organization": ["trade"]}]})
    repost(cast.ict, during=DateRange(SINCE, D(2022, 6, 1)))
    post(cast.ict, cast.skills, cast.grades["shunin"], cast.ict_family, during=DateRange(D(2022, 6, 1), None))
    records.enrolled(held(made), cast.ict)
    records.enrolled(held(made, 2021), cast.ict2, status=Status.ATTENDED)
    records.enrolled(held(made), cast.staff, status=Status.ATTENDED)
    records.enrolled(held(made, 2021), cast.trainer, status=Status.NOT_COMPLETED)
    of_each = {
        person.pk: sum(each.overdue for each in due_courses_of(person.pk, now=clock.now()))
        for person in Staff.objects.all()
    }
    assert overdue_courses(TODAY) == Counter({pk: number for pk, number in of_each.items() if number})
