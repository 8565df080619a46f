"""`sessions/{id}/attendance/`: the grid of marks, and marking a roster."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant
from courses.models import Meeting, Session, SessionInstructor
from enrollments.models import Attendance, Enrollment, Mark, MeetingExemption, Status
from enrollments.operations.attendance import Marking, mark_attendance
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.records import crowd, enrolled, meetings_of

ClientOf = Callable[[object], APIClient]
TIMES = (("2022-06-20 14:00", "2022-06-20 16:00"), ("2022-07-04 14:00", "2022-07-04 16:00"))


@pytest.fixture
def session(cast: Cast) -> Session:
    made = stage.session(times=TIMES, status="published")
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=made, instructor=teacher)
    return made


@pytest.fixture
def learners(cast: Cast, session: Session) -> list[Enrollment]:
    return enrolled(session, cast.ict, cast.staff)


def address(session: Session) -> str:
    return f"/api/v1/sessions/{session.public_id}/attendance/"


def shown_meetings(session: Session) -> list[dict[str, object]]:
    first, second = meetings_of(session)
    times = [
        ("2022-06-20T14:00:00+09:00", "2022-06-20T16:00:00+09:00"),
        ("2022-07-04T14:00:00+09:00", "2022-07-04T16:00:00+09:00"),
    ]
    return [
        {
            "id": str(meeting.public_id),
            "position": meeting.position,
            "title_ja": "",
            "title_en": "",
            "starts_at": starts_at,
            "ends_at": ends_at,
            "month": None,
            "form": "live",
            "form_label": "Live",
            "archive_of": None,
            "cancelled": False,
        }
        for meeting, (starts_at, ends_at) in zip((first, second), times, strict=True)
    ]


def test_the_instructor_marks_the_roster(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    first, _ = meetings_of(session)
    late, _ = learners
    body = {
        "meeting": str(first.public_id),
        "marks": [{"enrollment": str(late.public_id), "mark": "late"}],
        "rest": "present",
    }
    response = client_of(cast.trainer).post(address(session), body)
    assert (response.status_code, response.json()) == (
        200,
        {"meeting": shown_meetings(session)[0], "present": 1, "late": 1, "absent": 0, "unmarked": 0},
    )
    assert Attendance.objects.filter(by=cast.user("trainer")).count() == 2


def test_who_may_mark_sees_the_grid(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    first, _ = meetings_of(session)
    marks = [Marking(learners[0].public_id, Mark.ABSENT)]
    mark_attendance(session_id=session.pk, meeting_id=first.pk, marks=marks, by=cast.hr)
    held = Attendance.objects.get()
    body = client_of(cast.trainer).get(address(session)).json()
    recorded_at = body["results"][0]["marks"][0].pop("recorded_at")
    assert recorded_at.startswith("2022-06-28T10:")
    assert body == {
        "meetings": shown_meetings(session),
        "next": None,
        "previous": None,
        "results": [
            {
                "enrollment": str(learners[0].public_id),
                "staff": str(cast.ict.public_id),
                "name": "髙橋 花子",
                "status": "in_progress",
                "status_label": "In progress",
                "marks": [
                    {
                        "meeting": str(first.public_id),
                        "form": "live",
                        "mark": "absent",
                        "mark_label": "Absent",
                        "revision": held.revision,
                    }
                ],
                "exemptions": [],
                "absences_told": [],
            },
            {
                "enrollment": str(learners[1].public_id),
                "staff": str(cast.staff.public_id),
                "name": "森 太郎",
                "status": "enrolled",
                "status_label": "Enrolled",
                "marks": [],
                "exemptions": [],
                "absences_told": [],
            },
        ],
    }


def test_an_archive_is_told_from_what_was_live_and_the_exempted_are_named(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    first, _ = meetings_of(session)
    during = DateTimeTZRange(stage.tokyo("2022-06-21 09:00"), stage.tokyo("2022-06-30 18:00"))
    archive = Meeting.objects.create(session=session, position=3, form="archive", archive_of=first, during=during)
    MeetingExemption.objects.create(enrollment=learners[1], meeting=first, reason="公務")
    client = client_of(cast.trainer)
    body = {"meeting": str(archive.public_id), "rest": "present"}
    marked = client.post(address(session), body).json()
    assert {name: marked[name] for name in ("present", "late", "absent", "unmarked")} == {
        "present": 1, "late": 0, "absent": 0, "unmarked": 0,
    }  # fmt: skip
    assert (marked["meeting"]["form"], marked["meeting"]["archive_of"]) == ("archive", str(first.public_id))
    shown = client.get(address(session)).json()["results"]
    assert [[(mark["form"], mark["mark"]) for mark in row["marks"]] for row in shown] == [[("archive", "present")], []]
    assert [row["exemptions"] for row in shown] == [[], [{"meeting": str(first.public_id)}]]
    named = {"meeting": str(archive.public_id), "marks": [{"enrollment": shown[1]["enrollment"], "mark": "present"}]}
    refused = client.post(address(session), named)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "exempted")


def test_everybody_sees_whom_they_may_see(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    RoleGrant.objects.create(
        user=cast.user("industry_head"),
        role=Role.PROGRAMME_MANAGER,
        program=session.course.program.public_id,
        during=ALWAYS,
    )
    enrolled(session, cast.ict2, status=Status.WAITLISTED)
    seen = {
        who: [row["name"] for row in client_of(somebody).get(address(session)).json()["results"]]
        for who, somebody in {
            "central HR": cast.hr,
            "instructor": cast.trainer,
            "programme manager": cast.industry_head,
            "HR of the bureau": cast.bureau_hr,
            "head of the unit": cast.head,
            "oneself": cast.staff,
            "a colleague": cast.ict2,
            "auditor": cast.auditor,
        }.items()
    }
    everybody = ["髙橋 花子", "森 太郎"]
    assert seen == {
        "central HR": everybody,
        "instructor": everybody,
        "programme manager": everybody,
        "HR of the bureau": ["髙橋 花子"],
        "head of the unit": ["髙橋 花子"],
        "oneself": ["森 太郎"],
        "a colleague": [],
        "auditor": [],
    }


def test_only_who_runs_or_teaches_the_session_marks(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    first, _ = meetings_of(session)
    body = {"meeting": str(first.public_id), "rest": "present"}
    answers = {
        who: client_of(getattr(cast, who)).post(address(session), body).status_code
        for who in ("bureau_hr", "head", "staff", "ict2", "auditor", "hr")
    }
    assert answers == {"bureau_hr": 403, "head": 403, "staff": 403, "ict2": 403, "auditor": 403, "hr": 200}


def test_a_draft_is_hidden_from_who_does_not_plan_it(cast: Cast, client_of: ClientOf) -> None:
    draft = stage.session(times=TIMES)
    assert client_of(cast.staff).get(address(draft)).status_code == 404
    assert client_of(cast.staff).post(address(draft), {}).status_code == 404
    assert client_of(cast.hr).get(address(draft)).status_code == 200


def test_faults_come_with_their_places(
    cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]
) -> None:
    first, _ = meetings_of(session)
    (elsewhere,) = meetings_of(stage.session(times=TIMES[:1], status="published"))
    known = {"enrollment": str(learners[0].public_id), "mark": "present"}

    def faults(**body: object) -> list[tuple[str, str]]:
        response = client_of(cast.hr).post(address(session), {"meeting": str(first.public_id), **body})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
        return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]

    assert faults(marks=[known, {**known, "mark": "there"}]) == [("/marks/1/mark", "invalid_choice")]
    assert faults(marks=[known, {"enrollment": str(uuid4()), "mark": "present"}]) == [
        ("/marks/1/enrollment", "not_found")
    ]
    assert faults(marks=[{**known, "status": "completed"}]) == [("/marks/0/status", "unknown_field")]
    assert faults(completed=True) == [("/completed", "unknown_field")]
    assert faults(meeting=str(elsewhere.public_id)) == [("/meeting", "not_found")]
    assert Attendance.objects.count() == 0


def test_a_meeting_to_come_is_refused(cast: Cast, client_of: ClientOf, session: Session) -> None:
    _, second = meetings_of(session)
    response = client_of(cast.hr).post(address(session), {"meeting": str(second.public_id), "rest": "present"})
    assert (response.status_code, response.json()["code"]) == (409, "meeting_not_started")


def test_the_instructor_who_takes_part_does_not_mark_themselves(
    cast: Cast, client_of: ClientOf, session: Session
) -> None:
    (own,) = enrolled(session, cast.trainer)
    first, _ = meetings_of(session)
    marks = [{"enrollment": str(own.public_id), "mark": "present"}]
    response = client_of(cast.trainer).post(address(session), {"meeting": str(first.public_id), "marks": marks})
    assert (response.status_code, response.json()["code"]) == (403, "own_record")


def test_a_dry_run_marks_nobody(cast: Cast, client_of: ClientOf, session: Session, learners: list[Enrollment]) -> None:
    first, _ = meetings_of(session)
    body = {"meeting": str(first.public_id), "rest": "present"}
    answer = client_of(cast.hr).post(f"{address(session)}?dry_run=true", body).json()
    assert (answer["result"]["present"], answer["changes"][0]["detail"]) == (2, {"marked": 2, "corrected": 0})
    assert Attendance.objects.count() == 0


def test_the_grid_takes_the_same_statements_for_many(cast: Cast, client_of: ClientOf) -> None:
    people, counts = crowd(cast, 210), []
    for chosen in (people[:10], people[10:]):
        session = stage.session(times=TIMES, status="published")
        enrolled(session, *chosen)
        first, _ = meetings_of(session)
        mark_attendance(session_id=session.pk, meeting_id=first.pk, marks=[], rest=Mark.PRESENT, by=None)
        with CaptureQueriesContext(connection) as statements:
            body = client_of(cast.hr).get(f"{address(session)}?page_size=500").json()
        assert [len(row["marks"]) for row in body["results"]] == [1] * len(chosen)
        counts.append(len(statements))
    assert counts == [7, 7]
