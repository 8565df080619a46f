"""What a roster does to enrolments: copies of posts put right, seats of people who leave, people no longer eligible.

An enrolment copies organisation, bureau, grade and job family of its reference date. A roster that comes late, or early,
makes some of them wrong: they are put right, judged ones too, and each correction stays to be read.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from academy.facts import Facts, facts_of_pairs
from academy.rosters.effects import Change, Told, Watch, roster_effect
from academy.text import Text
from courses import audiences
from courses.models import Session
from enrollments.models import JUDGED, LIVE, Enrollment

ENROLLMENT = "enrollments.enrollment"
AT_A_TIME = 20_000


@roster_effect(
    enrollment_corrected=Text("所属・職層などを訂正する受講", "An enrolment whose organisation or grade is corrected"),
)
def corrected_copies(change: Change) -> Watch:
    """Enrolments with a reference date on or after the day: what they copied follows the posts of that date."""
    yield
    rows = Enrollment.objects.filter(
        staff_id__in=change.concerned, reference_date__gte=change.effective_on, status__in=[*LIVE, *JUDGED]
    )
    asked = list(rows.order_by("pk").values_list("pk", "staff_id", "reference_date"))
    corrected: list[int] = []
    for start in range(0, len(asked), AT_A_TIME):
        part = asked[start : start + AT_A_TIME]
        facts = facts_of_pairs((staff, day) for _, staff, day in part)
        corrected += _correct(change, [(pk, facts[staff, day]) for pk, staff, day in part if (staff, day) in facts])
    told = Enrollment.objects.filter(pk__in=corrected).order_by("pk")
    return [
        Told("enrollment_corrected", staff, ENROLLMENT, public_id, {"reference_date": day, "status": status})
        for public_id, staff, day, status in told.values_list("public_id", "staff_id", "reference_date", "status")
    ]


def _correct(change: Change, wanted: list[tuple[int, Facts]]) -> list[int]:
    params: dict[str, Any] = {
        "roster": change.roster.pk,
        "enrollment": [pk for pk, _ in wanted],
        "organization": [facts.organization_id for _, facts in wanted],
        "bureau": [facts.bureau_id for _, facts in wanted],
        "grade": [facts.grade_id for _, facts in wanted],
        "job_family": [facts.job_family_id for _, facts in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, params)
        return [pk for (pk,) in cursor.fetchall()]


_CORRECT = """
    WITH wanted AS (
        SELECT * FROM unnest(
            %(enrollment)s::bigint[], %(organization)s::bigint[], %(bureau)s::bigint[], %(grade)s::bigint[],
            %(job_family)s::bigint[]
        ) AS each (id, organization_id, bureau_id, grade_id, job_family_id)
    ), wrong AS (
        SELECT held.organization_id AS old_organization, held.bureau_id AS old_bureau, held.grade_id AS old_grade,
            held.job_family_id AS old_family, wanted.*
        FROM wanted JOIN enrollments_enrollment AS held ON held.id = wanted.id
        WHERE (held.organization_id, held.bureau_id, held.grade_id, held.job_family_id)
            <> (wanted.organization_id, wanted.bureau_id, wanted.grade_id, wanted.job_family_id)
        ORDER BY held.id FOR NO KEY UPDATE OF held
    ), put_right AS (
        UPDATE enrollments_enrollment AS held SET organization_id = wrong.organization_id, bureau_id = wrong.bureau_id,
            grade_id = wrong.grade_id, job_family_id = wrong.job_family_id
        FROM wrong WHERE held.id = wrong.id RETURNING held.id
    )
    INSERT INTO enrollments_enrollmentcorrection (
        public_id, recorded_at, enrollment_id, roster_id, organization_before_id, organization_after_id, bureau_before_id,
        bureau_after_id, grade_before_id, grade_after_id, job_family_before_id, job_family_after_id
    )
    SELECT academy_uuid7(), academy_now(), wrong.id, %(roster)s, old_organization, organization_id, old_bureau, bureau_id,
        old_grade, grade_id, old_family, job_family_id
    FROM wrong JOIN put_right USING (id) RETURNING enrollment_id
"""


@roster_effect(
    seat_of_leaver=Text("いなくなる人の申込み・席", "A seat or application of somebody who leaves"),
    no_longer_eligible=Text(
        "申込み・席の要件を満たさなくなる人", "Somebody no longer eligible for what they applied to"
    ),
)
def seats_in_question(change: Change) -> Watch:
    """Live enrolments for the day or later: of who leaves, and of who was in the audience and is no more."""
    rows = Enrollment.objects.filter(
        staff_id__in=change.concerned, reference_date__gte=change.effective_on, status__in=LIVE
    )
    asked = list(rows.order_by("pk").values_list("public_id", "staff_id", "session_id", "reference_date", "status"))
    before = _eligible(asked)
    yield
    after, leavers = _eligible(asked), set(change.leavers)
    titles = dict(Session.objects.filter(pk__in={row[2] for row in asked}).values_list("pk", "title_ja"))
    return [
        Told(
            "seat_of_leaver" if staff in leavers else "no_longer_eligible",
            staff,
            ENROLLMENT,
            public_id,
            {"session_title_ja": titles[session], "status": status},
        )
        for public_id, staff, session, _, status in asked
        if staff in leavers or (public_id in before and public_id not in after)
    ]


def _eligible(asked: Iterable[tuple[UUID, int, int, dt.date, str]]) -> set[UUID]:
    """Those of the enrolments whose person is in the audience on the reference date: a statement a session and date."""
    groups: dict[tuple[int, dt.date], list[tuple[int, UUID]]] = {}
    for public_id, staff, session, day, _ in asked:
        groups.setdefault((session, day), []).append((staff, public_id))
    sessions = Session.objects.with_audience().in_bulk({session for session, _ in groups})
    found: set[UUID] = set()
    for (session, day), people in groups.items():
        audience = audiences.people(sessions[session].applicable_audience, day)
        admitted = set(audience.filter(pk__in=[staff for staff, _ in people]).values_list("pk", flat=True))
        found.update(public_id for staff, public_id in people if staff in admitted)
    return found
