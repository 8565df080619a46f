"""Loading a framework from a file: every fault in one pass, the same file again changes nothing, published is final."""

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from academy.errors import IllegalTransition, InvalidInput
from academy.models import AuditEvent
from skills import framework_file
from skills.errors import FrameworkFrozen
from skills.models import JobType, JobTypeRequirement, SkillCategory, SkillFramework, SkillItem, SkillLevel
from skills.operations import frameworks
from tests.skills.small_map import FILE, published, written

SAMPLE = Path(framework_file.__file__).parent / "data" / "sample_framework.yaml"

pytestmark = pytest.mark.django_db


def faults_of(folder: Path, text: str, name: str = "map.yaml") -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        frameworks.load_framework(path=written(folder, text, name), by=None)
    assert SkillFramework.objects.count() == 0
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_the_sample_has_22_items_and_10_job_types() -> None:
    framework = frameworks.load_framework(path=SAMPLE, by=None)
    assert (framework.sample, framework.status, framework.version) == (True, "draft", "1.0")
    assert framework.items.count() == 22
    assert framework.job_types.count() == 10
    assert list(framework.levels.order_by("value").values_list("value", flat=True)) == [0, 1, 2, 3]
    assert list(framework.categories.order_by("position").values_list("name_en", flat=True)) == [
        "Business",
        "Design",
        "Data",
        "Technology",
        "Management and governance",
    ]
    strategist = JobTypeRequirement.objects.filter(job_type__framework=framework, job_type__number=1)
    assert dict(strategist.values_list("item__number", "level")) == {1: 3, 2: 3, 4: 2, 11: 2, 19: 2, 20: 2, 22: 2}


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    first = frameworks.load_framework(path=written(tmp_path), by=None)
    keys = list(SkillItem.objects.values_list("pk", flat=True))
    again = frameworks.load_framework(path=written(tmp_path), by=None)
    assert again.pk == first.pk
    assert list(SkillItem.objects.values_list("pk", flat=True)) == keys
    assert list(AuditEvent.objects.order_by("pk").values_list("detail__changed", flat=True)) == [True, False]


def test_a_draft_is_replaced_by_what_the_file_says_now(tmp_path: Path) -> None:
    first = frameworks.load_framework(path=written(tmp_path), by=None)
    changed = FILE.replace("ja: 企画,", "ja: 計画,").replace("requires: {1: 3, 2: 2}", "requires: {1: 2}")
    again = frameworks.load_framework(path=written(tmp_path, changed), by=None)
    assert (again.pk, again.digest == first.digest) == (first.pk, False)
    assert list(SkillItem.objects.order_by("number").values_list("name_ja", flat=True)) == ["計画", "要件定義", "分析"]
    assert JobTypeRequirement.objects.filter(job_type__number=1).count() == 1


def test_json_holds_the_same(tmp_path: Path) -> None:
    text = json.dumps(yaml.safe_load(FILE), ensure_ascii=False)
    frameworks.load_framework(path=written(tmp_path, text, "map.json"), by=None)
    assert dict(JobTypeRequirement.objects.filter(job_type__number=2).values_list("item__number", "level")) == {
        2: 1,
        3: 2,
    }


def test_everything_that_is_wrong_is_named_in_one_pass(tmp_path: Path) -> None:
    text = """\
code: "two words"
version: 1.0
name_ja: 地図
sample: perhaps
colour: red
levels:
  - {value: 0, ja: なし, en: None}
  - {value: 0, ja: 基礎, en: Basics}
  - {value: -1, ja: 負, en: Negative}
categories:
  - {ja: ビジネス, en: Business}
  - {ja: ビジネス, en: Business}
items:
  - {number: 1, category: ビジネス, ja: 企画, en: Planning}
  - {number: 1, category: デザイン, ja: 企画, en: Again}
  - {number: two, category: ビジネス, ja: "", en: Nameless, level: 3}
  - nothing
job_types:
  - {number: 1, ja: 企画者, en: Planner, requires: {1: 9, 7: 0, 1: 0}}
  - {number: 2, ja: 分析者}
"""
    assert sorted(faults_of(tmp_path, text)) == sorted(
        [
            ("/job_types/0/requires/1", "duplicate"),
            ("/colour", "unknown_field"),
            ("/sample", "invalid"),
            ("/code", "invalid"),
            ("/version", "not_text"),
            ("/name_en", "required"),
            ("/source", "required"),
            ("/levels/2/value", "invalid"),
            ("/levels/1/value", "duplicate"),
            ("/categories/1/ja", "duplicate"),
            ("/items/1/category", "unknown_category"),
            ("/items/1/number", "duplicate"),
            ("/items/1/ja", "duplicate"),
            ("/items/2/number", "invalid"),
            ("/items/2/ja", "required"),
            ("/items/2/level", "unknown_field"),
            ("/items/3", "invalid"),
            ("/job_types/0/requires/7", "unknown_item"),
            ("/job_types/1/en", "required"),
            ("/job_types/1/requires", "required"),
        ]
    )


