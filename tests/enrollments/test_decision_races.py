"""A decision is published while others withdraw, assign, or publish it as well: once, whole, and never above the limit."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from academy.errors import DomainError
from enrollments.models import Decision, Enrollment, EnrollmentStep, Status
from enrollments.operations import assigning, leaving, publishing
from tests import stage
from tests.cast import Cast
from tests.enrollments.deciding import CLOSED, Clock, propose, screening
from tests.enrollments.scene import crowd
from tests.enrollments.threads import at_once, codes, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_publish_the_same_draft_and_one_does(cast: Cast, at: Clock) -> None:
    session, _ = screening(cast, 6)
    at(CLOSED)
    decision = propose(cast, session)
    move = partial(publishing.publish_decision, decision_id=decision.pk, by=cast.hr)
    assert codes(at_once([move] * 4)) == ["decision_settled"] * 3
    assert EnrollmentStep.objects.filter(new=Status.ENROLLED).count() == 2
    assert Decision.objects.get().number == 1


def test_numbers_of_a_year_are_taken_one_after_another(cast: Cast, at: Clock) -> None:
    sessions = [screening(cast, 2)[0] for _ in range(6)]
    at(CLOSED)
    drafts = [propose(cast, each) for each in sessions]
    moves = [partial(publishing.publish_decision, decision_id=each.pk, by=cast.hr) for each in drafts]
    assert codes(at_once(moves)) == []
    assert set(Decision.objects.values_list("number", flat=True)) == {1, 2, 3, 4, 5, 6}


def test_without_their_turn_two_take_the_same_number(cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: only the constraint is left, and somebody is refused who should have been next."""
    sessions = [screening(cast, 1)[0] for _ in range(6)]
    at(CLOSED)
    drafts = [propose(cast, each) for each in sessions]
    monkeypatch.setattr(publishing, "take_turn", lambda what: None)
    moves = [partial(_publish, each.pk, cast) for each in drafts]
    assert "number_taken" in at_once(moves)


def _publish(decision_id: int, cast: Cast) -> object:
    try:
        return publishing.publish_decision(decision_id=decision_id, by=cast.hr)
    except IntegrityError:
        return "number_taken"


def test_applicants_leave_and_the_office_assigns_while_it_is_published(cast: Cast, at: Clock) -> None:
    """Whatever comes first: two seats, nobody without a decision, and nobody decided who had left before."""
    for _ in range(4):
        session, applied = screening(cast, 8)
        outsider = crowd(cast, 1)[0]
        at(CLOSED)
        decision = propose(cast, session)
        moves: list[Any] = [partial(publishing.publish_decision, decision_id=decision.pk, by=cast.hr)]
        moves += [partial(leaving.withdraw, enrollment_id=each.pk, by=cast.hr) for each in applied[:3]]
        moves += [partial(assigning.assign, session_id=session.pk, staff_ids=[outsider.pk], by=cast.hr)]
        results = at_once(moves)
        refused = codes(results)
        assert refused in ([], ["decision_outdated"])
        session.refresh_from_db()
        rows = Enrollment.objects.filter(session=session)
        assert rows.seated().count() == session.seats_taken <= 2
        assert rows.filter(pk__in=[each.pk for each in applied[:3]], status=Status.WITHDRAWN).count() == 3
        undecided = rows.filter(status=Status.APPLIED).count()
        assert undecided == (5 if refused else 0)
        at(stage.tokyo("2022-06-28 10:00"))


def test_without_the_lock_a_seat_is_decided_for_who_has_left(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: somebody withdraws between the reading and the writing of a publication."""
    session, applied = screening(cast, 2)
    at(CLOSED)
    decision = propose(cast, session)
    without_the_lock(monkeypatch)
    write = publishing._write

    def after_a_withdrawal(parts: Any, by: Any) -> None:
        at_once([partial(leaving.withdraw, enrollment_id=applied[0].pk, by=cast.hr)])
        write(parts, by)

    monkeypatch.setattr(publishing, "_write", after_a_withdrawal)
    with pytest.raises(DomainError) as refusal:
        publishing.publish_decision(decision_id=decision.pk, by=cast.hr)
    assert refusal.value.code == "illegal_transition"
    session.refresh_from_db()
    assert session.seats_taken == 0
