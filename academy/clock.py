"""The two clocks.

Business time decides about training: windows, offers, business dates, the times of steps, `recorded_at`. It is the
database's `now()` plus a fixed offset (`ACADEMY_TODAY`; none in production), in SQL as `academy_now()`.
Real time decides about machines: tokens, idempotency keys, leases, throttles, the audit trail.
"""

import datetime as dt

from django.conf import settings
from django.db.models import DateField, DateTimeField, Func
from django.utils import timezone


class BusinessNow(Func):
    """Business time inside a statement: the start of the transaction, so that whoever came in time is in time."""

    template = "academy_now()"
    output_field = DateTimeField()


class RealNow(Func):
    template = "now()"
    output_field = DateTimeField()


class BusinessDate(Func):
    """The business date of a real instant; `BusinessDate(RealNow())` is today."""

    template = "((%(expressions)s + (academy_now() - now())) AT TIME ZONE 'Asia/Tokyo')::date"
    output_field = DateField()


def now() -> dt.datetime:
    """Business time for a decision that reads no row; an operation takes it from the row that it locks."""
    return timezone.now() + settings.BUSINESS_OFFSET


def today() -> dt.date:
    """The business date: the calendar day in Tokyo."""
    return business_date(now())


def real_now() -> dt.datetime:
    return timezone.now()


def business_date(instant: dt.datetime) -> dt.date:
    return instant.astimezone(settings.BUSINESS_TIME_ZONE).date()


def start_of(day: dt.date) -> dt.datetime:
    """The first instant of a business date."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=settings.BUSINESS_TIME_ZONE)
