"""Meetings shifted to other days: against tables made by hand across Golden Week and the turn of the year."""

import datetime as dt
from collections.abc import Sequence

import pytest

from academy.errors import Faults
from courses import pattern_documents
from courses.models import MeetingForm
from courses.patterns import Part, parts_of, shifted, slots_on
from courses.scheduling import Slot
from tests.conftest import TOKYO
from tests.courses.catalogue import at, slot


def series(*days: str) -> list[Slot]:
    """A meeting from 14:00 to 17:00 on each day."""
    return [slot(f"{day} 14:00", f"{day} 17:00") for day in days]


def days_of(slots: Sequence[Slot]) -> list[str]:
    return [f"{each.starts_at.astimezone(TOKYO):%m-%d}" for each in slots if each.starts_at]


# Monday to Friday of one week in June, and what becomes of it.
WEEK = ("2022-06-06", "2022-06-07", "2022-06-08", "2022-06-09", "2022-06-10")


@pytest.mark.parametrize(
    ("days", "first_day", "expected"),
    [
        (WEEK, "2022-06-13", ["06-13", "06-14", "06-15", "06-16", "06-17"]),
        (WEEK, "2022-06-15", ["06-15", "06-16", "06-17", "06-20", "06-21"]),  # over a weekend
        (WEEK, "2022-04-27", ["04-27", "04-28", "05-02", "05-06", "05-09"]),  # over Golden Week
        (WEEK, "2022-12-26", ["12-26", "12-27", "12-28", "01-04", "01-05"]),  # over the turn of the year
        (("2022-04-28", "2022-05-02", "2022-05-06"), "2022-06-06", ["06-06", "06-07", "06-08"]),  # out of Golden Week
        (("2022-12-28", "2023-01-04"), "2022-07-14", ["07-14", "07-15"]),
        (("2022-06-10", "2022-06-13"), "2022-07-15", ["07-15", "07-19"]),  # over 海の日
        (("2022-06-10", "2022-06-24"), "2022-09-09", ["09-09", "09-27"]),  # ten business days, two holidays between
        (("2022-06-06", "2022-06-11"), "2022-04-29", ["04-29", "05-04"]),  # a Saturday among them: calendar days
        (("2022-06-06", "2022-06-07"), "2022-06-18", ["06-18", "06-20"]),  # begins on a Saturday when that is asked
        (("2022-06-07", "2022-06-06"), "2022-06-13", ["06-14", "06-13"]),  # in whatever order they are listed
    ],
)  # fmt: skip
def test_meetings_keep_their_distance(days: Sequence[str], first_day: str, expected: list[str]) -> None:
    found = shifted(series(*days), dt.date.fromisoformat(first_day))
    assert days_of(found) == expected
    assert {(each.starts_at.astimezone(TOKYO).hour, each.ends_at.astimezone(TOKYO).hour) for each in found} == {  # type: ignore[union-attr]
        (14, 17)
    }


def test_what_is_shifted_to_its_own_first_day_is_as_it_was() -> None:
    for days in (WEEK, ("2022-04-28", "2022-05-06"), ("2022-06-06", "2022-06-11")):
        assert shifted(series(*days), dt.date.fromisoformat(days[0])) == series(*days)


def test_a_meeting_over_midnight_ends_on_the_day_after() -> None:
    found = shifted([slot("2022-06-06 22:00", "2022-06-07 01:00")], dt.date(2022, 12, 28))
    assert found == [slot("2022-12-28 22:00", "2022-12-29 01:00")]


def test_a_month_goes_with_the_month_of_the_first_day() -> None:
    slots = [Slot(month=dt.date(2022, 11, 1)), Slot(month=dt.date(2023, 1, 1))]
    assert [each.month for each in shifted(slots, dt.date(2023, 2, 15))] == [dt.date(2023, 2, 1), dt.date(2023, 4, 1)]
    mixed = [*series("2022-06-06"), Slot(month=dt.date(2022, 8, 1))]
    assert shifted(mixed, dt.date(2022, 11, 10))[1].month == dt.date(2023, 1, 1)


