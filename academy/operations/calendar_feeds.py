"""The secret addresses at which calendar programs read a person's calendar by themselves."""

import datetime as dt
import secrets
from dataclasses import dataclass

from academy import clock
from academy.errors import TooManyCalendarFeeds
from academy.models import CalendarFeed, User
from academy.models.accounts import token_digest
from academy.operations.base import note, operation, take_turn

FEED_LASTS = dt.timedelta(days=400)  # over a year, so that a yearly renewal is in time
MOST_FEEDS = 10


@dataclass(frozen=True)
class IssuedFeed:
    """A feed with the secret of its address, which is shown this once."""

    feed: CalendarFeed
    secret: str


@operation
def create_calendar_feed(*, name: str = "", by: User) -> IssuedFeed:
    """Give an address for one's own calendar, for 400 days; ten open at a time."""
    take_turn(f"calendar feeds of {by.pk}")
    if CalendarFeed.objects.live().filter(user=by).count() >= MOST_FEEDS:
        raise TooManyCalendarFeeds(most=MOST_FEEDS)
    secret = secrets.token_urlsafe(32)
    expires_at = clock.real_now() + FEED_LASTS
    feed = CalendarFeed.objects.create(user=by, name=name, digest=token_digest(secret), expires_at=expires_at)
    note(feed)
    return IssuedFeed(feed, secret)


@operation
def revoke_calendar_feed(*, feed_id: int, by: User) -> None:
    """Close an address of one's own from the next request on; one that was closed before stays so."""
    feed = CalendarFeed.objects.select_for_update(no_key=True).get(pk=feed_id, user=by)
    if feed.revoked_at is None:
        feed.revoked_at = clock.real_now()
        feed.save(update_fields=["revoked_at"])
    note(feed)
