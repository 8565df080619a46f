"""How people get into the sessions of a programme: approvals, offers, absences; forms; who comes first."""

from django.db import models
from django.db.models import Q

from academy.clock import BusinessNow
from academy.models.base import Record
from academy.text import bilingual
from courses.models.programs import Course, Program


class ApprovalChain(models.TextChoices):
    NONE = "none", bilingual("承認なし", "None")
    UNIT_HEAD = "unit_head", bilingual("所属長", "Head of unit")
    UNIT_HEAD_AND_BUREAU = "unit_head_and_bureau", bilingual("所属長・局", "Head of unit, then bureau")


class Overdue(models.TextChoices):
    ESCALATE = "escalate", bilingual("上位へ回す", "Escalate")
    PASS = "pass", bilingual("承認とみなす", "Pass")
    DROP = "drop", bilingual("期限切れとする", "Drop")


class EnrollmentPolicy(Record):
    """What getting into a programme's sessions takes. A programme without one asks for no approval and offers seats at once.

    `*_days` are business days that a stage of the approval has, from when it began; the deadlines of a session and of a
    bureau may be earlier. `offer_hours`: whoever moves up from the queue gets an offer that stands for so long; empty: the
    seat itself. No-show rule: who was absent without notice from more than `absences_allowed` sessions of the programme in the
    last `absence_months` months may not apply for `blocked_days` days from the day of the last absence; empty: no rule.
    """

    program = models.OneToOneField(Program, models.CASCADE, related_name="enrollment_policy")
    approval = models.CharField(max_length=30, choices=ApprovalChain.choices, default=ApprovalChain.NONE)
    unit_head_days = models.PositiveSmallIntegerField(null=True, blank=True)
    unit_head_overdue = models.CharField(max_length=10, choices=Overdue.choices, default=Overdue.ESCALATE)
    bureau_days = models.PositiveSmallIntegerField(null=True, blank=True)
    bureau_overdue = models.CharField(max_length=10, choices=Overdue.choices, default=Overdue.ESCALATE)
    offer_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    withdrawal_reason = models.BooleanField(
        default=False, help_text="受講辞退には理由が必要 / giving up a seat takes a reason"
    )
    absences_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    absence_months = models.PositiveSmallIntegerField(null=True, blank=True)
    blocked_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enrollment_policy_no_show_rule_is_whole",
                condition=Q(absences_allowed=None, absence_months=None, blocked_days=None)
                | Q(absences_allowed__isnull=False, absence_months__gte=1, blocked_days__gte=1),
            ),
            models.CheckConstraint(
                name="enrollment_policy_offers_stand_for_some_time",
                condition=Q(offer_hours=None) | Q(offer_hours__gte=1),
            ),
        ]


class ApplicationForm(Record):
    """申込書: the questions that an application to a course answers. A change is a new form; answers keep the one they were given to."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="application_forms")
    number = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="application_form_number_is_unique", fields=["course", "number"]),
            models.UniqueConstraint(
                name="application_form_one_is_current", fields=["course"], condition=Q(current=True)
            ),
        ]


class QuestionKind(models.TextChoices):
    SHORT_TEXT = "short_text", bilingual("短い文", "Short text")
    LONG_TEXT = "long_text", bilingual("長い文", "Long text")
    CHOICE = "choice", bilingual("一つ選択", "One of several")
    CHOICES = "choices", bilingual("複数選択", "Some of several")
    NUMBER = "number", bilingual("数", "Whole number")
    DATE = "date", bilingual("日付", "Date")
    YES_NO = "yes_no", bilingual("はい・いいえ", "Yes or no")


class FormQuestion(Record):
    """A question of a form. `options` are what may be chosen, as codes with labels: `[{"code", "label_ja", "label_en"}]`."""

    form = models.ForeignKey(ApplicationForm, models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    label_ja = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=True)
    options = models.JSONField(default=list, blank=True)
    minimum = models.IntegerField(null=True, blank=True, help_text="数の下限 / of a number")
    maximum = models.IntegerField(null=True, blank=True, help_text="数の上限、文の字数 / of a number, or characters")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="form_question_code_is_unique", fields=["form", "code"]),
            models.UniqueConstraint(name="form_question_position_is_unique", fields=["form", "position"]),
        ]


class PriorityClass(Record):
    """優先区分: who comes first when there are more applications than seats. The first class that fits a person counts.

    The rule is one of an audience (see `courses.audiences`). `not_selected_before`: only who was not selected (落選) for
    this course before, in any of the last `within_years` fiscal years. Whom no class fits comes last.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="priority_classes")
    position = models.PositiveSmallIntegerField()
    label_ja = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    rule = models.JSONField(default=dict)
    not_selected_before = models.BooleanField(default=False)
    within_years = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "priority classes"
        constraints = [
            models.UniqueConstraint(name="priority_class_position_is_unique", fields=["course", "position"]),
        ]
