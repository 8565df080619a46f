"""Who may: the one place where roles, posts and self become rights.

A *rule* is a predicate over the viewer and, for one row, the row: it knows identity and role, never state ("may it now"
is the operation's to refuse). Which rows a viewer sees are the `…_visible_to` functions beside it, its QuerySet twins.
Rights come from grants and posts as they are today, read anew with every request.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from academy import clock
from academy.models import (
    Assignment,
    AuditEvent,
    Grade,
    HiringCategory,
    Job,
    JobFamily,
    Organization,
    Role,
    RoleGrant,
    Staff,
    Token,
    User,
)
from academy.models.organizations import subtree
from academy.models.roles import NEEDS_PROGRAM

Rule = Callable[["Viewer", Any], bool]


def scope_is_read(role: str, organization: int | None, program: UUID | None) -> bool:
    """A role at programmes is scoped by programme, any other by organisation; nothing is scoped by both."""
    return organization is None if role in NEEDS_PROGRAM else program is None


@dataclass(frozen=True)
class Viewer:
    """One user with what they are on a business date."""

    user: User
    day: dt.date = field(default_factory=clock.today)

    @cached_property
    def staff(self) -> Staff | None:
        return Staff.objects.filter(user=self.user).first()

    @property
    def staff_id(self) -> int | None:
        return self.staff.pk if self.staff else None

    @cached_property
    def grants(self) -> list[RoleGrant]:
        """The grants in force whose whole scope is read by the rules; a scope that is not read opens nothing."""
        held = RoleGrant.objects.in_force(self.day).filter(user=self.user, job_family=None).order_by("pk")
        return [grant for grant in held if scope_is_read(grant.role, grant.organization_id, grant.program)]

    @cached_property
    def headed_units(self) -> list[int]:
        """The organisations that the viewer is head of today, in any post."""
        if self.staff_id is None:
            return []
        posts = Assignment.objects.on(self.day).filter(staff_id=self.staff_id, head_of_unit=True)
        return list(posts.order_by("pk").values_list("organization_id", flat=True))

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    def everywhere(self, *roles: Role) -> bool:
        """Holds one of the roles without a scope."""
        return any(
            grant.role in roles and grant.organization_id is None and grant.program is None for grant in self.grants
        )

    def roots(self, *roles: Role) -> list[int]:
        """The organisations whose subtrees the roles are granted for."""
        return [grant.organization_id for grant in self.grants if grant.role in roles and grant.organization_id]

    def programs(self, *roles: Role) -> list[UUID]:
        return [grant.program for grant in self.grants if grant.role in roles and grant.program]

    def is_self(self, staff_id: int) -> bool:
        return self.staff_id == staff_id


HR = (Role.ACADEMY_HR, Role.BUREAU_HR)


# Rules. The second argument is the row, or None where there is none.


def signed_in(viewer: Viewer, row: Any) -> bool:
    return True


def staff_only(viewer: Viewer, row: Any) -> bool:
    """Whoever is a person here: has a staff row of their own."""
    return viewer.staff_id is not None


def academy_hr(viewer: Viewer, row: Any) -> bool:
    return viewer.has(Role.ACADEMY_HR)


def central_hr(viewer: Viewer, row: Any) -> bool:
    """Academy HR without a scope: what concerns everybody is theirs alone."""
    return viewer.everywhere(Role.ACADEMY_HR)


def any_hr(viewer: Viewer, row: Any) -> bool:
    return viewer.has(*HR)


def auditor_or_central_hr(viewer: Viewer, row: Any) -> bool:
    return viewer.has(Role.AUDITOR) or central_hr(viewer, row)


# Which rows.


def staff_visible_to(viewer: Viewer) -> QuerySet[Staff]:
    """People a viewer sees: self, those of the HR scope, those of headed units. `staff/` is no directory.

    A hidden person is seen by self and by academy HR alone.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return Staff.objects.all()
    scope = Q(pk=viewer.staff_id) if viewer.staff_id else Q(pk__in=[])
    for roots, hidden_too in (
        (viewer.roots(Role.ACADEMY_HR), True),
        (viewer.roots(Role.BUREAU_HR) + viewer.headed_units, False),
    ):
        if roots:
            serving = Q(pk__in=serving_within(roots, viewer.day))
            scope |= serving if hidden_too else serving & Q(directory_hidden=False)
    return Staff.objects.filter(scope)


def serving_within(roots: Iterable[int], on: dt.date) -> QuerySet[Assignment, Any]:
    """The staff ids of whoever holds a post inside the subtrees on a day."""
    return Assignment.objects.on(on).filter(organization_id__in=subtree(roots, on)).values("staff_id")


def assignments_visible_to(viewer: Viewer) -> QuerySet[Assignment]:
    """The posts, past ones too, of the people a viewer sees."""
    return Assignment.objects.live().filter(staff__in=staff_visible_to(viewer).values("pk"))


def organizations_visible_to(viewer: Viewer) -> QuerySet[Organization]:
    """The tree of organisations is public within the service."""
    return Organization.objects.all()


def grants_visible_to(viewer: Viewer) -> QuerySet[RoleGrant]:
    """One's own grants; academy HR and auditors see who was given what."""
    if viewer.everywhere(Role.ACADEMY_HR, Role.AUDITOR):
        return RoleGrant.objects.all()
    return RoleGrant.objects.filter(user=viewer.user)


def grades_visible_to(viewer: Viewer) -> QuerySet[Grade]:
    return Grade.objects.all()


def job_families_visible_to(viewer: Viewer) -> QuerySet[JobFamily]:
    return JobFamily.objects.all()


def hiring_categories_visible_to(viewer: Viewer) -> QuerySet[HiringCategory]:
    return HiringCategory.objects.all()


def tokens_visible_to(viewer: Viewer) -> QuerySet[Token]:
    return Token.objects.filter(user=viewer.user)


def jobs_visible_to(viewer: Viewer) -> QuerySet[Job]:
    """The jobs one asked for."""
    return Job.objects.filter(requested_by=viewer.user)


def audit_events_visible_to(viewer: Viewer) -> QuerySet[AuditEvent]:
    """The trail: auditors and central HR read all of it, others what they did themselves."""
    if viewer.everywhere(Role.AUDITOR, Role.ACADEMY_HR):
        return AuditEvent.objects.all()
    return AuditEvent.objects.filter(by=viewer.user)
