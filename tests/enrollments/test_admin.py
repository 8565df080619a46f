"""The buttons of a session that are about the people in it."""

from django.test import Client

from academy.models import AuditEvent
from courses.models import Session
from enrollments.models import Status
from tests.cast import Cast
from tests.enrollments import scene
from tests.office import address, faults, office_of, press, said, text


def office(cast: Cast) -> Client:
    return office_of(cast.hr)


def test_a_higher_limit_goes_to_the_queue(cast: Cast) -> None:
    session = scene.open_session(capacity=1)
    for person in (cast.ict, cast.ict2):
        scene.apply(session, person)
    assert scene.line(session) == [(cast.ict.pk, "enrolled"), (cast.ict2.pk, "waitlisted")]
    client = office(cast)
    assert client.get(address(session, "do", "capacity")).context["form"]["capacity"].value() == 1
    assert press(client, session, "capacity", capacity="2").status_code == 302
    assert scene.line(session) == [(cast.ict.pk, "enrolled"), (cast.ict2.pk, "enrolled")]
    assert faults(press(client, session, "capacity", capacity="1")) == {"__all__": ["2席が埋まっています。"]}
    assert faults(press(client, session, "capacity", capacity="-1")) == {
        "capacity": ["この値は 0 以上でなければなりません。"]
    }
    assert press(client, session, "capacity", capacity="").status_code == 302
    session.refresh_from_db()
    assert session.capacity is None


def test_a_session_is_cancelled_with_a_reason(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ"), office(cast)
    enrollment = scene.apply(session, cast.ict)
    asked = client.get(address(session, "do", "cancel"))
    assert "元には戻せません。" in text(asked)
    assert faults(press(client, session, "cancel", reason="")) == {"reason": ["この項目は必須です。"]}
    assert said(client, press(client, session, "cancel", reason="講師の都合")) == ["開催を中止する: 学ぶ"]
    session, enrollment = Session.objects.get(pk=session.pk), type(enrollment).objects.get(pk=enrollment.pk)
    assert (session.status, enrollment.status) == ("cancelled", Status.CANCELLED)
    assert AuditEvent.objects.filter(action="enrollments.cancel_session", by=cast.hr).count() == 1
    assert faults(press(client, session, "cancel", reason="もう一度")) == {
        "__all__": ["状態「開催中止」から「開催中止」へは変更できません。"]
    }


def test_who_does_not_run_a_session_does_neither(cast: Cast) -> None:
    session = scene.open_session(capacity=1)
    client = office_of(cast.bureau_hr)
    for button, fields in (("capacity", {"capacity": "2"}), ("cancel", {"reason": "理由"})):
        assert press(client, session, button, **fields).status_code == 404
    session.refresh_from_db()
    assert (session.status, session.capacity) == ("published", 1)
