"""From notices to mailboxes: as each person chose, a decision always; sent at least once under one Message-ID."""

import datetime as dt
import io
import logging
import smtplib
from collections.abc import Iterator, Sequence

import pytest
from django.conf import LazySettings
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from academy.models import Assignment, AuditEvent, Delivery, Mail, MailStatus, Notice, NoticePreference, Staff
from academy.notices import GROUPS, WORDS, Group
from academy.operations import mails
from academy.operations.notices import tell
from academy.tasks import send_mails
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.threads import at_once

ADDRESS = "canary7f3a@example.org"
TITLE = {"session_ja": "統計の基礎", "session_en": "Statistics"}


@pytest.fixture
def ict(cast: Cast) -> Staff:
    """Whoever is told of something here, with an address."""
    Staff.objects.filter(pk=cast.ict.pk).update(email=ADDRESS)
    return cast.ict


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def told(staff: Staff, kind: str = "seat_given", occasion: str = "a", **facts: object) -> Notice:
    tell(kind=kind, occasion=occasion, recipients=[staff.pk], subject=stage.session(), facts={**TITLE, **facts})
    return Notice.objects.get(recipient=staff, occasion=occasion)


def prefer(staff: Staff, **deliveries: str) -> None:
    chosen = {Group(group): Delivery(delivery) for group, delivery in deliveries.items()}
    mails.choose_delivery(staff_id=staff.pk, deliveries=chosen, by=staff.user)


def states() -> list[tuple[str, str, int]]:
    return list(Mail.objects.order_by("pk").values_list("state", "problem", "attempts"))


