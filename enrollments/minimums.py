"""Sessions that fewer people take part in than they need to take place (最少催行人数). Nothing here cancels one."""

import datetime as dt

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from academy.clock import business_date
from courses.models import Meeting, Session
from enrollments.models import SEATED, Enrollment


def seats_held() -> Case:
    """The seats that are held in a session: its counter, counted where it has a minimum and, without a limit, no counter."""
    seats = Enrollment.objects.filter(session=OuterRef("pk"), status__in=SEATED).order_by().values("session")
    counted = Subquery(seats.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return Case(
        When(capacity=None, minimum__isnull=False, then=Coalesce(counted, 0)),
        default=F("seats_taken"),
        output_field=IntegerField(),
    )


def sessions_below_minimum(now: dt.datetime) -> QuerySet[Session]:
    """Published sessions with fewer seats than their minimum whose applications are over, and which have not begun."""
    begun = Q(during__startswith__lte=now) | Q(month__lte=business_date(now))
    over = Q(apply_until__lte=now) | Q(starts_on__lte=business_date(now))
    return (
        Session.objects.published()
        .filter(over, undated=False, minimum__isnull=False, ends_on__gte=business_date(now))
        .exclude(pk__in=Meeting.objects.live().filter(begun).values("session"))
        .alias(held=seats_held())
        .filter(held__lt=F("minimum"))
    )
