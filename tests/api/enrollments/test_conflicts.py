"""`sessions/{id}/conflicts/`: what the database would refuse, what a planner is warned of, and who learns what of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from rest_framework.test import APIClient

from academy.errors import DomainError
from academy.models import Role, RoleGrant, Staff, StaffStatus, User
from courses.models import Instructor, Meeting, Session, SessionInstructor, Venue
from courses.operations import sessions
from courses.operations.places import take_places
from enrollments.models import Enrollment, MeetingExemption, Status
from tests import records, stage
from tests.cast import ALWAYS, Cast, account
from tests.stage import tokyo

ClientOf = Callable[[User | Staff], APIClient]
ICT = {"job_family": ["ict"]}
THURSDAY = (("2022-07-14 14:00", "2022-07-14 16:00"),)
LATER = (("2022-07-14 15:00", "2022-07-14 17:00"),)
AFTER = (("2022-07-14 16:00", "2022-07-14 17:00"),)


@pytest.fixture
def room(cast: Cast) -> Venue:
    return stage.venue("big", "大会議室", name_en="Hall", seats=20)


@pytest.fixture
def draft(cast: Cast) -> Session:
    """A draft for ICT people, on a Thursday afternoon: nothing is wrong with it."""
    return stage.session(stage.course(stage.program(organization=cast.digital), rule=ICT), times=THURSDAY)


def held(times: Any = LATER, *, room: Venue | None = None, teaches: Instructor | None = None, **fields: Any) -> Session:
    """Another session, which is published and has taken its places."""
    made = stage.session(times=times, **{"status": "published", **fields})
    put(made, room, teaches)
    if made.status == "published":
        take_places(made.pk)
    return made


def put(session: Session, room: Venue | None = None, teaches: Instructor | None = None) -> None:
    session.meetings.update(venue=room)
    if teaches:
        SessionInstructor.objects.create(session=session, instructor=teaches)


def seated(session: Session, *people: Staff, status: Status = Status.ENROLLED) -> list[Enrollment]:
    made = records.enrolled(session, *people, status=status)
    times = session.meetings.filter(during__isnull=False).values_list("during", flat=True)
    spans = Multirange([Range(each.lower, each.upper) for each in times if each])
    session.enrollments.filter(pk__in=[each.pk for each in made]).update(busy=spans)
    return made


def asked(client: APIClient, session: Session) -> Any:
    response = client.get(f"/api/v1/sessions/{session.public_id}/conflicts/")
    assert response.status_code == 200, response.content
    return response.json()


def codes(client: APIClient, session: Session) -> list[tuple[str, str]]:
    return [(each["code"], each["severity"]) for each in asked(client, session)["conflicts"]]


def row(code: str, severity: str, text: str, meetings: list[Meeting], **more: Any) -> dict[str, Any]:
    label = {"refused": "Refused by the database", "warning": "Warning"}[severity]
    nothing: dict[str, Any] = {
        "session": None, "session_meetings": [], "venue": None, "instructor": None, "people": None, "share": None,
        "enrollments": [],
    }  # fmt: skip
    ids = [str(each.public_id) for each in meetings]
    return {
        "code": code,
        "severity": severity,
        "severity_label": label,
        "text": text,
        "meetings": ids,
        **nothing,
        **more,
    }


def test_nothing_is_wrong(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    held(AFTER)
    assert asked(client_of(cast.hr), draft) == {"session": str(draft.public_id), "refused": False, "conflicts": []}


def test_a_taken_room_is_named_with_who_has_it_and_a_draft_may_not_be_published(
    draft: Session, cast: Cast, room: Venue, client_of: ClientOf
) -> None:
    other = held(room=room, title_en="The other")
    put(draft, room)
    mine, its = draft.meetings.get(), other.meetings.get()
    assert asked(client_of(cast.hr), draft) == {
        "session": str(draft.public_id),
        "refused": True,
        "conflicts": [
            row(
                "room_not_free", "refused", "“The other” uses Hall at 2022-07-14 14:00–16:00.", [mine],
                session=str(other.public_id), session_meetings=[str(its.public_id)], venue=str(room.public_id),
            )
        ],
    }  # fmt: skip
    with pytest.raises(DomainError, match="room_not_free"):
        sessions.publish_session(session_id=draft.pk, by=None)
    other.meetings.update(cancelled_at=tokyo("2022-06-27 09:00"))
    assert codes(client_of(cast.hr), draft) == []
    sessions.publish_session(session_id=draft.pk, by=None)


def test_online_places_recordings_cancelled_sessions_and_touching_times_are_no_clash(
    draft: Session, cast: Cast, room: Venue, client_of: ClientOf
) -> None:
    online = stage.venue("web", "オンライン", online=True)
    put(draft, online)
    held(room=online)
    put(draft, room)
    held(AFTER, room=room)
    held(room=room, status="cancelled")
    held().meetings.update(form="archive", venue=room)
    assert codes(client_of(cast.hr), draft) == []


def test_a_draft_that_wants_the_same_room_is_a_warning_and_named_to_its_planners_alone(
    draft: Session, cast: Cast, room: Venue, client_of: ClientOf
) -> None:
    other = held(room=room, status="draft", title_en="Secret")
    put(draft, room)
    mine = draft.meetings.get()
    central, bureau = (asked(client_of(user), draft) for user in (cast.hr, cast.bureau_hr))
    assert not central["refused"]
    assert central["conflicts"] == [
        row(
            "room_wanted", "warning",
            "“Secret” wants Hall at 2022-07-14 14:00–16:00 too; whichever is published first gets it.", [mine],
            session=str(other.public_id), session_meetings=[str(other.meetings.get().public_id)],
            venue=str(room.public_id),
        )
    ]  # fmt: skip
    text = "another draft wants Hall at 2022-07-14 14:00–16:00 too; whichever is published first gets it."
    assert bureau["conflicts"] == [row("room_wanted", "warning", text, [mine], venue=str(room.public_id))]


def test_an_instructor_who_teaches_elsewhere(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    lecturer = stage.instructor("外部 講師")
    other, planned = (
        held(teaches=lecturer, title_en="The other"),
        held(status="draft", teaches=lecturer, title_en="Plan"),
    )
    held((("2022-07-14 17:00", "2022-07-14 18:00"),), teaches=lecturer)
    put(draft, teaches=lecturer)
    mine = [draft.meetings.get()]
    found = asked(client_of(cast.hr), draft)
    assert found["conflicts"] == [
        row("instructor_teaches", "refused", "外部 講師 teaches “The other” at the same time.", mine,
            session=str(other.public_id), session_meetings=[str(other.meetings.get().public_id)],
            instructor=str(lecturer.public_id)),
        row("instructor_wanted", "warning", "外部 講師 is to teach “Plan” too at the same time.", mine,
            session=str(planned.public_id), session_meetings=[str(planned.meetings.get().public_id)],
            instructor=str(lecturer.public_id)),
    ]  # fmt: skip
    with pytest.raises(DomainError, match="instructor_not_free"):
        sessions.publish_session(session_id=draft.pk, by=None)


def test_where_an_instructor_sits_is_told_to_who_may_see_it(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    """The trainer is of the digital bureau: its HR sees the seat, a manager of the programme does not."""
    lecturer = stage.instructor("佐藤 四郎", staff=cast.trainer)
    other = held(title_en="The other")
    seated(other, cast.trainer)
    put(draft, teaches=lecturer)
    manager = account("manager")
    RoleGrant.objects.create(
        user=manager, role=Role.PROGRAMME_MANAGER, program=draft.course.program.public_id, during=ALWAYS
    )
    bureau, outside = (asked(client_of(user), draft)["conflicts"][0] for user in (cast.bureau_hr, manager))
    assert (bureau["code"], bureau["session"]) == ("instructor_attends", str(other.public_id))
    assert bureau["text"] == "佐藤 四郎 attends “The other” at the same time."
    assert (outside["code"], outside["session"], outside["severity"]) == ("instructor_attends", None, "refused")
    assert outside["text"] == "佐藤 四郎 attends another session at the same time."
    with pytest.raises(DomainError, match="instructor_not_free"):
        sessions.publish_session(session_id=draft.pk, by=None)


def test_people_with_a_seat_here_and_elsewhere(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    """ict has both seats, ict2 only applied here, trainer teaches elsewhere; head sits elsewhere at another time."""
    other = held(title_en="The other", teaches=stage.instructor("佐藤 四郎", staff=cast.trainer))
    seated(other, cast.ict, cast.ict2)
    seated(held(AFTER), cast.head)
    [ict, trainer, _] = records.enrolled(draft, cast.ict, cast.trainer, cast.head)
    [ict2] = records.enrolled(draft, cast.ict2, status=Status.WAITLISTED)
    mine = [draft.meetings.get()]
    there = {"session": str(other.public_id), "session_meetings": [str(other.meetings.get().public_id)]}
    found = [each for each in asked(client_of(cast.hr), draft)["conflicts"] if not each["code"].startswith("audience")]
    both = row("people_not_free", "refused", "2 with a seat here attend or teach “The other” at the same time.", mine,
               **there, people=2, enrollments=[str(ict.public_id), str(trainer.public_id)])  # fmt: skip
    both["enrollments"].sort()
    found[0]["enrollments"].sort()
    waiting = row("applicants_not_free", "warning", "1 who applied here attend or teach “The other” at the same time.",
                  mine, **there, people=1, enrollments=[str(ict2.public_id)])  # fmt: skip
    assert found == [both, waiting]


def test_the_people_are_named_to_who_sees_where_else_they_are(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    """industry_head is of another bureau: counted for the digital bureau's HR, and named to central HR alone."""
    other = held()
    seated(other, cast.ict, cast.industry_head)
    [ict, industry] = records.enrolled(draft, cast.ict, cast.industry_head)
    central, bureau = (asked(client_of(user), draft)["conflicts"][0] for user in (cast.hr, cast.bureau_hr))
    assert (central["people"], set(central["enrollments"])) == (2, {str(ict.public_id), str(industry.public_id)})
    assert (bureau["people"], bureau["enrollments"]) == (2, [str(ict.public_id)])


