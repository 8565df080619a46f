"""`modules/` and `lessons/`: the content of a course, read by all and kept by the planners of its programme."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import AuditEvent, Staff, User
from courses.models import Course, Lesson, Module
from courses.operations import content, versions
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
MODULES, LESSONS = "/api/v1/modules/", "/api/v1/lessons/"


def chapter(course: Course, title: str = "一", **fields: Any) -> Module:
    return content.add_module(course_id=course.pk, title_ja=title, by=None, **fields)


def film(module: Module, title: str = "動画", **fields: Any) -> Lesson:
    return content.add_lesson(module_id=module.pk, title_ja=title, seconds=60, by=None, **fields)


def teach(course: Course) -> None:
    """Publish the draft of a course, so that everybody sees it."""
    versions.publish_version(version_id=course.versions.get(published_at=None).pk, by=None)


def faults(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), answer.content
    return sorted((fault["pointer"], fault["code"]) for fault in answer.json()["errors"])


def test_content_is_written_at_the_end_or_at_its_position(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    client, course = client_of(cast.bureau_hr), str(catalogue.video.public_id)
    made = client.post(MODULES, {"course": course, "title_ja": "一", "title_en": "One"})
    module = Module.objects.get()
    expected = {
        "id": str(module.public_id),
        "course": course,
        "version": str(module.version.public_id),
        "position": 1,
        "title_ja": "一",
        "title_en": "One",
        "lessons": [],
    }
    assert (made.status_code, made.json()) == (201, expected)
    assert client.post(MODULES, {"course": course, "title_ja": "五", "position": 5}).json()["position"] == 5
    assert client.post(MODULES, {"course": course, "title_ja": "六"}).json()["position"] == 6

    added = client.post(LESSONS, {"module": str(module.public_id), "title_ja": "動画", "seconds": 60})
    lesson = Lesson.objects.get()
    shown = {
        "id": str(lesson.public_id),
        "module": str(module.public_id),
        "position": 1,
        "title_ja": "動画",
        "title_en": "",
        "seconds": 60,
    }
    assert (added.status_code, added.json()) == (201, shown)
    body = {"module": str(module.public_id), "title_ja": "続き", "seconds": 1, "position": 3}
    assert client.post(LESSONS, body).json()["position"] == 3

    reader = client_of(cast.staff)
    assert reader.get(f"{LESSONS}{lesson.public_id}/").status_code == 404
    assert reader.get(f"/api/v1/courses/{course}/").json()["modules"] == []
    teach(catalogue.video)
    assert reader.get(f"{LESSONS}{lesson.public_id}/").json() == shown
    whole = reader.get(f"{MODULES}{module.public_id}/").json()
    assert (whole["lessons"][0], [row["title_ja"] for row in whole["lessons"]]) == (shown, ["動画", "続き"])
    assert reader.get(f"/api/v1/courses/{course}/").json()["modules"][0] == whole
    events = AuditEvent.objects.filter(by=cast.bureau_hr).order_by("pk")
    assert (events[0].action, events[0].target) == ("courses.add_module", module.public_id)
    assert events[0].detail == {"course": course}


def test_content_is_changed_by_what_is_given(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    module = chapter(catalogue.video)
    lesson = film(module)
    client = client_of(cast.bureau_hr)
    changed = client.patch(f"{MODULES}{module.public_id}/", {"title_en": "One", "position": 2})
    assert (changed.status_code, changed.json()) == (
        200,
        {
            "id": str(module.public_id),
            "course": str(catalogue.video.public_id),
            "version": str(module.version.public_id),
            "position": 2,
            "title_ja": "一",
            "title_en": "One",
            "lessons": [
                {
                    "id": str(lesson.public_id),
                    "module": str(module.public_id),
                    "position": 1,
                    "title_ja": "動画",
                    "title_en": "",
                    "seconds": 60,
                }
            ],
        },
    )
    longer = client.patch(f"{LESSONS}{lesson.public_id}/", {"seconds": 90})
    assert longer.json() == changed.json()["lessons"][0] | {"seconds": 90}
    assert client.patch(f"{LESSONS}{lesson.public_id}/", {}).json() == longer.json()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/course", "required"), ("/title_ja", "required")]),
        ({"lessons": []}, [("/course", "required"), ("/lessons", "unknown_field"), ("/title_ja", "required")]),
        ({"title_ja": "", "position": 0}, [("/course", "required"), ("/position", "min_value"), ("/title_ja", "blank")]),
        ({"title_ja": "一", "position": 32_768}, [("/course", "required"), ("/position", "max_value")]),
        ({"title_ja": "一", "course": "00000000-0000-7000-8000-000000000000"}, [("/course", "not_found")]),
    ],
)  # fmt: skip
def test_a_module_that_is_not_one_is_refused_with_every_fault(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(client_of(cast.hr).post(MODULES, body)) == expected
    assert not Module.objects.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/module", "required"), ("/seconds", "required"), ("/title_ja", "required")]),
        ({"course": "x", "title_ja": "動画", "seconds": 1}, [("/course", "unknown_field"), ("/module", "required")]),
        ({"title_ja": "動画", "seconds": 0}, [("/module", "required"), ("/seconds", "min_value")]),
        ({"title_ja": "動画", "seconds": 2_147_483_648}, [("/module", "required"), ("/seconds", "max_value")]),
    ],
)
def test_a_lesson_that_is_not_one_is_refused_with_every_fault(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(client_of(cast.hr).post(LESSONS, body)) == expected


def test_a_part_stays_where_it_belongs(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    module = chapter(catalogue.video)
    lesson, client = film(module), client_of(cast.hr)
    moved = client.patch(f"{MODULES}{module.public_id}/", {"course": str(catalogue.seminar.public_id)})
    assert faults(moved) == [("/course", "unknown_field")]
    moved = client.patch(f"{LESSONS}{lesson.public_id}/", {"module": str(module.public_id)})
    assert faults(moved) == [("/module", "unknown_field")]


def test_a_position_is_taken_once(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    first, second = chapter(catalogue.video), chapter(catalogue.video, "二")
    film(first)
    other, client = film(first), client_of(cast.hr)
    taken = {
        "type": "urn:digital-academy:problem:already_exists",
        "title": "Already exists",
        "status": 409,
        "detail": "The same thing exists already.",
        "code": "already_exists",
        "errors": [],
    }
    module = {"course": str(catalogue.video.public_id), "title_ja": "三", "position": 1}
    lesson = {"module": str(first.public_id), "title_ja": "三", "seconds": 1, "position": 1}
    for answer in (
        client.post(MODULES, module),
        client.patch(f"{MODULES}{second.public_id}/", {"position": 1}),
        client.post(LESSONS, lesson),
        client.patch(f"{LESSONS}{other.public_id}/", {"position": 1}),
    ):
        assert (answer.status_code, answer.json()) == (409, taken)
    assert client.post(LESSONS, lesson | {"module": str(second.public_id)}).status_code == 201


def test_after_the_last_position_there_is_none(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    module = chapter(catalogue.video, position=content.LAST_POSITION)
    film(module, position=content.LAST_POSITION)
    client = client_of(cast.hr)
    full = client.post(MODULES, {"course": str(catalogue.video.public_id), "title_ja": "次"})
    assert full.json()["errors"] == [
        {"pointer": "/position", "code": "out_of_range", "detail": "A position is from 1 to 32767."}
    ]
    full = client.post(LESSONS, {"module": str(module.public_id), "title_ja": "次", "seconds": 1})
    assert faults(full) == [("/position", "out_of_range")]


def test_only_the_planners_of_the_programme_write(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    module = chapter(catalogue.video)
    lesson = film(module)
    new_module = {"course": str(catalogue.video.public_id), "title_ja": "二"}
    new_lesson = {"module": str(module.public_id), "title_ja": "動画", "seconds": 60}
    # The manager plans another programme; the trainer teaches and plans nothing.
    for somebody in (cast.staff, cast.ict, cast.head, cast.trainer, cast.auditor, catalogue.manager):
        client = client_of(somebody)
        refused = client.post(MODULES, new_module)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        if somebody is catalogue.manager:  # a draft of another programme is not there
            assert faults(client.post(LESSONS, new_lesson)) == [("/module", "not_found")]
        else:
            assert client.post(LESSONS, new_lesson).status_code == 403
        for address in (f"{MODULES}{module.public_id}/", f"{LESSONS}{lesson.public_id}/"):
            assert client.get(address).status_code == client.patch(address, {"title_ja": "改"}).status_code == 404
    teach(catalogue.video)
    for somebody in (cast.staff, catalogue.manager):
        client = client_of(somebody)
        for address in (f"{MODULES}{module.public_id}/", f"{LESSONS}{lesson.public_id}/"):
            answer = client.patch(address, {"title_ja": "改"})
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
            assert client.get(address).json()["title_ja"] in {"一", "動画"}
    own = chapter(catalogue.seminar)
    manager = client_of(catalogue.manager)
    assert manager.post(LESSONS, new_lesson | {"module": str(own.public_id)}).status_code == 201
    assert manager.patch(f"{MODULES}{own.public_id}/", {"title_ja": "改"}).status_code == 200
    assert (Module.objects.count(), Lesson.objects.count()) == (2, 2)


def test_lists_are_filtered_and_in_order(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    second, first = chapter(catalogue.video, "二", position=2), chapter(catalogue.video, "一", position=1)
    elsewhere = chapter(catalogue.seminar, "他", position=3)
    film(second, "二の一")
    film(first, "一の二", position=4)
    film(elsewhere, "他の一", position=9)
    for course in (catalogue.video, catalogue.seminar):
        teach(course)
    client, video = client_of(cast.staff), catalogue.video.public_id

    def titles(url: str) -> list[str]:
        return [row["title_ja"] for row in client.get(url).json()["results"]]

    assert titles(MODULES) == ["一", "二", "他"]
    assert titles(f"{MODULES}?order=-position") == ["他", "二", "一"]
    assert titles(f"{MODULES}?course={video}") == ["一", "二"]
    version = catalogue.video.versions.get().public_id
    assert titles(f"{MODULES}?version={version}") == ["一", "二"]
    assert titles(f"{LESSONS}?version={version}") == ["二の一", "一の二"]
    assert titles(LESSONS) == ["二の一", "一の二", "他の一"]
    assert titles(f"{LESSONS}?course={video}&order=-position") == ["一の二", "二の一"]
    assert titles(f"{LESSONS}?module={second.public_id}") == ["二の一"]
    assert titles(f"{LESSONS}?module={second.public_id}&course={catalogue.seminar.public_id}") == []
    for url in (f"{MODULES}?module={video}", f"{LESSONS}?title_ja=x", f"{LESSONS}?order=title_ja"):
        assert client.get(url).status_code == 400


def test_the_progress_of_a_lesson_keeps_its_address(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    lesson = film(chapter(catalogue.video))
    teach(catalogue.video)
    assert client_of(cast.staff).get(f"{LESSONS}{lesson.public_id}/").status_code == 200
    assert client_of(cast.staff).get(f"{LESSONS}{lesson.public_id}/progress/").status_code == 404  # not enrolled


def test_twenty_modules_take_as_many_statements_as_two(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(cast.hr)
    for number in (2, 18):
        for _ in range(number):
            film(chapter(catalogue.video))
        with django_assert_num_queries(3):  # roles, modules, and their lessons
            found = client.get(MODULES).json()["results"]
        with django_assert_num_queries(2):
            client.get(LESSONS)
    assert [len(row["lessons"]) for row in found] == [1] * 20
