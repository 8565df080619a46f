import academy.clock
import academy.models.base
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0007_mail_and_preferences"),
        ("academy", "__first__"),
        ("courses", "0008_entry_policies_forms_and_quotas"),
        ("enrollments", "0005_meeting_exemptions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AbsenceNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("withdrawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absence_notices",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absence_notices",
                        to="courses.meeting",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at", "id"], name="absence_notice_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("enrollment", "meeting"),
                        name="absence_is_told_of_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="absence_notice_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.course"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.applicationform",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="academy.staff"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ApplicationAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("value", models.JSONField()),
                ("changed_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="enrollments.application",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.formquestion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "question"), name="application_answers_a_question_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "level",
                    models.CharField(
                        choices=[("unit_head", "所属長"), ("bureau", "局"), ("office", "事務局")], max_length=20
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "承認待ち"),
                            ("approved", "承認"),
                            ("refused", "不承認"),
                            ("escalated", "上位へ移行"),
                            ("passed", "みなし承認"),
                            ("dropped", "期限切れ"),
                            ("void", "申込み終了"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "capacity",
                    models.CharField(
                        blank=True,
                        choices=[("head", "所属長"), ("delegate", "専決の代行"), ("deputy", "職務代理")],
                        help_text="所属長として・代行として",
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=400)),
                (
                    "applicant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.staff",
                    ),
                ),
                (
                    "decider",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="決裁した人",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.staff",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="enrollments.enrollment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["since", "id"], name="approval_by_time"),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["level", "since", "id"],
                        name="approval_pending",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "pending")),
                        fields=("enrollment",),
                        name="approval_one_is_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decider", None),
                            models.Q(("decider", models.F("applicant")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_is_not_by_the_applicant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="enrollments.approval"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "案"), ("published", "決定"), ("discarded", "廃案")],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("decided_on", models.DateField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="courses.course"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="decision_by_creation")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("fiscal_year", "number"),
                        name="decision_number_is_unique_in_its_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", False), ("number__isnull", False), ("status", "published")),
                            models.Q(
                                models.Q(("status", "published"), _negated=True), ("decided_on", None), ("number", None)
                            ),
                            _connector="OR",
                        ),
                        name="decision_is_dated_and_numbered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecidedSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("open", models.BooleanField(default=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decided", to="courses.session"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="enrollments.decision"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("open", True)), fields=("session",), name="decided_session_has_one_draft"
                    ),
                    models.UniqueConstraint(fields=("decision", "session"), name="decision_names_a_session_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveIntegerField()),
                ("priority_class", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "proposed",
                    models.CharField(
                        choices=[
                            ("seat", "受講決定"),
                            ("reserve", "補欠"),
                            ("not_selected", "落選"),
                            ("ineligible", "対象外"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("seat", "受講決定"),
                            ("reserve", "補欠"),
                            ("not_selected", "落選"),
                            ("ineligible", "対象外"),
                        ],
                        max_length=20,
                    ),
                ),
                ("codes", models.JSONField(default=list, help_text="席がない理由 / why there is no seat")),
                ("reason", models.CharField(blank=True, max_length=400)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="enrollments.decision"
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_lines",
                        to="enrollments.enrollment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["decision", "position", "id"], name="decision_line_by_position")],
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "enrollment"), name="decision_says_one_thing_of_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", models.F("proposed")), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="decision_line_is_changed_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="enrollments.decision"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("round", models.PositiveSmallIntegerField()),
                ("commitment", models.CharField(editable=False, max_length=64)),
                ("secret", models.CharField(editable=False, max_length=64)),
                ("beacon_source", models.CharField(max_length=300)),
                ("committed_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "classes",
                    models.JSONField(default=list, help_text="公表した優先区分 / the priority classes as published"),
                ),
                ("frozen_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entrants_count", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ("list_digest", models.CharField(blank=True, editable=False, max_length=64)),
                ("beacon", models.CharField(blank=True, editable=False, max_length=300)),
                ("seed", models.CharField(blank=True, editable=False, max_length=64)),
                ("drawn_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "committed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="courses.session"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["committed_at", "id"], name="draw_by_creation")],
                "constraints": [models.UniqueConstraint(fields=("session", "round"), name="draw_once_a_round")],
            },
        ),
        migrations.CreateModel(
            name="DrawEntrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("ticket", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("priority_class", models.PositiveSmallIntegerField()),
                ("position", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entrants", to="enrollments.draw"
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="enrollments.enrollment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("draw", "enrollment"), name="draw_enters_an_application_once"),
                    models.UniqueConstraint(fields=("draw", "position"), name="draw_position_is_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leave", "休職・休業"),
                            ("secondment", "派遣"),
                            ("transfer", "異動"),
                            ("retirement", "退職"),
                            ("duty", "公務"),
                            ("other", "その他"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("from_on", models.DateField()),
                ("superseded_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="course_exemptions",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("enrollment",),
                        name="exemption_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="exemption_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NominationList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("round", models.PositiveSmallIntegerField()),
                ("submitted_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("recalled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "recalled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nominations", to="courses.session"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["submitted_at", "id"], name="nomination_list_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("recalled_at", None)),
                        fields=("session", "round", "organization"),
                        name="nomination_list_once_a_round",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("rank", models.PositiveIntegerField()),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nominations",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "nomination_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nominations",
                        to="enrollments.nominationlist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("nomination_list", "enrollment"), name="nomination_names_a_person_once"
                    ),
                    models.UniqueConstraint(fields=("nomination_list", "rank"), name="nomination_rank_is_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("undone_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="courses.session"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "seat batches",
                "indexes": [models.Index(fields=["created_at", "id"], name="seat_batch_by_creation")],
            },
        ),
        migrations.CreateModel(
            name="SeatOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("made_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("expires_at", models.DateTimeField()),
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offer", to="enrollments.enrollment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="seat_offer_by_expiry")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="seat_offer_stands_for_some_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageDeadline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "level",
                    models.CharField(
                        choices=[("unit_head", "所属長"), ("bureau", "局"), ("office", "事務局")], max_length=20
                    ),
                ),
                ("until", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stage_deadlines",
                        to="courses.session",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "organization", "level"), name="stage_deadline_per_bureau"
                    )
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="enrollment",
            name="seats_on_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="enrollment",
            name="seats_on_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="enrollment",
            name="seats_on_update",
        ),
        migrations.AddField(
            model_name="enrollment",
            name="applied_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="代理で申し込んだ人 / who applied for the person; empty: the person, or a decision of the office",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="ended_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_approved", "不承認"),
                    ("not_selected", "落選"),
                    ("ineligible", "対象外"),
                    ("before_decision", "申込取下げ"),
                    ("after_decision", "受講辞退"),
                    ("offer_declined", "繰上げ辞退"),
                    ("substituted", "受講者の変更"),
                    ("transferred", "別の回へ変更"),
                    ("other_wish", "別の希望回で決定"),
                    ("by_office", "受講取消"),
                    ("undone", "一括決定の取消し"),
                    ("session_cancelled", "開催中止"),
                    ("offer_expired", "繰上げ案内の期限切れ"),
                    ("approval_overdue", "承認の期限切れ"),
                    ("session_begun", "開始までに決定なし"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="new_recruit",
            field=models.BooleanField(
                db_default=False, default=False, help_text="新規採用職員 / in the first fiscal year of service"
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="preference",
            field=models.PositiveSmallIntegerField(
                blank=True, help_text="希望順位 / which wish of the application, 1 is the first", null=True
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="rank",
            field=models.PositiveIntegerField(
                blank=True, help_text="推薦順位 / rank in the list of the bureau", null=True
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="seat_bureau",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="academy.organization",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="seat_grade",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="academy.grade",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="seat_origin",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') AND (TG_OP = 'INSERT' OR OLD.status NOT IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) THEN\n        NEW.seat_bureau_id := NEW.bureau_id;\n        NEW.seat_grade_id := NEW.grade_id;\n    END IF;\n    RETURN NEW;\n",
                    hash="4c3861c0ed8fba02f4c01e44032c1784967fe17b",
                    operation='INSERT OR UPDATE OF "status"',
                    pgid="pgtrigger_seat_origin_bc110",
                    table="enrollments_enrollment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="seats_on_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM new_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    IF EXISTS (SELECT FROM courses_seatquota WHERE session_id IN (SELECT session_id FROM new_rows)) THEN\n        PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;\n        UPDATE courses_seatquota SET seats_taken = seats_taken + change.seats\n        FROM (\n            SELECT quota.id, sum(each.seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each\n            JOIN courses_seatquota AS quota ON quota.session_id = each.session_id\n                AND (quota.organization_id IS NULL OR quota.organization_id = each.seat_bureau_id)\n                AND (quota.grade_id IS NULL OR quota.grade_id = each.seat_grade_id)\n                AND (NOT quota.new_recruits OR each.new_recruit)\n            GROUP BY quota.id HAVING sum(each.seats) <> 0\n        ) AS change\n        WHERE courses_seatquota.id = change.id;\n    END IF;\n    RETURN NULL;\n",
                    hash="a5dd69d86b057bbbf5ae2826552ad69d33cd0a11",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_seats_on_insert_5ba05",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="enrollments_enrollment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="seats_on_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    IF EXISTS (SELECT FROM courses_seatquota WHERE session_id IN (SELECT session_id FROM old_rows)) THEN\n        PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows) ORDER BY id FOR NO KEY UPDATE;\n        UPDATE courses_seatquota SET seats_taken = seats_taken + change.seats\n        FROM (\n            SELECT quota.id, sum(each.seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each\n            JOIN courses_seatquota AS quota ON quota.session_id = each.session_id\n                AND (quota.organization_id IS NULL OR quota.organization_id = each.seat_bureau_id)\n                AND (quota.grade_id IS NULL OR quota.grade_id = each.seat_grade_id)\n                AND (NOT quota.new_recruits OR each.new_recruit)\n            GROUP BY quota.id HAVING sum(each.seats) <> 0\n        ) AS change\n        WHERE courses_seatquota.id = change.id;\n    END IF;\n    RETURN NULL;\n",
                    hash="f1e02c2e818c47266ca5dd9df3719e44e941598f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_seats_on_delete_4d843",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="enrollments_enrollment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="seats_on_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows UNION SELECT session_id FROM new_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') UNION ALL SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    IF EXISTS (SELECT FROM courses_seatquota WHERE session_id IN (SELECT session_id FROM old_rows UNION SELECT session_id FROM new_rows)) THEN\n        PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows UNION SELECT session_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;\n        UPDATE courses_seatquota SET seats_taken = seats_taken + change.seats\n        FROM (\n            SELECT quota.id, sum(each.seats) AS seats FROM (SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') UNION ALL SELECT session_id, seat_bureau_id, seat_grade_id, new_recruit, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each\n            JOIN courses_seatquota AS quota ON quota.session_id = each.session_id\n                AND (quota.organization_id IS NULL OR quota.organization_id = each.seat_bureau_id)\n                AND (quota.grade_id IS NULL OR quota.grade_id = each.seat_grade_id)\n                AND (NOT quota.new_recruits OR each.new_recruit)\n            GROUP BY quota.id HAVING sum(each.seats) <> 0\n        ) AS change\n        WHERE courses_seatquota.id = change.id;\n    END IF;\n    RETURN NULL;\n",
                    hash="effda941bc774c0cbad0a7e4ccb07a152cc6fbb4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_seats_on_update_42a18",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="enrollments_enrollment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="application",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="enrollments.application",
            ),
        ),
        migrations.AddField(
            model_name="enrollment",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="enrollments.seatbatch",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("application__isnull", False)), fields=["application"], name="enrollment_by_wish"
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="enrollment_by_batch"
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("status", "applied")), fields=["session"], name="enrollment_undecided"
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("status", "offered")), fields=["session"], name="enrollment_offered"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{approved:pending,pending:approved,pending:dropped,pending:escalated,pending:passed,pending:refused,pending:void}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="cf71e7349791d977c847298520568902c3a5e3ef",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_approval_transitions_are_legal_4972a",
                    table="enrollments_approval",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="approval_applicant",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    NEW.applicant_id := (SELECT staff_id FROM enrollments_enrollment WHERE id = NEW.enrollment_id);\n    RETURN NEW;\n",
                    hash="d00a735aba4a0d610a846e942226ec166857de8a",
                    operation='INSERT OR UPDATE OF "applicant_id", "enrollment_id"',
                    pgid="pgtrigger_approval_applicant_29e54",
                    table="enrollments_approval",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:discarded,draft:published}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="219758d86139ef3df05a15034384bef533979bed",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_decision_transitions_are_legal_90b30",
                    table="enrollments_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="draw",
            trigger=pgtrigger.compiler.Trigger(
                name="draw_happens_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF OLD.drawn_at IS NOT NULL\n        OR (NEW.session_id, NEW.round, NEW.commitment, NEW.beacon_source)\n            IS DISTINCT FROM (OLD.session_id, OLD.round, OLD.commitment, OLD.beacon_source)\n        OR (OLD.frozen_at IS NOT NULL AND (NEW.frozen_at, NEW.list_digest, NEW.entrants_count)\n            IS DISTINCT FROM (OLD.frozen_at, OLD.list_digest, OLD.entrants_count))\n        OR (NEW.drawn_at IS NOT NULL AND OLD.frozen_at IS NULL)\n    THEN\n        RAISE EXCEPTION 'a draw is committed, frozen and drawn once' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draw_happens_once';\n    END IF;\n    RETURN NEW;\n",
                    hash="62a32d63ef06a29dd514d83a565cb54aa3f86ca6",
                    operation="UPDATE",
                    pgid="pgtrigger_draw_happens_once_fec02",
                    table="enrollments_draw",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="draw",
            trigger=pgtrigger.compiler.Trigger(
                name="draws_are_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="c37def16808e36a9cfa953a5beab151e85b31446",
                    operation="DELETE",
                    pgid="pgtrigger_draws_are_never_deleted_3ae08",
                    table="enrollments_draw",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="drawentrant",
            trigger=pgtrigger.compiler.Trigger(
                name="draw_list_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT FROM enrollments_draw WHERE id = coalesce(NEW.draw_id, OLD.draw_id) AND frozen_at IS NOT NULL)\n        AND (TG_OP <> 'UPDATE' OR (to_jsonb(NEW) - 'position') <> (to_jsonb(OLD) - 'position') OR OLD.position IS NOT NULL)\n    THEN\n        RAISE EXCEPTION 'the list of a draw is frozen' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draw_list_is_frozen';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n",
                    hash="b58d8853ec1f561377d26aac17b7e7e0d23c9906",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_draw_list_is_frozen_d079b",
                    table="enrollments_drawentrant",
                    when="BEFORE",
                ),
            ),
        ),
    ]
