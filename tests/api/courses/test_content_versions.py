"""`content-versions/`, and what a session is held with."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import ContentVersion, Course, Lesson
from courses.operations import content, versions
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
VERSIONS, SESSIONS = "/api/v1/content-versions/", "/api/v1/sessions/"


def film(course: Course, title: str = "動画") -> Lesson:
    module = content.add_module(course_id=course.pk, title_ja="章", by=None)
    return content.add_lesson(module_id=module.pk, title_ja=title, seconds=60, by=None)


@pytest.fixture
def taught(catalogue: Catalogue) -> ContentVersion:
    lesson = film(catalogue.video)
    return versions.publish_version(version_id=lesson.module.version_id, by=None)


def module_of(version: ContentVersion, title: str = "動画") -> dict[str, Any]:
    module = version.modules.get()
    lesson = module.lessons.get()
    return {
        "id": str(module.public_id),
        "course": str(version.course.public_id),
        "version": str(version.public_id),
        "position": 1,
        "title_ja": "章",
        "title_en": "",
        "lessons": [
            {
                "id": str(lesson.public_id),
                "module": str(module.public_id),
                "position": 1,
                "title_ja": title,
                "title_en": "",
                "seconds": 60,
            }
        ],
    }


def test_a_version_is_started_written_and_published(
    catalogue: Catalogue, taught: ContentVersion, cast: Cast, client_of: ClientOf
) -> None:
    client, course = client_of(cast.bureau_hr), str(catalogue.video.public_id)
    made = client.post(VERSIONS, {"course": course, "note": "字幕を直した"})
    draft = ContentVersion.objects.get(number=2)
    body = {
        "id": str(draft.public_id),
        "course": course,
        "course_title_ja": "動画講座",
        "number": 2,
        "note": "字幕を直した",
        "published": False,
        "published_at": None,
        "created_at": made.json()["created_at"],
        "modules": [module_of(draft)],
    }
    assert (made.status_code, made.json()) == (201, body)
    address = f"{VERSIONS}{draft.public_id}/"
    lesson = draft.modules.get().lessons.get()
    client.patch(f"/api/v1/lessons/{lesson.public_id}/", {"title_ja": "新"})
    reader = client_of(cast.staff)
    assert reader.get(f"/api/v1/courses/{course}/").json()["modules"] == [module_of(taught)]
    published = client.post(f"{address}publish/", {})
    body |= {
        "published": True,
        "published_at": published.json()["published_at"],
        "modules": [module_of(draft, "新")],
    }
    assert (published.status_code, published.json()) == (200, body)
    assert reader.get(address).json() == body
    assert reader.get(f"/api/v1/courses/{course}/").json()["modules"] == [module_of(draft, "新")]


def test_a_draft_is_its_planners_alone(
    catalogue: Catalogue, taught: ContentVersion, cast: Cast, client_of: ClientOf
) -> None:
    draft = versions.start_version(course_id=catalogue.video.pk, by=None)
    module, lesson = draft.modules.get(), draft.modules.get().lessons.get()
    hidden = [
        f"{VERSIONS}{draft.public_id}/",
        f"/api/v1/modules/{module.public_id}/",
        f"/api/v1/lessons/{lesson.public_id}/",
    ]
    # The manager plans another programme.
    for somebody in (cast.staff, cast.trainer, cast.head, cast.auditor, catalogue.manager):
        client = client_of(somebody)
        assert [client.get(address).status_code for address in hidden] == [404] * 3
        assert [row["number"] for row in client.get(VERSIONS).json()["results"]] == [1]
        assert client.get(f"/api/v1/lessons/?version={draft.public_id}").json()["results"] == []
        assert client.post(f"{hidden[0]}publish/", {}).status_code == client.delete(hidden[0]).status_code == 404
        refused = client.post(VERSIONS, {"course": str(catalogue.video.public_id)})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    for planner in (cast.hr, cast.bureau_hr):
        client = client_of(planner)
        assert [client.get(address).status_code for address in hidden] == [200] * 3
        assert [row["number"] for row in client.get(VERSIONS).json()["results"]] == [2, 1]
    assert client.delete(hidden[0]).status_code == 204
    assert not ContentVersion.objects.filter(pk=draft.pk).exists()


def test_refusals_name_their_reason(
    catalogue: Catalogue, taught: ContentVersion, cast: Cast, client_of: ClientOf
) -> None:
    client, course = client_of(cast.hr), {"course": str(catalogue.video.public_id)}
    published = f"{VERSIONS}{taught.public_id}/"
    client.post(VERSIONS, course)
    empty = client.post(VERSIONS, {"course": str(catalogue.seminar.public_id)}).json()["id"]
    answers = {
        "again": client.post(VERSIONS, course),
        "published": client.post(f"{published}publish/", {}),
        "discarded": client.delete(published),
        "empty": client.post(f"{VERSIONS}{empty}/publish/", {}),
    }
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == {
        "again": (409, "content_draft_exists"),
        "published": (409, "content_not_draft"),
        "discarded": (409, "content_not_draft"),
        "empty": (409, "content_is_empty"),
    }
    module = taught.modules.get()
    refused = client.patch(f"/api/v1/modules/{module.public_id}/", {"position": 5})
    assert (refused.status_code, refused.json()["code"]) == (409, "content_is_published")
    assert client.patch(f"/api/v1/modules/{module.public_id}/", {"title_ja": "章(改)"}).status_code == 200


def test_lists_are_filtered(catalogue: Catalogue, taught: ContentVersion, cast: Cast, client_of: ClientOf) -> None:
    versions.start_version(course_id=catalogue.seminar.pk, by=None)
    client = client_of(cast.hr)

    def courses(query: str) -> list[str]:
        return [row["course_title_ja"] for row in client.get(f"{VERSIONS}?{query}").json()["results"]]

    assert courses("") == ["セミナー", "動画講座"]
    assert courses("order=created_at") == ["動画講座", "セミナー"]
    assert courses("published=true") == ["動画講座"]
    assert courses("published=false") == ["セミナー"]
    assert courses(f"course={catalogue.seminar.public_id}") == ["セミナー"]
    assert client.get(f"{VERSIONS}?number=1").status_code == 400


def test_a_session_shows_the_version_that_it_is_held_with(
    catalogue: Catalogue, taught: ContentVersion, cast: Cast, client_of: ClientOf
) -> None:
    held, client = catalogue.published(catalogue.video), client_of(cast.staff)
    address = f"{SESSIONS}{held.public_id}/modules/"
    assert client.get(address).json()["results"] == [module_of(taught)]
    draft = versions.start_version(course_id=catalogue.video.pk, by=None)
    planned = catalogue.draft(catalogue.video)
    later = versions.publish_version(version_id=draft.pk, by=None)
    assert client.get(address).json()["results"] == [module_of(taught)]
    assert client.get(f"{SESSIONS}{planned.public_id}/modules/").status_code == 404
    shown = client_of(cast.bureau_hr).get(f"{SESSIONS}{planned.public_id}/modules/")
    assert shown.json()["results"] == [module_of(later)]

    use = f"{SESSIONS}{held.public_id}/use-version/"
    body = {"version": str(later.public_id)}
    assert client.post(use, body).status_code == client_of(catalogue.manager).post(use, body).status_code == 403
    moved = client_of(cast.bureau_hr).post(use, body)
    assert (moved.status_code, moved.json()["content"]) == (200, str(later.public_id))
    assert client.get(address).json()["results"] == [module_of(later)]


def test_a_session_without_content_shows_none(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    held = catalogue.published(catalogue.seminar)
    assert client_of(cast.staff).get(f"{SESSIONS}{held.public_id}/modules/").json() == {
        "next": None,
        "previous": None,
        "results": [],
    }
