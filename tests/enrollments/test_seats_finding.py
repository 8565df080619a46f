"""What a person is told about the seats where applying does not take one."""

import pytest

from courses.models import EnrollmentPolicy, Session
from enrollments.eligibility import seats
from tests.cast import Cast
from tests.enrollments.scene import open_session


@pytest.mark.parametrize("selection", ["screening", "lottery", "nomination"])
def test_seats_of_a_decision_are_not_promised(cast: Cast, selection: str) -> None:
    session = Session.objects.with_audience().get(pk=open_session(selection=selection).pk)
    found = seats(session, 0)
    assert (found.passed, found.code, found.blocks) == (False, "decided_later", False)


def test_seats_that_take_an_approval_are_not_promised(cast: Cast) -> None:
    pk = open_session().pk
    assert seats(Session.objects.with_audience().get(pk=pk), 0).code == "met"
    EnrollmentPolicy.objects.create(program=Session.objects.get(pk=pk).course.program, approval="unit_head")
    assert seats(Session.objects.with_audience().get(pk=pk), 0).code == "decided_later"
