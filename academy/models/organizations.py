"""Organisations as a tree that changes over time, and the ladders of grades."""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from academy.folding import fold
from academy.models.base import Dated, DatedQuerySet, Record, folded, one_at_a_time
from academy.text import bilingual


class OrganizationKind(models.TextChoices):
    AUTHORITY = "authority", bilingual("任命権者", "Appointing authority")
    BUREAU = "bureau", bilingual("局等", "Bureau")
    DIVISION = "division", bilingual("部", "Division")
    SECTION = "section", bilingual("課", "Section")
    FIELD_OFFICE = "field_office", bilingual("事業所", "Field office")
    SCHOOL = "school", bilingual("学校", "School")
    MUNICIPALITY = "municipality", bilingual("区市町村", "Municipality")
    AFFILIATED_CORPORATION = "affiliated_corporation", bilingual("政策連携団体", "Affiliated corporation")
    INCORPORATED_AGENCY = "incorporated_agency", bilingual("地方独立行政法人", "Incorporated administrative agency")
    PARTNER = "partner", bilingual("連携先", "Partner")


# The level at which training is administered (局研修担当 or its like); design §4: also a municipality or affiliated body.
BUREAU_LEVEL = (
    OrganizationKind.BUREAU,
    OrganizationKind.MUNICIPALITY,
    OrganizationKind.AFFILIATED_CORPORATION,
    OrganizationKind.INCORPORATED_AGENCY,
    OrganizationKind.PARTNER,
)


class OrganizationQuerySet(DatedQuerySet["Organization"]):
    def within(self, roots: Iterable[int], on: dt.date) -> "OrganizationQuerySet":
        """The subtrees below and including `roots` as the tree stood on a day, in one statement."""
        return self.filter(pk__in=subtree(roots, on))


def subtree(roots: Iterable[int], on: dt.date) -> RawSQL:
    """The ids of subtrees on a day, for `…__in=`."""
    return RawSQL("SELECT academy_subtree(%s::bigint[], %s::date)", (list(roots), on))


class Organization(Dated, Record):
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30, choices=OrganizationKind.choices)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    name_kana = models.CharField(max_length=200, blank=True)
    name_folded = folded()
    area = models.CharField(max_length=40, blank=True, help_text="特別区・多摩地域・島しょ地域")
    position = models.IntegerField(default=0, help_text="建制順 / official order")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="organization_lives_some_time", condition=Q(during__isempty=False))]
        indexes = [
            models.Index(fields=["position", "id"], name="organization_by_position"),
            models.Index(fields=["name_folded", "id"], name="organization_by_name"),
        ]

    def __str__(self) -> str:
        return self.name_ja

    def fold_names(self) -> None:
        self.name_folded = fold(self.name_ja)


class OrganizationEdge(Dated, Record):
    """Who belonged to whom, and when: a reorganisation ends an edge and begins another."""

    child = models.ForeignKey(Organization, models.PROTECT, related_name="parent_edges")
    parent = models.ForeignKey(Organization, models.PROTECT, related_name="child_edges")

    objects = DatedQuerySet["OrganizationEdge"].as_manager()

    class Meta:
        constraints = [
            one_at_a_time("organization_has_one_parent_at_a_time", of="child_id"),
            models.CheckConstraint(name="organization_is_not_its_own_parent", condition=~Q(child=F("parent"))),
            models.CheckConstraint(name="organization_edge_lives_some_time", condition=Q(during__isempty=False)),
        ]


class GradeLadder(Record):
    """A body's ladder of grades: ranks are compared within it."""

    code = models.CharField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name_ja


class GradeGroup(models.TextChoices):
    STAFF = "staff", bilingual("一般職員", "Staff")
    SUPERVISORY = "supervisory", bilingual("監督職", "Supervisory")
    MANAGERIAL = "managerial", bilingual("管理職", "Managerial")


class Grade(Record):
    """職層. `rank` orders a ladder, bigger is higher; `equivalent_rank` is the rank on the common scale, or none."""

    ladder = models.ForeignKey(GradeLadder, models.PROTECT, related_name="grades")
    code = models.CharField(max_length=40)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    rank = models.IntegerField()
    equivalent_rank = models.IntegerField(
        null=True, blank=True, help_text="空欄は「比較できない」/ empty: not comparable"
    )
    group = models.CharField(max_length=20, choices=GradeGroup.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="grade_code_is_unique_in_its_ladder", fields=["ladder", "code"]),
            models.UniqueConstraint(name="grade_rank_is_unique_in_its_ladder", fields=["ladder", "rank"]),
        ]

    def __str__(self) -> str:
        return self.name_ja


class JobFamily(Record):
    """職種; a person may change it."""

    code = models.CharField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    field = models.CharField(max_length=40, blank=True, help_text="事務系・技術系・福祉医療系")
    position = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "job families"

    def __str__(self) -> str:
        return self.name_ja


class HiringCategory(Record):
    """採用区分."""

    code = models.CharField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "hiring categories"

    def __str__(self) -> str:
        return self.name_ja
