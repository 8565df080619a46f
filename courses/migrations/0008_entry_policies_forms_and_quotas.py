import academy.clock
import academy.models.base
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0007_mail_and_preferences"),
        ("courses", "0007_quotas_fit_their_session"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApplicationForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("current", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="application_forms",
                        to="courses.course",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("course", "number"), name="application_form_number_is_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("current", True)),
                        fields=("course",),
                        name="application_form_one_is_current",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "approval",
                    models.CharField(
                        choices=[("none", "承認なし"), ("unit_head", "所属長"), ("unit_head_and_bureau", "所属長・局")],
                        default="none",
                        max_length=30,
                    ),
                ),
                ("unit_head_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "unit_head_overdue",
                    models.CharField(
                        choices=[("escalate", "上位へ回す"), ("pass", "承認とみなす"), ("drop", "期限切れとする")],
                        default="escalate",
                        max_length=10,
                    ),
                ),
                ("bureau_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "bureau_overdue",
                    models.CharField(
                        choices=[("escalate", "上位へ回す"), ("pass", "承認とみなす"), ("drop", "期限切れとする")],
                        default="escalate",
                        max_length=10,
                    ),
                ),
                ("offer_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "withdrawal_reason",
                    models.BooleanField(
                        default=False, help_text="受講辞退には理由が必要 / giving up a seat takes a reason"
                    ),
                ),
                ("absences_allowed", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("absence_months", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("blocked_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrollment_policy",
                        to="courses.program",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("absence_months", None), ("absences_allowed", None), ("blocked_days", None)),
                            models.Q(
                                ("absence_months__gte", 1),
                                ("absences_allowed__isnull", False),
                                ("blocked_days__gte", 1),
                            ),
                            _connector="OR",
                        ),
                        name="enrollment_policy_no_show_rule_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offer_hours", None), ("offer_hours__gte", 1), _connector="OR"),
                        name="enrollment_policy_offers_stand_for_some_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=40)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("short_text", "短い文"),
                            ("long_text", "長い文"),
                            ("choice", "一つ選択"),
                            ("choices", "複数選択"),
                            ("number", "数"),
                            ("date", "日付"),
                            ("yes_no", "はい・いいえ"),
                        ],
                        max_length=20,
                    ),
                ),
                ("label_ja", models.CharField(max_length=300)),
                ("label_en", models.CharField(blank=True, max_length=300)),
                ("required", models.BooleanField(default=True)),
                ("options", models.JSONField(blank=True, default=list)),
                ("minimum", models.IntegerField(blank=True, help_text="数の下限 / of a number", null=True)),
                (
                    "maximum",
                    models.IntegerField(
                        blank=True, help_text="数の上限、文の字数 / of a number, or characters", null=True
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="courses.applicationform",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("form", "code"), name="form_question_code_is_unique"),
                    models.UniqueConstraint(fields=("form", "position"), name="form_question_position_is_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriorityClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("label_ja", models.CharField(max_length=200)),
                ("label_en", models.CharField(blank=True, max_length=200)),
                ("rule", models.JSONField(default=dict)),
                ("not_selected_before", models.BooleanField(default=False)),
                ("within_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="priority_classes",
                        to="courses.course",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "priority classes",
                "constraints": [
                    models.UniqueConstraint(fields=("course", "position"), name="priority_class_position_is_unique")
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="seatquota",
            name="seat_quota_per_organization",
        ),
        migrations.AddField(
            model_name="seatquota",
            name="ceiling",
            field=models.PositiveIntegerField(
                blank=True, help_text="上限。空欄はなし / the most, empty: no ceiling", null=True
            ),
        ),
        migrations.AddField(
            model_name="seatquota",
            name="grade",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.grade"
            ),
        ),
        migrations.AddField(
            model_name="seatquota",
            name="new_recruits",
            field=models.BooleanField(db_default=False, default=False, help_text="新規採用職員 / new recruits only"),
        ),
        migrations.AddField(
            model_name="seatquota",
            name="release_at",
            field=models.DateTimeField(
                blank=True, help_text="使われない席を開放する時 / when unused seats are released", null=True
            ),
        ),
        migrations.AddField(
            model_name="seatquota",
            name="seats_taken",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="session",
            name="approve_until",
            field=models.DateTimeField(
                blank=True, help_text="所属長承認の期限 / until when heads of units approve", null=True
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="nominate_until",
            field=models.DateTimeField(
                blank=True, help_text="局の取りまとめ期限 / until when bureaus hand in their lists", null=True
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="promote_until",
            field=models.DateTimeField(blank=True, help_text="繰上げの期限 / until when the queue moves up", null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="withdraw_until",
            field=models.DateTimeField(
                blank=True, help_text="本人による辞退の期限 / until when people withdraw by themselves", null=True
            ),
        ),
        migrations.AlterField(
            model_name="deadlinerule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("apply", "申込み"),
                    ("change", "申込内容の変更"),
                    ("substitute", "受講者の変更"),
                    ("approve", "所属長の承認"),
                    ("nominate", "局の取りまとめ"),
                    ("withdraw", "本人の辞退"),
                    ("promote", "繰上げ"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="seatquota",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                help_text="局等 / bureau or other body",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="academy.organization",
            ),
        ),
        migrations.AlterField(
            model_name="seatquota",
            name="seats",
            field=models.PositiveIntegerField(help_text="確保する席 / seats kept for them"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seatquota",
            trigger=pgtrigger.compiler.Trigger(
                name="seat_quota_starts_from_a_count",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM courses_session WHERE id = NEW.session_id FOR UPDATE;\n    NEW.seats_taken := (\n        SELECT count(*) FROM enrollments_enrollment AS seat WHERE seat.session_id = NEW.session_id\n        AND seat.status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')\n        AND (NEW.organization_id IS NULL OR seat.seat_bureau_id = NEW.organization_id)\n        AND (NEW.grade_id IS NULL OR seat.seat_grade_id = NEW.grade_id)\n        AND (NOT NEW.new_recruits OR seat.new_recruit)\n    );\n    RETURN NEW;\n",
                    hash="2007ea680a8f4b068f6ab7ef49fd8e7ef9250a1e",
                    operation='INSERT OR UPDATE OF "session_id", "organization_id", "grade_id", "new_recruits"',
                    pgid="pgtrigger_seat_quota_starts_from_a_count_2759d",
                    table="courses_seatquota",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="seatquota",
            constraint=models.UniqueConstraint(
                fields=("session", "organization", "grade", "new_recruits"),
                name="seat_quota_per_group",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="seatquota",
            constraint=models.CheckConstraint(
                condition=models.Q(("ceiling", None), ("seats_taken__lte", models.F("ceiling")), _connector="OR"),
                name="seat_quota_within_ceiling",
            ),
        ),
        migrations.AddConstraint(
            model_name="seatquota",
            constraint=models.CheckConstraint(
                condition=models.Q(("ceiling", None), ("seats__lte", models.F("ceiling")), _connector="OR"),
                name="seat_quota_keeps_no_more_than_its_ceiling",
            ),
        ),
        migrations.AddConstraint(
            model_name="seatquota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("organization__isnull", False), ("grade__isnull", False), ("new_recruits", True), _connector="OR"
                ),
                name="seat_quota_is_about_somebody",
            ),
        ),
    ]
