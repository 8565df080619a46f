"""Which people, posts and statuses a viewer sees. Organisations, grades and families are public within the service."""

from django.db.models import Q, QuerySet

from academy.access.scope import (
    NOBODY,
    inside,
    is_audited,
    is_head_of,
    is_hr_of,
    people_audited,
    people_headed,
    people_of_hr,
    post_is_reached,
    posts_reached,
    shown,
)
from academy.access.viewer import HR, Viewer
from academy.models import (
    Assignment,
    Grade,
    HiringCategory,
    JobFamily,
    Organization,
    Role,
    Staff,
    StaffStatus,
)
from academy.models.organizations import subtree


def staff_known_to(viewer: Viewer) -> QuerySet[Staff]:
    """Whom a viewer may name: self, those of the HR scope, those of headed units.

    A hidden person is seen by self and by academy HR alone.
    """
    if viewer.everywhere(Role.ACADEMY_HR):
        return Staff.objects.registered()
    return Staff.objects.registered().filter(_known(viewer))


def knows(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `staff_known_to`."""
    if staff.voided_at is not None:
        return False
    return viewer.is_self(staff.pk) or is_hr_of(viewer, staff) or is_head_of(viewer, staff)


def staff_visible_to(viewer: Viewer) -> QuerySet[Staff]:
    """People a viewer sees: those one may name, and those whom an open audit case is about. `staff/` is no directory."""
    if viewer.everywhere(Role.ACADEMY_HR):
        return Staff.objects.registered()
    return Staff.objects.registered().filter(_known(viewer) | people_audited(viewer))


def may_see_person(viewer: Viewer, staff: Staff) -> bool:
    """The predicate beside `staff_visible_to`."""
    return knows(viewer, staff) or (staff.voided_at is None and is_audited(viewer, staff))


def assignments_visible_to(viewer: Viewer) -> QuerySet[Assignment]:
    """The posts, past ones too, of the people one may name; and as HR those held inside one's scope by who moved on.

    An audit case shows the posts inside its organisation. A hidden person's posts are seen with the person alone.
    """
    posts = Assignment.objects.live()
    if viewer.everywhere(Role.ACADEMY_HR):
        return posts
    seen = Q(staff__in=staff_known_to(viewer).values("pk"))
    if grants := viewer.held(*HR):
        seen |= posts_reached(grants, viewer.day) & shown("staff")
    return posts.filter(seen | _audited_posts(viewer))


def may_see_post(viewer: Viewer, post: Assignment) -> bool:
    """The predicate beside `assignments_visible_to`."""
    if post.superseded_at is not None:
        return False
    if knows(viewer, post.staff):
        return True
    if post.staff.directory_hidden:
        return False
    if any(post_is_reached(grant, post, viewer.day) for grant in viewer.held(*HR)):
        return True
    return any(
        case.organization_id is None or inside([case.organization_id], [post.organization_id], viewer.day)
        for case in viewer.audit_cases
    )


def statuses_visible_to(viewer: Viewer) -> QuerySet[StaffStatus]:
    """What a person is besides the post: for the person, whoever is HR of the person today, and an open audit case.

    Heads of units and everybody else read nothing of it.
    """
    statuses = StaffStatus.objects.live()
    if viewer.everywhere(Role.ACADEMY_HR):
        return statuses
    return statuses.filter(_own(viewer, "staff") | people_of_hr(viewer, "staff") | people_audited(viewer, "staff"))


def may_see_status(viewer: Viewer, status: StaffStatus) -> bool:
    """The predicate beside `statuses_visible_to`."""
    if status.superseded_at is not None:
        return False
    return viewer.is_self(status.staff_id) or is_hr_of(viewer, status.staff) or is_audited(viewer, status.staff)


def organizations_visible_to(viewer: Viewer) -> QuerySet[Organization]:
    """The tree of organisations is public within the service."""
    return Organization.objects.all()


def grades_visible_to(viewer: Viewer) -> QuerySet[Grade]:
    return Grade.objects.all()


def job_families_visible_to(viewer: Viewer) -> QuerySet[JobFamily]:
    return JobFamily.objects.all()


def hiring_categories_visible_to(viewer: Viewer) -> QuerySet[HiringCategory]:
    return HiringCategory.objects.all()


def _own(viewer: Viewer, of: str = "") -> Q:
    return Q(**{f"{of}_id" if of else "pk": viewer.staff_id}) if viewer.staff_id else NOBODY


def _known(viewer: Viewer) -> Q:
    return _own(viewer) | people_of_hr(viewer) | people_headed(viewer)


def _audited_posts(viewer: Viewer) -> Q:
    if not viewer.audit_cases:
        return NOBODY
    roots = [case.organization_id for case in viewer.audit_cases if case.organization_id]
    if len(roots) < len(viewer.audit_cases):
        return shown("staff")
    return Q(organization_id__in=subtree(roots, viewer.day)) & shown("staff")
