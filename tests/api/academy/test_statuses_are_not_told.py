"""What a person's statuses are is told to the person and HR alone: to everybody else the word is 対象外 or 除外.

Every address that is read, and every way to give seats, is asked by everybody who is neither; the words must not appear.
"""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent, Job, Role, RoleGrant, Staff, StaffStatus, User
from courses.models import Audience, AudiencePerson, Prerequisite, Session
from enrollments.models import EnrollmentStep
from enrollments.operations.assigning import run_assignment
from tests import records, stage
from tests.api import props
from tests.api.matrix import address, client_for, routes
from tests.api.props import Props
from tests.cast import ALWAYS, Cast

ClientOf = Callable[[User | Staff], APIClient]
WORDS = ("管理職候補", "休職", "休業", "再任用", "育児休業", "介護", "Management candidate", "On leave", "Re-appointed",
         "on_leave", "reappointed")  # fmt: skip
STATUSES = (("manager_candidate", ""), ("on_leave", "育児休業"), ("reappointed", ""))
OTHERS = (
    "service",
    "staff",
    "ict2",
    "head",
    "industry_head",
    "trainer",
    "manager",
    "auditor",
    "skill_office",
    "statistics",
)
# What one is told about oneself: the verdicts there are one's own.
ABOUT_ONESELF = ("me/", "sessions/<uuid:id>/eligibility/")
READS = [
    route
    for route in routes()
    if route.method == "get" and not route.path.startswith((*ABOUT_ONESELF, "schema/", "docs/", "auth/"))
]
RULE = {"any": [{"grade_at_least": "tmg.kacho"}, {"status": ["manager_candidate"]}]}


def burden(*people: Staff) -> None:
    for staff in people:
        for kind, reason in STATUSES:
            StaffStatus.objects.create(staff=staff, kind=kind, reason=reason, during=ALWAYS)


@pytest.fixture
def laid(cast: Cast) -> Props:
    """Everything is about ict, who holds every status, and the audience asks for one of them."""
    found = props.lay_out(cast)
    burden(cast.ict)
    Prerequisite.objects.all().delete()  # it would refuse everybody whatever their statuses
    Audience.objects.update(rule=RULE)
    AudiencePerson.objects.filter(staff=cast.ict).update(reason="個別")
    return found


@pytest.mark.parametrize("name", OTHERS)
def test_no_address_names_a_status_to_others(cast: Cast, laid: Props, name: str) -> None:
    client = client_for(cast, laid, name)
    for route in READS:
        url = address(route, laid) + ("?type=csv" if route.path.endswith("/file/") else "")
        for language in ("ja", "en"):
            text = client.get(url, headers={"accept-language": language}).content.decode()
            assert [word for word in WORDS if word in text] == [], url


def told(answer: Any) -> dict[str, list[str]]:
    return {each["staff"]: each["codes"] for each in answer.json()["results"]}


@pytest.fixture
def giving(cast: Cast, laid: Props) -> tuple[Session, list[Staff]]:
    """A session that candidates and managers may take; people known to the programme: ict2 is not meant, ict is left out."""
    session = Session.objects.filter(starts_on="2022-07-14").get()
    other = stage.session(stage.course(session.course.program), status="published")
    records.enrolled(other, cast.ict, cast.ict2, cast.staff)
    AudiencePerson.objects.filter(staff=cast.ict).delete()
    AudiencePerson.objects.create(
        audience=session.course.audience, staff=cast.ict, kind="exclude", reason="育児休業のため"
    )
    StaffStatus.objects.create(staff=cast.ict2, kind="on_leave", reason="介護", during=ALWAYS)
    return session, [cast.ict, cast.ict2, cast.staff]


