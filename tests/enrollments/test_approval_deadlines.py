"""When a stage ends, by a hand-made table; what becomes of it then, and of what is undecided when a session begins."""

import datetime as dt
from typing import Any

import pytest

from academy.models import RosterWindow
from academy.waiting import Pause
from enrollments import tasks
from enrollments.approval_deadlines import standing
from enrollments.models import StageDeadline
from tests import stage
from tests.cast import Cast, repost
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.approving import approve, pending, stages, status
from tests.enrollments.scene import apply, open_session
from tests.enrollments.test_approvals import refusal

SINCE, BEGINS = "2022-06-28 10:00", "2022-07-14 14:00"
PAUSE = Pause(stage.tokyo("2022-06-30 00:00"), stage.tokyo("2022-07-02 00:00"))


@pytest.mark.parametrize(
    ("ends", "days", "pauses", "due"),
    [
        ([], None, [], BEGINS),
        ([], 3, [], "2022-07-01 17:00"),  # Tuesday: Wednesday, Thursday, Friday
        ([], 4, [], "2022-07-04 17:00"),  # over the weekend
        ([], 60, [], BEGINS),
        (["2022-07-01 12:00", "2022-06-30 12:00"], 3, [], "2022-06-30 12:00"),
        (["2022-06-20 12:00"], None, [], BEGINS),  # over before it began
        (["2022-07-01 12:00"], None, [PAUSE], "2022-07-03 12:00"),
        (["2022-06-29 12:00"], None, [PAUSE], "2022-06-29 12:00"),
        (["2022-07-13 12:00"], None, [PAUSE], BEGINS),
    ],
)
def test_when_a_stage_ends(ends: list[str], days: int | None, pauses: list[Pause], due: str) -> None:
    found = standing(
        stage.tokyo(SINCE), ends=[None, *map(stage.tokyo, ends)], days=days, pauses=pauses,
        begins_at=stage.tokyo(BEGINS), now=stage.tokyo("2022-07-01 09:00"),
    )  # fmt: skip
    assert found.due_at == stage.tokyo(due)
    assert found.overdue is (found.due_at <= stage.tokyo("2022-07-01 09:00"))


@pytest.mark.parametrize(
    ("rule", "level", "ends"),
    [
        ("escalate", [("unit_head", "escalated"), ("bureau", "pending")], ("applied", "")),
        ("pass", [("unit_head", "passed")], ("enrolled", "")),
        ("drop", [("unit_head", "dropped")], ("lapsed", "approval_overdue")),
    ],
)
def test_what_is_overdue_ends_by_the_rule_of_the_programme(
    cast: Cast, at: Clock, rule: str, level: Any, ends: Any
) -> None:
    made = apply(approving.session(policy={"unit_head_days": 1, "unit_head_overdue": rule}), cast.ict)
    at(stage.tokyo("2022-06-29 16:59"))
    tasks.end_overdue_approvals()
    assert stages(made) == [("unit_head", "pending")]
    at(stage.tokyo("2022-06-29 17:01"))
    assert refusal(approve, pending(made), cast.head) == "approval_overdue", "also before the clock has come round"
    for _ in range(2):
        tasks.end_overdue_approvals()
        assert (stages(made), status(made)) == (level, ends)


def test_what_passes_the_head_still_needs_the_bureau(cast: Cast, at: Clock) -> None:
    policy = {"unit_head_days": 1, "unit_head_overdue": "pass", "bureau_days": 1, "bureau_overdue": "escalate"}
    made = apply(approving.session("unit_head_and_bureau", policy), cast.ict)
    at(stage.tokyo("2022-06-29 18:00"))
    tasks.end_overdue_approvals()
    assert stages(made) == [("unit_head", "passed"), ("bureau", "pending")]
    tasks.end_overdue_approvals()
    assert len(stages(made)) == 2, "the next stage has its own time"
    at(stage.tokyo("2022-06-30 18:00"))
    tasks.end_overdue_approvals()
    assert stages(made)[1:] == [("bureau", "escalated"), ("office", "pending")]
    approve(pending(made), cast.hr)
    assert status(made) == ("enrolled", "")


def test_the_end_of_a_bureau_is_for_its_own_people(cast: Cast, at: Clock) -> None:
    held = approving.session(approve_until=stage.tokyo("2022-07-08 17:00"), policy={"unit_head_overdue": "drop"})
    StageDeadline.objects.create(
        session=held, organization=cast.digital, level="unit_head", until=stage.tokyo("2022-07-01 12:00")
    )
    of_digital, of_industry = apply(held, cast.ict), apply(held, cast.staff)
    at(stage.tokyo("2022-07-01 12:01"))
    tasks.end_overdue_approvals()
    assert (status(of_digital)[0], status(of_industry)[0]) == ("lapsed", "applied")
    at(stage.tokyo("2022-07-08 17:01"))
    tasks.end_overdue_approvals()
    assert status(of_industry)[0] == "lapsed"


def test_while_a_roster_is_awaited_time_stands_still(cast: Cast, at: Clock) -> None:
    made = apply(approving.session(policy={"unit_head_days": 3, "unit_head_overdue": "drop"}), cast.ict)
    RosterWindow.objects.create(root=cast.digital, effective_on=dt.date(2022, 7, 1), expected_by=dt.date(2022, 7, 2))
    for time, stands in (("2022-07-03 16:59", "applied"), ("2022-07-03 17:01", "lapsed")):
        at(stage.tokyo(time))
        tasks.end_overdue_approvals()
        assert status(made)[0] == stands


def test_whoever_is_in_charge_and_goes_is_skipped(cast: Cast) -> None:
    made = apply(approving.session(), cast.ict)
    repost(cast.head, head_of_unit=False)
    tasks.end_overdue_approvals()
    assert stages(made) == [("unit_head", "escalated"), ("bureau", "pending")]


def test_what_is_undecided_when_the_session_begins_lapses(cast: Cast, at: Clock) -> None:
    unapproved, undecided = apply(approving.session(), cast.ict), apply(open_session(selection="screening"), cast.ict)
    at(stage.tokyo("2022-07-14 14:01"))
    assert refusal(approve, pending(unapproved), cast.head) == "session_begun"
    tasks.end_overdue_approvals()
    assert status(unapproved) == status(undecided) == ("lapsed", "session_begun")
    assert stages(unapproved) == [("unit_head", "void")]
