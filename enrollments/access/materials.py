"""Who sees which materials: identity and role only, never state.

For everybody: whoever sees the version, the lesson or the session that it belongs to. For those with a seat: who takes part
in that session, or in one that is held with that version, and who teaches it. Whoever plans the course sees both.
"""

from django.db.models import Q, QuerySet

from academy.access import Viewer
from academy.models import Role
from courses.access import (
    content_versions_visible_to,
    may_schedule,
    may_see_session,
    may_see_version,
    programs_planned_by,
    sessions_visible_to,
    teaches,
)
from courses.models import ContentVersion, Material, MaterialFor, Session
from courses.models.meetings import taught_by
from enrollments.models import PARTICIPATING, Enrollment


def materials_visible_to(viewer: Viewer) -> QuerySet[Material]:
    """Without the files themselves, which only a download reads."""
    rows = Material.objects.defer("content")
    if viewer.everywhere(Role.ACADEMY_HR):
        return rows
    planned = programs_planned_by(viewer).values("pk")
    seen = Q(shown_to=MaterialFor.EVERYBODY) & (
        _of_versions(content_versions_visible_to(viewer)) | Q(session__in=sessions_visible_to(viewer).values("pk"))
    )
    seen |= _of_versions(ContentVersion.objects.filter(course__program__in=planned))
    seen |= Q(session__in=Session.objects.filter(course__program__in=planned).values("pk"))
    if viewer.staff_id is not None:
        attended = Enrollment.objects.filter(staff_id=viewer.staff_id, status__in=PARTICIPATING)
        own = Session.objects.filter(Q(pk__in=attended.values("session_id")) | Q(taught_by(viewer.staff_id)))
        seen |= Q(session__in=own.values("pk"))
        seen |= _of_versions(ContentVersion.objects.filter(pk__in=own.values("content_id")))
    return rows.filter(seen)


def _of_versions(versions: QuerySet[ContentVersion]) -> Q:
    keys = versions.values("pk")
    return Q(version__in=keys) | Q(lesson__module__version__in=keys)


def may_see_material(viewer: Viewer, material: Material) -> bool:
    """The predicate beside `materials_visible_to`."""
    version = version_of(material)
    owner = version or material.session
    if may_schedule(viewer, owner):
        return True
    sessions = [material.session] if material.session else list(version.sessions.all()) if version else []
    if any(_takes_part(viewer, session) or teaches(viewer, session) for session in sessions):
        return True
    if material.shown_to != MaterialFor.EVERYBODY:
        return False
    if version is not None:
        return may_see_version(viewer, version)
    return material.session is not None and may_see_session(viewer, material.session)


def may_keep_material(viewer: Viewer, material: Material | None) -> bool:
    """Whoever plans the course that it belongs to. Asked without one: whether one plans any."""
    return may_schedule(viewer, material and (version_of(material) or material.session))


def version_of(material: Material) -> ContentVersion | None:
    return material.lesson.module.version if material.lesson else material.version


def _takes_part(viewer: Viewer, session: Session) -> bool:
    return any(viewer.is_self(each.staff_id) and each.status in PARTICIPATING for each in session.enrollments.all())
