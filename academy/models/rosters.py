"""Rosters: a file of who serves where from a day on, what is wrong with it, what it changes, and what that does."""

from collections.abc import Mapping
from typing import Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from academy.clock import BusinessNow
from academy.models.base import PersonalData, Record, Retention
from academy.models.organizations import GradeLadder, Organization
from academy.models.people import PEOPLE, Staff
from academy.models.states import Stateful, StatefulQuerySet, Step, legal_transitions
from academy.text import bilingual

P = TypeVar("P", bound=models.Model)
IN_TRANSIT = PersonalData("personnel: a roster until it is applied or given up", Retention.OPERATION)


class RosterMode(models.TextChoices):
    SNAPSHOT = "snapshot", bilingual("全件", "Everybody of the organisation")
    CHANGES = "changes", bilingual("異動分", "Changes only")
    UNDO = "undo", bilingual("取消し", "Undoing")


class RosterStatus(models.TextChoices):
    UPLOADED = "uploaded", bilingual("検査中", "Being checked")
    FAULTY = "faulty", bilingual("誤りあり", "Faulty")
    HELD = "held", bilingual("承認待ち", "Waiting for a second person")
    READY = "ready", bilingual("適用待ち", "Ready to apply")
    APPLIED = "applied", bilingual("適用済み", "Applied")
    UNDONE = "undone", bilingual("取消済み", "Undone")
    DISCARDED = "discarded", bilingual("破棄", "Discarded")


ROSTER_TRANSITIONS: Mapping[str, set[str]] = {
    RosterStatus.UPLOADED: {RosterStatus.FAULTY, RosterStatus.HELD, RosterStatus.READY, RosterStatus.DISCARDED},
    RosterStatus.FAULTY: {RosterStatus.UPLOADED, RosterStatus.DISCARDED},
    RosterStatus.HELD: {RosterStatus.UPLOADED, RosterStatus.READY, RosterStatus.DISCARDED},
    RosterStatus.READY: {RosterStatus.UPLOADED, RosterStatus.APPLIED, RosterStatus.DISCARDED},
    RosterStatus.APPLIED: {RosterStatus.UNDONE},
    RosterStatus.UNDONE: set(),
    RosterStatus.DISCARDED: set(),
}


class RosterImport(Stateful, Record):
    """名簿の取込み: one file for one organisation and its subtree, true from `effective_on`.

    The file itself is not kept: only the cells of columns that are known, and those until it is applied or discarded.
    """

    TRANSITIONS = ROSTER_TRANSITIONS

    root = models.ForeignKey(Organization, models.PROTECT, related_name="roster_imports")
    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="+", help_text="職員番号を発行する団体")
    ladder = models.ForeignKey(GradeLadder, models.PROTECT, related_name="+", null=True)
    mode = models.CharField(max_length=10, choices=RosterMode.choices)
    effective_on = models.DateField()
    status = models.CharField(max_length=20, choices=RosterStatus.choices, default=RosterStatus.UPLOADED)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256")
    file_format = models.CharField(max_length=10, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    columns = models.JSONField(default=list, help_text="取り込む列: 見出しと項目 / the columns that are read")
    unmapped = ArrayField(models.CharField(max_length=100), default=list, help_text="取り込まない列の見出し")
    lines = models.PositiveIntegerField(default=0, help_text="データ行の数 / rows of data")
    faults = models.PositiveIntegerField(default=0)
    serving_before = models.PositiveIntegerField(default=0)
    ending = models.PositiveIntegerField(default=0, help_text="この取込みで在籍しなくなる人数 / people who leave by it")
    summary = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="種類ごと・局ごとの件数")
    diff_digest = models.CharField(max_length=100, blank=True)
    compensates = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="compensated_by")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = StatefulQuerySet["RosterImport"].as_manager()

    personal_data = PersonalData("who changed the personnel data of whom", Retention.AUDIT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="roster_import_approved_by_another",
                condition=Q(approved_by=None) | ~Q(approved_by=F("uploaded_by")),
            ),
        ]
        indexes = [models.Index(fields=["uploaded_at", "id"], name="roster_import_by_time")]
        triggers = [legal_transitions("roster_import_transitions_are_legal", ROSTER_TRANSITIONS)]


class RosterImportStep(Step):
    subject = models.ForeignKey(RosterImport, models.CASCADE, related_name="steps")

    personal_data = PersonalData("who changed the personnel data of whom", Retention.AUDIT)


class RosterLine(models.Model):
    """A row of the file: the cells of the columns that are known, as they were written, in the order of `columns`."""

    id = models.BigAutoField(primary_key=True)
    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="ファイルの行番号 / line of the file")
    cells = ArrayField(models.TextField(null=True))

    personal_data = IN_TRANSIT

    class Meta:
        constraints = [models.UniqueConstraint(name="roster_line_is_read_once", fields=["roster", "number"])]


