"""`notices/`: what one was told oneself. Mail comes with another part of the service; these rows are what it will send."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.models import Notice
from academy.notices import WORDS, text_of, title_of
from academy.operations import notices
from api.inputs import Empty
from api.rows import PublicId, Row, Text
from api.views import Resource


def _title(kind: str, facts: dict[str, Any]) -> str:
    return str(title_of(kind, facts))


def _text(kind: str, facts: dict[str, Any]) -> str:
    return str(text_of(kind, facts))


class NoticeRow(Row):
    """Title and text are in the reader's language; `facts` are what they are made of, `subject` what they are about."""

    id = PublicId()
    kind = serializers.CharField()
    title = Text("kind", "facts", made=_title)
    text = Text("kind", "facts", made=_text)
    facts = serializers.DictField()
    subject_kind = serializers.CharField()
    subject = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ReadAllRow(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class NoticeFilters(django_filters.FilterSet):
    unread = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")], method="_unread")
    kind = django_filters.ChoiceFilter(choices=[(kind, kind) for kind in WORDS])

    def _unread(self, queryset: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return queryset.filter(read_at__isnull=value == "true")


class Notices(Resource):
    visible = access.notices_visible_to
    row = NoticeRow
    access = {
        "list": access.signed_in,
        "retrieve": access.signed_in,
        "read": access.own_notice,
        "read_all": access.staff_only,
    }
    inputs = {"read": Empty, "read_all": Empty}
    answers = {"read_all": ReadAllRow}
    orders = ("-created_at", "created_at")
    filterset_class = NoticeFilters

    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:
        """Mark one as read; the first time counts."""
        notice = self.target()
        self.input()
        return self.write(lambda: notices.read_notice(notice_id=notice.pk, by=self.viewer.user))

    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark everything as read."""
        self.input()
        staff_id = self.viewer.staff_id or 0
        return self.write(lambda: notices.read_all(staff_id=staff_id, by=self.viewer.user), lambda read: {"read": read})
