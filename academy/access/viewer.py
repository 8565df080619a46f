"""Who is asking: one user with their grants, posts and open audit cases, as they are on a business date."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.db.models import DateField

from academy import clock
from academy.models import Assignment, AuditCase, Role, RoleGrant, Staff, User
from academy.statements import Asking, Given, Statement, ahead

Rule = Callable[["Viewer", Any], bool]

HR = (Role.ACADEMY_HR, Role.BUREAU_HR)
DIMENSIONS = ("organization", "program", "job_family")

# The parts of a scope that the rules of a role read. A part that is not named here is refused when the role is given,
# and a row that has it all the same opens nothing. What an auditor may read is in the case.
READS: Mapping[str, frozenset[str]] = {
    Role.ACADEMY_HR: frozenset({"organization", "job_family"}),
    Role.BUREAU_HR: frozenset({"organization", "job_family"}),
    Role.PROGRAMME_MANAGER: frozenset({"program", "organization"}),
    Role.PROVIDER: frozenset({"program"}),
    Role.SKILL_OFFICE: frozenset({"organization", "job_family"}),
    Role.STATISTICS: frozenset(),
    Role.AUDITOR: frozenset(),
}


# Asked by nearly every request.
_STAFF = Statement(lambda: Staff.objects.filter(user=Given("user")))
_GRANTS = Statement(
    lambda: RoleGrant.objects.in_force(cast(Any, Given("day", DateField()))).filter(user=Given("user")).order_by("pk")
)


def parts_of(grant: RoleGrant) -> frozenset[str]:
    """The parts of the scope that narrow a grant."""
    held = {
        "organization": grant.organization_id,
        "program": grant.program,
        "job_family": grant.job_family_id,
    }
    return frozenset(part for part, value in held.items() if value is not None)


@dataclass(frozen=True)
class Viewer:
    """One user with what they are on a business date.

    `everywhere`, `roots` and `programs` answer for grants that nothing else narrows; whoever asks them opens nothing to a
    narrower grant. What narrower grants reach is asked with `held` and the reading of their people in `scope`.
    """

    user: User
    day: dt.date = field(default_factory=clock.today)
    audits: bool = True

    @cached_property
    def staff(self) -> Staff | None:
        return _STAFF.first(user=self.user.pk)

    @contextmanager
    def look_up(self, *further: Asking) -> Iterator[None]:
        """Read the person and the grants in one round trip, and with them what else is asked inside the block."""
        own = _STAFF.asked(user=self.user.pk), _GRANTS.asked(user=self.user.pk, day=self.day)
        with ahead(*own, *further):
            _ = self.staff, self.grants
            yield

    @property
    def staff_id(self) -> int | None:
        return self.staff.pk if self.staff else None

    @cached_property
    def grants(self) -> list[RoleGrant]:
        """The grants in force whose whole scope is read by the rules; a scope that is not read opens nothing."""
        held = _GRANTS.rows(user=self.user.pk, day=self.day)
        return [grant for grant in held if parts_of(grant) <= READS[grant.role]]

    @cached_property
    def headed_units(self) -> list[int]:
        """The organisations that the viewer is head of today, in any post."""
        if self.staff_id is None:
            return []
        posts = Assignment.objects.on(self.day).filter(staff_id=self.staff_id, head_of_unit=True)
        return list(posts.order_by("pk").values_list("organization_id", flat=True))

    @cached_property
    def audit_cases(self) -> list[AuditCase]:
        """The open cases of an auditor. Without the role a case opens nothing, nor the role without a case."""
        if not self.audits or not self.has(Role.AUDITOR):
            return []
        return list(AuditCase.objects.open_on(self.day).filter(auditor=self.user).order_by("pk"))

    @property
    def cases_used(self) -> list[AuditCase]:
        """The cases that had a say in what was read so far: none where no rule asked for them."""
        held: list[AuditCase] = self.__dict__.get("audit_cases", [])
        return held

    def without_cases(self) -> "Viewer":
        """The same user outside any audit case."""
        return replace(self, audits=False)

    def held(self, *roles: Role) -> list[RoleGrant]:
        """The grants of the roles, however they are narrowed."""
        return [grant for grant in self.grants if grant.role in roles]

    def has(self, *roles: Role) -> bool:
        """Holds one of the roles, for however little."""
        return bool(self.held(*roles))

    def everywhere(self, *roles: Role) -> bool:
        """Holds one of the roles without a scope."""
        return any(not parts_of(grant) for grant in self.held(*roles))

    def roots(self, *roles: Role) -> list[int]:
        """The organisations whose whole subtrees the roles are granted for."""
        return [
            grant.organization_id
            for grant in self.held(*roles)
            if grant.organization_id is not None and parts_of(grant) == {"organization"}
        ]

    def programs(self, *roles: Role) -> list[UUID]:
        """The programmes that the roles are granted for, with everybody in them."""
        return [
            grant.program for grant in self.held(*roles) if grant.program is not None and parts_of(grant) == {"program"}
        ]

    def is_self(self, staff_id: int) -> bool:
        return self.staff_id == staff_id
