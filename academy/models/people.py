"""People: staff, where they served and what they were, each with its dates; nothing is overwritten."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce, Least

from academy.clock import BusinessNow
from academy.folding import fold, fold_number
from academy.models.base import (
    LIVE,
    Dated,
    DatedFact,
    DatedFactQuerySet,
    DatedQuerySet,
    PersonalData,
    Record,
    Retention,
    folded,
    one_at_a_time,
    superseded_only,
)
from academy.models.organizations import Grade, HiringCategory, JobFamily, Organization, subtree
from academy.romaji import romaji_key
from academy.text import bilingual

PEOPLE = PersonalData("personnel: who may take part in which training", Retention.EMPLOYMENT)


NAME_COLUMNS = ("family_name", "given_name", "family_kana", "given_kana")


def names_on(day: dt.date, path: str = "") -> dict[str, models.expressions.Combinable]:
    """Annotations `family_name_on_day` …: the names that a person, at the end of `path`, bore on a day.

    Who has had several names has a `StaffName` for each; of others they are those of `Staff`.
    """
    borne = f"{path}names"
    that_day = Q(**{f"{borne}__superseded_at": None, f"{borne}__during__contains": day})
    columns = {f"{name}_on_day": Coalesce(F(f"name_on_day__{name}"), F(f"{path}{name}")) for name in NAME_COLUMNS}
    return {"name_on_day": FilteredRelation(borne, condition=that_day), **columns}  # type: ignore[dict-item]


class StaffQuerySet(models.QuerySet["Staff"]):
    def registered(self) -> "StaffQuerySet":
        """Without those whom only an undone roster knew: nobody sees or names them."""
        return self.filter(voided_at=None)

    def serving_on(self, day: dt.date) -> "StaffQuerySet":
        """People with any post on a day."""
        return self.filter(Exists(Assignment.objects.on(day).filter(staff=OuterRef("pk"))))

    def named_on(self, day: dt.date) -> "StaffQuerySet":
        """With the names of a day."""
        return self.annotate(**names_on(day))

    def serving_within(self, roots: list[int], on: dt.date) -> "StaffQuerySet":
        """People with any post inside the subtrees on a day: primary, concurrent or seconded."""
        posts = Assignment.objects.on(on).filter(organization_id__in=subtree(roots, on))
        return self.filter(pk__in=posts.values("staff_id"))


class Staff(Record):
    """職員, of the metropolis, an affiliated body or a municipality; the names are those of today (see `StaffName`)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="staff")
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="issued_numbers")
    staff_number = models.CharField(max_length=20, null=True, blank=True)
    family_name = models.CharField(max_length=50)
    given_name = models.CharField(max_length=50)
    family_kana = models.CharField(max_length=50)
    given_kana = models.CharField(max_length=50)
    former_name = models.CharField(max_length=50, blank=True, help_text="旧姓")
    email = models.EmailField(null=True, blank=True)
    hired_on = models.DateField()
    hiring_category = models.ForeignKey(HiringCategory, models.PROTECT, related_name="staff")
    directory_hidden = models.BooleanField(default=False)
    voided_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="取り消された名簿だけが知る人 / known to an undone roster only"
    )
    synthetic = models.BooleanField(default=False, help_text="架空の人物 / an invented person")
    name_folded = folded()
    kana_folded = folded()
    romaji_folded = folded()
    number_folded = folded(20)

    objects = StaffQuerySet.as_manager()

    personal_data = PEOPLE

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(name="staff_number_is_unique_in_its_body", fields=["issuer", "staff_number"]),
        ]
        indexes = [
            models.Index(fields=["kana_folded", "id"], name="staff_by_kana"),
            models.Index(fields=["name_folded", "id"], name="staff_by_name"),
            models.Index(fields=["romaji_folded", "id"], name="staff_by_romaji"),
            models.Index(fields=["number_folded", "id"], name="staff_by_number"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name}"

    @property
    def kana(self) -> str:
        return f"{self.family_kana} {self.given_kana}"

    def fold_names(self) -> None:
        """Fill the search keys; whoever writes names calls it, so that bulk writes fold too."""
        self.name_folded = fold(self.family_name + self.given_name)
        self.kana_folded = fold(self.family_kana + self.given_kana)
        self.romaji_folded = romaji_key(self.family_kana + self.given_kana)
        self.number_folded = fold_number(self.staff_number or "")


class StaffName(DatedFact):
    """The names of a person who has had several, each with its dates. Who never changed the name has no row here."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="names")
    family_name = models.CharField(max_length=50)
    given_name = models.CharField(max_length=50)
    family_kana = models.CharField(max_length=50)
    given_kana = models.CharField(max_length=50)
    recorded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")
    superseded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")

    objects = DatedFactQuerySet["StaffName"].as_manager()

    personal_data = PEOPLE

    class Meta:
        constraints = [
            one_at_a_time("staff_name_one_at_a_time", of="staff_id", condition=LIVE),
            models.CheckConstraint(name="staff_name_lives_some_time", condition=Q(during__isempty=False)),
        ]
        triggers = superseded_only("staff_names_are_superseded_only")


class AssignmentKind(models.TextChoices):
    PRIMARY = "primary", bilingual("本務", "Primary post")
    CONCURRENT = "concurrent", bilingual("兼務", "Concurrent post")
    SECONDMENT = "secondment", bilingual("派遣", "Secondment")


class AssignmentQuerySet(DatedFactQuerySet["Assignment"]):
    def primary(self) -> "AssignmentQuerySet":
        return self.filter(kind=AssignmentKind.PRIMARY)

    def named_on(self, day: dt.date) -> "AssignmentQuerySet":
        """With the names of the people on a day."""
        return self.annotate(**names_on(day, "staff__"))

    def named_when_held(self, today: dt.date) -> "AssignmentQuerySet":
        """With the names that people bore on the last day of the post, or bear today: later ones are their own affair."""
        last_day = Cast(F("during__endswith") - dt.timedelta(days=1), models.DateField())
        borne = StaffName.objects.live().filter(staff=OuterRef("staff"), during__contains=OuterRef("known_until"))
        columns = {
            f"{name}_on_day": Coalesce(Subquery(borne.values(name)[:1]), F(f"staff__{name}")) for name in NAME_COLUMNS
        }
        return self.annotate(known_until=Least(last_day, models.Value(today))).annotate(**columns)


class Assignment(DatedFact):
    """A post held for a time. Exactly the primary one says to which organisation a person is counted.

    A secondment (派遣) keeps the organisation that sends, and names the body where the work is done.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=20, choices=AssignmentKind.choices, default=AssignmentKind.PRIMARY)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="assignments")
    work_place = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="work_place_of")
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="assignments")
    job_family = models.ForeignKey(JobFamily, models.PROTECT, related_name="assignments")
    post = models.CharField(max_length=100, blank=True, help_text="職名")
    head_of_unit = models.BooleanField(default=False)
    deputy_of_unit = models.BooleanField(
        default=False, help_text="所属長の職務を代わる職 / acts while the head is away"
    )
    headquarters = models.BooleanField(default=True, help_text="本庁 (いいえは事業所) / no: field office")
    recorded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")
    superseded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    personal_data = PEOPLE

    class Meta:
        constraints = [
            one_at_a_time(
                "assignment_one_primary_at_a_time", of="staff_id", condition=Q(kind=AssignmentKind.PRIMARY) & LIVE
            ),
            models.CheckConstraint(name="assignment_lives_some_time", condition=Q(during__isempty=False)),
        ]
        indexes = [
            models.Index(fields=["organization", "kind"], name="assignment_by_organization", condition=LIVE),
            models.Index(fields=["recorded_at", "id"], name="assignment_by_time", condition=LIVE),
        ]
        triggers = superseded_only("assignments_are_superseded_only")


