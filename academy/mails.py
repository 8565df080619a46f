"""How notices read as a mail: Japanese first, then English. Reads and writes nothing.

A subject carries the titles of the notice and nothing else, in one line; whatever a title holds, it cannot begin a header.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from academy.business_days import is_business_day
from academy.notices import text_of, title_of
from academy.text import Text

MOST_IN_A_DIGEST = 50
_SERVICE = Text("デジタルアカデミー", "Digital Academy")
_DIGEST = Text("お知らせのまとめ:{number}件", "Your notices: {number}")
_MORE = Text("ほか{number}件はシステムのお知らせ一覧をご覧ください。", "{number} more stand in your list of notices.")
_FOOT = Text(
    "このメールには返信できません。受け取る種類はお知らせの設定で選べます。",
    "Nobody reads answers to this mail. Which mails you get is chosen in your notice preferences.",
)
_RULE = "-" * 40


@dataclass(frozen=True)
class Told:
    """A notice, as far as a mail repeats it."""

    public_id: UUID
    kind: str
    facts: dict[str, Any]


def digests_begin(now: dt.datetime) -> dt.datetime | None:
    """When the digests of a day began; None before that hour, and on a day that is no business day."""
    local = now.astimezone(settings.BUSINESS_TIME_ZONE)
    if local.hour < settings.DIGEST_HOUR or not is_business_day(local.date()):
        return None
    return at_digest_hour(local.date())


def at_digest_hour(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(settings.DIGEST_HOUR), tzinfo=settings.BUSINESS_TIME_ZONE)


def letter(notices: Sequence[Told], *, digest: bool, message: UUID, to: str) -> EmailMessage:
    """The mail to one person; its Message-ID is that of the row, so that a receiver can drop a repeat."""
    title = _DIGEST.format(number=len(notices)) if digest else title_of(notices[0].kind, notices[0].facts)
    subject = f"[{_SERVICE.ja}] {title.ja}" + (f" / {title.en}" if title.en != title.ja else "")
    parts = [_in_one_language(notices, digest=digest, english=english) for english in (False, True)]
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=f"\n\n{_RULE}\n\n".join(parts) + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )


def message_id(message: UUID) -> str:
    return f"<{message}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"


def _in_one_language(notices: Sequence[Told], *, digest: bool, english: bool) -> str:
    def spoken(text: Text) -> str:
        return text.en if english else text.ja

    paragraphs = []
    for each in notices[:MOST_IN_A_DIGEST]:
        lines = [spoken(text_of(each.kind, each.facts))]
        if digest:
            lines.insert(0, f"■ {spoken(title_of(each.kind, each.facts))}")
        if settings.PUBLIC_URL:
            lines.append(f"{settings.PUBLIC_URL}/api/v1/notices/{each.public_id}/")
        paragraphs.append("\n".join(lines))
    if len(notices) > MOST_IN_A_DIGEST:
        paragraphs.append(spoken(_MORE.format(number=len(notices) - MOST_IN_A_DIGEST)))
    return "\n\n".join([*paragraphs, spoken(_FOOT)])
