"""`notices/`: what one was told oneself, and `me/notice-preferences/`: which of it comes by mail."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academy import access
from academy.models import Delivery, MailStatus, Notice, NoticePreference
from academy.notices import GROUPS, WORDS, Group, text_of, title_of
from academy.operations import mails, notices
from api.inputs import Empty, Input
from api.rows import Label, PublicId, Row, Text
from api.views import Resource


def _title(kind: str, facts: dict[str, Any]) -> str:
    return str(title_of(kind, facts))


def _text(kind: str, facts: dict[str, Any]) -> str:
    return str(text_of(kind, facts))


class NoticeRow(Row):
    """Title and text are in the reader's language; `facts` are what they are made of, `subject` what they are about; `mail_…`
    is what became of it in the mailbox.
    """

    id = PublicId()
    kind = serializers.CharField()
    title = Text("kind", "facts", made=_title)
    text = Text("kind", "facts", made=_text)
    facts = serializers.DictField()
    subject_kind = serializers.CharField()
    subject = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    mail_status = serializers.ChoiceField(
        choices=MailStatus.choices,
        source="mail.state",
        allow_null=True,
        help_text="メールにしないもの、まとめを待つものは null / null: not by mail, or waiting for the digest",
    )
    mail_status_label = Label("mail.state", MailStatus, allow_null=True)
    mailed_at = serializers.DateTimeField(source="mail.sent_at", allow_null=True)
    mail_problem = serializers.CharField(
        source="mail.problem", allow_null=True, help_text="届けられない理由の符号 / code of what is in the way"
    )


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


class PreferenceRow(serializers.Serializer[Any]):
    """How the notices of a group reach one's mailbox; `fixed`: they always come at once."""

    group = serializers.CharField()
    group_label = serializers.CharField()
    delivery = serializers.ChoiceField(choices=Delivery.choices)
    delivery_label = serializers.CharField()
    fixed = serializers.BooleanField()


class PreferencesRow(serializers.Serializer[Any]):
    results = PreferenceRow(many=True)


class PreferencesInput(Input):
    """What is left out comes at once. Decisions cannot be chosen: they always do."""

    change = serializers.ChoiceField(choices=Delivery.choices, required=False)
    confirmation = serializers.ChoiceField(choices=Delivery.choices, required=False)
    reminder = serializers.ChoiceField(choices=Delivery.choices, required=False)
    duty = serializers.ChoiceField(choices=Delivery.choices, required=False)


class NoticePreferences(Resource):
    """Which notices come by mail, and when. All of them stand in `notices/`, whatever is chosen."""

    http_method_names = ["get", "head", "put"]
    part = "me"
    visible = access.notices_visible_to
    row = NoticeRow
    access = {"show": access.staff_only, "replace": access.staff_only}
    inputs = {"replace": PreferencesInput}
    answers = {"show": PreferencesRow, "replace": PreferencesRow}

    def show(self, request: Request) -> Response:
        """What one has chosen."""
        self.refuse_unknown_parameters()
        return Response(_preferences_of(self.viewer.staff_id))

    def replace(self, request: Request) -> Response:
        """Choose anew, for all groups."""
        deliveries = {Group(group): Delivery(delivery) for group, delivery in self.input().items()}
        staff_id = self.viewer.staff_id or 0
        return self.write(
            lambda: mails.choose_delivery(staff_id=staff_id, deliveries=deliveries, by=self.viewer.user),
            lambda staff: _preferences_of(staff.pk),
        )


def _preferences_of(staff_id: int | None) -> dict[str, Any]:
    chosen = dict(NoticePreference.objects.filter(staff=staff_id).values_list("group", "delivery"))
    rows = []
    for group, label in GROUPS.items():
        fixed = group == Group.DECISION
        delivery = Delivery.AT_ONCE if fixed else Delivery(chosen.get(group.value, Delivery.AT_ONCE))
        rows.append(
            {
                "group": group.value,
                "group_label": str(label),
                "delivery": delivery.value,
                "delivery_label": str(delivery.label),
                "fixed": fixed,
            }
        )
    return {"results": rows}
