import academy.clock
import academy.models.base
import django.contrib.postgres.constraints
import django.db.models.deletion
import enrollments.models.records
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("academy", "0001_initial"),
        ("academy", "__first__"),
        ("courses", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enrollment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("applied", "申込中"),
                            ("waitlisted", "キャンセル待ち"),
                            ("offered", "繰上げ案内中"),
                            ("enrolled", "受講決定"),
                            ("in_progress", "受講中"),
                            ("attended", "参加"),
                            ("completed", "修了"),
                            ("not_completed", "未修了"),
                            ("absent", "欠席"),
                            ("rejected", "不承認・落選・対象外"),
                            ("withdrawn", "取下げ・辞退"),
                            ("cancelled", "取消"),
                            ("lapsed", "期限切れ"),
                        ],
                        max_length=20,
                    ),
                ),
                ("priority", models.SmallIntegerField(default=100, help_text="小さいほど先 / smaller comes first")),
                ("queue_no", models.PositiveIntegerField()),
                ("applied_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, help_text="席を得た時 / when the seat was given", null=True),
                ),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("reference_date", models.DateField()),
                ("busy", academy.models.base.TimesField(editable=False, null=True)),
                (
                    "one_seat_key",
                    models.BooleanField(
                        editable=False,
                        help_text="true where the course may be taken once a year; empty where repeats are",
                        null=True,
                    ),
                ),
                (
                    "bureau",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="courses.course"
                    ),
                ),
                (
                    "grade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.grade"
                    ),
                ),
                (
                    "job_family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.jobfamily"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.organization"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="courses.session"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="academy.staff"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["applied_at", "id"], name="enrollment_by_application"),
                    models.Index(fields=["session", "applied_at", "id"], name="enrollment_by_session"),
                    models.Index(fields=["staff", "applied_at", "id"], name="enrollment_by_staff"),
                    models.Index(fields=["bureau", "applied_at", "id"], name="enrollment_by_bureau"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "queue_no"), name="enrollment_queue_number_is_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "applied",
                                    "waitlisted",
                                    "offered",
                                    "enrolled",
                                    "in_progress",
                                    "attended",
                                    "completed",
                                    "not_completed",
                                    "absent",
                                ],
                            )
                        ),
                        fields=("session", "staff"),
                        name="enrollment_one_per_person_and_session",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("one_seat_key", True),
                            (
                                "status__in",
                                (
                                    "offered",
                                    "enrolled",
                                    "in_progress",
                                    "attended",
                                    "completed",
                                    "not_completed",
                                    "absent",
                                ),
                            ),
                        ),
                        fields=("course", "staff", "fiscal_year"),
                        name="enrollment_one_seat_per_person_course_and_year",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("busy__isnull", False),
                            (
                                "status__in",
                                (
                                    "offered",
                                    "enrolled",
                                    "in_progress",
                                    "attended",
                                    "completed",
                                    "not_completed",
                                    "absent",
                                ),
                            ),
                        ),
                        expressions=[
                            (academy.models.base.SingleValueRange("staff_id"), "&&"),
                            (models.F("busy"), "&&"),
                        ],
                        name="enrollment_person_not_in_two_places",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                (
                    "mark",
                    models.CharField(
                        choices=[("present", "出席"), ("late", "遅刻"), ("absent", "欠席")], max_length=10
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="courses.meeting"
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="enrollments.enrollment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "attendance",
                "indexes": [models.Index(fields=["meeting", "enrollment"], name="attendance_by_meeting")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enrollment", "meeting", "revision"), name="attendance_revision_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="attendance_correction_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="enrollments.enrollment"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["new", "at"], name="enrollment_step_by_state")],
            },
        ),
        migrations.CreateModel(
            name="ExamAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("taken_on", models.DateField()),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("total", models.PositiveIntegerField()),
                ("passed", models.BooleanField(editable=False, help_text="合格基準から計算 / derived from the scheme")),
                (
                    "source",
                    models.CharField(
                        choices=[("self_reported", "自己申告"), ("official", "実施機関の通知")], max_length=20
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
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
                        related_name="exam_attempts",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="courses.examscheme"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["recorded_at", "id"], name="exam_attempt_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enrollment", "taken_on", "revision"), name="exam_attempt_revision_is_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="exam_attempt_correction_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExamScore",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("score", models.PositiveIntegerField()),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="enrollments.examattempt"
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.examfield"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "field"), name="exam_score_is_one_per_field")
                ],
            },
        ),
        migrations.CreateModel(
            name="LessonProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("watched", enrollments.models.records.SecondsField()),
                ("seconds_watched", models.PositiveIntegerField(default=0)),
                ("opened_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("reported_at", models.DateTimeField(db_default=academy.clock.BusinessNow())),
                (
                    "viewed_at",
                    models.DateTimeField(
                        blank=True, help_text="最後まで視聴した時 / when all of it was seen", null=True
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lesson_progress",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="courses.lesson"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "lesson progress",
                "indexes": [models.Index(fields=["opened_at", "id"], name="lesson_progress_by_opening")],
                "constraints": [
                    models.UniqueConstraint(fields=("enrollment", "lesson"), name="lesson_progress_is_one_per_lesson")
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("theme", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="teams", to="courses.session"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="team_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "name"), name="team_name_is_unique_in_its_session")
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField()),
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
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="enrollments.team"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["recorded_at", "id"], name="proposal_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "revision"), name="proposal_revision_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Presentation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("presented_on", models.DateField()),
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
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presentation",
                        to="enrollments.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("leader", models.BooleanField(default=False)),
                (
                    "enrollment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="team_member",
                        to="enrollments.enrollment",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="enrollments.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("leader", True)), fields=("team",), name="team_has_one_leader"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrollment",
            trigger=pgtrigger.compiler.Trigger(
                name="enrollment_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{absent:attended,absent:completed,absent:not_completed,applied:cancelled,applied:enrolled,applied:lapsed,applied:rejected,applied:waitlisted,applied:withdrawn,attended:absent,attended:completed,attended:not_completed,completed:absent,completed:attended,completed:not_completed,enrolled:absent,enrolled:attended,enrolled:cancelled,enrolled:completed,enrolled:in_progress,enrolled:not_completed,enrolled:withdrawn,in_progress:absent,in_progress:attended,in_progress:cancelled,in_progress:completed,in_progress:not_completed,in_progress:withdrawn,not_completed:absent,not_completed:attended,not_completed:completed,offered:cancelled,offered:enrolled,offered:lapsed,offered:withdrawn,waitlisted:cancelled,waitlisted:enrolled,waitlisted:lapsed,waitlisted:offered,waitlisted:rejected,waitlisted:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="e0bd71ccce75f73cbeaa033ad27bc59426289714",
                    operation="UPDATE",
                    pgid="pgtrigger_enrollment_transitions_are_legal_102a8",
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
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM new_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    RETURN NULL;\n",
                    hash="5f6c96cec7b69734f2fbb644065ea92ff4bbbdda",
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
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    RETURN NULL;\n",
                    hash="1da327f37e4c9c77dee2febf514818fc17cbdc5e",
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
                    func="\n    PERFORM 1 FROM courses_session WHERE id IN (SELECT session_id FROM old_rows UNION SELECT session_id FROM new_rows) ORDER BY id FOR KEY SHARE;\n    UPDATE courses_session SET seats_taken = seats_taken + change.seats\n    FROM (SELECT session_id, sum(seats) AS seats FROM (SELECT session_id, -1 AS seats FROM old_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent') UNION ALL SELECT session_id, 1 AS seats FROM new_rows WHERE status IN ('offered', 'enrolled', 'in_progress', 'attended', 'completed', 'not_completed', 'absent')) AS each GROUP BY session_id HAVING sum(seats) <> 0)\n        AS change\n    WHERE courses_session.id = change.session_id AND courses_session.capacity IS NOT NULL;\n    RETURN NULL;\n",
                    hash="3c188e0059387fb8f28dca4d4011e839f9eb4bc0",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_seats_on_update_42a18",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="enrollments_enrollment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="attendance_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="865def3409cc8cbce61477649994e8162c5f7e2a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_attendance_is_append_only_f8a91",
                    table="enrollments_attendance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="examattempt",
            trigger=pgtrigger.compiler.Trigger(
                name="exam_attempts_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7e5e87e0f03a94b8c73b2607d22d47d9e86c4812",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_exam_attempts_are_append_only_c2cd4",
                    table="enrollments_examattempt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="examscore",
            trigger=pgtrigger.compiler.Trigger(
                name="exam_scores_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="422175f723a2bcc9d90c7215c5651fda4e4520f9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_exam_scores_are_append_only_bfcd0",
                    table="enrollments_examscore",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lessonprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="lesson_progress_never_shrinks",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT NEW.watched @> OLD.watched OR NEW.seconds_watched < OLD.seconds_watched OR NEW.viewed_at IS DISTINCT FROM coalesce(OLD.viewed_at, NEW.viewed_at))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="500b64007f108bea8d25a9170359b05de98085a4",
                    operation="UPDATE",
                    pgid="pgtrigger_lesson_progress_never_shrinks_f22f8",
                    table="enrollments_lessonprogress",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lessonprogress",
            trigger=pgtrigger.compiler.Trigger(
                name="lesson_progress_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="47e5e4903ed3c4999782912f0717ef64dc5202eb",
                    operation="DELETE",
                    pgid="pgtrigger_lesson_progress_is_kept_cf039",
                    table="enrollments_lessonprogress",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="presentation",
            trigger=pgtrigger.compiler.Trigger(
                name="presentations_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="349bad2984105e55cbff6a47dd10cf64ed177ab3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_presentations_are_append_only_d3f42",
                    table="enrollments_presentation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proposal",
            trigger=pgtrigger.compiler.Trigger(
                name="proposals_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6a345b42fd99872bcccb4cfcc7ad29b5e932f7e2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_proposals_are_append_only_af520",
                    table="enrollments_proposal",
                    when="BEFORE",
                ),
            ),
        ),
    ]
