"""Live meetings and archives; what a session needs to be published: rooms that hold it, and a minimum within it."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from courses import errors
from courses.errors.sessions import MinimumAboveCapacity, VenueTooSmall
from courses.models import Meeting, MeetingForm, SessionInstructor
from courses.operations import places, sessions
from courses.scheduling import Slot
from enrollments.operations.sessions import change_capacity
from tests.courses.catalogue import Catalogue, at, slot
from tests.courses.test_sessions import faults, refused_by_database, row

LIVE = slot("2022-07-14 14:00", "2022-07-14 17:00")


def archive(begins: str, ends: str, of: int | None = None, **fields: Any) -> Slot:
    return Slot(starts_at=at(begins), ends_at=at(ends), form=MeetingForm.ARCHIVE, archive_of=of, **fields)


def test_an_archive_decides_no_day_and_overlaps_what_it_likes(catalogue: Catalogue) -> None:
    made = catalogue.draft(
        meetings=(
            archive("2022-07-15 00:00", "2022-08-15 00:00", of=2),
            LIVE,
            slot("2022-07-21 14:00", "2022-07-21 17:00"),
            archive("2022-07-22 00:00", "2022-08-15 00:00", of=3),
        )
    )
    assert (made.starts_on, made.ends_on) == (dt.date(2022, 7, 14), dt.date(2022, 7, 21))
    shown = made.meetings.order_by("position").values_list("position", "form", "archive_of__position")
    assert list(shown) == [(1, "archive", 2), (2, "live", None), (3, "live", None), (4, "archive", 3)]
    sessions.change_session(
        session_id=made.pk, meetings=[LIVE, archive("2022-07-15 00:00", "2022-07-16 00:00")], by=None
    )
    assert list(made.meetings.order_by("position").values_list("form", "archive_of")) == [
        ("live", None),
        ("archive", None),
    ]


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ((LIVE, archive("2022-07-15 00:00", "2022-07-16 00:00", of=3)), [("/meetings/1/archive_of", "not_found")]),
        ((LIVE, archive("2022-07-15 00:00", "2022-07-16 00:00", of=0)), [("/meetings/1/archive_of", "not_found")]),
        ((LIVE, archive("2022-07-15 00:00", "2022-07-16 00:00", of=2)), [("/meetings/1/archive_of", "not_found")]),
        ((LIVE, archive("2022-07-14 16:00", "2022-07-16 00:00", of=1)), [("/meetings/1/archive_of", "before_the_meeting")]),
        ((LIVE, Slot(month=dt.date(2022, 8, 1), archive_of=1)), [("/meetings/1/archive_of", "not_an_archive")]),
        ((LIVE, archive("2022-07-16 00:00", "2022-07-15 00:00", of=1)), [("/meetings/1/ends_at", "before_start")]),
        ((archive("2022-07-15 00:00", "2022-07-16 00:00"),), [("/starts_on", "required")]),
    ],
)  # fmt: skip
def test_what_no_archive_can_be_is_named_with_its_place(
    catalogue: Catalogue, meetings: tuple[Slot, ...], expected: list[tuple[str, str]]
) -> None:
    assert faults(lambda: catalogue.draft(meetings=meetings)) == expected


def test_an_archive_takes_no_room_and_binds_no_instructor(catalogue: Catalogue) -> None:
    watched = archive("2022-07-20 14:00", "2022-07-20 17:00", venue=catalogue.room)
    made = catalogue.published(meetings=(LIVE, watched), instructors=[catalogue.lecturer])
    assert list(made.meetings.values_list("exclusive_venue_id", flat=True)) == [None, None]
    busy = SessionInstructor.objects.get(session=made).busy
    assert busy is not None
    assert [(span.lower, span.upper) for span in busy] == [(LIVE.starts_at, LIVE.ends_at)]
    meanwhile = slot("2022-07-20 14:00", "2022-07-20 17:00", catalogue.room)
    assert catalogue.published(meetings=(meanwhile,), instructors=[catalogue.lecturer]).pk
    live = slot("2022-07-20 16:00", "2022-07-20 18:00", catalogue.room)  # the control: two live meetings
    with pytest.raises(errors.RoomNotFree):
        catalogue.published(meetings=(live,))


def test_an_archive_alone_is_no_meeting_to_publish(catalogue: Catalogue) -> None:
    days = {"starts_on": dt.date(2022, 7, 15), "ends_on": dt.date(2022, 7, 16)}
    made = catalogue.draft(None, (archive("2022-07-15 00:00", "2022-07-16 00:00"),), **days)
    with pytest.raises(errors.SessionHasNoMeeting):
        sessions.publish_session(session_id=made.pk, by=None)


def test_only_an_archive_has_what_was_recorded(catalogue: Catalogue) -> None:
    first, second = catalogue.draft().meetings.order_by("position")
    with pytest.raises(IntegrityError, match="meeting_recording_is_an_archive"), transaction.atomic():
        Meeting.objects.filter(pk=second.pk).update(archive_of=first)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"capacity": 30}, True),
        ({"capacity": 31}, False),
        ({"capacity": None}, True),
        ({"capacity": 31, "online_address": "https://meet.example.jp/1"}, True),  # whoever finds no chair joins there
    ],
)
def test_a_room_holds_the_capacity(catalogue: Catalogue, fields: dict[str, Any], fits: bool) -> None:
    """The smallest of the rooms; an online place and a room of unknown size hold anybody."""
    hall = places.create_venue(code="hall", name_ja="講堂", seats=500, by=None)
    barn = places.create_venue(code="barn", name_ja="体育館", by=None)
    times = (
        slot("2022-07-14 14:00", "2022-07-14 17:00", hall),
        slot("2022-07-15 14:00", "2022-07-15 17:00", catalogue.room),
        slot("2022-07-19 14:00", "2022-07-19 17:00", catalogue.online),
        slot("2022-07-20 14:00", "2022-07-20 17:00", barn),
    )
    made = catalogue.draft(meetings=times, **fields)
    if fits:
        sessions.publish_session(session_id=made.pk, by=None)
        return
    with pytest.raises(VenueTooSmall) as refused:
        sessions.publish_session(session_id=made.pk, by=None)
    assert refused.value.detail.en.startswith("The capacity is 31, and “会議室” has 30 seats.")
    assert row(made).status == "draft"


def test_a_minimum_lies_within_the_capacity(catalogue: Catalogue) -> None:
    assert faults(lambda: catalogue.draft(capacity=10, minimum=11)) == [("/minimum", "above_capacity")]
    assert catalogue.draft(minimum=11).pk  # no limit
    made = catalogue.draft(capacity=10, minimum=10)
    with pytest.raises(MinimumAboveCapacity):
        change_capacity(session_id=made.pk, capacity=9, by=None)
    assert row(made).capacity == 10
    statement = "UPDATE courses_session SET minimum = 11 WHERE id = %s"
    assert "session_minimum_within_capacity" in refused_by_database(statement, [made.pk])
