"""What comes in to plan sessions from what there is."""

from rest_framework import serializers

from api.courses.inputs import LARGEST, LARGEST_SMALL
from api.inputs import Day, Input, Moment, Reference
from courses import access
from courses.models import Deadline, Selection


class ReopenInput(Input):
    apply_until = Moment(help_text="追加募集の終了 / the end of the further round")
    approve_until = Moment(
        required=False,
        allow_null=True,
        help_text="この回の所属長承認の期限。ないときは過ぎた期限だけが外れる / of heads of units in it; not given: one that passed ends",
    )
    nominate_until = Moment(
        required=False, allow_null=True, help_text="同じく局の取りまとめの期限 / the same of lists of bureaus"
    )


class DeadlinesInput(Input):
    change_until = Moment(required=False, allow_null=True)
    substitute_until = Moment(required=False, allow_null=True)
    approve_until = Moment(required=False, allow_null=True)
    nominate_until = Moment(required=False, allow_null=True)
    withdraw_until = Moment(required=False, allow_null=True)
    promote_until = Moment(required=False, allow_null=True)
    follow_rules = serializers.ListField(
        child=serializers.ChoiceField(choices=Deadline.choices),
        max_length=len(Deadline),
        required=False,
        help_text="規則に戻す期限 / deadlines that follow the rules again",
    )


class CloneInput(Input):
    starts_on = Day(help_text="最初のコマの日 / the day of the first meeting")
    course = Reference(access.courses_visible_to, required=False, help_text="別の講座に / into another course")
    keep_instructors = serializers.BooleanField(required=False)


class TemplateNames(Input):
    name_ja = serializers.CharField(max_length=100, required=False)
    name_en = serializers.CharField(max_length=100, required=False, allow_blank=True)


class TemplateInput(TemplateNames):
    session = Reference(access.sessions_visible_to)
    name_ja = serializers.CharField(max_length=100)


class TemplateDraftInput(Input):
    """A day, and what differs from the template."""

    starts_on = Day()
    ends_on = Day(required=False, help_text="コマのないひな形だけ / only where the template has no meeting")
    title_ja = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ordinal = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False)
    all_time_ordinal = serializers.IntegerField(min_value=1, max_value=LARGEST_SMALL, required=False, allow_null=True)
    selection = serializers.ChoiceField(choices=Selection.choices, required=False)
    capacity = serializers.IntegerField(min_value=0, max_value=LARGEST, required=False, allow_null=True)
    minimum = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True)
    apply_from = Moment(required=False, allow_null=True)
    apply_until = Moment(required=False, allow_null=True)
    change_until = Moment(required=False, allow_null=True)
    substitute_until = Moment(required=False, allow_null=True)
    approve_until = Moment(required=False, allow_null=True)
    nominate_until = Moment(required=False, allow_null=True)
    withdraw_until = Moment(required=False, allow_null=True)
    promote_until = Moment(required=False, allow_null=True)
    online_address = serializers.URLField(max_length=200, required=False, allow_blank=True)
    instructors = serializers.ListField(child=Reference(access.instructors_visible_to), max_length=50, required=False)
