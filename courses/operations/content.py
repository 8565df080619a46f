"""The content of a course: modules and their lessons, in their order."""

from typing import TypedDict, Unpack

from django.db.models import Max

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.errors import ContentIsPublished
from courses.models import ContentVersion, Course, Lesson, Module, Session
from courses.operations.programs import check_title

LAST_POSITION = 32_767  # what the column holds


class ModuleFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    position: int


class LessonFields(ModuleFields, total=False):
    seconds: int


@operation
def add_module(
    *, course_id: int, title_ja: str, title_en: str = "", position: int | None = None, by: User | None
) -> Module:
    """A module goes to the end of its course unless its position is given."""
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    version = _draft_of(course)
    at = position if position is not None else _after(version.modules.aggregate(last=Max("position"))["last"])
    _check(title_ja, at)
    module = version.modules.create(position=at, title_ja=title_ja, title_en=title_en)
    note(module, course=course.public_id)
    return module


@operation
def change_module(*, module_id: int, by: User | None, **fields: Unpack[ModuleFields]) -> Module:
    """Change what is given; two modules of a course never share a position."""
    module = Module.objects.select_for_update(no_key=True).get(pk=module_id)
    _check(fields.get("title_ja", module.title_ja), fields.get("position", module.position))
    for name, value in fields.items():
        setattr(module, name, value)
    module.save(update_fields=list(fields))
    return module


@operation
def add_lesson(
    *, module_id: int, title_ja: str, seconds: int, title_en: str = "", position: int | None = None, by: User | None
) -> Lesson:
    """A lesson has a length of at least one second and goes to the end of its module unless its position is given."""
    module = Module.objects.select_for_update(no_key=True).get(pk=module_id)
    at = position if position is not None else _after(module.lessons.aggregate(last=Max("position"))["last"])
    _check(title_ja, at, seconds)
    lesson = module.lessons.create(position=at, title_ja=title_ja, title_en=title_en, seconds=seconds)
    note(lesson, module=module.public_id)
    return lesson


@operation
def change_lesson(*, lesson_id: int, by: User | None, **fields: Unpack[LessonFields]) -> Lesson:
    """Change what is given. What was viewed stays viewed: progress counts seconds, and is judged by the new length."""
    lesson = Lesson.objects.select_for_update(no_key=True).get(pk=lesson_id)
    _check(
        fields.get("title_ja", lesson.title_ja),
        fields.get("position", lesson.position),
        fields.get("seconds", lesson.seconds),
    )
    for name, value in fields.items():
        setattr(lesson, name, value)
    lesson.save(update_fields=list(fields))
    return lesson


def _draft_of(course: Course) -> ContentVersion:
    """The version that is written on; a course without any gets its first."""
    draft = course.versions.filter(published_at=None).first()
    if draft is None and course.versions.exists():
        raise ContentIsPublished
    return draft or course.versions.create(number=1)


def content_for_publication(course: Course) -> int | None:
    """The key of the version that a session published now takes: the latest published one.

    Of a course without any it is the draft, which is published, unless there is nothing in it.
    """
    taught = course.versions.current()
    version = taught.first()
    if version is None:
        draft = course.versions.select_for_update(no_key=True).filter(published_at=None).first()
        version = taught.first()  # somebody may have published it while we waited for the lock
        if version is None and draft is not None and not is_empty(draft):
            publish_content(draft)
            version = draft
    return version.pk if version else None


def is_empty(version: ContentVersion) -> bool:
    """Whether there is nothing to learn from: neither a lesson nor a material."""
    return not (Lesson.objects.filter(module__version=version).exists() or version.materials.exists())


def publish_content(version: ContentVersion) -> int:
    """Publish a locked draft; published sessions that are held without any content take it. Returns how many."""
    version.published_at = clock.now()
    version.save(update_fields=["published_at"])
    without = Session.objects.published().filter(course=version.course_id, content=None)
    return without.update(content=version)


def _check(title_ja: str, position: int, seconds: int = 1) -> None:
    faults = Faults()
    check_title(title_ja, faults)
    if not 1 <= position <= LAST_POSITION:
        faults.add(
            "/position",
            "out_of_range",
            f"順番は1から{LAST_POSITION}までです。",
            f"A position is from 1 to {LAST_POSITION}.",
        )
    if seconds < 1:
        faults.add("/seconds", "too_short", "長さは1秒以上です。", "At least one second.")
    faults.refuse()


def _after(last: int | None) -> int:
    return (last or 0) + 1
