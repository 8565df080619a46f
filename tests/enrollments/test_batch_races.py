"""A batch of seats is undone twice at the same instant: once, and whoever comes second is told."""

from functools import partial

import pytest

from courses.models import Session
from enrollments.invariants import violations
from enrollments.models import EnrollmentStep, Status
from enrollments.operations import assigning, batches
from tests.cast import Cast
from tests.enrollments.scene import apply, crowd, line, open_session
from tests.enrollments.threads import Move, at_once, codes, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)


def two_who_undo(cast: Cast) -> tuple[list[Move], Session]:
    """Both undo the three seats that were given, for which three more people wait."""
    session = open_session(capacity=3)
    batch = assigning.assign(session_id=session.pk, staff_ids=[each.pk for each in crowd(cast, 3)], by=cast.hr).batch
    assert batch
    for person in crowd(cast, 3):
        apply(session, person)
    undo = partial(batches.undo_batch, batch_id=batch.pk, reason="誤り", by=cast.hr)
    return [undo, undo], session


def test_a_batch_is_undone_once(cast: Cast) -> None:
    moves, session = two_who_undo(cast)
    assert codes(at_once(moves)) == ["batch_undone"]
    assert [status for _, status in line(session)] == ["cancelled"] * 3 + ["enrolled"] * 3
    assert EnrollmentStep.objects.filter(new=Status.CANCELLED).count() == 3
    assert violations() == []


def test_control_without_the_lock_both_are_told_that_they_have_undone_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves, _ = two_who_undo(cast)
    without_the_lock(monkeypatch, *[(batches, "_locked")] * 2)
    assert codes(at_once(moves)) == [], "only the locks of the seats are left, by which each ends once"
