"""Who may read and write the skill map.

Levels are HR data: the person, the unit head of today, the skill office, and HR of the person's bureau today read them;
colleagues never. What a person writes is their own until it is submitted.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from academy.access import Viewer, serving_within
from academy.models import Assignment, Role, Staff
from academy.models.organizations import subtree
from academy.posts import unit_head_of, unit_heads_of
from skills.models import (
    HANDED_IN,
    Assessment,
    AssessmentCycle,
    AssessmentStatus,
    FrameworkStatus,
    JobType,
    JobTypeAssignment,
    Rating,
    RatingQuerySet,
    SkillFramework,
    SkillItem,
)

OFFICE = (Role.SKILL_OFFICE, Role.ACADEMY_HR)


# Rules.


def skill_office(viewer: Viewer, row: Any) -> bool:
    """The skill office and central HR: frameworks and cycles are theirs."""
    return viewer.everywhere(*OFFICE)


def own_assessment(viewer: Viewer, assessment: Assessment) -> bool:
    """Only the subject writes self levels."""
    return viewer.is_self(assessment.staff_id)


def may_review(viewer: Viewer, assessment: Assessment) -> bool:
    """The unit head of the person today, or the skill office; never the person."""
    if viewer.is_self(assessment.staff_id):
        return False
    if viewer.everywhere(Role.SKILL_OFFICE) or _serves(assessment.staff_id, viewer, Role.SKILL_OFFICE):
        return True
    return _leads(viewer, assessment.staff_id)


def may_see(viewer: Viewer, assessment: Assessment) -> bool:
    """The predicate beside `assessments_visible_to`: for the unit head there is no draft."""
    if viewer.is_self(assessment.staff_id) or _administers(viewer, assessment.staff):
        return True
    return assessment.status != AssessmentStatus.DRAFT and _leads(viewer, assessment.staff_id)


def may_see_job_type(viewer: Viewer, assignment: JobTypeAssignment) -> bool:
    """The predicate beside `job_type_assignments_visible_to`."""
    if viewer.is_self(assignment.staff_id) or _administers(viewer, assignment.staff):
        return True
    return _leads(viewer, assignment.staff_id)


def _administers(viewer: Viewer, staff: Staff) -> bool:
    if viewer.everywhere(*OFFICE) or _serves(staff.pk, viewer, *OFFICE):
        return True
    return not staff.directory_hidden and _serves(staff.pk, viewer, Role.BUREAU_HR)


def _serves(staff_id: int, viewer: Viewer, *roles: Role) -> bool:
    """Whether the person holds a post today where the viewer holds one of the roles."""
    roots = viewer.roots(*roles)
    return bool(roots) and serving_within(roots, viewer.day).filter(staff_id=staff_id).exists()


def _leads(viewer: Viewer, staff_id: int) -> bool:
    return viewer.staff_id is not None and unit_head_of(staff_id, on=viewer.day) == viewer.staff_id


# Which rows.


def frameworks_visible_to(viewer: Viewer) -> QuerySet[SkillFramework]:
    """Published versions, and retired ones that earlier cycles stand on; drafts are the office's."""
    if skill_office(viewer, None):
        return SkillFramework.objects.all()
    return SkillFramework.objects.exclude(status=FrameworkStatus.DRAFT)


def items_visible_to(viewer: Viewer) -> QuerySet[SkillItem]:
    return SkillItem.objects.filter(framework__in=frameworks_visible_to(viewer))


def job_types_visible_to(viewer: Viewer) -> QuerySet[JobType]:
    return JobType.objects.filter(framework__in=frameworks_visible_to(viewer))


def cycles_visible_to(viewer: Viewer) -> QuerySet[AssessmentCycle]:
    """When one is assessed is no secret."""
    return AssessmentCycle.objects.all()


def assessments_visible_to(viewer: Viewer) -> QuerySet[Assessment]:
    """One's own, those of one's people today as HR, and those submitted to one as unit head today."""
    if viewer.everywhere(*OFFICE):
        return Assessment.objects.all()
    led = Q(staff_id__in=led_by(viewer, Assessment.objects.all())) & ~Q(status=AssessmentStatus.DRAFT)
    return Assessment.objects.filter(_own_or_administered(viewer) | led)


def job_type_assignments_visible_to(viewer: Viewer) -> QuerySet[JobTypeAssignment]:
    """The job types of the people whose assessments one may see."""
    if viewer.everywhere(*OFFICE):
        return JobTypeAssignment.objects.all()
    led = Q(staff_id__in=led_by(viewer, JobTypeAssignment.objects.all()))
    return JobTypeAssignment.objects.filter(_own_or_administered(viewer) | led)


def ratings_visible_to(viewer: Viewer) -> RatingQuerySet:
    """All revisions of one's own; of others what was handed in, and of each round only what was handed in at its end."""
    later = Rating.objects.filter(
        assessment=OuterRef("assessment"),
        item=OuterRef("item"),
        round=OuterRef("round"),
        revision__gt=OuterRef("revision"),
    )
    submitted = Q(assessment__status__in=HANDED_IN) | Q(round__lte=F("assessment__submissions"))
    own = Q(assessment__staff_id=viewer.staff_id) if viewer.staff_id else Q(pk__in=[])
    seen = Rating.objects.filter(assessment__in=assessments_visible_to(viewer))
    return seen.filter(own | (submitted & ~Exists(later)))


def _own_or_administered(viewer: Viewer) -> Q:
    scope = Q(staff_id=viewer.staff_id) if viewer.staff_id else Q(pk__in=[])
    if roots := viewer.roots(*OFFICE):
        scope |= Q(staff_id__in=serving_within(roots, viewer.day))
    if roots := viewer.roots(Role.BUREAU_HR):
        scope |= Q(staff_id__in=serving_within(roots, viewer.day), staff__directory_hidden=False)
    return scope


def led_by(viewer: Viewer, rows: QuerySet[Any]) -> list[int]:
    """Of the people that the rows are about, those whose unit head the viewer is today."""
    if not viewer.headed_units:
        return []
    below = (
        Assignment.objects.on(viewer.day).primary().filter(organization_id__in=subtree(viewer.headed_units, viewer.day))
    )
    people = rows.filter(staff_id__in=below.values("staff_id")).values_list("staff_id", flat=True).distinct()
    heads = unit_heads_of(people, on=viewer.day)
    return [person for person, head in heads.items() if head == viewer.staff_id]
