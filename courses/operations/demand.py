"""Demand: organisations are asked by a day how many people they would send, and answer until it is over.

A survey is a draft until it is opened; then its courses and organisations stay, and each organisation answers as often as
it likes until `answer_by` (that business date included) or until the survey is closed; its last answer counts, the
earlier ones are in the audit trail. A course that an answer does not name is not answered, which is not 0.
Locks: the survey, for answers too: an answer and a closing wait for each other.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from academy.clock import BusinessNow, business_date
from academy.errors import Faults
from academy.models import Organization, User
from academy.models.organizations import BUREAU_LEVEL
from academy.operations.base import note, operation
from courses.errors.demand import (
    AnswerTooLate,
    OrganizationNotAsked,
    SurveyClosed,
    SurveyNotOpen,
    SurveyOpened,
)
from courses.models import Course, DemandAnswer, DemandRequest, DemandSurvey, SurveyedCourse
from courses.operations.plans import MOST, YEARS
from courses.operations.programs import check_title

# Read with a row as its `now`; by name, because the attribute is declared on the model.
_NOW = {"now": BusinessNow()}


class SurveyFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    fiscal_year: int
    answer_by: dt.date


# What may still change while organisations answer.
CHANGES_WHILE_OPEN = frozenset({"title_ja", "title_en", "answer_by"})


@dataclass(frozen=True)
class Asked:
    """A course that a survey asks about, with the seats there are, where that is known."""

    course: Course
    seats: int | None = None


@operation
def draft_survey(
    *,
    courses: Sequence[Asked],
    organizations: Sequence[Organization],
    by: User | None,
    **fields: Unpack[SurveyFields],
) -> DemandSurvey:
    """Draft a survey of the courses of a year; only bodies at bureau level (局等・区市町村・団体) are asked."""
    survey = DemandSurvey(**fields)
    _check(survey, courses, organizations)
    survey.save(force_insert=True)
    _write_courses(survey, courses)
    _write_requests(survey, organizations)
    note(survey, courses=len(courses), organizations=len(organizations))
    return survey


@operation
def change_survey(
    *,
    survey_id: int,
    courses: Sequence[Asked] | None = None,
    organizations: Sequence[Organization] | None = None,
    by: User | None,
    **fields: Unpack[SurveyFields],
) -> DemandSurvey:
    """Change what is given; given courses or organisations replace all. Once opened only title and last day change."""
    survey = _locked(survey_id)
    if survey.closed_at is not None:
        raise SurveyClosed
    if survey.opened_at is not None and (
        courses is not None or organizations is not None or fields.keys() - CHANGES_WHILE_OPEN
    ):
        raise SurveyOpened
    for name, value in fields.items():
        setattr(survey, name, value)
    _check(survey, courses, organizations)
    survey.save(update_fields=list(fields))
    if courses is not None:
        survey.courses.all().delete()
        _write_courses(survey, courses)
    if organizations is not None:
        survey.requests.all().delete()
        _write_requests(survey, organizations)
    note(survey, changed=sorted(fields), **_counts(courses, organizations))
    return survey


@operation
def open_survey(*, survey_id: int, by: User | None) -> DemandSurvey:
    """Ask: from now on the organisations see the survey and answer."""
    survey = _locked(survey_id)
    if survey.opened_at is not None:
        raise SurveyOpened
    faults = Faults()
    if not survey.courses.exists():
        faults.add("/courses", "required", "講座が必要です。", "A survey asks about a course.")
    if not survey.requests.exists():
        faults.add("/organizations", "required", "対象の組織が必要です。", "A survey asks an organisation.")
    if survey.answer_by < business_date(survey.now):
        faults.add("/answer_by", "past", "回答期限が過ぎています。", "The last day to answer is past.")
    faults.refuse()
    survey.opened_at = survey.now
    survey.save(update_fields=["opened_at"])
    return survey


@operation
def answer_demand(
    *,
    survey_id: int,
    organization: Organization,
    answers: Mapping[Course, int],
    comment: str = "",
    by: User | None,
) -> DemandRequest:
    """Answer for an organisation, as a whole: what it answered before is replaced."""
    survey = _locked(survey_id)
    request = DemandRequest.objects.filter(survey=survey, organization=organization).first()
    if request is None:
        raise OrganizationNotAsked
    if survey.opened_at is None or survey.closed_at is not None:
        raise SurveyNotOpen
    if business_date(survey.now) > survey.answer_by:
        raise AnswerTooLate(answer_by=survey.answer_by.isoformat())
    asked = {each.course_id: each for each in survey.courses.all()}
    _check_answers(answers, asked)
    request.answers.all().delete()
    DemandAnswer.objects.bulk_create(
        DemandAnswer(request=request, surveyed=asked[course.pk], expected=expected)
        for course, expected in answers.items()
    )
    request.answered_at, request.answered_by, request.note = survey.now, by, comment
    request.save(update_fields=["answered_at", "answered_by", "note"])
    expected = {str(course.public_id): number for course, number in answers.items()}
    note(request, survey=survey.public_id, organization=organization.public_id, expected=expected)
    return request


@operation
def close_survey(*, survey_id: int, by: User | None) -> DemandSurvey:
    """Take no more answers, also before the last day; what was answered until now counts."""
    survey = _locked(survey_id)
    if survey.opened_at is None or survey.closed_at is not None:
        raise SurveyNotOpen
    survey.closed_at = survey.now
    survey.save(update_fields=["closed_at"])
    note(survey, answered=survey.requests.filter(answered_at__isnull=False).count(), asked=survey.requests.count())
    return survey


def _locked(survey_id: int) -> DemandSurvey:
    return DemandSurvey.objects.select_for_update(no_key=True).annotate(**_NOW).get(pk=survey_id)


def _check(survey: DemandSurvey, courses: Sequence[Asked] | None, organizations: Sequence[Organization] | None) -> None:
    faults = Faults()
    check_title(survey.title_ja, faults)
    if survey.fiscal_year not in YEARS:
        faults.add("/fiscal_year", "out_of_range", "2000から2100までの年度です。", "A fiscal year from 2000 to 2100.")
    if survey.answer_by is None:
        faults.add("/answer_by", "required", "回答期限が必要です。", "A last day to answer is needed.")
    if courses is not None:
        _check_courses(courses, faults)
    if organizations is not None:
        _check_organizations(organizations, faults)
    faults.refuse()


def _check_courses(courses: Sequence[Asked], faults: Faults) -> None:
    if not courses:
        faults.add("/courses", "required", "講座が必要です。", "A survey asks about a course.")
    known = set()
    for number, asked in enumerate(courses):
        if asked.course.pk in known:
            faults.add(f"/courses/{number}/course", "repeated", "同じ講座が二度あります。", "It is named twice.")
        known.add(asked.course.pk)
        if asked.seats is not None and not 0 <= asked.seats <= MOST:
            faults.add(f"/courses/{number}/seats", "out_of_range", f"0から{MOST}までです。", f"From 0 to {MOST}.")


def _check_organizations(organizations: Sequence[Organization], faults: Faults) -> None:
    known = set()
    for number, organization in enumerate(organizations):
        place = f"/organizations/{number}"
        if organization.kind not in BUREAU_LEVEL:
            faults.add(
                place, "not_bureau_level", "局等・区市町村・団体だけです。", "Bureaus, municipalities and bodies only."
            )
        if organization.pk in known:
            faults.add(place, "repeated", "同じ組織が二度あります。", "It is named twice.")
        known.add(organization.pk)


def _check_answers(answers: Mapping[Course, int], asked: Mapping[int, SurveyedCourse]) -> None:
    faults = Faults()
    if not answers:
        faults.add("/answers", "required", "回答が必要です。", "An answer is needed.")
    for number, (course, expected) in enumerate(answers.items()):
        if course.pk not in asked:
            faults.add(
                f"/answers/{number}/course", "not_asked", "調査の対象外の講座です。", "The survey does not ask of it."
            )
        if not 0 <= expected <= MOST:
            faults.add(f"/answers/{number}/expected", "out_of_range", f"0から{MOST}までです。", f"From 0 to {MOST}.")
    faults.refuse()


def _counts(courses: Sequence[Asked] | None, organizations: Sequence[Organization] | None) -> dict[str, int]:
    given = {"courses": courses, "organizations": organizations}
    return {name: len(rows) for name, rows in given.items() if rows is not None}


def _write_courses(survey: DemandSurvey, courses: Sequence[Asked]) -> None:
    SurveyedCourse.objects.bulk_create(
        SurveyedCourse(survey=survey, course=each.course, seats=each.seats) for each in courses
    )


def _write_requests(survey: DemandSurvey, organizations: Sequence[Organization]) -> None:
    DemandRequest.objects.bulk_create(DemandRequest(survey=survey, organization=each) for each in organizations)
