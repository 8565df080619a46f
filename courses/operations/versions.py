"""The life of a version of content: copied into a draft, written on, published or thrown away. Locks: the course first."""

from django.db import connection
from django.db.models import Max

from academy.models import User
from academy.operations.base import note, operation
from courses.errors import programmes as errors
from courses.models import ContentVersion, Course, Lesson, Material, Module
from courses.operations.content import is_empty, publish_content


@operation
def start_version(*, course_id: int, note_text: str = "", by: User | None) -> ContentVersion:
    """Start a draft from the latest published version: its modules, lessons and materials are copied. One draft at a time.

    A course without a published version starts with an empty one.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    if course.versions.filter(published_at=None).exists():
        raise errors.ContentDraftExists
    current = course.versions.current().first()
    number = (course.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = course.versions.create(number=number, note=note_text.strip())
    lessons = _copy(current, draft) if current else 0
    note(draft, course=course.public_id, number=number, copied_from=current and current.number, lessons=lessons)
    return draft


@operation
def publish_version(*, version_id: int, by: User | None) -> ContentVersion:
    """Publish a draft that has a lesson or a material: from now on it stays as it is, and new sessions take it.

    Sessions that were published before stay with the version that they have; those without any content take this one.
    """
    version = _locked_draft(version_id)
    if is_empty(version):
        raise errors.ContentIsEmpty
    sessions = publish_content(version)
    note(version, course=version.course.public_id, number=version.number, sessions=sessions)
    return version


@operation
def discard_version(*, version_id: int, by: User | None) -> None:
    """Throw a draft away with all that is in it; the only version of a course only while nothing is in it."""
    version = _locked_draft(version_id)
    others = version.course.versions.exclude(pk=version.pk).exists()
    if not others and (version.modules.exists() or version.materials.exists()):
        raise errors.ContentIsOnlyVersion
    note(version, course=version.course.public_id, number=version.number)
    Lesson.objects.filter(module__version=version).delete()
    version.modules.all().delete()
    version.delete()


def _locked_draft(version_id: int) -> ContentVersion:
    """The draft under the locks of its course and of itself, so that nobody publishes or writes on it meanwhile."""
    course = Course.objects.select_for_update(no_key=True, of=("self",)).get(versions=version_id)
    version = ContentVersion.objects.select_for_update(no_key=True).get(pk=version_id)
    if version.published_at is not None:
        raise errors.ContentNotDraft(number=version.number)
    version.course = course
    return version


def _copy(old: ContentVersion, new: ContentVersion) -> int:
    """Copy what a version holds, a statement for each kind; returns how many lessons."""
    modules = list(old.modules.order_by("position"))
    copies = Module.objects.bulk_create(
        Module(version=new, position=each.position, title_ja=each.title_ja, title_en=each.title_en) for each in modules
    )
    into = {module.pk: copy for module, copy in zip(modules, copies, strict=True)}
    lessons = list(Lesson.objects.filter(module__version=old).order_by("module_id", "position"))
    copied = Lesson.objects.bulk_create(
        Lesson(
            module=into[each.module_id],
            position=each.position,
            title_ja=each.title_ja,
            title_en=each.title_en,
            seconds=each.seconds,
        )
        for each in lessons
    )
    _copy_materials("version_id", [(old.pk, new.pk)])
    _copy_materials("lesson_id", [(lesson.pk, copy.pk) for lesson, copy in zip(lessons, copied, strict=True)])
    return len(lessons)


_COPIED = ("title_ja", "title_en", "shown_to", "url", "file_name", "content_type", "content", "size")


def _copy_materials(owner: str, pairs: list[tuple[int, int]]) -> None:
    """Copy the materials of each first to the second of the pair; the files stay inside the database."""
    columns = ", ".join(_COPIED)
    sources = ", ".join(f"material.{column}" for column in _COPIED)
    table = Material._meta.db_table
    statement = f"""
        INSERT INTO {table} (public_id, {owner}, {columns})
        SELECT academy_uuid7(), pair.new, {sources} FROM {table} AS material
        JOIN unnest(%s::bigint[], %s::bigint[]) AS pair (old, new) ON pair.old = material.{owner}
        ORDER BY material.id
    """  # noqa: S608 - only names of our own model are put in; keys are parameters
    with connection.cursor() as cursor:
        cursor.execute(statement, [[old for old, _ in pairs], [new for _, new in pairs]])
