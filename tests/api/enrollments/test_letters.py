"""`enrollments/{id}/decision/` and its page: the 受講決定通知 of an applicant."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from academy.models import AuditCase, Role, RoleGrant, Staff
from courses.models import AudiencePerson, Session, SessionInstructor
from enrollments.models import Enrollment
from enrollments.operations import changes
from tests import stage
from tests.cast import ALWAYS, Cast, account
from tests.enrollments.deciding import CLOSED, propose, publish
from tests.enrollments.scene import apply, open_session, withdraw

ClientOf = Callable[[object], APIClient]
Clock = Callable[[Any], None]
JA = {"accept-language": "ja"}


def address(enrollment: Enrollment, *more: str) -> str:
    return "/".join(["/api/v1/enrollments", str(enrollment.public_id), "decision", *more, ""])


def decided(cast: Cast, at: Clock, **fields: Any) -> tuple[Session, Enrollment, Enrollment]:
    """A screening with one seat: `ict` has it, `ict2` is a reserve."""
    session = open_session(
        **{"selection": "screening", "capacity": 1, "title_ja": "分析", "title_en": "Analysis", **fields}
    )
    seated, reserve = apply(session, cast.ict), apply(session, cast.ict2)
    at(CLOSED)
    publish(cast, propose(cast, session))
    return session, seated, reserve


def test_the_letter_says_what_was_decided_under_its_number(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session, seated, reserve = decided(cast, at)
    client = client_of(cast.ict)
    expected = {
        "enrollment": str(seated.public_id),
        "session": str(session.public_id),
        "number": "2022-1",
        "decided_on": "2022-07-10",
        "outcome": "seat",
        "outcome_label": "Seat",
        "person": cast.ict.name,
        "organization_name": "skills",
        "session_title": "Analysis",
        "position": None,
        "meetings": [
            {
                "starts_at": "2022-07-14T14:00:00+09:00",
                "ends_at": "2022-07-14T16:00:00+09:00",
                "month": None,
                "venue_name": None,
            }
        ],
        "text": "It was decided that you take part in “Analysis”.\nWhen: 2022-07-14 14:00–16:00\n"
        "Decision (fiscal year and number): 2022-1\nDecided on: 2022-07-10",
    }
    assert client.get(address(seated)).json() == expected
    japanese = client.get(address(seated), headers=JA).json()
    assert japanese == expected | {
        "outcome_label": "受講決定",
        "organization_name": "人材課",
        "session_title": "分析",
        "text": "「分析」の受講が決定しました。\n日時:2022-07-14 14:00–16:00\n決定番号(年度-番号):2022-1\n決定日:2022-07-10",
    }
    other = client_of(cast.ict2).get(address(reserve)).json()
    assert (other["outcome"], other["position"], other["meetings"]) == ("reserve", 1, [])


def test_the_page_is_a_file_in_the_readers_language(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    """What somebody typed as a title is text on it, and nothing on it runs."""
    _, seated, _ = decided(cast, at, title_ja="<script>分析</script>")
    answer = client_of(cast.ict).get(address(seated, "file") + "?type=html", headers=JA)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="decision_2022-1.html"')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == (
        "nosniff",
        "private, no-store",
    )
    page = answer.content.decode()
    assert "<script" not in page
    rows = [
        ("番号", "2022-1"),
        ("決定日", "2022-07-10"),
        ("氏名", cast.ict.name),
        ("所属", "人材課"),
        ("講座", "&lt;script&gt;分析&lt;/script&gt;"),
        ("結果", "受講決定"),
    ]
    for heading, fact in rows:
        assert f'<tr><th scope="row">{heading}</th><td>{fact}</td></tr>' in page
    assert "<p>日時:2022-07-14 14:00–16:00</p>" in page
    english = client_of(cast.ict).get(address(seated, "file") + "?type=html").content.decode()
    assert '<html lang="en">' in english
    assert "<h1>Notice of the decision</h1>" in english
    assert client_of(cast.ict).get(address(seated, "file")).status_code == 400
    assert client_of(cast.ict).get(address(seated, "file") + "?type=pdf").status_code == 400


def test_the_person_the_head_and_hr_read_it_and_nobody_else(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1)
    SessionInstructor.objects.create(session=session, instructor=stage.instructor("佐藤 四郎", staff=cast.trainer))
    program = session.course.program.public_id
    people = {}
    for role in (Role.PROGRAMME_MANAGER, Role.PROVIDER):
        people[role] = account(role.value)
        RoleGrant.objects.create(user=people[role], role=role, program=program, during=ALWAYS)
    AuditCase.objects.create(
        auditor=cast.auditor,
        opened_by=cast.hr,
        purpose="監査",
        during=DateRange(dt.date(2022, 6, 1), dt.date(2022, 8, 1)),
    )
    seated = apply(session, cast.ict)
    apply(session, cast.staff)
    at(CLOSED)
    publish(cast, propose(cast, session))
    for somebody in (cast.ict, cast.head, cast.bureau_hr, cast.hr):
        assert client_of(somebody).get(address(seated)).status_code == 200, somebody
        assert client_of(somebody).get(address(seated, "file") + "?type=html").status_code == 200, somebody
    others = (cast.ict2, cast.staff, cast.industry_head, cast.trainer, cast.auditor, *people.values())
    for stranger in others:
        assert client_of(stranger).get(address(seated)).status_code == 404, stranger
        assert client_of(stranger).get(address(seated, "file")).status_code == 404, stranger
    for reader in (cast.trainer, cast.auditor, *people.values()):
        assert client_of(reader).get(f"/api/v1/enrollments/{seated.public_id}/").status_code == 200, "they do see it"
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    assert client_of(cast.bureau_hr).get(address(seated)).status_code == 404


def test_there_is_no_letter_before_it_is_published_nor_of_who_had_left(
    cast: Cast, client_of: ClientOf, at: Clock
) -> None:
    session = open_session(selection="screening", capacity=1)
    stays, leaves = apply(session, cast.ict), apply(session, cast.ict2)
    at(CLOSED)
    draft = propose(cast, session)
    assert client_of(cast.ict).get(address(stays)).status_code == 404
    withdraw(leaves)
    publish(cast, draft)
    assert client_of(cast.ict).get(address(stays)).status_code == 200
    assert client_of(cast.ict2).get(address(leaves)).status_code == 404
    assert client_of(cast.hr).get(address(leaves, "file") + "?type=html").status_code == 404
    taken = apply(open_session(apply_until=None), cast.ict2)
    assert client_of(cast.ict2).get(address(taken)).status_code == 404


def test_it_stays_as_it_was_told(cast: Cast, client_of: ClientOf, at: Clock) -> None:
    """A cancelled session is told of by another notice; who withdraws keeps the letter of what was decided."""
    session, seated, reserve = decided(cast, at)
    before = client_of(cast.ict).get(address(seated)).json()
    withdraw(seated)
    digest = changes.preview_cancel(session_id=session.pk, reason="講師の都合", by=cast.hr).digest
    changes.cancel_session(session_id=session.pk, reason="講師の都合", confirmed=digest, by=cast.hr)
    assert client_of(cast.ict).get(address(seated)).json() == before
    assert client_of(cast.ict2).get(address(reserve)).json()["outcome"] == "reserve"


@pytest.mark.parametrize("outcome", ["not_selected", "ineligible"])
def test_who_gets_no_seat_has_a_letter_too(cast: Cast, client_of: ClientOf, at: Clock, outcome: str) -> None:
    session = open_session(selection="screening", capacity=0 if outcome == "not_selected" else 1)
    made = apply(session, cast.ict)
    if outcome == "ineligible":
        AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict, kind="exclude", reason="対象外")
    at(CLOSED)
    publish(cast, propose(cast, session, reserves=False))
    body = client_of(cast.ict).get(address(made)).json()
    assert (body["outcome"], body["meetings"], body["number"]) == (outcome, [], "2022-1")