def test_a_meeting_from_which_somebody_is_exempted_binds_them_no_more(
    draft: Session, cast: Cast, client_of: ClientOf
) -> None:
    other = held()
    seated(other, cast.ict)
    [here] = records.enrolled(draft, cast.ict)
    MeetingExemption.objects.create(enrollment=here, meeting=draft.meetings.get(), reason="出張")
    Enrollment.objects.filter(pk=here.pk).update(busy=Multirange([]))
    assert ("people_not_free", "refused") not in codes(client_of(cast.hr), draft)


def test_how_much_of_the_audience_is_elsewhere(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    """Of ict, ict2 and trainer: ict sits in both others (counted once in all), trainer teaches the second.

    head and staff are no ICT people, and who sits there no more is free.
    """
    one = held(title_en="One", teaches=None)
    two = held(title_en="Two", times=(("2022-07-14 13:00", "2022-07-14 14:30"),),
               teaches=stage.instructor("佐藤 四郎", staff=cast.trainer))  # fmt: skip
    seated(one, cast.ict, cast.head)
    seated(two, cast.staff)
    seated(two, cast.ict)
    seated(one, cast.ict2, status=Status.WITHDRAWN)
    found = asked(client_of(cast.hr), draft)
    assert not found["refused"]
    assert found["conflicts"] == [
        row("audience_busy", "warning", "2 of the 3 in the audience attend or teach other sessions at the same time.",
            [], people=2, share=0.6667),
        row("audience_busy_in_session", "warning", "2 of the 3 in the audience attend or teach “Two” at the same time.",
            [], people=2, share=0.6667, session=str(two.public_id)),
        row("audience_busy_in_session", "warning", "1 of the 3 in the audience attend or teach “One” at the same time.",
            [], people=1, share=0.3333, session=str(one.public_id)),
    ]  # fmt: skip


def test_few_people_of_the_audience_are_not_counted_out_to_who_does_not_know_them(
    draft: Session, cast: Cast, client_of: ClientOf
) -> None:
    seated(held(title_en="The other"), cast.ict)
    found = asked(client_of(cast.bureau_hr), draft)["conflicts"]
    assert [(each["text"], each["people"], each["share"]) for each in found] == [
        ("A few of the audience attend or teach other sessions at the same time.", None, None),
        ("A few of the audience attend or teach “The other” at the same time.", None, None),
    ]
    StaffStatus.objects.create(staff=cast.ict, kind="manager_candidate", during=ALWAYS)
    draft.course.audience.rule = {"status": ["manager_candidate"]}
    draft.course.audience.save()
    assert asked(client_of(cast.bureau_hr), draft)["conflicts"][0]["share"] == 1.0


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2022-07-16 10:00", "2022-07-16 12:00"), ["not_a_business_day"]),  # Saturday
        (("2022-07-18 10:00", "2022-07-18 12:00"), ["not_a_business_day"]),  # 海の日
        (("2022-12-29 10:00", "2022-12-29 12:00"), ["not_a_business_day"]),  # the turn of the year
        (("2022-07-14 07:59", "2022-07-14 09:00"), ["unusual_hours"]),
        (("2022-07-14 20:00", "2022-07-14 22:01"), ["unusual_hours"]),
        (("2022-07-14 20:00", "2022-07-15 01:00"), ["unusual_hours"]),
        (("2022-07-14 08:00", "2022-07-14 22:00"), []),
    ],
)
def test_days_and_hours_at_which_few_people_work(
    cast: Cast, client_of: ClientOf, times: tuple[str, str], expected: list[str]
) -> None:
    session = stage.session(times=(times,))
    assert codes(client_of(cast.hr), session) == [(code, "warning") for code in expected]


