"""Freezing an audience on the reference date: once, by the rule and the posts of that day, whatever turns out later."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.clock import today
from academy.errors import DomainError
from academy.facts import facts_of
from academy.models import AuditEvent, Staff
from courses import tasks
from courses.audiences import explain_all
from courses.errors.frozen_audiences import AudienceNotDue
from courses.models import AudienceFreeze, AudienceMember, AudiencePerson, Meeting, Session
from courses.operations import audiences as writing
from courses.operations.frozen_audiences import freeze_audience, sessions_to_freeze
from courses.rescheduling import Wanted
from enrollments.operations.changes import Rescheduling, reschedule_session
from tests import stage
from tests.cast import Cast, post, repost
from tests.conftest import Clock
from tests.stage import tokyo

ICT = {"job_family": ["ict"]}
JUNE = (("2022-06-27 14:00", "2022-06-27 16:00"),)  # the day before the play
JULY = (("2022-07-14 14:00", "2022-07-14 16:00"),)


def session(rule: Any = None, times: Any = JUNE, **fields: Any) -> Session:
    return stage.session(stage.course(rule=rule), **{"times": times, "status": "published", **fields})


def freeze(of: Session) -> AudienceFreeze:
    return freeze_audience(session_id=of.pk, by=None)


def listed(frozen: AudienceFreeze) -> set[tuple[int, ...]]:
    columns = ("staff_id", "organization_id", "bureau_id", "grade_id", "job_family_id")
    return set(frozen.members.values_list(*columns))


def test_the_list_has_the_people_with_their_posts_of_the_day(cast: Cast) -> None:
    of = session(ICT)
    for staff, kind in ((cast.industry_head, "include"), (cast.ict2, "exclude")):
        AudiencePerson.objects.create(audience=of.course.audience, staff=staff, kind=kind, reason="試行")
    frozen = freeze(of)
    grades, ict, office = cast.grades, cast.ict_family.pk, cast.office_family.pk
    digital = (cast.skills.pk, cast.digital.pk)
    assert listed(frozen) == {
        (cast.ict.pk, *digital, grades["shuji"].pk, ict),
        (cast.trainer.pk, *digital, grades["kacho_dairi"].pk, ict),
        (cast.industry_head.pk, cast.trade.pk, cast.industry.pk, grades["kacho"].pk, office),
    }
    assert (frozen.on, frozen.rule, frozen.people) == (dt.date(2022, 6, 27), ICT, 3)
    event = AuditEvent.objects.get(action="courses.freeze_audience")
    assert event.detail == {"session": str(of.public_id), "people": 3}


def test_who_serves_at_no_bureau_is_counted_to_the_body_itself(cast: Cast) -> None:
    repost(cast.staff, organization=cast.tmg)
    assert set(freeze(session({"organization": ["TMG"]})).members.filter(staff=cast.staff).values_list("bureau")) == {
        (cast.tmg.pk,)
    }


def test_it_is_the_first_day_of_its_live_meetings(cast: Cast, at: Clock) -> None:
    """The first meeting is cancelled, and what can be watched afterwards is no meeting: the third is the day."""
    of = session(times=JUNE + JULY + (("2022-07-20 10:00", "2022-07-20 11:00"),))
    first, second, _ = of.meetings.order_by("position")
    Meeting.objects.filter(pk=first.pk).update(cancelled_at=tokyo("2022-06-26 09:00"))
    Meeting.objects.filter(pk=second.pk).update(form="archive")
    for instant in ("2022-06-28 18:00", "2022-07-20 23:50"):
        at(tokyo(instant))
        with pytest.raises(AudienceNotDue):
            freeze(of)
    at(tokyo("2022-07-21 00:05"))
    assert freeze(of).on == dt.date(2022, 7, 20)


def test_a_session_that_is_moved_on_its_day_is_frozen_on_the_other(cast: Cast, at: Clock) -> None:
    """The morning of a typhoon: until the day is over the list may still be that of another day."""
    at(tokyo("2022-07-14 07:00"))
    of = session(ICT, times=JULY)
    tasks.freeze_audiences()
    assert not AudienceFreeze.objects.exists()
    (meeting,) = of.meetings.all()
    wanted = (
        Wanted(meeting.public_id, {"starts_at": tokyo("2022-07-20 14:00"), "ends_at": tokyo("2022-07-20 16:00")}),
    )
    reschedule_session(asked=Rescheduling(session_id=of.pk, meetings=wanted, reason="台風"), confirmed=None, by=cast.hr)
    at(tokyo("2022-07-21 00:05"))
    tasks.freeze_audiences()
    assert AudienceFreeze.objects.get(session=of).on == dt.date(2022, 7, 20)


def test_without_a_meeting_it_is_the_first_day_and_of_a_month_its_first(cast: Cast, at: Clock) -> None:
    at(tokyo("2022-08-31 23:55"))
    assert freeze(session(times=())).on == dt.date(2022, 7, 14)
    of = session(times=())
    Meeting.objects.create(session=of, position=1, precision="month", month=dt.date(2022, 8, 1))
    with pytest.raises(AudienceNotDue):  # it may still get a day of the month
        freeze(of)
    at(tokyo("2022-09-01 00:05"))
    assert freeze(of).on == dt.date(2022, 8, 1)


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "cancelled"}, {"undated": True}, {"times": JULY}], ids=str
)
def test_what_takes_no_place_or_is_to_come_is_not_frozen(cast: Cast, fields: dict[str, Any]) -> None:
    of = session(**fields)
    with pytest.raises(AudienceNotDue) as refused:
        freeze(of)
    assert of.starts_on.isoformat() in refused.value.detail.en
    assert sessions_to_freeze(today(), most=9) == []
    assert not AudienceFreeze.objects.exists()


def test_what_turns_out_later_changes_nothing(cast: Cast) -> None:
    of = session(ICT)
    before = listed(frozen := freeze(of))
    repost(cast.ict, organization=cast.trade, job_family=cast.office_family)
    repost(cast.ict2, grade=cast.grades["kacho"])
    post(cast.staff, cast.skills, cast.grades["shuji"], cast.ict_family, kind="concurrent")
    writing.set_audience_rule(audience_id=of.course.audience_id, rule={}, by=None)
    assert freeze(of) == frozen
    assert listed(frozen) == before
    frozen.refresh_from_db()
    assert (frozen.rule, frozen.people) == (ICT, 3)


def test_a_session_of_its_own_audience_is_frozen_by_that(cast: Cast) -> None:
    own = stage.course(rule={"grade_is": ["tmg.shunin"]}).audience
    frozen = freeze(session(ICT, audience=own))
    assert [each.staff_id for each in frozen.members.all()] == [cast.ict2.pk]


def test_an_audience_of_nobody_is_frozen_as_such(cast: Cast) -> None:
    assert freeze(session({"grade_is": ["tmg.kyokucho"]})).people == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE courses_audiencemember SET grade_id = grade_id",
        "DELETE FROM courses_audiencemember",
        "UPDATE courses_audiencefreeze SET people = 0",
    ],
)
def test_no_path_rewrites_a_list(cast: Cast, statement: str) -> None:
    freeze(session(ICT))
    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def test_the_list_is_of_whom_the_verdicts_admit(cast: Cast) -> None:
    """The same rule answers about one person and makes the list."""
    repost(cast.ict2, during=DateRange(dt.date(2021, 9, 1), None))
    rule = {"any": [{"all": [ICT, {"years_in_grade_at_least": 1}]}, {"grade_at_least": "tmg.kacho"}]}
    of = session(rule)
    facts = facts_of(Staff.objects.values_list("pk", flat=True), on=dt.date(2022, 6, 27))
    verdicts = explain_all(of.course.audience, facts.values())
    admitted = {pk for pk, verdict in verdicts.items() if verdict.eligible}
    assert {row[0] for row in listed(freeze(of))} == admitted
    assert admitted == {each.pk for each in (cast.ict, cast.trainer, cast.head, cast.industry_head)}


def test_the_clock_freezes_what_is_due_and_goes_on_past_a_refusal(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    at(tokyo("2022-07-20 09:00"))
    july, june = session(ICT, times=JULY), session(ICT)
    over = session(ICT, status="finished", times=(("2022-06-01 09:00", "2022-06-01 10:00"),))
    session(ICT, status="cancelled")
    session(ICT, times=(("2022-08-01 09:00", "2022-08-01 10:00"),))
    assert sessions_to_freeze(today(), most=9) == [over, june, july]
    assert sessions_to_freeze(today(), most=2) == [over, june]
    june.course.audience.rule = {"no": "such rule"}
    june.course.audience.save()
    tasks.freeze_audiences()
    assert set(AudienceFreeze.objects.values_list("session_id", flat=True)) == {over.pk, july.pk}
    assert [record.getMessage() for record in caplog.records if record.name == "courses.tasks"] == [
        f"the audience of session {june.public_id} is not frozen: invalid_input"
    ]
    tasks.freeze_audiences()
    assert AudienceFreeze.objects.count() == 2


def test_the_list_is_written_with_the_statements_of_one_person(cast: Cast, django_assert_num_queries: Any) -> None:
    few, many = session({"grade_is": ["tmg.shunin"]}), session({"grade_at_least": "tmg.shuji"})
    for of, people in ((few, 1), (many, 6)):
        with django_assert_num_queries(9):
            assert freeze(of).people == people


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turns", [6])
def test_workers_at_once_write_one_list(cast: Cast, turns: int) -> None:
    of, found, failed = session(ICT), [], []
    start = threading.Barrier(turns)

    def work() -> None:
        start.wait()
        try:
            found.append(freeze(of).pk)
        except (DomainError, IntegrityError) as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(turns)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(found), len(set(found)), failed) == (turns, 1, [])
    assert AudienceMember.objects.count() == 3


def test_without_the_first_look_a_second_list_is_refused_by_the_database(cast: Cast) -> None:
    """The control: one row a session, whoever writes it."""
    of = session(ICT)
    frozen = freeze(of)
    with pytest.raises(IntegrityError, match="courses_audiencefreeze_session_id"), transaction.atomic():
        AudienceFreeze.objects.create(session=of, on=frozen.on, rule=ICT, people=0)
    member = frozen.members.all()[0]
    member.pk = None
    with pytest.raises(IntegrityError, match="audience_member_is_listed_once"), transaction.atomic():
        member.save(force_insert=True)
