"""An offer is declined and expires at the same instant: it ends once, and the seat moves on by one place."""

import datetime as dt
from functools import partial

import pytest

from enrollments.invariants import violations
from enrollments.models import Enrollment
from enrollments.operations import answers
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.test_offers import offered, statuses
from tests.enrollments.threads import at_once, codes, ends_of_the_offer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("late", [False, True])
def test_a_decline_and_the_sweep_at_once_end_the_offer_once(cast: Cast, at: Clock, late: bool) -> None:
    session, one = offered(cast)
    if late:
        at(one.offer.expires_at + dt.timedelta(minutes=1))
    decline = partial(answers.decline_offer, enrollment_id=one.pk, by=one.staff.user)
    expire = partial(answers.expire_offers, session_id=session.pk, by=None)
    results = at_once([decline, expire, decline, expire])
    end = "lapsed" if late else "withdrawn"
    assert codes(results) == (["offer_expired"] * 2 if late else ["no_offer"])
    assert ends_of_the_offer(one) == [end]
    assert statuses(session) == ["withdrawn", end, "offered"]
    assert violations() == []


def test_control_without_the_look_at_the_time_a_late_decline_counts(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one = offered(cast)
    at(one.offer.expires_at + dt.timedelta(minutes=1))
    monkeypatch.setattr(answers, "_open_offer", lambda key, session: Enrollment.objects.get(pk=key))
    declined = answers.decline_offer(enrollment_id=one.pk, by=one.staff.user)
    assert (declined.status, declined.ended_as) == ("withdrawn", "offer_declined")
