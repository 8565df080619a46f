import academy.clock
import academy.models.base
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0006_notices_and_calendar_feeds"),
        ("academy", "__first__"),
        ("courses", "0002_transitions_of_states"),
        ("skills", "0002_transitions_of_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("apply_from", models.DateTimeField()),
                ("apply_until", models.DateTimeField(blank=True, null=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rounds", to="courses.session"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "number"), name="application_round_number_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="AudienceFreeze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("on", models.DateField(help_text="基準日 / reference date")),
                ("rule", models.JSONField()),
                ("people", models.PositiveIntegerField()),
                ("taken_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audience_freeze",
                        to="courses.session",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["taken_at", "id"], name="audience_freeze_by_time")],
            },
        ),
        migrations.CreateModel(
            name="AudienceMember",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "bureau",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
                (
                    "freeze",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="courses.audiencefreeze",
                    ),
                ),
                (
                    "grade",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.grade",
                    ),
                ),
                (
                    "job_family",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.jobfamily",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.staff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("freeze", "staff"), name="audience_member_is_listed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("note", models.CharField(blank=True, help_text="何が変わったか / what has changed", max_length=300)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="courses.course"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="content_version_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "number"), name="content_version_number_is_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", True)),
                        fields=("course",),
                        name="content_has_one_draft",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourseSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="skills", to="courses.course"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="skills.skillitem"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["level", "id"], name="course_skill_by_level")],
                "constraints": [models.UniqueConstraint(fields=("course", "item"), name="course_skill_is_named_once")],
            },
        ),
        migrations.CreateModel(
            name="DeadlineRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("apply", "申込み"), ("change", "申込内容の変更"), ("substitute", "受講者の変更")],
                        max_length=20,
                    ),
                ),
                ("count", models.PositiveSmallIntegerField()),
                (
                    "unit",
                    models.CharField(
                        choices=[("business_day", "営業日前"), ("day", "日前"), ("week", "週前")], max_length=20
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="その週の曜日(0は月曜) / the weekday of that week, 0 is Monday", null=True
                    ),
                ),
                ("time", models.TimeField(help_text="東京の時刻 / time of day in Tokyo")),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deadline_rules", to="courses.course"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "kind"), name="deadline_rule_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekday", None), models.Q(("unit", "week"), ("weekday__lte", 6)), _connector="OR"
                        ),
                        name="deadline_weekday_counts_weeks",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DemandSurvey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("answer_by", models.DateField(help_text="回答期限(この日を含む) / the last day to answer")),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["answer_by", "id"], name="demand_survey_by_day")],
            },
        ),
        migrations.CreateModel(
            name="DemandRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("answered_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("note", models.CharField(blank=True, max_length=400)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="courses.demandsurvey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "organization"), name="survey_asks_an_organization_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyedCourse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="courses", to="courses.demandsurvey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "course"), name="survey_asks_of_a_course_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DemandAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("expected", models.PositiveIntegerField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="courses.demandrequest"
                    ),
                ),
                (
                    "surveyed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="courses.surveyedcourse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "surveyed"), name="demand_is_answered_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                (
                    "shown_to",
                    models.CharField(
                        choices=[("everybody", "全員"), ("seated", "受講者")], default="seated", max_length=20
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("content", models.BinaryField(blank=True, null=True)),
                (
                    "size",
                    models.PositiveIntegerField(blank=True, editable=False, help_text="バイト / bytes", null=True),
                ),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "lesson",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="materials",
                        to="courses.lesson",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="materials",
                        to="courses.session",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="materials",
                        to="courses.contentversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="material_by_creation")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lesson", None), ("session", None), ("version__isnull", False)),
                            models.Q(("lesson__isnull", False), ("session", None), ("version", None)),
                            models.Q(("lesson", None), ("session__isnull", False), ("version", None)),
                            _connector="OR",
                        ),
                        name="material_belongs_to_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("url", ""), _negated=True),
                                ("content", None),
                                ("file_name", ""),
                                ("size", None),
                            ),
                            models.Q(
                                ("content__isnull", False),
                                ("size__isnull", False),
                                ("url", ""),
                                models.Q(("file_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="material_is_an_address_or_a_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "作成中"),
                            ("approved", "承認済み"),
                            ("published", "公開"),
                            ("superseded", "改定済み"),
                            ("discarded", "取下げ"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("note", models.CharField(blank=True, help_text="改定の理由 / why it was revised", max_length=400)),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.programplan",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        help_text="空欄は全庁 / empty: the academy",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["fiscal_year", "id"], name="plan_by_year")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fiscal_year", "organization", "version"),
                        name="plan_version_is_unique",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["draft", "approved"])),
                        fields=("fiscal_year", "organization"),
                        name="plan_has_one_draft",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "published")),
                        fields=("fiscal_year", "organization"),
                        name="plan_has_one_in_force",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            ("drafted_by", None),
                            models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="plan_is_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "quarter",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="四半期。空欄は通年 / empty: the year", null=True
                    ),
                ),
                ("sessions", models.PositiveIntegerField(help_text="回数 / sessions")),
                (
                    "seats",
                    models.PositiveIntegerField(blank=True, help_text="延べ定員 / seats of all sessions", null=True),
                ),
                ("yen", models.BigIntegerField(blank=True, help_text="予算額(円) / budget in yen", null=True)),
                ("provisional", models.BooleanField(default=False, help_text="調整中 / not settled yet")),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_lines",
                        to="courses.course",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan_lines", to="courses.program"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="courses.programplan"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sessions", "id"], name="plan_line_by_sessions")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "program", "course", "quarter"),
                        name="plan_line_is_named_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter", None), ("quarter__range", (1, 4)), _connector="OR"),
                        name="plan_line_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("yen", None), ("yen__gte", 0), _connector="OR"),
                        name="plan_line_yen_is_no_debt",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prerequisite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "within_years",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="何年度以内の修了か。1は同じ年度 / fiscal years back, 1 is the same year",
                        null=True,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prerequisites", to="courses.course"
                    ),
                ),
                (
                    "required",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "required"), name="prerequisite_is_named_once"),
                    models.CheckConstraint(
                        condition=models.Q(("course", models.F("required")), _negated=True),
                        name="prerequisite_is_another_course",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("within_years", None), ("within_years__gte", 1), _connector="OR"),
                        name="prerequisite_years_begin_at_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramPlanStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("old", models.CharField(blank=True, max_length=20)),
                ("new", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField(db_default=academy.clock.BusinessNow())),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="courses.programplan"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SeatProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("seats", models.PositiveIntegerField()),
                ("adopted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="courses.session",
                    ),
                ),
                (
                    "surveyed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="courses.surveyedcourse",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="seat_proposal_by_creation")],
            },
        ),
        migrations.CreateModel(
            name="SeatQuota",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("seats", models.PositiveIntegerField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="quotas", to="courses.session"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["seats", "id"], name="seat_quota_by_seats")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "organization"), name="seat_quota_per_organization")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("expected", models.PositiveIntegerField()),
                ("exact_numerator", models.BigIntegerField()),
                ("exact_denominator", models.BigIntegerField()),
                ("seats", models.PositiveIntegerField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="courses.seatproposal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "organization"), name="seat_share_per_organization"),
                    models.CheckConstraint(
                        condition=models.Q(("exact_denominator__gte", 1)), name="seat_share_is_a_fraction"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                (
                    "selection",
                    models.CharField(
                        choices=[
                            ("first_come", "先着"),
                            ("nomination", "推薦"),
                            ("screening", "選考"),
                            ("lottery", "抽選"),
                            ("assigned", "指名"),
                            ("open", "自由参加"),
                        ],
                        default="first_come",
                        max_length=20,
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("minimum", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "pattern",
                    models.JSONField(default=list, help_text="コマの並び / its meetings, counted from the first day"),
                ),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="templates", to="courses.course"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="session_template_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "name_ja"), name="session_template_name_is_unique")
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="meeting",
            name="meeting_room_is_free",
        ),
        migrations.AddField(
            model_name="course",
            name="due_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="course",
            name="due_from",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hiring", "採用日から"),
                    ("grade", "現職層への昇任日から"),
                    ("fiscal_year", "年度初めから"),
                    ("seat", "受講決定日から"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="recurrence",
            field=models.CharField(
                choices=[("once", "一度だけ"), ("fiscal_year", "年度ごと")], default="fiscal_year", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="archive_of",
            field=models.ForeignKey(
                blank=True,
                help_text="元のコマ / what was recorded",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="archives",
                to="courses.meeting",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="changed_at",
            field=models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False),
        ),
        migrations.AddField(
            model_name="meeting",
            name="form",
            field=models.CharField(
                choices=[("live", "実施"), ("archive", "アーカイブ配信")], default="live", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="sequence",
            field=models.PositiveIntegerField(
                default=0, editable=False, help_text="変更の回数 / how often it was changed"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="change_until",
            field=models.DateTimeField(
                blank=True, help_text="申込内容の変更期限 / until when details change", null=True
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="fixed_deadlines",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="手で決めた期限 / deadlines set by hand, which no rule moves",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="minimum",
            field=models.PositiveIntegerField(
                blank=True, help_text="最少催行人数 / fewest participants it is held for", null=True
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="substitute_until",
            field=models.DateTimeField(blank=True, help_text="代理受講の期限 / until when substitutes come", null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="undated",
            field=models.BooleanField(
                default=False,
                help_text="日程未定: 希望者を募る / no date yet: it collects demand; its days are the last of the year",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_days", None), ("due_from", "")),
                    models.Q(models.Q(("due_from", ""), _negated=True), ("due_days__isnull", False)),
                    _connector="OR",
                ),
                name="course_due_days_have_a_beginning",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("archive_of", None), ("form", "archive"), _connector="OR"),
                name="meeting_recording_is_an_archive",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("cancelled_at", None),
                    ("during__isnull", False),
                    ("exclusive_venue_id__isnull", False),
                    ("form", "live"),
                ),
                expressions=[
                    (academy.models.base.SingleValueRange("exclusive_venue_id"), "&&"),
                    (models.F("during"), "&&"),
                ],
                name="meeting_room_is_free",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="modules",
                to="courses.contentversion",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="content",
            field=models.ForeignKey(
                blank=True,
                help_text="公開時の教材の版 / the content as it was when the session was published",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to="courses.contentversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("all_time_ordinal__isnull", False)),
                fields=("course", "all_time_ordinal"),
                name="session_all_time_ordinal_is_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum", None), ("capacity", None), ("minimum__lte", models.F("capacity")), _connector="OR"
                ),
                name="session_minimum_within_capacity",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programplan",
            trigger=pgtrigger.compiler.Trigger(
                name="plan_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{approved:discarded,approved:draft,approved:published,draft:approved,draft:discarded,published:superseded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b884abf33cdf4cafd99a568fc807847c3408593e",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_plan_transitions_are_legal_23297",
                    table="courses_programplan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planline",
            trigger=pgtrigger.compiler.Trigger(
                name="plan_lines_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (\n        SELECT FROM courses_programplan WHERE id IN (OLD.plan_id, NEW.plan_id) AND status <> 'draft' FOR SHARE\n    ) THEN\n        RAISE EXCEPTION 'a plan changes while it is a draft: % on %', TG_OP, TG_TABLE_NAME\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_is_no_draft';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n",
                    hash="ac255ca6683d87ed68ab9d07e549bb6db7af02f1",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_plan_lines_are_frozen_bfe7f",
                    table="courses_planline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
