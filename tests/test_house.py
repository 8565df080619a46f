"""The rules of the house that no linter knows."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from academy.models.base import PersonalData

ROOT = Path(__file__).resolve().parent.parent
APPS = ["academy", "skills", "courses", "enrollments", "api"]
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
HOMELESS = {"utils", "helpers", "services", "managers", "signals", "mixins", "constants", "common", "misc"}
LONGEST_FILE = 400
# Models that hold nothing about a person: what is offered, and the frame around it.
IMPERSONAL = {
    "academy": {
        "Organization", "OrganizationEdge", "GradeLadder", "Grade", "JobFamily", "HiringCategory", "OrganizationSuccession",
        "GradeEquivalence", "RosterWindow",
    },
    "skills": {
        "SkillFramework", "SkillFrameworkStep", "SkillCategory", "SkillItem", "SkillLevel", "JobType",
        "JobTypeRequirement", "AssessmentCycle",
    },
    "courses": {
        "Program", "ExamScheme", "ExamField", "CompletionPolicy", "Audience", "Course", "Module", "Lesson", "Session",
        "SessionStep", "Venue", "Meeting", "Prerequisite", "CourseSkill", "ContentVersion", "Material", "DeadlineRule",
        "ApplicationRound", "SessionTemplate", "SeatQuota", "PlanLine", "DemandSurvey", "SurveyedCourse", "DemandAnswer",
        "SeatProposal", "SeatShare", "AudienceFreeze", "EnrollmentPolicy", "ApplicationForm", "FormQuestion", "PriorityClass",
    },
    "enrollments": {"Team", "Presentation", "StageDeadline", "DecidedSession"},
}  # fmt: skip


def own_models() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_named_for_what_it_is_and_stays_short(path: Path) -> None:
    assert path.stem not in HOMELESS
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_state_is_never_assigned(path: Path) -> None:
    """States of the life cycles change by `move_to` alone. A job is no life cycle: its worker holds it by a lease."""
    if path.relative_to(ROOT).as_posix() == "academy/operations/jobs.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else []
        assert not [each for each in targets if isinstance(each, ast.Attribute) and each.attr == "status"]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_a_table_of_personal_data_names_its_purpose(model: type[models.Model]) -> None:
    declared = getattr(model, "personal_data", None)
    if model.__name__ in IMPERSONAL.get(model._meta.app_label, set()):
        assert declared is None
    else:
        assert isinstance(declared, PersonalData)


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_constraints_and_triggers_are_named_for_what_they_keep(model: type[models.Model]) -> None:
    names = [constraint.name for constraint in model._meta.constraints]
    assert len(names) == len(set(names))
    assert all("_" in name for name in names)
