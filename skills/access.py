"""Who may read and write the skill map.

Levels are HR data: the person, the unit head of today, the skill office, and HR of the person's bureau today read them;
colleagues never. What a person writes is their own until it is submitted. A skill office that was given a job family
works for the people of that family; frameworks and cycles stay with an office for all. Who is hidden in the directory is
seen by academy HR of the person alone, and is therefore reviewed there.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from academy.access import NOBODY, Viewer, is_hr_of, people_in_scope, people_of_hr, reaches, shown
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

# Rules.


def skill_office(viewer: Viewer, row: Any) -> bool:
    """The skill office for all and central HR: frameworks and cycles are theirs."""
    return viewer.everywhere(Role.SKILL_OFFICE, Role.ACADEMY_HR)


def own_assessment(viewer: Viewer, assessment: Assessment) -> bool:
    """Only the subject writes self levels."""
    return viewer.is_self(assessment.staff_id)


def may_review(viewer: Viewer, assessment: Assessment) -> bool:
    """The unit head of the person today, or the skill office; of a hidden person academy HR; never the person."""
    if viewer.is_self(assessment.staff_id):
        return False
    if assessment.staff.directory_hidden:
        return reaches(viewer, assessment.staff_id, Role.ACADEMY_HR)
    return reaches(viewer, assessment.staff_id, Role.SKILL_OFFICE) or _leads(viewer, assessment.staff)


def may_see(viewer: Viewer, assessment: Assessment) -> bool:
    """The predicate beside `assessments_visible_to`: for the unit head there is no draft."""
    if viewer.is_self(assessment.staff_id) or _administers(viewer, assessment.staff):
        return True
    return assessment.status != AssessmentStatus.DRAFT and _leads(viewer, assessment.staff)


def may_see_job_type(viewer: Viewer, assignment: JobTypeAssignment) -> bool:
    """The predicate beside `job_type_assignments_visible_to`."""
    if viewer.is_self(assignment.staff_id) or _administers(viewer, assignment.staff):
        return True
    return _leads(viewer, assignment.staff)


def may_see_rating(viewer: Viewer, rating: Rating) -> bool:
    """The predicate beside `ratings_visible_to`."""
    assessment = rating.assessment
    if not may_see(viewer, assessment):
        return False
    if viewer.is_self(assessment.staff_id):
        return True
    if assessment.status not in HANDED_IN and rating.round > assessment.submissions:
        return False
    same_round = Rating.objects.filter(assessment=assessment, item=rating.item_id, round=rating.round)
    return rating.revision == max(each.revision for each in same_round)


def may_see_framework(viewer: Viewer, framework: SkillFramework) -> bool:
    """The predicate beside `frameworks_visible_to`."""
    return framework.status != FrameworkStatus.DRAFT or skill_office(viewer, framework)


def may_see_part(viewer: Viewer, part: SkillItem | JobType) -> bool:
    """The predicate beside `items_visible_to` and `job_types_visible_to`: what belongs to a framework one sees."""
    return may_see_framework(viewer, part.framework)


def _administers(viewer: Viewer, staff: Staff) -> bool:
    if is_hr_of(viewer, staff):
        return True
    return not staff.directory_hidden and reaches(viewer, staff.pk, Role.SKILL_OFFICE)


def _leads(viewer: Viewer, staff: Staff) -> bool:
    if viewer.staff_id is None or staff.directory_hidden:
        return False
    return unit_head_of(staff.pk, on=viewer.day) == viewer.staff_id


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
    if viewer.everywhere(Role.ACADEMY_HR):
        return Assessment.objects.all()
    led = Q(staff_id__in=led_by(viewer, Assessment.objects.all())) & ~Q(status=AssessmentStatus.DRAFT)
    return Assessment.objects.filter(_own_or_administered(viewer) | led)


def job_type_assignments_visible_to(viewer: Viewer) -> QuerySet[JobTypeAssignment]:
    """The job types of the people whose assessments one may see."""
    if viewer.everywhere(Role.ACADEMY_HR):
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
    scope = Q(staff_id=viewer.staff_id) if viewer.staff_id else NOBODY
    scope |= people_of_hr(viewer, "staff")
    if viewer.has(Role.SKILL_OFFICE):
        scope |= people_in_scope(viewer, Role.SKILL_OFFICE, of="staff") & shown("staff")
    return scope


def led_by(viewer: Viewer, rows: QuerySet[Any]) -> list[int]:
    """Of the people that the rows are about, those whose unit head the viewer is today; hidden ones are not among them."""
    if not viewer.headed_units:
        return []
    below = (
        Assignment.objects.on(viewer.day).primary().filter(organization_id__in=subtree(viewer.headed_units, viewer.day))
    )
    led = rows.filter(shown("staff"), staff_id__in=below.values("staff_id"))
    heads = unit_heads_of(led.values_list("staff_id", flat=True).distinct(), on=viewer.day)
    return [person for person, head in heads.items() if head == viewer.staff_id]
