"""Mail about notices: whether, and when, is decided once for each notice; then it is sent at least once.

A mail is a row before it is sent. Whoever sends takes it by moving its next attempt into the future, sends it outside of
any transaction, and then writes that it is sent: killed in between, it is sent again under the same Message-ID.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from academy import clock
from academy.mails import Told, digests_begin, letter
from academy.models import Assignment, Delivery, Mail, MailStatus, Notice, NoticePreference, Staff, User
from academy.notices import WORDS, Group
from academy.operations.base import note, operation

logger = logging.getLogger(__name__)

AT_A_TIME = 1_000
MOST_ATTEMPTS = 8
# Until the next attempt after the first, the second, …; longer than a mail server may take to answer.
WAITS = tuple(dt.timedelta(minutes=each) for each in (2, 5, 15, 60, 180, 360, 720, 720))


def settle_notices() -> int:
    """Decide of notices that are new how they reach a mailbox; returns of how many it was decided.

    At once: a mail of its own, which a decision always gets. Never: none. What goes into a digest waits for its hour.
    """
    groups = {kind: words.group.value for kind, words in WORDS.items()}
    params: dict[str, Any] = {
        "kinds": list(groups),
        "groups": list(groups.values()),
        "decision": Group.DECISION.value,
        "at_most": AT_A_TIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, params)
        return int(cursor.fetchone()[0])


# A kind that has no words any more is settled without a mail.
_SETTLE = """
    WITH due AS MATERIALIZED (
        SELECT notice.id, notice.recipient_id, academy_uuid7() AS message, CASE
            WHEN known.kind IS NULL THEN 'none'
            WHEN known.group = %(decision)s THEN 'at_once'
            ELSE coalesce(wanted.delivery, 'at_once')
        END AS delivery
        FROM academy_notice AS notice
        LEFT JOIN unnest(%(kinds)s::text[], %(groups)s::text[]) AS known (kind, "group") ON known.kind = notice.kind
        LEFT JOIN academy_noticepreference AS wanted
            ON wanted.staff_id = notice.recipient_id AND wanted.group = known.group
        WHERE NOT notice.mail_settled
            AND NOT (coalesce(wanted.delivery, '') = 'digest' AND known.group <> %(decision)s)
        ORDER BY notice.id LIMIT %(at_most)s
        FOR NO KEY UPDATE OF notice SKIP LOCKED
    ), made AS (
        INSERT INTO academy_mail (public_id, recipient_id, digest, digest_of, state, facts, created_at, attempts,
            next_attempt_at, problem)
        SELECT message, recipient_id, false, '', 'waiting', '{}', academy_now(), 0, now(), ''
        FROM due WHERE delivery = 'at_once'
        RETURNING id, public_id
    ), settled AS (
        UPDATE academy_notice AS notice SET mail_settled = true, mail_id = made.id
        FROM due LEFT JOIN made ON made.public_id = due.message WHERE notice.id = due.id
    )
    SELECT count(*) FROM due
"""


def collect_digests() -> int:
    """Put what people want in a digest into one of the day, from its hour of a business day; returns how many digests.

    A person gets one a day: what comes later, or commits late, is in the next one.
    """
    until = digests_begin(clock.now())
    if until is None:
        return 0
    kinds = [kind for kind, words in WORDS.items() if words.group != Group.DECISION]
    groups = [WORDS[kind].group.value for kind in kinds]
    params: dict[str, Any] = {
        "kinds": kinds,
        "groups": groups,
        "until": until,
        "occasion": f"notices:{clock.business_date(until)}",
    }
    with connection.cursor() as cursor:
        cursor.execute(_COLLECT, params)
        return int(cursor.fetchone()[0])


_COLLECT = """
    WITH due AS MATERIALIZED (
        SELECT notice.id, notice.recipient_id
        FROM academy_notice AS notice
        JOIN unnest(%(kinds)s::text[], %(groups)s::text[]) AS known (kind, "group") ON known.kind = notice.kind
        JOIN academy_noticepreference AS wanted
            ON wanted.staff_id = notice.recipient_id AND wanted.group = known.group AND wanted.delivery = 'digest'
        WHERE NOT notice.mail_settled AND notice.created_at < %(until)s
        FOR NO KEY UPDATE OF notice SKIP LOCKED
    ), made AS (
        INSERT INTO academy_mail (public_id, recipient_id, digest, digest_of, state, facts, created_at, attempts,
            next_attempt_at, problem)
        SELECT academy_uuid7(), recipient_id, true, %(occasion)s, 'waiting', '{}', academy_now(), 0, now(), ''
        FROM due GROUP BY recipient_id
        ON CONFLICT (recipient_id, digest_of) WHERE digest DO NOTHING
        RETURNING id, recipient_id
    ), settled AS (
        UPDATE academy_notice AS notice SET mail_settled = true, mail_id = made.id
        FROM due JOIN made ON made.recipient_id = due.recipient_id WHERE notice.id = due.id
    )
    SELECT count(*) FROM made
