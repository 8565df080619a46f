"""What the plays about approvals begin with: programmes that ask for them, and one-line decisions."""

from typing import Any

from academy.models import Staff, User
from courses.models import EnrollmentPolicy, Program, Session
from enrollments.models import Approval, Enrollment
from enrollments.operations.deciding_approvals import Outcome, Ruling, decide_approval, decide_approvals
from tests import stage
from tests.enrollments.scene import open_session


def program(chain: str = "unit_head", **policy: Any) -> Program:
    made = stage.program()
    EnrollmentPolicy.objects.create(program=made, approval=chain, **policy)
    return made


def session(chain: str = "unit_head", policy: dict[str, Any] | None = None, **fields: Any) -> Session:
    """A published first-come session, the applications to which have to be approved."""
    return open_session(course=stage.course(program(chain, **policy or {})), **fields)


def pending(enrollment: Enrollment) -> Approval:
    return Approval.objects.pending().get(enrollment=enrollment)


def approve(approval: Approval, by: Staff | User | None, reason: str = "") -> Approval:
    return decide_approval(ruling=Ruling(approval.public_id, approve=True, reason=reason), by=account(by))


def refuse(approval: Approval, by: Staff | User | None, reason: str = "業務多忙") -> Approval:
    return decide_approval(ruling=Ruling(approval.public_id, approve=False, reason=reason), by=account(by))


def decide(by: Staff | User, *rulings: tuple[Approval, bool, str]) -> list[Outcome]:
    made = [Ruling(approval.public_id, approve, reason) for approval, approve, reason in rulings]
    return decide_approvals(rulings=made, by=account(by))


def account(somebody: Staff | User | None) -> User:
    found = somebody.user if isinstance(somebody, Staff) else somebody
    assert isinstance(found, User)
    return found


def stages(enrollment: Enrollment) -> list[tuple[str, str]]:
    """The stages of an application in the order in which they began, and how each stands."""
    return list(Approval.objects.filter(enrollment=enrollment).order_by("pk").values_list("level", "status"))


def status(enrollment: Enrollment) -> tuple[str, str]:
    enrollment.refresh_from_db()
    return enrollment.status, enrollment.ended_as
