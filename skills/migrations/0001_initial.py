import academy.clock
import academy.models.base
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
            name="SkillFramework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("code", models.SlugField(max_length=60)),
                ("version", models.CharField(max_length=20)),
                ("name_ja", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "sample",
                    models.BooleanField(
                        default=False, help_text="サンプル: 公式の一覧ではない / a stand-in, not the official list"
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                ("digest", models.CharField(editable=False, help_text="読み込んだファイルの SHA-256", max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "作成中"), ("published", "公開"), ("retired", "廃止")],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="skill_framework_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="skill_framework_version_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentCycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cycles", to="skills.skillframework"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["opens_at", "id"], name="assessment_cycle_by_opening")],
                "constraints": [
                    models.UniqueConstraint(fields=("fiscal_year", "name_ja"), name="assessment_cycle_name_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("opens_at__lt", models.F("closes_at"))),
                        name="assessment_cycle_window_is_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="job_types",
                        to="skills.skillframework",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["number", "id"], name="job_type_by_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "number"), name="job_type_number_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="SkillFrameworkStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="skills.skillframework"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SkillCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="categories",
                        to="skills.skillframework",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "skill categories",
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "position"), name="skill_category_position_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="SkillItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("name_ja", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, max_length=100)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="skills.skillcategory"
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="skills.skillframework"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["number", "id"], name="skill_item_by_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "number"), name="skill_item_number_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="SkillLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("value", models.PositiveSmallIntegerField()),
                ("descriptor_ja", models.CharField(max_length=300)),
                ("descriptor_en", models.CharField(blank=True, max_length=300)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="skills.skillframework"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "value"), name="skill_level_value_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "自己評価中"),
                            ("submitted", "所属長確認中"),
                            ("confirmed", "確定"),
                            ("returned", "差戻し"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "submissions",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, editable=False, help_text="提出した回数 / how often it was submitted"
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        help_text="確定または差し戻した人",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="academy.staff",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="academy.staff"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="skills.assessmentcycle",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at", "id"], name="assessment_by_creation")],
                "constraints": [
                    models.UniqueConstraint(fields=("cycle", "staff"), name="assessment_one_per_person_and_cycle"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer", None),
                            models.Q(("reviewer", models.F("staff")), _negated=True),
                            _connector="OR",
                        ),
                        name="assessment_is_not_reviewed_by_its_subject",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentStep",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="skills.assessment"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JobTypeAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("kind", models.CharField(choices=[("main", "主"), ("sub", "副"), ("wanted", "希望")], max_length=10)),
                (
                    "job_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="skills.jobtype"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="job_type_assignments",
                        to="academy.staff",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JobTypeRequirement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "job_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requirements", to="skills.jobtype"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requirements", to="skills.skillitem"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job_type", "item"), name="job_type_requires_an_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=academy.models.base.uuid7, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField(db_default=academy.clock.BusinessNow(), editable=False)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("round", models.PositiveSmallIntegerField(db_default=1, default=1, editable=False)),
                ("self_level", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("confirmed_level", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("evidence", models.TextField(blank=True, help_text="根拠(資格・業務経験・研修) / evidence")),
                ("comment", models.TextField(blank=True, help_text="本人のコメント")),
                ("review_comment", models.TextField(blank=True, help_text="確認者のコメント")),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="skills.assessment"
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
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="skills.skillitem"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "item", "revision"), name="rating_revision_is_unique")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skillframework",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_framework_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:published,published:retired}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="243693795414e4aa1c31d4d02dd11298b8ab8438",
                    operation="UPDATE",
                    pgid="pgtrigger_skill_framework_transitions_are_legal_b9dd8",
                    table="skills_skillframework",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skillframework",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_framework_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'draft'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e81792868a57c04c6bca77939c8dd14bec2d3548",
                    operation="DELETE",
                    pgid="pgtrigger_skill_framework_is_kept_26615",
                    table="skills_skillframework",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skillframework",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_framework_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'draft'))",
                    func="\n                    IF to_jsonb(OLD) - 'status' <> to_jsonb(NEW) - 'status' THEN\n                        RAISE EXCEPTION 'a framework that was published does not change';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="6a45f469386be02242334247ee023d11420b2ea9",
                    operation="UPDATE",
                    pgid="pgtrigger_skill_framework_is_frozen_3fc15",
                    table="skills_skillframework",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_transitions_are_legal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:submitted,returned:submitted,submitted:confirmed,submitted:returned}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b1bdf051667d9be6d64f8664a60ada78149535b2",
                    operation="UPDATE",
                    pgid="pgtrigger_assessment_transitions_are_legal_5dcac",
                    table="skills_assessment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skillcategory",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_categories_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE framework RECORD;",
                    func="\n            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN (OLD.framework_id, NEW.framework_id) FOR SHARE LOOP\n                IF framework.status <> 'draft' THEN\n                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="d1d66bba214f092f355c902f7fc550cd6e8ef7be",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_skill_categories_are_frozen_66cc3",
                    table="skills_skillcategory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jobtype",
            trigger=pgtrigger.compiler.Trigger(
                name="job_types_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE framework RECORD;",
                    func="\n            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN (OLD.framework_id, NEW.framework_id) FOR SHARE LOOP\n                IF framework.status <> 'draft' THEN\n                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="55040868f742657f1b43302cb9b9996b0ff3adab",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_job_types_are_frozen_37842",
                    table="skills_jobtype",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skillitem",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_items_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE framework RECORD;",
                    func="\n            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN (OLD.framework_id, NEW.framework_id) FOR SHARE LOOP\n                IF framework.status <> 'draft' THEN\n                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="82ab580a65e6bc8474c91166d8bb6c214221cb5c",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_skill_items_are_frozen_3b1ef",
                    table="skills_skillitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rating",
            trigger=pgtrigger.compiler.Trigger(
                name="ratings_are_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="69a2139972cdcd10c7161ed852c809fa28429143",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_ratings_are_append_only_c9cd4",
                    table="skills_rating",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rating",
            trigger=pgtrigger.compiler.Trigger(
                name="ratings_are_admissible",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE held RECORD;",
                    func="\n    SELECT assessment.status, cycle.opens_at, cycle.closes_at, cycle.framework_id, item.framework_id AS of_item\n    INTO held\n    FROM skills_assessment AS assessment\n    JOIN skills_assessmentcycle AS cycle ON cycle.id = assessment.cycle_id\n    JOIN skills_skillitem AS item ON item.id = NEW.item_id\n    WHERE assessment.id = NEW.assessment_id;\n    IF held.status = 'confirmed' THEN RAISE EXCEPTION 'a confirmed assessment does not change'; END IF;\n    IF NEW.recorded_at < held.opens_at OR NEW.recorded_at >= held.closes_at THEN\n        RAISE EXCEPTION 'a rating is recorded while its cycle is open';\n    END IF;\n    IF held.framework_id <> held.of_item THEN RAISE EXCEPTION 'the item belongs to another framework'; END IF;\n    IF EXISTS (\n        SELECT FROM unnest(ARRAY[NEW.self_level, NEW.confirmed_level]) AS given\n        WHERE given IS NOT NULL\n          AND NOT EXISTS (SELECT FROM skills_skilllevel WHERE framework_id = held.framework_id AND value = given)\n    ) THEN RAISE EXCEPTION 'the level is not in the scale'; END IF;\n    RETURN NEW;\n",
                    hash="1a892b79ad780687ba971a3521ebb87ad592ab33",
                    operation="INSERT",
                    pgid="pgtrigger_ratings_are_admissible_2871d",
                    table="skills_rating",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="jobtyperequirement",
            trigger=pgtrigger.compiler.Trigger(
                name="job_type_requirements_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE framework RECORD;",
                    func="\n            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN (SELECT framework_id FROM skills_jobtype WHERE id IN (OLD.job_type_id, NEW.job_type_id)) FOR SHARE LOOP\n                IF framework.status <> 'draft' THEN\n                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="4f9e1e7229687c04a51c76e7e54435c0fd8e5b1f",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_job_type_requirements_are_frozen_7ffe4",
                    table="skills_jobtyperequirement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="skilllevel",
            trigger=pgtrigger.compiler.Trigger(
                name="skill_levels_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE framework RECORD;",
                    func="\n            FOR framework IN SELECT status FROM skills_skillframework WHERE id IN (OLD.framework_id, NEW.framework_id) FOR SHARE LOOP\n                IF framework.status <> 'draft' THEN\n                    RAISE EXCEPTION 'a framework that was published does not change: % on %', TG_OP, TG_TABLE_NAME;\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="fda10f1b8f48430b24e871e1bc16ac1eee1c5d2e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_skill_levels_are_frozen_91ecd",
                    table="skills_skilllevel",
                    when="BEFORE",
                ),
            ),
        ),
    ]
