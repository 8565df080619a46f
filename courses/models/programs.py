"""What the academy offers: programmes, their courses, for whom they are and what completing them takes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from academy.clock import BusinessNow
from academy.folding import fold
from academy.models import Organization, Staff
from academy.models.base import PersonalData, Record, Retention, folded
from academy.text import bilingual
from skills.models import SkillItem


class Tier(models.TextChoices):
    LITERACY = "literacy", bilingual("リテラシー向上", "Literacy")
    RESKILLING = "reskilling", bilingual("リスキリング", "Reskilling")
    ICT_SPECIALIST = "ict_specialist", bilingual("デジタル専門職", "ICT specialist")
    MUNICIPAL = "municipal", bilingual("区市町村", "Municipal")
    VALUES = "values", bilingual("行動規範", "Values")
    NONE = "none", bilingual("区分なし", "No tier")


class Pillar(models.TextChoices):
    TRAINING = "training", bilingual("研修", "Training")
    SELF_DEVELOPMENT = "self_development", bilingual("自己啓発", "Self-development")


class Organiser(models.TextChoices):
    CENTRAL = "central", bilingual("中央研修", "Central")
    BUREAU = "bureau", bilingual("局研修", "Bureau")
    WORKPLACE = "workplace", bilingual("職場研修", "Workplace")


class Mode(models.TextChoices):
    LECTURE = "lecture", bilingual("講演", "Lecture")
    LIVE = "live", bilingual("オンライン配信", "Live online")
    ON_DEMAND = "on_demand", bilingual("オンデマンド", "On demand")
    ON_DEMAND_EXAM = "on_demand_exam", bilingual("オンデマンド・試験", "On demand with an exam")
    EXTERNAL_PLATFORM = "external_platform", bilingual("オンライン学習ツール", "External platform")
    GROUP_PROJECT = "group_project", bilingual("グループワーク", "Group project")
    IDEATHON = "ideathon", bilingual("アイデアソン", "Ideathon")
    CLASSROOM = "classroom", bilingual("集合研修", "Classroom")
    COMMUNITY = "community", bilingual("コミュニティ", "Community")
    STUDY_SESSION = "study_session", bilingual("勉強会", "Study session")
    EXTERNAL_COURSE = "external_course", bilingual("外部講座", "External course")
    SUBSIDY = "subsidy", bilingual("受講補助", "Subsidy")


# Taken at one's own pace: a session of these may be published with its days and no meeting.
SELF_PACED = (
    Mode.ON_DEMAND,
    Mode.ON_DEMAND_EXAM,
    Mode.EXTERNAL_PLATFORM,
    Mode.COMMUNITY,
    Mode.EXTERNAL_COURSE,
    Mode.SUBSIDY,
)


class Program(Record):
    """研修: a family of courses with one purpose. `title_*` is the official title, `working_label` the office's own."""

    code = models.SlugField(max_length=60, unique=True)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    title_folded = folded()
    working_label = models.CharField(max_length=100, blank=True)
    tier = models.CharField(max_length=20, choices=Tier.choices)
    pillar = models.CharField(max_length=20, choices=Pillar.choices, default=Pillar.TRAINING)
    organiser = models.CharField(max_length=20, choices=Organiser.choices, default=Organiser.CENTRAL)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="programs")

    class Meta:
        indexes = [models.Index(fields=["title_folded", "id"], name="program_by_title")]

    def __str__(self) -> str:
        return self.title_ja

    def fold_names(self) -> None:
        self.title_folded = fold(self.title_ja)


class ExamScheme(Record):
    """An outside examination as data: what it is marked out of and what passing takes (it may change: see the source)."""

    code = models.SlugField(max_length=60, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    total_max = models.PositiveIntegerField()
    total_min = models.PositiveIntegerField(help_text="合格に必要な総合評価点 / total needed to pass")
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="exam_can_be_passed", condition=Q(total_min__lte=F("total_max")))]

    def __str__(self) -> str:
        return self.name_ja


class ExamField(Record):
    """A field (分野) of an examination with its own minimum."""

    scheme = models.ForeignKey(ExamScheme, models.CASCADE, related_name="fields")
    code = models.SlugField(max_length=40)
    name_ja = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    score_max = models.PositiveIntegerField()
    score_min = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exam_field_code_is_unique", fields=["scheme", "code"]),
            models.CheckConstraint(name="exam_field_can_be_passed", condition=Q(score_min__lte=F("score_max"))),
        ]


