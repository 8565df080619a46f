"""The content of a course: versions of its modules and lessons, and materials."""

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from academy.clock import BusinessNow
from academy.models.base import Record
from academy.text import bilingual
from courses.models.programs import Course


class ContentVersionQuerySet(models.QuerySet["ContentVersion"]):
    def published(self) -> "ContentVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def current(self) -> "ContentVersionQuerySet":
        """Of each course the latest published version: the one that a session published now would take."""
        later = ContentVersion.objects.published().filter(course=OuterRef("course"), number__gt=OuterRef("number"))
        return self.published().filter(~Exists(later))


class ContentVersion(Record):
    """教材の版: the modules and lessons of a course as one whole.

    A draft is written on; a published version is what sessions are held with, and keeps its lessons and their lengths.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True, help_text="何が変わったか / what has changed")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    objects = ContentVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="content_version_number_is_unique", fields=["course", "number"]),
            models.UniqueConstraint(
                name="content_has_one_draft", fields=["course"], condition=Q(published_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="content_version_by_creation")]


def frozen_with_version(name: str, version: str, kept: tuple[str, ...]) -> pgtrigger.Trigger:
    """Rows of a published version are neither added nor removed, and keep the columns `kept`; titles may be corrected.

    The lock lets no row in while another transaction publishes. `version` is a query of the version's key with `{row}`.
    """
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in kept)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("version", "RECORD")],
        func=f"""
            IF TG_OP = 'UPDATE' AND NOT ({changed}) THEN RETURN NEW; END IF;
            FOR version IN SELECT published_at FROM courses_contentversion
                WHERE id IN ({version.format(row="OLD")}) OR id IN ({version.format(row="NEW")}) FOR SHARE
            LOOP
                IF version.published_at IS NOT NULL THEN
                    RAISE EXCEPTION 'content that was published does not change: % on %', TG_OP, TG_TABLE_NAME
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_is_published';
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Module(Record):
    """A chapter of a version."""

    version = models.ForeignKey(ContentVersion, models.PROTECT, related_name="modules")
    position = models.PositiveSmallIntegerField()
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="module_position_is_unique", fields=["version", "position"])]
        indexes = [models.Index(fields=["position", "id"], name="module_by_position")]
        triggers = [frozen_with_version("modules_are_frozen", "{row}.version_id", ("version_id", "position"))]


class Lesson(Record):
    """A video or text of a module; a video is viewed when its whole length was watched."""

    module = models.ForeignKey(Module, models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    seconds = models.PositiveIntegerField(help_text="長さ(秒) / length in seconds")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lesson_position_is_unique", fields=["module", "position"]),
            models.CheckConstraint(name="lesson_has_a_length", condition=Q(seconds__gte=1)),
        ]
        indexes = [models.Index(fields=["position", "id"], name="lesson_by_position")]
        triggers = [
            frozen_with_version(
                "lessons_are_frozen",
                "SELECT version_id FROM courses_module WHERE id = {row}.module_id",
                ("module_id", "position", "seconds"),
            )
        ]


class MaterialFor(models.TextChoices):
    EVERYBODY = "everybody", bilingual("全員", "Everybody")
    SEATED = "seated", bilingual("受講者", "Those with a seat")


class Material(Record):
    """資料: an address or a file that belongs to a version, a lesson or one session."""

    version = models.ForeignKey(ContentVersion, models.CASCADE, null=True, blank=True, related_name="materials")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, blank=True, related_name="materials")
    session = models.ForeignKey("courses.Session", models.CASCADE, null=True, blank=True, related_name="materials")
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    shown_to = models.CharField(max_length=20, choices=MaterialFor.choices, default=MaterialFor.SEATED)
    url = models.URLField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True, blank=True, editable=False)
    size = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="バイト / bytes")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="material_belongs_to_one_thing",
                condition=Q(version__isnull=False, lesson=None, session=None)
                | Q(version=None, lesson__isnull=False, session=None)
                | Q(version=None, lesson=None, session__isnull=False),
            ),
            models.CheckConstraint(
                name="material_is_an_address_or_a_file",
                condition=(~Q(url="") & Q(content=None, size=None, file_name=""))
                | (Q(url="", content__isnull=False, size__isnull=False) & ~Q(file_name="")),
            ),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="material_by_creation")]

    def __str__(self) -> str:
        return self.title_ja
