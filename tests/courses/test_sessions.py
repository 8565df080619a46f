"""Sessions: drafted with their meetings, published with their places, opened, closed, finished."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.errors import DomainError, IllegalTransition, InvalidInput
from academy.models import AuditEvent
from courses import errors
from courses.models import Audience, Meeting, Selection, Session, SessionInstructor
from courses.operations import sessions
from courses.scheduling import Slot
from tests.cast import Cast
from tests.courses.catalogue import TWO_DAYS, Catalogue, at, slot

YEAR_ROUND: dict[str, Any] = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def row(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def test_a_draft_has_the_days_of_its_meetings(catalogue: Catalogue, cast: Cast) -> None:
    session = sessions.create_session(
        course_id=catalogue.seminar.pk, meetings=TWO_DAYS, instructors=[catalogue.lecturer], by=cast.hr
    )
    made = row(session)
    assert (made.status, made.title_ja, made.fiscal_year, made.ordinal) == ("draft", "セミナー", 2022, 1)
    assert (made.starts_on, made.ends_on) == (dt.date(2022, 7, 14), dt.date(2022, 7, 15))
    assert list(made.meetings.order_by("position").values_list("position", "precision", "exclusive_venue_id")) == [
        (1, "day", None),
        (2, "day", None),
    ]
    assert [(step.old, step.new, step.by) for step in made.steps.all()] == [("", "draft", cast.hr)]
    event = AuditEvent.objects.filter(action="courses.create_session").get()
    assert (event.target, event.detail) == (
        made.public_id,
        {"course": str(catalogue.seminar.public_id), "ordinal": 1, "meetings": 2},
    )


@pytest.mark.parametrize(
    ("meetings", "days", "year"),
    [
        ([slot("2022-07-14 23:00", "2022-07-15 00:00")], ("2022-07-14", "2022-07-14"), 2022),
        ([slot("2022-07-14 23:00", "2022-07-15 00:01")], ("2022-07-14", "2022-07-15"), 2022),
        ([Slot(month=dt.date(2023, 2, 1))], ("2023-02-01", "2023-02-28"), 2022),
        ([Slot(month=dt.date(2022, 12, 1)), slot("2022-12-31 10:00", "2022-12-31 11:00")], ("2022-12-01", "2022-12-31"), 2022),
        ([slot("2023-03-31 10:00", "2023-03-31 12:00"), slot("2023-04-03 10:00", "2023-04-03 12:00")], ("2023-03-31", "2023-04-03"), 2022),
        ([slot("2023-04-01 00:00", "2023-04-01 12:00")], ("2023-04-01", "2023-04-01"), 2023),
    ],
)  # fmt: skip
def test_days_and_fiscal_year_are_those_of_tokyo(
    catalogue: Catalogue, meetings: list[Slot], days: tuple[str, str], year: int
) -> None:
    made = catalogue.draft(meetings=tuple(meetings))
    assert (made.starts_on.isoformat(), made.ends_on.isoformat(), made.fiscal_year) == (*days, year)


def test_a_run_without_meetings_has_the_days_that_are_given(catalogue: Catalogue) -> None:
    made = catalogue.draft(catalogue.video, meetings=(), **YEAR_ROUND)
    assert (made.starts_on, made.ends_on, made.fiscal_year) == (dt.date(2022, 4, 1), dt.date(2023, 3, 31), 2022)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"meetings": ()}, [("/starts_on", "required")]),
        ({"meetings": (), "starts_on": dt.date(2022, 4, 1)}, [("/ends_on", "required")]),
        ({"meetings": (), **YEAR_ROUND, "ends_on": dt.date(2022, 3, 1)}, [("/ends_on", "before_start")]),
        ({"meetings": (), **YEAR_ROUND, "ends_on": dt.date(9999, 12, 31)}, [("/ends_on", "out_of_range")]),
        ({"starts_on": dt.date(2022, 4, 1)}, [("/starts_on", "derived")]),
        ({"meetings": (Slot(),)}, [("/meetings/0", "no_time")]),
        ({"meetings": (Slot(starts_at=at("2022-07-14 14:00")),)}, [("/meetings/0", "no_time")]),
        ({"meetings": (slot("2022-07-14 14:00", "2022-07-14 14:00"),)}, [("/meetings/0/ends_at", "before_start")]),
        ({"meetings": (slot("9999-12-31 14:00", "9999-12-31 14:10"),)}, [("/meetings/0/starts_at", "out_of_range"), ("/meetings/0/ends_at", "out_of_range")]),
        ({"meetings": (Slot(month=dt.date(2022, 7, 2)),)}, [("/meetings/0/month", "not_first_day")]),
        ({"meetings": (Slot(month=dt.date(2022, 7, 1), starts_at=at("2022-07-14 14:00")),)}, [("/meetings/0", "time_and_month")]),
        ({"meetings": (Slot(starts_at=dt.datetime(2022, 7, 1, 9), ends_at=dt.datetime(2022, 7, 1, 10)),)}, [("/meetings/0", "no_offset")]),  # noqa: DTZ001
        ({"meetings": (slot("2022-07-14 14:00", "2022-07-14 17:00"), slot("2022-07-14 16:00", "2022-07-14 18:00"))}, [("/meetings/1", "meetings_overlap")]),
        ({"meetings": (Slot(month=dt.date(2022, 7, 1)),) * 201}, [("/meetings", "too_many")]),
        ({"title_ja": " "}, [("/title_ja", "required")]),
        ({"apply_until": at("2022-07-01 17:00")}, [("/apply_from", "required")]),
        ({"apply_from": at("2022-07-01 17:00"), "apply_until": at("2022-07-01 17:00")}, [("/apply_until", "before_start")]),
        ({"rule": {"grade_is": ["tmg.shogun"]}, "title_ja": ""}, [("/title_ja", "required"), ("/rule/grade_is/0", "unknown_code")]),
    ],
)  # fmt: skip
def test_what_a_session_cannot_be_is_named_with_its_place(
    catalogue: Catalogue, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(lambda: catalogue.draft(**fields)) == expected
    assert not Session.objects.exists()


def test_meetings_that_touch_do_not_overlap(catalogue: Catalogue) -> None:
    made = catalogue.draft(
        meetings=(slot("2022-07-14 14:00", "2022-07-14 15:00"), slot("2022-07-14 15:00", "2022-07-14 16:00"))
    )
    assert made.meetings.count() == 2


def test_an_instructor_is_named_once(catalogue: Catalogue) -> None:
    twice = [catalogue.lecturer, catalogue.lecturer]
    assert faults(lambda: catalogue.draft(instructors=twice)) == [("/instructors", "repeated")]


def test_a_session_may_have_an_audience_of_its_own(catalogue: Catalogue) -> None:
    made = catalogue.draft(rule={"job_family": ["ict"]})
    assert made.applicable_audience.rule == {"job_family": ["ict"]}
    assert catalogue.draft().applicable_audience == Audience.objects.get(courses=catalogue.seminar)


def test_numbers_are_the_next_of_the_fiscal_year(catalogue: Catalogue) -> None:
    next_year = (slot("2023-04-10 10:00", "2023-04-10 11:00"),)
    made = [
        catalogue.draft(),
        catalogue.draft(ordinal=7),
        catalogue.draft(),
        catalogue.draft(meetings=next_year),
        catalogue.draft(catalogue.video, (), **YEAR_ROUND),
    ]
    assert [(session.fiscal_year, session.ordinal) for session in made] == [
        (2022, 1),
        (2022, 7),
        (2022, 8),
        (2023, 1),
        (2022, 1),
    ]
    with pytest.raises(errors.OrdinalTaken):
        catalogue.draft(ordinal=7)


def test_a_draft_changes_as_a_whole(catalogue: Catalogue) -> None:
    made = catalogue.draft(instructors=[catalogue.lecturer])
    sessions.change_session(
        session_id=made.pk,
        title_ja="改",
        selection=Selection.LOTTERY,
        meetings=[slot("2023-04-10 10:00", "2023-04-10 11:00", catalogue.room)],
        instructors=[],
        by=None,
    )
    changed = row(made)
    assert (changed.title_ja, changed.selection, changed.fiscal_year, changed.ordinal) == ("改", "lottery", 2023, 1)
    assert (changed.starts_on, changed.ends_on) == (dt.date(2023, 4, 10), dt.date(2023, 4, 10))
    assert [meeting.venue for meeting in changed.meetings.all()] == [catalogue.room]
    assert not changed.session_instructors.exists()
    assert faults(lambda: sessions.change_session(session_id=made.pk, starts_on=dt.date(2022, 4, 1), by=None)) == [
        ("/starts_on", "derived"),
    ]


def test_a_title_changes_and_the_meetings_stay(catalogue: Catalogue) -> None:
    made = catalogue.draft()
    before = list(made.meetings.order_by("pk").values_list("public_id", "during"))
    sessions.change_session(session_id=made.pk, title_ja="改", by=None)
    assert (row(made).title_ja, row(made).ordinal) == ("改", 1)
    assert list(made.meetings.order_by("pk").values_list("public_id", "during")) == before


def test_a_published_session_keeps_its_meetings(catalogue: Catalogue) -> None:
    made = catalogue.published()
    with pytest.raises(errors.SessionNotDraft) as refused:
        sessions.change_session(session_id=made.pk, meetings=[slot("2022-08-01 10:00", "2022-08-01 11:00")], by=None)
    assert refused.value.detail.en == "Content and meetings change only while a session is a draft (now: Published)."
    assert row(made).starts_on == dt.date(2022, 7, 14)


def test_publishing_takes_rooms_and_instructors(catalogue: Catalogue, cast: Cast) -> None:
    begins, ends = at("2022-07-14 14:00"), at("2022-07-14 17:00")
    made = catalogue.draft(
        meetings=(
            slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),
            slot("2022-07-15 14:00", "2022-07-15 17:00", catalogue.online),
            Slot(month=dt.date(2022, 8, 1), venue=catalogue.room),
        ),
        instructors=[catalogue.lecturer],
    )
    sessions.publish_session(session_id=made.pk, by=cast.hr)
    taken = made.meetings.order_by("position").values_list("exclusive_venue_id", flat=True)
    assert list(taken) == [catalogue.room.pk, None, catalogue.room.pk]
    busy = SessionInstructor.objects.get(session=made).busy
    assert busy is not None
    assert [(span.lower, span.upper) for span in busy] == [
        (begins, ends),
        (at("2022-07-15 14:00"), at("2022-07-15 17:00")),
    ]
    steps = made.steps.order_by("pk").values_list("old", "new", "by__username")
    assert list(steps) == [("", "draft", None), ("draft", "published", "hr")]


def test_a_session_by_month_keeps_nobody_busy(catalogue: Catalogue) -> None:
    made = catalogue.published(meetings=(Slot(month=dt.date(2022, 8, 1)),), instructors=[catalogue.lecturer])
    assert SessionInstructor.objects.get(session=made).busy is None


def test_only_what_is_taken_at_ones_own_pace_is_published_without_a_meeting(catalogue: Catalogue) -> None:
    assert catalogue.published(catalogue.video, meetings=(), **YEAR_ROUND).pk
    lecture = catalogue.draft(meetings=(), **YEAR_ROUND)
    with pytest.raises(errors.SessionHasNoMeeting):
        sessions.publish_session(session_id=lecture.pk, by=None)
    called_off = catalogue.draft()
    called_off.meetings.update(cancelled_at=at("2022-06-28 10:00"))
    with pytest.raises(errors.SessionHasNoMeeting):
        sessions.publish_session(session_id=called_off.pk, by=None)
    assert (row(lecture).status, row(called_off).status) == ("draft", "draft")


def test_a_session_is_published_once(catalogue: Catalogue) -> None:
    made = catalogue.published()
    with pytest.raises(IllegalTransition):
        sessions.publish_session(session_id=made.pk, by=None)


def test_a_room_holds_one_meeting_at_a_time(catalogue: Catalogue) -> None:
    catalogue.published(meetings=(slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),))
    after = catalogue.published(meetings=(slot("2022-07-14 17:00", "2022-07-14 18:00", catalogue.room),))
    assert row(after).status == "published"
    clash = catalogue.draft(meetings=(slot("2022-07-14 16:59", "2022-07-14 18:00", catalogue.room),))
    with pytest.raises(errors.RoomNotFree):
        sessions.publish_session(session_id=clash.pk, by=None)
    assert row(clash).status == "draft"


def test_an_online_place_is_shared(catalogue: Catalogue) -> None:
    times = (slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.online),)
    assert catalogue.published(meetings=times).pk != catalogue.published(meetings=times).pk


def test_an_instructor_teaches_one_session_at_a_time(catalogue: Catalogue) -> None:
    catalogue.published(instructors=[catalogue.lecturer])
    clash = catalogue.draft(
        meetings=(slot("2022-07-01 14:00", "2022-07-01 17:00"), slot("2022-07-15 16:00", "2022-07-15 18:00")),
        instructors=[catalogue.lecturer],
    )
    with pytest.raises(errors.InstructorNotFree):
        sessions.publish_session(session_id=clash.pk, by=None)
    assert (row(clash).status, SessionInstructor.objects.get(session=clash).busy) == ("draft", None)


def refused_by_database(statement: str, params: list[Any]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(refused.value)


def test_the_database_refuses_a_double_booked_room(catalogue: Catalogue) -> None:
    catalogue.published(meetings=(slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),))
    other = catalogue.draft(meetings=(slot("2022-07-14 16:00", "2022-07-14 18:00", catalogue.room),))
    statement = "UPDATE courses_meeting SET exclusive_venue_id = venue_id WHERE session_id = %s"
    assert "meeting_room_is_free" in refused_by_database(statement, [other.pk])
    times = DateTimeTZRange(at("2022-07-14 17:00"), at("2022-07-14 18:00"))
    Meeting.objects.filter(session=other).update(during=times)  # the control: touching ends are free
    with connection.cursor() as cursor:
        cursor.execute(statement, [other.pk])


def test_the_database_refuses_a_double_booked_instructor(catalogue: Catalogue) -> None:
    catalogue.published(instructors=[catalogue.lecturer])
    other = catalogue.draft(instructors=[catalogue.lecturer])
    statement = "UPDATE courses_sessioninstructor SET busy = tstzmultirange(tstzrange(%s, %s)) WHERE session_id = %s"
    busy = [at("2022-07-15 16:00"), at("2022-07-15 18:00"), other.pk]
    assert "instructor_is_free" in refused_by_database(statement, busy)
    with connection.cursor() as cursor:  # the control
        cursor.execute(statement, [at("2022-07-15 17:00"), at("2022-07-15 18:00"), other.pk])


def window(session: Session) -> tuple[dt.datetime | None, dt.datetime | None]:
    return row(session).apply_from, row(session).apply_until


def about(text: str, instant: dt.datetime | None) -> bool:
    """Business time ticks, and a transaction has the time at which it began."""
    return instant is not None and abs(instant - at(text)) < dt.timedelta(minutes=1)


def test_opening_begins_now_and_ends_when_it_is_said(
    catalogue: Catalogue, business_time: Callable[[dt.datetime], None]
) -> None:
    made = catalogue.published()
    until = at("2022-07-10 17:00")
    opened = sessions.open_session(session_id=made.pk, apply_until=until, by=None)
    begins = opened.apply_from
    assert begins is not None
    assert about("2022-06-28 10:00", begins)
    assert window(made) == (begins, until)
    business_time(at("2022-06-29 10:00"))
    sessions.open_session(session_id=made.pk, apply_until=until, by=None)
    assert window(made) == (begins, until)
    sessions.open_session(session_id=made.pk, by=None)
    assert window(made) == (begins, None)


def test_a_closed_session_opens_anew(catalogue: Catalogue, business_time: Callable[[dt.datetime], None]) -> None:
    made = catalogue.published()
    sessions.open_session(session_id=made.pk, by=None)
    sessions.close_session(session_id=made.pk, by=None)
    business_time(at("2022-06-29 10:00"))
    opened = sessions.open_session(session_id=made.pk, by=None)
    assert about("2022-06-29 10:00", opened.apply_from)
    assert opened.apply_until is None


def test_closing_ends_now_and_once(catalogue: Catalogue, business_time: Callable[[dt.datetime], None]) -> None:
    made = catalogue.published()
    sessions.open_session(session_id=made.pk, by=None)
    business_time(at("2022-06-29 10:00"))
    sessions.close_session(session_id=made.pk, by=None)
    closed = window(made)
    assert about("2022-06-29 10:00", closed[1])
    business_time(at("2022-06-30 10:00"))
    sessions.close_session(session_id=made.pk, by=None)
    assert window(made) == closed


def test_closing_takes_away_a_window_that_has_not_begun(catalogue: Catalogue) -> None:
    made = catalogue.published(apply_from=at("2022-07-01 09:00"), apply_until=at("2022-07-10 17:00"))
    sessions.close_session(session_id=made.pk, by=None)
    begins, ends = window(made)
    assert begins is None
    assert about("2022-06-28 10:00", ends)


def test_an_end_in_the_past_opens_nothing(catalogue: Catalogue) -> None:
    made = catalogue.published()
    past = at("2022-06-28 09:59")
    assert faults(lambda: sessions.open_session(session_id=made.pk, apply_until=past, by=None)) == [
        ("/apply_until", "past")
    ]
    assert window(made) == (None, None)


def test_a_session_whose_seats_are_assigned_takes_no_applications(catalogue: Catalogue) -> None:
    made = catalogue.published(selection=Selection.ASSIGNED)
    with pytest.raises(errors.SelectionTakesNoApplications):
        sessions.open_session(session_id=made.pk, by=None)
    for selection in (Selection.NOMINATION, Selection.SCREENING, Selection.LOTTERY):
        opened = sessions.open_session(session_id=catalogue.published(selection=selection).pk, by=None)
        assert window(opened) == (opened.apply_from, None)
        assert opened.apply_from is not None


@pytest.mark.parametrize("status", ["draft", "cancelled", "finished"])
@pytest.mark.parametrize("call", [sessions.open_session, sessions.close_session])
def test_only_a_published_session_opens_and_closes(
    catalogue: Catalogue, status: str, call: Callable[..., object]
) -> None:
    made = catalogue.draft() if status == "draft" else catalogue.published()
    if status != "draft":
        Session.objects.filter(pk=made.pk).move_to(status, by=None)
    with pytest.raises(errors.SessionNotPublished):
        call(session_id=made.pk, by=None)


def test_a_session_finishes_on_its_last_day(catalogue: Catalogue, business_time: Callable[[dt.datetime], None]) -> None:
    made = catalogue.published()
    business_time(at("2022-07-14 23:00"))
    with pytest.raises(errors.SessionStillRuns):
        sessions.finish_session(session_id=made.pk, by=None)
    business_time(at("2022-07-15 00:01"))
    sessions.finish_session(session_id=made.pk, by=None)
    assert row(made).status == "finished"
    for again in (sessions.finish_session, sessions.publish_session):
        with pytest.raises(IllegalTransition):
            again(session_id=made.pk, by=None)


def test_a_draft_does_not_finish(catalogue: Catalogue) -> None:
    made = catalogue.draft()
    with pytest.raises(IllegalTransition):
        sessions.finish_session(session_id=made.pk, by=None)


def test_a_refusal_leaves_no_audit_event(catalogue: Catalogue) -> None:
    made = catalogue.draft()
    before = AuditEvent.objects.count()
    with pytest.raises(DomainError):
        sessions.open_session(session_id=made.pk, by=None)
    assert AuditEvent.objects.count() == before