"""


def send_waiting_mails(at_most: int = 500) -> int:
    """Send what waits, one after the other over one connection; returns how many are sent.

    Without a server nothing is taken, so that no attempt is spent on it.
    """
    if not _due(clock.real_now()).exists():
        return 0
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("No mail server: %s", type(error).__name__)
        return 0
    sent = 0
    try:
        for _ in range(at_most):
            mail = _claim()
            if mail is None:
                break
            problem = _send(mail, server)
            sent += not problem
            if problem == "no_connection":
                break
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return sent


def _due(now: dt.datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(state=MailStatus.WAITING, next_attempt_at__lte=now)


def _claim() -> Mail | None:
    """Take the mail that has waited longest. Until its next attempt nobody else takes it: that is the sender's time."""
    now = clock.real_now()
    with transaction.atomic():
        mail = _due(now).order_by("next_attempt_at", "pk").select_for_update(skip_locked=True).first()
        if mail is None:
            return None
        mail.attempts += 1
        mail.next_attempt_at = now + WAITS[min(mail.attempts, len(WAITS)) - 1]
        mail.save(update_fields=["attempts", "next_attempt_at"])
    return mail


def _send(mail: Mail, server: BaseEmailBackend) -> str:
    """Send a mail that was taken and write down what became of it; returns the code of what went wrong, if anything."""
    recipient = Staff.objects.select_related("user").get(pk=mail.recipient_id)
    if problem := _not_addressable(recipient):
        return _mark(mail, problem, final=True)
    rows = Notice.objects.filter(mail=mail).order_by("pk")
    told = [Told(each.public_id, each.kind, each.facts) for each in rows if each.kind in WORDS]
    if not told:
        return _mark(mail, "nothing_to_tell", final=True)
    message = letter(told, digest=mail.digest, message=mail.public_id, to=recipient.email or "")
    try:
        server.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        answers = [code for code, _ in refused.recipients.values()]
        return _mark(mail, "refused", final=all(code >= 500 for code in answers))
    except smtplib.SMTPResponseException as error:
        return _mark(mail, f"smtp_{error.smtp_code}", final=False)
    except (OSError, smtplib.SMTPException):
        return _mark(mail, "no_connection", final=False)
    return _mark(mail, "", final=True)


def _not_addressable(recipient: Staff) -> str:
    """Why a person gets no mail: they read what is in `notices/`, or have left."""
    if recipient.user is not None and not recipient.user.is_active:
        return "suspended"
    to_come = Q(during__endswith=None) | Q(during__endswith__gt=clock.today())
    if not Assignment.objects.live().filter(to_come, staff=recipient).exists():
        return "left"
    if not recipient.email:
        return "no_address"
    try:
        validate_email(recipient.email)
    except ValidationError:
        return "bad_address"
    return ""


def _mark(mail: Mail, problem: str, *, final: bool) -> str:
    """Sent, failed, or to be tried again; a mail that another sender has meanwhile finished stays as it is."""
    given_up = bool(problem) and (final or mail.attempts >= MOST_ATTEMPTS)
    state = MailStatus.FAILED if given_up else MailStatus.WAITING if problem else MailStatus.SENT
    sent_at = clock.now() if state == MailStatus.SENT else None
    held = Mail.objects.filter(pk=mail.pk, state=MailStatus.WAITING)
    held.update(state=state, problem=problem, sent_at=sent_at)
    if problem:
        logger.warning("Mail %s, attempt %d: %s", mail.public_id, mail.attempts, problem)
    return problem


@operation
def choose_delivery(*, staff_id: int, deliveries: Mapping[Group, Delivery], by: User | None) -> Staff:
    """Choose how notices of each group reach one's mailbox; a group that is not named goes back to at once."""
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    NoticePreference.objects.filter(staff=staff).delete()
    NoticePreference.objects.bulk_create(
        NoticePreference(staff=staff, group=group, delivery=delivery) for group, delivery in deliveries.items()
    )
    note(staff, **{group.value: delivery.value for group, delivery in deliveries.items()})
    return staff
