"""Who may ask for a report. What is counted is `enrollments_reported_to`; this only closes the door to others."""

from typing import Any

from academy.access import Viewer
from academy.models import Role
from courses.models import SessionInstructor


def may_read_reports(viewer: Viewer, row: Any) -> bool:
    """Who answers for other people's training: HR, programme managers, heads of units, instructors of any session.

    The `statistics` role reads no individuals, so these reports, which are counted on rows, are closed to it. A provider
    is an outside company, and an audit case is about rows: neither opens a report.
    """
    if may_read_hiring_years(viewer):
        return True
    if viewer.staff_id is None:
        return False
    return SessionInstructor.objects.filter(instructor__staff_id=viewer.staff_id).exists()


def may_read_hiring_years(viewer: Viewer) -> bool:
    """HR and heads of units answer for the people; programme managers (事務局) run the programme and report on it.

    Who only instructs sees who sits in the session and what they did there: the year a person was hired is not theirs.
    """
    return viewer.has(Role.ACADEMY_HR, Role.BUREAU_HR, Role.PROGRAMME_MANAGER) or bool(viewer.headed_units)
