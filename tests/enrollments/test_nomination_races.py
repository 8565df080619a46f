"""Two of HR hand in a list at once; a list is recalled while the decision is drafted."""

from functools import partial
from typing import Any

import pytest

from enrollments.models import Approval, Decision, Nomination, NominationList
from enrollments.operations import decisions, nominations
from tests.cast import Cast
from tests.enrollments.deciding import CLOSED, Clock, propose
from tests.enrollments.nominating import awaiting, nominate, ranks, recall, session
from tests.enrollments.threads import at_once, codes, elsewhere, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_hand_in_the_list_of_a_bureau_and_one_is_taken(cast: Cast) -> None:
    held = session()
    first, second = awaiting(cast, held, cast.ict, cast.ict2)
    moves = [partial(nominate, cast, held, first, second, by=by) for by in (cast.bureau_hr, cast.hr)]
    assert codes(at_once(moves)) == ["already_nominated"]
    assert (NominationList.objects.count(), Nomination.objects.count()) == (1, 2)
    assert ranks(first, second) == [1, 2]


def test_without_the_lock_the_later_one_is_stopped_only_by_the_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have found no list before either writes; the constraint is what is left."""
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    without_the_lock(monkeypatch)
    check = nominations._check
    asked: list[bool] = []

    def after_the_other(*given: Any) -> None:
        check(*given)
        if not asked:
            asked.append(True)
            assert isinstance(elsewhere(partial(nominate, cast, held, mine, by=cast.hr)), NominationList)

    monkeypatch.setattr(nominations, "_check", after_the_other)
    assert codes([elsewhere(partial(nominate, cast, held, mine))]) == ["already_nominated"]
    assert NominationList.objects.get().submitted_by == cast.hr


def test_a_list_is_recalled_while_the_decision_is_drafted(cast: Cast, at: Clock) -> None:
    """Either there is a draft and the list stands, or the approvals are pending and there is none."""
    held = session(nominate_until=None)
    [mine] = awaiting(cast, held, cast.ict)
    made = nominate(cast, held, mine)
    at(CLOSED)
    refused = codes(at_once([partial(recall, cast, made), partial(propose, cast, held)]))
    assert refused in (["draft_exists"], ["approvals_pending"])
    drafted, pending = Decision.objects.exists(), Approval.objects.pending().exists()
    assert (drafted, pending) == ((True, False) if refused == ["draft_exists"] else (False, True))


def test_without_the_lock_a_decision_is_drafted_over_what_is_not_approved(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the list is recalled between the reading and the writing of the draft."""
    held = session(nominate_until=None)
    [mine] = awaiting(cast, held, cast.ict)
    made = nominate(cast, held, mine)
    at(CLOSED)
    without_the_lock(monkeypatch)
    candidacy = decisions.candidacy

    def before_a_recall(*given: Any, **named: Any) -> Any:
        found = candidacy(*given, **named)
        elsewhere(partial(recall, cast, made))
        return found

    monkeypatch.setattr(decisions, "candidacy", before_a_recall)
    propose(cast, held)
    assert Decision.objects.exists()
    assert Approval.objects.pending().exists()
