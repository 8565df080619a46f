import academy.clock
import academy.models.base
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("academy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("purpose", models.CharField(max_length=400)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "auditor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["opened_at", "id"], name="audit_case_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opened_by", models.F("auditor")), _negated=True),
                        name="audit_case_is_opened_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose", ""), _negated=True), name="audit_case_names_its_purpose"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False), ("during__upper_inf", False)),
                        name="audit_case_has_an_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "delegate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delegations_held", to="academy.staff"
                    ),
                ),
                (
                    "delegator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to="academy.staff",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="delegation_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("delegate", models.F("delegator")), _negated=True),
                        name="delegation_is_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False), ("during__upper_inf", False)),
                        name="delegation_has_an_end",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("revoked_at", None)),
                        expressions=[
                            (academy.models.base.SingleValueRange("delegator_id"), "&&"),
                            (models.F("during"), "&&"),
                        ],
                        name="delegation_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeEquivalence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("rank", models.IntegerField()),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("source", "原資料にある"),
                            ("seen", "公開資料で確認"),
                            ("known", "一般に知られている"),
                            ("guess", "推定"),
                        ],
                        default="guess",
                        max_length=10,
                    ),
                ),
                (
                    "grade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="equivalences", to="academy.grade"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (academy.models.base.SingleValueRange("grade_id"), "&&"),
                            (models.F("during"), "&&"),
                        ],
                        name="grade_has_one_equivalent_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="grade_equivalence_lives_some_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganizationSuccession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("renamed", "改称"),
                            ("reorganised", "改組"),
                            ("merged", "統合"),
                            ("split", "分割"),
                            ("transferred", "移管"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("source", "原資料にある"),
                            ("seen", "公開資料で確認"),
                            ("known", "一般に知られている"),
                            ("guess", "推定"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="academy.organization",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessions",
                        to="academy.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("predecessor", "successor"), name="organization_succession_is_told_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("successor", models.F("predecessor")), _negated=True),
                        name="organization_does_not_follow_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[("snapshot", "全件"), ("changes", "異動分"), ("undo", "取消し")], max_length=10
                    ),
                ),
                ("effective_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "検査中"),
                            ("faulty", "誤りあり"),
                            ("held", "承認待ち"),
                            ("ready", "適用待ち"),
                            ("applied", "適用済み"),
                            ("undone", "取消済み"),
                            ("discarded", "破棄"),
                        ],
                        default="uploaded",
                        max_length=20,
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("file_digest", models.CharField(blank=True, help_text="SHA-256", max_length=64)),
                ("file_format", models.CharField(blank=True, max_length=10)),
                ("encoding", models.CharField(blank=True, max_length=20)),
                (
                    "columns",
                    models.JSONField(default=list, help_text="取り込む列: 見出しと項目 / the columns that are read"),
                ),
                (
                    "unmapped",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        default=list,
                        help_text="取り込まない列の見出し",
                        size=None,
                    ),
                ),
                ("lines", models.PositiveIntegerField(default=0, help_text="データ行の数 / rows of data")),
                ("faults", models.PositiveIntegerField(default=0)),
                ("serving_before", models.PositiveIntegerField(default=0)),
                (
                    "ending",
                    models.PositiveIntegerField(
                        default=0, help_text="この取込みで在籍しなくなる人数 / people who leave by it"
                    ),
                ),
                (
                    "summary",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        help_text="種類ごと・局ごとの件数",
                    ),
                ),
                ("diff_digest", models.CharField(blank=True, max_length=100)),
                ("uploaded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applied_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "compensates",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensated_by",
                        to="academy.rosterimport",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        help_text="職員番号を発行する団体",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.gradeladder",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_imports",
                        to="academy.organization",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["uploaded_at", "id"], name="roster_import_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("uploaded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="roster_import_approved_by_another",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="空欄はファイルにいない人 / empty: not in the file", null=True
                    ),
                ),
                ("staff_number", models.CharField(blank=True, max_length=20)),
                ("name", models.CharField(max_length=101)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("joiner", "転入・採用"),
                                ("leaver", "退職・転出"),
                                ("move", "異動"),
                                ("promotion", "昇任"),
                                ("demotion", "降任"),
                                ("regrade", "職層表の変更"),
                                ("job_family", "職種変更"),
                                ("post", "職の変更"),
                                ("renewal", "任期の更新・継続"),
                                ("name", "氏名変更"),
                                ("details", "その他の項目"),
                                ("status", "状況の変更"),
                                ("further_posts", "兼務・派遣の変更"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("before", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("after", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "bureau_after",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
                (
                    "bureau_before",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.organization",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.staff"
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["roster", "id"], name="roster_change_by_roster")],
            },
        ),
        migrations.CreateModel(
            name="RosterEffect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.CharField(max_length=40)),
                ("target_kind", models.CharField(blank=True, max_length=40)),
                ("target", models.UUIDField(null=True)),
                ("detail", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "staff",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.staff",
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effects",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["roster", "id"], name="roster_effect_by_roster")],
            },
        ),
        migrations.CreateModel(
            name="RosterEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line", models.PositiveIntegerField()),
                ("staff_number", models.CharField(max_length=20, null=True)),
                ("leaves", models.BooleanField(default=False)),
                ("kind", models.CharField(max_length=20)),
                ("family_name", models.CharField(max_length=50)),
                ("given_name", models.CharField(max_length=50)),
                ("family_kana", models.CharField(max_length=50)),
                ("given_kana", models.CharField(max_length=50)),
                ("name_folded", models.CharField(max_length=200)),
                ("kana_folded", models.CharField(max_length=200)),
                ("romaji_folded", models.CharField(max_length=200)),
                ("former_name", models.CharField(max_length=50, null=True)),
                ("email", models.CharField(max_length=254, null=True)),
                ("hired_on", models.DateField(null=True)),
                ("hiring_category_id", models.BigIntegerField(null=True)),
                ("organization_id", models.BigIntegerField(null=True)),
                ("work_place_id", models.BigIntegerField(null=True)),
                ("grade_id", models.BigIntegerField(null=True)),
                ("job_family_id", models.BigIntegerField(null=True)),
                ("post", models.CharField(max_length=100, null=True)),
                ("head_of_unit", models.BooleanField(null=True)),
                ("deputy_of_unit", models.BooleanField(null=True)),
                ("headquarters", models.BooleanField(null=True)),
                ("statuses", models.JSONField(help_text="[[種類, 理由], …]", null=True)),
                ("directory_hidden", models.BooleanField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="academy.staff",
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["roster", "staff_number"], name="roster_entry_by_number"),
                    models.Index(fields=["roster", "staff"], name="roster_entry_by_staff"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterFault",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("line", models.PositiveIntegerField(help_text="0 はファイル全体 / 0: the whole file")),
                ("column", models.CharField(blank=True, max_length=100)),
                ("code", models.CharField(max_length=40)),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["roster", "line", "id"], name="roster_fault_by_line")],
            },
        ),
        migrations.CreateModel(
            name="RosterImportStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="academy.rosterimport"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RosterLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(help_text="ファイルの行番号 / line of the file")),
                ("cells", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(null=True), size=None)),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("roster", "number"), name="roster_line_is_read_once")],
            },
        ),
        migrations.CreateModel(
            name="RosterWindow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("effective_on", models.DateField()),
                ("expected_by", models.DateField()),
                ("announced_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "announced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roster_windows",
                        to="academy.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["effective_on", "id"], name="roster_window_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("root", "effective_on"), name="roster_window_is_announced_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expected_by__gte", models.F("effective_on"))),
                        name="roster_window_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("superseded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("family_name", models.CharField(max_length=50)),
                ("given_name", models.CharField(max_length=50)),
                ("family_kana", models.CharField(max_length=50)),
                ("given_kana", models.CharField(max_length=50)),
                (
                    "recorded_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="names", to="academy.staff"
                    ),
                ),
                (
                    "superseded_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="academy.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at", None)),
                        expressions=[
                            (academy.models.base.SingleValueRange("staff_id"), "&&"),
                            (models.F("during"), "&&"),
                        ],
                        name="staff_name_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("during__isempty", False)), name="staff_name_lives_some_time"
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assignment_one_primary_at_a_time",
        ),
        migrations.RemoveIndex(
            model_name="assignment",
            name="assignment_by_organization",
        ),
        migrations.AddField(
            model_name="assignment",
            name="deputy_of_unit",
            field=models.BooleanField(default=False, help_text="所属長の職務を代わる職 / acts while the head is away"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="recorded_at",
            field=models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False),
        ),
        migrations.AddField(
            model_name="assignment",
            name="superseded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="romaji_folded",
            field=models.CharField(db_collation="C", default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="staff",
            name="voided_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="取り消された名簿だけが知る人 / known to an undone roster only",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="staffstatus",
            name="reason",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="staffstatus",
            name="recorded_at",
            field=models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False),
        ),
        migrations.AddField(
            model_name="staffstatus",
            name="superseded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="staff",
            index=models.Index(fields=["romaji_folded", "id"], name="staff_by_romaji"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="assignments_are_superseded_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL THEN\n                OLD.superseded_at := NEW.superseded_at;\n                OLD.superseded_in_id := NEW.superseded_in_id;\n                IF NEW IS NOT DISTINCT FROM OLD THEN\n                    RETURN NEW;\n                END IF;\n            END IF;\n            RAISE EXCEPTION 'a dated fact of % is superseded, never changed or deleted', TG_TABLE_NAME;\n        ",
                    hash="ccdb85b18725e8b5c340ca2444f9294dd1186709",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_assignments_are_superseded_only_d86af",
                    table="academy_assignment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffstatus",
            trigger=pgtrigger.compiler.Trigger(
                name="staff_statuses_are_superseded_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL THEN\n                OLD.superseded_at := NEW.superseded_at;\n                OLD.superseded_in_id := NEW.superseded_in_id;\n                IF NEW IS NOT DISTINCT FROM OLD THEN\n                    RETURN NEW;\n                END IF;\n            END IF;\n            RAISE EXCEPTION 'a dated fact of % is superseded, never changed or deleted', TG_TABLE_NAME;\n        ",
                    hash="06f3b840a35397d33c9be213abde66970cb8127e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_staff_statuses_are_superseded_only_bd31e",
                    table="academy_staffstatus",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="recorded_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.rosterimport"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="superseded_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.rosterimport"
            ),
        ),
        migrations.AddField(
            model_name="staffstatus",
            name="recorded_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.rosterimport"
            ),
        ),
        migrations.AddField(
            model_name="staffstatus",
            name="superseded_in",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="academy.rosterimport"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("superseded_at", None)),
                fields=["organization", "kind"],
                name="assignment_by_organization",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("superseded_at", None)), fields=["recorded_at", "id"], name="assignment_by_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("kind", "primary"), ("superseded_at", None)),
                expressions=[(academy.models.base.SingleValueRange("staff_id"), "&&"), (models.F("during"), "&&")],
                name="assignment_one_primary_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rosterimport",
            trigger=pgtrigger.compiler.Trigger(
                name="roster_import_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{applied:undone,faulty:discarded,faulty:uploaded,held:discarded,held:ready,held:uploaded,ready:applied,ready:discarded,ready:uploaded,uploaded:discarded,uploaded:faulty,uploaded:held,uploaded:ready}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b6c1742852697c7abbed5a43acf5b2b0c389ab4d",
                    operation="UPDATE",
                    pgid="pgtrigger_roster_import_transitions_are_legal_601b9",
                    table="academy_rosterimport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="staffname",
            trigger=pgtrigger.compiler.Trigger(
                name="staff_names_are_superseded_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL THEN\n                OLD.superseded_at := NEW.superseded_at;\n                OLD.superseded_in_id := NEW.superseded_in_id;\n                IF NEW IS NOT DISTINCT FROM OLD THEN\n                    RETURN NEW;\n                END IF;\n            END IF;\n            RAISE EXCEPTION 'a dated fact of % is superseded, never changed or deleted', TG_TABLE_NAME;\n        ",
                    hash="a1650c106646e2db2fbf60aad1a555071e0e60d6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_staff_names_are_superseded_only_4c9c8",
                    table="academy_staffname",
                    when="BEFORE",
                ),
            ),
        ),
    ]
