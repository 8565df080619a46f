from uuid import UUID

import django_filters
from django.db.models import QuerySet

from academy import clock
from academy.models import Organization, OrganizationKind, Role, RoleGrant, Staff
from academy.models.organizations import subtree
from api.filters import PrefixSearch, RowFilter


class OrganizationFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded")
    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    within = django_filters.UUIDFilter(method="_within")

    def _within(self, queryset: QuerySet[Organization], name: str, value: UUID) -> QuerySet[Organization]:
        """The subtree of an organisation as it stands today."""
        roots = list(Organization.objects.filter(public_id=value).values_list("pk", flat=True))
        return queryset.filter(pk__in=subtree(roots, clock.today()))


class StaffFilters(django_filters.FilterSet):
    search = PrefixSearch("name_folded", "kana_folded", "number_folded")
    organization = django_filters.UUIDFilter(method="_organization")

    def _organization(self, queryset: QuerySet[Staff], name: str, value: UUID) -> QuerySet[Staff]:
        """People with a post in the subtree of an organisation today."""
        roots = list(Organization.objects.filter(public_id=value).values_list("pk", flat=True))
        return queryset.filter(pk__in=Staff.objects.serving_within(roots, clock.today()).values("pk"))


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
