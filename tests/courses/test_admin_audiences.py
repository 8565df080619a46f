"""Whom a course is for, looked at on the admin site: in numbers, before and after an edited rule."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academy.models import AuditEvent
from courses.models import Audience
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.enrollments import scene
from tests.office import address, faults, office_of, press


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


def shown(answer: Any) -> dict[str, list[tuple[str, ...]]]:
    return {str(each.title): [tuple(map(str, row)) for row in each.rows] for each in answer.context["form"].preview}


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_numbers_before_and_after_an_edited_rule(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    """Everybody of the cast is meant; with the rule, those of the digital bureau alone."""
    course = catalogue.seminar
    page = shown(office.get(address(course, "do", "audience")))
    [(staff, before, after, joined, left)] = page["合計"]
    assert (before, after, joined, left) == (staff, staff, "0", "0")
    body, rest = cast.digital.public_id, int(staff)
    sent = press(office, course, "audience", on="2022-06-28", rule=json.dumps({"organization": [cast.digital.code]}))
    edited = shown(sent)
    bureaus = {row[0]: row[1:] for row in edited["局等ごと"]}
    own = bureaus["デジタルサービス局"]
    assert own == (own[0], own[0], own[0], "0", "0"), body
    assert bureaus["産業労働局"][2:] == ("0", "0", bureaus["産業労働局"][0])
    assert edited["合計"] == [(staff, staff, own[0], "0", str(rest - int(own[0])))]
    assert Audience.objects.get(pk=course.audience_id).rule == {}
    assert not AuditEvent.objects.filter(target=course.public_id, by=cast.hr).exists()


def test_what_is_wrong_with_a_rule_stands_at_it(catalogue: Catalogue, office: Client) -> None:
    course = catalogue.seminar
    assert faults(press(office, course, "audience", on="2022-06-28", rule="[")).keys() == {"rule"}
    assert faults(press(office, course, "audience", on="2022-06-28", rule='{"shoe_size": [42]}')).keys() == {"rule"}
    assert faults(press(office, course, "audience", on="someday", rule="{}")).keys() == {"on"}


def test_who_plans_the_course_looks_and_is_not_told_of_a_few(catalogue: Catalogue, cast: Cast) -> None:
    assert office_of(cast.bureau_hr).get(address(catalogue.seminar, "do", "audience")).status_code == 404
    assert office_of(cast.staff).get(address(catalogue.seminar, "do", "audience")).status_code in {403, 404}
    page = shown(office_of(catalogue.manager, "en").get(address(catalogue.seminar, "do", "audience")))
    [*_, note] = page["Note"]
    assert note[0].startswith("Counts of fewer than")
    assert {row[2] for row in page["By bureau"]} == {"–"}, "the cast is a few people"


def test_the_page_takes_the_statements_of_a_few_people(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    page = address(catalogue.seminar, "do", "audience")
    few = statements(lambda: office.get(page))
    scene.crowd(cast, 20)
    assert statements(lambda: office.get(page)) == few
