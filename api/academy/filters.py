from uuid import UUID

import django_filters
from django.db.models import QuerySet

from academy.access import serving_within
from academy.models import Assignment, AssignmentKind, Organization, OrganizationKind, Role, RoleGrant, Staff
from academy.models.organizations import subtree
from api.as_of import day_of_trees
from api.filters import PrefixSearch, RowFilter, by_number, by_romaji


def keys_of(organization: UUID) -> list[int]:
    """The key of an organisation; none where it is not known."""
    return list(Organization.objects.filter(public_id=organization).values_list("pk", flat=True))


class OrganizationFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded")
    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    within = django_filters.UUIDFilter(method="_within")

    def _within(self, queryset: QuerySet[Organization], name: str, value: UUID) -> QuerySet[Organization]:
        """The subtree of an organisation as it stands on the day asked about, or today."""
        return queryset.filter(pk__in=subtree(keys_of(value), day_of_trees(self.request)))


class StaffFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded", "kana_folded", number_folded=by_number, romaji_folded=by_romaji)
    organization = django_filters.UUIDFilter(method="_organization")

    def _organization(self, queryset: QuerySet[Staff], name: str, value: UUID) -> QuerySet[Staff]:
        """People with a post in the subtree of an organisation on the day asked about, or today."""
        return queryset.filter(pk__in=serving_within(keys_of(value), day_of_trees(self.request)))


class AssignmentFilters(django_filters.FilterSet):
    organization = django_filters.UUIDFilter(method="_organization")
    kind = django_filters.ChoiceFilter(choices=AssignmentKind.choices)
    head_of_unit = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")], method="_head_of_unit")

    def _organization(self, queryset: QuerySet[Assignment], name: str, value: UUID) -> QuerySet[Assignment]:
        """Posts in the subtree of an organisation as it stands on the day asked about, or today."""
        return queryset.filter(organization_id__in=subtree(keys_of(value), day_of_trees(self.request)))

    def _head_of_unit(self, queryset: QuerySet[Assignment], name: str, value: str) -> QuerySet[Assignment]:
        return queryset.filter(head_of_unit=value == "true")


class RoleGrantFilters(django_filters.FilterSet):
    user = RowFilter("user")
    role = django_filters.ChoiceFilter(choices=Role.choices)

    class Meta:
        model = RoleGrant
        fields: list[str] = []


class AuditEventFilters(django_filters.FilterSet):
    target = django_filters.UUIDFilter(field_name="target")
    action = django_filters.CharFilter(field_name="action")
    by = RowFilter("by")
