"""Versions of content: one draft at a time, copied from what is taught; what was published stays."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connections

from academy.errors import DomainError
from academy.models import AuditEvent
from courses.errors import ContentIsPublished
from courses.errors.programmes import ContentDraftExists, ContentIsEmpty, ContentIsOnlyVersion, ContentNotDraft
from courses.models import ContentVersion, Course, Lesson, Material, Module
from courses.operations import content, sessions, versions
from courses.operations.sessions import publication
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.records import after_both


def start(course: Course, about: str = "") -> ContentVersion:
    return versions.start_version(course_id=course.pk, note_text=about, by=None)


def publish(version: ContentVersion) -> ContentVersion:
    return versions.publish_version(version_id=version.pk, by=None)


def discard(version: ContentVersion) -> None:
    versions.discard_version(version_id=version.pk, by=None)


def write(course: Course, *titles: str, seconds: int = 60) -> list[Lesson]:
    """A chapter of the draft with a film of each title."""
    module = content.add_module(course_id=course.pk, title_ja="章", by=None)
    return [content.add_lesson(module_id=module.pk, title_ja=each, seconds=seconds, by=None) for each in titles]


@pytest.fixture
def taught(catalogue: Catalogue) -> ContentVersion:
    """Version 1 of the video course: two chapters with three films, a material of the whole and one of a film."""
    film, _ = write(catalogue.video, "一", "二")
    write(catalogue.video, "三")
    version = catalogue.video.versions.get()
    Material.objects.create(version=version, title_ja="手引き", url="https://example.org/guide")
    Material.objects.create(
        lesson=film, title_ja="配布", shown_to="everybody", file_name="a.pdf", content_type="application/pdf",
        content=b"%PDF-1", size=6,
    )  # fmt: skip
    return publish(version)


def outline(version: ContentVersion) -> list[tuple[int, str, int, str, int]]:
    lessons = Lesson.objects.filter(module__version=version).order_by("module__position", "position")
    return list(lessons.values_list("module__position", "module__title_ja", "position", "title_ja", "seconds"))


def handouts(version: ContentVersion) -> list[tuple[Any, ...]]:
    columns = ("title_ja", "shown_to", "url", "file_name", "content_type", "size")
    whole = version.materials.order_by("pk").values_list(*columns, "content")
    of_lessons = Material.objects.filter(lesson__module__version=version).order_by("pk")
    rows = [*whole, *of_lessons.values_list(*columns, "content")]
    return [(*row[:-1], bytes(row[-1]) if row[-1] else None) for row in rows]


def test_a_draft_begins_as_a_copy_of_what_is_taught(catalogue: Catalogue, taught: ContentVersion) -> None:
    draft = start(catalogue.video, " 誤りを直した ")
    assert (draft.number, draft.note, draft.published_at) == (2, "誤りを直した", None)
    assert outline(draft) == outline(taught)
    assert outline(draft) == [(1, "章", 1, "一", 60), (1, "章", 2, "二", 60), (2, "章", 1, "三", 60)]
    assert handouts(draft) == [
        ("手引き", "seated", "https://example.org/guide", "", "", None, None),
        ("配布", "everybody", "", "a.pdf", "application/pdf", 6, b"%PDF-1"),
    ]
    event = AuditEvent.objects.get(action="courses.start_version")
    assert (event.target, event.detail) == (
        draft.public_id,
        {"course": str(catalogue.video.public_id), "number": 2, "copied_from": 1, "lessons": 3},
    )


def test_a_copy_of_many_lessons_takes_no_more_statements(
    catalogue: Catalogue, taught: ContentVersion, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(14):
        draft = start(catalogue.video)
    write(catalogue.video, *[str(number) for number in range(20)])
    publish(draft)
    with django_assert_num_queries(14):
        start(catalogue.video)


def test_what_changes_in_the_draft_leaves_the_taught_version(catalogue: Catalogue, taught: ContentVersion) -> None:
    before = outline(taught), handouts(taught)
    draft = start(catalogue.video)
    film = Lesson.objects.get(module__version=draft, title_ja="一")
    content.change_lesson(lesson_id=film.pk, seconds=90, title_ja="新", by=None)
    write(catalogue.video, "四")
    publish(draft)
    assert (outline(taught), handouts(taught)) == before
    assert [row[3:] for row in outline(draft)] == [("新", 90), ("二", 60), ("三", 60), ("四", 60)]
    assert list(ContentVersion.objects.current().filter(course=catalogue.video)) == [draft]


def test_a_published_version_keeps_its_order_and_lengths(catalogue: Catalogue, taught: ContentVersion) -> None:
    module, lesson = taught.modules.order_by("position")[0], Lesson.objects.order_by("pk")[0]
    for call in (
        partial(content.add_module, course_id=catalogue.video.pk, title_ja="章", by=None),
        partial(content.change_module, module_id=module.pk, position=9, by=None),
        partial(content.add_lesson, module_id=module.pk, title_ja="四", seconds=1, by=None),
        partial(content.change_lesson, lesson_id=lesson.pk, seconds=1, by=None),
        partial(content.change_lesson, lesson_id=lesson.pk, position=9, by=None),
    ):
        with pytest.raises(ContentIsPublished):
            call()
    content.change_module(module_id=module.pk, title_ja="章(改)", by=None)
    content.change_lesson(lesson_id=lesson.pk, title_en="One", by=None)
    assert outline(taught)[0] == (1, "章(改)", 1, "一", 60)
    with pytest.raises(IntegrityError, match="content that was published"):
        Lesson.objects.filter(pk=lesson.pk).delete()


def test_there_is_one_draft_and_an_empty_one_is_not_published(catalogue: Catalogue, taught: ContentVersion) -> None:
    start(catalogue.video)
    with pytest.raises(ContentDraftExists):
        start(catalogue.video)
    first = start(catalogue.seminar)
    assert (first.number, outline(first)) == (1, [])
    content.add_module(course_id=catalogue.seminar.pk, title_ja="章", by=None)
    with pytest.raises(ContentIsEmpty):
        publish(first)
    Material.objects.create(version=first, title_ja="手引き", url="https://example.org/guide")
    publish(first)
    with pytest.raises(ContentNotDraft):
        publish(first)


def test_a_draft_is_thrown_away_with_what_is_in_it(catalogue: Catalogue, taught: ContentVersion) -> None:
    draft = start(catalogue.video)
    discard(draft)
    assert list(ContentVersion.objects.all()) == [taught]
    assert (Module.objects.count(), Lesson.objects.count(), Material.objects.count()) == (2, 3, 2)
    assert AuditEvent.objects.get(action="courses.discard_version").target == draft.public_id
    with pytest.raises(ContentNotDraft):
        discard(taught)
    assert start(catalogue.video).number == 2


def test_the_only_version_is_thrown_away_only_while_nothing_is_in_it(catalogue: Catalogue) -> None:
    discard(start(catalogue.seminar))
    draft = start(catalogue.seminar)
    content.add_module(course_id=catalogue.seminar.pk, title_ja="章", by=None)
    with pytest.raises(ContentIsOnlyVersion):
        discard(draft)
    assert Module.objects.count() == 1


def test_a_session_is_held_with_what_was_taught_when_it_was_published(
    catalogue: Catalogue, taught: ContentVersion
) -> None:
    draft = start(catalogue.video)
    first = catalogue.published(catalogue.video)
    publish(draft)
    second = catalogue.published(catalogue.video)
    for session in (first, second):
        session.refresh_from_db()
    assert (first.content, second.content) == (taught, draft)


def test_publishing_a_session_publishes_the_first_draft_unless_it_is_empty(catalogue: Catalogue) -> None:
    write(catalogue.video, "一")
    held = catalogue.published(catalogue.video)
    held.refresh_from_db()
    assert held.content == catalogue.video.versions.published().get()
    start(catalogue.seminar)
    without = catalogue.published(catalogue.seminar)
    without.refresh_from_db()
    assert (without.content, catalogue.seminar.versions.get().published_at) == (None, None)


def test_a_session_without_content_takes_the_first_that_is_published(catalogue: Catalogue) -> None:
    without = catalogue.published(catalogue.seminar)
    draft = catalogue.draft(catalogue.seminar)
    write(catalogue.seminar, "一")
    first = publish(catalogue.seminar.versions.get())
    write_more = start(catalogue.seminar)
    publish(write_more)
    for session in (without, draft):
        session.refresh_from_db()
    assert (without.content, draft.content) == (first, None)


def _at_once(*calls: Any) -> list[Any]:
    """The results of the calls in threads of their own, or the codes of refusals."""
    found: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            found[place] = calls[place]()
        except DomainError as refusal:
            found[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_sessions_published_at_once_are_held_with_the_same_content(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find no published version; the second waits for the draft and looks again."""
    write(catalogue.video, "一")
    drafts = [catalogue.draft(catalogue.video) for _ in range(2)]
    monkeypatch.setattr(publication, "content_for_publication", after_both(content.content_for_publication))
    _at_once(*(partial(sessions.publish_session, session_id=each.pk, by=None) for each in drafts))
    version = catalogue.video.versions.get()
    for each in drafts:
        each.refresh_from_db()
        assert (each.status, each.content) == ("published", version)


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_started_at_once_one_is_made(cast: Cast, catalogue: Catalogue) -> None:
    found = _at_once(*(partial(start, catalogue.video) for _ in range(2)))
    assert sorted(each if isinstance(each, str) else "made" for each in found) == ["content_draft_exists", "made"]