def test_who_gives_seats_is_told_no_more_than_not_meant(
    cast: Cast, laid: Props, giving: tuple[Session, list[Staff]]
) -> None:
    session, people = giving
    url = f"/api/v1/sessions/{session.public_id}/assign/"
    for dry in ("?dry_run=true", ""):
        answer = client_for(cast, laid, "manager").post(
            url + dry, {"staff": [str(each.public_id) for each in people]}, format="json"
        )
        assert answer.status_code == 200, answer.content
        assert [word for word in WORDS if word in answer.content.decode()] == []
    assert told(answer) == {str(each.public_id): ["not_eligible", "not_in_audience"] for each in people}


def test_a_job_that_gives_seats_says_no_more(cast: Cast, laid: Props, giving: tuple[Session, list[Staff]]) -> None:
    session, people = giving
    job = Job.objects.create(
        kind="enrollments.assign",
        requested_by=laid.extras["manager"],
        parameters={"session_id": session.pk, "staff": [str(each.public_id) for each in people]},
    )
    result = run_assignment(job)
    assert {tuple(each["codes"]) for each in result["failed"]} == {("not_eligible", "not_in_audience")}


def test_neither_the_trail_nor_the_steps_hold_a_status(
    cast: Cast, laid: Props, giving: tuple[Session, list[Staff]], client_of: ClientOf
) -> None:
    """HR gives ict2 a seat by name of the person; what is written of it is read by others later."""
    session, people = giving
    AudiencePerson.objects.filter(audience=session.course.audience).delete()
    burden(cast.staff)
    answer = client_of(cast.hr).post(
        f"/api/v1/sessions/{session.public_id}/assign/",
        {"staff": [str(each.public_id) for each in people]},
        format="json",
    )
    assert answer.json()["succeeded"] == 2, answer.content  # ict and staff hold the status that is asked for
    written = [
        *AuditEvent.objects.values_list("detail", flat=True),
        *EnrollmentStep.objects.values_list("reason", flat=True),
    ]
    assert [word for word in WORDS if word in repr(written)] == []


def test_the_person_and_hr_are_told(cast: Cast, laid: Props, client_of: ClientOf) -> None:
    """The control: the words are there to be told."""
    session = Session.objects.filter(starts_on="2022-07-14").get()
    url = f"/api/v1/sessions/{session.public_id}/eligibility/"
    own = client_of(cast.ict).get(url, headers={"accept-language": "ja"}).content.decode()
    hr = client_of(cast.bureau_hr).get(url, {"staff": str(cast.ict.public_id)}, headers={"accept-language": "ja"})
    assert "管理職候補者" in own
    assert "管理職候補者" in hr.content.decode()
    me = client_of(cast.ict).get("/api/v1/me/", headers={"accept-language": "ja"}).content.decode()
    assert all(word in me for word in ("管理職候補者", "休職", "再任用"))


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_may_ask_about_the_person(cast: Cast, laid: Props, name: str) -> None:
    session = Session.objects.filter(starts_on="2022-07-14").get()
    client, person = client_for(cast, laid, name), str(cast.ict.public_id)
    asked = client.get(f"/api/v1/sessions/{session.public_id}/eligibility/", {"staff": person})
    applied = client.post("/api/v1/enrollments/", {"session": str(session.public_id), "staff": person}, format="json")
    assert (asked.status_code, asked.json()["errors"][0]["code"]) == (400, "not_found")
    assert applied.status_code in {400, 403}
    assert [word for word in WORDS if word in asked.content.decode() + applied.content.decode()] == []


def test_a_role_over_programmes_and_bureaus_together_opens_no_status(cast: Cast, laid: Props) -> None:
    """A manager who is HR of another bureau besides learns nothing of ict."""
    RoleGrant.objects.create(
        user=laid.extras["manager"], role=Role.BUREAU_HR, organization=cast.industry, during=ALWAYS
    )
    session = Session.objects.filter(starts_on="2022-07-14").get()
    url = f"/api/v1/sessions/{session.public_id}/eligibility/"
    answer = client_for(cast, laid, "manager").get(url, {"staff": str(cast.ict.public_id)})
    assert answer.json()["errors"][0]["code"] == "not_found"
