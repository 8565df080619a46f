"""Approvals: who is asked, what a decision leads to, and what is refused; the chain is derived for the day."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer
from academy.errors import DomainError
from academy.models import Assignment, AuditEvent, Delegation, RoleGrant, RosterWindow, Staff, StaffStatus, User
from courses.models import Selection
from enrollments.access.approvals import approvals_in_charge_of
from enrollments.models import Application, Approval, ApprovalStep, Enrollment
from enrollments.operations.queue import reconcile_queue
from enrollments.operations.sessions import change_capacity
from tests import stage
from tests.cast import ALWAYS, Cast, post, repost
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import approve, decide, pending, refuse, stages, status
from tests.enrollments.scene import apply, crowd, open_session, withdraw


def in_charge(approval: Approval, *people: Staff | User) -> list[Staff | User]:
    return [
        each
        for each in people
        if approvals_in_charge_of(Viewer(approving.account(each))).filter(pk=approval.pk).exists()
    ]


def refusal(call: object, *args: object) -> str:
    with pytest.raises(DomainError) as refused:
        call(*args)  # type: ignore[operator]
    return refused.value.code


def test_the_head_approves_and_a_free_seat_is_taken_at_once(cast: Cast) -> None:
    made = apply(approving.session(capacity=1, policy={"offer_hours": 24}), cast.ict)
    assert status(made) == ("applied", "")
    done = approve(pending(made), cast.head, "参加してください")
    done.refresh_from_db()
    assert (done.status, done.decider, done.capacity, done.reason) == (
        "approved",
        cast.head,
        "head",
        "参加してください",
    )
    assert done.decided_at is not None
    assert status(made) == ("enrolled", "")
    step = ApprovalStep.objects.latest("pk")
    assert (step.old, step.new, step.by, step.reason) == ("pending", "approved", cast.head.user, "参加してください")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.detail) == (
        "enrollments.decide_approval", {"approve": True, "decided": 1, "promoted": 1},
    )  # fmt: skip


def test_who_finds_no_seat_waits_with_the_number_of_the_application(cast: Cast) -> None:
    held = approving.session(capacity=1)
    first, second = apply(held, cast.ict), apply(held, cast.ict2)
    approve(pending(second), cast.head)
    approve(pending(first), cast.head)
    assert (status(first), status(second)) == (("waitlisted", ""), ("enrolled", ""))
    assert first.queue_no == 1


def test_more_seats_and_a_sweep_promote_nobody_who_is_not_approved(cast: Cast) -> None:
    held = approving.session(capacity=1)
    seat, agreed, open_ = (apply(held, each) for each in (cast.ict2, cast.ict, cast.head))
    approve(pending(seat), cast.head)
    approve(pending(agreed), cast.head)
    change_capacity(session_id=held.pk, capacity=3, by=cast.hr)
    reconcile_queue(session_id=held.pk, by=None)
    assert (status(seat), status(agreed), status(open_)) == (("enrolled", ""), ("enrolled", ""), ("applied", ""))
    assert stages(open_) == [("unit_head", "escalated"), ("bureau", "pending")]


def test_head_then_bureau(cast: Cast) -> None:
    made = apply(approving.session("unit_head_and_bureau", capacity=1), cast.ict)
    approve(pending(made), cast.head)
    assert stages(made) == [("unit_head", "approved"), ("bureau", "pending")]
    assert status(made) == ("applied", "")
    assert in_charge(pending(made), cast.head, cast.bureau_hr, cast.hr) == [cast.bureau_hr]
    approve(pending(made), cast.bureau_hr)
    assert stages(made) == [("unit_head", "approved"), ("bureau", "approved")]
    assert status(made) == ("enrolled", "")


@pytest.mark.parametrize("selection", [Selection.SCREENING, Selection.LOTTERY, Selection.NOMINATION])
def test_where_the_office_decides_an_approved_application_goes_on_waiting_for_it(
    cast: Cast, selection: Selection
) -> None:
    made = apply(approving.session(capacity=1, selection=selection), cast.ict)
    approve(pending(made), cast.head)
    assert (status(made), stages(made)) == (("applied", ""), [("unit_head", "approved")])


def test_refusing_takes_a_reason_and_ends_the_application(cast: Cast) -> None:
    made = apply(approving.session(), cast.ict)
    assert refusal(refuse, pending(made), cast.head, " ") == "reason_required"
    refuse(pending(made), cast.head, "業務多忙")
    assert (status(made), stages(made)) == (("rejected", "not_approved"), [("unit_head", "refused")])
    assert made.steps.latest("pk").reason == "業務多忙"
    assert apply(made.session, cast.ict).queue_no == 2, "applying again is a new row"


def test_nobody_else_decides_and_nothing_twice(cast: Cast) -> None:
    made = apply(approving.session(), cast.ict)
    waiting = pending(made)
    assert refusal(approve, waiting, cast.ict) == "not_found"
    assert refusal(approve, waiting, cast.ict2) == "not_found"
    assert refusal(approve, waiting, cast.hr) == "not_in_charge", "HR sees it and does not decide it"
    approve(waiting, cast.head)
    assert refusal(approve, waiting, cast.head) == "approval_already_decided"


def test_nobody_decides_on_their_own_application_also_as_the_hr_of_it(cast: Cast) -> None:
    repost(cast.head, head_of_unit=False)
    repost(cast.ict, head_of_unit=True)
    made = apply(approving.session(), cast.ict)
    RoleGrant.objects.create(user=approving.account(cast.ict), role="academy_hr", during=ALWAYS)
    assert in_charge(pending(made), cast.ict, cast.head) == [], "a unit whose head applies is decided on above"
    assert stages(made)[-1] == ("bureau", "pending"), "nobody heads the units above: the bureau is next"
    assert refusal(approve, pending(made), cast.ict) == "own_application"
    with pytest.raises(IntegrityError, match="approval_is_not_by_the_applicant"):
        Approval.objects.filter(enrollment=made).update(decider=cast.ict)


def test_a_stage_without_anybody_is_skipped_and_recorded(cast: Cast) -> None:
    held = approving.session()
    repost(cast.head, head_of_unit=False)
    repost(cast.industry_head, head_of_unit=False)
    of_digital, of_industry = apply(held, cast.ict), apply(held, cast.staff)
    assert stages(of_digital) == [("unit_head", "escalated"), ("bureau", "pending")]
    assert stages(of_industry) == [("unit_head", "escalated"), ("bureau", "escalated"), ("office", "pending")]
    reasons = ApprovalStep.objects.filter(new="escalated").values_list("reason", flat=True)
    assert set(reasons) == {"承認する人がいない / nobody is in charge"}
    assert in_charge(pending(of_industry), cast.hr, cast.bureau_hr) == [cast.hr]
    approve(pending(of_industry), cast.hr)
    assert status(of_industry) == ("enrolled", "")


def test_the_only_hr_of_a_bureau_is_decided_on_by_the_office(cast: Cast) -> None:
    repost(cast.head, head_of_unit=False)
    RoleGrant.objects.filter(user=cast.bureau_hr).update(user=approving.account(cast.ict))
    made = apply(approving.session(), cast.ict)
    assert stages(made)[-1] == ("office", "pending")


def test_who_is_in_charge_is_derived_for_the_day(cast: Cast, at: Clock) -> None:
    held = approving.session(times=(("2022-07-20 14:00", "2022-07-20 16:00"),))
    waiting = pending(apply(held, cast.ict))
    people = (cast.head, cast.trainer, cast.ict2, cast.industry_head)
    assert in_charge(waiting, *people) == [cast.head]
    during = DateRange(dt.date(2022, 7, 1), dt.date(2022, 7, 3))
    Delegation.objects.create(delegator=cast.head, delegate=cast.trainer, during=during)
    assert in_charge(waiting, *people) == [cast.head], "not before its days"
    at(stage.tokyo("2022-07-02 10:00"))
    assert in_charge(waiting, *people) == [cast.trainer]
    at(stage.tokyo("2022-07-03 10:00"))
    assert in_charge(waiting, *people) == [cast.head], "nor after them"
    StaffStatus.objects.create(staff=cast.head, kind="on_leave", during=ALWAYS)
    repost(cast.ict2, deputy_of_unit=True)
    assert in_charge(waiting, *people) == [cast.ict2], "the head is on leave"
    approve(waiting, cast.ict2)
    waiting.refresh_from_db()
    assert (waiting.decider, waiting.capacity) == (cast.ict2, "deputy")


def test_a_move_sends_what_is_pending_to_the_new_head(cast: Cast, at: Clock) -> None:
    at(stage.tokyo("2023-03-28 10:00"))
    held = approving.session(
        times=(("2023-04-20 14:00", "2023-04-20 16:00"),), apply_until=stage.tokyo("2023-04-10 17:00"), fiscal_year=2023
    )
    waiting = pending(apply(held, cast.ict))
    Assignment.objects.filter(staff=cast.ict).supersede()
    first = dt.date(2023, 4, 1)
    posts = ((cast.skills, DateRange(dt.date(2021, 4, 1), first)), (cast.trade, DateRange(first, None)))
    for unit, during in posts:
        post(cast.ict, unit, cast.grades["shuji"], cast.ict_family, during=during)
    assert in_charge(waiting, cast.head, cast.industry_head) == [cast.head]
    at(stage.tokyo("2023-04-01 10:00"))
    assert in_charge(waiting, cast.head, cast.industry_head) == [cast.industry_head]
    assert refusal(approve, waiting, cast.head) == "not_found"
    approve(waiting, cast.industry_head)


def test_an_applicant_who_becomes_the_head_does_not_decide(cast: Cast) -> None:
    waiting = pending(apply(approving.session(), cast.ict))
    repost(cast.head, head_of_unit=False)
    repost(cast.ict, head_of_unit=True)
    post(cast.trainer, cast.planning, cast.grades["bucho"], cast.ict_family, head=True, kind="concurrent")
    assert in_charge(waiting, cast.ict, cast.head, cast.trainer) == [cast.trainer]


def test_of_a_hidden_person_academy_hr_decides_every_stage(cast: Cast) -> None:
    made = apply(approving.session("unit_head_and_bureau"), cast.ict)
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    for _ in range(2):
        assert in_charge(pending(made), cast.head, cast.bureau_hr, cast.hr) == [cast.hr]
        approve(pending(made), cast.hr)
    assert status(made) == ("enrolled", "")


def test_while_a_roster_is_awaited_nothing_is_decided(cast: Cast, at: Clock) -> None:
    waiting = pending(apply(approving.session(), cast.ict))
    RosterWindow.objects.create(root=cast.digital, effective_on=dt.date(2022, 7, 1), expected_by=dt.date(2022, 7, 3))
    at(stage.tokyo("2022-07-02 10:00"))
    with pytest.raises(DomainError) as refused:
        approve(waiting, cast.head)
    assert refused.value.code == "roster_awaited"
    assert "2022-07-04 00:00" in refused.value.detail.en
    at(stage.tokyo("2022-07-04 00:01"))
    approve(waiting, cast.head)


def test_many_at_once_each_with_an_outcome(cast: Cast) -> None:
    held, other = approving.session(capacity=1), approving.session(times=(("2022-07-15 14:00", "2022-07-15 16:00"),))
    mine = [pending(apply(held, each)) for each in (cast.ict, cast.ict2, cast.trainer)]
    mine.append(pending(apply(other, cast.ict)))
    foreign = pending(apply(held, cast.staff))
    outcomes = decide(
        cast.head, (mine[0], True, ""), (mine[1], False, ""), (mine[2], False, "欠員"), (mine[3], True, ""),
        (foreign, True, ""), (mine[0], False, "やはり"),
    )  # fmt: skip
    assert [each.codes for each in outcomes] == [
        (), ("reason_required",), (), (), ("not_found",), ("decided_twice",),
    ]  # fmt: skip
    assert [each.status for each in Enrollment.objects.order_by("pk")] == [
        "enrolled", "applied", "rejected", "enrolled", "applied",
    ]  # fmt: skip


def test_a_decision_on_one_wish_is_one_on_all_of_that_level(cast: Cast) -> None:
    days = ("14", "15", "18")
    course = stage.course(approving.program(), repeatable=False)
    held = [open_session(course=course, times=((f"2022-07-{day} 14:00", f"2022-07-{day} 16:00"),)) for day in days]
    application = Application.objects.create(course=course, staff=cast.ict)
    made = [apply(each, cast.ict) for each in held]
    for rank, row in enumerate(reversed(made), start=1):
        Enrollment.objects.filter(pk=row.pk).update(application=application, preference=rank)
    approve(pending(made[0]), cast.head)
    assert not Approval.objects.pending().exists()
    assert [status(each)[0] for each in made] == ["withdrawn", "withdrawn", "enrolled"], "the first wish comes first"


def test_rules_are_asked_again_with_the_seat(cast: Cast) -> None:
    course = stage.course(approving.program(), rule={"job_family": ["ict"]})
    made = apply(open_session(course=course, capacity=1), cast.ict)
    repost(cast.ict, job_family=cast.office_family)
    approve(pending(made), cast.head)
    assert status(made) == ("waitlisted", "")


def test_withdrawing_ends_the_approval(cast: Cast) -> None:
    made = apply(approving.session(), cast.ict)
    withdraw(made)
    assert stages(made) == [("unit_head", "void")]


def test_a_hundred_take_as_many_statements_as_two(cast: Cast) -> None:
    def statements(size: int) -> int:
        held = approving.session(capacity=None)
        rows = [(pending(apply(held, each)), True, "") for each in crowd(cast, size)]
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert all(each.succeeded for each in decide(cast.head, *rows))
        return len(asked)

    assert statements(2) == statements(20)
