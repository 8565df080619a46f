"""Two people at the same instant; each guard is also taken away, to see the race that it stops."""

import datetime as dt
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from academy.models import AuditEvent, Organization
from academy.operations.base import refusals
from courses.models import DemandRequest, DemandSurvey, ProgramPlan, SeatQuota, Session
from courses.models.sessions import SessionQuerySet
from courses.operations import demand, plans, quotas
from courses.operations.demand import Asked
from courses.operations.plans import PlanLineInput
from courses.operations.quotas import Quota
from enrollments.operations import quotas as set_quotas_of
from enrollments.operations.quotas import set_quotas
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.enrollments.threads import Move, at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20


def draft(catalogue: Catalogue) -> ProgramPlan:
    line = PlanLineInput(catalogue.central, sessions=1)
    return plans.draft_plan(fiscal_year=2022, title_ja="計画", lines=[line], by=None)


@pytest.fixture
def approved(catalogue: Catalogue) -> ProgramPlan:
    return plans.approve_plan(plan_id=draft(catalogue).pk, by=None)


def states() -> list[tuple[int, str]]:
    return list(ProgramPlan.objects.order_by("version").values_list("version", "status"))


def test_a_version_comes_into_force_once(approved: ProgramPlan) -> None:
    publish = partial(plans.publish_plan, plan_id=approved.pk, by=None)
    assert codes(at_once([publish, publish])) == ["illegal_transition"]
    assert states() == [(1, "published")]
    assert approved.steps.filter(new="published").count() == 1


def test_the_database_holds_one_version_in_force(approved: ProgramPlan) -> None:
    """The guard beneath the operation: no path has two, a raw update neither."""
    plans.publish_plan(plan_id=approved.pk, by=None)
    other = plans.revise_plan(plan_id=approved.pk, by=None)
    plans.approve_plan(plan_id=other.pk, by=None)
    with pytest.raises(IntegrityError, match="plan_has_one_in_force"), transaction.atomic():
        ProgramPlan.objects.filter(pk=other.pk).update(status="published")


def test_nobody_drafts_beside_what_comes_into_force(catalogue: Catalogue, approved: ProgramPlan) -> None:
    publish = partial(plans.publish_plan, plan_id=approved.pk, by=None)
    refused = codes(at_once([publish, partial(draft, catalogue)]))
    assert refused in (["plan_drafted"], ["plan_in_force"])
    assert states() == [(1, "published")]


def test_without_its_turn_a_draft_stands_beside_the_plan_in_force(
    catalogue: Catalogue, approved: ProgramPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it looks before the other publishes, and writes after."""
    looked, published, real = Event(), Event(), plans._write_version

    def late(*args: Any) -> None:
        looked.set()
        assert published.wait(timeout=PATIENCE)
        real(*args)

    def publish() -> None:
        assert looked.wait(timeout=PATIENCE)
        plans.publish_plan(plan_id=approved.pk, by=None)
        published.set()

    monkeypatch.setattr(plans, "_take_turn", lambda *args: None)
    monkeypatch.setattr(plans, "_write_version", late)
    assert codes(at_once([publish, partial(draft, catalogue)])) == []
    assert states() == [(1, "published"), (2, "draft")]


@pytest.fixture
def survey(cast: Cast, catalogue: Catalogue) -> DemandSurvey:
    made = demand.draft_survey(
        title_ja="調査",
        fiscal_year=2023,
        answer_by=dt.date(2022, 6, 30),
        courses=[Asked(catalogue.seminar)],
        organizations=[cast.digital],
        by=None,
    )
    return demand.open_survey(survey_id=made.pk, by=None)


def answer_while_closing(survey: DemandSurvey, cast: Cast, catalogue: Catalogue) -> tuple[int, int]:
    """How many had answered when it was closed, as was written down then, and how many have."""
    answer = partial(
        demand.answer_demand,
        survey_id=survey.pk,
        organization=cast.digital,
        answers={catalogue.seminar: 5},
        by=None,
    )
    refused = codes(at_once([answer, partial(demand.close_survey, survey_id=survey.pk, by=None)]))
    assert refused in ([], ["survey_not_open"])
    event = AuditEvent.objects.get(action="courses.close_survey")
    return event.detail["answered"], DemandRequest.objects.filter(answered_at__isnull=False).count()


def test_an_answer_counts_or_is_refused(survey: DemandSurvey, cast: Cast, catalogue: Catalogue) -> None:
    told, there = answer_while_closing(survey, cast, catalogue)
    assert told == there


def test_without_the_lock_an_answer_comes_in_after_the_closing(
    survey: DemandSurvey, cast: Cast, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both find it open; the closing counts nobody, and yet somebody has answered."""
    both, closed, check = Barrier(2), Event(), demand._check_answers

    def read(survey_id: int) -> DemandSurvey:
        found = DemandSurvey.objects.annotate(**demand._NOW).get(pk=survey_id)
        both.wait(timeout=PATIENCE)
        return found

    def late(*args: Any) -> None:
        assert closed.wait(timeout=PATIENCE)
        check(*args)

    real = demand.close_survey

    def close(**given: Any) -> DemandSurvey:
        found = real(**given)
        closed.set()
        return found

    monkeypatch.setattr(demand, "_locked", read)
    monkeypatch.setattr(demand, "_check_answers", late)
    monkeypatch.setattr(demand, "close_survey", close)
    assert answer_while_closing(survey, cast, catalogue) == (0, 1)


def quota_moves(session: Session, *bodies: Organization) -> list[Move]:
    return [partial(set_quotas, session_id=session.pk, quotas=[Quota(body, 10)], by=None) for body in bodies]


def test_two_who_set_quotas_do_not_add_up(cast: Cast, catalogue: Catalogue) -> None:
    session = catalogue.draft(capacity=10)
    assert codes(at_once(quota_moves(session, cast.digital, cast.industry))) == []
    assert SeatQuota.objects.count() == 1


def test_without_the_lock_the_database_refuses_what_would_add_up(
    cast: Cast, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each takes away what was there before; the second does not replace the first but comes on top."""
    session, both, replace = catalogue.draft(capacity=10), Barrier(2), quotas.replace_quotas

    def together(*args: Any) -> None:
        both.wait(timeout=PATIENCE)
        replace(*args)

    def unlocked(found: SessionQuerySet) -> SessionQuerySet:
        rows = locked(found)
        rows.query.select_for_update = False
        return rows

    locked = SessionQuerySet.locked_whole
    monkeypatch.setattr(SessionQuerySet, "locked_whole", unlocked)
    monkeypatch.setattr(set_quotas_of, "replace_quotas", together)
    assert codes(at_once(quota_moves(session, cast.digital, cast.industry))) == ["capacity_below_quotas"]
    assert SeatQuota.objects.count() == 1


def test_a_limit_and_a_quota_wait_for_each_other(cast: Cast, catalogue: Catalogue) -> None:
    """Past every operation: a raw quota and a raw limit at the same instant, one of them is refused."""
    session = catalogue.draft(capacity=10)

    def limit() -> None:
        with refusals():
            Session.objects.filter(pk=session.pk).update(capacity=5)

    def quota() -> None:
        with refusals():
            SeatQuota.objects.create(session=session, organization=cast.digital, seats=8)

    assert codes(at_once([limit, quota])) == ["capacity_below_quotas"]
    session.refresh_from_db()
    assert (session.capacity, SeatQuota.objects.count()) in {(10, 1), (5, 0)}