def test_a_room_that_is_too_small(draft: Session, cast: Cast, room: Venue, client_of: ClientOf) -> None:
    put(draft, room)
    for capacity, found in ((20, 0), (None, 0), (21, 1)):
        Session.objects.filter(pk=draft.pk).update(capacity=capacity)
        assert len(codes(client_of(cast.hr), draft)) == found
    text = "Hall has 20 seats, the session 21."
    [conflict] = asked(client_of(cast.hr), draft)["conflicts"]
    assert conflict == row("room_too_small", "warning", text, [draft.meetings.get()], venue=str(room.public_id))
    room.online = True
    room.save()
    assert codes(client_of(cast.hr), draft) == []


def test_it_is_in_japanese_for_who_reads_japanese(draft: Session, cast: Cast, room: Venue, client_of: ClientOf) -> None:
    other = held(room=room)
    put(draft, room)
    client = client_of(cast.hr)
    client.credentials(HTTP_ACCEPT_LANGUAGE="ja")
    [conflict] = asked(client, draft)["conflicts"]
    assert conflict["severity_label"] == "公開・変更できない"
    assert conflict["text"] == f"2022-07-14 14:00–16:00、大会議室は「{other.title_ja}」が使います。"


def test_a_published_session_is_explained_too_and_a_cancelled_one_has_nothing(cast: Cast, client_of: ClientOf) -> None:
    mine, other = held(THURSDAY), held()
    seated(mine, cast.head)
    seated(other, cast.staff)
    assert [code for code, _ in codes(client_of(cast.hr), mine)] == ["audience_busy", "audience_busy_in_session"]
    Session.objects.filter(pk=mine.pk).move_to("cancelled", by=None)
    assert codes(client_of(cast.hr), mine) == []
    month = stage.session(times=())
    Meeting.objects.create(session=month, position=1, precision="month", month="2022-08-01")
    assert codes(client_of(cast.hr), month) == []


def test_only_planners_ask(draft: Session, cast: Cast, client_of: ClientOf) -> None:
    published = held()
    for somebody in (cast.ict, cast.head, cast.auditor, cast.bureau_hr):
        assert client_of(somebody).get(f"/api/v1/sessions/{published.public_id}/conflicts/").status_code == 403
    assert client_of(cast.ict).get(f"/api/v1/sessions/{draft.public_id}/conflicts/").status_code == 404


def test_the_statements_do_not_grow_with_what_clashes(
    draft: Session, cast: Cast, room: Venue, client_of: ClientOf
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            asked(client_of(cast.hr), draft)
        return len(captured)

    lecturer = stage.instructor("佐藤 四郎", staff=cast.trainer)
    put(draft, room, lecturer)
    people = records.crowd(cast, 12)
    records.enrolled(draft, *people)
    held(room=room, status="draft", teaches=lecturer)
    seated(held(room=room), people[0], cast.trainer)
    few = statements()
    for number in range(1, 4):
        held(room=room, status="draft", teaches=lecturer)
        seated(held(), *people[number * 3 : number * 3 + 3])
    assert statements() == few
