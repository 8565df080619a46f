"""What a course asks for beforehand, and which skills it raises: each set as a whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from academy.admin import Button, RowField, Table
from academy.admin.grids import GridForm, GridRow
from academy.text import Text, bilingual
from courses import access
from courses.models import Course
from courses.operations import requirements
from courses.operations.requirements import LONGEST, Raised, Required
from skills.access import items_visible_to
from skills.models import FrameworkStatus, SkillItem

COURSE, WITHIN = Text("講座", "Course"), Text("何年度以内(1は同じ年度)", "Within fiscal years (1: the same)")
ITEM, LEVEL = Text("スキル項目", "Skill"), Text("段階", "Level")


class RequiredRow(GridRow):
    key = "course"
    course = RowField(label=bilingual(COURSE.ja, COURSE.en), required=False)
    within_years = forms.IntegerField(
        label=bilingual(WITHIN.ja, WITHIN.en), min_value=1, max_value=LONGEST, required=False
    )


class PrerequisitesForm(GridForm):
    grid, grid_row, most = "prerequisites", RequiredRow, 50
    grid_title = bilingual("前提とする講座", "Courses to complete before")

    def standing(self) -> Iterable[Required]:
        rows = self.row.prerequisites.select_related("required").order_by("pk")
        return [Required(each.required, each.within_years) for each in rows]

    def offered(self) -> Mapping[str, Iterable[Any]]:
        return {"course": access.courses_visible_to(self.viewer).order_by("code")}

    def save(self) -> Course:
        given = [Required(**each) for each in self.given]
        return requirements.set_prerequisites(course_id=self.row.pk, prerequisites=given, by=self.by)


class RaisedRow(GridRow):
    key = "item"
    item = RowField(label=bilingual(ITEM.ja, ITEM.en), required=False)
    level = forms.IntegerField(label=bilingual(LEVEL.ja, LEVEL.en), min_value=0, max_value=32_767, required=False)

    def name_of(self, row: Any) -> str:
        return skill_name(row)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("item") is not None and given.get("level") is None and "level" not in self.errors:
            self.add_error("level", forms.Field.default_error_messages["required"])
        return given


class SkillsForm(GridForm):
    grid, grid_row, most = "skills", RaisedRow, 200
    grid_title = bilingual("高めるスキル", "Skills that it raises")

    def standing(self) -> Iterable[Raised]:
        rows = self.row.skills.select_related("item__framework").order_by("item__number", "pk")
        return [Raised(each.item, each.level) for each in rows]

    def offered(self) -> Mapping[str, Iterable[Any]]:
        """Items of published frameworks, and those that stand, which may be of one that was replaced since."""
        found = items_visible_to(self.viewer).select_related("framework")
        published = found.filter(framework__status=FrameworkStatus.PUBLISHED)
        standing = found.filter(pk__in=self.row.skills.values("item"))
        return {"item": (published | standing).order_by("framework__code", "framework__version", "number")}

    def save(self) -> Course:
        given = [Raised(**each) for each in self.given]
        return requirements.set_skills(course_id=self.row.pk, skills=given, by=self.by)


def skill_name(item: SkillItem) -> str:
    return f"{item.framework.code} {item.framework.version} - {item.number} {Text(item.name_ja, item.name_en or item.name_ja)}"


def tables(request: HttpRequest, course: Course) -> list[Table]:
    required = course.prerequisites.select_related("required").order_by("pk")
    raised = course.skills.select_related("item__framework").order_by("item__number", "pk")
    return [
        Table(
            Text("前提とする講座", "Courses to complete before"),
            (COURSE, WITHIN),
            [(each.required, each.within_years or "") for each in required],
        ),
        Table(
            Text("高めるスキル", "Skills that it raises"),
            (ITEM, LEVEL),
            [(skill_name(each.item), each.level) for each in raised],
        ),
    ]


BUTTONS = (
    Button("prerequisites", Text("前提講座を決める", "Set the prerequisites"), PrerequisitesForm, access.may_schedule),
    Button("skills", Text("高めるスキルを決める", "Set the skills"), SkillsForm, access.may_schedule),
)