class RosterEntry(models.Model):
    """A row of the file as it is understood. Null: the column is not there or the cell is empty, what holds stays.

    `staff` is the person with that number, none for somebody new. Names and search keys are as they will be stored.
    """

    id = models.BigAutoField(primary_key=True)
    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="+", db_index=False)
    line = models.PositiveIntegerField()
    staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+", db_index=False, db_constraint=False)
    staff_number = models.CharField(max_length=20, null=True)
    leaves = models.BooleanField(default=False)
    kind = models.CharField(max_length=20)
    family_name = models.CharField(max_length=50)
    given_name = models.CharField(max_length=50)
    family_kana = models.CharField(max_length=50)
    given_kana = models.CharField(max_length=50)
    name_folded = models.CharField(max_length=200)
    kana_folded = models.CharField(max_length=200)
    romaji_folded = models.CharField(max_length=200)
    former_name = models.CharField(max_length=50, null=True)
    email = models.CharField(max_length=254, null=True)
    hired_on = models.DateField(null=True)
    hiring_category_id = models.BigIntegerField(null=True)
    organization_id = models.BigIntegerField(null=True)
    work_place_id = models.BigIntegerField(null=True)
    grade_id = models.BigIntegerField(null=True)
    job_family_id = models.BigIntegerField(null=True)
    post = models.CharField(max_length=100, null=True)
    head_of_unit = models.BooleanField(null=True)
    deputy_of_unit = models.BooleanField(null=True)
    headquarters = models.BooleanField(null=True)
    statuses = models.JSONField(null=True, help_text="[[種類, 理由], …]")
    directory_hidden = models.BooleanField(null=True)

    personal_data = IN_TRANSIT

    class Meta:
        indexes = [
            models.Index(fields=["roster", "staff_number"], name="roster_entry_by_number"),
            models.Index(fields=["roster", "staff"], name="roster_entry_by_staff"),
        ]


class RosterFault(Record):
    """What is wrong at one place of the file. No value of a cell is kept: whoever has the file finds it by the place."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="+", db_index=False)
    line = models.PositiveIntegerField(help_text="0 はファイル全体 / 0: the whole file")
    column = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=40)

    personal_data = IN_TRANSIT

    class Meta:
        indexes = [models.Index(fields=["roster", "line", "id"], name="roster_fault_by_line")]


class RosterChangeKind(models.TextChoices):
    JOINER = "joiner", bilingual("転入・採用", "Joiner")
    LEAVER = "leaver", bilingual("退職・転出", "Leaver")
    MOVE = "move", bilingual("異動", "Move")
    PROMOTION = "promotion", bilingual("昇任", "Promotion")
    DEMOTION = "demotion", bilingual("降任", "Demotion")
    REGRADE = "regrade", bilingual("職層表の変更", "Other ladder of grades")
    JOB_FAMILY = "job_family", bilingual("職種変更", "Change of job family")
    POST = "post", bilingual("職の変更", "Change of post")
    RENEWAL = "renewal", bilingual("任期の更新・継続", "Renewal")
    NAME = "name", bilingual("氏名変更", "Name change")
    DETAILS = "details", bilingual("その他の項目", "Other details")
    STATUS = "status", bilingual("状況の変更", "Change of status")
    FURTHER_POSTS = "further_posts", bilingual("兼務・派遣の変更", "Concurrent posts and secondments")


class OfPeopleQuerySet(models.QuerySet[P]):
    def unhidden(self) -> Self:
        """Without people who are hidden in the directory, or will be: who does not see them does not see them here."""
        hidden = Q(staff__directory_hidden=True)
        if self.model is RosterChange:
            hidden |= Q(after__contains={"directory_hidden": True}) | Q(before__contains={"directory_hidden": True})
        return self.exclude(hidden)


class RosterChange(Record):
    """What a roster changes of one person: `kinds` of it, with what was and what will be (codes and names)."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="changes", db_index=False)
    line = models.PositiveIntegerField(null=True, help_text="空欄はファイルにいない人 / empty: not in the file")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    staff_number = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=101)
    kinds = ArrayField(models.CharField(max_length=20, choices=RosterChangeKind.choices))
    bureau_before = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    bureau_after = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = OfPeopleQuerySet["RosterChange"].as_manager()

    personal_data = PEOPLE

    class Meta:
        indexes = [models.Index(fields=["roster", "id"], name="roster_change_by_roster")]


class RosterEffect(Record):
    """What a roster does to training, told by the part that it concerns: `code` says what, `target` where."""

    roster = models.ForeignKey(RosterImport, models.CASCADE, related_name="effects", db_index=False)
    code = models.CharField(max_length=40)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", db_constraint=False)
    target_kind = models.CharField(max_length=40, blank=True)
    target = models.UUIDField(null=True)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = OfPeopleQuerySet["RosterEffect"].as_manager()

    personal_data = PEOPLE

    class Meta:
        indexes = [models.Index(fields=["roster", "id"], name="roster_effect_by_roster")]


class RosterWindowQuerySet(models.QuerySet["RosterWindow"]):
    def open(self) -> "RosterWindowQuerySet":
        """Rosters that are still awaited."""
        return self.filter(closed_at=None)


class RosterWindow(Record):
    """A roster that is awaited: true from `effective_on`, expected by a later day. Meanwhile approvals wait.

    It closes when a roster of the organisation for that day is applied, by hand, or with the end of `expected_by`.
    """

    root = models.ForeignKey(Organization, models.PROTECT, related_name="roster_windows")
    effective_on = models.DateField()
    expected_by = models.DateField()
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    announced_at = models.DateTimeField(db_default=BusinessNow(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_in = models.ForeignKey(RosterImport, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RosterWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="roster_window_is_announced_once", fields=["root", "effective_on"]),
            models.CheckConstraint(
                name="roster_window_ends_after_it_begins", condition=Q(expected_by__gte=F("effective_on"))
            ),
        ]
        indexes = [models.Index(fields=["effective_on", "id"], name="roster_window_by_day")]