def later() -> None:
    """The wait until the next attempt is over."""
    Mail.objects.update(next_attempt_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


class Failing(EmailBackend):
    """A mail server that refuses what it is given, in a way that the test chooses."""

    error: Exception | None = None
    at_open: Exception | None = None

    def open(self) -> bool:
        if Failing.at_open:
            raise Failing.at_open
        return True

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if Failing.error:
            raise Failing.error
        return super().send_messages(messages)


@pytest.fixture
def failing(settings: LazySettings) -> Iterator[type[Failing]]:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    yield Failing
    Failing.error = Failing.at_open = None


def test_a_notice_is_a_mail_in_both_languages(ict: Staff, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://academy.example.jp"
    settings.DEFAULT_FROM_EMAIL = "academy@academy.example.jp"
    notice = told(ict, reason="追加\r\nBcc: x@example.org")
    send_mails()
    [sent] = outbox.outbox
    row = Mail.objects.get()
    assert (sent.subject, sent.from_email, sent.to, sent.cc, sent.bcc) == (
        "[デジタルアカデミー] 受講が決定しました:統計の基礎 / You have a seat: Statistics",
        "academy@academy.example.jp", [ADDRESS], [], [],
    )  # fmt: skip
    assert sent.extra_headers == {
        "Message-ID": f"<{row.public_id}@academy.example.jp>",
        "Auto-Submitted": "auto-generated",
    }
    link = f"https://academy.example.jp/api/v1/notices/{notice.public_id}/"
    assert sent.body.replace("\r", "").splitlines() == [
        "「統計の基礎」の席が用意できました。", "理由:追加", "Bcc: x@example.org", link, "",
        "このメールには返信できません。受け取る種類はお知らせの設定で選べます。", "", "-" * 40, "",
        "There is a seat for you in “Statistics”.", "Reason: 追加", "Bcc: x@example.org", link, "",
        "Nobody reads answers to this mail. Which mails you get is chosen in your notice preferences.",
    ]  # fmt: skip
    assert (row.state, row.attempts, row.recipient, notice.mail) == (MailStatus.SENT, 1, ict, None)
    notice.refresh_from_db()
    assert (notice.mail, notice.mail_settled) == (row, True)
    assert row.sent_at is not None
    assert row.sent_at.astimezone(stage.TOKYO).date() == dt.date(2022, 6, 28)


def test_a_title_cannot_begin_a_header(ict: Staff) -> None:
    told(ict, session_ja="統計\nBcc: x@example.org", session_en="")
    send_mails()
    [sent] = outbox.outbox
    assert sent.message()["Bcc"] is None
    assert "\n" not in sent.subject


def test_ten_calls_send_once(ict: Staff) -> None:
    told(ict)
    for _ in range(10):
        send_mails()
    assert (len(outbox.outbox), states()) == (1, [("sent", "", 1)])


def test_one_recipient_a_message(ict: Staff, cast: Cast) -> None:
    Staff.objects.filter(pk=cast.ict2.pk).update(email="ict2@example.org")
    session = stage.session()
    tell(kind="session_cancelled", occasion="a", recipients=[ict.pk, cast.ict2.pk], subject=session, facts=TITLE)
    send_mails()
    assert sorted(each.to for each in outbox.outbox) == [[ADDRESS], ["ict2@example.org"]]


def test_a_person_may_choose_fewer_but_never_lose_a_decision(ict: Staff, at: Clock) -> None:
    prefer(ict, reminder="none", change="digest", confirmation="at_once")
    NoticePreference.objects.create(staff=ict, group="decision", delivery="none")  # by no way that there is
    for number, kind in enumerate(WORDS):
        told(ict, kind, str(number), number=1)
    send_mails()
    groups = {kind: words.group for kind, words in WORDS.items()}
    at_once_kinds = sorted(kind for kind, group in groups.items() if group not in (Group.REMINDER, Group.CHANGE))
    assert sorted(Notice.objects.exclude(mail=None).values_list("kind", flat=True)) == at_once_kinds
    assert len(outbox.outbox) == len(at_once_kinds)
    waits = set(Notice.objects.filter(mail_settled=False).values_list("kind", flat=True))
    assert waits == {kind for kind, group in groups.items() if group == Group.CHANGE}
    # The day goes on, then the night; at eight of the next business day there is one mail of it all.
    outbox.outbox.clear()
    at(stage.tokyo("2022-06-29 07:59"))
    send_mails()
    assert outbox.outbox == []
    at(stage.tokyo("2022-06-29 08:00"))
    for _ in range(3):
        send_mails()
    [digest] = outbox.outbox
    assert digest.subject == f"[デジタルアカデミー] お知らせのまとめ:{len(waits)}件 / Your notices: {len(waits)}"
    assert digest.body.count("■ ") == 2 * len(waits)
    assert Mail.objects.filter(digest=True).values_list("digest_of", flat=True).get() == "notices:2022-06-29"
    assert not Notice.objects.filter(mail_settled=False).exists()


def test_a_person_gets_one_digest_a_business_day(ict: Staff, at: Clock) -> None:
    prefer(ict, change="digest")
    at(stage.tokyo("2022-07-01 09:00"))  # a Friday
    told(ict, "session_rescheduled", "friday")
    send_mails()
    for day in ("2022-07-02", "2022-07-03"):
        at(stage.tokyo(f"{day} 12:00"))
        told(ict, "session_rescheduled", day)
        send_mails()
    assert outbox.outbox == []
    at(stage.tokyo("2022-07-04 12:00"))
    send_mails()
    told(ict, "session_rescheduled", "late")
    Notice.objects.filter(occasion="late").update(created_at=stage.tokyo("2022-07-04 07:00"))  # committed late
    send_mails()
    assert len(outbox.outbox) == 1
    assert Notice.objects.filter(mail=Mail.objects.get()).count() == 3
    at(stage.tokyo("2022-07-05 08:00"))
    send_mails()
    assert (len(outbox.outbox), Notice.objects.filter(mail_settled=False).count()) == (2, 0)


def test_a_choice_replaces_the_last_one(ict: Staff) -> None:
    prefer(ict, reminder="none", change="digest")
    prefer(ict, reminder="digest")
    assert list(NoticePreference.objects.values_list("group", "delivery")) == [("reminder", "digest")]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target, event.detail) == (
        "academy.choose_delivery", ict.public_id, {"reminder": "digest"},
    )  # fmt: skip


def test_killed_between_sending_and_writing_it_down_it_is_sent_again_under_the_same_id(
    ict: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(ict)
    with monkeypatch.context() as patched:
        patched.setattr(mails, "_mark", killed)
        with pytest.raises(KeyboardInterrupt):
            send_mails()
    assert (len(outbox.outbox), states()) == (1, [("waiting", "", 1)])
    send_mails()
    assert len(outbox.outbox) == 1, "until its next attempt it is the sender's"
    later()
    send_mails()
    first, second = outbox.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert states() == [("sent", "", 2)]


def killed(*args: object, **kwargs: object) -> str:
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_senders_at_once_send_each_once(ict: Staff) -> None:
    for number in range(24):
        told(ict, occasion=str(number))
    at_once([mails.settle_notices] * 3)
    assert Mail.objects.count() == 24
    assert sum(int(str(each)) for each in at_once([mails.send_waiting_mails] * 4)) == 24
    sent = [each.extra_headers["Message-ID"] for each in outbox.outbox]
    assert (len(sent), len(set(sent))) == (24, 24)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_they_are_sent_more_than_once(ict: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(24):
        told(ict, occasion=str(number))
    mails.settle_notices()
    taken = list(Mail.objects.order_by("pk"))

    def unclaimed() -> object:
        return [mails._send(each, outbox.get_connection()) for each in taken]

    at_once([unclaimed] * 4)
    assert len(outbox.outbox) > 24


def test_without_a_server_nothing_is_lost_and_no_attempt_is_spent(ict: Staff, failing: type[Failing]) -> None:
    told(ict)
    failing.at_open = ConnectionRefusedError()
    for _ in range(20):
        send_mails()
    assert states() == [("waiting", "", 0)]
    failing.at_open = None
    send_mails()
    assert (len(outbox.outbox), states()) == (1, [("sent", "", 1)])


@pytest.mark.parametrize(
    ("error", "after_one", "in_the_end"),
    [
        (smtplib.SMTPServerDisconnected("gone"), ("waiting", "no_connection", 1), ("failed", "no_connection", 8)),
        (smtplib.SMTPDataError(451, b"busy"), ("waiting", "smtp_451", 1), ("failed", "smtp_451", 8)),
        (
            smtplib.SMTPRecipientsRefused({ADDRESS: (450, b"full")}),
            ("waiting", "refused", 1),
            ("failed", "refused", 8),
        ),
        (
            smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"unknown")}),
            ("failed", "refused", 1),
            ("failed", "refused", 1),
        ),
    ],
)
def test_what_a_server_refuses_is_tried_again_for_a_time(
    ict: Staff,
    failing: type[Failing],
    log: io.StringIO,
    error: Exception,
    after_one: tuple[str, str, int],
    in_the_end: tuple[str, str, int],
) -> None:
    told(ict)
    failing.error = error
    send_mails()
    assert states() == [after_one]
    for _ in range(10):
        later()
        send_mails()
    assert states() == [in_the_end]
    assert Notice.objects.unread().filter(recipient=ict).count() == 1, "it still stands in the person's notices"
    assert str(Mail.objects.get().public_id) in log.getvalue()
    for word in (ADDRESS, ict.family_name, TITLE["session_ja"], "unknown", "busy"):
        assert word not in log.getvalue()


def test_after_a_failure_the_others_still_go(ict: Staff, cast: Cast) -> None:
    told(cast.ict2, occasion="first")  # has no address
    told(ict, occasion="second")
    send_mails()
    assert [each.to for each in outbox.outbox] == [[ADDRESS]]
    assert states() == [("failed", "no_address", 1), ("sent", "", 1)]


def test_an_address_that_is_none_is_not_used(ict: Staff) -> None:
    Staff.objects.filter(pk=ict.pk).update(email="a@example.org\nBcc: x@example.org")
    told(ict)
    send_mails()
    assert (states(), outbox.outbox) == ([("failed", "bad_address", 1)], [])


def test_whoever_is_suspended_or_has_left_gets_none(ict: Staff) -> None:
    assert ict.user is not None
    ict.user.is_active = False
    ict.user.save()
    told(ict)
    send_mails()
    ict.user.is_active = True
    ict.user.save()
    Assignment.objects.filter(staff=ict).supersede()
    told(ict, occasion="b")
    send_mails()
    assert (states(), outbox.outbox) == ([("failed", "suspended", 1), ("failed", "left", 1)], [])


def test_every_group_has_words_and_kinds() -> None:
    assert set(GROUPS) == set(Group) == {words.group for words in WORDS.values()}
