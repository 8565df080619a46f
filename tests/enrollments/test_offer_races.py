"""An offer is answered and expires at the same instant: it ends once, and the seat goes to one person."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from academy.errors import DomainError
from enrollments.invariants import violations
from enrollments.models import Enrollment, SeatOffer
from enrollments.operations import answers
from tests.cast import Cast
from tests.enrollments.test_offers import offered, statuses
from tests.enrollments.threads import at_once, codes, ends_of_the_offer, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(one: Enrollment) -> Callable[[], object]:
    return partial(answers.accept_offer, enrollment_id=one.pk, by=one.staff.user)


def declining(one: Enrollment) -> Callable[[], object]:
    return partial(answers.decline_offer, enrollment_id=one.pk, by=one.staff.user)


def spent(one: Enrollment) -> None:
    SeatOffer.objects.filter(enrollment=one).update(expires_at=F("made_at") + dt.timedelta(microseconds=1))


def test_an_offer_is_accepted_once(cast: Cast) -> None:
    session, one = offered(cast)
    assert codes(at_once([accepting(one)] * 4)) == ["no_offer"] * 3
    assert ends_of_the_offer(one) == ["enrolled"]
    assert statuses(session) == ["withdrawn", "enrolled", "waitlisted"]


def test_accepted_and_declined_at_once_it_ends_once(cast: Cast) -> None:
    session, one = offered(cast)
    results = at_once([accepting(one), declining(one)])
    assert codes(results) == ["no_offer"]
    [end] = ends_of_the_offer(one)
    after = {"enrolled": ["withdrawn", "enrolled", "waitlisted"], "withdrawn": ["withdrawn", "withdrawn", "offered"]}
    assert statuses(session) == after[end]
    assert violations() == []


def test_what_has_expired_is_not_accepted_whoever_comes_first(cast: Cast) -> None:
    session, one = offered(cast)
    spent(one)
    expire = partial(answers.expire_offers, session_id=session.pk, by=None)
    results = at_once([accepting(one), declining(one), expire, expire])
    assert set(codes(results)) <= {"offer_expired", "no_offer"}
    assert ends_of_the_offer(one) == ["lapsed"]
    assert statuses(session) == ["withdrawn", "lapsed", "offered"]
    assert violations() == []


def test_without_the_lock_two_answers_meet_and_one_breaks_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the second finds the offer open, and only the table of transitions stops it."""
    session, one = offered(cast)
    looked = answers._open_offer

    def meanwhile(*args: Any) -> Enrollment:
        found = looked(*args)
        monkeypatch.setattr(answers, "_open_offer", looked)
        at_once([declining(one)])
        return found

    without_the_lock(monkeypatch)
    monkeypatch.setattr(answers, "_open_offer", meanwhile)
    with pytest.raises(DomainError) as refusal:
        accepting(one)()
    assert refusal.value.code == "illegal_transition"
    assert statuses(session) == ["withdrawn", "withdrawn", "offered"]
