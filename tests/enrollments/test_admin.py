"""The buttons of a session that are about the people in it."""

from typing import Any

from django.forms import DateTimeInput
from django.test import Client

from academy.models import AuditEvent, RoleGrant, Staff
from courses.models import Session
from enrollments.models import Enrollment, MeetingExemption, Status
from tests import stage
from tests.cast import ALWAYS, Cast, account
from tests.enrollments import scene
from tests.office import address, faults, office_of, press, said, text

TWO_DAYS = (("2022-07-14 14:00", "2022-07-14 16:00"), ("2022-07-15 14:00", "2022-07-15 16:00"))


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
    assert faults(press(client, session, "capacity", capacity="1")) == {"__all__": ["2席が埋まり、1席多すぎます。"]}
    assert faults(press(client, session, "capacity", capacity="-1")) == {
        "capacity": ["この値は 0 以上でなければなりません。"]
    }
    assert press(client, session, "capacity", capacity="").status_code == 302
    session.refresh_from_db()
    assert session.capacity is None


def digest_of(answer: Any) -> str:
    """What the page sends along when it is sent once more."""
    assert answer.status_code == 200
    return str(answer.context["form"]["confirm"].value())


def shown(answer: Any) -> dict[str, list[list[str]]]:
    """The tables of the preview, by their titles."""
    return {
        str(table.title): [[str(cell) for cell in cells] for cells in table.rows]
        for table in answer.context["form"].preview
    }


IMPACT = "影響を確かめ、もう一度送信すると実行します。"


