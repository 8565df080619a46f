"""What came in with an application, and calls that gave many seats at once."""

from django.conf import settings
from django.db import models

from academy.clock import BusinessNow
from academy.models import Staff
from academy.models.base import Record
from courses.models import ApplicationForm, Course, FormQuestion, Session
from enrollments.models.enrollments import TRAINING


class Application(Record):
    """申込み: what one person asked for at once: one or several sessions of a course in the order of wishes, with answers.

    It takes one seat. A plain application for one session without questions has no row here.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="applications")
    form = models.ForeignKey(ApplicationForm, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    personal_data = TRAINING


class ApplicationAnswer(Record):
    """An answer to a question of the form. `value` is a string, a number, true or false, a date, or a list of codes."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers")
    question = models.ForeignKey(FormQuestion, models.PROTECT, related_name="+")
    value = models.JSONField()
    changed_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    personal_data = TRAINING

    class Meta:
        constraints = [
            models.UniqueConstraint(name="application_answers_a_question_once", fields=["application", "question"])
        ]


class SeatBatch(Record):
    """One call that gave seats to many people, so that it can be undone as one."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="batches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    personal_data = TRAINING

    class Meta:
        verbose_name_plural = "seat batches"
        indexes = [models.Index(fields=["created_at", "id"], name="seat_batch_by_creation")]
