"""What the plays about seats begin with: sessions that take applications, and one-line moves."""

import itertools
from collections.abc import Sequence
from typing import Any

from academy.models import Staff
from courses.models import Session
from enrollments.models import Enrollment
from enrollments.operations import applications, assigning, leaving
from tests import cast as members
from tests import stage
from tests.cast import Cast

FOR_ICT = {"job_family": ["ict"]}
JULY = (("2022-07-14 14:00", "2022-07-14 16:00"),)


def open_session(*, rule: object = None, **fields: Any) -> Session:
    """A published first-come session, open from June to 10 July."""
    course = fields.pop("course", None) or stage.course(rule=rule, repeatable=fields.pop("repeatable", True))
    return stage.session(
        course,
        **{
            "times": JULY,
            "status": "published",
            "apply_from": stage.tokyo("2022-06-01 09:00"),
            "apply_until": stage.tokyo("2022-07-10 17:00"),
            **fields,
        },
    )


def apply(session: Session, staff: Staff) -> Enrollment:
    return applications.apply(session_id=session.pk, staff_id=staff.pk, by=staff.user)


def withdraw(enrollment: Enrollment) -> Enrollment:
    return leaving.withdraw(enrollment_id=enrollment.pk, by=enrollment.staff.user)


def assign(session: Session, staff: Sequence[Staff], cast: Cast) -> list[tuple[str, ...]]:
    """HR gives seats; why not, in the order of the people."""
    codes, _ = assigning.assign(session_id=session.pk, staff_ids=[each.pk for each in staff], by=cast.hr)
    return [codes[each.pk] for each in staff]


_numbers = itertools.count(10_000)


def crowd(cast: Cast, size: int) -> list[Staff]:
    """People of the ICT family in the digital bureau, without accounts."""
    found = []
    for number in itertools.islice(_numbers, size):
        names = ("人", str(number), "ヒト", str(number))
        person = members.person(names, str(number), issuer=cast.tmg, hiring=cast.hiring)
        members.post(person, cast.skills, cast.grades["shuji"], cast.ict_family)
        found.append(person)
    return found


def line(session: Session) -> list[tuple[int, str]]:
    """Who is in a session with which status, in the order of application."""
    return list(Enrollment.objects.filter(session=session).order_by("queue_no").values_list("staff_id", "status"))
