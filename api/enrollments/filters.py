import django_filters

from api.courses.filters import WholeNumber
from api.filters import RowFilter
from enrollments.models import Status


class OwnEnrollmentFilters(django_filters.FilterSet):
    session = RowFilter("session")
    course = RowFilter("course")
    program = RowFilter("course__program")
    status = django_filters.ChoiceFilter(choices=Status.choices)
    fiscal_year = WholeNumber()


class EnrollmentFilters(OwnEnrollmentFilters):
    staff = RowFilter("staff")
    bureau = RowFilter("bureau")


class RosterFilters(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Status.choices)
