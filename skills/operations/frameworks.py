"""Loading, publishing and retiring versions of the framework."""

from pathlib import Path

from academy.models import User
from academy.operations.base import note, operation
from skills import framework_file
from skills.errors import FrameworkFrozen
from skills.framework_file import FrameworkFile
from skills.models import (
    FrameworkStatus,
    JobType,
    JobTypeRequirement,
    SkillCategory,
    SkillFramework,
    SkillItem,
    SkillLevel,
)


@operation
def load_framework(*, path: Path, by: User | None) -> SkillFramework:
    """Read a version from a file: the same file again changes nothing, a draft is replaced, a published one never is."""
    file = framework_file.read(path)
    versions = SkillFramework.objects.filter(code=file.head["code"], version=file.head["version"])
    held = versions.select_for_update(no_key=True).first()
    if held and held.digest == file.digest:
        note(held, changed=False)
        return held
    if held and held.status != FrameworkStatus.DRAFT:
        raise FrameworkFrozen(version=held.version)
    framework = _write_head(held, file, by)
    _write_rows(framework, file)
    note(framework, changed=True, items=len(file.items), job_types=len(file.job_types), digest=file.digest)
    return framework


@operation
def publish_framework(*, framework_id: int, by: User | None) -> SkillFramework:
    """From now on cycles can be opened on this version, and nothing in it changes."""
    SkillFramework.objects.filter(pk=framework_id).move_to(FrameworkStatus.PUBLISHED, by=by)
    return SkillFramework.objects.get(pk=framework_id)


@operation
def retire_framework(*, framework_id: int, by: User | None) -> SkillFramework:
    """No further cycle is opened on this version; those that run go on, and what was assessed stays."""
    SkillFramework.objects.filter(pk=framework_id).move_to(FrameworkStatus.RETIRED, by=by)
    return SkillFramework.objects.get(pk=framework_id)


def _write_head(held: SkillFramework | None, file: FrameworkFile, by: User | None) -> SkillFramework:
    if held is None:
        made = SkillFramework.objects.create(**file.head, digest=file.digest)
        SkillFramework.objects.filter(pk=made.pk).write_first_steps(by=by)
        return made
    SkillFramework.objects.filter(pk=held.pk).update(**file.head, digest=file.digest)
    JobTypeRequirement.objects.filter(job_type__framework=held).delete()
    for rows in (held.job_types, held.items, held.categories, held.levels):
        rows.all().delete()
    return SkillFramework.objects.get(pk=held.pk)


def _write_rows(framework: SkillFramework, file: FrameworkFile) -> None:
    SkillLevel.objects.bulk_create(
        SkillLevel(framework=framework, value=level["value"], descriptor_ja=level["ja"], descriptor_en=level["en"])
        for level in file.levels
    )
    categories = SkillCategory.objects.bulk_create(
        SkillCategory(framework=framework, position=position, name_ja=category["ja"], name_en=category["en"])
        for position, category in enumerate(file.categories, start=1)
    )
    category_of = {category.name_ja: category for category in categories}
    items = SkillItem.objects.bulk_create(
        SkillItem(
            framework=framework,
            category=category_of[item["category"]],
            number=item["number"],
            name_ja=item["ja"],
            name_en=item["en"],
        )
        for item in file.items
    )
    item_of = {item.number: item for item in items}
    job_types = JobType.objects.bulk_create(
        JobType(framework=framework, number=each["number"], name_ja=each["ja"], name_en=each["en"])
        for each in file.job_types
    )
    JobTypeRequirement.objects.bulk_create(
        JobTypeRequirement(job_type=job_type, item=item_of[number], level=level)
        for job_type, each in zip(job_types, file.job_types, strict=True)
        for number, level in each["requires"].items()
    )
