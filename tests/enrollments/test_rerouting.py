"""A roster tells before it is applied which applications somebody else will have to approve."""

import pytest

from enrollments.models import Approval
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import pending
from tests.enrollments.scene import apply
from tests.enrollments.test_approvals import in_charge
from tests.enrollments.test_late_roster import FIRST, row_of, sent_all, told
from tests.rosters import Line, applied, exported


@pytest.fixture
def rows(cast: Cast, at: Clock) -> list[Line]:
    at(stage.tokyo("2022-07-08 10:00"))
    return exported(cast.tmg, FIRST, cast.hr)


def test_who_moves_is_approved_by_the_new_head(cast: Cast, rows: list[Line]) -> None:
    moves, stays = (pending(apply(approving.session(), each)) for each in (cast.ict, cast.ict2))
    row_of(rows, cast.ict)["所属コード"] = "trade"
    made = sent_all(cast, rows)
    rerouted = {(code, staff, target) for code, staff, target in told(made) if code == "approval_rerouted"}
    assert rerouted == {("approval_rerouted", cast.ict, moves.public_id)}
    steps = list(moves.steps.values_list("new", flat=True))
    applied(made, by=cast.hr)
    assert in_charge(moves, cast.head, cast.industry_head) == [cast.industry_head]
    assert in_charge(stays, cast.head, cast.industry_head) == [cast.head]
    assert list(moves.steps.values_list("new", flat=True)) == steps, "nothing is written: it follows from the posts"


def test_when_the_head_goes_all_of_the_unit_are_named_and_of_who_leaves_the_seat_alone(
    cast: Cast, rows: list[Line]
) -> None:
    for each in (cast.ict, cast.ict2):
        apply(approving.session(), each)
    gone = {cast.head.staff_number, cast.ict2.staff_number}
    found = told(sent_all(cast, [row for row in rows if row["職員番号"] not in gone]))
    assert {(code, staff) for code, staff, _ in found} >= {
        ("approval_rerouted", cast.ict),
        ("seat_of_leaver", cast.ict2),
    }
    assert ("approval_rerouted", cast.ict2) not in {(code, staff) for code, staff, _ in found}
    assert Approval.objects.pending().count() == 2, "a preview changes nothing"
