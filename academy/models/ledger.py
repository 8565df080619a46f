"""The machine's own books, all in real time: the audit trail, idempotency records and jobs."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from academy.models.base import PersonalData, Record, Retention, append_only
from academy.text import bilingual


class AuditEvent(Record):
    """One event per operation call, in its transaction. `detail` holds ids, counts and codes, no personal values."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=80)
    target_kind = models.CharField(max_length=40, blank=True)
    target = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    personal_data = PersonalData("who did what when", Retention.AUDIT)

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="audit_event_by_time"),
            models.Index(fields=["target", "at"], name="audit_event_by_target"),
        ]
        triggers = [append_only("audit_events_are_append_only")]


class IdempotencyRecord(models.Model):
    """The answer that was given under a key, stored in the commit of the write that it answers."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path, query and body")
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    personal_data = PersonalData("repeat of an answer after a lost connection", Retention.OPERATION)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="idempotency_key_is_unique_per_user", fields=["user", "key"]),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_record_by_time")]


class JobStatus(models.TextChoices):
    WAITING = "waiting", bilingual("待機中", "Waiting")
    RUNNING = "running", bilingual("実行中", "Running")
    DONE = "done", bilingual("完了", "Done")
    FAILED = "failed", bilingual("失敗", "Failed")
    CANCELLED = "cancelled", bilingual("取消", "Cancelled")


class Job(Record):
    """The record of work that outlives a request: written with its cause, finished with its effect.

    A worker holds it by `lease_until`; a job whose lease ran out is taken again. `parameters` hold ids only.
    """

    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=20, choices=JobStatus.choices, default=JobStatus.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    all_rows = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    problem = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    finished_at = models.DateTimeField(null=True, blank=True)

    personal_data = PersonalData("progress and result of requested work", Retention.OPERATION)

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="job_by_time"),
            models.Index(fields=["created_at"], name="job_unfinished", condition=Q(status__in=["waiting", "running"])),
        ]
