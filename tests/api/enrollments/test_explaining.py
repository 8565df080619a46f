"""`enrollments/{id}/explain/`: why somebody has a seat, or not yet, or not any more."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from courses.models import AudiencePerson, EnrollmentPolicy, Session
from courses.operations.quotas import Quota
from enrollments.models import Enrollment
from enrollments.operations.quotas import set_quotas
from tests.cast import Cast
from tests.enrollments.scene import apply, assign, crowd, open_session, withdraw
from tests.enrollments.test_offers import offered
from tests.stage import tokyo

ClientOf = Callable[[object], APIClient]
Clock = Callable[[dt.datetime], None]


def path(enrollment: Enrollment) -> str:
    return f"/api/v1/enrollments/{enrollment.public_id}/explain/"


@pytest.fixture
def explained(client_of: ClientOf, cast: Cast) -> Callable[[Enrollment], dict[str, Any]]:
    def ask(enrollment: Enrollment) -> dict[str, Any]:
        response = client_of(cast.hr).get(path(enrollment))
        assert response.status_code == 200, response.json()
        body: dict[str, Any] = response.json()
        return body

    return ask


Explained = Callable[[Enrollment], dict[str, Any]]


def test_whoever_waits_reads_all_of_it(cast: Cast, client_of: ClientOf) -> None:
    session = open_session(capacity=1, promote_until=tokyo("2022-07-12 12:00"))
    apply(session, cast.staff)
    waits = apply(session, cast.ict)
    body = client_of(cast.ict).get(path(waits)).json()
    findings = body.pop("findings")
    assert body == {
        "enrollment": str(waits.public_id),
        "session": str(session.public_id),
        "status": "waitlisted",
        "status_label": "Waitlisted",
        "verdict": "would_be_next",
        "text": "The next seat that can be given is theirs.",
        "queue_position": 1,
        "ahead": 0,
        "promotes": True,
        "promotes_until": "2022-07-12T12:00:00+09:00",
        "awaiting": None,
        "offer_expires_at": None,
        "seat_since": None,
        "ended_as": None,
    }
    assert [(each["condition"], each["passed"]) for each in findings if not each["passed"]] == [("seats", False)]
    assert findings[-1] == {
        "condition": "seats",
        "code": "session_full",
        "passed": False,
        "blocks": False,
        "required": "a free seat that can be given",
        "actual": "0",
        "text": "Free seats: 0.",
        "fix": "When a seat comes free, the queue moves up.",
    }


def test_those_behind_are_told_how_many_and_not_who(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=1)
    apply(session, cast.staff)
    apply(session, cast.ict)
    behind = explained(apply(session, cast.ict2))
    assert (behind["verdict"], behind["text"], behind["ahead"]) == ("behind_others", "Others come first: 1.", 1)
    assert "髙橋" not in str(behind)


def test_a_rule_that_fails_is_named(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=0)
    waits = apply(session, cast.ict)
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict, kind="exclude", reason="対象外")
    body = explained(waits)
    assert body["verdict"] == "rule_fails"
    assert [each["condition"] for each in body["findings"] if each["blocks"]] == ["excluded_by_name"]


def test_the_own_quota_is_named_and_no_other(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=4)
    quotas = [Quota(cast.digital, 0, ceiling=1), Quota(cast.industry, 2, release_at=tokyo("2022-07-01 09:00"))]
    set_quotas(session_id=session.pk, quotas=quotas, by=None)
    apply(session, cast.ict)
    body = explained(apply(session, cast.ict2))
    assert (body["verdict"], body["ahead"]) == ("quota_full", 0)
    [quota] = [each for each in body["findings"] if each["condition"] == "quota"]
    assert quota == {
        "condition": "quota",
        "code": "quota_full",
        "passed": False,
        "blocks": False,
        "required": "at most 1 seats",
        "actual": "1 seats taken",
        "text": "Own quota (organisation): at most 1 seats, 1 seats taken.",
        "fix": "A seat of the quota has to come free.",
    }


def test_whose_seats_are_kept_for_others_is_told_until_when(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=1)
    quotas = [Quota(cast.industry, 1, release_at=tokyo("2022-07-01 09:00"))]
    set_quotas(session_id=session.pk, quotas=quotas, by=None)
    body = explained(apply(session, cast.ict))
    assert (body["verdict"], body["findings"][-1]["code"]) == ("seats_kept_for_others", "seats_kept_for_others")
    assert body["findings"][-1]["fix"] == "Unused seats are released from 2022-07-01 09:00."


def test_with_quotas_only_those_who_could_have_the_seat_come_first(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=2)
    set_quotas(session_id=session.pk, quotas=[Quota(cast.digital, 0, ceiling=1)], by=None)
    apply(session, cast.ict)
    apply(session, cast.industry_head)
    for person in crowd(cast, 3):
        apply(session, person)
    last = explained(apply(session, cast.staff))
    assert (last["ahead"], last["verdict"]) == (3, "would_be_next"), "the three before have no seat left in their quota"


def test_promotions_are_over_at_their_time(cast: Cast, explained: Explained, at: Clock) -> None:
    session = open_session(capacity=0, promote_until=tokyo("2022-07-01 09:00"))
    waits = apply(session, cast.ict)
    at(tokyo("2022-07-01 09:01"))
    body = explained(waits)
    assert (body["verdict"], body["promotes"]) == ("promotion_over", False)


def test_how_a_seat_was_got(cast: Cast, explained: Explained) -> None:
    session = open_session(capacity=1)
    first = apply(session, cast.ict)
    second = apply(session, cast.ict2)
    assert explained(first)["verdict"] == "given_at_once"
    withdraw(first)
    promoted, ended = explained(second), explained(first)
    assert (promoted["verdict"], promoted["seat_since"][:10], promoted["findings"]) == ("promoted", "2022-06-28", [])
    assert (ended["verdict"], ended["ended_as"], ended["text"]) == (
        "ended",
        "after_decision",
        "It has ended: Seat given up.",
    )
    other = open_session(capacity=1, times=())
    assign(other, [cast.staff], cast)
    assert explained(Enrollment.objects.get(session=other))["verdict"] == "assigned"


def test_an_application_waits_for_its_approval_and_then_for_the_decision(cast: Cast, explained: Explained) -> None:
    session = open_session(selection="screening")
    assert explained(apply(session, cast.ict2))["verdict"] == "awaiting_decision"
    EnrollmentPolicy.objects.create(program=session.course.program, approval="unit_head")
    body = explained(apply(Session.objects.get(pk=session.pk), cast.ict))
    assert (body["verdict"], body["awaiting"]) == ("awaiting_approval", "unit_head")


def test_an_offer_is_said_with_its_end(cast: Cast, explained: Explained) -> None:
    _, seat = offered(cast)
    body = explained(seat)
    assert (body["verdict"], body["offer_expires_at"][:10], body["seat_since"]) == ("offered", "2022-06-30", None)


@pytest.mark.parametrize(
    ("name", "status"), [("ict", 200), ("hr", 200), ("bureau_hr", 200), ("ict2", 404), ("head", 403), ("staff", 404)]
)
def test_for_the_person_hr_and_the_office(cast: Cast, client_of: ClientOf, name: str, status: int) -> None:
    waits = apply(open_session(capacity=0), cast.ict)
    assert client_of(cast.user(name)).get(path(waits)).status_code == status
    assert client_of(cast.ict).get(f"{path(waits)}?wide=1").status_code == 400
