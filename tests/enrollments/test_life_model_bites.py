"""Controls of the model: a fault is put into the operations, and the play that it belongs to has to find it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError

from courses.models import Overdue
from enrollments import eligibility, promotion
from enrollments.models import Enrollment, Status
from enrollments.operations import (
    answers,
    applications,
    approvals,
    assigning,
    batches,
    decisions,
    leaving,
    overdue_approvals,
    publishing,
    queue,
    sessions,
)
from enrollments.operations.changes import cancelling
from enrollments.seating import Quota, Seats, seats_of
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.test_life_model import Approved, Decided, FirstCome, Life, play
from tests.enrollments.threads import counting_seats_without

Patch = pytest.MonkeyPatch
reconcile, queue_of, line_up_reserves = queue.reconcile, promotion.queue_of, publishing._line_up


def nothing(*args: Any, **kwargs: Any) -> int:
    return 0


def whatever_is_free(session: Any, **kwargs: Any) -> Seats:
    return seats_of(session, now=session.now)


def forgetful(**kept: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(queue), "reconcile": nothing, **kept})


def newest_first(patch: Patch) -> None:
    patch.setattr(promotion, "queue_of", lambda session: queue_of(session)[::-1])


def decline_frees_nothing(patch: Patch) -> None:
    patch.setattr(answers, "queue", forgetful())


def leaving_frees_nothing(patch: Patch) -> None:
    patch.setattr(leaving, "queue", forgetful())


def cancelled_seats_free_nothing(patch: Patch) -> None:
    patch.setattr(batches, "queue", forgetful())


def more_seats_free_nothing(patch: Patch) -> None:
    patch.setattr(sessions, "promote", nothing)


def newcomers_pass_the_queue(patch: Patch) -> None:
    patch.setattr(applications, "queue", SimpleNamespace(seats_for_newcomers=whatever_is_free))


def assigned_pass_the_queue(patch: Patch) -> None:
    patch.setattr(assigning, "queue", SimpleNamespace(**{**vars(queue), "seats_for_newcomers": whatever_is_free}))


def promoted_by_no_rule(patch: Patch) -> None:
    patch.setattr(eligibility, "personal_findings", lambda found, who, waiting_here=False: [])


def the_approved_are_offered_what_they_asked_for(patch: Patch) -> None:
    patch.setattr(approvals, "queue", SimpleNamespace(reconcile=lambda session, by, at_once: reconcile(session, by=by)))


def nobody_is_offered_anything(patch: Patch) -> None:
    patch.setattr(queue, "policy_of", lambda session: SimpleNamespace(offer_hours=None))


def late_answers_count(patch: Patch) -> None:
    patch.setattr(answers, "_open_offer", lambda key, session: Enrollment.objects.get(pk=key))


def nothing_is_kept(patch: Patch) -> None:
    patch.setattr(Quota, "outstanding", 0)


def no_ceiling_is_asked(patch: Patch) -> None:
    patch.setattr(Quota, "full", False)


def a_seat_may_leave_its_bureau(patch: Patch) -> None:
    patch.setattr(leaving, "_refuse_substitute", nothing)


def whoever_is_overdue_passes(patch: Patch) -> None:
    patch.setattr(overdue_approvals, "rule_of", lambda policy, level: Overdue.PASS if level != "office" else None)


def the_unapproved_wait_for_seats(patch: Patch) -> None:
    patch.setattr(applications, "first_status", lambda evidence, who, by: Status.WAITLISTED)


def approvals_outlive_the_application(patch: Patch) -> None:
    patch.setattr(leaving, "approvals", SimpleNamespace(close=nothing))


def somebody_is_in_charge_everywhere(patch: Patch) -> None:
    patch.setattr(approvals, "with_somebody_in_charge", lambda level, staff, on: set(staff))


def approvals_outlive_the_session(patch: Patch) -> None:
    patch.setattr(cancelling, "approvals", SimpleNamespace(close=nothing))


def people_move_up_after_the_beginning(patch: Patch) -> None:
    patch.setattr(promotion, "promotes", lambda session, now: True)


def a_draft_is_published_as_it_was(patch: Patch) -> None:
    patch.setattr(publishing, "_refuse_outdated", nothing)


def reserves_keep_their_numbers(patch: Patch) -> None:
    patch.setattr(publishing, "_line_up", nothing)


def reserves_wait_in_no_order(patch: Patch) -> None:
    patch.setattr(publishing, "_line_up", lambda session, keys: line_up_reserves(session, keys[::-1]))


def the_last_to_apply_is_chosen_first(patch: Patch) -> None:
    patch.setattr(decisions, "_order", lambda session, row, number: (-row.queue_no,))


# Found within a few plays, and all the others.
SOON: list[tuple[type[Life], Callable[[Patch], None]]] = [
    (FirstCome, newest_first),
    (FirstCome, leaving_frees_nothing),
    (FirstCome, promoted_by_no_rule),
    (FirstCome, no_ceiling_is_asked),
    (Approved, the_approved_are_offered_what_they_asked_for),
    (Approved, the_unapproved_wait_for_seats),
    (Decided, a_draft_is_published_as_it_was),
]
LATER: list[tuple[type[Life], Callable[[Patch], None]]] = [
    (FirstCome, decline_frees_nothing),
    (FirstCome, cancelled_seats_free_nothing),
    (FirstCome, more_seats_free_nothing),
    (FirstCome, newcomers_pass_the_queue),
    (FirstCome, assigned_pass_the_queue),
    (FirstCome, nobody_is_offered_anything),
    (FirstCome, late_answers_count),
    (FirstCome, nothing_is_kept),
    (FirstCome, a_seat_may_leave_its_bureau),
    (FirstCome, people_move_up_after_the_beginning),
    (Approved, whoever_is_overdue_passes),
    (Approved, approvals_outlive_the_application),
    (Approved, approvals_outlive_the_session),
    (Approved, somebody_is_in_charge_everywhere),
    (Decided, reserves_keep_their_numbers),
    (Decided, reserves_wait_in_no_order),
    (Decided, the_last_to_apply_is_chosen_first),
]
FAULTS = [
    *(pytest.param(*each, id=each[1].__name__) for each in SOON),
    *(pytest.param(*each, id=each[1].__name__, marks=pytest.mark.long) for each in LATER),
]


def find(life: type[Life], cast: Cast, at: Clock) -> None:
    play(life, cast, at, max_examples=100, stateful_step_count=20, derandomize=True, report_multiple_bugs=False)


@pytest.mark.parametrize(("life", "fault"), FAULTS)
def test_the_model_finds(
    cast: Cast, at: Clock, monkeypatch: Patch, life: type[Life], fault: Callable[[Patch], None]
) -> None:
    fault(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        find(life, cast, at)


def test_the_model_finds_that_the_counter_passes_offers_by(cast: Cast, at: Clock) -> None:
    with counting_seats_without("'offered', "), pytest.raises((AssertionError, IntegrityError)):
        find(FirstCome, cast, at)
