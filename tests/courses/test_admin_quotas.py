"""Seats of organisations by mouse: set for a session, proposed from a survey with its rounding, adopted once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import DemandSurvey, SeatProposal, SeatQuota, Session
from courses.operations import demand
from courses.operations.demand import Asked
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.courses.test_admin_requirements import row_faults, rows
from tests.office import address, faults, office_of, page_of, press, text
from tests.stage import tokyo


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


@pytest.fixture
def survey(catalogue: Catalogue, cast: Cast) -> DemandSurvey:
    """5 and 2 people are expected of two bureaus; it is closed."""
    made = demand.draft_survey(
        fiscal_year=2022,
        title_ja="需要調査",
        answer_by=dt.date(2022, 7, 31),
        courses=[Asked(catalogue.seminar)],
        organizations=[cast.digital, cast.industry],
        by=None,
    )
    demand.open_survey(survey_id=made.pk, by=None)
    for body, expected in ((cast.digital, 5), (cast.industry, 2)):
        demand.answer_demand(survey_id=made.pk, organization=body, answers={catalogue.seminar: expected}, by=None)
    return demand.close_survey(survey_id=made.pk, by=None)


def held(session: Session) -> dict[str, int]:
    return dict(SeatQuota.objects.filter(session=session).values_list("organization__code", "seats"))


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_quotas_are_set_by_hand(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft(capacity=20)
    given = rows(
        "quotas",
        {"organization": cast.digital.public_id, "seats": 12},
        {},
        {"organization": cast.industry.public_id, "seats": 8},
    )
    assert press(office, session, "quotas", **given).status_code == 302
    assert held(session) == {"digital": 12, "industry": 8}
    assert "デジタルサービス局 12" in text(office.get(page_of(session)))
    form = office.get(address(session, "do", "quotas")).context["form"]
    assert [each.initial["seats"] for each in form.rows.initial_forms] == [12, 8]

    def wrong(*given: dict[str, Any]) -> Any:
        return press(office, session, "quotas", **rows("quotas", *given))

    digital = {"organization": cast.digital.public_id}
    assert list(wrong({**digital, "seats": 21}).context["form"].errors) == ["__all__"], "more than the capacity"
    twice = wrong({**digital, "seats": 1}, {**digital, "seats": 1})
    assert row_faults(twice) == [{}, {"organization": ["同じ枠が二度あります。"]}]
    assert row_faults(wrong(digital)) == [{"seats": ["この項目は必須です。"]}]
    assert row_faults(wrong({"organization": cast.skills.public_id, "seats": 1}))[0].keys() == {"organization"}
    assert held(session) == {"digital": 12, "industry": 8}
    assert office_of(cast.bureau_hr).get(address(session, "do", "quotas")).status_code == 404


def test_seats_are_proposed_with_their_rounding_and_adopted(
    catalogue: Catalogue, cast: Cast, office: Client, survey: DemandSurvey
) -> None:
    """4 seats for 5 and 2: 20/7 and 8/7, of which the larger remainder is rounded up."""
    course = str(catalogue.seminar.public_id)
    sent = press(office, survey, "propose", course=course, seats="4", minimum="0")
    proposal = SeatProposal.objects.get()
    assert sent.headers["Location"] == page_of(proposal)
    [shares] = office.get(page_of(proposal)).context["tables"]
    assert [tuple(map(str, cells)) for cells in shares.rows] == [
        ("デジタルサービス局", "5", "20/7", "2", "6/7", "✓", "3"),
        ("産業労働局", "2", "8/7", "1", "1/7", "", "1"),
    ]
    page = office.get(page_of(survey))
    assert page_of(proposal) in page.content.decode()
    assert faults(press(office, survey, "propose", course=course, seats="1", minimum="2")).keys() == {"minimum"}
    assert faults(press(office, survey, "propose", course="", seats="1", minimum="0")).keys() == {"course"}

    small, session, other = catalogue.draft(capacity=3), catalogue.draft(), catalogue.draft(catalogue.video)
    form = office.get(address(proposal, "do", "adopt")).context["form"]
    assert set(form.fields["session"].rows.values()) == {small, session}
    assert faults(press(office, proposal, "adopt", session=str(other.public_id))).keys() == {"session"}
    assert faults(press(office, proposal, "adopt", session=str(small.public_id))).keys() == {"__all__"}
    assert press(office, proposal, "adopt", session=str(session.public_id)).status_code == 302
    assert held(session) == {"digital": 3, "industry": 1}
    again = press(office, proposal, "adopt", session=str(session.public_id))
    assert faults(again).keys() == {"__all__"}
    assert office.get(page_of(proposal)).context["buttons"] == []


def test_who_proposes_is_who_plans(catalogue: Catalogue, cast: Cast, office: Client, survey: DemandSurvey) -> None:
    press(office, survey, "propose", course=str(catalogue.seminar.public_id), seats="4", minimum="0")
    proposal = SeatProposal.objects.get()
    asked = office_of(cast.bureau_hr)
    assert asked.get(page_of(survey)).status_code == 200
    assert asked.get(address(survey, "do", "propose")).status_code == 403
    assert asked.get(address(proposal, "do", "adopt")).status_code == 404
    assert "配分案" not in [str(table.title) for table in asked.get(page_of(survey)).context["tables"]]
    assert office_of(catalogue.manager).get(address(proposal, "do", "adopt")).status_code == 200
    both = stage.survey(catalogue.seminar, catalogue.video, asks=[cast.digital], opened_at=tokyo("2022-06-01 09:00"))
    form = asked.get(address(both, "do", "propose")).context["form"]
    assert list(form.fields["course"].rows.values()) == [catalogue.video], "of two courses, the one that is planned"
    english = office_of(cast.hr, "en").get(page_of(proposal))
    assert "Rounded up" in text(english)


def test_pages_take_the_statements_of_one_row(
    catalogue: Catalogue, cast: Cast, office: Client, survey: DemandSurvey
) -> None:
    one, many = catalogue.draft(), catalogue.draft()
    SeatQuota.objects.create(session=one, organization=cast.digital, seats=1)
    SeatQuota.objects.create(session=many, organization=cast.digital, seats=1)
    SeatQuota.objects.create(session=many, organization=cast.industry, seats=1)
    few, more = (statements(lambda row=row: office.get(address(row, "do", "quotas"))) for row in (one, many))  # type: ignore[misc]
    assert few == more
    press(office, survey, "propose", course=str(catalogue.seminar.public_id), seats="4", minimum="0")
    lists = statements(lambda: office.get(address(SeatProposal)))
    page = statements(lambda: office.get(page_of(survey)))
    for seats in "123":
        press(office, survey, "propose", course=str(catalogue.seminar.public_id), seats=seats, minimum="0")
    assert statements(lambda: office.get(address(SeatProposal))) == lists
    assert statements(lambda: office.get(page_of(survey))) == page