class StatusKind(models.TextChoices):
    MANAGER_CANDIDATE = "manager_candidate", bilingual("管理職候補者", "Management candidate")
    ON_LEAVE = "on_leave", bilingual("休職・休業", "On leave")
    REAPPOINTED = "reappointed", bilingual("再任用", "Re-appointed")


class Sensitivity(models.TextChoices):
    OPEN = "open", bilingual("一般", "Open")
    SENSITIVE = "sensitive", bilingual("要配慮", "Named only to the person and HR")


class StaffStatus(DatedFact):
    """What a person is for a time besides the post, with who may be told; `reason` is the leave's (育児休業, 病気休職 …)."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="statuses")
    kind = models.CharField(max_length=30, choices=StatusKind.choices)
    reason = models.CharField(max_length=100, blank=True)
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices, default=Sensitivity.SENSITIVE)
    recorded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")
    superseded_in = models.ForeignKey("academy.RosterImport", models.PROTECT, null=True, related_name="+")

    objects = DatedFactQuerySet["StaffStatus"].as_manager()

    personal_data = PEOPLE

    class Meta:
        verbose_name_plural = "staff statuses"
        constraints = [
            models.CheckConstraint(name="staff_status_lives_some_time", condition=Q(during__isempty=False)),
        ]
        indexes = [models.Index(F("staff"), F("kind"), name="staff_status_by_staff")]
        triggers = superseded_only("staff_statuses_are_superseded_only")


class DelegationQuerySet(DatedQuerySet["Delegation"]):
    def in_force(self, day: dt.date) -> "DelegationQuerySet":
        return self.on(day).filter(revoked_at=None)


class Delegation(Dated, Record):
    """A unit head hands the approvals of some days to somebody else (専決の代行). It is not handed on, and it ends."""

    delegator = models.ForeignKey(Staff, models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(Staff, models.PROTECT, related_name="delegations_held")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    personal_data = PersonalData("who decides in whose place", Retention.AUDIT)

    class Meta:
        constraints = [
            models.CheckConstraint(name="delegation_is_to_another", condition=~Q(delegate=F("delegator"))),
            models.CheckConstraint(
                name="delegation_has_an_end", condition=Q(during__isempty=False, during__upper_inf=False)
            ),
            one_at_a_time("delegation_one_at_a_time", of="delegator_id", condition=Q(revoked_at=None)),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="delegation_by_time")]
