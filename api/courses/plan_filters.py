import django_filters

from api.courses.filters import WholeNumber
from api.filters import RowFilter
from courses.models import PlanStatus


class PlanFilters(django_filters.FilterSet):
    fiscal_year = WholeNumber()
    organization = RowFilter("organization")
    status = django_filters.ChoiceFilter(choices=PlanStatus.choices)


class SurveyFilters(django_filters.FilterSet):
    fiscal_year = WholeNumber()


class DemandRequestFilters(django_filters.FilterSet):
    organization = RowFilter("organization")


class ProposalFilters(django_filters.FilterSet):
    survey = RowFilter("surveyed__survey")
    course = RowFilter("surveyed__course")
