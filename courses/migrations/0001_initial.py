import academy.clock
import academy.models.base
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("academy", "0001_initial"),
        ("academy", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("rule", models.JSONField(default=dict)),
                (
                    "note_ja",
                    models.CharField(
                        blank=True, help_text="対象の説明文 / the wording shown to people", max_length=300
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ExamScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_ja", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("total_max", models.PositiveIntegerField()),
                ("total_min", models.PositiveIntegerField(help_text="合格に必要な総合評価点 / total needed to pass")),
                ("source", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("total_min__lte", models.F("total_max"))), name="exam_can_be_passed"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CompletionPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_ja", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "certifies",
                    models.BooleanField(default=True, help_text="いいえは「参加」で終わる / no: ends as attended"),
                ),
                ("attendance_numerator", models.PositiveSmallIntegerField(default=0)),
                ("attendance_denominator", models.PositiveSmallIntegerField(default=1)),
                ("all_lessons", models.BooleanField(default=False)),
                (
                    "proposal",
                    models.BooleanField(default=False, help_text="成果発表が必要 / a proposal must be presented"),
                ),
                (
                    "exam",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policies",
                        to="courses.examscheme",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "completion policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attendance_denominator__gte", 1),
                            ("attendance_numerator__lte", models.F("attendance_denominator")),
                        ),
                        name="completion_policy_fraction_is_at_most_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("title_folded", models.CharField(db_collation="C", editable=False, max_length=200)),
                ("working_label", models.CharField(blank=True, max_length=100)),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("literacy", "リテラシー向上"),
                            ("reskilling", "リスキリング"),
                            ("ict_specialist", "デジタル専門職"),
                            ("municipal", "区市町村"),
                            ("values", "行動規範"),
                            ("none", "区分なし"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "pillar",
                    models.CharField(
                        choices=[("training", "研修"), ("self_development", "自己啓発")],
                        default="training",
                        max_length=20,
                    ),
                ),
                (
                    "organiser",
                    models.CharField(
                        choices=[("central", "中央研修"), ("bureau", "局研修"), ("workplace", "職場研修")],
                        default="central",
                        max_length=20,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("lecture", "講演"),
                            ("live", "オンライン配信"),
                            ("on_demand", "オンデマンド"),
                            ("on_demand_exam", "オンデマンド・試験"),
                            ("external_platform", "オンライン学習ツール"),
                            ("group_project", "グループワーク"),
                            ("ideathon", "アイデアソン"),
                            ("classroom", "集合研修"),
                            ("community", "コミュニティ"),
                            ("study_session", "勉強会"),
                            ("external_course", "外部講座"),
                            ("subsidy", "受講補助"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programs",
                        to="academy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["title_folded", "id"], name="program_by_title")],
            },
        ),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("title_folded", models.CharField(db_collation="C", editable=False, max_length=200)),
                ("summary", models.TextField(blank=True)),
                (
                    "repeatable",
                    models.BooleanField(
                        default=False, help_text="同じ年度に何度でも受講できる / may be taken again in a year"
                    ),
                ),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="courses", to="courses.audience"
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="courses",
                        to="courses.completionpolicy",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="courses", to="courses.program"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["title_folded", "id"], name="course_by_title")],
            },
        ),
        migrations.CreateModel(
            name="Instructor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("name_folded", models.CharField(db_collation="C", editable=False, max_length=200)),
                ("affiliation", models.CharField(blank=True, max_length=200)),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructor_rows",
                        to="academy.staff",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name", "id"], name="instructor_by_name"),
                    models.Index(fields=["name_folded", "id"], name="instructor_by_folded_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("staff__isnull", False)), fields=("staff",), name="instructor_per_staff"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Module",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="modules", to="courses.course"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["position", "id"], name="module_by_position")],
                "constraints": [
                    models.UniqueConstraint(fields=("course", "position"), name="module_position_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("seconds", models.PositiveIntegerField(help_text="長さ(秒) / length in seconds")),
                (
                    "module",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="courses.module"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["position", "id"], name="lesson_by_position")],
                "constraints": [
                    models.UniqueConstraint(fields=("module", "position"), name="lesson_position_is_unique"),
                    models.CheckConstraint(condition=models.Q(("seconds__gte", 1)), name="lesson_has_a_length"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("title_ja", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("ordinal", models.PositiveSmallIntegerField(help_text="年度内の回数 / number within the fiscal year")),
                (
                    "all_time_ordinal",
                    models.PositiveSmallIntegerField(blank=True, help_text="通算の回数 / number of all", null=True),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "準備中"),
                            ("published", "公開"),
                            ("cancelled", "開催中止"),
                            ("finished", "終了"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
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
                (
                    "capacity",
                    models.PositiveIntegerField(blank=True, help_text="空欄は定員なし / empty: no limit", null=True),
                ),
                ("seats_taken", models.PositiveIntegerField(default=0, editable=False)),
                ("last_queue_no", models.PositiveIntegerField(default=0, editable=False)),
                ("apply_from", models.DateTimeField(blank=True, null=True)),
                ("apply_until", models.DateTimeField(blank=True, null=True)),
                ("starts_on", models.DateField(help_text="最初のコマの日 / day of the first meeting; sort key")),
                ("ends_on", models.DateField()),
                ("online_address", models.URLField(blank=True)),
                ("synthetic", models.BooleanField(default=False, help_text="日程は架空 / invented dates")),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "audience",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="courses.audience",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="courses.course"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["starts_on", "id"], name="session_by_start"),
                    models.Index(fields=["created_at", "id"], name="session_by_creation"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capacity", None), ("seats_taken__lte", models.F("capacity")), _connector="OR"
                        ),
                        name="session_seats_within_capacity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("apply_from", None),
                            ("apply_until", None),
                            ("apply_from__lte", models.F("apply_until")),
                            _connector="OR",
                        ),
                        name="session_window_is_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__lte", models.F("ends_on"))), name="session_days_are_in_order"
                    ),
                    models.UniqueConstraint(
                        fields=("course", "fiscal_year", "ordinal"), name="session_ordinal_is_unique_in_its_year"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionInstructor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("busy", academy.models.base.TimesField(editable=False, null=True)),
                (
                    "instructor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="session_instructors",
                        to="courses.instructor",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="session_instructors",
                        to="courses.session",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "instructor"), name="session_names_an_instructor_once"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("busy__isnull", False)),
                        expressions=[
                            (academy.models.base.SingleValueRange("instructor_id"), "&&"),
                            (models.F("busy"), "&&"),
                        ],
                        name="instructor_is_free",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="courses.session"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60, unique=True)),
                ("name_ja", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("name_folded", models.CharField(db_collation="C", editable=False, max_length=200)),
                ("seats", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "online",
                    models.BooleanField(
                        default=False, help_text="オンラインは重複を妨げない / online places may be shared"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name_folded", "id"], name="venue_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("title_ja", models.CharField(blank=True, max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=200)),
                (
                    "precision",
                    models.CharField(choices=[("day", "日時確定"), ("month", "月のみ")], default="day", max_length=10),
                ),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(blank=True, null=True)),
                ("month", models.DateField(blank=True, null=True)),
                (
                    "exclusive_venue_id",
                    models.BigIntegerField(editable=False, help_text="会場の重複検査の鍵", null=True),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="courses.session"
                    ),
                ),
                (
                    "venue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="courses.venue",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["session", "during"], name="meeting_by_session")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "position"), name="meeting_position_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("during__isempty", False),
                                ("during__isnull", False),
                                ("month", None),
                                ("precision", "day"),
                            ),
                            models.Q(("during", None), ("month__isnull", False), ("precision", "month")),
                            _connector="OR",
                        ),
                        name="meeting_has_a_time_or_a_month",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("cancelled_at", None), ("during__isnull", False), ("exclusive_venue_id__isnull", False)
                        ),
                        expressions=[
                            (academy.models.base.SingleValueRange("exclusive_venue_id"), "&&"),
                            (models.F("during"), "&&"),
                        ],
                        name="meeting_room_is_free",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AudiencePerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(choices=[("include", "追加"), ("exclude", "除外")], max_length=10)),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "audience",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="courses.audience"
                    ),
                ),
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
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.staff"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="audience_person_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("audience", "staff"), name="audience_names_a_person_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="audience_person_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExamField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=40)),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("score_max", models.PositiveIntegerField()),
                ("score_min", models.PositiveIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fields", to="courses.examscheme"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scheme", "code"), name="exam_field_code_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("score_min__lte", models.F("score_max"))), name="exam_field_can_be_passed"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="session_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:cancelled,draft:published,published:cancelled,published:finished}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="6511d839342a31c6552309d7cbfe65fd5410fc50",
                    operation="UPDATE",
                    pgid="pgtrigger_session_transitions_are_legal_9cefb",
                    table="courses_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="session_limit_starts_from_a_count",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (num_nulls(OLD.capacity, NEW.capacity) = 1)",
                    func="\n    IF NEW.capacity IS NULL THEN\n        NEW.seats_taken := 0;\n    ELSE\n        PERFORM 1 FROM courses_session WHERE id = NEW.id FOR UPDATE;\n        NEW.seats_taken := (\n            SELECT count(*) FROM enrollments_enrollment WHERE session_id = NEW.id AND status IN (\n                'offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent'\n            )\n        );\n    END IF;\n    RETURN NEW;\n",
                    hash="b897c8ead285ea1468f7e9f743748f8f7df1f78d",
                    operation='UPDATE OF "capacity"',
                    pgid="pgtrigger_session_limit_starts_from_a_count_059e3",
                    table="courses_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sessioninstructor",
            trigger=pgtrigger.compiler.Trigger(
                name="instructor_has_no_seat_meanwhile",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.busy IS NOT NULL)",
                    func="\n    IF EXISTS (\n        SELECT 1 FROM courses_instructor AS instructor\n        JOIN enrollments_enrollment AS seat ON seat.staff_id = instructor.staff_id\n        WHERE instructor.id = NEW.instructor_id AND seat.session_id <> NEW.session_id AND seat.busy && NEW.busy\n            AND seat.status IN (\n                'offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent'\n            )\n    ) THEN\n        RAISE EXCEPTION 'an instructor has a seat elsewhere at the same time'\n            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'instructor_has_no_seat_meanwhile';\n    END IF;\n    RETURN NULL;\n",
                    hash="df9ffa406e009b1dc2459da8e812b4df5f761a6a",
                    operation='INSERT OR UPDATE OF "busy"',
                    pgid="pgtrigger_instructor_has_no_seat_meanwhile_a9002",
                    table="courses_sessioninstructor",
                    when="AFTER",
                ),
            ),
        ),
    ]
