"""The completion report over the whole set, beside the plain hand-written GROUP BY of the same numbers."""

from functools import partial
from typing import Any

from django.db import connection

from academy.access import Viewer
from academy.models import User
from enrollments.reports import completion
from enrollments.reports.completion import By
from tests.bench import seed
from tests.bench.calls import expect
from tests.bench.figures import Figure, in_turns, seconds_of

FASTER = 20.0
SLOWEST = 0.100  # seconds over HTTP
_BY_HAND = """
    SELECT {group}, program.pillar, count(*), count(DISTINCT staff_id),
        count(*) FILTER (WHERE decided), count(DISTINCT staff_id) FILTER (WHERE decided),
        count(*) FILTER (WHERE attended), count(DISTINCT staff_id) FILTER (WHERE attended),
        count(*) FILTER (WHERE status = 'completed'), count(DISTINCT staff_id) FILTER (WHERE status = 'completed'),
        count(*) FILTER (WHERE status = 'attended'), count(*) FILTER (WHERE status = 'not_completed'),
        count(*) FILTER (WHERE status = 'absent'), count(*) FILTER (WHERE status IN ('enrolled', 'in_progress')),
        count(*) FILTER (WHERE status IN ('withdrawn', 'cancelled') AND decided_at IS NOT NULL)
    FROM (
        SELECT *, status IN ('enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') AS decided,
            status IN ('enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') AND (
                EXISTS (
                    SELECT FROM enrollments_attendance AS mark JOIN courses_meeting AS meeting ON meeting.id = meeting_id
                    WHERE enrollment_id = row.id AND mark IN ('present', 'late') AND meeting.cancelled_at IS NULL
                    AND NOT EXISTS (
                        SELECT FROM enrollments_attendance AS later WHERE later.enrollment_id = mark.enrollment_id
                        AND later.meeting_id = mark.meeting_id AND later.revision > mark.revision
                    )
                ) OR EXISTS (SELECT FROM enrollments_lessonprogress WHERE enrollment_id = row.id)
            ) AS attended
        FROM enrollments_enrollment AS row
    ) AS each
    JOIN courses_course AS course ON course.id = course_id JOIN courses_program AS program ON program.id = program_id
    GROUP BY GROUPING SETS (({group}, program.pillar), (program.pillar))
""".replace("mark IN", "mark.mark IN")
GROUPS = {By.PROGRAM: "program_id", By.GRADE: "grade_id"}


def measure(*, turns: int) -> list[Figure]:
    """Seconds of the report's function and of the statement, and of the report over HTTP; both give the same counts."""
    viewer = Viewer(User.objects.get(username=seed.HR))
    figures = []
    for by, group in GROUPS.items():
        _refuse_difference(by, group, viewer)
        words = f"completion report by {by}, all enrolments"
        ours, rival = in_turns(partial(_rows, by, viewer), partial(_by_hand, group), turns=turns)
        figures += [_compared(words, ours, rival), _over_http(words, by)]
    return figures


def _over_http(words: str, by: By) -> Figure:
    """One request: at full size it takes long enough to be no accident."""
    taken = seconds_of(partial(expect, 200, f"/api/v1/reports/completion/?by={by}", seed.HR))
    target = f"< {SLOWEST * 1000:.0f} ms"
    return Figure(f"{words}, over HTTP", "s", taken, None, None, target, taken < SLOWEST)


def _compared(words: str, ours: float, rival: float) -> Figure:
    ratio = rival / ours
    return Figure(words, "s", ours, rival, ratio, f"≥ {FASTER:.0f} ×", ratio >= FASTER)


def _rows(by: By, viewer: Viewer) -> list[completion.Row]:
    return completion.rows(completion.Params(by=by), viewer=viewer)


def _by_hand(group: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND.format(group=group))
        return list(cursor.fetchall())


def _refuse_difference(by: By, group: str, viewer: Viewer) -> None:
    ours = sorted(
        (
            row.applied, row.applied_people, row.decided, row.decided_people, row.attended, row.attended_people,
            row.completed, row.completed_people, row.participated, row.not_completed, row.absent, row.in_progress,
            row.given_up,
        )
        for row in _rows(by, viewer)
    )  # fmt: skip
    if ours != sorted(row[2:] for row in _by_hand(group)):
        raise RuntimeError("the report and the statement count differently")
