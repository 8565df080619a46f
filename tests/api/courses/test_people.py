"""`courses/{id}/people/`: who was added to the audience or left out by name, shown to the planners of the course."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import AudiencePerson, Course
from courses.operations import audiences
from tests import records, stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
Clock = Callable[[dt.datetime], None]


def address(course: Course) -> str:
    return f"/api/v1/courses/{course.public_id}/people/"


def named(course: Course, staff: Staff, kind: str = "include") -> AudiencePerson:
    return AudiencePerson.objects.create(audience=course.audience, staff=staff, kind=kind, reason="本人の希望")


def test_planners_read_who_is_named_and_why(catalogue: Catalogue, cast: Cast, client_of: ClientOf, at: Clock) -> None:
    key = catalogue.seminar.audience_id
    at(stage.tokyo("2022-06-20 09:00"))
    audiences.include_person(audience_id=key, staff=cast.ict, reason="本人の希望", by=cast.hr)
    at(stage.tokyo("2022-06-21 09:00"))
    audiences.exclude_person(audience_id=key, staff=cast.staff, reason="受講済み", by=cast.hr)
    named(catalogue.video, cast.head)
    first, second = AudiencePerson.objects.filter(audience=key).order_by("pk")
    expected = [
        {
            "id": str(first.public_id),
            "staff": str(cast.ict.public_id),
            "staff_name": "髙橋 花子",
            "kind": "include",
            "kind_label": "Included",
            "reason": "本人の希望",
        },
        {
            "id": str(second.public_id),
            "staff": str(cast.staff.public_id),
            "staff_name": "森 太郎",
            "kind": "exclude",
            "kind_label": "Excluded",
            "reason": "受講済み",
        },
    ]
    for somebody in (cast.hr, catalogue.manager):
        client = client_of(somebody)
        body = client.get(f"{address(catalogue.seminar)}?count=true").json()
        days = [row.pop("created_at")[:10] for row in body["results"]]
        assert days == ["2022-06-20", "2022-06-21"]
        assert body == {"next": None, "previous": None, "results": expected, "count": 2}
        for query, kinds in (
            ("order=-created_at", ["exclude", "include"]),
            ("kind=include", ["include"]),
            ("kind=exclude", ["exclude"]),
        ):
            rows = client.get(f"{address(catalogue.seminar)}?{query}").json()["results"]
            assert [row["kind"] for row in rows] == kinds
        for query in ("kind=maybe", "staff=x", "order=staff"):
            assert client.get(f"{address(catalogue.seminar)}?{query}").status_code == 400


def test_the_list_is_read_page_by_page(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    rows = [named(catalogue.video, person) for person in (cast.ict, cast.ict2, cast.head)]
    client, url, found = client_of(cast.bureau_hr), f"{address(catalogue.video)}?page_size=2", []
    while url:
        page = client.get(url).json()
        found.append([row["id"] for row in page["results"]])
        url = page["next"]
    assert found == [[str(row.public_id) for row in rows[:2]], [str(rows[2].public_id)]]


def test_nobody_else_reads_who_is_named(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, anonymous: APIClient
) -> None:
    named(catalogue.seminar, cast.ict)
    catalogue.published(instructors=[catalogue.lecturer])  # the trainer teaches it, and plans nothing
    for somebody in (cast.ict, cast.staff, cast.head, cast.trainer, cast.auditor, cast.bureau_hr):
        answer = client_of(somebody).get(address(catalogue.seminar))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert anonymous.get(address(catalogue.seminar)).status_code == 401
    missing = Course(public_id=cast.ict.public_id)
    assert client_of(cast.hr).get(address(missing)).status_code == 404
    assert client_of(cast.hr).post(address(catalogue.seminar), {}).status_code == 405


def test_who_is_hidden_is_shown_to_academy_hr_alone(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    named(catalogue.video, cast.ict)
    named(catalogue.video, cast.staff)  # of another bureau: the planner sees the row, and no more of the person
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    for somebody, people in ((cast.hr, [cast.ict, cast.staff]), (cast.bureau_hr, [cast.staff])):
        body = client_of(somebody).get(f"{address(catalogue.video)}?count=true").json()
        assert [row["staff"] for row in body["results"]] == [str(person.public_id) for person in people]
        assert body["count"] == len(people)
    assert client_of(cast.bureau_hr).get(f"/api/v1/staff/{cast.staff.public_id}/").status_code == 404


def test_the_list_takes_as_many_statements_for_twenty_as_for_two(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    people = records.crowd(cast, 20)
    client = client_of(cast.bureau_hr)
    for few in (people[:2], people[2:]):
        for person in few:
            named(catalogue.video, person)
        with django_assert_num_queries(5):  # course, grants, programme, the person signed in, rows
            found = client.get(address(catalogue.video)).json()["results"]
    assert len(found) == 20
