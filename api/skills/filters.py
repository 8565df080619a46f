import django_filters

from api.filters import RowFilter
from skills.models import AssessmentStatus, FrameworkStatus


class FrameworkFilters(django_filters.FilterSet):
    code = django_filters.CharFilter(field_name="code")
    status = django_filters.ChoiceFilter(choices=FrameworkStatus.choices)


class ItemFilters(django_filters.FilterSet):
    framework = RowFilter("framework")
    category = RowFilter("category")


class JobTypeFilters(django_filters.FilterSet):
    framework = RowFilter("framework")


class CycleFilters(django_filters.FilterSet):
    framework = RowFilter("framework")
    fiscal_year = django_filters.NumberFilter(field_name="fiscal_year")


class AssessmentFilters(django_filters.FilterSet):
    cycle = RowFilter("cycle")
    staff = RowFilter("staff")
    status = django_filters.ChoiceFilter(choices=AssessmentStatus.choices)
