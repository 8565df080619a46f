"""`courses/{id}/set-prerequisites/`, `courses/{id}/set-skills/`, and the fields that say when a course is due."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import Course, CourseSkill, Prerequisite
from skills.models import SkillItem
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.skills import small_map

ClientOf = Callable[[User | Staff], APIClient]
V1 = "/api/v1"


def address(course: Course, what: str = "") -> str:
    return f"{V1}/courses/{course.public_id}/{what}"


def faults(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), answer.content
    return sorted((fault["pointer"], fault["code"]) for fault in answer.json()["errors"])


@pytest.fixture
def items(cast: Cast, tmp_path: Path) -> list[SkillItem]:
    return small_map.items(small_map.published(tmp_path))


def test_prerequisites_are_set_and_shown(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client, url = client_of(catalogue.manager), address(catalogue.seminar, "set-prerequisites/")
    body = {"prerequisites": [{"course": str(catalogue.video.public_id), "within_years": 3}]}
    rehearsed = client.post(f"{url}?dry_run=true", body)
    assert (rehearsed.status_code, rehearsed.json()["changes"][0]["action"]) == (200, "courses.set_prerequisites")
    assert not Prerequisite.objects.exists()
    answer = client.post(url, body)
    shown = [
        {
            "course": str(catalogue.video.public_id),
            "code": "video",
            "title_ja": "動画講座",
            "title_en": "",
            "within_years": 3,
        }
    ]
    assert (answer.status_code, answer.json()["prerequisites"]) == (200, shown)
    assert client_of(cast.staff).get(address(catalogue.seminar)).json() == answer.json()
    back = {"prerequisites": [{"course": str(catalogue.seminar.public_id)}]}
    refused = client_of(cast.hr).post(address(catalogue.video, "set-prerequisites/"), back)
    assert (refused.status_code, refused.json()["code"]) == (409, "circular_prerequisites")
    assert client.post(url, {"prerequisites": []}).json()["prerequisites"] == []


def test_skills_are_set_shown_and_searched(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, items: list[SkillItem]
) -> None:
    client, url = client_of(cast.bureau_hr), address(catalogue.video, "set-skills/")
    first, second, third = items
    body = {"skills": [{"item": str(second.public_id), "level": 3}, {"item": str(first.public_id), "level": 2}]}
    answer = client.post(url, body)
    assert (answer.status_code, answer.json()["skills"]) == (
        200,
        [
            {"item": str(first.public_id), "number": 1, "name_ja": "企画", "name_en": "Planning", "level": 2},
            {"item": str(second.public_id), "number": 2, "name_ja": "要件定義", "name_en": "Requirements", "level": 3},
        ],
    )
    for item, codes in ((first, ["video"]), (second, ["video"]), (third, [])):
        listed = client.get(f"{V1}/courses/?skill={item.public_id}").json()["results"]
        assert [row["code"] for row in listed] == codes
    bad = {"skills": [{"item": str(first.public_id), "level": 4}]}
    assert faults(client.post(url, bad)) == [("/skills/0/level", "no_such_level")]
    assert CourseSkill.objects.count() == 2


def test_bodies_are_checked(catalogue: Catalogue, cast: Cast, client_of: ClientOf, items: list[SkillItem]) -> None:
    client, nobody = client_of(cast.hr), "00000000-0000-7000-8000-000000000000"
    skills, required = address(catalogue.video, "set-skills/"), address(catalogue.video, "set-prerequisites/")
    assert faults(client.post(skills, {})) == [("/skills", "required")]
    assert faults(client.post(required, {"prerequisites": [{}]})) == [("/prerequisites/0/course", "required")]
    assert faults(client.post(required, {"prerequisites": [{"course": nobody, "within_years": 0}]})) == [
        ("/prerequisites/0/course", "not_found"),
        ("/prerequisites/0/within_years", "min_value"),
    ]
    assert faults(client.post(skills, {"skills": [{"item": nobody, "level": -1, "x": 1}]})) == [
        ("/skills/0/item", "not_found"),
        ("/skills/0/level", "min_value"),
        ("/skills/0/x", "unknown_field"),
    ]


def test_only_who_plans_the_course_sets_them(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    for somebody in (cast.staff, cast.head, cast.trainer, cast.auditor, catalogue.manager):
        for what in ("prerequisites", "skills"):
            refused = client_of(somebody).post(address(catalogue.video, f"set-{what}/"), {what: []})
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_when_a_course_is_due_and_how_often_it_is_taken(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client, url = client_of(catalogue.manager), address(catalogue.seminar)
    changed = client.patch(url, {"recurrence": "once", "due_from": "hiring", "due_days": 90}).json()
    names = ("recurrence", "recurrence_label", "due_from", "due_from_label", "due_days")
    assert [changed[name] for name in names] == ["once", "Once", "hiring", "From the day of hiring", 90]
    assert faults(client.patch(url, {"due_days": None})) == [("/due_days", "required")]
    assert faults(client.patch(url, {"due_from": "birth", "due_days": -1})) == [
        ("/due_days", "min_value"),
        ("/due_from", "invalid_choice"),
    ]
    cleared = client.patch(url, {"due_from": None, "due_days": None}).json()
    assert [cleared[name] for name in names] == ["once", "Once", None, "", None]