def test_a_recording_goes_with_its_meeting() -> None:
    """Watched for two weeks from the day after the second meeting: a Saturday, which makes nothing of the series one."""
    archive = Slot(
        starts_at=at("2022-06-11 00:00"), ends_at=at("2022-06-25 00:00"), form=MeetingForm.ARCHIVE, archive_of=2
    )
    found = shifted([*series("2022-06-09", "2022-06-10"), archive], dt.date(2022, 4, 28))
    assert days_of(found) == ["04-28", "05-02", "05-03"]
    assert (found[2].ends_at, found[2].archive_of) == (at("2022-05-17 00:00"), 2)


def test_a_pattern_is_read_as_it_was_written() -> None:
    archive = Slot(
        starts_at=at("2022-06-11 00:00"), ends_at=at("2022-06-25 00:00"), form=MeetingForm.ARCHIVE, archive_of=1
    )
    parts = parts_of([*series("2022-06-09"), archive, Slot(month=dt.date(2022, 7, 1), title_ja="後期")])
    document = pattern_documents.written(parts)
    assert document[1] == {
        "offset": 2,
        "unit": "day",
        "starts": "00:00",
        "ends": "00:00",
        "days": 14,
        "title_ja": "",
        "title_en": "",
        "form": "archive",
        "archive_of": 1,
        "venue": None,
    }
    faults = Faults()
    assert pattern_documents.read(document, {}, faults) == parts
    assert faults.found == []
    assert slots_on(parts, dt.date(2022, 6, 9))[2].month == dt.date(2022, 7, 1)


ONE = {"offset": 0, "starts": "14:00", "ends": "17:00"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, [("/pattern", "not_a_list")]),
        ([ONE] * 201, [("/pattern", "not_a_list")]),
        ([1], [("/pattern/0", "not_an_object"), ("/pattern/0/starts", "no_time"), ("/pattern/0/offset", "out_of_range")]),
        ([ONE | {"room": 1}], [("/pattern/0/room", "unknown_field")]),
        ([ONE | {"offset": -1}], [("/pattern/0/offset", "out_of_range")]),
        ([ONE | {"offset": True}], [("/pattern/0/offset", "out_of_range")]),
        ([ONE | {"unit": "week"}], [("/pattern/0/unit", "invalid_choice")]),
        ([ONE | {"unit": []}], [("/pattern/0/unit", "invalid_choice")]),
        ([ONE | {"form": "radio"}], [("/pattern/0/form", "invalid_choice")]),
        ([ONE | {"starts": "25:00"}], [("/pattern/0/starts", "invalid"), ("/pattern/0/starts", "no_time")]),
        ([ONE | {"starts": 9}], [("/pattern/0/starts", "invalid"), ("/pattern/0/starts", "no_time")]),
        ([ONE | {"unit": "month"}], [("/pattern/0/starts", "no_time")]),
        ([ONE | {"title_ja": "あ" * 201}], [("/pattern/0/title_ja", "invalid")]),
        ([ONE | {"archive_of": 2}], [("/pattern/0/archive_of", "not_found")]),
        ([ONE | {"archive_of": 1, "form": "archive"}], [("/pattern/0/archive_of", "not_found")]),
        ([ONE | {"venue": "0189c2f0-0000-7000-8000-000000000000"}], [("/pattern/0/venue", "not_found")]),
        ([ONE | {"venue": "会議室"}], [("/pattern/0/venue", "not_found")]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_place(document: object, expected: list[tuple[str, str]]) -> None:
    faults = Faults()
    assert pattern_documents.venues_in(document) is not None
    pattern_documents.read(document, {}, faults)
    assert [(fault.pointer, fault.code) for fault in faults.found] == expected


def test_only_the_offset_is_always_needed() -> None:
    faults = Faults()
    assert pattern_documents.read([ONE], {}, faults) == [Part(0, starts=dt.time(14), ends=dt.time(17))]
    assert faults.found == []
