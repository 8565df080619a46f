"""Which rows a viewer sees, and the rule about one row: written twice, compared for everybody and every row.

A new function that answers "which rows" needs a line in `TWINS`: its name, the predicate that is written on its own
(`signed_in` where the rows are public within the service), and, where it takes a session, `per_session`.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model, QuerySet

from academy import access as academy
from academy.access import Viewer, signed_in
from courses import access as courses
from courses.models import Program, Session
from enrollments import access as seats
from enrollments.access import applications, approvals, batches, decisions, draws, materials, nominations, records
from enrollments.access import audiences as frozen
from skills import access as skills
from tests.test_house import ROOT, SOURCES
from tests.whole_cast import Everybody


@dataclass(frozen=True)
class Twin:
    """A function of a viewer (and a session) that gives rows, and the predicate of a viewer and one of those rows."""

    rows: Callable[..., QuerySet[Any]]
    rule: Callable[..., bool]
    per_session: bool = False  # `rows` takes a session, and all rows of that session are asked about

    def every(self, viewer: Viewer, session: Session) -> QuerySet[Any]:
        """All the rows there are."""
        model: type[Model] = self._found(viewer, session).model
        everything = model._default_manager.all()
        return everything.filter(session=session) if self.per_session else everything

    def seen(self, viewer: Viewer, session: Session) -> set[int]:
        return set(self._found(viewer, session).values_list("pk", flat=True))

    def _found(self, viewer: Viewer, session: Session) -> QuerySet[Any]:
        return self.rows(viewer, session) if self.per_session else self.rows(viewer)


TWINS = {
    "academy.assignments_visible_to": Twin(academy.assignments_visible_to, academy.may_see_post),
    "academy.audit_cases_visible_to": Twin(academy.audit_cases_visible_to, academy.may_see_case),
    "academy.audit_events_visible_to": Twin(academy.audit_events_visible_to, academy.may_see_event),
    "academy.calendar_feeds_visible_to": Twin(academy.calendar_feeds_visible_to, academy.own_calendar_feed),
    "academy.delegations_visible_to": Twin(academy.delegations_visible_to, academy.may_see_delegation),
    "academy.grades_visible_to": Twin(academy.grades_visible_to, signed_in),
    "academy.grants_visible_to": Twin(academy.grants_visible_to, academy.may_see_grant),
    "academy.hiring_categories_visible_to": Twin(academy.hiring_categories_visible_to, signed_in),
    "academy.job_families_visible_to": Twin(academy.job_families_visible_to, signed_in),
    "academy.jobs_visible_to": Twin(academy.jobs_visible_to, academy.own_job),
    "academy.notices_visible_to": Twin(academy.notices_visible_to, academy.own_notice),
    "academy.organizations_visible_to": Twin(academy.organizations_visible_to, signed_in),
    "academy.roster_imports_visible_to": Twin(academy.roster_imports_visible_to, academy.may_handle_roster),
    "academy.roster_windows_visible_to": Twin(academy.roster_windows_visible_to, signed_in),
    "academy.staff_administered_by": Twin(academy.staff_administered_by, academy.administers),
    "academy.staff_known_to": Twin(academy.staff_known_to, academy.knows),
    "academy.staff_visible_to": Twin(academy.staff_visible_to, academy.may_see_person),
    "academy.statuses_visible_to": Twin(academy.statuses_visible_to, academy.may_see_status),
    "academy.tokens_visible_to": Twin(academy.tokens_visible_to, academy.own_token),
    "courses.audience_people_visible_to": Twin(courses.audience_people_visible_to, courses.may_see_named),
    "courses.content_versions_visible_to": Twin(courses.content_versions_visible_to, courses.may_see_version),
    "courses.courses_visible_to": Twin(courses.courses_visible_to, signed_in),
    "courses.demand_requests_awaiting": Twin(courses.demand_requests_awaiting, courses.awaits_answer_of),
    "courses.demand_requests_visible_to": Twin(courses.demand_requests_visible_to, courses.may_see_demand),
    "courses.exam_schemes_visible_to": Twin(courses.exam_schemes_visible_to, signed_in),
    "courses.instructors_visible_to": Twin(courses.instructors_visible_to, signed_in),
    "courses.lessons_visible_to": Twin(courses.lessons_visible_to, courses.may_see_lesson),
    "courses.meetings_visible_to": Twin(courses.meetings_visible_to, courses.may_see_meeting),
    "courses.modules_visible_to": Twin(courses.modules_visible_to, courses.may_see_module),
    "courses.plans_visible_to": Twin(courses.plans_visible_to, courses.may_see_plan),
    "courses.policies_visible_to": Twin(courses.policies_visible_to, signed_in),
    "courses.programs_planned_by": Twin(courses.programs_planned_by, courses.may_schedule),
    "courses.programs_visible_to": Twin(courses.programs_visible_to, signed_in),
    "courses.session_templates_visible_to": Twin(courses.session_templates_visible_to, courses.may_schedule),
    "courses.proposals_visible_to": Twin(courses.proposals_visible_to, courses.may_propose),
    "courses.quotas_visible_to": Twin(courses.quotas_visible_to, courses.may_see_quota),
    "courses.sessions_visible_to": Twin(courses.sessions_visible_to, courses.may_see_session),
    "courses.surveys_visible_to": Twin(courses.surveys_visible_to, courses.may_see_survey),
    "courses.venues_visible_to": Twin(courses.venues_visible_to, signed_in),
    "enrollments.applications_visible_to": Twin(applications.applications_visible_to, applications.may_see_application),
    "enrollments.approvals_in_charge_of": Twin(approvals.approvals_in_charge_of, approvals.is_in_charge),
    "enrollments.approvals_visible_to": Twin(approvals.approvals_visible_to, approvals.may_see_approval),
    "enrollments.attendance_visible_to": Twin(
        records.attendance_visible_to, records.may_see_attendance, per_session=True
    ),
    "enrollments.audience_members_reported_to": Twin(frozen.audience_members_reported_to, frozen.may_report_on_member),
    "enrollments.batches_visible_to": Twin(batches.batches_visible_to, batches.may_see_batch),
    "enrollments.draws_visible_to": Twin(draws.draws_visible_to, draws.may_see_draw),
    "enrollments.decision_lines_visible_to": Twin(decisions.decision_lines_visible_to, decisions.may_see_decision_line),
    "enrollments.decisions_visible_to": Twin(decisions.decisions_visible_to, decisions.may_see_decision),
    "enrollments.enrollments_reported_to": Twin(seats.enrollments_reported_to, seats.may_report_on),
    "enrollments.enrollments_visible_to": Twin(seats.enrollments_visible_to, seats.may_view),
    "enrollments.exam_attempts_visible_to": Twin(records.exam_attempts_visible_to, records.may_see_attempt),
    "enrollments.letters_visible_to": Twin(seats.letters_visible_to, seats.may_read_letter),
    "enrollments.markable_by": Twin(seats.markable_by, seats.may_mark_seat, per_session=True),
    "enrollments.materials_visible_to": Twin(materials.materials_visible_to, materials.may_see_material),
    "enrollments.nomination_lists_visible_to": Twin(
        nominations.nomination_lists_visible_to, nominations.may_see_nomination_list
    ),
    "enrollments.nominations_visible_to": Twin(nominations.nominations_visible_to, nominations.may_see_nomination),
    "enrollments.own_enrollments": Twin(seats.own_enrollments, seats.is_own),
    "enrollments.own_lessons": Twin(records.own_lessons, records.learns),
    "enrollments.own_teams": Twin(records.own_teams, records.is_member),
    "enrollments.people_of": Twin(seats.people_of, seats.may_act_for),
    "enrollments.progress_visible_to": Twin(records.progress_visible_to, records.may_see_progress),
    "enrollments.proposals_visible_to": Twin(records.proposals_visible_to, records.may_see_proposal),
    "enrollments.scored_enrollments_visible_to": Twin(records.scored_enrollments_visible_to, records.may_see_scores),
    "enrollments.seats_visible_to": Twin(seats.seats_visible_to, seats.may_see_seat, per_session=True),
    "enrollments.sessions_run_by": Twin(records.sessions_run_by, seats.runs),
    "enrollments.team_members_visible_to": Twin(records.team_members_visible_to, records.may_see_member),
    "enrollments.teams_visible_to": Twin(records.teams_visible_to, records.may_see_team),
    "skills.assessments_visible_to": Twin(skills.assessments_visible_to, skills.may_see),
    "skills.cycles_visible_to": Twin(skills.cycles_visible_to, signed_in),
    "skills.frameworks_visible_to": Twin(skills.frameworks_visible_to, skills.may_see_framework),
    "skills.items_visible_to": Twin(skills.items_visible_to, skills.may_see_part),
    "skills.job_type_assignments_visible_to": Twin(skills.job_type_assignments_visible_to, skills.may_see_job_type),
    "skills.job_types_visible_to": Twin(skills.job_types_visible_to, skills.may_see_part),
    "skills.ratings_visible_to": Twin(skills.ratings_visible_to, skills.may_see_rating),
}
# Asked about people for a session, not about rows of it: compared below.
OF_PEOPLE_FOR_A_SESSION = {"enrollments.assignable_by"}


@pytest.mark.parametrize("name", TWINS)
def test_the_rows_are_those_that_the_rule_allows(everybody: Everybody, name: str) -> None:
    twin = TWINS[name]
    rows = list(twin.every(Viewer(everybody.users["hr"]), everybody.session))
    differing, shares = {}, set()
    for who, user in everybody.users.items():
        viewer = Viewer(user)
        seen = twin.seen(viewer, everybody.session)
        allowed = {row.pk for row in rows if twin.rule(viewer, row)}
        shares.add(len(seen))
        if seen != allowed:
            differing[who] = {"seen only": seen - allowed, "allowed only": allowed - seen}
    assert differing == {}
    if twin.rule is signed_in:
        assert shares == {len(rows)}
        assert rows
    else:
        assert len(shares) > 1, "nobody is told from anybody else: the scene shows nothing"


def test_whom_one_assigns_is_what_the_rule_allows(everybody: Everybody) -> None:
    for session in Session.objects.all():
        for who, user in everybody.users.items():
            viewer = Viewer(user)
            seen = set(seats.assignable_by(viewer, session).values_list("pk", flat=True))
            allowed = {staff.pk for staff in everybody.people.values() if seats.may_assign(viewer, session, staff)}
            assert seen == allowed, who


def test_every_function_that_gives_rows_has_its_line() -> None:
    """Whatever is named `…_visible_to`, and in `access` whatever asks a viewer and gives rows."""
    found = set()
    for path in SOURCES:
        place = path.relative_to(ROOT)
        at_access = "access" in place.with_suffix("").parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                named = node.name.endswith("_visible_to")
                if named or (at_access and _asks_a_viewer(node) and _gives_rows(node)):
                    found.add(f"{place.parts[0]}.{node.name}")
    assert found == TWINS.keys() | OF_PEOPLE_FOR_A_SESSION


def _asks_a_viewer(node: ast.FunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "viewer"


def _gives_rows(node: ast.FunctionDef) -> bool:
    return node.returns is not None and "QuerySet" in ast.unparse(node.returns)


def test_a_programme_is_planned_by_nobody_whose_grant_is_narrowed_by_people(everybody: Everybody) -> None:
    planners = {
        who
        for who, user in everybody.users.items()
        if courses.programs_planned_by(Viewer(user)).filter(pk=everybody.program.pk).exists()
    }
    assert planners == {"hr", "bureau_hr", "manager"}
    assert Program.objects.count() > 1
