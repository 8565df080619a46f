"""Self-assessment, its submission, and its confirmation or return by the reviewer.

Every operation locks the assessment, and refuses while the cycle is closed: a closed period is read-only for all.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from academy import clock
from academy.access import Viewer
from academy.errors import Fault, Faults, Forbidden, IllegalTransition, RosterAwaited
from academy.facts import facts_of
from academy.models import User
from academy.operations.base import note, operation
from academy.text import Text
from academy.waiting import pauses_over_staff, waits_until
from skills import access
from skills.errors import CycleNotOpen, NotInSkillMap, RatingsMissing, SelfAssessmentClosed
from skills.models import (
    WRITABLE,
    Assessment,
    AssessmentCycle,
    AssessmentStatus,
    AssessmentStep,
    Rating,
    SkillItem,
    SkillLevel,
)

JOB_FAMILY = "ict"  # ICT職: whom the map covers


class SelfRating(TypedDict):
    """A part of a self-assessment: one item by its public id. What is left out stays as it was."""

    item: UUID
    self_level: NotRequired[int | None]
    evidence: NotRequired[str]
    comment: NotRequired[str]


class Confirmation(TypedDict):
    """What the reviewer says of one item."""

    item: UUID
    confirmed_level: NotRequired[int]
    review_comment: NotRequired[str]


@operation
def start_assessment(*, cycle_id: int, staff_id: int, by: User) -> Assessment:
    """A person of the ICT job family begins their own assessment, once in a cycle, while it is open."""
    cycle = AssessmentCycle.objects.get(pk=cycle_id)
    if Viewer(by).staff_id != staff_id:
        raise Forbidden
    now = clock.now()
    _refuse_closed(cycle, now)
    facts = facts_of([staff_id], on=clock.business_date(now)).get(staff_id)
    if facts is None or facts.job_family != JOB_FAMILY:
        raise NotInSkillMap
    assessment = Assessment.objects.create(cycle=cycle, staff_id=staff_id)
    Assessment.objects.filter(pk=assessment.pk).write_first_steps(by=by)
    return assessment


@operation
def save_ratings(*, assessment_id: int, ratings: Sequence[SelfRating], by: User) -> Assessment:
    """The subject saves a part: a further revision of each rating that changed, and of no other."""
    assessment = _locked(assessment_id, access.own_assessment, by)
    if assessment.status not in WRITABLE:
        raise SelfAssessmentClosed
    items = _named_items(assessment, ratings, "self_level")
    current = _current(assessment)
    revisions = [_revised(assessment, items[given["item"]], current, given) for given in ratings]
    written = Rating.objects.bulk_create(_changed(revisions, current, by))
    note(assessment, revisions=len(written))
    return assessment


@operation
def submit(*, assessment_id: int, by: User) -> Assessment:
    """The subject hands the assessment to the reviewer once every item has a level: missing is not zero."""
    assessment = _locked(assessment_id, access.own_assessment, by)
    if assessment.status not in WRITABLE:
        raise SelfAssessmentClosed
    current = _current(assessment)
    missing = [item for item in _items(assessment) if item.pk not in current or current[item.pk].self_level is None]
    if missing:
        raise RatingsMissing(faults=[_missing(item) for item in missing], count=len(missing))
    return _moved(assessment, AssessmentStatus.SUBMITTED, by, submissions=assessment.submissions + 1)


@operation
def confirm(*, assessment_id: int, ratings: Sequence[Confirmation], by: User) -> Assessment:
    """The reviewer confirms the levels, item by item where they differ; the others are confirmed as assessed."""
    assessment = _locked(assessment_id, access.may_review, by)
    _refuse_unless_decidable(assessment, AssessmentStatus.CONFIRMED)
    items = _named_items(assessment, ratings, "confirmed_level")
    current = _current(assessment)
    given_for = {items[given["item"]].pk: given for given in ratings}
    written = Rating.objects.bulk_create(
        _confirmed(assessment, rating, given_for.get(rating.item_id), by) for rating in current.values()
    )
    note(assessment, revisions=len(written))
    return _moved(assessment, AssessmentStatus.CONFIRMED, by, reviewer=Viewer(by).staff_id)


@operation
def return_(*, assessment_id: int, reason: str, by: User) -> Assessment:
    """The reviewer gives a submitted assessment back, with a reason, and the subject may write again."""
    assessment = _locked(assessment_id, access.may_review, by)
    faults = Faults()
    if not reason.strip():
        faults.add("/reason", "required", "差戻しには理由が必要です。", "A return needs a reason.")
    faults.refuse()
    _refuse_unless_decidable(assessment, AssessmentStatus.RETURNED)
    return _moved(assessment, AssessmentStatus.RETURNED, by, reason=reason, reviewer=Viewer(by).staff_id)


# Lock and refuse.


def _locked(assessment_id: int, rule: Callable[[Viewer, Assessment], bool], by: User) -> Assessment:
    """The assessment under its lock. Who may is asked again here: the reviewer may have changed since the request."""
    assessment = Assessment.objects.locked().get(pk=assessment_id)
    if not rule(Viewer(by), assessment):
        raise Forbidden
    _refuse_closed(assessment.cycle, assessment.now)
    return assessment


def _refuse_closed(cycle: AssessmentCycle, now: dt.datetime) -> None:
    if not cycle.is_open_at(now):
        raise CycleNotOpen(opens_at=_in_tokyo(cycle.opens_at), closes_at=_in_tokyo(cycle.closes_at))


def _refuse_unless_decidable(assessment: Assessment, new: AssessmentStatus) -> None:
    """A review is of what was submitted, and waits for an awaited roster that may change who reviews."""
    if assessment.status != AssessmentStatus.SUBMITTED:
        raise IllegalTransition(old=assessment.status, new=new.value)
    handed_in = AssessmentStep.objects.filter(subject=assessment, new=AssessmentStatus.SUBMITTED).latest("pk").at
    pauses = pauses_over_staff([assessment.staff_id]).get(assessment.staff_id, [])
    until = waits_until(pauses, since=handed_in, now=assessment.now)
    if until is not None:
        raise RosterAwaited(until=_in_tokyo(until))


def _in_tokyo(instant: dt.datetime) -> str:
    tokyo: ZoneInfo = settings.BUSINESS_TIME_ZONE
    return f"{instant.astimezone(tokyo):%Y-%m-%d %H:%M}"


def _named_items(assessment: Assessment, given: Sequence[Mapping[str, Any]], level: str) -> dict[UUID, SkillItem]:
    """The items that are named; refuses unknown or repeated ones and levels outside the scale, all in one pass."""
    framework_id = assessment.cycle.framework_id
    items = {item.public_id: item for item in _items(assessment)}
    scale = set(SkillLevel.objects.filter(framework_id=framework_id).values_list("value", flat=True))
    faults, seen = Faults(), set()
    for index, each in enumerate(given):
        if each["item"] not in items:
            faults.add(
                f"/ratings/{index}/item", "not_found", "この版の項目ではありません。", "No item of this framework."
            )
        elif each["item"] in seen:
            faults.add(f"/ratings/{index}/item", "duplicate", "同じ項目が二度あります。", "The item occurs twice.")
        if each.get(level) is not None and each[level] not in scale:
            faults.add(
                f"/ratings/{index}/{level}", "unknown_level", "尺度にないレベルです。", "The level is not in the scale."
            )
        seen.add(each["item"])
    faults.refuse()
    return items


def _missing(item: SkillItem) -> Fault:
    text = Text(f"「{item.name_ja}」が未回答です。", f"“{item.name_en or item.name_ja}” is not answered.")
    return Fault(f"/ratings/{item.public_id}", "missing", text)


# Read and decide.


def _moved(assessment: Assessment, new: AssessmentStatus, by: User, **also: Any) -> Assessment:
    row = Assessment.objects.filter(pk=assessment.pk)
    row.move_to(new, by=by, **also)
    return row.get()


def _items(assessment: Assessment) -> list[SkillItem]:
    return list(SkillItem.objects.filter(framework_id=assessment.cycle.framework_id).order_by("number"))


def _current(assessment: Assessment) -> dict[int, Rating]:
    return {rating.item_id: rating for rating in Rating.objects.filter(assessment=assessment).current()}


def _revised(assessment: Assessment, item: SkillItem, current: Mapping[int, Rating], given: SelfRating) -> Rating:
    held = current.get(item.pk) or Rating(revision=0)
    return Rating(
        assessment=assessment,
        item=item,
        revision=held.revision + 1,
        round=assessment.submissions + 1,
        self_level=given.get("self_level", held.self_level),
        evidence=given.get("evidence", held.evidence),
        comment=given.get("comment", held.comment),
    )


def _changed(revisions: Iterable[Rating], current: Mapping[int, Rating], by: User) -> Iterable[Rating]:
    for revision in revisions:
        held = current.get(revision.item_id) or Rating()
        if any(getattr(revision, name) != getattr(held, name) for name in ("self_level", "evidence", "comment")):
            revision.by = by
            yield revision


def _confirmed(assessment: Assessment, rating: Rating, given: Confirmation | None, by: User) -> Rating:
    level = given.get("confirmed_level") if given else None
    return Rating(
        assessment=assessment,
        item_id=rating.item_id,
        revision=rating.revision + 1,
        round=assessment.submissions,
        self_level=rating.self_level,
        confirmed_level=rating.self_level if level is None else level,
        evidence=rating.evidence,
        comment=rating.comment,
        review_comment=given.get("review_comment", "") if given else "",
        by=by,
    )