def test_a_session_is_cancelled_once_its_impact_was_looked_at(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ"), office(cast)
    enrollment = scene.apply(session, cast.ict)
    asked = client.get(address(session, "do", "cancel"))
    assert "元には戻せません。" in text(asked)
    assert faults(press(client, session, "cancel", reason="")) == {"reason": ["この項目は必須です。"]}
    looked = press(client, session, "cancel", reason="講師の都合")
    assert shown(looked) == {
        IMPACT: [["受講決定", "1"], ["知らせる人", "1"], ["修了が危ぶまれる人", "1"]],
        "コマ": [["中止", "2022-07-14 14:00 – 16:00", ""]],
        "修了が危ぶまれる人": [["髙橋 花子"]],
    }
    assert Session.objects.get(pk=session.pk).status == "published", "to look is not to do"
    sent = {"reason": "講師の都合", "confirm": digest_of(looked)}
    assert said(client, press(client, session, "cancel", **sent)) == ["開催を中止する: 学ぶ"]
    session, enrollment = Session.objects.get(pk=session.pk), Enrollment.objects.get(pk=enrollment.pk)
    assert (session.status, enrollment.status) == ("cancelled", Status.CANCELLED)
    assert AuditEvent.objects.filter(action="enrollments.cancel_session", by=cast.hr).count() == 1
    assert faults(press(client, session, "cancel", reason="もう一度")) == {
        "__all__": ["状態「開催中止」から「開催中止」へは変更できません。"]
    }


def test_what_has_changed_since_it_was_looked_at_is_shown_again_and_not_done(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ"), office(cast)
    scene.apply(session, cast.ict)
    first = digest_of(press(client, session, "cancel", reason="講師の都合"))
    scene.apply(session, cast.ict2)
    again = press(client, session, "cancel", reason="講師の都合", confirm=first)
    assert "確認のあとに状況が変わりました。" in faults(again)["__all__"][0]
    assert shown(again)[IMPACT][0] == ["受講決定", "2"]
    assert digest_of(again) != first
    assert Session.objects.get(pk=session.pk).status == "published"
    assert press(client, session, "cancel", reason="講師の都合", confirm=digest_of(again)).status_code == 302


def page_sent_back(client: Client, session: Session, **fields: Any) -> dict[str, Any]:
    """The page of a reschedule as a browser sends it back, with some fields changed."""
    form = client.get(address(session, "do", "reschedule")).context["form"]
    sent: dict[str, Any] = {}
    for bound in [*form, *(each for row in form.meetings for each in row), *form.meetings.management_form]:
        value = bound.value()
        if value not in (None, "", False):
            widget = bound.field.widget
            sent[bound.html_name] = widget.format_value(value) if isinstance(widget, DateTimeInput) else value
    return {**sent, "reason": "会場の都合", **fields}


JULY_20 = {"meetings-0-starts_at": "2022-07-20T09:00", "meetings-0-ends_at": "2022-07-20T11:00"}


def test_a_meeting_is_moved_with_a_preview(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ", capacity=10), office(cast)
    scene.apply(session, cast.ict)
    room = stage.venue("room-a", "研修室A")
    sent = page_sent_back(client, session, **JULY_20, **{"meetings-0-venue": str(room.public_id)})
    looked = press(client, session, "reschedule", **sent)
    assert faults(looked) == {}
    assert shown(looked)["コマ"] == [["移動", "2022-07-14 14:00 – 16:00", "2022-07-20 09:00 – 11:00 研修室A"]]
    meeting = session.meetings.get()
    assert (meeting.sequence, meeting.venue) == (0, None)
    done = press(client, session, "reschedule", **sent, confirm=digest_of(looked))
    assert said(client, done) == ["日程・定員・講師を変更する: 学ぶ"]
    meeting.refresh_from_db()
    assert (meeting.during.lower, meeting.venue, meeting.sequence) == (stage.tokyo("2022-07-20 09:00"), room, 1)
    session.refresh_from_db()
    assert session.capacity == 10


def test_who_would_clash_is_decided_about_on_the_page(cast: Cast) -> None:
    elsewhere = scene.open_session(title_ja="別の研修", times=(("2022-07-20 10:00", "2022-07-20 12:00"),))
    session, client = scene.open_session(title_ja="学ぶ", times=TWO_DAYS), office(cast)
    mine = scene.apply(session, cast.ict)
    scene.apply(elsewhere, cast.ict)
    sent = page_sent_back(client, session, **JULY_20)
    looked = press(client, session, "reschedule", **sent)
    assert shown(looked)["日時が重なる人"] == [["髙橋 花子", "同じ時間に受講します:別の研修。", ""]]
    assert ["対応の要る人", "1"] in shown(looked)[IMPACT]
    key = mine.public_id
    assert looked.context["form"].fields[f"action-{key}"].label == "髙橋 花子"

    undecided = press(client, session, "reschedule", **sent, confirm=digest_of(looked))
    assert "__all__" in faults(undecided)
    assert session.meetings.order_by("position")[0].sequence == 0

    without_reason = {**sent, f"action-{key}": "exempt"}
    assert faults(press(client, session, "reschedule", **without_reason)) == {f"reason-{key}": ["理由が必要です。"]}

    decided = {**sent, f"action-{key}": "exempt", f"reason-{key}": "別の研修を優先"}
    looked = press(client, session, "reschedule", **decided)
    assert shown(looked)["日時が重なる人"] == [["髙橋 花子", "同じ時間に受講します:別の研修。", "✓"]]
    assert press(client, session, "reschedule", **decided, confirm=digest_of(looked)).status_code == 302
    exemption = MeetingExemption.objects.get()
    assert (exemption.enrollment, exemption.reason, exemption.by) == (mine, "別の研修を優先", cast.hr)


def test_a_meeting_that_is_deleted_is_cancelled_and_one_is_added(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ", times=TWO_DAYS), office(cast)
    first, second = session.meetings.order_by("position")
    sent = page_sent_back(client, session)
    sent |= {
        "meetings-0-DELETE": "on",
        "meetings-2-starts_at": "2022-07-22T14:00",
        "meetings-2-ends_at": "2022-07-22T16:00",
    }
    looked = press(client, session, "reschedule", **sent)
    assert [row[0] for row in shown(looked)["コマ"]] == ["中止", "変更なし", "追加"]
    assert press(client, session, "reschedule", **sent, confirm=digest_of(looked)).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.cancelled_at is not None, second.cancelled_at, second.sequence) == (True, None, 0)
    assert [
        str(day)
        for day in session.meetings.live().order_by("position").values_list("during__startswith__date", flat=True)
    ] == [
        "2022-07-15",
        "2022-07-22",
    ]


def test_what_is_wrong_with_a_move_stands_in_its_row(cast: Cast) -> None:
    session, client = scene.open_session(title_ja="学ぶ"), office(cast)
    past = {"meetings-0-starts_at": "2022-06-01T09:00", "meetings-0-ends_at": "2022-06-01T11:00"}
    answer = press(client, session, "reschedule", **page_sent_back(client, session, **past))
    [row, *_] = answer.context["form"].meetings.forms
    assert dict(row.errors) == {"starts_at": ["現在より後の日時です。"]}
    assert "現在より後の日時です。" in text(answer)
    foreign = page_sent_back(client, session, **{"meetings-0-id": str(cast.ict.public_id), **JULY_20})
    answer = press(client, session, "reschedule", **foreign)
    assert answer.context["form"].meetings.forms[0].non_field_errors() == [
        "この回の(中止していない)コマではありません。"
    ]
    assert session.meetings.get().sequence == 0


def test_people_outside_the_scope_are_counted_and_not_named(cast: Cast) -> None:
    """The manager of a programme does not see a hidden person in its sessions."""
    program = stage.program()
    manager = account("manager")
    RoleGrant.objects.create(user=manager, role="programme_manager", program=program.public_id, during=ALWAYS)
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    session = scene.open_session(title_ja="学ぶ", course=stage.course(program))
    for person in (cast.ict, cast.ict2):
        scene.apply(session, person)
    looked = press(office_of(manager), session, "cancel", reason="講師の都合")
    assert shown(looked)["修了が危ぶまれる人"] == [["髙橋 花子"], ["担当範囲の外の1人"]]
    assert "山﨑" not in text(looked)


def test_applications_are_taken_again_for_the_seats_left(cast: Cast) -> None:
    session = scene.open_session(apply_until=stage.tokyo("2022-06-20 17:00"), capacity=5)
    client = office(cast)
    assert faults(press(client, session, "reopen", apply_until="")) == {"apply_until": ["この項目は必須です。"]}
    fields = {"apply_until": "2022-07-05T17:00", "nominate_until": "2022-07-06T17:00"}
    assert press(client, session, "reopen", **fields).status_code == 302
    session.refresh_from_db()
    assert (session.apply_until, session.nominate_until) == (
        stage.tokyo("2022-07-05 17:00"),
        stage.tokyo("2022-07-06 17:00"),
    )


def test_who_does_not_run_a_session_does_neither(cast: Cast) -> None:
    session = scene.open_session(capacity=1)
    client = office_of(cast.bureau_hr)
    for button, fields in (("capacity", {"capacity": "2"}), ("cancel", {"reason": "理由"})):
        assert press(client, session, button, **fields).status_code == 404
    session.refresh_from_db()
    assert (session.status, session.capacity) == ("published", 1)
