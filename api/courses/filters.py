import django_filters
from django import forms
from django.db.models import QuerySet

from academy import clock
from api.filters import PrefixSearch, RowFilter
from courses.models import AudiencePersonKind, Mode, Session, SessionStatus, Tier
from courses.phases import open_at
from enrollments.minimums import sessions_below_minimum

DAYS = ["%Y-%m-%d"]
YES_OR_NO = [("true", "true"), ("false", "false")]


class WholeNumber(django_filters.NumberFilter):
    field_class = forms.IntegerField


class ProgramFilters(django_filters.FilterSet):
    search = PrefixSearch("title_folded")
    code = django_filters.CharFilter()
    tier = django_filters.ChoiceFilter(choices=Tier.choices)
    mode = django_filters.ChoiceFilter(choices=Mode.choices)
    organization = RowFilter("organization")


class CourseFilters(django_filters.FilterSet):
    search = PrefixSearch("title_folded")
    code = django_filters.CharFilter()
    program = RowFilter("program")
    skill = RowFilter("skills__item")


class ModuleFilters(django_filters.FilterSet):
    course = RowFilter("version__course")
    version = RowFilter("version")


class LessonFilters(django_filters.FilterSet):
    course = RowFilter("module__version__course")
    version = RowFilter("module__version")
    module = RowFilter("module")


class AudiencePersonFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=AudiencePersonKind.choices)


class VenueFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded")


class InstructorFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded")


class MeetingFilters(django_filters.FilterSet):
    session = RowFilter("session")


class SessionFilters(django_filters.FilterSet):
    """`starts_from` and `starts_until` bound the first day, both inclusive; `open`: people may apply now, or not.

    `below_minimum`: applications are over, it has not begun, and fewer seats are held than it needs to take place.
    """

    search = PrefixSearch("course__title_folded")
    program = RowFilter("course__program")
    course = RowFilter("course")
    fiscal_year = WholeNumber()
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices)
    starts_from = django_filters.DateFilter(field_name="starts_on", lookup_expr="gte", input_formats=DAYS)
    starts_until = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", input_formats=DAYS)
    undated = django_filters.ChoiceFilter(choices=YES_OR_NO, method="_undated")
    open = django_filters.ChoiceFilter(choices=YES_OR_NO, method="_open")
    below_minimum = django_filters.ChoiceFilter(choices=YES_OR_NO, method="_below_minimum")

    def _open(self, queryset: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        now_open = open_at(clock.now())
        return queryset.filter(now_open) if value == "true" else queryset.exclude(now_open)

    def _below_minimum(self, queryset: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        short = sessions_below_minimum(clock.now()).values("pk")
        return queryset.filter(pk__in=short) if value == "true" else queryset.exclude(pk__in=short)

    def _undated(self, queryset: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        return queryset.filter(undated=value == "true")
