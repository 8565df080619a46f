"""`audience-preview/`: counts by bureau and grade, before and after an edited rule, and what of it who reads."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, StaffStatus, User
from courses.models import AudiencePerson, Course, Session
from tests import records, stage
from tests.cast import ALWAYS, Cast, account, person, post, repost

ClientOf = Callable[[User | Staff], APIClient]
ICT = {"job_family": ["ict"]}


@pytest.fixture
def course(cast: Cast) -> Course:
    """For ICT people: ict, ict2 and trainer; industry_head is added by name, ict2 is left out."""
    made = stage.course(stage.program(organization=cast.digital), rule=ICT)
    for staff, kind in ((cast.industry_head, "include"), (cast.ict2, "exclude")):
        AudiencePerson.objects.create(audience=made.audience, staff=staff, kind=kind, reason="試行")
    return made


def address(row: Course | Session) -> str:
    return f"/api/v1/{type(row).__name__.lower()}s/{row.public_id}/audience-preview/"


def counts(staff: int, before: int | None, after: int | None, joined: int | None, left: int | None) -> dict[str, Any]:
    return {"staff": staff, "before": before, "after": after, "joined": joined, "left": left}


def of(row: Any, *figures: int | None) -> dict[str, Any]:
    name_en = row.name_en or row.name_ja
    return {"id": str(row.public_id), "name_ja": row.name_ja, "name_en": name_en, **counts(*figures)}  # type: ignore[arg-type]


def read(client: APIClient, url: str, rule: Any = None) -> Any:
    response = client.get(url) if rule is None else client.post(url, {"rule": rule}, format="json")
    assert response.status_code == 200, response.content
    return response.json()


def test_the_audience_by_bureau_and_grade(course: Course, cast: Cast, client_of: ClientOf) -> None:
    grades = cast.grades
    assert read(client_of(cast.hr), address(course)) == {
        "on": "2022-06-28",
        "counted": "everybody",
        "smallest": None,
        "rule": ICT,
        "edited_rule": None,
        "included_by_name": 1,
        "excluded_by_name": 1,
        "total": counts(6, 3, 3, 0, 0),
        "by_bureau": [of(cast.digital, 4, 2, 2, 0, 0), of(cast.industry, 2, 1, 1, 0, 0)],
        "by_grade": [
            of(grades["shuji"], 2, 1, 1, 0, 0),
            of(grades["shunin"], 1, 0, 0, 0, 0),
            of(grades["kacho_dairi"], 1, 1, 1, 0, 0),
            of(grades["kacho"], 2, 1, 1, 0, 0),
        ],
    }


def test_before_and_after_an_edited_rule(course: Course, cast: Cast, client_of: ClientOf) -> None:
    """Managers instead of ICT people: head joins, ict and trainer leave; who is named stays as named."""
    rule = {"grade_at_least": "tmg.kacho"}
    found = read(client_of(cast.hr), address(course), rule)
    grades = cast.grades
    assert (found["rule"], found["edited_rule"]) == (ICT, rule)
    assert found["total"] == counts(6, 3, 2, 1, 2)
    assert found["by_bureau"] == [of(cast.digital, 4, 2, 1, 1, 2), of(cast.industry, 2, 1, 1, 0, 0)]
    assert found["by_grade"] == [
        of(grades["shuji"], 2, 1, 0, 0, 1),
        of(grades["shunin"], 1, 0, 0, 0, 0),
        of(grades["kacho_dairi"], 1, 1, 0, 0, 1),
        of(grades["kacho"], 2, 1, 2, 1, 0),
    ]
    course.audience.refresh_from_db()
    assert course.audience.rule == ICT


@pytest.mark.parametrize("rule", [{}, {"any": [{"status": ["on_leave"]}]}])
def test_everybody_and_nobody_are_audiences_too(course: Course, cast: Cast, client_of: ClientOf, rule: Any) -> None:
    after = {"{}": 5}.get(str(rule), 1)  # all but ict2; industry_head alone
    assert read(client_of(cast.hr), address(course), rule)["total"]["after"] == after


def test_a_session_is_asked_about_its_first_day_and_any_other(course: Course, cast: Cast, client_of: ClientOf) -> None:
    """On the first of August `ict` moves to the other bureau, with a grade of its own."""
    july = stage.session(course, times=(("2022-07-14 14:00", "2022-07-14 16:00"),))
    august = stage.session(course, times=(("2022-08-14 14:00", "2022-08-14 16:00"),))
    repost(cast.ict, during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 8, 1)))
    post(cast.ict, cast.trade, cast.grades["shunin"], cast.ict_family, during=DateRange(dt.date(2022, 8, 1), None))
    client = client_of(cast.hr)
    before, after = read(client, address(july)), read(client, address(august))
    assert (before["on"], after["on"]) == ("2022-07-14", "2022-08-14")
    assert before["by_bureau"] == [of(cast.digital, 4, 2, 2, 0, 0), of(cast.industry, 2, 1, 1, 0, 0)]
    assert after["by_bureau"] == [of(cast.digital, 3, 1, 1, 0, 0), of(cast.industry, 3, 2, 2, 0, 0)]
    assert read(client, address(july) + "?on=2022-08-14")["by_bureau"] == after["by_bureau"]


def test_a_session_of_its_own_audience_is_counted_by_that(course: Course, cast: Cast, client_of: ClientOf) -> None:
    own = stage.course(rule={"organization": ["industry"]}).audience
    session = stage.session(course, audience=own)
    found = read(client_of(cast.hr), address(session))
    assert (found["rule"], found["total"]) == ({"organization": ["industry"]}, counts(6, 2, 2, 0, 0))


@pytest.mark.parametrize(
    ("query", "code"),
    [("?on=2022-7-1", "invalid"), ("?on=1999-12-31", "out_of_range"), ("?day=2022-07-01", "unknown_parameter")],
)
def test_a_wrong_parameter_is_refused(course: Course, cast: Cast, client_of: ClientOf, query: str, code: str) -> None:
    response = client_of(cast.hr).get(address(course) + query)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)


def test_a_wrong_rule_is_refused_with_its_places(course: Course, cast: Cast, client_of: ClientOf) -> None:
    rule = {"all": [{"grade_is": ["tmg.none"]}, {"years_in_grade_at_least": 99}]}
    response = client_of(cast.hr).post(address(course), {"rule": rule}, format="json")
    assert response.status_code == 400
    assert {(each["pointer"], each["code"]) for each in response.json()["errors"]} == {
        ("/rule/all/0/grade_is/0", "unknown_code"),
        ("/rule/all/1/years_in_grade_at_least", "not_a_number_of_years"),
    }


def test_who_plans_no_session_of_it_reads_no_counts(course: Course, cast: Cast, client_of: ClientOf) -> None:
    draft = stage.session(course)
    for somebody in (cast.ict, cast.head, cast.auditor):
        assert client_of(somebody).get(address(course)).status_code == 403
        assert client_of(somebody).post(address(course), {"rule": {}}, format="json").status_code == 403
        assert client_of(somebody).get(address(draft)).status_code == 404


def test_hr_of_a_bureau_reads_its_own_people_exactly_and_of_others_no_small_count(
    course: Course, cast: Cast, client_of: ClientOf
) -> None:
    """One of the two people of the industry bureau is in: withheld, and the total with it, for it would follow."""
    found = read(client_of(cast.bureau_hr), address(course))
    assert (found["counted"], found["smallest"]) == ("everybody", 5)
    assert found["by_bureau"] == [
        of(cast.digital, 4, 2, 2, 0, 0),
        of(cast.industry, 2, None, None, None, None),
    ]
    assert found["total"] == counts(6, None, None, None, None)
    assert {line["after"] for line in found["by_grade"]} == {None}


def test_a_manager_reads_the_counts_of_many_people(course: Course, cast: Cast, client_of: ClientOf) -> None:
    """Fourteen of the industry bureau join: a count of many; of those who stay out in either bureau there are many too."""
    AudiencePerson.objects.all().delete()
    records.crowd(cast, 20)
    for number in range(14):
        made = person(("商", "工", "ショウ", "コウ"), str(number), issuer=cast.tmg, hiring=cast.hiring)
        post(made, cast.trade, cast.grades["shunin"], cast.office_family)
    manager = account("manager")
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=course.program.public_id, during=ALWAYS)
    rule = {
        "any": [
            {"all": [ICT, {"grade_is": ["tmg.shuji"]}]},
            {"all": [{"organization": ["industry"]}, {"grade_is": ["tmg.shunin"]}]},
        ]
    }
    course.audience.rule = {"all": [ICT, {"grade_is": ["tmg.shuji"]}]}
    course.audience.save()
    found = read(client_of(manager), address(course), rule)
    assert found["total"] == counts(40, 21, 35, 14, 0)
    # beside the 21 of the digital bureau there are three, beside the 14 of the other two: both lines are withheld
    assert [line["after"] for line in found["by_bureau"]] == [None, None]
    assert [line["staff"] for line in found["by_bureau"]] == [24, 16]
    everything = read(client_of(manager), address(course), {})
    assert everything["by_bureau"] == [
        of(cast.digital, 24, None, None, None, None),
        of(cast.industry, 16, None, None, None, None),
    ]


def test_a_rule_on_a_status_counts_only_the_people_one_is_hr_of(
    course: Course, cast: Cast, client_of: ClientOf
) -> None:
    """Whoever may choose the rule could otherwise ask for the status of anybody."""
    for staff in (cast.staff, cast.head):
        StaffStatus.objects.create(staff=staff, kind="manager_candidate", during=ALWAYS)
    manager = account("manager")
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=course.program.public_id, during=ALWAYS)
    rule = {"status": ["manager_candidate"]}
    central, bureau, nobody = (
        read(client_of(user), address(course), rule) for user in (cast.hr, cast.bureau_hr, manager)
    )
    assert (central["counted"], central["total"]) == ("everybody", counts(6, 3, 3, 2, 2))
    assert (bureau["counted"], bureau["total"]) == ("administered", counts(4, 2, 1, 1, 2))
    assert bureau["by_bureau"] == [of(cast.digital, 4, 2, 1, 1, 2)]
    assert (nobody["counted"], nobody["total"], nobody["by_bureau"]) == ("administered", counts(0, 0, 0, 0, 0), [])
    course.audience.rule = rule
    course.audience.save()
    assert read(client_of(cast.bureau_hr), address(course), {})["counted"] == "administered"


def test_hidden_people_count_for_academy_hr_alone(course: Course, cast: Cast, client_of: ClientOf) -> None:
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    central, bureau = (read(client_of(user), address(course)) for user in (cast.hr, cast.bureau_hr))
    assert central["by_bureau"][0] == of(cast.digital, 4, 2, 2, 0, 0)
    assert bureau["by_bureau"][0] == of(cast.digital, 3, 1, 1, 0, 0)


def test_one_statement_counts_whatever_the_rule(course: Course, cast: Cast, client_of: ClientOf) -> None:
    def statements(rule: Any) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            read(client_of(cast.hr), address(course), rule)
        return [each["sql"] for each in captured if "count(*) AS staff" in each["sql"]]

    long = {
        "any": [{"organization": ["TMG"]}, {"status": ["on_leave"]}, {"years_in_grade_at_least": 3}, {"all": [ICT]}]
    }
    assert len(statements({})) == len(statements(long)) == 1