class CompletionPolicy(Record):
    """What a record must show before the server says 修了 (or 参加, where a course ends without one).

    Attendance is a fraction of the live meetings, `attended/meetings >= numerator/denominator`, so that "absent more
    than a quarter is not completed" is exact at exactly a quarter (福岡県市町村職員研修規則 第16条 is such a rule).
    """

    code = models.SlugField(max_length=60, unique=True)
    name_ja = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    certifies = models.BooleanField(default=True, help_text="いいえは「参加」で終わる / no: ends as attended")
    attendance_numerator = models.PositiveSmallIntegerField(default=0)
    attendance_denominator = models.PositiveSmallIntegerField(default=1)
    all_lessons = models.BooleanField(default=False)
    exam = models.ForeignKey(ExamScheme, models.PROTECT, null=True, blank=True, related_name="policies")
    proposal = models.BooleanField(default=False, help_text="成果発表が必要 / a proposal must be presented")

    class Meta:
        verbose_name_plural = "completion policies"
        constraints = [
            models.CheckConstraint(
                name="completion_policy_fraction_is_at_most_one",
                condition=Q(attendance_denominator__gte=1, attendance_numerator__lte=F("attendance_denominator")),
            )
        ]

    def __str__(self) -> str:
        return self.name_ja


class Audience(Record):
    """Whom a course is for: rule ∪ include − exclude. The rule is a tree of conditions, see `courses.audiences`."""

    rule = models.JSONField(default=dict)
    note_ja = models.CharField(max_length=300, blank=True, help_text="対象の説明文 / the wording shown to people")

    people: models.Manager["AudiencePerson"]


class AudiencePersonKind(models.TextChoices):
    INCLUDE = "include", bilingual("追加", "Included")
    EXCLUDE = "exclude", bilingual("除外", "Excluded")


class AudiencePerson(Record):
    """A person added to or taken out of an audience by name, with the reason."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="people")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AudiencePersonKind.choices)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=BusinessNow(), editable=False)

    personal_data = PersonalData("who was invited or left out by name", Retention.TRAINING_RECORD)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="audience_names_a_person_once", fields=["audience", "staff"]),
            models.CheckConstraint(name="audience_person_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="audience_person_by_creation")]


class Recurrence(models.TextChoices):
    ONCE = "once", bilingual("一度だけ", "Once")
    FISCAL_YEAR = "fiscal_year", bilingual("年度ごと", "Every fiscal year")


class DueFrom(models.TextChoices):
    HIRING = "hiring", bilingual("採用日から", "From the day of hiring")
    GRADE = "grade", bilingual("現職層への昇任日から", "From the first day in the grade")
    FISCAL_YEAR = "fiscal_year", bilingual("年度初めから", "From the first day of the fiscal year")
    SEAT = "seat", bilingual("受講決定日から", "From the day the seat was given")


class Course(Record):
    """講座: what is taught; it is offered as sessions.

    `due_days` counts calendar days from `due_from`: by then, that day included, whom it is for should have completed it.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="courses")
    code = models.SlugField(max_length=60, unique=True)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    title_folded = folded()
    summary = models.TextField(blank=True)
    policy = models.ForeignKey(CompletionPolicy, models.PROTECT, related_name="courses")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="courses")
    repeatable = models.BooleanField(
        default=False, help_text="同じ年度に何度でも受講できる / may be taken again in a year"
    )
    recurrence = models.CharField(max_length=20, choices=Recurrence.choices, default=Recurrence.FISCAL_YEAR)
    due_from = models.CharField(max_length=20, choices=DueFrom.choices, blank=True)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["title_folded", "id"], name="course_by_title")]
        constraints = [
            models.CheckConstraint(
                name="course_due_days_have_a_beginning",
                condition=Q(due_from="", due_days=None) | (~Q(due_from="") & Q(due_days__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.title_ja

    def fold_names(self) -> None:
        self.title_folded = fold(self.title_ja)


class Prerequisite(Record):
    """前提講座: what a person must have completed before; within so many fiscal years, where that is said."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="prerequisites")
    required = models.ForeignKey(Course, models.PROTECT, related_name="+")
    within_years = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="何年度以内の修了か。1は同じ年度 / fiscal years back, 1 is the same year"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="prerequisite_is_named_once", fields=["course", "required"]),
            models.CheckConstraint(name="prerequisite_is_another_course", condition=~Q(course=F("required"))),
            models.CheckConstraint(
                name="prerequisite_years_begin_at_one", condition=Q(within_years=None) | Q(within_years__gte=1)
            ),
        ]


class CourseSkill(Record):
    """Which skill a course raises, and to which level of its framework's scale."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="skills")
    item = models.ForeignKey(SkillItem, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="course_skill_is_named_once", fields=["course", "item"])]
        indexes = [models.Index(fields=["level", "id"], name="course_skill_by_level")]
