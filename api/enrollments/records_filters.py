import django_filters

from api.filters import RowFilter
from enrollments.models import ExamSource


class LessonProgressFilters(django_filters.FilterSet):
    enrollment = RowFilter("enrollment")
    session = RowFilter("enrollment__session")
    lesson = RowFilter("lesson")


class ExamAttemptFilters(django_filters.FilterSet):
    enrollment = RowFilter("enrollment")
    session = RowFilter("enrollment__session")
    current = django_filters.BooleanFilter(field_name="current")
    passed = django_filters.BooleanFilter(field_name="passed")
    source = django_filters.ChoiceFilter(choices=ExamSource.choices)


class TeamFilters(django_filters.FilterSet):
    session = RowFilter("session")


class ProposalFilters(django_filters.FilterSet):
    team = RowFilter("team")
    session = RowFilter("team__session")
