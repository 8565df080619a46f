"""Reminders a week and a day before, for whoever has a seat; what was moved is reminded of for its new day."""

import pytest

from academy.models import AuditEvent, Notice, Staff
from academy.notices import text_of
from courses.models import Session
from enrollments.models import AbsenceNotice, MeetingExemption
from enrollments.reminding import reminders_of
from enrollments.tasks import remind
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.changes import meetings_of, reschedule, stays, three_days, to
from tests.enrollments.scene import apply, withdraw


def reminded(staff: Staff) -> list[tuple[str, str]]:
    """Kinds, each with the day that its occasion names."""
    rows = Notice.objects.filter(recipient=staff, kind__startswith="meeting_").order_by("pk")
    return [(each.kind, each.occasion.rpartition(":")[2]) for each in rows]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2022-07-07 07:59", []),
        ("2022-07-07 08:00", [("meeting_soon", "2022-07-14")]),
        ("2022-07-09 07:59", [("meeting_soon", "2022-07-14")]),
        ("2022-07-09 08:00", []),
        ("2022-07-13 07:59", []),
        ("2022-07-13 08:00", [("meeting_next_day", "2022-07-14")]),
        ("2022-07-14 08:30", [("meeting_next_day", "2022-07-14"), ("meeting_next_day", "2022-07-15")]),
        ("2022-07-14 14:00", [("meeting_next_day", "2022-07-15")]),
        ("2022-07-18 12:00", [("meeting_next_day", "2022-07-19")]),
        ("2022-07-19 14:00", []),
    ],
)
def test_when(cast: Cast, now: str, due: list[tuple[str, str]]) -> None:
    found = list(reminders_of(meetings_of(three_days()), stage.tokyo(now)))
    assert [(each.kind, each.occasion.rpartition(":")[2]) for each in found] == due


def test_a_week_and_a_day_before_once_each(cast: Cast, at: Clock) -> None:
    session = three_days(title_ja="統計", title_en="Statistics")
    apply(session, cast.ict)
    for now in ("2022-07-07 07:50", "2022-07-07 08:10", "2022-07-07 20:00", "2022-07-08 09:00", "2022-07-13 09:00"):
        at(stage.tokyo(now))
        remind()
    assert reminded(cast.ict) == [("meeting_soon", "2022-07-14"), ("meeting_next_day", "2022-07-14")]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target, event.detail) == ("enrollments.remind", session.public_id, {"reminded": 1})
    notice = Notice.objects.latest("pk")
    assert text_of(notice.kind, notice.facts).en.splitlines() == [
        "“Statistics” takes place shortly.",
        "When: 2022-07-14 14:00–16:00",
    ]
    events = AuditEvent.objects.count()
    remind()
    assert AuditEvent.objects.count() == events


def test_only_whoever_has_a_seat_and_is_expected(cast: Cast, at: Clock) -> None:
    session = three_days(capacity=2)
    seat, excused = apply(session, cast.ict), apply(session, cast.ict2)
    apply(session, cast.head)  # waits
    first = meetings_of(session)[0]
    MeetingExemption.objects.create(enrollment=excused, meeting=first, reason="公務")
    at(stage.tokyo("2022-07-07 09:00"))
    remind()
    assert (reminded(cast.ict2), reminded(cast.head)) == ([], [])
    assert len(reminded(cast.ict)) == 1
    AbsenceNotice.objects.create(enrollment=seat, meeting=first, reason="公務")
    at(stage.tokyo("2022-07-13 09:00"))
    remind()
    assert len(reminded(cast.ict)) == 1


def test_whoever_just_got_the_seat_knows_when(cast: Cast, at: Clock) -> None:
    session = three_days()
    at(stage.tokyo("2022-07-07 09:00"))
    apply(session, cast.ict)
    remind()
    assert reminded(cast.ict) == []
    at(stage.tokyo("2022-07-13 08:10"))
    remind()
    assert reminded(cast.ict) == [("meeting_next_day", "2022-07-14")]


def test_whoever_left_is_not_reminded(cast: Cast, at: Clock) -> None:
    session = three_days()
    withdraw(apply(session, cast.ict))
    at(stage.tokyo("2022-07-07 09:00"))
    remind()
    assert reminded(cast.ict) == []


def test_what_was_moved_is_reminded_of_for_its_new_day(cast: Cast, at: Clock) -> None:
    session = three_days()
    apply(session, cast.ict)
    at(stage.tokyo("2022-07-13 09:00"))
    remind()
    first, second, third = meetings_of(session)
    reschedule(cast, session, to(first, "2022-07-21 14:00", "2022-07-21 16:00"), stays(second), stays(third))
    for now in ("2022-07-14 09:00", "2022-07-20 09:00"):
        at(stage.tokyo(now))
        remind()
    assert reminded(cast.ict) == [
        ("meeting_next_day", "2022-07-14"), ("meeting_next_day", "2022-07-15"), ("meeting_next_day", "2022-07-21"),
    ]  # fmt: skip


def test_a_session_that_does_not_take_place_is_not_reminded_of(cast: Cast, at: Clock) -> None:
    session = three_days()
    apply(session, cast.ict)
    Session.objects.filter(pk=session.pk).move_to("cancelled", by=None)
    at(stage.tokyo("2022-07-13 09:00"))
    remind()
    assert reminded(cast.ict) == []
