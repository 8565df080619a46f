"""`programs/{id}/enrollment-policy/`: read by everybody, written as a whole by who plans the programme."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent, Staff, User
from courses.models import EnrollmentPolicy, Program
from enrollments.models import Approval
from tests import stage
from tests.cast import Cast
from tests.enrollments import approving
from tests.enrollments.approving import approve, pending, stages
from tests.enrollments.scene import apply

ClientOf = Callable[[User | Staff], APIClient]


def address(program: Program) -> str:
    return f"/api/v1/programs/{program.public_id}/enrollment-policy/"


def shown(program: Program, **also: Any) -> dict[str, Any]:
    return {
        "program": str(program.public_id),
        "approval": "none",
        "approval_label": "None",
        "unit_head_days": None,
        "unit_head_overdue": "escalate",
        "unit_head_overdue_label": "Escalate",
        "bureau_days": None,
        "bureau_overdue": "escalate",
        "bureau_overdue_label": "Escalate",
        "offer_hours": None,
        "withdrawal_reason": False,
        "absences_allowed": None,
        "absence_months": None,
        "blocked_days": None,
        **also,
    }


def test_the_policy_is_read_and_replaced_as_a_whole(cast: Cast, client_of: ClientOf) -> None:
    program, client = stage.program(organization=cast.digital), client_of(cast.bureau_hr)
    assert client_of(cast.ict).get(address(program)).json() == shown(program)
    first = {"approval": "unit_head", "unit_head_days": 3, "unit_head_overdue": "drop", "offer_hours": 24}
    labels = {"approval_label": "Head of unit", "unit_head_overdue_label": "Drop"}
    answer = client.put(address(program), first, format="json")
    assert (answer.status_code, answer.json()) == (200, shown(program, **first, **labels))
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target) == ("courses.set_enrollment_policy", program.public_id)
    second = {"absences_allowed": 0, "absence_months": 6, "blocked_days": 90, "withdrawal_reason": True}
    assert client.put(address(program), second, format="json").json() == shown(program, **second)
    assert EnrollmentPolicy.objects.count() == 1
    assert AuditEvent.objects.latest("pk").detail == {
        "changed": [
            "absence_months", "absences_allowed", "approval", "blocked_days", "offer_hours", "unit_head_days",
            "unit_head_overdue", "withdrawal_reason",
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"unit_head_days": 0, "bureau_days": 366, "offer_hours": 0}, ["bureau_days", "offer_hours", "unit_head_days"]),
        ({"absences_allowed": 1}, ["absence_months", "blocked_days"]),
        ({"absences_allowed": 1, "absence_months": 0, "blocked_days": 0}, ["absence_months", "blocked_days"]),
        ({"approval": "mayor"}, ["approval"]),
        ({"deadline": 3}, ["deadline"]),
        ({"offer_hours": 2**40}, ["offer_hours"]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    cast: Cast, client_of: ClientOf, body: dict[str, Any], places: list[str]
) -> None:
    answer = client_of(cast.hr).put(address(stage.program()), body, format="json")
    assert answer.status_code == 400
    assert sorted(each["pointer"] for each in answer.json()["errors"]) == [f"/{place}" for place in places]
    assert not EnrollmentPolicy.objects.exists()


def test_only_who_plans_the_programme_writes(cast: Cast, client_of: ClientOf) -> None:
    program = stage.program()
    for who in (cast.bureau_hr, cast.head, cast.ict):
        assert client_of(who).put(address(program), {}, format="json").status_code == 403


def test_a_change_leaves_approvals_under_way_where_they_are(cast: Cast, client_of: ClientOf) -> None:
    made = apply(approving.session(), cast.ict)
    client_of(cast.hr).put(address(made.course.program), {"approval": "none"}, format="json")
    assert stages(made) == [("unit_head", "pending")]
    approve(pending(made), cast.head)
    made.refresh_from_db()
    assert (made.status, Approval.objects.count()) == ("enrolled", 1)
