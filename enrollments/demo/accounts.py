"""The accounts of the cast. Everybody signs in with the same word, so they exist in a demonstration alone."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.models import AuditCase, JobFamily, Organization, Role, RoleGrant, Staff, User
from enrollments.demo.people import Person
from enrollments.demo.repeatable import FIRST_DAY, moment, story_id

PASSWORD = "demo"  # noqa: S105 - the demonstration's, refused in production
SALT = "academydemonstration"
AUDIT_ENDS = dt.date(2023, 4, 1)  # the day after the fiscal year
CAST = ("hr", "bureau-hr", "staff", "ict", "ict2", "head", "trainer", "auditor", "hr2")


def create_accounts(people: Mapping[str, Person]) -> dict[str, User]:
    """One account for each of the cast; the word is hashed once, since hashing is made slow."""
    password = make_password(PASSWORD, salt=SALT)
    opened = moment(FIRST_DAY, 9)
    users = [
        User(
            public_id=story_id("user", name),
            username=name,
            password=password,
            created_at=opened,
        )
        for name in CAST
    ]
    User.objects.bulk_create(users)
    for user in users:
        people[user.username].staff.user = user
    Staff.objects.bulk_update([people[name].staff for name in CAST], ["user"])
    return {user.username: user for user in users}


def grant_roles(users: Mapping[str, User], *, digital_bureau: Organization, seminar: UUID) -> None:
    """hr and hr2 everywhere, bureau-hr for デジタルサービス局, trainer for the innovation seminar; auditor in a case opened by hr."""
    _grant(users["hr"], Role.ACADEMY_HR, users["hr"])
    _grant(users["hr2"], Role.ACADEMY_HR, users["hr"])  # what takes a second person takes this one
    _grant(users["bureau-hr"], Role.BUREAU_HR, users["hr"], organization=digital_bureau)
    _grant(users["trainer"], Role.PROGRAMME_MANAGER, users["hr"], program=seminar)
    _grant(users["auditor"], Role.AUDITOR, users["hr"])
    AuditCase.objects.create(
        public_id=story_id("audit_case", "auditor"),
        auditor=users["auditor"],
        opened_by=users["hr"],
        purpose="令和4年度 研修事務の定期監査(架空)",
        opened_at=moment(FIRST_DAY, 9),
        during=DateRange(FIRST_DAY, AUDIT_ENDS),
    )


def _grant(
    user: User,
    role: Role,
    by: User,
    *,
    organization: Organization | None = None,
    program: UUID | None = None,
    job_family: JobFamily | None = None,
) -> None:
    RoleGrant.objects.create(
        public_id=story_id("role_grant", f"{user.username}/{role.value}"),
        user=user,
        role=role,
        organization=organization,
        program=program,
        job_family=job_family,
        granted_by=by,
        granted_at=moment(FIRST_DAY, 9),
        during=DateRange(FIRST_DAY, None),
    )
