"""`sessions/{id}/suggestions/`: free days and rooms in the order of how much of the audience is free."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.clock import business_date
from academy.models import Role, RoleGrant, Staff, User
from courses.models import Course, Meeting, Session, SessionInstructor, Venue
from courses.operations import sessions
from courses.operations.places import take_places
from courses.scheduling import Slot
from tests import records, stage
from tests.api.enrollments.test_conflicts import held, seated
from tests.cast import ALWAYS, Cast, account

ClientOf = Callable[[User | Staff], APIClient]
ICT = {"job_family": ["ict"]}
# Mon 4 to Fri 8 July 2022.
WEEK = "?from=2022-07-04&weeks=1&limit=20"


@pytest.fixture
def course(cast: Cast) -> Course:
    return stage.course(stage.program(organization=cast.digital, mode="classroom"), rule=ICT)


@pytest.fixture
def rooms(cast: Cast) -> list[Venue]:
    return [stage.venue(f"room-{seats}", f"{seats}人室", seats=seats) for seats in (10, 40, 30)]


@pytest.fixture
def draft(course: Course, rooms: list[Venue]) -> Session:
    """Two hours at 10:00 for 25 people, in the room of 40."""
    made = stage.session(course, times=(("2022-07-01 10:00", "2022-07-01 12:00"),), capacity=25)
    made.meetings.update(venue=rooms[1])
    return made


def asked(client: APIClient, session: Session, query: str = WEEK) -> Any:
    response = client.get(f"/api/v1/sessions/{session.public_id}/suggestions/{query}")
    assert response.status_code == 200, response.content
    return response.json()["suggestions"]


def short(found: Any) -> list[tuple[str, str | None, int | None]]:
    """When it begins, in which room, how many are free."""
    return [
        (each["meetings"][0]["starts_at"][5:16], each["meetings"][0]["venue_name_ja"], each["free"]) for each in found
    ]


def on(day: str, begins: str, ends: str, **fields: Any) -> Session:
    return held(((f"2022-07-{day} {begins}", f"2022-07-{day} {ends}"),), **fields)


def test_every_business_day_at_the_planned_and_the_usual_hours(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    found = short(asked(client_of(cast.hr), draft))
    hours = ("09:30", "10:00", "13:30", "15:00")
    assert found == [(f"07-{day:02}T{hour}", "30人室", 3) for day in (4, 5, 6, 7, 8) for hour in hours]


def test_a_whole_answer(draft: Session, cast: Cast, rooms: list[Venue], client_of: ClientOf) -> None:
    """ict sits elsewhere on Monday from 9:30 to 11:00, on the other days all are free: Tuesday is the best."""
    seated(on("04", "09:30", "11:00"), cast.ict)
    url = f"/api/v1/sessions/{draft.public_id}/suggestions/?from=2022-07-04&weeks=1&limit=1"
    room = {"venue": str(rooms[2].public_id), "venue_name_ja": "30人室"}
    times = {"starts_at": "2022-07-04T13:30:00+09:00", "ends_at": "2022-07-04T15:30:00+09:00"}
    assert client_of(cast.hr).get(url).json() == {
        "session": str(draft.public_id),
        "first_day": "2022-07-04",
        "last_day": "2022-07-10",
        "suggestions": [
            {
                "meetings": [{**times, **room}],
                "free": 3,
                "audience": 3,
                "share": 1.0,
                "rooms_free": 2,
                "why": "3 of the 3 in the audience are free. 30人室 (30 seats) is free;"
                " rooms that are free and large enough: 2. Not at the planned hours.",
            }
        ],
    }


def test_who_sits_or_teaches_elsewhere_puts_a_time_behind(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    """Of ict, ict2 and trainer. Somebody twice busy counts once; who is no ICT person, or sits there no more, does not."""
    seated(on("04", "09:00", "12:00"), cast.ict, cast.head)
    seated(on("05", "09:00", "10:30"), cast.ict)
    seated(on("05", "10:30", "12:00", teaches=stage.instructor("佐藤 四郎", staff=cast.trainer)), cast.ict, cast.ict2)
    seated(on("06", "10:00", "12:00"), cast.ict2, status="withdrawn")  # type: ignore[arg-type]
    on("07", "10:00", "12:00", status="draft", teaches=stage.instructor("外部"))
    found = {(when, free) for when, _, free in short(asked(client_of(cast.hr), draft)) if when.endswith("10:00")}
    assert found == {("07-04T10:00", 2), ("07-05T10:00", 0), ("07-06T10:00", 3), ("07-07T10:00", 3), ("07-08T10:00", 3)}
    order = [free or 0 for _, _, free in short(asked(client_of(cast.hr), draft))]
    assert order == sorted(order, reverse=True)


def test_only_rooms_that_are_free_and_large_enough(
    draft: Session, cast: Cast, rooms: list[Venue], client_of: ClientOf
) -> None:
    """On Monday morning the room of 30 is taken, on Tuesday both that are large enough: 10:00 is gone that day."""
    on("04", "11:59", "13:00", room=rooms[2])
    on("05", "11:00", "12:00", room=rooms[2])
    on("05", "09:45", "10:15", room=rooms[1])
    on("06", "10:00", "12:00", room=rooms[2], status="draft")
    on("07", "10:00", "12:00", room=rooms[2]).meetings.update(cancelled_at="2022-06-01T00:00Z")
    found = {when: room for when, room, _ in short(asked(client_of(cast.hr), draft)) if when.endswith("10:00")}
    assert found == {"07-04T10:00": "40人室", "07-06T10:00": "30人室", "07-07T10:00": "30人室", "07-08T10:00": "30人室"}


def test_only_times_at_which_its_instructors_are_free(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    outside, own = stage.instructor("外部"), stage.instructor("佐藤 四郎", staff=cast.trainer)
    for each in (outside, own):
        SessionInstructor.objects.create(session=draft, instructor=each)
    on("04", "11:00", "12:30", teaches=outside)
    seated(on("05", "11:00", "12:30"), cast.trainer)
    on("06", "11:00", "12:30", teaches=stage.instructor("別の人"))
    found = [when for when, *_ in short(asked(client_of(cast.hr), draft)) if when.endswith("10:00")]
    assert found == ["07-06T10:00", "07-07T10:00", "07-08T10:00"]


def test_several_meetings_keep_their_pattern_in_one_room(
    course: Course, cast: Cast, rooms: list[Venue], client_of: ClientOf
) -> None:
    """Two days running; the room of 30 is taken on Wednesday, so that from Tuesday and Wednesday on it is the one of 40."""
    draft = stage.session(
        course, times=(("2022-07-01 10:00", "2022-07-01 12:00"), ("2022-07-02 13:00", "2022-07-02 14:00")), capacity=25
    )
    draft.meetings.update(venue=rooms[1])
    on("06", "10:00", "14:00", room=rooms[2])
    found = asked(client_of(cast.hr), draft)
    assert short(found) == [
        ("07-04T10:00", "30人室", 3),
        ("07-05T10:00", "40人室", 3),
        ("07-06T10:00", "40人室", 3),
        ("07-07T10:00", "30人室", 3),
    ]
    second = found[1]["meetings"][1]
    assert (second["starts_at"], second["ends_at"]) == ("2022-07-06T13:00:00+09:00", "2022-07-06T14:00:00+09:00")
    assert second["venue_name_ja"] == "40人室"


def test_an_online_place_is_kept(course: Course, cast: Cast, rooms: list[Venue], client_of: ClientOf) -> None:
    online = stage.venue("web", "オンライン", online=True)
    draft = stage.session(course, times=(("2022-07-01 10:00", "2022-07-01 12:00"),), capacity=500)
    draft.meetings.update(venue=online)
    on("04", "10:00", "12:00", room=online)
    assert ("07-04T10:00", "オンライン", 3) in short(asked(client_of(cast.hr), draft))


@pytest.mark.parametrize(("mode", "room"), [("classroom", "30人室"), ("live", None)])
def test_a_session_without_a_date_is_given_one(
    cast: Cast, rooms: list[Venue], client_of: ClientOf, mode: str, room: str | None
) -> None:
    course = stage.course(stage.program(mode=mode))
    draft = stage.session(course, undated=True, status="published", capacity=20)
    found = short(asked(client_of(cast.hr), draft, WEEK + "&minutes=180"))
    assert found[:3] == [("07-04T09:30", room, 6), ("07-04T13:30", room, 6), ("07-05T09:30", room, 6)]


def test_holidays_are_left_out_and_the_search_ends_where_it_was_asked_to(
    draft: Session, cast: Cast, client_of: ClientOf
) -> None:
    found = asked(client_of(cast.hr), draft, "?from=2022-07-16&weeks=1&limit=20")
    assert sorted({each["meetings"][0]["starts_at"][:10] for each in found}) == [
        f"2022-07-{day}" for day in (19, 20, 21, 22)
    ]


def test_the_first_is_published_as_it_was_suggested(
    draft: Session, cast: Cast, rooms: list[Venue], client_of: ClientOf
) -> None:
    """At its own day the draft is refused: its room and its instructor are taken. What is suggested the database takes."""
    lecturer = stage.instructor("外部")
    SessionInstructor.objects.create(session=draft, instructor=lecturer)
    held((("2022-07-01 09:00", "2022-07-01 17:00"),), room=rooms[1], teaches=lecturer)
    for day in ("04", "05"):
        on(day, "09:00", "17:00", room=rooms[2])
        on(day, "09:00", "17:00", room=rooms[1])
    on("06", "09:00", "12:30", teaches=lecturer)
    best = asked(client_of(cast.hr), draft)[0]["meetings"][0]
    assert (best["starts_at"], best["venue_name_ja"]) == ("2022-07-06T13:30:00+09:00", "30人室")
    begins, ends = (dt.datetime.fromisoformat(best[name]) for name in ("starts_at", "ends_at"))
    slot = Slot(starts_at=begins, ends_at=ends, venue=Venue.objects.get(public_id=best["venue"]))
    sessions.change_session(session_id=draft.pk, meetings=[slot], by=None)
    sessions.publish_session(session_id=draft.pk, by=None)
    draft.refresh_from_db()
    assert (draft.status, business_date(begins)) == ("published", dt.date(2022, 7, 6))


def test_what_is_published_with_its_date_needs_no_suggestion(course: Course, cast: Cast, client_of: ClientOf) -> None:
    session = held(((("2022-07-14 10:00"), ("2022-07-14 12:00")),))
    response = client_of(cast.hr).get(f"/api/v1/sessions/{session.public_id}/suggestions/")
    assert (response.status_code, response.json()["code"]) == (409, "session_has_its_date")


def test_several_meetings_without_times_have_no_pattern(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    Meeting.objects.create(session=draft, position=2, precision="month", month="2022-08-01")
    response = client_of(cast.hr).get(f"/api/v1/sessions/{draft.public_id}/suggestions/")
    assert (response.status_code, response.json()["code"]) == (409, "pattern_unknown")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?weeks=13", "weeks"),
        ("?weeks=0", "weeks"),
        ("?weeks=x", "weeks"),
        ("?limit=21", "limit"),
        ("?minutes=481", "minutes"),
        ("?from=2022-06-28", "from"),
        ("?from=2022-6-30", "from"),
        ("?to=2022-07-30", "to"),
    ],
)
def test_a_wrong_parameter_is_refused(draft: Session, cast: Cast, client_of: ClientOf, query: str, name: str) -> None:
    response = client_of(cast.hr).get(f"/api/v1/sessions/{draft.public_id}/suggestions/{query}")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, name)


def test_from_tomorrow_for_six_weeks_ten_of_them(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.hr).get(f"/api/v1/sessions/{draft.public_id}/suggestions/").json()
    assert (response["first_day"], response["last_day"]) == ("2022-06-29", "2022-08-09")
    assert len(response["suggestions"]) == 10


def test_only_planners_ask_and_few_people_are_not_counted_out(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    url = f"/api/v1/sessions/{draft.public_id}/suggestions/"
    assert [client_of(each).get(url).status_code for each in (cast.ict, cast.head, cast.auditor)] == [404] * 3
    manager = account("manager")
    RoleGrant.objects.create(
        user=manager, role=Role.PROGRAMME_MANAGER, program=draft.course.program.public_id, during=ALWAYS
    )
    assert {each["share"] for each in asked(client_of(manager), draft)} == {None}
    people = records.crowd(cast, 17)
    seated(on("04", "09:00", "18:00"), *people[:8])
    found = {(each["meetings"][0]["starts_at"][5:10], each["share"]) for each in asked(client_of(manager), draft)}
    assert found == {("07-04", 0.6)} | {(f"07-{day:02}", 1.0) for day in (5, 6, 7, 8)}


def test_the_statements_do_not_grow_with_the_year(
    draft: Session, cast: Cast, rooms: list[Venue], client_of: ClientOf
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(client_of(cast.hr), draft)
        return len(captured)

    few = statements()
    people = records.crowd(cast, 6)
    for day in ("04", "05", "06"):
        for room, hour in ((rooms[0], "09"), (rooms[1], "11"), (rooms[2], "14")):
            seated(on(day, f"{hour}:00", f"{hour}:45", room=room), *people)
        take_places(draft.pk)
    assert statements() == few
