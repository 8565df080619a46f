"""Rules that need no row: who the viewer is. The second argument is the row, or None where there is none."""

from typing import Any

from academy.access.viewer import HR, Viewer
from academy.models import Role


def signed_in(viewer: Viewer, row: Any) -> bool:
    """Also the predicate of whatever is public within the service."""
    return True


def staff_only(viewer: Viewer, row: Any) -> bool:
    """Whoever is a person here: has a staff row of their own."""
    return viewer.staff_id is not None


def academy_hr(viewer: Viewer, row: Any) -> bool:
    """Academy HR of all people or of whole organisations."""
    return central_hr(viewer, row) or bool(viewer.roots(Role.ACADEMY_HR))


def central_hr(viewer: Viewer, row: Any) -> bool:
    """Academy HR without a scope: what concerns everybody is theirs alone."""
    return viewer.everywhere(Role.ACADEMY_HR)


def any_hr(viewer: Viewer, row: Any) -> bool:
    """HR of all people or of whole organisations."""
    return central_hr(viewer, row) or bool(viewer.roots(*HR))


def office(viewer: Viewer, row: Any) -> bool:
    """Whoever has work on the admin site: HR of all people or of whole organisations, and managers of programmes."""
    return any_hr(viewer, None) or bool(viewer.programs(Role.PROGRAMME_MANAGER))
