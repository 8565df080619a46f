"""委託事業者 at the addresses, and a programme manager for one organisation: they mark, and neither plans."""

import datetime as dt
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, User
from courses.models import Session
from enrollments.models import Attendance, Enrollment
from tests import records, stage
from tests.cast import ALWAYS, Cast, account

ClientOf = Callable[[object], APIClient]
MEETING = (("2022-06-27 14:00", "2022-06-27 16:00"),)


@pytest.fixture
def session(cast: Cast) -> Session:
    made = stage.session(times=MEETING, status="published")
    records.enrolled(made, cast.ict, cast.staff)
    return made


@pytest.fixture
def provider(cast: Cast, session: Session) -> User:
    made = account("provider")
    RoleGrant.objects.create(user=made, role=Role.PROVIDER, program=session.course.program.public_id, during=ALWAYS)
    return made


@pytest.fixture
def digital_manager(cast: Cast, session: Session) -> User:
    made = account("digital-manager")
    RoleGrant.objects.create(
        user=made, role=Role.PROGRAMME_MANAGER, program=session.course.program.public_id, organization=cast.digital,
        during=ALWAYS,
    )  # fmt: skip
    return made


def names(client: APIClient, address: str, field: str = "staff_name") -> list[str]:
    return [row[field] for row in client.get(f"/api/v1/{address}").json()["results"]]


def test_a_provider_reads_who_takes_part_and_marks_them(
    cast: Cast, client_of: ClientOf, session: Session, provider: User
) -> None:
    client, at = client_of(provider), f"sessions/{session.public_id}"
    everybody = ["髙橋 花子", "森 太郎"]
    assert names(client, "enrollments/?order=applied_at") == everybody
    assert names(client, f"{at}/roster/") == everybody
    assert names(client, f"{at}/attendance/", "name") == everybody
    body = {"meeting": str(session.meetings.get().public_id), "rest": "present"}
    answer = client.post(f"/api/v1/{at}/attendance/", body)
    assert (answer.status_code, answer.json()["present"]) == (200, 2)


def test_a_provider_reads_the_drafts_of_its_programmes(
    cast: Cast, client_of: ClientOf, session: Session, provider: User
) -> None:
    draft, other = stage.session(session.course, times=MEETING), stage.session(times=MEETING)
    client = client_of(provider)
    assert client.get(f"/api/v1/sessions/{draft.public_id}/").status_code == 200
    assert client.get(f"/api/v1/sessions/{other.public_id}/").status_code == 404


def test_what_a_provider_does_not_read(cast: Cast, client_of: ClientOf, session: Session, provider: User) -> None:
    client = client_of(provider)
    enrollment = Enrollment.objects.get(staff=cast.ict)
    assert client.get(f"/api/v1/enrollments/{enrollment.public_id}/").json()["completion"] is None
    for address in ("staff/", "exam-attempts/", "lesson-progress/", "teams/", "assessments/"):
        assert client.get(f"/api/v1/{address}").json()["results"] == []
    assert client.get(f"/api/v1/staff/{cast.ict.public_id}/").status_code == 404
    for address in ("reports/", "reports/completion/?by=session", "reports/cohort-completion/"):
        assert client.get(f"/api/v1/{address}").status_code == 403


def test_what_neither_of_them_changes(
    cast: Cast, client_of: ClientOf, session: Session, provider: User, digital_manager: User
) -> None:
    at = f"sessions/{session.public_id}"
    for somebody in (provider, digital_manager):
        client = client_of(somebody)
        for address in ("publish", "open", "close", "finish", "assign", "capacity", "cancel"):
            assert client.post(f"/api/v1/{at}/{address}/", {}).status_code == 403
        for address in ("programs", "courses", "sessions", "modules", "lessons", "venues", "instructors", "teams"):
            assert client.post(f"/api/v1/{address}/", {}).status_code == 403
        assert client.patch(f"/api/v1/{at}/", {}).status_code == 403
        enrollment = Enrollment.objects.get(staff=cast.ict)
        assert client.post(f"/api/v1/enrollments/{enrollment.public_id}/withdraw/", {}).status_code == 403


def test_a_manager_for_one_organisation_marks_its_people_alone(
    cast: Cast, client_of: ClientOf, session: Session, digital_manager: User
) -> None:
    client, at = client_of(digital_manager), f"sessions/{session.public_id}"
    assert names(client, f"{at}/roster/") == names(client, "enrollments/") == ["髙橋 花子"]
    meeting, address = session.meetings.get(), f"/api/v1/{at}/attendance/"
    other = Enrollment.objects.get(staff=cast.staff)
    named = {"meeting": str(meeting.public_id), "marks": [{"enrollment": str(other.public_id), "mark": "absent"}]}
    refused = client.post(address, named).json()
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/marks/0/enrollment", "not_found")]
    assert client.post(address, {"meeting": str(meeting.public_id), "rest": "present"}).json()["present"] == 1
    assert [mark.enrollment.staff for mark in Attendance.objects.all()] == [cast.ict]


def test_a_grant_that_ended_yesterday_opens_nothing_today(
    cast: Cast, client_of: ClientOf, session: Session, provider: User
) -> None:
    client = client_of(provider)
    assert names(client, "enrollments/") != []
    grant = RoleGrant.objects.get(user=provider)
    grant.during = grant.during.__class__(grant.during.lower, dt.date(2022, 6, 28))
    grant.save()
    assert names(client, "enrollments/") == []
    assert client.get(f"/api/v1/sessions/{session.public_id}/roster/").status_code == 403