def test_a_level_outside_the_scale_is_refused(tmp_path: Path) -> None:
    text = FILE.replace("{1: 3, 2: 2}", "{1: 4, 2: true}")
    assert faults_of(tmp_path, text) == [
        ("/job_types/0/requires/1", "unknown_level"),
        ("/job_types/0/requires/2", "unknown_level"),
    ]


def test_a_fault_says_its_line_and_column(tmp_path: Path) -> None:
    text = FILE.replace("category: データ, ja: 分析", "category: 資料, ja: 分析")
    with pytest.raises(InvalidInput) as refused:
        frameworks.load_framework(path=written(tmp_path, text), by=None)
    assert [fault.text.en for fault in refused.value.faults] == ["Line 18, column 27: There is no such category."]


@pytest.mark.parametrize(
    ("text", "name", "faults"),
    [
        ("code: [", "map.yaml", [("", "malformed")]),
        ("", "map.yaml", [("", "invalid")]),
        ("- 1", "map.yaml", [("", "invalid")]),
        ("a: !!python/name:os.system ''", "map.yaml", [("", "malformed")]),
        ('{"code": 1, "code": 2}', "map.json", [("", "malformed")]),
        (FILE.replace("levels:", "levels: &all").replace("categories:", "other: *all\ncategories:"), "map.yaml", None),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, text: str, name: str, faults: list[tuple[str, str]] | None
) -> None:
    assert faults_of(tmp_path, text, name) == (faults or [("/other", "alias"), ("/other", "unknown_field")])


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        frameworks.load_framework(path=tmp_path / "nothing.yaml", by=None)
    assert refused.value.faults[0].code == "unreadable"
    assert faults_of(tmp_path, FILE + "#" * framework_file.LARGEST_FILE) == [("", "too_large")]


def test_other_contents_under_a_published_version_are_refused(tmp_path: Path) -> None:
    framework = published(tmp_path)
    with pytest.raises(FrameworkFrozen):
        frameworks.load_framework(path=written(tmp_path, FILE.replace("企画,", "計画,")), by=None)
    assert frameworks.load_framework(path=written(tmp_path), by=None).status == "published"
    retired = frameworks.retire_framework(framework_id=framework.pk, by=None)
    assert list(retired.steps.order_by("pk").values_list("old", "new")) == [
        ("", "draft"),
        ("draft", "published"),
        ("published", "retired"),
    ]
    with pytest.raises(FrameworkFrozen):
        frameworks.load_framework(path=written(tmp_path, FILE.replace("企画,", "計画,")), by=None)
    with pytest.raises(IllegalTransition):
        frameworks.publish_framework(framework_id=framework.pk, by=None)


WRITES = [
    ("UPDATE skills_skillitem SET name_ja = 'x'", SkillItem),
    ("DELETE FROM skills_skillitem", SkillItem),
    ("UPDATE skills_skilllevel SET value = value + 9", SkillLevel),
    ("DELETE FROM skills_skilllevel", SkillLevel),
    ("UPDATE skills_skillcategory SET position = position + 9", SkillCategory),
    ("UPDATE skills_jobtype SET name_ja = 'x'", JobType),
    ("UPDATE skills_jobtyperequirement SET level = 0", JobTypeRequirement),
    ("DELETE FROM skills_jobtyperequirement", JobTypeRequirement),
    (
        """INSERT INTO skills_skilllevel (public_id, framework_id, value, descriptor_ja, descriptor_en)
        SELECT gen_random_uuid(), id, 9, 'x', 'x' FROM skills_skillframework""",
        SkillLevel,
    ),
    ("UPDATE skills_skillframework SET name_ja = 'x'", SkillFramework),
    ("UPDATE skills_skillframework SET digest = ''", SkillFramework),
]


@pytest.mark.parametrize(("statement", "table"), WRITES)
def test_the_rows_of_a_published_framework_refuse_raw_sql(
    tmp_path: Path, statement: str, table: type[SkillItem]
) -> None:
    published(tmp_path)
    before = list(table.objects.order_by("pk").values())
    with pytest.raises(ProgrammingError, match=r"does not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(table.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("statement", "table"), [each for each in WRITES if "DELETE FROM skills_skillitem" not in each[0]]
)
def test_control_the_rows_of_a_draft_take_them(tmp_path: Path, statement: str, table: type[SkillItem]) -> None:
    frameworks.load_framework(path=written(tmp_path), by=None)
    before = list(table.objects.order_by("pk").values())
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(table.objects.order_by("pk").values()) != before


def test_a_published_framework_is_not_deleted(tmp_path: Path) -> None:
    published(tmp_path)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM skills_skillframework")


def test_the_command_loads_and_publishes(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_framework", str(written(tmp_path)), "--publish", stdout=out)
    call_command("load_framework", str(written(tmp_path)), "--publish", stdout=out)
    assert out.getvalue() == "小さなマップ 1: published\n" * 2


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"/code: required"):
        call_command("load_framework", str(written(tmp_path, FILE.replace("code: small", "code: ''"))))
