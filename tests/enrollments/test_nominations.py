"""取りまとめ提出: a bureau ranks its people once a round, and takes its list back in time."""

from collections.abc import Callable
from typing import Any

import pytest

from academy.errors import DomainError, InvalidInput
from academy.models import AuditEvent, Notice, RoleGrant
from courses.models import ApplicationRound
from enrollments.models import Approval, Enrollment, Nomination, NominationList
from tests import stage
from tests.cast import ALWAYS, Cast
from tests.enrollments import deciding
from tests.enrollments.approving import account, approve, pending, stages, status
from tests.enrollments.nominating import awaiting, nominate, ranks, recall, session
from tests.enrollments.scene import apply, crowd, withdraw

Clock = Callable[[Any], None]
OPENED = stage.tokyo("2022-06-01 09:00")
HEAD_AND_BUREAU = [("unit_head", "approved"), ("bureau", "approved")]


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return [(each.pointer, each.code) for each in refused.value.faults]


def code(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


def test_those_who_are_ranked_are_approved_and_the_rest_refused(cast: Cast) -> None:
    held = session()
    first, second, third = awaiting(cast, held, cast.ict, cast.ict2, *crowd(cast, 1))
    made = nominate(cast, held, second, first, refused=(third,))
    assert (made.round, made.organization, made.submitted_by) == (1, cast.digital, cast.bureau_hr)
    assert ranks(first, second, third) == [2, 1, None]
    assert [stages(each) for each in (first, second)] == [HEAD_AND_BUREAU] * 2
    assert [status(each) for each in (first, second, third)] == [
        ("applied", ""),
        ("applied", ""),
        ("rejected", "not_approved"),
    ]
    refused = Approval.objects.get(enrollment=third, level="bureau")
    assert (refused.status, refused.reason, third.steps.latest("pk").reason) == ("refused", "業務多忙", "業務多忙")
    event = AuditEvent.objects.get(action="enrollments.nominate")
    assert (event.target, event.detail) == (
        made.public_id, {"ranked": 2, "added": 0, "refused": 1, "promoted": 0},
    )  # fmt: skip


def test_somebody_who_did_not_apply_is_applied_with_the_rank_and_told(cast: Cast) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    made = nominate(cast, held, cast.ict2, mine)
    added = Enrollment.objects.get(staff=cast.ict2)
    assert (added.status, added.rank, added.applied_by) == ("applied", 1, cast.bureau_hr)
    assert stages(added) == [("bureau", "approved")]
    assert Notice.objects.filter(recipient=cast.ict2, kind="applied_for_you").count() == 1
    lines = Nomination.objects.filter(nomination_list=made).order_by("rank")
    assert list(lines.values_list("enrollment", "rank", "added")) == [(added.pk, 1, True), (mine.pk, 2, False)]


def test_where_nobody_decides_further_the_list_gives_the_seats(cast: Cast) -> None:
    held = session(selection="first_come", capacity=2)
    mine, other = awaiting(cast, held, cast.ict, *crowd(cast, 1))
    made = nominate(cast, held, mine, other, cast.ict2)
    added = Enrollment.objects.get(staff=cast.ict2)
    assert [status(each)[0] for each in (mine, other, added)] == ["enrolled", "enrolled", "waitlisted"]
    assert code(lambda: recall(cast, made)) == "nomination_used"


def test_every_fault_is_named_at_its_place(cast: Cast) -> None:
    held = session()
    waiting, left = awaiting(cast, held, cast.ict, *crowd(cast, 1))
    with_head, elsewhere = apply(held, cast.ict2), apply(held, cast.staff)
    assert faults(
        lambda: nominate(cast, held, waiting, with_head, elsewhere, waiting, cast.staff, cast.ict2, refused=(waiting,))
    ) == [
        ("/ranked/1/enrollment", "approval_pending"),
        ("/ranked/2/enrollment", "not_found"),
        ("/ranked/3/enrollment", "given_twice"),
        ("/ranked/4/staff", "not_found"),
        ("/ranked/5/staff", "given_twice"),
        ("/refused/0/enrollment", "given_twice"),
        ("/ranked", "not_named"),
    ]
    assert not NominationList.objects.exists()
    assert ranks(waiting, left) == [None, None]


def test_the_rules_are_asked_again_of_each(cast: Cast) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    held.course.audience.rule = {"job_family": ["office"]}
    held.course.audience.save()
    found = faults(lambda: nominate(cast, held, mine, cast.ict2))
    assert {pointer for pointer, _ in found} == {"/ranked/0/enrollment", "/ranked/1/staff"}


def test_nobody_ranks_or_refuses_themselves_and_the_list_does_not_wait_for_it(cast: Cast) -> None:
    held = session()
    RoleGrant.objects.create(user=account(cast.ict), role="bureau_hr", organization=cast.digital, during=ALWAYS)
    mine, other = awaiting(cast, held, cast.ict, cast.ict2)
    assert faults(lambda: nominate(cast, held, mine, other, by=cast.ict.user)) == [
        ("/ranked/0/enrollment", "own_application")
    ]
    nominate(cast, held, other, by=cast.ict.user)
    assert pending(mine).level == "bureau"


def test_who_is_hidden_is_named_by_academy_hr_alone(cast: Cast) -> None:
    held = session()
    mine, other = awaiting(cast, held, cast.ict, cast.ict2)
    cast.ict2.directory_hidden = True
    cast.ict2.save()
    assert faults(lambda: nominate(cast, held, mine, other)) == [("/ranked/1/enrollment", "not_found")]
    nominate(cast, held, mine, other, by=cast.hr)
    assert ranks(mine, other) == [1, 2]


def test_a_list_is_handed_in_once_and_again_after_it_was_recalled(cast: Cast) -> None:
    held = session()
    first, second = awaiting(cast, held, cast.ict, cast.ict2)
    made = nominate(cast, held, first, second)
    assert code(lambda: nominate(cast, held)) == "already_nominated"
    recall(cast, made)
    assert code(lambda: recall(cast, made)) == "nomination_recalled"
    nominate(cast, held, second, first)
    assert ranks(first, second) == [2, 1]
    assert NominationList.objects.filter(recalled_at=None).count() == 1


def test_recalling_takes_back_what_the_list_did_and_nothing_else(cast: Cast) -> None:
    held = session()
    listed, agreed, gone = awaiting(cast, held, cast.ict, *crowd(cast, 2))
    approve(pending(agreed), cast.bureau_hr)  # the bureau had agreed on its own before
    made = nominate(cast, held, listed, agreed, gone, cast.ict2)
    added = Enrollment.objects.get(staff=cast.ict2)
    withdraw(Enrollment.objects.select_related("staff").get(pk=gone.pk))
    recalled = recall(cast, made)
    assert (recalled.recalled_by, recalled.recalled_at is not None) == (cast.bureau_hr, True)
    assert ranks(listed, agreed, gone, added) == [None] * 4
    assert stages(listed) == [("unit_head", "approved"), ("bureau", "pending")]
    assert stages(agreed) == HEAD_AND_BUREAU
    assert status(added) == status(gone) == ("withdrawn", "before_decision")
    back = pending(listed)
    assert (back.decided_at, back.decider) == (None, None)
    event = AuditEvent.objects.get(action="enrollments.recall_nomination")
    assert event.detail == {"recalled": 3, "withdrawn": 1}


def test_lists_end_with_their_deadline(cast: Cast, at: Clock) -> None:
    held = session()
    [mine] = awaiting(cast, held, cast.ict)
    made = nominate(cast, held, mine)
    at(stage.tokyo("2022-07-11 17:01"))
    assert code(lambda: nominate(cast, held, organization=cast.industry, by=cast.hr)) == "nomination_closed"
    assert code(lambda: recall(cast, made)) == "nomination_closed"


def test_without_a_deadline_they_end_with_the_draft_of_the_decision(cast: Cast, at: Clock) -> None:
    held = session(nominate_until=None)
    [mine] = awaiting(cast, held, cast.ict)
    made = nominate(cast, held, mine)
    at(deciding.CLOSED)
    decision = deciding.propose(cast, held)
    assert code(lambda: recall(cast, made)) == "draft_exists"
    deciding.publish(cast, decision)
    assert code(lambda: recall(cast, made)) == "nomination_used"
    assert code(lambda: nominate(cast, held, organization=cast.industry, by=cast.hr)) == "nomination_used"


def test_nothing_is_taken_before_applications_open_nor_after_the_session_began(cast: Cast, at: Clock) -> None:
    early = session(apply_from=stage.tokyo("2022-07-01 09:00"))
    assert code(lambda: nominate(cast, early, cast.ict)) == "session_not_open"
    held = session(nominate_until=None)
    at(stage.tokyo("2022-07-14 14:01"))
    assert code(lambda: nominate(cast, held)) == "session_begun"


def test_a_further_round_takes_a_further_list(cast: Cast, at: Clock) -> None:
    """追加募集: the deadline of the first round does not end the lists of the second."""
    held = session(capacity=3, nominate_until=stage.tokyo("2022-07-10 17:00"))
    ApplicationRound.objects.create(session=held, number=1, apply_from=OPENED, apply_until=held.apply_until)
    [mine] = awaiting(cast, held, cast.ict)
    first = nominate(cast, held, mine)
    at(deciding.CLOSED)
    deciding.publish(cast, deciding.propose(cast, held))
    opened = stage.tokyo("2022-07-11 09:00")
    ApplicationRound.objects.create(session=held, number=2, apply_from=opened)
    at(stage.tokyo("2022-07-12 09:00"))
    second = nominate(cast, held, cast.ict2)
    assert (first.round, second.round) == (1, 2)
    assert ranks(mine, Enrollment.objects.get(staff=cast.ict2)) == [1, 1]
    assert code(lambda: recall(cast, first)) == "nomination_used"
    recall(cast, second)
    assert status(mine) == ("enrolled", "")


def test_ranks_of_a_further_round_go_on_where_nothing_is_decided(cast: Cast, at: Clock) -> None:
    held = session()
    ApplicationRound.objects.create(session=held, number=1, apply_from=OPENED)
    [mine] = awaiting(cast, held, cast.ict)
    nominate(cast, held, mine)
    ApplicationRound.objects.create(session=held, number=2, apply_from=stage.tokyo("2022-06-29 09:00"))
    at(stage.tokyo("2022-06-30 09:00"))
    nominate(cast, held, cast.ict2)
    assert ranks(mine, Enrollment.objects.get(staff=cast.ict2)) == [1, 2]
