"""Lists of bureaus about applications that name several sessions: each list is of its session, and one seat is given."""

from functools import partial

from academy.models import Staff
from courses.models import Session
from enrollments.models import Enrollment
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import pending, stages, status
from tests.enrollments.deciding import outcomes, propose, publish
from tests.enrollments.nominating import UNTIL, nominate, ranks, recall
from tests.enrollments.test_nominations import faults
from tests.enrollments.test_wishes import policy, several, wish

HEAD, ASKED = ("unit_head", "approved"), ("bureau", "pending")
CLOSED = stage.tokyo("2022-07-11 17:01")


def named(*capacities: int) -> list[Session]:
    sessions = several(*capacities, selection="nomination", nominate_until=UNTIL)
    policy(sessions[0], approval="unit_head_and_bureau")
    return sessions


def asked(cast: Cast, sessions: list[Session], staff: Staff) -> list[Enrollment]:
    """The wishes of an application to which the head has agreed, and that wait for the bureau in every session."""
    wishes = list(wish(sessions, staff).enrollments.order_by("preference"))
    approving.approve(pending(wishes[0]), cast.head)
    assert [stages(each) for each in wishes] == [[HEAD, ASKED]] * len(wishes)
    return wishes


def test_a_list_ranks_the_wish_of_its_session(cast: Cast) -> None:
    sessions = named(1, 1)
    mine, other = asked(cast, sessions, cast.ict), asked(cast, sessions, cast.ict2)
    nominate(cast, sessions[0], mine[0], other[0])
    assert ranks(*mine, *other) == [1, None, 2, None]
    assert [stages(each)[-1] for each in (*mine, *other)] == [("bureau", "approved"), ASKED] * 2
    assert faults(partial(nominate, cast, sessions[1], other[1])) == [("/ranked", "not_named")]
    nominate(cast, sessions[1], other[1], mine[1])
    assert ranks(*mine, *other) == [1, 2, 2, 1]


def test_who_is_not_spared_on_one_day_may_be_sent_on_another(cast: Cast, at: Clock) -> None:
    sessions = named(1, 1)
    first, second = asked(cast, sessions, cast.ict)
    nominate(cast, sessions[0], refused=(first,))
    assert (status(first), status(second)) == (("rejected", "not_approved"), ("applied", ""))
    assert stages(second) == [HEAD, ASKED]
    nominate(cast, sessions[1], second)
    at(CLOSED)
    publish(cast, propose(cast, *sessions))
    assert status(second) == ("enrolled", "")


def test_who_is_ranked_in_both_gets_one_seat(cast: Cast, at: Clock) -> None:
    """Decided together: the first wish where the rank there is enough, and then the seat of the other is somebody else's."""
    sessions = named(1, 1)
    mine, other = asked(cast, sessions, cast.ict), asked(cast, sessions, cast.ict2)
    nominate(cast, sessions[0], mine[0], other[0])
    nominate(cast, sessions[1], mine[1], other[1])
    at(CLOSED)
    decision = propose(cast, *sessions)
    assert outcomes(decision, [*mine, *other]) == ["seat", "other_wish", "other_wish", "seat"]
    publish(cast, decision)
    assert [status(each) for each in mine] == [("enrolled", ""), ("withdrawn", "other_wish")]
    assert [status(each) for each in other] == [("withdrawn", "other_wish"), ("enrolled", "")]


def test_a_seat_ends_the_wish_that_still_waits_for_the_bureau(cast: Cast, at: Clock) -> None:
    """Decided one after another: the later list need not name who has a seat already."""
    sessions = named(1, 1)
    Session.objects.filter(pk=sessions[1].pk).update(nominate_until=stage.tokyo("2022-07-13 17:00"))
    mine, other = asked(cast, sessions, cast.ict), asked(cast, sessions, cast.ict2)
    nominate(cast, sessions[0], mine[0], other[0])
    at(CLOSED)
    publish(cast, propose(cast, sessions[0], reserves=False))
    assert status(mine[1]) == ("withdrawn", "other_wish")
    assert stages(mine[1]) == [HEAD, ("bureau", "void")]
    nominate(cast, sessions[1], other[1])
    assert ranks(other[1]) == [1]


def test_recalling_a_list_leaves_the_other_one(cast: Cast) -> None:
    sessions = named(1, 1)
    mine = asked(cast, sessions, cast.ict)
    made = [nominate(cast, session, each) for session, each in zip(sessions, mine, strict=True)]
    recall(cast, made[0])
    assert ranks(*mine) == [None, 1]
    assert [stages(each)[-1] for each in mine] == [ASKED, ("bureau", "approved")]
