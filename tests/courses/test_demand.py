"""Demand: organisations are asked, answer until the day, and their answers become quotas."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from academy.errors import InvalidInput
from academy.models import AuditEvent, Organization
from courses import errors
from courses.demand import SurveyStatus, status_of
from courses.errors import demand as refused
from courses.models import Course, DemandRequest, DemandSurvey, SeatProposal, SeatQuota, Session
from courses.operations import demand, quotas, sessions
from courses.operations.demand import Asked
from courses.operations.plans import MOST
from courses.operations.quotas import Quota
from enrollments.operations.quotas import set_quotas
from enrollments.operations.sessions import change_capacity
from tests import stage
from tests.cast import Cast, organization
from tests.conftest import Clock
from tests.courses.catalogue import Catalogue
from tests.stage import tokyo

LAST_DAY = dt.date(2022, 6, 30)


@dataclass
class Asking:
    survey: DemandSurvey
    town: Organization

    def answer(self, body: Organization, answers: dict[Course, int], comment: str = "") -> DemandRequest:
        return demand.answer_demand(
            survey_id=self.survey.pk, organization=body, answers=answers, comment=comment, by=None
        )

    def propose(self, course: Course, seats: int, minimum: int = 0) -> SeatProposal:
        surveyed = self.survey.courses.select_related("course").get(course=course)
        return quotas.propose_seats(surveyed=surveyed, seats=seats, minimum=minimum, by=None)

    def close(self) -> None:
        demand.close_survey(survey_id=self.survey.pk, by=None)


@pytest.fixture
def town(cast: Cast) -> Organization:
    return organization("132012", "municipality", "八王子市")


@pytest.fixture
def draft(cast: Cast, catalogue: Catalogue, town: Organization) -> Asking:
    survey = demand.draft_survey(
        title_ja="2023年度需要調査",
        fiscal_year=2023,
        answer_by=LAST_DAY,
        courses=[Asked(catalogue.seminar, 30), Asked(catalogue.video)],
        organizations=[cast.digital, cast.industry, town],
        by=cast.hr,
    )
    return Asking(survey, town)


@pytest.fixture
def asking(draft: Asking) -> Asking:
    demand.open_survey(survey_id=draft.survey.pk, by=None)
    return draft


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        call()
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def answers(request: DemandRequest) -> list[tuple[str, int]]:
    return list(request.answers.order_by("surveyed_id").values_list("surveyed__course__code", "expected"))


def held(session: Session) -> dict[str, int]:
    return dict(session.quotas.values_list("organization__code", "seats"))


def detail(action: str, app: str = "courses") -> Any:
    return AuditEvent.objects.filter(action=f"{app}.{action}").latest("pk").detail


def test_a_survey_is_drafted(cast: Cast, draft: Asking) -> None:
    survey = DemandSurvey.objects.get()
    assert (survey.fiscal_year, survey.answer_by, survey.opened_at, survey.closed_at) == (2023, LAST_DAY, None, None)
    assert list(survey.courses.order_by("pk").values_list("course__code", "seats")) == [
        ("seminar", 30),
        ("video", None),
    ]
    asked = survey.requests.order_by("pk").values_list("organization__code", "answered_at")
    assert list(asked) == [("digital", None), ("industry", None), ("132012", None)]
    assert detail("draft_survey") == {"courses": 2, "organizations": 3}


def test_every_fault_of_a_survey_is_named(cast: Cast, catalogue: Catalogue) -> None:
    twice = [Asked(catalogue.seminar, -1), Asked(catalogue.seminar)]
    bodies = [cast.digital, cast.skills, cast.digital]
    assert faults(
        lambda: demand.draft_survey(title_ja="", fiscal_year=1, courses=twice, organizations=bodies, by=None)
    ) == [
        ("/title_ja", "required"),
        ("/fiscal_year", "out_of_range"),
        ("/answer_by", "required"),
        ("/courses/0/seats", "out_of_range"),
        ("/courses/1/course", "repeated"),
        ("/organizations/1", "not_bureau_level"),
        ("/organizations/2", "repeated"),
    ]
    assert not DemandSurvey.objects.exists()


def test_a_draft_changes_freely_and_an_open_survey_in_its_day_alone(
    cast: Cast, catalogue: Catalogue, draft: Asking
) -> None:
    pk = draft.survey.pk
    demand.change_survey(survey_id=pk, courses=[Asked(catalogue.video, 5)], organizations=[cast.digital], by=None)
    assert detail("change_survey") == {"changed": [], "courses": 1, "organizations": 1}
    assert [each.course for each in draft.survey.courses.all()] == [catalogue.video]
    assert [each.organization for each in draft.survey.requests.all()] == [cast.digital]
    demand.open_survey(survey_id=pk, by=None)
    later = demand.change_survey(survey_id=pk, answer_by=dt.date(2022, 7, 5), title_ja="需要", by=None)
    assert (later.answer_by, later.title_ja) == (dt.date(2022, 7, 5), "需要")
    for change in ({"fiscal_year": 2024}, {"courses": [Asked(catalogue.video)]}, {"organizations": [cast.industry]}):
        with pytest.raises(refused.SurveyOpened):
            demand.change_survey(survey_id=pk, by=None, **change)
    draft.close()
    with pytest.raises(refused.SurveyClosed):
        demand.change_survey(survey_id=pk, answer_by=dt.date(2022, 7, 6), by=None)


def test_a_survey_is_opened_once_and_complete(cast: Cast, catalogue: Catalogue, draft: Asking) -> None:
    pk = draft.survey.pk
    demand.change_survey(survey_id=pk, organizations=[], answer_by=dt.date(2022, 6, 27), by=None)
    assert faults(lambda: demand.open_survey(survey_id=pk, by=None)) == [
        ("/organizations", "required"),
        ("/answer_by", "past"),
    ]
    demand.change_survey(survey_id=pk, organizations=[cast.digital], answer_by=dt.date(2022, 6, 28), by=None)
    assert demand.open_survey(survey_id=pk, by=None).opened_at is not None
    with pytest.raises(refused.SurveyOpened):
        demand.open_survey(survey_id=pk, by=None)


def test_the_last_answer_counts_and_what_is_left_out_is_not_answered(
    cast: Cast, catalogue: Catalogue, asking: Asking
) -> None:
    first = asking.answer(cast.digital, {catalogue.seminar: 12, catalogue.video: 0}, "仮の数")
    assert (answers(first), first.note, first.answered_at is not None) == (
        [("seminar", 12), ("video", 0)], "仮の数", True,
    )  # fmt: skip
    again = asking.answer(cast.digital, {catalogue.video: 7})
    assert (again.pk, answers(again), again.note) == (first.pk, [("video", 7)], "")
    assert detail("answer_demand") == {
        "survey": str(asking.survey.public_id),
        "organization": str(cast.digital.public_id),
        "expected": {str(catalogue.video.public_id): 7},
    }
    assert AuditEvent.objects.filter(action="courses.answer_demand").count() == 2


def test_an_answer_comes_from_who_is_asked_about_what_is_asked(
    cast: Cast, catalogue: Catalogue, asking: Asking
) -> None:
    elsewhere = organization("other", "bureau", "別の局")
    with pytest.raises(refused.OrganizationNotAsked):
        asking.answer(elsewhere, {catalogue.seminar: 1})
    other = stage.course()
    assert faults(lambda: asking.answer(cast.digital, {catalogue.seminar: -1, other: MOST + 1})) == [
        ("/answers/0/expected", "out_of_range"),
        ("/answers/1/course", "not_asked"),
        ("/answers/1/expected", "out_of_range"),
    ]
    assert faults(lambda: asking.answer(cast.digital, {})) == [("/answers", "required")]
    assert not DemandRequest.objects.filter(answered_at__isnull=False).exists()


def test_the_last_day_is_a_day_in_tokyo(cast: Cast, catalogue: Catalogue, asking: Asking, at: Clock) -> None:
    at(tokyo("2022-06-30 23:50"))
    asking.answer(cast.digital, {catalogue.seminar: 1})
    at(tokyo("2022-07-01 00:10"))
    with pytest.raises(refused.AnswerTooLate, match="2022-06-30"):
        asking.answer(cast.digital, {catalogue.seminar: 2})
    demand.change_survey(survey_id=asking.survey.pk, answer_by=dt.date(2022, 7, 1), by=None)
    assert answers(asking.answer(cast.digital, {catalogue.seminar: 3})) == [("seminar", 3)]


def test_nobody_answers_before_it_opens_or_once_it_is_closed(cast: Cast, catalogue: Catalogue, draft: Asking) -> None:
    with pytest.raises(refused.SurveyNotOpen):
        draft.answer(cast.digital, {catalogue.seminar: 1})
    with pytest.raises(refused.SurveyNotOpen):
        draft.close()
    demand.open_survey(survey_id=draft.survey.pk, by=None)
    draft.answer(cast.digital, {catalogue.seminar: 1})
    draft.close()
    assert detail("close_survey") == {"answered": 1, "asked": 3}
    with pytest.raises(refused.SurveyNotOpen):
        draft.answer(cast.digital, {catalogue.seminar: 2})
    with pytest.raises(refused.SurveyNotOpen):
        draft.close()


def test_where_a_survey_stands() -> None:
    then, now = tokyo("2022-06-01 09:00"), tokyo("2022-06-30 23:59")
    assert status_of(None, None, LAST_DAY, now) == SurveyStatus.DRAFT
    assert status_of(then, None, LAST_DAY, now) == SurveyStatus.OPEN
    assert status_of(then, None, LAST_DAY, tokyo("2022-07-01 00:00")) == SurveyStatus.DUE
    assert status_of(then, then, LAST_DAY, now) == SurveyStatus.CLOSED


# Proposals and quotas.


def answered(cast: Cast, catalogue: Catalogue, asking: Asking) -> SeatProposal:
    """10, 20 and 5 of 10 seats: 2.857, 5.714 and 1.429."""
    for body, expected in ((cast.digital, 10), (cast.industry, 20), (asking.town, 5)):
        asking.answer(body, {catalogue.seminar: expected})
    return asking.propose(catalogue.seminar, 10)


def test_a_proposal_keeps_the_exact_shares(cast: Cast, catalogue: Catalogue, asking: Asking) -> None:
    proposal = answered(cast, catalogue, asking)
    columns = ("organization__code", "expected", "exact_numerator", "exact_denominator", "seats")
    assert set(proposal.shares.values_list(*columns)) == {
        ("digital", 10, 20, 7, 3),
        ("industry", 20, 40, 7, 6),
        ("132012", 5, 10, 7, 1),
    }
    assert detail("propose_seats") == {
        "course": str(catalogue.seminar.public_id), "seats": 10, "minimum": 0, "organizations": 3,
    }  # fmt: skip
    assert dict(asking.propose(catalogue.seminar, 10, 2).shares.values_list("organization__code", "seats")) == {
        "digital": 3, "industry": 5, "132012": 2,
    }  # fmt: skip


def test_who_did_not_answer_has_no_share_and_who_answered_none_has_none(
    cast: Cast, catalogue: Catalogue, asking: Asking
) -> None:
    with pytest.raises(refused.NothingDemanded):
        asking.propose(catalogue.seminar, 10)
    asking.answer(cast.digital, {catalogue.seminar: 0})
    asking.answer(cast.industry, {catalogue.seminar: 4})
    asking.answer(asking.town, {catalogue.video: 4})
    proposal = asking.propose(catalogue.seminar, 10)
    assert set(proposal.shares.values_list("organization__code", "seats")) == {("digital", 0), ("industry", 4)}
    assert faults(lambda: asking.propose(catalogue.seminar, -1, MOST + 1)) == [
        ("/seats", "out_of_range"),
        ("/minimum", "out_of_range"),
    ]
    assert faults(lambda: asking.propose(catalogue.seminar, 2, 3)) == [("/minimum", "exceeds_seats")]


def test_a_proposal_becomes_the_quotas_of_a_draft_session(cast: Cast, catalogue: Catalogue, asking: Asking) -> None:
    proposal = answered(cast, catalogue, asking)
    session = catalogue.draft(capacity=10)
    SeatQuota.objects.create(session=session, organization=cast.tmg, seats=1)
    with pytest.raises(refused.SurveyStillOpen):
        quotas.adopt_proposal(proposal_id=proposal.pk, session=session, by=None)
    asking.close()
    adopted = quotas.adopt_proposal(proposal_id=proposal.pk, session=session, by=cast.hr)
    assert (adopted.session, adopted.adopted_at is not None) == (session, True)
    assert held(session) == {"digital": 3, "industry": 6, "132012": 1}
    assert detail("adopt_proposal") == {"session": str(session.public_id), "quotas": 3, "seats": 10}
    with pytest.raises(refused.ProposalAdopted):
        quotas.adopt_proposal(proposal_id=proposal.pk, session=catalogue.draft(capacity=10), by=None)


def test_a_proposal_is_adopted_where_it_fits(cast: Cast, catalogue: Catalogue, asking: Asking) -> None:
    proposal = answered(cast, catalogue, asking)
    asking.close()

    def adopt(session: Session) -> SeatProposal:
        return quotas.adopt_proposal(proposal_id=proposal.pk, session=session, by=None)

    assert faults(lambda: adopt(catalogue.draft(catalogue.video, capacity=10))) == [("/session", "other_course")]
    with pytest.raises(errors.SessionNotDraft):
        adopt(catalogue.published(capacity=10))
    small = catalogue.draft(capacity=9)
    with pytest.raises(refused.QuotasExceedCapacity, match=r"10 .* 9"):
        adopt(small)
    assert held(small) == {}
    assert adopt(catalogue.draft()).session is not None  # no limit, nothing to exceed


def test_a_proposal_of_older_answers_is_not_adopted(cast: Cast, catalogue: Catalogue, asking: Asking) -> None:
    proposal = answered(cast, catalogue, asking)
    asking.answer(cast.industry, {catalogue.seminar: 19})
    asking.close()
    with pytest.raises(refused.ProposalOutdated):
        quotas.adopt_proposal(proposal_id=proposal.pk, session=catalogue.draft(capacity=10), by=None)
    anew = asking.propose(catalogue.seminar, 10)
    quotas.adopt_proposal(proposal_id=anew.pk, session=catalogue.draft(capacity=10), by=None)


def test_who_gets_no_seat_gets_no_quota(cast: Cast, catalogue: Catalogue, asking: Asking) -> None:
    asking.answer(cast.digital, {catalogue.seminar: 0})
    asking.answer(cast.industry, {catalogue.seminar: 4})
    proposal, session = asking.propose(catalogue.seminar, 10), catalogue.draft(capacity=10)
    asking.close()
    quotas.adopt_proposal(proposal_id=proposal.pk, session=session, by=None)
    assert held(session) == {"industry": 4}


def test_quotas_are_set_by_hand(cast: Cast, catalogue: Catalogue, town: Organization) -> None:
    session = catalogue.published(capacity=10)

    def put(*given: tuple[Organization, int]) -> Session:
        return set_quotas(session_id=session.pk, quotas=[Quota(*each) for each in given], by=cast.hr)

    put((cast.digital, 6), (town, 4))
    assert held(session) == {"digital": 6, "132012": 4}
    put((cast.industry, 1))
    assert held(session) == {"industry": 1}
    assert detail("set_quotas", "enrollments") == {"quotas": 1, "before": 10, "after": 1, "promoted": 0}
    with pytest.raises(refused.QuotasExceedCapacity):
        put((cast.digital, 6), (town, 5))
    assert faults(lambda: put((cast.skills, 1), (town, 0), (town, 1))) == [
        ("/quotas/0/organization", "not_bureau_level"),
        ("/quotas/1/seats", "out_of_range"),
        ("/quotas/2/organization", "repeated"),
    ]
    assert held(session) == {"industry": 1}
    put()
    assert held(session) == {}
    sessions.finish_session(session_id=_over(session).pk, by=None)
    with pytest.raises(refused.SessionTakesNoQuota):
        put((town, 1))


def test_the_database_holds_the_quotas_within_the_capacity(cast: Cast, catalogue: Catalogue) -> None:
    session = catalogue.draft(capacity=10)
    set_quotas(session_id=session.pk, quotas=[Quota(cast.digital, 6), Quota(cast.industry, 4)], by=None)
    for change in (
        lambda: SeatQuota.objects.create(session=session, organization=cast.tmg, seats=1),
        lambda: SeatQuota.objects.filter(organization=cast.digital).update(seats=7),
        lambda: Session.objects.filter(pk=session.pk).update(capacity=9),
    ):
        with pytest.raises(IntegrityError, match="the quotas of a session exceed its capacity"), transaction.atomic():
            change()
    Session.objects.filter(pk=session.pk).update(capacity=None)
    SeatQuota.objects.create(session=session, organization=cast.tmg, seats=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(capacity=10)
    Session.objects.filter(pk=session.pk).update(capacity=11)


def test_a_capacity_below_the_quotas_is_refused(cast: Cast, catalogue: Catalogue) -> None:
    session = catalogue.published(capacity=10)
    set_quotas(session_id=session.pk, quotas=[Quota(cast.digital, 6)], by=None)
    with pytest.raises(refused.CapacityBelowQuotas):
        change_capacity(session_id=session.pk, capacity=5, by=cast.hr)
    assert change_capacity(session_id=session.pk, capacity=6, by=cast.hr).capacity == 6


def _over(session: Session) -> Session:
    Session.objects.filter(pk=session.pk).update(starts_on=dt.date(2022, 6, 1), ends_on=dt.date(2022, 6, 1))
    return session
