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


HIGHEST = 12  # edges from an organisation to its root


class OrganizationQuerySet(DatedQuerySet["Organization"]):
    def within(self, roots: Iterable[int], on: dt.date) -> "OrganizationQuerySet":
        """The subtrees below and including `roots` as the tree stood on a day, in one statement."""
        return self.filter(pk__in=subtree(roots, on))


def subtree(roots: Iterable[int], on: dt.date) -> RawSQL:
    """The ids of subtrees on a day, for `…__in=`.

    Materialised, so that the tree is walked once: a planner that looks into the function walks it for every person.
    """
    return RawSQL(
        "WITH tree AS MATERIALIZED (SELECT academy_subtree(%s::bigint[], %s::date) AS id) SELECT id FROM tree",
        (list(roots), on),
    )


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


def number_issuer(root: "Organization", on: dt.date) -> "Organization":
    """Whose staff numbers count in an organisation on a day, or on its last one.

    A municipality or another body of its own gives its own numbers; in all others the topmost body's count.
    """
    own = {str(kind) for kind in BUREAU_LEVEL} - {OrganizationKind.BUREAU}
    found, day = root, on if on in root.during else on - dt.timedelta(days=1)
    for _ in range(HIGHEST):
        edge = OrganizationEdge.objects.on(day).filter(child=found).select_related("parent").first()
        if found.kind in own or edge is None:
            break
        found = edge.parent
    return found


class SuccessionKind(models.TextChoices):
    RENAMED = "renamed", bilingual("改称", "Renamed")
    REORGANISED = "reorganised", bilingual("改組", "Reorganised")
    MERGED = "merged", bilingual("統合", "Merged")
    SPLIT = "split", bilingual("分割", "Split")
    TRANSFERRED = "transferred", bilingual("移管", "Transferred")


class Certainty(models.TextChoices):
    SOURCE = "source", bilingual("原資料にある", "In the source text")
    SEEN = "seen", bilingual("公開資料で確認", "Seen in a public source")
    KNOWN = "known", bilingual("一般に知られている", "General knowledge")
    GUESS = "guess", bilingual("推定", "Guess")


class OrganizationSuccession(Record):
    """What an organisation became: from `on` its work is the successor's. Several rows say a split or a merger."""

    predecessor = models.ForeignKey(Organization, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organization, models.PROTECT, related_name="predecessions")
    on = models.DateField()
    kind = models.CharField(max_length=20, choices=SuccessionKind.choices)
    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="organization_succession_is_told_once", fields=["predecessor", "successor"]),
            models.CheckConstraint(
                name="organization_does_not_follow_itself", condition=~Q(successor=F("predecessor"))
            ),
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
    """職層. `rank` orders a ladder, bigger is higher; on the common scale it has a rank for a time, or none."""

    ladder = models.ForeignKey(GradeLadder, models.PROTECT, related_name="grades")
    code = models.CharField(max_length=40)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    rank = models.IntegerField()
    group = models.CharField(max_length=20, choices=GradeGroup.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="grade_code_is_unique_in_its_ladder", fields=["ladder", "code"]),
            models.UniqueConstraint(name="grade_rank_is_unique_in_its_ladder", fields=["ladder", "rank"]),
        ]

    def __str__(self) -> str:
        return self.name_ja


class GradeEquivalence(Dated, Record):
    """The rank of a grade on the common scale for a time. A grade without one on a day is not comparable that day."""

    grade = models.ForeignKey(Grade, models.PROTECT, related_name="equivalences")
    rank = models.IntegerField()
    certainty = models.CharField(max_length=10, choices=Certainty.choices, default=Certainty.GUESS)

    objects = DatedQuerySet["GradeEquivalence"].as_manager()

    class Meta:
        constraints = [
            one_at_a_time("grade_has_one_equivalent_at_a_time", of="grade_id"),
            models.CheckConstraint(name="grade_equivalence_lives_some_time", condition=Q(during__isempty=False)),
        ]


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
