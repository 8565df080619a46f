"""`notices/`: one's own, newest first, in the reader's language; read one by one or all at once."""

import datetime as dt
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from academy.models import Delivery, Mail, Notice, Staff
from academy.notices import Group
from academy.operations import mails
from academy.tasks import send_mails
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.changes import meetings_of, reschedule, stays, three_days, to
from tests.enrollments.scene import apply

ClientOf = Callable[[object], APIClient]
NOTICES = "/api/v1/notices/"


@pytest.fixture
def moved(cast: Cast) -> Notice:
    """What `ict` is told: one meeting of three moves into a room, one is cancelled."""
    session = three_days(title_ja="スキルアップ勉強会", title_en="Study session")
    apply(session, cast.ict)
    apply(session, cast.ict2)
    first, second, _ = meetings_of(session)
    room = stage.venue("room-1", "研修室1", name_en="Room 1")
    reschedule(cast, session, to(first, "2022-07-13 10:00", "2022-07-13 12:00", venue=room), stays(second))
    return Notice.objects.get(recipient=cast.ict)


def test_what_happened_is_told_in_the_reader_s_language(cast: Cast, client_of: ClientOf, moved: Notice) -> None:
    body = client_of(cast.ict).get(NOTICES).json()
    facts = body["results"][0].pop("facts")
    assert body == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": str(moved.public_id),
                "kind": "session_rescheduled",
                "title": "Rescheduled: Study session",
                "text": "\n".join(
                    [
                        "The times or places of “Study session” have changed.",
                        "Moved: 2022-07-14 14:00–16:00 → 2022-07-13 10:00–12:00 (Room 1)",
                        "Cancelled: 2022-07-19 14:00–16:00",
                        "Reason: 会場の都合",
                    ]
                ),
                "subject_kind": "courses.session",
                "subject": str(moved.subject),
                "created_at": body["results"][0]["created_at"],
                "read_at": None,
                "mail_status": None,
                "mail_status_label": None,
                "mailed_at": None,
                "mail_problem": None,
            }
        ],
    }
    assert sorted(facts) == ["cancelled", "moved", "reason", "session_en", "session_ja"]
    japanese = client_of(cast.ict).get(f"{NOTICES}{moved.public_id}/", headers={"accept-language": "ja"}).json()
    assert (japanese["title"], japanese["text"].splitlines()) == (
        "日程が変わりました:スキルアップ勉強会",
        [
            "「スキルアップ勉強会」の日程または会場が変わりました。",
            "変更:2022-07-14 14:00–16:00 → 2022-07-13 10:00–12:00 (研修室1)",
            "中止:2022-07-19 14:00–16:00",
            "理由:会場の都合",
        ],
    )


def test_a_notice_says_what_became_of_its_mail(cast: Cast, client_of: ClientOf, moved: Notice) -> None:
    """Waiting, sent, or why not; what waits for the digest, or is not wanted by mail, has none."""
    client, address = client_of(cast.ict), f"{NOTICES}{moved.public_id}/"

    def told() -> tuple[object, ...]:
        body = client.get(address).json()
        return tuple(body[name] for name in ("mail_status", "mail_status_label", "mail_problem"))

    mails.settle_notices()
    assert told() == ("waiting", "Waiting", "")
    send_mails()
    assert told() == ("failed", "Failed", "no_address")
    assert client.get(address).json()["mailed_at"] is None
    Staff.objects.filter(pk=cast.ict.pk).update(email="ict@example.org")
    Mail.objects.filter(notices=moved).update(state="waiting", next_attempt_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    send_mails()
    assert told() == ("sent", "Sent", "")
    assert client.get(address).json()["mailed_at"].startswith("2022-06-28T")
    mails.choose_delivery(staff_id=cast.ict2.pk, deliveries={Group.CHANGE: Delivery.DIGEST}, by=None)
    other = Notice.objects.get(recipient=cast.ict2)
    Notice.objects.filter(pk=other.pk).update(mail=None, mail_settled=False)
    assert mails.settle_notices() == 0
    assert client_of(cast.ict2).get(f"{NOTICES}{other.public_id}/").json()["mail_status"] is None


def test_nobody_reads_what_another_was_told(cast: Cast, client_of: ClientOf, moved: Notice) -> None:
    for who in (cast.ict2, cast.head, cast.hr, cast.auditor):
        client = client_of(who)
        assert client.get(f"{NOTICES}{moved.public_id}/").status_code == 404
        assert client.post(f"{NOTICES}{moved.public_id}/read/", {}).status_code == 404
        assert str(moved.public_id) not in client.get(NOTICES).content.decode()
    assert client_of(cast.hr).post(f"{NOTICES}read-all/", {}).status_code == 403
    assert Notice.objects.unread().count() == 2


def test_one_is_read_once(cast: Cast, client_of: ClientOf, moved: Notice, at: Clock) -> None:
    client, address = client_of(cast.ict), f"{NOTICES}{moved.public_id}/read/"
    first = client.post(address, {}).json()
    at(stage.tokyo("2022-07-01 09:00"))
    assert first["read_at"] is not None
    assert client.post(address, {}).json() == first
    assert client.post(address, {"read": True}).status_code == 400


def test_the_unread_and_the_kinds_are_found(cast: Cast, client_of: ClientOf, moved: Notice) -> None:
    client = client_of(cast.ict)

    def found(**asked: str) -> int:
        return len(client.get(NOTICES, asked).json()["results"])

    assert (found(unread="true"), found(unread="false"), found(kind="session_cancelled")) == (1, 0, 0)
    assert client.post(f"{NOTICES}read-all/", {}).json() == {"read": 1}
    assert (found(unread="true"), found(unread="false"), found(kind="session_rescheduled")) == (0, 1, 1)
    assert client.post(f"{NOTICES}read-all/", {}).json() == {"read": 0}
    assert Notice.objects.unread().get().recipient == cast.ict2
    for asked in ({"unread": "maybe"}, {"kind": "x"}, {"colour": "red"}, {"order": "kind"}):
        assert client.get(NOTICES, asked).status_code == 400


def test_the_newest_comes_first(cast: Cast, client_of: ClientOf, moved: Notice) -> None:
    older = Notice.objects.create(
        recipient=cast.ict, kind="session_cancelled", occasion="x", subject_kind="courses.session",
        subject=moved.subject, facts={"session_ja": "前の回"}, created_at=stage.tokyo("2022-06-01 09:00"),
    )  # fmt: skip
    ids = [row["id"] for row in client_of(cast.ict).get(NOTICES).json()["results"]]
    assert ids == [str(moved.public_id), str(older.public_id)]
    ids = [row["id"] for row in client_of(cast.ict).get(NOTICES, {"order": "created_at"}).json()["results"]]
    assert ids == [str(older.public_id), str(moved.public_id)]
