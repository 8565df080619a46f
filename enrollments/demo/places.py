"""Where people can sit: the organisations of the day as the demonstration fills them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from academy.models import Grade, HiringCategory, JobFamily, Organization, OrganizationKind
from academy.operations import reference_data
from enrollments.demo.repeatable import STORY_DAY, story_id

# The grade of a head, by the kind of unit.
HEAD_GRADES: Mapping[str, str] = {
    OrganizationKind.SECTION: "tmg.kacho",
    OrganizationKind.FIELD_OFFICE: "tmg.kacho",
    OrganizationKind.DIVISION: "tmg.bucho",
    OrganizationKind.BUREAU: "tmg.kyokucho",
}
# The hospitals stand in the tree without people: clinical staff are no learners of the academy's first quarter.
WITHOUT_PEOPLE = "B12-H"
# How the head of a unit is called, by how its name ends; 次長 is a title of the grade 局長級.
HEAD_POSTS = {"本部": "本部長", "市場": "市場長", "局": "局長", "室": "室長", "庁": "次長", "部": "部長", "課": "課長"}


@dataclass(frozen=True)
class Unit:
    """An organisation in which people sit, with its bureau."""

    organization: Organization
    bureau: str

    @property
    def code(self) -> str:
        return self.organization.code

    @property
    def headquarters(self) -> bool:
        return self.organization.kind != OrganizationKind.FIELD_OFFICE

    @property
    def since(self) -> dt.date | None:
        first: dt.date | None = self.organization.during.lower
        return first

    @property
    def until(self) -> dt.date | None:
        """The first day without it."""
        end: dt.date | None = self.organization.during.upper
        return end

    def alive_on(self, day: dt.date) -> bool:
        return day in self.organization.during


@dataclass(frozen=True)
class Places:
    """The reference data that people point at."""

    organizations: Mapping[str, Organization]
    grades: Mapping[str, Grade]
    families: Mapping[str, JobFamily]
    hiring: Mapping[str, HiringCategory]
    units: Mapping[str, Unit]

    @property
    def leaves(self) -> list[Unit]:
        """Where people without a unit to head sit: sections and field offices."""
        kinds = {OrganizationKind.SECTION, OrganizationKind.FIELD_OFFICE}
        return [unit for unit in self.units.values() if unit.organization.kind in kinds]

    def of_kind(self, kind: OrganizationKind) -> list[Organization]:
        return [row for row in self.organizations.values() if row.kind == kind]


def load_places() -> Places:
    """Load the reference data of the apps and say who sits where."""
    content = reference_data.data_file("academy", "organizations.yaml")
    organizations = reference_data.load_organizations(content=content, identify=story_id)
    grades = reference_data.load_grades(content=reference_data.data_file("academy", "grades.yaml"), identify=story_id)
    families = reference_data.load_job_families(
        content=reference_data.data_file("academy", "job_families.yaml"), identify=story_id
    )
    hiring = reference_data.load_hiring_categories(
        content=reference_data.data_file("academy", "hiring_categories.yaml"), identify=story_id
    )
    ordered = {entry["code"]: organizations[entry["code"]] for entry in content["organizations"]}
    return Places(ordered, grades, families, hiring, _units(content["organizations"], ordered))


def _units(entries: list[dict[str, Any]], organizations: Mapping[str, Organization]) -> dict[str, Unit]:
    """The bureaus of the story's day and everything below them that lives then."""
    bureaus: dict[str, str] = {}
    units = {}
    for entry in entries:
        row = organizations[entry["code"]]
        above = bureaus.get(_parent_that_day(entry), "")
        bureaus[row.code] = row.code if row.kind == OrganizationKind.BUREAU else above
        if bureaus[row.code] and STORY_DAY in row.during and not row.code.startswith(WITHOUT_PEOPLE):
            units[row.code] = Unit(row, bureaus[row.code])
    return units


def _parent_that_day(entry: Mapping[str, Any]) -> str:
    """The code of the parent on the story's day; empty where there is none."""
    dated = (each["code"] for each in entry.get("parents", ()) if STORY_DAY in reference_data.life_of(each))
    return str(entry.get("parent") or next(dated, ""))


def head_post(unit: Unit) -> str:
    name = unit.organization.name_ja
    return next((post for ending, post in HEAD_POSTS.items() if name.endswith(ending)), "所長")
